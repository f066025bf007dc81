"""Appeals: what an accepted one changes, worked out by hand and by scoring anew; a rejected one changes nothing."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from definitions.award_rules import Sheet, sheets
from etl import award_bundle, store
from etl import award_stages as stages
from etl.award_stages import Appeal
from etl.store import Root
from exports.award_round import scored_round, with_appeal
from methods.award_points import Ruling
from metrics import awards
from tests.award_rounds import LATE, made_final
from tests.test_awards import SUMMER, judged, line, standing, two_lines
from tests.test_cli import run
from tests.tiny import TODAY, A, B, C, tiny
from warehouse.version import Version

pytestmark = pytest.mark.slow

YEAR = sheets()["2026"]
PAPERS = {"reason": "đếm thiếu", "evidence": "BC 14", "by": "lan", "at": "2026-09-20T08:00:00.000+07:00"}


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("appeals") / "published")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    found = store.root("real", tmp_path)
    stages.adopt(found, YEAR, "Quyết định số 5", "lan", LATE)
    return found


def asked(commune: str, criterion: str, **more: Any) -> Appeal:
    return Appeal(**({"commune": commune, "criterion": criterion, "points": None, "figure": None, "decision": ""}
                     | PAPERS | more))  # fmt: skip


def refused(code: str, root: Root, appeal: Appeal, sheet: Sheet = YEAR) -> None:
    with pytest.raises(stages.NotAllowed) as fault:
        stages.appeal(root, sheet, appeal)
    assert fault.value.code == code


# ---- what it changes -------------------------------------------------------------------------------------------------


def test_a_figure_is_scored_like_any_other_and_a_new_leader_moves_the_others(version: Version) -> None:
    before = awards.scored(version, SUMMER, is_draft=True)
    after = awards.scored(version, SUMMER, is_draft=True, rulings={(B, "skills_lead"): Ruling(None, 0.6)})
    figure = line(before, A, "skills_lead")["figure"]
    assert line(after, B, "skills_lead")["points"] == 4.0 and line(after, A, "skills_lead")["figure"] == figure
    # Half at 20 %, the rest in proportion to what B now has above it.
    expected = 4 * (0.5 * figure / 0.2 if figure < 0.2 else 0.5 + 0.5 * (figure - 0.2) / (0.6 - 0.2))
    assert line(after, A, "skills_lead")["points"] == pytest.approx(expected, abs=1e-4)
    changed = before.lines.join(after.lines, on=["commune", "criterion"]).filter(
        pl.col("points").ne_missing(pl.col("points_right"))
    )
    assert set(changed["criterion"]) == {"skills_lead"} and B in set(changed["commune"])


def test_points_stand_as_they_are_and_moves_names_everybody_else_too(version: Version) -> None:
    rules = two_lines()
    given = {A: 80.0, B: 70.0, C: 60.0}
    before = judged(version, given)
    ids = awards.communes(version)["unit"].to_list()
    points = {(id, "first"): given.get(id, 1.0) for id in ids}
    after = awards.scored(version, rules, points, rulings={(B, "first"): Ruling(88.5, None)})
    same = awards.scored(version, rules, points | {(B, "first"): 88.5})
    assert after.standings.equals(same.standings)
    moved = {row["commune"]: row for row in awards.moves(before, after).iter_rows(named=True)}
    # A loses the flag and the first place by B's appeal, C of another cluster nothing.
    assert set(moved) == {A, B}
    assert [moved[A][f"{name}_{when}"] for name in ("place", "award") for when in ("before", "after")] == [
        1, 2, "flag", "certificate" if moved[A]["grade_after"] in ("excellent", "good") else ""
    ]  # fmt: skip
    assert (moved[B]["points_before"], moved[B]["points_after"], moved[B]["place_after"]) == (70.0, 88.5, 1)
    assert standing(after, B)["award"] == "flag"


def test_a_ruling_closes_an_open_line_and_does_not_make_apply_what_does_not(version: Version) -> None:
    before = awards.scored(version, SUMMER, is_draft=True)
    (open_,) = before.lines.filter((pl.col("criterion") == "access") & (pl.col("state") == "open")).head(1)["commune"]
    after = awards.scored(version, SUMMER, is_draft=True, rulings={(open_, "access"): Ruling(6.0, None)})
    told = line(after, open_, "access")
    assert (told["state"], told["points"], told["reason"]) == ("scored", 6.0, "")
    out = awards.scored(version, SUMMER, is_draft=True, rulings={(A, "signed"): Ruling(5.0, None)})
    assert line(out, A, "signed")["points"] is None  # a draft leaves manual criteria out for all


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_an_appeal_changes_nothing_until_it_is_accepted_and_all_of_it_is_kept(root: Root, version: Version) -> None:
    before = scored_round(root, version, YEAR, TODAY)
    stages.appeal(root, YEAR, asked(A, "on_time", points=3.0))
    entered = scored_round(root, version, YEAR, TODAY)
    assert entered.scored.lines.equals(before.scored.lines) and len(entered.appeals) == 1
    would = with_appeal(entered, entered.appeals[0])
    assert line(would, A, "on_time")["points"] == 3.0
    stages.appeal(root, YEAR, asked(A, "on_time", points=3.0, decision="accepted", at="2026-09-21T08:00:00.000+07:00"))
    accepted = scored_round(root, version, YEAR, TODAY)
    assert accepted.scored.lines.equals(would.lines)
    stages.appeal(root, YEAR, asked(A, "on_time", points=3.0, decision="rejected", at="2026-09-22T08:00:00.000+07:00"))
    taken_back = scored_round(root, version, YEAR, TODAY)
    assert taken_back.scored.lines.equals(before.scored.lines)
    assert [one.decision for one in taken_back.appeals] == ["", "accepted", "rejected"]
    events = [act["event"] for act in stages.acts(root, "2026")]
    assert sorted(events) == [stages.APPEALED] * 3 + [stages.ADOPTED]


def test_what_cannot_be_asked_for_is_refused(root: Root) -> None:
    refused("points_or_figure", root, asked(A, "on_time"))
    refused("points_or_figure", root, asked(A, "on_time", points=3.0, figure=0.5))
    refused("points_or_figure", root, asked(A, "signed", figure=0.5))
    refused("beyond", root, asked(A, "on_time", points=10.5))
    refused("not_in_halves", root, asked(A, "signed", points=4.2))
    refused("no_such_criterion", root, asked(A, "nothing", points=1.0))
    refused("no_such_commune", root, asked("99999", "on_time", points=1.0))
    refused("appeal_no_papers", root, asked(A, "on_time", points=1.0, evidence=" "))
    refused("no_such_decision", root, asked(A, "on_time", points=1.0, decision="perhaps"))
    refused("not_adopted", root, asked(A, "cadres", points=1.0), sheets()["ninety_ten"])
    stages.appeal(root, YEAR, asked(A, "on_time", points=1.0))
    refused("already_so", root, asked(A, "on_time", points=1.0))
    made_final(root, YEAR)
    refused("published", root, asked(A, "on_time", points=1.0, decision="accepted"))


def test_after_the_cut_off_the_sheet_says_whether_an_appeal_may_change_the_score(root: Root) -> None:
    late = {"at": "2026-12-11T08:00:00.000+07:00", "decision": "accepted"}
    strict = sheets()["ninety_ten"]
    assert (YEAR.corrections, strict.corrections) == ("appeal", "never")
    stages.adopt(root, strict, "Quyết định số 6", "lan", LATE)
    refused("no_corrections", root, asked(A, "cadres", points=5.0, **late), strict)
    stages.appeal(root, strict, asked(A, "cadres", points=5.0, **(late | {"decision": "rejected"})))
    stages.appeal(root, strict, asked(B, "cadres", points=5.0, decision="accepted"))
    stages.appeal(root, YEAR, asked(A, "signed", points=5.0, **late))
    assert stages.rulings(stages.appeals(root, "ninety_ten")) == {(B, "cadres"): Ruling(5.0, None)}


# ---- the verb --------------------------------------------------------------------------------------------------------


def test_the_verb_shows_before_after_and_who_moves(
    version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(version.path.parent, tmp_path / "data" / "real" / "published")
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    real = ("--real", "--by", "lan", "--reason", "đếm thiếu", "--evidence", "BC 14")
    run("awards", "adopt", "2026", "--decision", "QĐ 5", "--reason", LATE, "--by", "lan", "--real")
    verb = ("awards", "appeal", "2026", "--commune", A, "--criterion", "signed", "--to", "4.5", *real)
    entered = json.loads(run(*verb, "--json").stdout)
    assert (entered["points_before"], entered["points_after"], entered["decision"]) == (0.0, 4.5, "")
    assert "đã được ghi như vậy" in run(*verb).stderr
    told = run(*verb, "--decide", "accepted")
    assert told.exit_code == 0 and "Đã chấp nhận" in told.stdout and "0,00 → 4,50 điểm" in told.stdout
    rejected = json.loads(run(*verb, "--decide", "rejected", "--json").stdout)
    assert (rejected["points_before"], rejected["points_after"]) == (0.0, 4.5)
    assert [one.decision for one in stages.appeals(store.root("real"), "2026")] == ["", "accepted", "rejected"]


def test_a_round_frozen_before_an_appeal_replays_as_it_was_and_one_after_holds_it(
    province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(province / "demo", tmp_path / "data" / "demo")
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    root = store.root("demo")
    day = max(store.local(one["received_at"]).date() for one in store.receipts(root))
    stages.adopt(root, YEAR, "Quyết định số 5", "lan", LATE)
    commune = next(one["commune"] for one in store.receipts(root, day) if one["commune"])
    frozen = {}
    for name in ("before", "after"):
        bundle = tmp_path / f"{name}.zip"
        assert run("awards", "freeze", "2026", bundle, "--as-of", day, "--demo").exit_code == 0
        frozen[name] = award_bundle.thaw(bundle.read_bytes(), tmp_path / name).points
        if name == "before":
            stages.appeal(root, YEAR, asked(commune, "signed", points=5.0, decision="accepted"))
    (changed,) = [
        one for one in award_bundle.differences(frozen["before"], frozen["after"]) if not one[0].endswith(commune)
    ]
    assert changed[0] == f"{commune} signed" and changed[2].startswith("scored,5.0")
    for name in frozen:
        assert json.loads(run("awards", "replay", tmp_path / f"{name}.zip", "--json").stdout)["is_same"]
