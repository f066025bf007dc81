"""Award scores: figures worked out by hand, every commune recomputed in slow plain Python, grades and awards."""

import json
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from definitions.award_rules import Criterion, Sheet, Steps, sheets
from etl import award_stages, store
from methods import award_points
from methods.award_standings import limits_met
from metrics import awards
from tests.tiny import CLUSTER, REPORTS, SILENT, A, B, C, tiny
from warehouse.version import Version

YEAR = sheets()["2026"]
CUT_OFF = date(2026, 9, 10)  # the August round is over, its time was up on the 9th
SUMMER = YEAR.model_copy(
    update={"period": YEAR.period.model_copy(update={"first": date(2026, 6, 1), "last": CUT_OFF}), "cut_off": CUT_OFF}
)


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("awards") / "published")


def line(found: awards.Scored, commune: str, criterion: str) -> dict[str, Any]:
    where = (pl.col("commune") == commune) & (pl.col("criterion") == criterion)
    return found.lines.filter(where).row(0, named=True)


def standing(found: awards.Scored, commune: str) -> dict[str, Any]:
    return found.standings.filter(pl.col("commune") == commune).row(0, named=True)


# ---- figures ---------------------------------------------------------------------------------------------------------


def test_a_target_is_scored_on_the_path_due_at_the_cut_off(version: Version) -> None:
    found = awards.scored(version, SUMMER, is_draft=True)
    # From May to December 7 months, 3 of them gone in August; A at 35 % of households, due 20 + 30 x 3/7 = 32.9 %.
    assert (line(found, A, "access")["share"], line(found, A, "access")["points"]) == (1.0, 12.0)
    # B: 10 to 22.5 %, due 27.1 %. C: last heard of in June, two rounds ago, 10 to 20 %, due 27.1 %.
    assert line(found, B, "access")["share"] == pytest.approx(0.125 / (0.4 * 3 / 7))
    assert line(found, C, "access")["points"] == pytest.approx(round(12 * 0.1 / (0.4 * 3 / 7), 4))


@pytest.mark.parametrize(("silent", "reached"), [(2, 25 + 35), (3, 35)])
def test_a_village_silent_for_two_rounds_keeps_its_last_figure_and_none_after_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: int, reached: int
) -> None:
    """Each of the two villages had 20, 25, 30 and 35 of its 100 households on a platform from May to August."""
    own = [*REPORTS[f"{A}-002"][: 4 - silent], *[None] * silent]
    monkeypatch.setitem(REPORTS, f"{A}-002", own)
    score = YEAR.criterion("skills_lead").score.model_copy(update={"figure": "indicator:access_any", "target": 0.0})
    criteria = [one.model_copy(update={"score": score}) if one.id == "skills_lead" else one for one in SUMMER.criteria]
    found = awards.scored(tiny(tmp_path / "published"), SUMMER.model_copy(update={"criteria": tuple(criteria)}))
    assert line(found, A, "skills_lead")["figure"] == pytest.approx(reached / 200)


def test_who_never_reported_is_missing_and_not_zero(version: Version) -> None:
    found = awards.scored(version, SUMMER, is_draft=True)
    silent = line(found, SILENT, "access")
    assert (silent["state"], silent["reason"], silent["points"]) == ("open", "no_value", None)
    row = standing(found, SILENT)
    assert (row["points"], row["place"], row["grade"], row["award"], row["is_open"]) == (None, None, None, "", True)
    zero = SUMMER.model_copy(update={"missing": "zero"})
    row = standing(awards.scored(version, zero, is_draft=True), SILENT)
    assert (row["points"], row["grade"]) == (0.0, "not_done")


def test_figures_too_old_at_the_cut_off_do_not_count(version: Version) -> None:
    later = SUMMER.model_copy(update={"cut_off": date(2026, 10, 5)})
    assert line(awards.scored(version, later, is_draft=True), C, "access")["reason"] == "too_old"
    assert line(awards.scored(version, later, is_draft=True), A, "access")["reason"] == ""


def test_a_path_that_begins_in_the_period_is_none(version: Version) -> None:
    spring = awards.as_of(YEAR, CUT_OFF)
    period = spring.period.model_copy(update={"first": date(2026, 4, 1)})
    found = awards.scored(version, spring.model_copy(update={"period": period}), is_draft=True)
    assert {line(found, unit, "access")["reason"] for unit in (A, B, C)} == {"no_base"}


def test_rounds_are_those_whose_time_was_up(version: Version) -> None:
    found = awards.scored(version, SUMMER, is_draft=True)
    # June, July, August; B sent August late, C sent June alone.
    assert [line(found, unit, "on_time")["figure"] for unit in (A, B, C)] == [1.0, pytest.approx(2 / 3), 1 / 3]
    assert [line(found, unit, "late")["points"] for unit in (A, B, C)] == [0.0, 0.5, 0.0]
    before = SUMMER.model_copy(update={"cut_off": date(2026, 9, 9)})
    assert line(awards.scored(version, before, is_draft=True), B, "on_time")["figure"] == 1.0


def test_a_report_whose_time_was_up_after_the_last_cut_off_counts_in_this_round_and_in_one_alone(
    version: Version,
) -> None:
    july = date(2026, 7, 1)
    period = SUMMER.period.model_copy(update={"first": july})
    # June's time was up in July: after a cut-off on 1 July it counts here, after one in August it counted there.
    due = {}
    for previous in (None, july, date(2026, 8, 1)):
        rules = SUMMER.model_copy(update={"period": period, "previous_cut_off": previous})
        due[previous] = awards.counted_rounds(version, rules).filter(pl.col("commune") == C)["due"].item()
    assert due == {None: 2, july: 3, date(2026, 8, 1): 2}
    earlier = SUMMER.model_copy(update={"cut_off": july})
    assert awards.counted_rounds(version, earlier).filter(pl.col("commune") == C).is_empty()


def test_a_sheet_counts_from_the_day_after_the_last_cut_off_and_one_without_keeps_its_hash() -> None:
    assert YEAR.counted_from == date(2026, 1, 1) and YEAR.counted_to == date(2026, 12, 10)
    later = YEAR.model_copy(update={"previous_cut_off": date(2025, 12, 10)})
    assert later.counted_from == date(2025, 12, 11)
    assert YEAR.model_copy(update={"previous_cut_off": date(2026, 1, 20)}).counted_from == date(2026, 1, 1)
    assert award_stages.digest(YEAR) != award_stages.digest(later)
    # What was kept before this key was known holds no such key.
    kept = {key: of for key, of in YEAR.model_dump(mode="json", by_alias=True).items() if key != "previous_cut_off"}
    assert award_stages.digest(Sheet.model_validate(kept)) == store.sha_of(store.as_json(kept))
    assert awards.as_of(later, date(2026, 6, 30)).counted_from == date(2025, 6, 10)


def test_what_nobody_can_measure_yet_is_out_for_all_and_named(version: Version) -> None:
    found = awards.scored(version, SUMMER, is_draft=True)
    assert found.unmeasured == ["signed", "ioffice", "initiative"]
    assert standing(found, A)["maximum"] == 100 - 10
    real = awards.scored(version, SUMMER)
    assert real.unmeasured == []
    assert line(real, A, "signed")["state"] == "zero"
    given = awards.scored(version, SUMMER, {(A, "signed"): 4.5})
    assert (line(given, A, "signed")["points"], standing(given, A)["maximum"]) == (4.5, 100)


def test_what_does_not_apply_leaves_points_and_maximum(version: Version) -> None:
    barred = [one.model_copy(update={"not_for": (CLUSTER,)}) if one.id == "skills" else one for one in SUMMER.criteria]
    found = awards.scored(version, SUMMER.model_copy(update={"criteria": tuple(barred)}), is_draft=True)
    row = standing(found, A)
    assert (line(found, A, "skills")["state"], line(found, C, "skills")["state"]) == ("not_applicable", "scored")
    assert (row["maximum"], row["base"]) == (80, pytest.approx(100 * row["earned"] / 80))


def test_a_failed_sample_check_scales_what_was_claimed(version: Version) -> None:
    found = awards.scored(version, SUMMER, is_draft=True, verified={A: 0.5})
    assert (line(found, A, "access")["points"], line(found, B, "skills")["share"]) == (6.0, 0.0)


# ---- every commune, in slow plain Python -----------------------------------------------------------------------------


def planted(chance: np.random.Generator, count: int) -> Callable[..., Any]:
    """Figures drawn once per criterion; one in eight is not known."""
    drawn: dict[str, Any] = {}

    def figures(version: Version, sheet: Sheet, one: Criterion, ids: list[str], given: Any) -> Any:
        most = {"manual": one.points, "count": 30.0, "lateness": 12.0}.get(one.score.how, 1.0)
        value = np.round(chance.uniform(0, most, count), 2)
        value[chance.random(count) < (0.125 if one.kind == "points" else 0.0)] = np.nan
        found = awards._Figures(value, np.round(chance.uniform(0, 1, count), 2), [""] * count)
        return drawn.setdefault(one.id, found)

    figures.drawn = drawn  # type: ignore[attr-defined]
    return figures


def slow_share(one: Criterion, x: float, base: float, leader: float) -> float:
    score: Any = one.score
    if score.how == "goalposts":
        return max(0, min(1, (x - score.low) / (score.high - score.low)))
    if score.how == "steps":
        return max([points for least, points in score.steps if x >= least], default=0) / one.points
    if score.how == "yes_no":
        return 1 if x >= score.at_least else 0
    if score.how in ("count", "lateness"):
        return min(1, x * score.each / one.points)
    if score.how == "leader":
        if x < score.target:
            return 0.5 * x / score.target
        return 0.5 if leader <= score.target else 0.5 + 0.5 * (x - score.target) / (leader - score.target)
    if score.how == "improvement":
        if x >= score.goal:
            return 1
        return 0 if base >= score.goal else max(0, (x - base) / (score.goal - base))
    return x / one.points


def slow_points(sheet: Sheet, row: int, clusters: list[str], drawn: dict[str, Any]) -> dict[str, float | None]:
    """One commune's points per criterion; None where the sheet stays open."""
    found: dict[str, float | None] = {}
    for one in sheet.criteria:
        if one.score.how != "manual" and one.score.figure in awards.LATER:
            continue
        x, mates = drawn[one.id].value, [i for i, cluster in enumerate(clusters) if cluster == clusters[row]]
        leader = max((x[i] for i in mates if x[i] == x[i]), default=0)
        if x[row] != x[row]:
            found[one.id] = None if (one.missing or sheet.missing) == "open" else 0.0
        else:
            found[one.id] = round(slow_share(one, x[row], drawn[one.id].base[row], leader) * one.points, 4)
    return found


@pytest.mark.parametrize("id", ["2026", "ninety_ten"])
def test_all_communes_recomputed_in_slow_plain_python_agree(
    version: Version, monkeypatch: pytest.MonkeyPatch, id: str
) -> None:
    sheet, listed = sheets()[id], awards.communes(version)
    ids, clusters = listed["unit"].to_list(), listed["cluster"].to_list()
    assert len(ids) == 99
    figures = planted(np.random.default_rng(5), 99)
    monkeypatch.setattr(awards, "_figures", figures)
    found = awards.scored(version, sheet)
    totals: dict[str, float | None] = {}
    for row, commune in enumerate(ids):
        slow = slow_points(sheet, row, clusters, figures.drawn)  # type: ignore[attr-defined]
        told = {key: line(found, commune, key)["points"] for key in slow}
        assert told == pytest.approx(slow, abs=1.01e-4), commune
        sums = {"points": 0.0, "bonus": 0.0, "deduction": 0.0}
        for key in slow:
            sums[sheet.criterion(key).kind] += told[key] or 0.0
        most = sum(sheet.criterion(key).points for key in slow if sheet.criterion(key).kind == "points")
        whole = sheet.total * sums["points"] / most + min(sums["bonus"], sheet.bonus) - sums["deduction"]
        totals[commune] = None if None in slow.values() else max(0.0, whole)
    said = {commune: standing(found, commune)["points"] for commune in ids}
    assert said == pytest.approx(totals, abs=1e-4)
    for commune, cluster in zip(ids, clusters, strict=True):
        if said[commune] is not None:
            mates = [said[other] for other, place in zip(ids, clusters, strict=True) if place == cluster]
            above = sum(other is not None and other > said[commune] for other in mates)
            assert standing(found, commune)["place"] == 1 + above
    if id == "2026":
        assert sum(one is None for one in totals.values()) > 10


# ---- places, grades, awards ------------------------------------------------------------------------------------------


def two_lines(**changes: Any) -> Sheet:
    """A sheet of two manual criteria, 90 and 10 points."""
    manual = {"how": "manual"}
    label = {"vi": "x", "en": "x"}
    content = YEAR.model_dump(by_alias=True) | {
        "groups": [{"id": "g", "label": label, "points": 100}],
        "criteria": [
            {"id": id, "label": label, "group": "g", "points": points, "score": manual}
            for id, points in (("first", 90), ("second", 10))
        ],
        "tie_breakers": ["second"], "limits": [], "missing": "zero", "bonus": 0,
    }  # fmt: skip
    return Sheet.model_validate(content | changes)


def judged(version: Version, given: dict[str, float], second: dict[str, float] | None = None, **changes: Any) -> Any:
    """Scores on that sheet; whoever is not named has 1 point."""
    ids = awards.communes(version)["unit"].to_list()
    points = {(id, "first"): given.get(id, 1.0) for id in ids} | {
        (id, "second"): value for id, value in (second or {}).items()
    }
    return awards.scored(version, two_lines(**changes), points)


def test_level_points_are_told_apart_by_the_tie_breaker_and_else_share_a_place(version: Version) -> None:
    found = judged(version, {A: 80.0, B: 70.0, SILENT: 80.0}, {B: 10.0})
    assert [standing(found, unit)["place"] for unit in (B, A, SILENT)] == [1, 2, 2]
    # A flag and two certificates in each cluster: B the flag, both others a certificate.
    assert [standing(found, unit)["award"] for unit in (B, A, SILENT)] == ["flag", "certificate", "certificate"]
    assert not found.standings["is_tied"].any()


def test_a_tie_at_the_line_of_an_award_is_for_the_council(version: Version) -> None:
    found = judged(version, {A: 80.0, B: 80.0})
    assert [(standing(found, unit)["award"], standing(found, unit)["is_tied"]) for unit in (A, B)] == [
        ("flag", True), ("flag", True)
    ]  # fmt: skip


def test_the_quota_of_a_grade_drops_the_last_ones(version: Version) -> None:
    mates = awards.communes(version).filter(pl.col("cluster") == CLUSTER)["unit"].to_list()
    assert len(mates) == 11  # a fifth of them: two
    found = judged(version, {id: 90.0 - number for number, id in enumerate(mates[:4])},
                   dict.fromkeys(mates[:4], 10.0))  # fmt: skip
    assert [standing(found, id)["grade"] for id in mates[:4]] == ["excellent", "excellent", "good", "good"]


def test_a_cap_lowers_the_grade_and_a_veto_takes_the_award(version: Version) -> None:
    label = {"vi": "x", "en": "x"}
    cap = {"criterion": "second", "below": 0.5, "at_most": "done", "label": label}
    rows = judged(version, {A: 90.0, B: 85.0}, {B: 10.0}, limits=[cap])
    assert [(standing(rows, id)["grade"], standing(rows, id)["award"]) for id in (A, B)] == [
        ("done", ""), ("excellent", "flag")
    ]  # fmt: skip
    veto = {key: value for key, value in cap.items() if key != "at_most"}
    rows = judged(version, {A: 90.0, B: 80.0}, {B: 10.0}, limits=[veto])
    assert (standing(rows, A)["grade"], standing(rows, A)["award"], standing(rows, A)["capped_by"]) == (
        "excellent", "", "second"
    )  # fmt: skip
    assert standing(rows, B)["award"] == "flag"


def test_passed_is_all_compulsory_and_three_in_ten_of_the_others(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, ids = sheets()["pass_fail"], awards.communes(version)["unit"].to_list()
    answers = list(product((0.0, 1.0), repeat=5))
    value = {one.id: [(answers[i % 32])[n] for i in range(99)] for n, one in enumerate(sheet.criteria)}

    def figures(version: Version, sheet: Sheet, one: Criterion, ids: list[str], given: Any) -> Any:
        return awards._Figures(np.array(value[one.id]), np.zeros(99), [""] * 99)

    monkeypatch.setattr(awards, "_figures", figures)
    found = awards.scored(version, sheet)
    for row, commune in enumerate(ids):
        compulsory, extended = answers[row % 32][:2], answers[row % 32][2:]
        # 30 % of three criteria is 0.9: one is enough, none is not.
        assert standing(found, commune)["passed"] == (all(compulsory) and sum(extended) >= 1)


# ---- a draft ---------------------------------------------------------------------------------------------------------


def test_a_draft_says_which_criterion_decides_and_who_gains(version: Version) -> None:
    old = judged(version, {A: 80.0, B: 70.0, C: 60.0})
    new = judged(version, {A: 80.0, B: 80.0, C: 60.0}, {B: 10.0})
    decides = awards.deciding(new)
    assert decides["share"].sum() == pytest.approx(1)
    assert decides["criterion"][0] == "first"
    gain = dict(awards.gains(new, old).select("commune", "gain").iter_rows())
    assert (gain[A], gain[B], gain[C]) == (-1, 1, 0)


def test_the_canonical_table_is_the_same_bytes_and_shows_four_decimals(version: Version) -> None:
    one, same = (awards.canonical(awards.scored(version, SUMMER, is_draft=True)) for _ in range(2))
    assert one == same
    assert f"{B},access,scored,8.7500\n".encode() in one
    assert f"{SILENT},access,open,\n".encode() in one


@pytest.mark.parametrize(
    ("now", "start", "share"),
    [(0.5, 0.2, 0.5), (0.8, 0.2, 1.0), (0.1, 0.2, 0.0), (0.9, 0.9, 1.0), (0.7, 0.85, 0.0), (np.nan, 0.2, np.nan)],
)
def test_a_gap_closed(now: float, start: float, share: float) -> None:
    assert award_points.gap_closed([now], [start], 0.8).tolist() == pytest.approx([share], nan_ok=True)


def test_a_cluster_without_a_leader_beyond_the_target_has_half_marks(version: Version) -> None:
    rule = YEAR.criterion("skills_lead")
    found = award_points.shares(rule, [0.2, 0.1, np.nan, 0.4, 0.2], [0] * 5, ["a", "a", "a", "b", "b"])
    assert found.tolist() == pytest.approx([0.5, 0.25, np.nan, 1.0, 0.5], nan_ok=True)


def test_communes_that_grow_evenly_are_asked_nothing(version: Version) -> None:
    assert awards.questions(version, CUT_OFF).is_empty()


def test_a_planted_copy_is_found_in_the_published_figures(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(version: Version, month: date) -> pl.DataFrame:
        return pl.DataFrame([
            {"commune": A, "village": f"{A}-{n}", "month": month, "counted": 10 + n + 3 * min(month.month - 3, 4),
             "households": 90, "is_reported": True}
            for n in range(6)
        ])  # fmt: skip

    monkeypatch.setattr(awards, "village_counts", rows)
    monkeypatch.setattr(awards, "facts", lambda version: {"first_month": "2026-03"})
    awards.questions.cache_clear()
    found = awards.questions(version, CUT_OFF)
    awards.questions.cache_clear()
    assert found.select("commune", "code").rows() == [(A, "copied")]
    evidence = json.loads(found["evidence"][0])  # eighteen village months before, none of them still: 1 in 20
    assert evidence == {"same": 6, "villages": 6, "usual_share": 0.0, "chance": pytest.approx(0.05**6)}


def test_a_sample_is_drawn_from_what_the_villages_claimed_last(version: Version) -> None:
    assert awards.claims(version, A, CUT_OFF) == {f"{A}-001": 35, f"{A}-002": 35}
    assert awards.claims(version, A, date(2026, 6, 30)) == {f"{A}-001": 25, f"{A}-002": 25}
    assert awards.claims(version, C, CUT_OFF) == {f"{C}-001": 10}  # last heard of in June
    assert awards.claims(version, SILENT, CUT_OFF) == {}


def test_half_of_the_villages_is_no_line_to_stand_just_above() -> None:
    groups = sheets()["ninety_ten"].criterion("groups")
    assert isinstance(groups.score, Steps) and groups.score.figure == "indicator:groups_formed"
    assert awards._lines_of(groups) == []


def test_a_crowd_just_above_a_step_is_asked_about(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    def figures(version: Version, sheet: Sheet, one: Criterion, ids: list[str], given: Any) -> Any:
        value = np.linspace(0.0, 0.7, 99)
        value[:15] = 0.905 if one.id == "submitted" else value[:15]
        return awards._Figures(value, np.zeros(99), [""] * 99)

    monkeypatch.setattr(awards, "_figures", figures)
    # Nine of ten reports is 90 %, eight of ten is far below: a crowd there says nothing.
    assert awards.crowding(awards.scored(version, SUMMER), SUMMER).is_empty()
    score = SUMMER.criterion("submitted").score.model_copy(update={"figure": "indicator:access_three"})
    criteria = [one.model_copy(update={"score": score}) if one.id == "submitted" else one for one in SUMMER.criteria]
    shares = SUMMER.model_copy(update={"criteria": tuple(criteria)})
    found = awards.crowding(awards.scored(version, shares), shares)
    assert (found.height, set(found["criterion"])) == (15, {"submitted"})
    assert found["evidence"][0].startswith('{"above": 15, "below": 0, "chance": 3.0')


def test_bonus_points_are_capped_at_what_the_sheet_promises_and_the_sum_never_below_0(version: Version) -> None:
    small = SUMMER.model_copy(update={"bonus": 4.0})
    found = awards.scored(version, small, {(A, "initiative"): 9.5})
    assert (line(found, A, "initiative")["points"], standing(found, A)["bonus"]) == (9.5, 4.0)
    row = standing(found, A)
    assert row["points"] == pytest.approx(row["base"] + 4.0 - row["deduction"], abs=1e-4)
    totals = award_points.totals(YEAR, np.array([[0.0] * 13 + [5.0]]), np.ones((1, 14), bool), np.array([False]))
    assert totals.points.tolist() == [0.0]


def test_points_are_rounded_as_a_spreadsheet_does() -> None:
    # Halves away from zero: numpy alone gives 0.0562 and 76.5427 or 76.5428, as the float's last bit falls.
    given = [12 * 3 / 640, 100 * 61.2342 / 80, -0.00005, 2 / 3, np.nan]
    assert award_points.rounded(given).tolist() == pytest.approx(
        [0.0563, 76.5428, -0.0001, 0.6667, np.nan], nan_ok=True
    )


def test_a_cap_and_a_veto_on_the_same_criterion_are_two_things(version: Version) -> None:
    label = {"vi": "x", "en": "x"}
    cap = {"criterion": "second", "below": 0.5, "at_most": "done", "label": label}
    veto = {"criterion": "second", "below": 0.1, "label": label}
    awards_ = [{**award, "grade": "done"} for award in YEAR.model_dump(by_alias=True)["awards"]]
    found = judged(version, {A: 90.0, B: 89.0}, {A: 3.0}, limits=[cap, veto], awards=awards_)
    assert [(standing(found, id)["grade"], standing(found, id)["award"]) for id in (A, B)] == [
        ("done", "flag"), ("done", "")
    ]  # fmt: skip


def test_who_stands_on_a_threshold_is_not_below_it(version: Version) -> None:
    cap = {"criterion": "second", "below": 0.3, "label": {"vi": "x", "en": "x"}}
    share = np.array([[0.9, (0.65 - 0.5) / 0.5 - 1e-16], [0.9, 0.2999]])
    assert limits_met(two_lines(limits=[cap]), share).tolist() == [[False], [True]]
