"""Months before the merger: whose report it was is kept, and shown under the commune of that time."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from definitions.reference import old_units
from etl import registry, store
from etl.build import build
from etl.landing import read_landing
from etl.load import load
from etl.sources.commune_workbook import SOURCE, VERSION, read
from exports import pivot, slice_drawings
from exports.slice_drawings import Layout
from metrics import slice_cells
from metrics.slice import NoSuchSlice, Slice, listed
from metrics.slice_cells import Cell
from metrics.slices import rows
from tests import alone
from tests.alone import said
from tests.handmade import deliver, moment, now
from tests.ugly.writing import book, villages
from tests.workbooks import read_here
from warehouse.version import Version

MAY, JUNE, JULY = (date(2025, month, 1) for month in (5, 6, 7))
COMMUNE = "02746"  # Cốc San was three communes of two districts
PARTS = FIRST, SECOND, THIRD = "old:02662", "old:02746", "old:02749"
HU, LAO, XEO = (f"{COMMUNE}-{serial:03}" for serial in (1, 2, 3))
deliver = partial(deliver, commune=COMMUNE)
BASE = Slice(("access_any",), "commune", since="2025-05", until="2025-07", units_of="time")
of = partial(replace, BASE)


def root_of(base: Path) -> store.Root:
    """One commune of today with three villages since before the merger."""
    root = store.root("real", base)
    entries = [registry.entry(id, f"Bản {id[-1]}", date(2025, 1, 1), 100) for id in (HU, LAO, XEO)]
    registry.adopt(root, COMMUNE, entries, at=moment("2025-01-02"))
    return root


def row(households: int, some: int) -> tuple[int, ...]:
    return (households, some, 0, 0, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """In May the first old commune reports Hú, the second Lao; in July today's commune reports all three."""
    root = root_of(tmp_path_factory.mktemp("before"))
    breakdown = {HU: {"mong": (90, 21), "kinh": (10, 9)}}
    deliver(root, MAY, {HU: row(100, 30)}, "2025-06-02", written=FIRST, breakdown=breakdown)
    deliver(root, MAY, {LAO: row(50, 20)}, "2025-06-03", written=SECOND)
    deliver(root, MAY, {XEO: row(61, 7)}, "2025-06-04")
    deliver(root, JULY, {HU: row(100, 40), LAO: row(50, 25), XEO: row(61, 9)}, "2025-08-02")
    build(root)
    return now(root)


def told(version: Version, of: Slice) -> dict[tuple[str, int], tuple]:
    found = rows(version, of, "exact").filter(pl.col("unit").str.starts_with("old:") | (pl.col("unit") == COMMUNE))
    cells = found.select("unit", "month", "numerator", "denominator", "state", "is_imputed").iter_rows()
    return {(unit, month.month): tuple(rest) for unit, month, *rest in cells if unit in (*PARTS, COMMUNE)}


# ---- what is kept ----------------------------------------------------------------------------------------------------

COVERS = {
    "XÃ BẢN QUA": "old:02716",
    "THỊ TRẤN BÁT XÁT": "old:02683",
    "XÃ BÁT XÁT": "02683",
    "XÃ NẬM XÉ": "03085",  # before and after: nobody knows which of the two wrote it
}


@pytest.mark.parametrize("name", COVERS)
def test_the_unit_written_on_a_cover_is_kept_beside_the_commune_of_today(name: str, tmp_path: Path) -> None:
    titles = [[f"ỦY BAN MTTQ VIỆT NAM {name}"], ["Tháng 5 năm 2025"], []]
    book(villages([1, "Bản Vai", 75, 20], titles=titles))(tmp_path / "a.xlsx")
    landed = read(tmp_path / "a.xlsx")
    code = {old.id: old.new_code for old in old_units()}.get(COVERS[name], COVERS[name])
    assert (landed.commune, landed.written) == (code, COVERS[name])


def test_two_old_communes_that_report_the_same_month_both_count_and_both_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    root = store.root("real", tmp_path / "data")
    named = {"02683-001": "Bản Vai", "02683-002": "Tổ 1"}
    registry.adopt(root, "02683", [registry.entry(id, name, MAY, 100) for id, name in named.items()])
    for file, unit, village in (("a", "XÃ BẢN QUA", "Bản Vai"), ("b", "THỊ TRẤN BÁT XÁT", "Tổ 1")):
        titles = [[f"ỦY BAN MTTQ VIỆT NAM {unit}"], ["Tháng 5 năm 2025"], []]
        book(villages([1, village, 100, 20 if file == "a" else 50], titles=titles))(tmp_path / f"{file}.xlsx")
    answers = load(root, [tmp_path / "a.xlsx", tmp_path / "b.xlsx"])
    assert [one["verdict"] for one in answers] == ["accepted"] * 2
    kept = [read_landing(root.landing, SOURCE, one["sha256"], VERSION) for one in answers]
    assert [one.written for one in kept if one] == ["old:02716", "old:02683"]
    build(root)
    cut = rows(now(root), of(until="2025-05"), "exact").filter(pl.col("numerator").is_not_null())
    counted = cut.select("unit", "numerator", "denominator").sort("numerator").rows()
    assert counted == [("old:02716", 20, 100), ("old:02683", 50, 100)]
    today = rows(now(root), of(until="2025-05", units_of="today", units=("02683",)), "exact")
    assert today.select("numerator", "denominator").row(0) == (70, 200)


@pytest.mark.slow
def test_the_commune_sheets_of_all_old_communes_are_added_up_and_with_one_missing_there_is_no_sum(
    tmp_path: Path,
) -> None:
    root, received = root_of(tmp_path), "select received from feedback_month where commune = ? and month = ?"
    for part, n in zip(PARTS, (5, 3, 2), strict=True):
        deliver(root, MAY, {}, "2025-06-02", written=part, counted={"feedback_received": n})
        build(root)
        if part != THIRD:
            assert now(root).query(received, [COMMUNE, MAY]).item() is None, "5 of the first is not the commune's"
    assert now(root).query(received, [COMMUNE, MAY]).item() == 10
    deliver(root, MAY, {}, "2025-06-02", written=THIRD, counted={"feedback_received": 4}, revision=2)
    build(root)
    assert now(root).query(received, [COMMUNE, MAY]).item() == 12, "a correction replaces its own sheet only"
    deliver(root, MAY, {}, "2025-06-02", counted={"feedback_received": 11})
    build(root)
    assert now(root).query(received, [COMMUNE, MAY]).item() == 11, "the commune of today speaks for all"


# ---- what is shown ---------------------------------------------------------------------------------------------------


def test_a_month_before_the_merger_is_shown_under_those_who_reported_it(version: Version) -> None:
    then = told(version, of())
    assert then[FIRST, 5] == (30, 100, "", False) and then[SECOND, 5] == (20, 50, "", False)
    assert then[COMMUNE, 7] == (74, 211, "", False) and (COMMUNE, 5) not in then and (FIRST, 7) not in then


def test_what_nobody_placed_goes_to_the_old_communes_that_sent_nothing_and_is_marked(version: Version) -> None:
    assert told(version, of())[THIRD, 5] == (7, 61, "", True)


def test_today_the_same_months_stand_under_the_commune_of_today(version: Version) -> None:
    assert told(version, of(units_of="today")) == {
        (COMMUNE, 5): (57, 211, "", False), (COMMUNE, 6): (57, 211, "", False), (COMMUNE, 7): (74, 211, "", False),
    }  # fmt: skip


def test_a_report_nobody_placed_is_shared_out_whole_and_no_part_outgrows_its_whole(tmp_path: Path) -> None:
    root = root_of(tmp_path)
    deliver(root, MAY, {HU: row(2, 1), LAO: row(3, 2), XEO: row(2, 1)}, "2025-08-02")
    build(root)
    then = told(now(root), of())
    assert [then[part, 5] for part in PARTS] == [(2, 3, "", True), (1, 2, "", True), (1, 2, "", True)]


def test_the_old_district_counts_the_communes_that_reported_from_it(version: Version) -> None:
    cut = rows(version, of(level="district", until="2025-05"), "exact").filter(pl.col("numerator").is_not_null())
    counted = cut.select("unit", "numerator", "denominator", "is_imputed").rows()
    assert counted == [("district:080", 50, 150, False), ("district:082", 7, 61, True)]


def test_ethnic_groups_of_an_old_commune_are_for_those_who_may_see_exact_figures(version: Version) -> None:
    by_group = of(by="ethnic", until="2025-05", categories=("mong",))
    exact = rows(version, by_group, "exact").filter(pl.col("numerator").is_not_null())
    assert exact.select("unit", "numerator", "denominator").rows() == [(FIRST, 21, 90)]
    with pytest.raises(NoSuchSlice) as refused:
        rows(version, by_group)
    assert refused.value.reason == "no_protected_cube"
    assert COMMUNE in rows(version, replace(by_group, since="2025-07", until="2025-07"))["unit"]


def test_behind_a_cell_of_an_old_commune_stand_its_own_villages_and_files(version: Version) -> None:
    for unit, village in ((FIRST, HU), (SECOND, LAO), (THIRD, XEO)):
        cell = Cell(unit, "", MAY, "access_any")
        assert slice_cells.villages(version, of(), cell, "exact")["unit"].to_list() == [village]
        assert slice_cells.cells(version, of(), cell, "exact")["village"].to_list() == [village]


def test_old_communes_are_listed_behind_their_commune_of_today(version: Version) -> None:
    units = listed(version, of())["unit"].to_list()
    place = units.index(COMMUNE)
    assert set(units[place + 1 : place + 4]) == set(PARTS) and len(units) == 99 + 319
    assert listed(version, of(since="2025-07"))["unit"].len() == 99


def test_sorted_by_a_month_units_that_did_not_exist_then_stand_last(version: Version) -> None:
    told = rows(version, of(units=(COMMUNE, *PARTS)), "exact")
    assert pivot.arranged(told, "month", "down:2025-05") == [SECOND, FIRST, THIRD, COMMUNE]
    assert pivot.arranged(told, "month", "up:2025-07")[0] == COMMUNE


@pytest.mark.parametrize("kind", ["table", "lines", "bars", "multiples"])
def test_every_view_draws_units_that_come_and_go(version: Version, kind: str) -> None:
    drawn = (slice_drawings.table if kind == "table" else slice_drawings.drawn)(
        version, of(units=(COMMUNE, *PARTS)), "exact", Layout(kind, is_whole=True), "vi"
    )
    assert "(cũ)" in drawn or kind == "bars"
    assert ("no_unit" in drawn and "shared" in drawn) == (kind == "table")


def test_the_page_shows_old_communes_when_the_reader_switches(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(version.path.parents[2]))
    asked = {"since": "2025-05", "until": "2025-06", "rows": "all"}
    assert "(cũ)" not in said(alone.opened("analysis.slices", **asked))
    page = said(alone.opened("analysis.slices", units="time", **asked))
    assert page.count("(cũ)") > 300 and 'class="num shared"' in page
    assert "lúc báo cáo" in page
