"""Slices by group of households as readers of the protected figures get them: from the published cube alone."""

from datetime import date

import polars as pl

from definitions.load import definitions
from metrics.slice import places
from warehouse.version import Version

LEVELS = ("province", "cluster", "commune")  # what the cube holds
KEY = ["unit", "category", "month"]


def by_group(
    version: Version, dimension: str, indicators: tuple[str, ...], span: tuple[date, date], grid: pl.DataFrame
) -> pl.DataFrame:
    """The grid with numerator, denominator and state of every cell; a count the cube hides is null, state protected.

    grid: one row per unit, category, month and indicator, with the state of the whole unit. A group the cube does not
    list for a unit has no household there; a unit it does not list in a month waits for its first protected figures.
    """
    known = definitions().indicators
    sides = {id: (known[id].numerator, known[id].denominator) for id in indicators}
    measures = tuple(dict.fromkeys(measure for pair in sides.values() for measure in pair))
    cells = version.query(
        f"""select unit, category, month, measure, value from protected_cell
            where dimension = ? and measure in ({places(measures)}) and month between ? and ?""",
        [dimension, *measures, *span],
    )
    told = pl.concat([_of(cells, id, *pair) for id, pair in sides.items()])
    listed = cells.select("unit", "month", is_listed=pl.lit(True)).unique()
    found = grid.join(told, on=[*KEY, "indicator"], how="left", maintain_order="left")
    found = found.join(listed, on=["unit", "month"], how="left", maintain_order="left")
    is_hidden = pl.col("is_listed").is_null() | (
        pl.col("is_told") & (pl.col("numerator").is_null() | pl.col("denominator").is_null())
    )
    is_absent = pl.col("is_told").is_null() | (pl.col("denominator") == 0)
    state = (
        pl.when(pl.col("state") != "").then("state")
        .when(is_hidden).then(pl.lit("protected"))
        .when(is_absent).then(pl.lit("no_households" if dimension == "ethnic" else "not_reported"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    return found.with_columns(state=state, denominator_shared=pl.lit(0, pl.Int64)).drop("is_told", "is_listed")


def _of(cells: pl.DataFrame, indicator: str, numerator: str, denominator: str) -> pl.DataFrame:
    """The two counts of an indicator side by side, null where hidden."""
    parts, wholes = (
        cells.filter(pl.col("measure") == measure).select(*KEY, pl.col("value").alias(name))
        for measure, name in ((numerator, "numerator"), (denominator, "denominator"))
    )
    return parts.join(wholes, on=KEY, how="full", coalesce=True).with_columns(
        indicator=pl.lit(indicator), is_told=pl.lit(True)
    )
