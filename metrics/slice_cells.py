"""From a cell of a slice to the villages behind it, and to the cells of the deliveries behind these."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from definitions import asked
from definitions.load import definitions
from metrics.slice import ALL, NoSuchSlice, Slice, month
from metrics.slices import Scope, rows
from warehouse.version import Version

READ = """
    select cell.unit as village, cell.dimension, cell.category, cell.value, cell.month, delivery.file,
        delivery.received_at, cell.sha256, cell.sheet, cell.row, cell."column"
    from observation as cell join delivery on delivery.sha256 = cell.sha256 """
# What a village's figure was read from: the row of the month it comes from, the last statement about its group, or the
# breakdown of the very month.
MONTHLY = """
    join village_month as source on source.village = cell.unit and source.source_month = cell.month
    where cell.form_sheet = 'villages' and cell.measure = ? and source.month = ?
        and cell.month between source.month - interval 2 month and source.month and {inside}"""
SAID_ONCE = """
    where cell.form_sheet = 'groups' and cell.measure = ? and cell.month <= ? and {inside}
    qualify row_number() over (partition by cell.unit order by cell.month desc) = 1"""
BREAKDOWN = """
    where cell.form_sheet = 'breakdown' and cell.measure = ? and cell.month = ? and {inside}
        and cell.dimension = ? and ? in ('', cell.category)"""
OF_UNIT = "cell.unit in (select village from village join slice_part using (commune) where unit = ?)"
MARK = "~"  # between the ids of a cell
OF_VILLAGE = "cell.unit in (select village from village_heir where ? in (heir, village) union all select ?)"


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
    asked_for = _of_villages(of, cell)
    told = rows(version, asked_for, scope)
    return told if of.level != "village" else told.filter(pl.col("unit").is_in(_parts(version, cell.unit)))


def _of_villages(of: Slice, cell: Cell) -> Slice:
    when, by = f"{cell.month:%Y-%m}", of.by if of.by == "priority" else "none"
    within = cell.unit.partition("-")[0] if of.level == "village" else cell.unit
    categories = (cell.category,) if by == "priority" else ()
    return Slice((cell.indicator,), "village", by, when, when, within, (), categories, units_of="time")


def _parts(version: Version, village: str) -> list[str]:
    """The village and those that became it."""
    became = version.query("select village from village_heir where heir = ?", [village])
    return [village, *became["village"]]


def cells(version: Version, of: Slice, cell: Cell, scope: Scope = "protected") -> pl.DataFrame:
    """One row per workbook cell a figure was read from: village, name, category, value (null where the row says "no
    change", and for every ethnic group in a village), month, file, received_at, sha256, sheet, row, column."""
    behind = villages(version, of, cell, scope).select("name", "sort", village="unit")
    found = version.query(*_question(of, cell)).join(behind, on="village").sort("sort", "category", "row")
    is_open = pl.col("dimension") != "ethnic"
    return found.with_columns(value=pl.when(is_open).then("value")).drop("dimension", "sort")


def _question(of: Slice, cell: Cell) -> tuple[str, list]:
    measure = definitions().indicators[cell.indicator].numerator
    inside, given = (OF_UNIT, [cell.unit]) if of.level != "village" else (OF_VILLAGE, [cell.unit, cell.unit])
    if of.by not in asked.GROUPS and asked.is_monthly(cell.indicator):
        kind = SAID_ONCE if "groups" in asked.sheets(cell.indicator) else MONTHLY
        return READ + kind.format(inside=inside), [measure, cell.month, *given]
    group = cell.category if of.by in asked.GROUPS and cell.category != ALL else ""
    dimension = of.by if of.by in asked.GROUPS else "ethnic"
    return READ + BREAKDOWN.format(inside=inside), [measure, cell.month, *given, dimension, group]
