"""Questions, never penalties: what is planted is found, and of 1,000 clean communes fewer than 50 are asked."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from definitions.award_rules import Manual, Sheet, sheets
from definitions.load import is_dead
from exports import award_words
from exports.award_round import Round
from methods import award_questions as asked
from metrics import awards
from metrics.award_reversals import reversals
from tests.clean_communes import CUT_OFF, LAST, MONTHS, Commune, published, thousand
from tests.test_cli import run
from tests.tiny import REPORTS, A, B, tiny
from warehouse.version import Version

NAN = float("nan")
LEAPING = 0.15  # of all households, in one round


@pytest.fixture(scope="module")
def clean() -> list[Commune]:
    return thousand(2026)


def asked_of(folder: Path, communes: list[Commune]) -> pl.DataFrame:
    """What the product asks these communes, on every sheet that stands here."""
    folder.mkdir()
    version = published(folder, communes)
    found = [award_words.asked(round_of(version, sheet, communes)) for sheet in sheets().values()]
    return pl.concat(found).unique()


def round_of(version: Version, sheet: Sheet, communes: list[Commune]) -> Round:
    """A round whose figures are those of the communes: of skills half of access, groups drawn by village."""
    shares = [np.nansum(one.counts[:, LAST]) / one.households.sum() for one in communes]
    chance = np.random.default_rng(7)
    groups = [chance.binomial(len(one.counts), chance.beta(3, 1.5)) / len(one.counts) for one in communes]
    told = {"indicator:access_three": shares, "indicator:groups_formed": groups}
    told["indicator:skills_both"] = [0.5 * share for share in shares]
    lines = [{"commune": str(n), "criterion": one.id, "state": "scored", "figure": float(figure)}
             for one in sheet.criteria if not isinstance(one.score, Manual) and one.score.figure in told
             for n, figure in enumerate(told[one.score.figure])]  # fmt: skip
    schema = {"commune": pl.String, "criterion": pl.String, "state": pl.String, "figure": pl.Float64}
    scored = awards.Scored(pl.DataFrame(lines, schema=schema), pl.DataFrame(), [])
    return Round(sheet.model_copy(update={"cut_off": CUT_OFF}), version, "draft", None, {}, {}, scored)


@pytest.mark.slow
def test_a_month_declared_dead_is_no_month_of_copies(tmp_path: Path, clean: list[Commune]) -> None:
    """Around Tết nobody goes from house to house: next to nothing changes in February."""
    tet = MONTHS.index(date(2026, 2, 1))
    assert is_dead(MONTHS[tet]) and not is_dead(MONTHS[tet - 1])
    resting = [one.with_counts(tet, one.counts[:, tet - 1]) for one in clean]
    version = published(tmp_path, resting)
    assert awards.questions(version, date(2026, 3, 1)).filter(pl.col("code") == "copied").height < 50


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2026, 1, 2])
def test_of_a_thousand_clean_communes_fewer_than_one_in_twenty_is_asked_anything(tmp_path: Path, seed: int) -> None:
    found = asked_of(tmp_path / "clean", thousand(seed))
    assert 0 < found["commune"].n_unique() < 50
    assert found.filter(pl.col("code") == "bunching").is_empty()


def still(of: Commune) -> Commune:
    """The last round is a copy of the one before."""
    return of.with_counts(LAST, np.where(np.isnan(of.counts[:, LAST]), NAN, of.counts[:, LAST - 1]))


def leapt(of: Commune) -> Commune:
    """Households enough for the award appear in the last round, in whichever village has room."""
    more = of.counts[:, LAST:] + np.ceil(LEAPING * of.households)[:, None]
    return Commune(np.hstack([of.counts[:, :LAST], np.minimum(more, of.households[:, None])]), of.households)


def estimated(of: Commune) -> Commune:
    """Every village gives a round figure."""
    return of.with_counts(LAST, of.counts[:, LAST] // 5 * 5)


def fallen(of: Commune) -> Commune:
    """After the award one in ten of those counted for it is gone."""
    return of.with_counts(LAST + 1, np.floor(0.9 * of.counts[:, LAST])).with_counts(
        LAST + 2, np.floor(0.9 * of.counts[:, LAST])
    )


def lifted(of: Commune) -> Commune:
    """Who stands up to 4 points below half reports just as much as half takes."""
    share = np.nansum(of.counts[:, LAST]) / of.households.sum()
    missing = np.ceil(0.502 * of.households.sum()) - np.nansum(of.counts[:, LAST])
    told = of.counts[:, LAST].copy()
    for row in np.flatnonzero(~np.isnan(told)) if 0.46 <= share < 0.5 else []:
        more = min(missing, of.households[row] - told[row])
        told[row], missing = told[row] + more, missing - more
    return of.with_counts(LAST, told)


def has_room(of: Commune) -> bool:
    """Not all households have access: a commune that is through stands still by itself, and cannot leap."""
    return bool(np.nansum(of.counts[:, LAST]) < (1 - LEAPING) * of.households.sum())


def moves(of: Commune) -> bool:
    """Ten villages or more, and of the last rounds before each changed most of them."""
    change = np.diff(of.counts[:, LAST - 5 : LAST], axis=1)
    return len(change) >= 10 and bool(np.nanmean(change != 0, axis=0).min() > 0.5) and has_room(of)


def has_a_usual_gain(of: Commune) -> bool:
    """Half the earlier months brought at least a household, none more than one in 25."""
    gains = np.nansum(np.diff(of.counts[:, :LAST], axis=1), axis=0)
    return bool(np.median(gains) >= 1 and gains.max() < 0.04 * of.households.sum()) and has_room(of)


def has_many_figures(of: Commune) -> bool:
    return bool((of.counts[:, LAST] >= 15).sum() >= 20)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "plant", "is_fit"),
    [("copied", still, moves), ("surge", leapt, has_a_usual_gain), ("heaping", estimated, has_many_figures),
     ("reversal", fallen, has_a_usual_gain)],
)  # fmt: skip
def test_what_is_planted_is_found(
    tmp_path: Path, clean: list[Commune], code: str, plant: Callable[[Commune], Commune],
    is_fit: Callable[[Commune], bool],
) -> None:  # fmt: skip
    at = [n for n, one in enumerate(clean) if is_fit(one) and one.reported(LAST) and one.reported(LAST - 1)]
    planted = {str(n) for n in at[::5]}
    found = asked_of(tmp_path / code, [plant(one) if str(n) in planted else one for n, one in enumerate(clean)])
    hit = set(found.filter(pl.col("code") == code)["commune"])
    assert len(planted) >= 80 and planted <= hit
    assert len(set(found["commune"]) - planted) < 50


@pytest.mark.slow
def test_communes_lifted_over_a_line_are_found(tmp_path: Path, clean: list[Commune]) -> None:
    found = asked_of(tmp_path / "lifted", [lifted(one) for one in clean]).filter(pl.col("code") == "bunching")
    raised = {str(n) for n, one in enumerate(clean) if np.nansum(lifted(one).counts) > np.nansum(one.counts)}
    assert raised and set(found["criterion"]) == {"access"} and raised <= set(found["commune"])


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
    assert asked.surge([2, 2, 2, 2, 22], 400) is None  # above three times, but 20 of 400 households beyond the best
    assert asked.surge([2, 2, 46], 400) is None
    assert asked.surge([0, 0, 0, 0, 60], 400) is None
    assert asked.surge([2, 2, 2, 2, NAN], 400) is None


def test_a_curve_that_gathers_speed_is_no_surge() -> None:
    assert asked.surge([2, 2, 3, 9, 14, 26, 41], 400) is None  # 7 times the median, but it came step by step
    assert asked.surge([2, 2, 3, 40, 2, 2, 50], 400) is None  # another campaign lies in the last three months
    assert asked.surge([2, 40, 2, 3, 2, 2, 50], 400) is not None


def test_a_village_new_to_a_round_is_no_gain() -> None:
    villages = np.array([[10, 12, 14, 16, 18, 20], [NAN, NAN, NAN, NAN, NAN, 200.0]])
    assert asked.of_commune(villages, np.array([200.0, 200.0])) == []


def test_nothing_begun_is_no_copy_nor_is_what_is_missing_or_complete() -> None:
    def told(last: list[float], *before: list[float]) -> asked.Question | None:
        return asked.copied(np.array([*before, last], float).T, np.full(len(last), 9.0))

    assert told([0] * 9, [0] * 9, [0] * 9) is None
    assert told([9] * 9, [9] * 9, [9] * 9) is None
    moved, was = [3.0, 4, 5, 6, 7], [1.0, 2, 3, 4, 5]
    found = told([3, 4, 5, 6, 7], [0.5] * 5, was, moved)
    assert found and found.evidence == {"same": 5, "villages": 5, "usual_share": 0, "chance": pytest.approx(12.0**-5)}
    assert told([3, 4, 5, NAN, NAN], [0.5] * 5, was, moved) is None
    assert told([3, 4, 5, 6, 1], [0.5] * 5, was, moved) is not None
    assert told([3, 4, 5, 1, 1], [0.5] * 5, was, moved) is None


def test_who_copies_round_after_round_is_asked_each_time() -> None:
    rows = np.array([[1.0, 2, 3, 4, 4, 4, 4, 4, 4]] * 6)
    for last in (5, 7, 9):
        found = asked.copied(rows[:, :last], np.full(6, 9.0))
        assert found and (found.evidence["usual_share"], found.evidence["same"]) == (0, 6)


def test_where_little_moves_standing_still_is_no_copy() -> None:
    still = np.array([3.0, 4, 5, 6, 7, 8])
    assert asked.copied(np.column_stack([still] * 4), np.full(6, 9.0)) is None
    assert asked.copied(np.column_stack([still] * 2), np.full(6, 9.0)) is None, "nothing is usual yet"


def test_chance_is_that_of_a_binomial() -> None:
    assert asked.at_least(0, 0, 0.5) == 1
    assert asked.at_least(13, 19, 0.8) == pytest.approx(0.932, abs=1e-3)
    assert asked.at_least(13, 19, 0.5) == pytest.approx(0.084, abs=1e-3)


# ---- from the figures of a version -----------------------------------------------------------------------------------


def test_a_fall_since_the_cut_off_is_asked_about_in_the_villages_that_reported_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *before, _ = REPORTS[f"{A}-001"]
    monkeypatch.setitem(REPORTS, f"{A}-001", [*before, (100, 10, 5, 0)])
    *before, _ = REPORTS[f"{B}-001"]
    monkeypatch.setitem(REPORTS, f"{B}-001", [*before, (100, 0, 0, 0)])
    version = tiny(tmp_path / "published")
    # A: 30 + 30 in July, 10 + 35 in August. Of B's 80 households 50 lie in a village that is silent since.
    (row,) = reversals(version, date(2026, 8, 5)).to_dicts()
    told = {"at_award": 60, "now": 45, "villages": 2}
    assert (row["commune"], row["code"], json.loads(row["evidence"])) == (A, "reversal", told)
    assert reversals(version, date(2026, 9, 5)).is_empty()


def test_a_village_left_out_hides_no_fall() -> None:
    found = asked.reversal([30, 30, 20], [20, NAN, 20])
    assert found and found.evidence == {"at_award": 50, "now": 40, "villages": 2}
    assert asked.reversal([30, 30, 20], [20, NAN, NAN]) is None  # 30 of 80: one village speaks for no commune
    assert asked.reversal([30, 30, NAN], [29, 29, 0]) is None  # a village new since, and 3 % less
    assert asked.reversal([NAN, 0], [1, 0]) is None


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
