"""From a cell of a slice to the villages behind it, and to the cells of the deliveries behind these."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from definitions import asked
from definitions.load import definitions
from definitions.reference import OLD
from metrics.slice import ALL, NoSuchSlice, Slice, month
from metrics.slices import Scope, rows
from warehouse.version import Version

# Those a report of the time placed in an old unit, and those nobody placed whose figures were shared out to it.
OLD_UNIT_VILLAGES = """
    select village from village
    left join village_old_unit as placed using (village)
    join old_unit_part as part on part.commune = village.commune and part.written = coalesce(placed.old_unit, '')
    where part.old_unit = ?"""
READ = """
    select unit as village, dimension, category, value, month, sha256, sheet, row, "column" from observation
    where form_sheet = ? and measure = ? and month between ? and ? and {inside}"""
# How far back the row may lie that a figure was read from: a stock is carried over two rounds, a group is stated once.
BACK = {"villages": 2, "groups": 1200, "breakdown": 0}
OF_COMMUNE = "unit between ? and ?"  # a range is found by the order of the table, a list is not
OF_OLD_UNIT = f"unit in ({OLD_UNIT_VILLAGES})"
OF_UNIT = "unit in (select village from village join slice_part using (commune) where unit = ?)"
MARK = "~"  # between the ids of a cell
OF_VILLAGE = "unit in (select village from village_heir where ? in (heir, village) union all select ?)"


@dataclass(frozen=True)
class Cell:
    """One cell of a slice: unit, category ("" or "all" for all households), month, indicator."""

    unit: str
    category: str
    month: date
    indicator: str

    @property
    def id(self) -> str:
        """The cell as it stands in an address."""
        return MARK.join([self.unit, self.category, f"{self.month:%Y-%m}", self.indicator])


def cell_of(id: str) -> Cell | None:
    """The cell of an id, None where it names none."""
    parts = id.split(MARK)
    if len(parts) != 4 or parts[3] not in definitions().indicators:
        return None
    try:
        return Cell(parts[0], parts[1], month(parts[2]), parts[3])
    except NoSuchSlice:
        return None


def villages(version: Version, of: Slice, cell: Cell, scope: Scope = "protected") -> pl.DataFrame:
    """metrics.slices.rows of the villages behind a cell, as they were in its month.

    Of an ethnic group's cell the figures are those of all households: a group in one village is nobody's to see.
    """
    asked_for = _of_villages(version, of, cell)
    told = rows(version, asked_for, scope)
    return told if of.level != "village" else told.filter(pl.col("unit").is_in(_parts(version, cell.unit)))


def _of_villages(version: Version, of: Slice, cell: Cell) -> Slice:
    when, by = f"{cell.month:%Y-%m}", of.by if of.by == "priority" else "none"
    within = cell.unit.partition("-")[0] if of.level == "village" else cell.unit
    units = tuple(version.query(OLD_UNIT_VILLAGES, [cell.unit])["village"]) if cell.unit.startswith(OLD) else ()
    categories = (cell.category,) if by == "priority" else ()
    within = "" if units else within
    return Slice((cell.indicator,), "village", by, when, when, within, units, categories, units_of="time")


def _parts(version: Version, village: str) -> list[str]:
    """The village and those that became it."""
    became = version.query("select village from village_heir where heir = ?", [village])
    return [village, *became["village"]]


def cells(version: Version, of: Slice, cell: Cell, scope: Scope = "protected") -> pl.DataFrame:
    """One row per workbook cell a figure was read from: village, name, category, value (null where the row says "no
    change", and for every ethnic group in a village), month, file, received_at, sha256, sheet, row, column."""
    behind = villages(version, of, cell, scope).select("name", "sort", village="unit")
    read = _read(version, of, cell).join(behind, on="village").join(_files(version), on="sha256")
    is_open = pl.col("dimension") != "ethnic"
    told = read.sort("sort", "category", "row").with_columns(value=pl.when(is_open).then("value"))
    return told.select(
        "village", "name", "category", "value", "month", "file", "received_at", "sha256", "sheet", "row", "column"
    )


def _read(version: Version, of: Slice, cell: Cell) -> pl.DataFrame:
    """The rows of the sheet that tells the figure: of the month it comes from, or the last statement about a group."""
    sheet = _sheet(of, cell.indicator)
    inside, given = _inside(of, cell.unit)
    measure = definitions().indicators[cell.indicator].numerator
    since = pl.Series([cell.month]).dt.offset_by(f"-{BACK[sheet]}mo")[0]
    found = version.query(READ.format(inside=inside), [sheet, measure, since, cell.month, *given])
    if sheet == "groups":
        return found.sort("month").unique("village", keep="last", maintain_order=True)
    if sheet == "villages":
        source = version.query("select village, source_month as month from village_month where month = ?", [cell.month])
        return found.join(source, on=["village", "month"], how="semi")
    dimension = of.by if of.by in asked.GROUPS else "ethnic"
    one = pl.col("category") == cell.category if of.by in asked.GROUPS and cell.category != ALL else pl.lit(True)
    return found.filter(pl.col("dimension") == dimension, one)


def _sheet(of: Slice, indicator: str) -> str:
    """The sheet a figure of a slice is read from."""
    if of.by in asked.GROUPS or not asked.is_monthly(indicator):
        return "breakdown"
    return "groups" if "groups" in asked.sheets(indicator) else "villages"


@lru_cache(maxsize=4)
def _files(version: Version) -> pl.DataFrame:
    return version.query("select sha256, file, received_at from delivery")


def _inside(of: Slice, unit: str) -> tuple[str, list[str]]:
    """The condition for the villages of a unit, and its parameters."""
    if of.level == "village":
        return OF_VILLAGE, [unit, unit]
    if unit.startswith(OLD):
        return OF_OLD_UNIT, [unit]
    return (OF_COMMUNE, [f"{unit}-", f"{unit}."]) if unit.isdigit() and len(unit) == 5 else (OF_UNIT, [unit])
