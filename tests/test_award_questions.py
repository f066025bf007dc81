"""Questions, never penalties: what is planted is found, and of 1,000 clean communes fewer than 50 are asked."""

import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from methods import award_questions as asked
from metrics import awards
from metrics.award_reversals import reversals
from tests.test_cli import run
from tests.tiny import REPORTS, A, B, tiny

NAN = float("nan")


def clean(chance: np.random.Generator, months: int = 12) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A commune without tricks: 8-55 villages of 40-250 households, good and slow months, one report in 50 missing."""
    sizes = chance.integers(40, 250, chance.integers(8, 56))
    month = chance.gamma(4, 1 / 4, months)  # half as much again or less is usual
    pace = chance.uniform(0.01, 0.04) * month * chance.gamma(12, 1 / 12, (len(sizes), months))
    start = chance.uniform(0.05, 0.3, len(sizes))[:, None]
    reached = chance.binomial(sizes[:, None], start) + np.cumsum(chance.poisson(sizes[:, None] * pace), axis=1)
    villages = np.minimum(reached, sizes[:, None]).astype(float)
    villages[chance.random(villages.shape) < 0.02] = NAN
    return villages, sizes.astype(float)


def test_of_a_thousand_clean_communes_fewer_than_one_in_twenty_is_asked() -> None:
    chance = np.random.default_rng(2026)
    found = [asked.of_commune(*clean(chance)) for _ in range(1000)]
    assert 0 < sum(bool(one) for one in found) < 50
    shares = chance.beta(4, 4, 1000)
    assert sum(bool(one) for one in asked.bunching(shares, 0.5)) == 0


@pytest.mark.parametrize("seed", range(20))
def test_what_is_planted_is_found(seed: int) -> None:
    villages, households = clean(np.random.default_rng(seed))
    villages = np.fmax.accumulate(np.nan_to_num(villages), axis=1)
    households *= 4  # nobody near the end
    leap = villages.copy()
    usual = np.median(np.diff(villages.sum(axis=0))[:-1])
    leap[0, -1] += 4 * usual + 0.03 * households.sum()
    assert [one.code for one in asked.of_commune(leap, households)].count("surge") == 1
    still = villages.copy()
    still[:, -1] = still[:, -2]
    assert "copied" in [one.code for one in asked.of_commune(still, households)]
    fallen = asked.of_commune(villages, households, at_award=villages[:, -1].sum() * 1.1)
    assert "reversal" in [one.code for one in fallen]


def test_round_figures_in_many_villages_are_asked_about() -> None:
    figures = np.random.default_rng(1).integers(10, 200, 40)
    assert asked.heaping(figures) is None
    found = asked.heaping(figures // 5 * 5)
    assert found and (found.evidence["round"], found.evidence["figures"]) == (40, 40)
    assert asked.heaping(np.full(19, 50)) is None  # too few to say anything


def test_a_crowd_just_above_the_line_is_asked_and_those_below_are_not() -> None:
    shares = np.array([0.5] * 14 + [0.495] + [0.7])
    found = asked.bunching(shares, 0.5)
    assert [bool(one) for one in found] == [True] * 14 + [False, False]
    assert found[0] and found[0].evidence["below"] == 1
    assert not any(asked.bunching([0.5] * 8 + [0.495] * 4, 0.5))


def test_a_surge_needs_a_usual_gain() -> None:
    found = asked.surge([2, 2, NAN, 2, 2, 42], 400)
    assert found and found.evidence == {"gain": 42, "usual": 2, "times": 21}
    assert asked.surge([2, 2, 2, 2, 7], 400) is None  # above three times, but 7 of 400 households
    assert asked.surge([2, 2, 46], 400) is None
    assert asked.surge([0, 0, 0, 0, 60], 400) is None
    assert asked.surge([2, 2, 2, 2, NAN], 400) is None


def test_a_village_new_to_a_round_is_no_gain() -> None:
    villages = np.array([[10, 12, 14, 16, 18, 20], [NAN, NAN, NAN, NAN, NAN, 200.0]])
    assert asked.of_commune(villages, np.array([200.0, 200.0])) == []


def test_nothing_begun_is_no_copy_nor_is_what_is_missing_or_complete() -> None:
    assert asked.copied([0] * 9, [0] * 9, [9] * 9) is None
    assert asked.copied([9] * 9, [9] * 9, [9] * 9) is None
    assert asked.copied([3, 4, 5, NAN, NAN], [3, 4, 5, NAN, NAN], [9] * 5) is None
    assert asked.copied([3, 4, 5, 6, 7], [3, 4, 5, 6, 1], [9] * 5) == ("copied", {"same": 4, "villages": 5})
    assert asked.copied([3, 4, 5, 6, 7], [3, 4, 5, 1, 1], [9] * 5) is None


def test_chance_is_that_of_a_binomial() -> None:
    assert asked.at_least(0, 0, 0.5) == 1
    assert asked.at_least(13, 19, 0.8) == pytest.approx(0.932, abs=1e-3)
    assert asked.at_least(13, 19, 0.5) == pytest.approx(0.084, abs=1e-3)


# ---- from the figures of a version -----------------------------------------------------------------------------------


def test_a_fall_since_the_cut_off_is_asked_about_between_full_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *before, _ = REPORTS[f"{A}-001"]
    monkeypatch.setitem(REPORTS, f"{A}-001", [*before, (100, 10, 5, 0)])
    *before, _ = REPORTS[f"{B}-001"]
    monkeypatch.setitem(REPORTS, f"{B}-001", [*before, (100, 0, 0, 0)])
    version = tiny(tmp_path / "published")
    # A: 30 + 30 in July, 10 + 35 in August. One of B's villages is missing in August: nothing to say.
    (row,) = reversals(version, date(2026, 8, 5)).to_dicts()
    assert (row["commune"], row["code"], json.loads(row["evidence"])) == (A, "reversal", {"at_award": 60, "now": 45})
    assert reversals(version, date(2026, 9, 5)).is_empty()


def test_questions_of_a_sheet_go_to_each_commune_as_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    tiny(tmp_path / "made", origin="demo")
    shutil.copytree(tmp_path / "made", tmp_path / "data" / "demo" / "published")
    surge = {"commune": [A], "code": ["surge"], "evidence": ['{"gain": 42.0, "usual": 2.0, "times": 21.0}']}
    monkeypatch.setattr(awards, "questions", lambda version, day: pl.DataFrame(surge))
    crowd = {"commune": [A, B], "criterion": ["submitted"] * 2}
    crowd |= {"evidence": ['{"above": 15, "below": 0, "chance": 0.0, "cut_off": 0.9}'] * 2}
    monkeypatch.setattr(awards, "crowding", lambda found, sheet: pl.DataFrame(crowd))
    asking = ("awards", "questions", "--sheet", "2026", "--letters", tmp_path / "letters", "--demo")
    shown = run(*asking).stdout
    assert "“Nộp đủ báo cáo tháng”: 15 xã, phường đứng ngay trên mức 90%" in shown and "3 câu hỏi" in shown
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "letters").iterdir()}
    assert set(texts) == {f"cau-hoi-{A}", f"cau-hoi-{B}"}
    own = texts[f"cau-hoi-{A}"]
    assert own.startswith("Dữ liệu minh hoạ\nKính gửi") and "1. Kỳ cuối tăng 42 hộ" in own and "2. “Nộp đủ" in own
    assert "không phải là điểm trừ" in own and "tăng 42" not in texts[f"cau-hoi-{B}"]
    assert run(*asking).exit_code == 1, "a text that was written is never overwritten"
