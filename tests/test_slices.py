"""Slices: the same figures as every other page, sums that add up, and a reason for every empty cell."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from definitions import asked
from definitions.load import definitions
from definitions.reference import ethnic_groups
from etl import registry, slices
from etl.build import build
from metrics import platforms, slice_cells, slice_villages, targets
from metrics.slice import ALL, NoSuchSlice, Slice, categories, levels, months, units
from metrics.slice_cells import Cell
from metrics.slices import rows
from tests.handmade import COMMUNE, HU, LAO, XEO, deliver, moment, now, three_villages
from tests.tiny import AUGUST, CLUSTER, JULY, JUNE, MAY, SILENT, A, B, sha, tiny
from warehouse.version import Version, current

PROVINCE = "15"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("real") / "published")


@pytest.fixture(scope="module")
def demo(province: Path) -> Version:
    found = current(province / "demo")
    assert found is not None
    return found


def one(version: Version, of: Slice, unit: str, month: date, category: str = "", indicator: str = "") -> dict:
    wanted = {"unit": unit, "month": month, "category": category, "indicator": indicator or of.ids[0]}
    return rows(version, of, "exact").row(
        by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in wanted.items()), named=True
    )


def figure(row: dict) -> tuple:
    return row["numerator"], row["denominator"], row["state"]


def of_all_months(version: Version, **more) -> Slice:
    first, last = version.query("select min(month), max(month) from month").row(0)
    return Slice(tuple(definitions().indicators), since=f"{first:%Y-%m}", until=f"{last:%Y-%m}", **more)


# ---- the same figures as the other pages ----------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["province", "cluster", "commune"])
@pytest.mark.parametrize("indicator", [id for id in definitions().indicators if asked.is_monthly(id)])
def test_a_slice_by_nothing_is_the_history_every_page_shows(demo: Version, level: str, indicator: str) -> None:
    shown = targets.history(demo, indicator).filter(pl.col("level") == level)
    cut = rows(demo, of_all_months(demo, level=level), "exact").filter(pl.col("indicator") == indicator)
    columns = ["unit", "month", "numerator", "denominator", "share"]
    assert cut.select(columns).sort("unit", "month").equals(shown.select(columns).sort("unit", "month"))


def test_platform_shares_are_those_of_the_commune_page(demo: Version) -> None:
    unit = rows(demo, Slice((), "commune", "platform"), "exact").filter(pl.col("state") == "")["unit"][0]
    shown = dict(platforms.platforms(demo, unit).select("platform", "commune").iter_rows())
    cut = rows(demo, Slice((), "commune", "platform", units=(unit,)), "exact")
    assert {p: s for p, s in cut.select("category", "share").iter_rows() if s is not None} == shown


def test_a_share_is_a_sum_over_a_sum_never_a_mean_of_shares(version: Version) -> None:
    row = one(version, Slice(("access",), until="2026-08"), PROVINCE, AUGUST)
    assert figure(row) == (70 + 90 + 10, 200 + 400 + 50, "")
    assert row["share"] == pytest.approx(170 / 650) and row["share"] != pytest.approx((0.35 + 0.225 + 0.2) / 3)
    assert (row["villages_known"], row["villages_expected"], row["villages_carried"]) == (5, 5, 2)


def test_the_wording_chooses_the_indicator_of_access(version: Version) -> None:
    said = {
        w: one(version, Slice(("access",), "commune", until="2026-08", wording=w), A, AUGUST) for w in ("", "three")
    }
    assert (said[""]["indicator"], said[""]["numerator"]) == ("access_any", 70)
    assert (said["three"]["indicator"], said["three"]["numerator"]) == ("access_three", 50)


# ---- what adds up ----------------------------------------------------------------------------------------------------


def summed(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    known = frame.filter(pl.col("numerator").is_not_null())
    return known.group_by(*by).agg(pl.col("numerator", "denominator").sum()).sort(by)


@pytest.mark.parametrize("by", ["none", "ethnic", "priority", "platform"])
@pytest.mark.parametrize("level", ["commune", "district"])
def test_the_province_is_the_sum_of_its_parts(demo: Version, by: str, level: str) -> None:
    key = ("indicator", "month", "category")
    whole = rows(demo, of_all_months(demo, by=by), "exact")
    parts = rows(demo, of_all_months(demo, by=by, level=level), "exact")
    assert not whole.filter(pl.col("state") == "").is_empty()
    # Villages are out of all registered, in communes that told nothing too.
    parts = parts.filter(~pl.col("indicator").is_in(["groups_formed"]) | pl.col("numerator").is_not_null())
    assert summed(parts, *key).equals(summed(whole, *key))


@pytest.mark.parametrize("level", ["province", "commune"])
def test_all_households_are_the_sum_of_the_groups_and_unknown(demo: Version, level: str) -> None:
    whole = rows(demo, of_all_months(demo, by="ethnic", level=level, categories=(ALL,)), "exact")
    groups = rows(demo, of_all_months(demo, by="ethnic", level=level), "exact")
    key = ("unit", "indicator", "month")
    assert summed(groups, *key).equals(summed(whole, *key)) and not summed(groups, *key).is_empty()


def test_the_breakdown_counts_as_many_as_the_villages_where_all_of_them_told_both(demo: Version) -> None:
    told = rows(demo, of_all_months(demo, level="commune"), "exact").filter(pl.col("villages_carried") == 0)
    groups = rows(demo, of_all_months(demo, by="ethnic", level="commune", categories=(ALL,)), "exact")
    both = told.filter(pl.col("villages_known") == pl.col("villages_expected")).join(
        groups.filter(pl.col("state") == ""), on=["unit", "month", "indicator", "villages_known"]
    )
    both = both.filter(pl.col("indicator").is_in(["access_any", "skills_both"]))
    assert both.height > 4
    assert both["numerator"].equals(both["numerator_right"]) and both["denominator"].equals(both["denominator_right"])


def test_priority_groups_are_never_added_up(demo: Version) -> None:
    assert rows(demo, of_all_months(demo, by="priority", categories=(ALL,)), "exact").is_empty()
    assert (
        demo.query("select count(numerator) from slice_month where dimension = 'priority' and category = ''").item()
        == 0
    )


def test_the_villages_of_a_commune_add_up_to_it(demo: Version) -> None:
    parts = rows(demo, of_all_months(demo, level="village"), "exact").with_columns(unit=pl.col("unit").str.head(5))
    whole = rows(demo, of_all_months(demo, level="commune"), "exact")
    key, not_counted = ("unit", "indicator", "month"), pl.col("indicator") != "groups_formed"
    assert summed(parts.filter(not_counted), *key).equals(summed(whole.filter(not_counted), *key))


# ---- old districts ---------------------------------------------------------------------------------------------------


def test_every_commune_is_shared_out_whole_and_only_those_of_two_districts_in_parts() -> None:
    parts = slices.part_table().filter(pl.col("level") == "district").sort("commune", "place")
    for place, places in (
        parts.group_by("commune", maintain_order=True).agg("place", "places").select("place", "places").rows()
    ):
        assert (place, set(places)) == (list(range(1, len(places) + 1)), {len(places)})
    assert parts.filter(pl.col("places") > 1)["commune"].n_unique() == 12
    # Phường Lào Cai: five of its six old wards and communes lay in Lào Cai city, one in Bảo Thắng.
    ward = parts.filter(pl.col("commune") == "02647").rows()
    assert [row[1] for row in ward] == ["district:080"] * 5 + ["district:086"]


def test_a_commune_of_two_districts_is_split_into_whole_households_and_marked(tmp_path: Path, monkeypatch) -> None:
    table = slices.part_table().filter(~((pl.col("level") == "district") & (pl.col("commune") == A)))
    split = pl.DataFrame(
        [("district", f"district:{code}", A, place, 3) for place, code in enumerate((137, 137, 140), 1)],
        schema=table.schema, orient="row",
    )  # fmt: skip
    monkeypatch.setattr(slices, "part_table", lambda: pl.concat([table, split]))
    version = tiny(tmp_path / "published")
    of = Slice(("access",), "district", until="2026-08")
    rest = one(version, of, "district:140", AUGUST)
    assert (figure(rest), rest["is_imputed"], rest["denominator_shared"]) == ((70 - 47, 200 - 134, ""), True, 66)
    most = one(version, of, "district:137", AUGUST)  # B lies in it whole
    assert (figure(most), most["is_imputed"], most["denominator_shared"]) == ((47 + 90, 134 + 400, ""), True, 134)
    assert not one(version, of, "district:080", AUGUST)["is_imputed"]


HEIRS = [f"{COMMUNE}-{serial:03}" for serial in range(4, 8)]


@given(
    n=some.integers(0, 10_000),
    more=some.integers(0, 10_000),
    sizes=some.lists(some.integers(1, 900), min_size=1, max_size=4),
)
def test_the_parts_of_a_count_add_up_and_none_outgrows_its_whole(n: int, more: int, sizes: list[int]) -> None:
    named = HEIRS[: len(sizes)]
    listed = [(HU, None, " ".join(named)), *((heir, size, "") for heir, size in zip(named, sizes, strict=True))]
    given = pl.DataFrame(listed, schema=["village", "households_reference", "successors"], orient="row")
    cut = slices.heirs(given).with_columns(n=n, N=n + more)
    parts = cut.select(slice_villages._part(name, len(sizes)) for name in ("n", "N"))
    assert parts.sum().row(0) == (n, n + more)
    assert all(0 <= part <= whole for part, whole in parts.iter_rows())
    by_size = [(n + more) * size / sum(sizes) for size in sizes]
    assert all(abs(part - fair) <= len(sizes) for part, fair in zip(parts["N"], by_size, strict=True))


# ---- why there is no figure ------------------------------------------------------------------------------------------


def test_a_commune_that_sent_nothing_has_not_reported(version: Version) -> None:
    assert figure(one(version, Slice(("access",), "commune", until="2026-08"), SILENT, AUGUST)) == (
        None,
        None,
        "not_reported",
    )


def test_the_breakdown_is_asked_for_each_quarter_and_of_those_who_still_owe_the_first(version: Version) -> None:
    of = Slice(("uses_vneid",), "commune", "ethnic", "2026-05", "2026-08")
    assert figure(one(version, of, A, JUNE, "mong")) == (5, 40, "")
    assert one(version, of, A, MAY, "mong")["state"] == "not_reported", "the first breakdown may come in any month"
    assert one(version, of, A, JULY, "mong")["state"] == "not_asked"
    assert one(version, of, B, JUNE, "mong")["state"] == one(version, of, B, JULY, "mong")["state"] == "not_reported"


def test_a_group_that_does_not_live_where_the_report_came_from_is_no_gap(version: Version) -> None:
    of = Slice(("uses_vneid",), "commune", "ethnic", until="2026-06", categories=("kinh", "tay", "mong"))
    assert figure(one(version, of, A, JUNE, "kinh")) == (None, None, "no_households")
    assert figure(one(version, of, B, JUNE, "kinh")) == (None, None, "not_reported")


def test_what_no_form_asks_is_not_asked(version: Version) -> None:
    of = Slice(("access_three", "uses_provincial_portal"), "commune", "ethnic", until="2026-06", categories=("tay",))
    assert {one(version, of, A, JUNE, "tay", id)["state"] for id in of.ids} == {"not_asked"}
    assert (
        one(
            version,
            Slice((), "commune", "platform", until="2026-06"),
            A,
            JUNE,
            "provincial_portal",
            "uses_provincial_portal",
        )["state"]
        == "not_asked"
    )


def test_a_village_says_why_like_its_commune(version: Version) -> None:
    of = Slice(("access", "uses_vneid"), "village", since="2026-05", until="2026-08", within=CLUSTER)
    assert figure(one(version, of, f"{B}-002", AUGUST)) == (50, 300, "")
    assert one(version, of, f"{B}-002", AUGUST)["villages_carried"] == 1
    assert figure(one(version, of, f"{A}-001", JUNE, "", "uses_vneid")) == (35, 100, "")
    assert one(version, of, f"{A}-002", JUNE, "", "uses_vneid")["state"] == "not_reported"
    assert one(version, of, f"{A}-002", JULY, "", "uses_vneid")["state"] == "not_asked"
    assert rows(version, of, "exact")["unit"].n_unique() == 4, "C lies in another cluster"


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (Slice(("access",), "village", "ethnic"), "ethnic_village"),
        (Slice(("moon",)), "unknown_indicator"),
        (Slice(()), "unknown_indicator"),
        (Slice(("access",), "planet"), "unknown_level"),
        (Slice(("access",), by="age"), "unknown_level"),
        (Slice(("access",), "area"), "no_source"),
        (Slice(("access",), until="next year"), "unknown_month"),
    ],
)
def test_what_cannot_be_cut_says_why(version: Version, of: Slice, reason: str) -> None:
    with pytest.raises(NoSuchSlice) as refused:
        rows(version, of, "exact")
    assert refused.value.reason == reason


@pytest.mark.parametrize("by", ["ethnic", "priority"])
def test_a_level_the_protected_cube_does_not_hold_is_refused(version: Version, by: str) -> None:
    with pytest.raises(NoSuchSlice) as refused:
        rows(version, Slice(("access",), "district", by))
    assert refused.value.reason == "no_protected_cube"
    assert rows(version, Slice(("access",), until="2026-08")).height == 1


@pytest.mark.parametrize("level", ["province", "cluster", "commune"])
@pytest.mark.parametrize("by", ["ethnic", "priority"])
def test_what_readers_see_is_exact_or_hidden_never_another_number(demo: Version, level: str, by: str) -> None:
    of = Slice(("access", "skills_both"), level, by, since="2026-09", until="2026-09")
    key = ["unit", "category", "month", "indicator"]
    both = rows(demo, of, "exact").join(rows(demo, of), on=key, suffix="_seen", validate="1:1")
    assert len(both) == len(rows(demo, of)) and both["numerator"].drop_nulls().len()
    for count in ("numerator", "denominator"):
        shown = both.filter(pl.col(f"{count}_seen").is_not_null())
        assert (shown[count].fill_null(0) == shown[f"{count}_seen"]).all()
    told = both.filter(pl.col("state_seen") == "")
    assert (told["share"] == told["share_seen"]).all() and (told["state"] == "").all()
    hidden = both.filter(pl.col("state_seen") == "protected")
    assert hidden["share_seen"].null_count() == len(hidden)
    assert set(both.filter(pl.col("state_seen") == "not_reported")["state"]) <= {"not_reported"}
    if level == "commune" and by == "ethnic":
        is_small = pl.col("numerator").is_between(1, 4) | (pl.col("denominator") - pl.col("numerator")).is_between(1, 4)
        small = both.filter(is_small | pl.col("denominator").is_between(1, 9))
        assert len(small) and set(small["state_seen"]) == {"protected"}


def test_before_the_first_report_a_slice_is_empty(tmp_path: Path) -> None:
    version = tiny(tmp_path / "published", is_empty=True)
    for of in (Slice(("access",)), Slice(("access",), "commune", "ethnic"), Slice(("access",), "village")):
        assert rows(version, of, "exact").is_empty()


# ---- units of today, units of the time -------------------------------------------------------------------------------


FIRST = {HU: (100, 30, 0, 0, 0, 0, 0, 0), LAO: (80, 20, 0, 0, 0, 0, 0, 0), XEO: (60, 6, 0, 0, 0, 0, 0, 0)}


def changed(
    base: Path, ended: dict[str, list[str]], began: dict[str, int], silent: str = "", first: dict[str, tuple] = FIRST
) -> Version:
    """Three villages in July 2025 (one may be silent); then some end and new ones begin, with 50 households reached."""
    root = three_villages(base)
    deliver(root, date(2025, 7, 1), {id: told for id, told in first.items() if id != silent}, "2025-08-04")
    standing = {row["village"]: row for row in registry.registry(root).iter_rows(named=True)}
    entries = [
        registry.entry(id, standing[id]["name"], date(2025, 7, 1), standing[id]["households_reference"])
        | {"valid_to": "2025-07", "successors": heirs}
        for id, heirs in ended.items()
    ]
    entries += [registry.entry(id, f"Bản {id[-1]}", date(2025, 8, 1), households) for id, households in began.items()]
    registry.adopt(root, COMMUNE, entries, at=moment("2025-08-05"))
    august = {id: (households, 50, 0, 0, 0, 0, 0, 0) for id, households in began.items()}
    stayed = {id: told for id, told in FIRST.items() if id not in ended}
    deliver(root, date(2025, 8, 1), stayed | august, "2025-09-04")
    build(root)
    return now(root)


def of_villages(version: Version, units_of: str) -> dict[tuple[str, int], tuple]:
    of = Slice(("access_any",), "village", since="2025-07", until="2025-08", within=COMMUNE, units_of=units_of)
    cut = rows(version, of, "exact").select("unit", "month", "numerator", "denominator", "state", "is_imputed")
    return {(unit, month.month): tuple(rest) for unit, month, *rest in cut.iter_rows()}


def test_a_merger_gives_the_sum_in_every_past_month(tmp_path: Path) -> None:
    new = f"{COMMUNE}-004"
    version = changed(tmp_path, {HU: [new], LAO: [new]}, {new: 180})
    today, then = of_villages(version, "today"), of_villages(version, "time")
    assert today == {
        (new, 7): (50, 180, "", False), (new, 8): (50, 180, "", False),
        (XEO, 7): (6, 60, "", False), (XEO, 8): (6, 60, "", False),
    }  # fmt: skip
    assert then[(HU, 7)] == (30, 100, "", False) and (HU, 8) not in then and (new, 7) not in then


def test_a_split_is_shared_out_by_households_and_marked(tmp_path: Path) -> None:
    one_, other = f"{COMMUNE}-004", f"{COMMUNE}-005"
    version = changed(tmp_path, {HU: [one_, other]}, {one_: 60, other: 40})
    today = of_villages(version, "today")
    assert (today[(one_, 7)], today[(other, 7)]) == ((18, 60, "", True), (12, 40, "", True))
    assert today[(one_, 8)] == (50, 60, "", False)


def test_a_village_split_into_three_never_has_more_reached_than_there_are(tmp_path: Path) -> None:
    thirds = HEIRS[:3]
    version = changed(tmp_path, {HU: thirds}, dict.fromkeys(thirds, 70), first={HU: (2, 1, 0, 0, 0, 0, 0, 0)})
    today = of_villages(version, "today")
    assert [today[heir, 7][:2] for heir in thirds] == [(0, 1), (1, 1), (0, 0)]


def test_with_a_part_missing_there_is_no_sum(tmp_path: Path) -> None:
    new = f"{COMMUNE}-004"
    version = changed(tmp_path, {HU: [new], LAO: [new]}, {new: 180}, silent=LAO)
    assert of_villages(version, "time")[(HU, 7)] == (30, 100, "", False)
    assert of_villages(version, "today")[(new, 7)] == (None, None, "not_reported", False)


def test_where_nothing_was_reported_before_the_merger_the_units_of_the_time_are_those_of_today(
    version: Version,
) -> None:
    of = Slice(("access",), "commune", since="2024-01", until="2026-08", units_of="time")
    assert rows(version, of, "exact")["month"].min() == MAY
    assert rows(version, of, "exact").equals(
        rows(version, Slice(("access",), "commune", since="2026-05", until="2026-08"), "exact")
    )


# ---- what one can choose from ----------------------------------------------------------------------------------------


def test_groups_stand_in_official_order_with_unknown_last(demo: Version) -> None:
    official = [group.id for group in ethnic_groups()]
    found = categories(demo, "ethnic")
    assert found[-1] == "unknown" and list(found[:-1]) == [id for id in official if id in found]
    assert set(categories(demo, "ethnic", 100)) < set(found)
    shown = rows(demo, of_all_months(demo, by="ethnic"), "exact")["category"].unique(maintain_order=True)
    assert shown.to_list() == list(found)


def test_levels_without_a_source_are_not_offered(version: Version) -> None:
    assert levels(version) == ("province", "district", "cluster", "commune", "village")
    assert [units(version, level).height for level in levels(version)] == [1, 18, 10, 99, 5]
    assert units(version, "commune", CLUSTER)["unit"].to_list().count(A) == 1
    assert months(version, Slice(("uses_vneid",), by="ethnic")) == [JUNE]


# ---- behind a cell ---------------------------------------------------------------------------------------------------


def test_a_cell_leads_to_its_villages_and_to_the_cells_of_the_deliveries(version: Version) -> None:
    of = Slice(("access",), "commune", until="2026-08")
    cell = Cell(B, "", AUGUST, "access_any")
    behind = slice_cells.villages(version, of, cell, "exact")
    assert behind.select("unit", "numerator", "denominator").rows() == [(f"{B}-001", 40, 100), (f"{B}-002", 50, 300)]
    found = slice_cells.cells(version, of, cell, "exact").select(
        "name", "value", "month", "sha256", "sheet", "row", "column"
    )
    assert found.rows() == [
        ("Bản Một", 40, AUGUST, sha(B, AUGUST), "villages", 9, "D"),
        ("Bản Hai", 50, JULY, sha(B, JULY), "villages", 10, "D"),  # carried
    ]


def test_the_statement_about_a_group_is_found_however_old(version: Version) -> None:
    found = slice_cells.cells(
        version, Slice(("groups_formed",), "commune"), Cell(A, "", AUGUST, "groups_formed"), "exact"
    )
    assert found.select("village", "value", "month").rows() == [(f"{A}-001", 1, MAY), (f"{A}-002", 0, MAY)]


@pytest.mark.parametrize(("by", "category"), [("ethnic", "mong"), ("ethnic", ALL), ("none", ""), ("platform", "vneid")])
def test_no_figure_of_an_ethnic_group_in_a_village_is_ever_shown(version: Version, by: str, category: str) -> None:
    of = Slice(("uses_vneid",), "commune", by, until="2026-06")
    cell = Cell(A, category, JUNE, "uses_vneid")
    found = slice_cells.cells(version, of, cell, "exact")
    assert (
        set(found["row"]) == ({10} if category == "mong" else {9, 10}) and found["value"].null_count() == found.height
    )
    behind = slice_cells.villages(version, of, cell, "exact")
    assert figure(behind.row(0, named=True)) == (35, 100, "")


def test_behind_a_village_of_today_stand_those_it_came_from(tmp_path: Path) -> None:
    new = f"{COMMUNE}-004"
    version = changed(tmp_path, {HU: [new], LAO: [new]}, {new: 180})
    of, cell = Slice(("access_any",), "village", within=COMMUNE), Cell(new, "", date(2025, 7, 1), "access_any")
    assert slice_cells.villages(version, of, cell, "exact")["unit"].to_list() == [HU, LAO]
    assert slice_cells.cells(version, of, cell, "exact")["value"].to_list() == [30, 20]


def test_priority_groups_show_their_own_figures(demo: Version) -> None:
    of = Slice(("access",), "commune", "priority")
    row = rows(demo, of, "exact").filter(pl.col("state") == "").row(0, named=True)
    cell = Cell(row["unit"], row["category"], row["month"], row["indicator"])
    assert slice_cells.cells(demo, of, cell, "exact")["value"].sum() == row["numerator"]
    assert slice_cells.villages(demo, of, cell, "exact")["denominator"].sum() == row["denominator"]
