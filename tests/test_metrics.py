"""What the screens are told of a province small enough to be worked out by hand (tests/tiny.py)."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from etl import store
from etl.build import build
from metrics import changes, deliveries, groups, lastmile, platforms, published, reachability, rounds, targets, units
from tests.handmade import HU, deliver, three_villages
from tests.tiny import AUGUST, CLUSTER, JULY, JUNE, MAY, MONTHS, SILENT, TODAY, A, B, C, sha, tiny
from warehouse.version import Version, current

ACCESS, GROUPS = "access_2026", "groups_2026"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("real") / "published")


def standing(version: Version, unit: str, target: str = ACCESS, today: date = TODAY) -> dict:
    return targets.status(version, target, today, unit=unit).row(0, named=True)


def of(frame: pl.DataFrame, unit: str) -> dict:
    return frame.filter(pl.col("unit") == unit).row(0, named=True)


# ---- status --------------------------------------------------------------------------------------------------------


def test_a_commune_five_points_a_month_from_its_goal_is_on_track(version: Version) -> None:
    row = standing(version, A)
    assert (row["verdict"], row["reason"], row["month"]) == ("on_track", "", AUGUST)
    assert (row["numerator"], row["denominator"], row["share"], row["left"]) == (70, 200, 0.35, 30)
    assert (row["goal"], row["goal_source"], row["deadline"]) == (0.5, "", date(2026, 12, 31))
    assert (row["baseline"], row["baseline_month"], row["baseline_source"]) == (0.2, MAY, "")
    assert row["per_week_today"] == pytest.approx(30 / 16)  # 112 days from 10 September
    assert row["per_week_data"] == pytest.approx(30 / (122 / 7))  # from 31 August
    assert row["pace_per_week"] == pytest.approx(20 / (62 / 7))  # 50 to 70 between the ends of June and August
    assert (row["slope"], row["change_month"]) == (pytest.approx(0.05), pytest.approx(0.05))
    assert (row["projected"], row["projected_linear"]) == (pytest.approx(0.55), pytest.approx(0.55))
    assert row["projected_logit"] > 0.55
    assert (row["F"], row["R"]) == (pytest.approx(0.35 / 0.30), pytest.approx(0.05 / (0.15 / 4)))
    assert row["reach_date"] == date(2026, 11, 30)
    assert (row["trust"], row["trust_reason"], row["covered"], row["floor"]) == ("high", "", 1.0, 0.35)


def test_a_village_that_is_late_counts_with_its_last_figure_and_costs_trust(version: Version) -> None:
    row = standing(version, B)
    assert (row["numerator"], row["denominator"], row["left"]) == (40 + 50, 400, 110)
    assert (row["villages_known"], row["villages_expected"], row["villages_carried"]) == (2, 2, 1)
    # Least squares over .100 .150 .200 .225 with weights .5 .63 .794 1.
    assert row["slope"] == pytest.approx(0.041304, abs=1e-6)
    assert row["projected"] == pytest.approx(0.225 + 4 * 0.041304, abs=1e-5)
    assert (row["verdict"], row["F"]) == ("acceleration_needed", pytest.approx(0.7255, abs=1e-4))
    assert (row["trust"], row["trust_reason"]) == ("low", "few_usable")  # one of two villages


def test_figures_carried_into_months_without_a_report_are_no_rounds(version: Version) -> None:
    row = standing(version, C)
    assert (row["month"], row["rounds"], row["rounds_old"]) == (JUNE, 2, 2)
    assert (row["verdict"], row["reason"]) == ("not_assessable", "too_few_rounds")
    assert (row["left"], row["per_week_today"]) == (15, pytest.approx(15 / 16))
    assert (row["trust"], row["trust_reason"]) == ("medium", "old")


def test_a_commune_that_never_sent_anything_stands_in_the_list_without_figures(version: Version) -> None:
    row = standing(version, SILENT)
    assert (row["verdict"], row["reason"], row["trust"]) == ("not_assessable", "no_value", "low")
    assert [row[name] for name in ("month", "share", "numerator", "left", "projected")] == [None] * 5
    assert targets.status(version, ACCESS, TODAY, "commune").height == 99


def test_the_province_adds_households_up(version: Version) -> None:
    row = standing(version, "15")
    assert (row["numerator"], row["denominator"], row["left"]) == (70 + 90 + 10, 200 + 400 + 50, 155)
    assert (row["trust"], row["trust_reason"]) == ("low", "few_arrived")
    assert standing(version, CLUSTER)["numerator"] == 160


def test_groups_are_counted_out_of_all_villages(version: Version) -> None:
    row = standing(version, A, GROUPS)
    assert (row["numerator"], row["denominator"], row["left"], row["unit"]) == (1, 2, 1, A)
    assert standing(version, "15", GROUPS)["denominator"] == 5
    assert standing(version, B, GROUPS)["verdict"] == "achieved"  # a group, once formed, stays


def test_nothing_is_settled_before_the_last_round_is_over(version: Version) -> None:
    open_, late = standing(version, A, today=date(2027, 1, 2)), standing(version, A, today=date(2027, 3, 1))
    assert (open_["verdict"], open_["per_week_today"], open_["projected"]) == ("open_at_deadline", None, None)
    assert (late["verdict"], late["reason"]) == ("open_at_deadline", "last_round_old")


def test_a_round_is_over_when_its_time_is_up_or_every_village_has_reported() -> None:
    december, counts = date(2026, 12, 1), {"villages_known": 2, "villages_expected": 2}
    past = pl.DataFrame(
        [{"unit": unit, "month": december, "villages_carried": carried} | counts for unit, carried in ((A, 0), (B, 1))]
    )
    assert targets._settled(past, [A, B], date(2026, 12, 31), date(2027, 1, 7)).tolist() == [True, False]
    assert targets._settled(past, [A, B], date(2026, 12, 31), date(2027, 1, 8)).tolist() == [True, True]


def test_a_target_nobody_defined_is_an_error(version: Version) -> None:
    with pytest.raises(KeyError):
        targets.status(version, "access_2099", TODAY)


def test_the_goals_of_the_communes_add_up_to_the_provinces(version: Version) -> None:
    assert targets.goal_sums(version, ACCESS, TODAY) == (325, 325)
    assert targets.goal_sums(version, GROUPS, TODAY) == (5, 5)


def test_another_wording_changes_the_verdict_of_those_named(version: Version) -> None:
    changed = targets.wording_changes(version, ACCESS, TODAY)
    assert changed["unit"].to_list() == [A, B]
    assert changed.row(0, named=True) == {
        "unit": A, "name": "Mù Cang Chải", "any": "on_track", "any_share": 0.35, "three": "acceleration_needed",
        "three_share": 0.25, "all": "stalled", "all_share": 0.0,
    }  # fmt: skip


# ---- trajectory ----------------------------------------------------------------------------------------------------


def test_a_trajectory_runs_from_the_first_value_over_both_projections_to_the_deadline(version: Version) -> None:
    path = targets.trajectory(version, ACCESS, A, TODAY)
    assert path["month"].to_list() == [date(2026, month, 1) for month in range(5, 13)]
    assert path["kind"].to_list() == ["reported"] * 4 + ["projected"] * 4
    assert path["share"].to_list() == [0.2, 0.25, 0.3, 0.35] + [None] * 4
    assert path["linear"].to_list()[:3] == [None] * 3
    assert path["linear"].to_list()[3:] == pytest.approx([0.35, 0.4, 0.45, 0.5, 0.55])
    assert path["needed"].to_list()[3:] == pytest.approx([0.35, 0.3875, 0.425, 0.4625, 0.5])
    assert path["logit"].to_list()[-1] == pytest.approx(standing(version, A)["projected_logit"])


def test_carried_months_are_marked_in_a_trajectory(version: Version) -> None:
    path = targets.trajectory(version, ACCESS, C, TODAY)
    assert path["kind"].to_list() == ["reported", "reported", "carried", "carried"] + ["projected"] * 4
    assert path["needed"].to_list()[1:] == pytest.approx([0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5])
    assert path["linear"].null_count() == 8
    assert targets.trajectory(version, ACCESS, SILENT, TODAY)["share"].null_count() == 4


# ---- changes and what to do ----------------------------------------------------------------------------------------


def test_who_is_about_to_miss_and_who_moved_most(version: Version) -> None:
    behind = changes.about_to_miss(version, ACCESS, TODAY)
    assert behind.select("unit", "left", "reach").rows() == [(B, 110, "out_of_reach")]
    assert changes.moved_most(version, ACCESS, TODAY)["unit"].to_list() == [A, B]  # 5 points, 2.5; C sent nothing
    assert changes.verdict_counts(version, ACCESS, TODAY).rows() == [
        ("on_track", 1), ("acceleration_needed", 1), ("not_assessable", 97),
    ]  # fmt: skip
    assert changes.crossed(version, ACCESS, TODAY) == ([], [])


def test_those_with_most_left_come_first_among_the_ones_behind(version: Version) -> None:
    skills = changes.about_to_miss(version, "skills_2030", TODAY)  # nobody has both skills
    assert skills.select("unit", "left").rows() == [(B, 400), (A, 200)]


def test_reachability_compares_the_needed_pace_with_what_the_cluster_has_kept(version: Version) -> None:
    table = reachability.reachability(version, ACCESS, TODAY)
    a, b = of(table, A), of(table, B)
    month = 365.25 / 12 / 7
    assert (a["reach"], b["reach"], of(table, SILENT)["reach"]) == ("on_track", "out_of_reach", "not_computable")
    assert a["needed_per_week"] == pytest.approx(0.15 / 4 * 200 / month)
    assert b["needed_per_week"] == pytest.approx(0.275 / 4 * 400 / month)
    assert b["record_per_week"] == pytest.approx(0.05 * 400 / month)


def test_the_last_mile_takes_the_village_with_most_left(version: Version) -> None:
    work = lastmile.lastmile(version, ACCESS, B, TODAY)
    assert work.villages.select("village", "village_name", "reached", "whole", "to_reach").rows() == [
        (f"{B}-002", "Bản Hai", 50, 300, 110)
    ]
    assert (work.total, work.per_week, work.short, work.reason) == (110, 110 / 16, 0, "")


def test_the_last_mile_of_groups_is_the_villages_without_one(version: Version) -> None:
    assert lastmile.lastmile(version, GROUPS, A, TODAY).villages["village_name"].to_list() == ["Bản Ngài"]


def test_nothing_known_needs_nothing_that_can_be_said(version: Version) -> None:
    work = lastmile.lastmile(version, ACCESS, SILENT, TODAY)
    assert (work.reason, work.total, work.villages.height) == ("no_need_known", 0, 0)


def test_before_the_first_delivery_every_question_has_an_empty_answer(tmp_path: Path) -> None:
    empty = tiny(tmp_path / "published", is_empty=True)
    assert targets.status(empty, ACCESS, TODAY)["verdict"].unique().to_list() == ["not_assessable"]
    assert targets.trajectory(empty, ACCESS, A, TODAY).is_empty()
    assert targets.goal_sums(empty, ACCESS, TODAY) == (0, 0)
    assert changes.about_to_miss(empty, ACCESS, TODAY).is_empty()
    assert set(reachability.reachability(empty, ACCESS, TODAY)["reach"]) == {"not_computable"}
    assert lastmile.lastmile(empty, ACCESS, A, TODAY).reason == "no_need_known"
    assert rounds.months(empty) == [] and groups.missing(empty, "report").is_empty()


# ---- groups, platforms, rounds -------------------------------------------------------------------------------------


def test_the_ladder_counts_villages(version: Version) -> None:
    columns = ("villages", "formed", "trained", "active", "inactive", "unknown")
    counts = {row["unit"]: tuple(row[c] for c in columns) for row in groups.ladder(version).iter_rows(named=True)}
    assert counts[A] == (2, 1, 1, 1, 0, 0)
    assert counts[B] == (2, 2, 2, 0, 1, 1)  # one said 0 three times; of the other August is missing
    assert counts[C] == (1, 0, 0, 0, 0, 0)
    assert counts["15"] == (5, 3, 3, 1, 1, 1)


@pytest.mark.parametrize(
    ("what", "villages"),
    [
        ("group", [f"{C}-001", f"{A}-002"]),
        ("active", [f"{B}-001", f"{B}-002"]),
        ("report", [f"{C}-001", f"{B}-002"]),
    ],
)
def test_the_villages_that_lack_something_are_named(version: Version, what: str, villages: list[str]) -> None:
    assert groups.missing(version, what)["village"].to_list() == villages
    assert groups.lacking(version, AUGUST)[what] == len(villages)
    assert groups.missing(version, what, None, C)["village"].to_list() == [v for v in villages if v.startswith(C)]


def test_every_question_a_commune_is_asked_is_counted(version: Version) -> None:
    listed = deliveries.questions(version)["commune"].to_list()
    assert deliveries.asked(version) == {commune: listed.count(commune) for commune in set(listed)}


def test_platform_shares_come_from_the_last_quarter(version: Version) -> None:
    table = platforms.platforms(version, A)
    vneid = table.filter(pl.col("platform") == "vneid").row(0, named=True)
    assert vneid == {"platform": "vneid", "commune": 0.35, "cluster": 0.35, "province": 0.35, "month": JUNE}
    assert platforms.platforms(version, B).drop_nulls("commune").height == 0


def test_a_round_tells_who_is_missing_not_usable_late_or_in_order(version: Version) -> None:
    august = rounds.communes(version, AUGUST)
    rows = {row["commune"]: row for row in august.iter_rows(named=True)}
    assert [rows[c]["state"] for c in (A, B, C, SILENT)] == ["ok", "not_usable", "missing", "missing"]
    assert august["state"].to_list() == ["missing"] * 97 + ["not_usable", "ok"], "the worst first"
    assert (rows[B]["days_late"], rows[B]["villages_usable"], rows[B]["letters"]) == (3, 1, 1)
    assert (rows[C]["days_late"], rows[C]["sha256"]) == (None, None)
    assert (rows[A]["due"], rows[A]["late_after"]) == (date(2026, 9, 7), date(2026, 9, 9))
    assert rounds.months(version) == list(reversed(MONTHS))


def test_the_three_rates_are_shares_of_those_expected(version: Version) -> None:
    row = rounds.rates(version, CLUSTER).filter(pl.col("month") == AUGUST).row(0, named=True)
    assert [row[name] for name in ("expected", "submitted", "on_time", "usable")] == [11, 2, 1, 1]
    assert row["on_time_share"] == row["usable_share"] == pytest.approx(1 / 11)
    assert rounds.rates(version)["expected"].to_list() == [99] * 4


def test_a_round_nobody_has_sent_to_yet_still_names_everybody(tmp_path: Path) -> None:
    version = tiny(tmp_path / "published", due_until=date(2026, 9, 1))
    september = rounds.communes(version, date(2026, 9, 1))
    assert september["state"].unique().to_list() == ["missing"] and september.height == 99


# ---- where a figure comes from -------------------------------------------------------------------------------------


def test_a_figure_leads_back_to_its_cells(version: Version) -> None:
    cells = deliveries.cells(version, "households_any", A, AUGUST)
    assert cells.select("name", "value", "file", "sheet", "row").rows() == [
        ("Bản Thác", 35, f"{A}202608.xlsx", "villages", 9),
        ("Bản Ngài", 35, f"{A}202608.xlsx", "villages", 10),
    ]


def test_deliveries_come_latest_first_with_their_letters(version: Version) -> None:
    listed = deliveries.deliveries(version)
    assert (listed.height, listed["sha256"][0], listed["commune_name"][0]) == (10, sha(B, AUGUST), "Xã Nậm Có")
    assert deliveries.deliveries(version, A, JULY)["sha256"].to_list() == [sha(A, JULY)]
    assert deliveries.letters(version, sha(B, AUGUST))["code"].to_list() == ["bad_number"]


def test_communes_come_in_vietnamese_order_with_a_search_key(version: Version) -> None:
    listed = units.communes(version)
    assert listed.height == 99
    assert of(listed, A)["folded"] == "mu cang chai" and of(listed, A)["cluster"] == CLUSTER
    assert units.facts(version, B)["villages"] == 2


# ---- which version, which day --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_files_refused_or_withdrawn_do_not_hide_the_demonstration(tmp_path: Path) -> None:
    root, demo = three_villages(tmp_path), tmp_path / "demo"
    shown = tiny(demo / "published", origin="demo")
    figures = (100, 30, 20, 10, 5, 6, 2, 3)
    deliver(root, date(2025, 7, 1), {HU: figures}, origin="demo")
    build(root)
    assert published.published(root.path, demo) == shown
    sha = deliver(root, date(2025, 7, 1), {HU: figures})
    build(root)
    assert published.published(root.path, demo) == current(root.path)
    store.withdraw(root, sha, "nhầm")
    build(root)
    assert published.published(root.path, demo) == shown


def test_real_data_come_before_the_demonstration(tmp_path: Path) -> None:
    real, demo = tmp_path / "real", tmp_path / "demo"
    now = datetime(2026, 11, 30, 20, tzinfo=UTC)  # in Việt Nam it is December already
    assert published.published(real, demo) is None
    shown = tiny(demo / "published", origin="demo")
    assert published.published(real, demo) == shown and published.today(shown, now) == TODAY
    own = tiny(real / "published")
    assert published.published(real, demo) == own and published.today(own, now) == date(2026, 12, 1)
