"""What somebody outside could work out about hidden counts from a published version and the former ones."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple

import polars as pl

from definitions.relations import HOUSEHOLDS, relations
from methods import attack
from methods.attack import ENOUGH as ENOUGH
from metrics import deliveries
from warehouse.version import Version, open_version

DIMENSIONS = ("ethnic", "priority")
OTHER = "other"
COLUMNS = {
    "month": pl.Date, "dimension": pl.String, "unit": pl.String, "category": pl.String, "measure": pl.String,
    "low": pl.Int64, "high": pl.Int64, "values": pl.Int64, "told": pl.Boolean, "version": pl.String,
}  # fmt: skip
Sums = list[tuple[list[attack.Key], int]]


class Export(NamedTuple):
    """One figure of a file that was handed out: it must be a count of the protected figures."""

    month: date
    dimension: str
    key: attack.Key
    value: int


def audit(version: Version, exports: Sequence[Export] = ()) -> pl.DataFrame:
    """One row per hidden count, the most narrowed first: how few values are left, and the version that hid it.

    Read are only the protected figures with their totals and pooled groups (what every page, export and link is made
    of for those who do not see exact counts), of this version and of every one kept beside it, what the messages about
    deliveries quote, and the exports given.
    values: whole numbers left, 1 where the count is recovered; told: the unit's totals alone say as much.
    """
    months = version.query("select distinct month from protected_cell order by month")["month"].to_list()
    with ThreadPoolExecutor() as pool:  # the solver works outside the interpreter's lock
        rows = [row for found in pool.map(lambda month: attacked(version, month, exports), months) for row in found]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row").sort("values", "month", "dimension", "unit", "category")


def narrowed(found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of an audit's rows: the counts left fewer than five values, and those which the totals alone tell."""
    few = found.filter(pl.col("values") < ENOUGH)
    return few.filter(~pl.col("told")), few.filter("told")


def _others(version: Version) -> list[Version]:
    """The other versions that have protected figures, the newest first."""
    ids = sorted((path.parent.name for path in version.path.parent.glob("[0-9]*/manifest.json")), reverse=True)
    others = [open_version(version.path.parent, id) for id in ids if id != version.id]
    return [one for one in others if "protected_cell" in one.manifest["rows"]]


def attacked(version: Version, month: date, exports: Sequence[Export] = ()) -> list[tuple]:
    """The rows of `audit` about one month."""
    versions, told = [version, *_others(version)], [*exports, *quoted(version, month)]
    return [row for dimension in DIMENSIONS for row in _attacked(versions, month, dimension, told)]


def quoted(version: Version, month: date) -> list[Export]:
    """The counts that letters and questions tell, as the pages show them to those who do not see exact counts.

    A message leads to the rows of its sheet and line. Where a number in it is a count of that row, the count is taken
    as told; a commune's is, where those of all its villages with the group are.
    """
    said = deliveries.letters(version).filter("is_breakdown", pl.col("month") == month)
    words = pl.concat_str("found", "expected", "message", separator=" ", ignore_nulls=True)
    numbers = said.select("commune", "sheet", "row", value=words.str.extract_all(r"\d+")).explode("value")
    if (numbers := numbers.drop_nulls("value").cast({"value": pl.Int64})).is_empty():
        return []
    rows = version.query(
        """select commune, dimension, category, measure, value, sheet, row from observation
           where form_sheet = 'breakdown' and month = ? and value is not null""",
        [month],
    )
    key, place = ["dimension", "commune", "category", "measure"], ["commune", "sheet", "row", "value"]
    told = rows.join(numbers, on=place, how="semi").group_by(key).agg(pl.sum("value"), told=pl.len())
    whole = told.join(rows.group_by(key).agg(of=pl.len()), on=key).filter(pl.col("told") == pl.col("of"))
    return [Export(month, row[0], row[1:4], row[4]) for row in whole.select(*key, "value").iter_rows()]


def _attacked(versions: Sequence[Version], month: date, dimension: str, exports: Sequence[Export]) -> list[tuple]:
    tables, ids = _tables(versions, month, dimension)
    if not tables:
        return []
    measures = sorted({measure for _, _, measure in tables[0]})
    rules = attack.Rules(_parts(versions[0]), relations(measures), HOUSEHOLDS, adds_up=dimension == "ethnic")
    own = [([one.key], one.value) for one in exports if (one.month, one.dimension) == (month, dimension)]
    pools = _pools(versions[0], month, tables[0]) if dimension == "ethnic" else []
    found = attack.attack(tables, rules, [*own, *pools])
    return [(month, dimension, *one.key, one.low, one.high, one.values, one.told, ids[one.table]) for one in found]


def _tables(versions: Iterable[Version], month: date, dimension: str) -> tuple[list[attack.Table], list[str]]:
    """What was published of a month, the newest first, each state once."""
    tables, ids = list[attack.Table](), list[str]()
    for version in versions:
        rows = version.query(
            """select unit, if(dimension = 'none', '', category), measure, value from protected_cell
               where month = $1 and dimension in ('none', $2)""",
            [month, dimension],
        )
        table = {(unit, category, measure): value for unit, category, measure, value in rows.iter_rows()}
        if any(category for _, category, _ in table) and table not in tables:
            tables.append(table)
            ids.append(version.id)
    return tables, ids


def _parts(version: Version) -> dict[str, list[str]]:
    rows = version.query(
        "select unit, list(commune order by commune) from unit_commune where unit <> commune group by unit"
    )
    return dict(rows.iter_rows())


def _pools(version: Version, month: date, table: attack.Table) -> Sums:
    """What the pooled group of the province says: the sum of all groups that do not stand alone."""
    rows = version.query("select category, measure, value from protected_group where month = $1", [month])
    alone = set(rows["category"]) - {OTHER}
    province = version.query("select value from meta where key = 'province'").item()
    pooled = sorted({c for unit, c, _ in table if unit == province and c and c not in alone})
    return [
        ([(province, category, measure) for category in pooled if (province, category, measure) in table], value)
        for category, measure, value in rows.iter_rows()
        if category == OTHER
    ]
