"""The tables depend on what was received and on nothing else: not on the order, not on the time of building."""

import multiprocessing
import random
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl import build as building
from etl import registry, store
from etl.build import build, with_questions
from etl.landing import HeldCell, landing_path
from etl.load import load
from etl.sources.commune_workbook import VERSION
from tests.handmade import (
    AUGUST,
    COMMUNE,
    HU,
    JULY,
    LAO,
    NAMES,
    SEPTEMBER,
    XEO,
    deliver,
    held,
    moment,
    now,
    tables,
    three_villages,
)
from tests.workbooks import read_here, workbook
from warehouse import publish
from warehouse.version import current, open_version

pytestmark = pytest.mark.slow

FIRST = {HU: (100, 30, 20, 10, 5, 6, 2, 3), LAO: (80, 20, 10, 0, 0, 5, 0, 0), XEO: (60, 6, 0, 0, 0, 4, 0, 0)}


def told(root: store.Root, month: date = JULY) -> dict[str, int | None]:
    """Village -> households with at least one platform, as published now."""
    build(root)
    rows = now(root).query("select village, households_any from village_month where month = ?", [month])
    return dict(rows.iter_rows())


# ---- which delivery counts -----------------------------------------------------------------------------------------


def test_a_correction_replaces_village_by_village_where_rows_were_stored(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, "2025-08-04")
    deliver(root, JULY, {HU: (100, 35, 20, 10, 5, 6, 2, 3)}, "2025-08-05", held=[held(8)])
    assert told(root) == {HU: 35, LAO: 20, XEO: 6}


def test_a_higher_revision_counts_even_when_it_came_first(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: (100, 35, 0, 0, 0, 0, 0, 0)}, "2025-08-04", revision=2)
    deliver(root, JULY, {HU: (100, 30, 0, 0, 0, 0, 0, 0)}, "2025-08-05", revision=1)
    assert told(root)[HU] == 35


def test_of_one_revision_the_later_counts_and_of_one_moment_the_higher_hash(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: (100, 30, 0, 0, 0, 0, 0, 0)}, "2025-08-04")
    deliver(root, JULY, {HU: (100, 31, 0, 0, 0, 0, 0, 0)}, "2025-08-05")
    assert told(root)[HU] == 31
    shas = {deliver(root, JULY, {HU: (100, n, 0, 0, 0, 0, 0, 0)}, "2025-08-06"): n for n in (40, 41, 42)}
    assert told(root)[HU] == shas[max(shas)]


def test_sheets_win_separately(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, "2025-08-04", groups={HU: 1})
    deliver(root, JULY, {HU: (100, 35, 0, 0, 0, 0, 0, 0)}, "2025-08-05")
    assert told(root)[HU] == 35
    assert now(root).query("select sum(group_formed)::int from village_month").item() == 1


# A breakdown has several rows a village: one of them held back must not drop what stood there.
WHOLE, FULL = {"kinh": 60, "mong": 40}, {HU: FIRST[HU]}


def row_held(village: str | None = HU, name: str = NAMES[HU]) -> dict[str, Any]:
    """A breakdown row with "abc" for households, held back by the reader."""
    cell = HeldCell("breakdown", "Phân tổ", 9, "D", village, name, "households", "abc")
    return {"held": (replace(held(9), sheet="Phân tổ"),), "held_cells": (cell,)}


def groups(root: store.Root, village: str = HU) -> dict[str, int]:
    """Category -> households of a village's breakdown, as published now."""
    build(root)
    sql = "select category, value from observation where form_sheet = 'breakdown' and unit = ?"
    return dict(now(root).query(sql, [village]).iter_rows())


def asked(root: store.Root) -> list[tuple[str, str, str]]:
    sql = "select code, unit, sha256 from question where code like 'breakdown%' order by all"
    return now(root).query(sql).rows()


@pytest.mark.parametrize(("first", "then"), [("2025-08-04", "2025-08-09"), ("2025-08-09", "2025-08-04")])
def test_a_breakdown_with_a_row_held_back_never_replaces_a_whole_one(tmp_path: Path, first: str, then: str) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FULL, first, breakdown={HU: WHOLE, LAO: {"kinh": 80}})
    parts = {HU: {"kinh": 55}, LAO: {"kinh": 70, "tay": 10}}
    second = deliver(root, JULY, FULL, then, revision=2, breakdown=parts, **row_held())
    assert groups(root) == WHOLE
    assert groups(root, LAO) == {"kinh": 70, "tay": 10}, "the other villages are replaced"
    assert asked(root) == [("breakdown_kept", HU, second)]


def test_a_whole_breakdown_replaces_one_with_a_row_held_back(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    part = deliver(root, JULY, FULL, "2025-08-04", breakdown={HU: {"kinh": 55}}, **row_held())
    assert groups(root) == {"kinh": 55}, "where there is no other, what was stored counts"
    assert asked(root) == [("breakdown_part", HU, part)]
    deliver(root, JULY, FULL, "2025-08-09", breakdown={HU: WHOLE})
    assert groups(root) == WHOLE
    assert asked(root) == []


def test_a_whole_breakdown_that_is_withdrawn_leaves_the_rest(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    whole = deliver(root, JULY, FULL, "2025-08-04", breakdown={HU: WHOLE})
    deliver(root, JULY, FULL, "2025-08-09", breakdown={HU: {"kinh": 55}}, **row_held())
    store.withdraw(root, whole, "nhầm")
    assert groups(root) == {"kinh": 55}


def test_a_breakdown_row_of_an_unknown_village_may_be_any_villages(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FULL, "2025-08-04", breakdown={HU: WHOLE, LAO: {"kinh": 80}})
    parts = {HU: {"kinh": 60}, LAO: {"kinh": 79}, "Hú Chù": {"mong": 41}}
    second = deliver(root, JULY, FULL, "2025-08-09", breakdown=parts)
    assert (groups(root), groups(root, LAO)) == (WHOLE, {"kinh": 80})
    assert asked(root) == [("breakdown_kept", HU, second), ("breakdown_kept", LAO, second)]


def test_a_group_that_stands_twice_in_a_correction_keeps_the_former_breakdown(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FULL, "2025-08-04", breakdown={HU: WHOLE})
    deliver(root, JULY, FULL, "2025-08-09", breakdown={HU: {"kinh": 55, "mong": 44}, NAMES[HU]: {"mong": 45}})
    assert groups(root) == WHOLE


def test_a_withdrawn_delivery_stops_counting_and_stays_on_record(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, "2025-08-04")
    wrong = deliver(root, JULY, {HU: (100, 99, 0, 0, 0, 0, 0, 0)}, "2025-08-05")
    assert told(root)[HU] == 99
    store.withdraw(root, wrong, "nhầm thôn")
    assert told(root)[HU] == 30
    assert now(root).query("select withdrawn from delivery where sha256 = ?", [wrong]).item() == "nhầm thôn"


def test_a_delivery_for_the_other_root_replaces_nothing(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, "2025-08-04")
    deliver(root, JULY, {HU: (100, 99, 0, 0, 0, 0, 0, 0)}, "2025-08-05", origin="demo")
    assert told(root)[HU] == 30
    assert now(root).query("select verdict, refusal, rows_held from delivery order by received_at").row(1) == (
        "refused",
        "wrong_origin",
        1,
    )


def test_confirming_the_list_brings_the_waiting_rows_into_the_tables(tmp_path: Path) -> None:
    root = store.root("real", tmp_path)
    deliver(root, JULY, FIRST)
    assert told(root) == {}
    assert now(root).query("select count(*) from letter where code = 'village_list_not_adopted'").item() == 3
    registry.adopt(root, COMMUNE, [registry.entry(HU, "Hú Trù Lìn", JULY)])
    assert told(root) == {HU: 30}


# ---- the same in, the same out -------------------------------------------------------------------------------------


def story(root: store.Root, order: random.Random | None = None) -> None:
    """Ten deliveries with corrections, in any order of arrival at the store."""
    acts = [
        (month, {village: (100, 10 + 10 * n + m, 5, 5, 5, 5, m, n)}, f"2025-11-{10 + n + m:02}T0{n}:00", 1 + m % 2)
        for n, village in enumerate((HU, LAO, XEO))
        for m, month in enumerate((JULY, AUGUST, SEPTEMBER))
    ]
    acts += [(JULY, {HU: (100, 50, 5, 5, 5, 5, 0, 0), LAO: (80, 60, 0, 0, 0, 0, 0, 0)}, "2025-11-11T00:00", 1)]
    if order:
        order.shuffle(acts)
    for month, rows, received, revision in acts:
        deliver(root, month, rows, received, revision)


def test_any_order_and_the_same_twice_give_the_same_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many deliveries are judged at a time."""
    expected = None
    for seed in range(3):
        monkeypatch.setattr("etl.deliveries.AT_ONCE", (2_000, 1, 2)[seed])
        root = three_villages(tmp_path / str(seed))
        story(root, random.Random(seed))
        story(root)
        build(root)
        found = tables(now(root))
        assert expected is None or found == expected
        expected = found


def test_nothing_new_makes_no_new_version(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    first = build(root)
    deliver(root, JULY, FIRST)
    assert build(root) == first
    deliver(root, AUGUST, FIRST)
    assert build(root) != first


def test_other_definitions_or_code_make_a_new_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    first = build(root)
    monkeypatch.setattr(building, "file_hashes", lambda *folders: ("other",))
    assert build(root) != first


def _load_and_build(base: str, paths: list[Path], gate: object) -> str:
    import etl.load

    etl.load.intake.read_many = read_here
    root = store.root("real", Path(base))
    gate.wait()  # type: ignore[attr-defined]
    load(root, paths)
    return build(root)


@pytest.mark.alone
def test_two_loaders_at_once_give_the_tables_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    paths = [
        workbook(tmp_path / f"{m}-{r}.xlsx", [(HU, "Hú Trù Lìn", 100, 30 + m + r)], date(2025, m, 1), revision=r)
        for m in (7, 8)
        for r in (1, 2)
    ]
    together, alone = three_villages(tmp_path / "together"), three_villages(tmp_path / "alone")
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(2, mp_context=spawn) as pool:
        gate = manager.Barrier(2, timeout=60)
        runs = [pool.submit(_load_and_build, str(tmp_path / "together"), o, gate) for o in (paths, paths[::-1])]
        for run in runs:
            run.result()
    received = {r["file"]: moment_of(r) for r in store.receipts(together)}
    load(alone, paths, received_at=received.__getitem__)
    build(alone)
    assert len(store.receipts(together)) == 4
    assert tables(now(together)) == tables(now(alone))


def moment_of(receipt: dict[str, str]):
    from datetime import datetime

    return datetime.fromisoformat(receipt["received_at"])


def test_a_second_build_reads_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    root = three_villages(tmp_path / "data")
    (answer,) = load(root, [workbook(tmp_path / "a.xlsx", [(HU, "Hú Trù Lìn", 100, 30)])])
    build(root)
    before = tables(now(root))
    monkeypatch.setattr("etl.load.intake.read_many", None)
    deliver(root, AUGUST, {})
    build(root)
    # A lost landing is read again from the bytes, and only that one.
    monkeypatch.setattr(
        "etl.load.intake.read_many", lambda paths: read_here([one] if len([one := list(paths)[0]]) else [])
    )
    landing_path(root.landing, "commune_workbook", answer["sha256"], VERSION).unlink()
    landing_path(root.landing, "commune_workbook", answer["sha256"], VERSION).with_suffix(".json").unlink()
    shutil.rmtree(root.published)
    root.published.mkdir()
    build(root)
    assert tables(now(root))["village_month"] == before["village_month"]


# ---- the past ------------------------------------------------------------------------------------------------------


def test_a_past_view_is_rebuilt_and_does_not_become_current(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    first = deliver(root, JULY, FIRST, "2025-08-04")
    build(root)
    then = tables(now(root))
    deliver(root, JULY, {HU: (100, 99, 0, 0, 0, 0, 0, 0)}, "2025-08-20")
    store.withdraw(root, first, "nhầm", at=moment("2025-08-21"))
    standing = build(root)
    past = open_version(root.published, build(root, date(2025, 8, 10)))
    assert now(root).id == standing != past.id
    assert past.query("select value from meta where key = 'as_of'").item() == "2025-08-10"
    assert past.manifest["as_of"] == "2025-08-10"
    assert build(root, date(2025, 8, 10)) == past.id, "the same view of the past is not made twice"
    found, later = tables(past), ("round", "unit_round")  # more rounds are due by now
    assert {name: found[name] for name in then if name not in later} == {
        name: then[name] for name in then if name not in later
    }
    assert all(set(found[name]) <= set(then[name]) for name in later)


def test_before_the_registry_was_confirmed_its_villages_were_not_known(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    registry.adopt(root, COMMUNE, [registry.entry(f"{COMMUNE}-004", "Bản Mới", JULY)], at=moment("2025-09-01"))
    deliver(root, JULY, FIRST, "2025-08-04")
    past = open_version(root.published, build(root, date(2025, 8, 10)))
    assert past.query("select count(*) from village").item() == 3


# ---- what is not published -----------------------------------------------------------------------------------------


def test_a_broken_check_keeps_the_version_before_and_names_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = three_villages(tmp_path / "data")
    deliver(root, JULY, FIRST)
    before = build(root)
    checks = tmp_path / "checks"
    checks.mkdir()
    (checks / "no_village_has_more_than_ninety_households.sql").write_text(
        "select village from village_month where households > 90"
    )
    monkeypatch.setattr(publish, "CHECKS", checks)
    deliver(root, AUGUST, FIRST)
    with pytest.raises(publish.CheckFailed, match="no village has more than ninety households") as wrong:
        build(root)
    assert wrong.value.rows["village"].unique().to_list() == [HU]
    assert now(root).id == before
    assert [p.name for p in root.published.glob("tmp-*")] == []


@pytest.mark.alone
@pytest.mark.parametrize("check", sorted(publish.CHECKS.glob("*.sql")), ids=lambda path: path.stem)
def test_every_check_is_a_sentence_and_a_query(check: Path) -> None:
    text = check.read_text(encoding="utf-8")
    assert text.startswith("-- ") and text.splitlines()[0].endswith(".")


WRONG = {
    "part_never_exceeds_whole": "update village_month set households_any = households + 1",
    "numerator_never_exceeds_denominator": "update indicator_month set numerator = denominator + 1",
    "province_equals_sum_of_communes": "update indicator_month set numerator = numerator - 1 where unit = '15'",
    "every_unit_stands_in_every_month": "delete from indicator_month where unit = '04474' and month = '2025-08-01'",
    "ladder_and_round_equal_sum_of_communes": "update unit_ladder set formed = formed + 1 where unit = '15'",
    "no_village_counted_twice": "insert into village_month from village_month",
    "every_winner_has_a_receipt": "delete from delivery",
    "one_delivery_per_unit_sheet_and_month": "insert into observation from observation",
    "months_are_contiguous": "delete from month where month = '2025-08-01'",
    "unit_ids_are_known": "update observation set unit = 'nowhere'",
    "nothing_is_carried_more_than_two_rounds": "update village_month set carried = 3",
    "carried_figures_equal_their_source": "update village_month set households = 7 where carried = 1",
    "slices_show_the_indicators_own_figures": "update slice_month set numerator = 1 where level = 'district'",
    "units_of_the_time_add_up_to_those_of_today": "insert into slice_old_month (level, indicator, month, "
    "unit, numerator, denominator) values ('commune', 'access', '2025-05-01', 'old:02716', 5, 4)",
    "slice_parts_never_exceed_their_whole": "update slice_month set numerator = denominator + 1 where category = ''",
    "hidden_counts_show_nothing": "update protected_cell set value = 3 where state = 'hidden'",
    "no_total_is_hidden": "delete from protected_cell where dimension = 'none' and unit like 'cluster:%'",
    "every_hidden_count_has_its_reason": "delete from protected_reason",
    "feedback_cases_go_forward_in_time": "insert into feedback_case (commune, case_id, received, answered) "
    "values ('04474', 'x', '2025-08-05', '2025-08-04')",
    "feedback_months_add_up_to_the_cases": "update feedback_month set source = 'cases', received = 5",
    "a_post_stands_once": "insert into post (channel, post) values ('fb', '1'), ('fb', '1')",
    "every_post_is_scored_by_the_rules": "insert into post (channel, post, platform, interactions) values "
    "('fb', '1', 'facebook', 50); insert into post_score values ('fb', '1', 20, 12, false, 2.0, '')",
    "channel_months_add_up_to_their_days": "insert into channel_month "
    "(channel, unit, month, metric, kind, value, days) values ('fb', '15', '2026-03-01', 'fb_views', 'flow', 5, 1)",
    "a_unit_hears_its_own_and_its_communes_channels": "insert into voice_month values "
    "('15', 'fb_views', '2026-03-01', 5, null, 1)",
    "channels_count_for_their_owner_of_the_day": "insert into channel_day (channel, unit, day, metric, value) "
    "values ('fb', '15', '2026-03-01', 'fb_views', 5)",
}


@pytest.mark.parametrize("check", sorted(publish.CHECKS.glob("*.sql")), ids=lambda path: path.stem)
def test_every_check_finds_what_it_is_for(check: Path, tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, groups={HU: 1}, breakdown={HU: {"mong": 60, "thai": 35, "kinh": 5}})
    deliver(root, AUGUST, {HU: FIRST[HU]})
    deliver(root, SEPTEMBER, {HU: FIRST[HU]})
    facts = building.facts_of(root, None)
    with publish.db.draft(tmp_path / "wrong.duckdb") as connection:
        publish.marts(connection, building.tables(root, None, facts), building.from_marts(root, None, facts))
        query = check.read_text(encoding="utf-8")
        assert publish.db.drafted(connection, query).height == 0
        connection.execute(WRONG[check.stem])
        assert publish.db.drafted(connection, query).height > 0


def test_an_empty_root_has_no_version_and_builds_an_empty_one(tmp_path: Path) -> None:
    root = store.root("real", tmp_path)
    assert current(root.path) is None
    build(root)
    assert now(root).query("select count(*) from indicator_month").item() == 0
    assert now(root).query("select count(*) from unit where level = 'commune'").item() == 99


def test_the_answer_to_a_file_carries_the_questions_about_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    root = three_villages(tmp_path / "data")
    answers = load(root, [workbook(tmp_path / "a.xlsx", [(HU, "Hú Trù Lìn", 150, 30)])])
    build(root)
    (answer,) = with_questions(root, answers)
    assert [(x["code"], x["sheet"], x["row"], x["column"]) for x in answer["letters"]] == [
        ("households_reference", "Thôn", 2, "D")
    ]
    assert answer["verdict"] == "accepted"


def asked_of(root: store.Root, code: str) -> list[tuple[Any, ...]]:
    build(root)
    sql = (
        "select unit, name, sheet, measure, value, reference, sha256, message from question where code = ? order by all"
    )
    return now(root).query(sql, [code]).rows()


def test_a_later_file_that_says_an_earlier_sending_is_told_that_it_changes_nothing(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, "2025-08-04", revision=2, counted={"classes": 3})
    late = deliver(root, JULY, FULL, "2025-08-09", counted={"classes": 4})
    (whole, village) = asked_of(root, "earlier_sending")
    assert (whole[:3], village[2]) == ((COMMUNE, "Xã Lao Chải", "Xã"), "Thôn")
    assert village[4:7] == whole[4:7] == (1, 2.0, late)
    assert whole[7] == village[7] and whole[7].startswith("Tệp ghi lần gửi 1, mà số liệu lần gửi 2 đã nhận trước đó")


def test_the_sendings_in_their_order_are_not_asked_about(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, "2025-08-04")
    deliver(root, JULY, FULL, "2025-08-09")
    deliver(root, JULY, FULL, "2025-08-10", revision=2)
    assert asked_of(root, "earlier_sending") == []


def test_a_part_above_its_village_on_another_sheet_is_asked_about(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    parts = {HU: {"kinh": (60, 30), "mong": (40, 11)}, LAO: {"kinh": (80, 40), "poor": (81, 3)}}
    deliver(root, JULY, {HU: (100, 40, 0, 0, 0, 0, 0, 0), LAO: (80, 40, 0, 0, 0, 0, 0, 0)}, breakdown=parts)
    assert [row[:6] for row in asked_of(root, "above_village")] == [
        (HU, "Hú Trù Lìn", "Phân tổ", "households_any", 41, 40.0),
        (LAO, NAMES[LAO], "Phân tổ", "households", 81, 80.0),
    ]


def test_no_change_where_nothing_was_ever_told_is_asked_about(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: "x", LAO: (80, 40, 0, 0, 0, 0, 0, 0)}, "2025-08-04")
    deliver(root, AUGUST, {HU: (100, 40, 0, 0, 0, 0, 0, 0), LAO: "x"}, "2025-09-04")
    assert [row[0] for row in asked_of(root, "unchanged_from_nothing")] == [HU]


def test_printed_figures_stand_beside_and_are_never_added(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    build(root)
    printed = now(root).query("select * from printed_figure")
    assert printed.height > 100 and printed["source"].is_not_null().all() and printed["value"].dtype == pl.Float64
