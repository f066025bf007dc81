"""Any slice of the figures: indicators by unit, month and group of households, and why where there is no figure."""

from functools import lru_cache
from typing import Literal

import polars as pl

from definitions import asked
from definitions.load import definitions
from definitions.roles import sees_exact
from metrics import slice_protected, slice_villages
from metrics.slice import (
    ALL,
    NoSuchSlice,
    Slice,
    categories,
    group_order,
    is_of_before,
    listed,
    must_be_possible,
    places,
    span,
)
from warehouse.version import Version

# Why there is no figure. A group that does not live where the report came from is a finding, not a gap.
STATES = ("not_reported", "not_asked", "protected", "no_households")
COLUMNS = (
    "unit", "name", "sort", "category", "month", "indicator", "numerator", "denominator", "share", "state",
    "is_imputed", "denominator_shared", "villages_known", "villages_expected", "villages_carried",
)  # fmt: skip
Scope = Literal["exact", "protected"]


@lru_cache(maxsize=256)
def rows(version: Version, of: Slice, scope: Scope | None = None) -> pl.DataFrame:
    """One row per unit, category, month and indicator, in the order of the units, the groups' official order, months.

    category: "" for none. share in [0, 1], a sum over a sum; stocks are never added over months, priority groups never
    to each other. state: "" or one of STATES. denominator_shared: how much of the denominator was shared out of a
    commune by a stated share (is_imputed). villages_known sent the figure, villages_carried in an earlier month.
    scope: of groups of households the exact counts or the protected ones; None: what roles.toml lets everybody see.
    NoSuchSlice says why a slice cannot be cut.
    """
    if scope is None:
        scope = "exact" if sees_exact("") else "protected"
    must_be_possible(version, of)
    is_protected = scope != "exact" and of.by in asked.GROUPS
    if is_protected and (of.level not in slice_protected.LEVELS or is_of_before(version, of)):
        raise NoSuchSlice("no_protected_cube", of.level)
    told = slice_villages.figures(version, of, figures) if of.level == "village" else _units(version, of, is_protected)
    if of.by == "platform":
        platforms = {id: platform for platform, id in asked.of_platforms().items()}
        told = told.with_columns(category=pl.col("indicator").replace_strict(platforms))
    share = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    told = told.with_columns(share=share, is_imputed=pl.col("denominator_shared") > 0)
    return _in_order(told, of).select(COLUMNS)


def _units(version: Version, of: Slice, is_protected: bool) -> pl.DataFrame:
    meant = listed(version, of).select("unit", "name", "sort")
    meant = meant.filter(pl.col("unit").is_in(of.units)) if of.units else meant
    told = figures(version, of, of.level).join(meant, on="unit")
    whole, parts = told.filter(pl.col("category") == ""), told.filter(pl.col("category") != "")
    return whole if of.dimension == "none" else _by_group(version, of, whole, parts, is_protected)


FIGURES = """
    select unit, category, month, indicator, numerator, denominator, denominator_shared, state, villages_known,
        villages_expected, villages_carried
    from {mart} where dimension = ? and level = ?"""
TODAY, OLD = FIGURES.format(mart="slice_month"), FIGURES.format(mart="slice_old_month")


def figures(version: Version, of: Slice, level: str) -> pl.DataFrame:
    """What the mart says of a level: one row per unit, month and indicator, and per category with a figure."""
    if level == "province":
        is_meant = pl.col("indicator").is_in(of.ids) & pl.col("month").is_between(*span(version, of))
        return _of_province(version, of.dimension).filter(is_meant)
    asked_for = [of.dimension, level, *of.ids, *span(version, of)]
    meant = f"and indicator in ({places(of.ids)}) and month between ? and ?"
    told = version.query(f"{TODAY} {meant}", asked_for)
    if level != of.level or not is_of_before(version, of):
        return told
    since = told.filter(pl.col("month") >= definitions().province.epoch)
    return pl.concat([version.query(f"{OLD} {meant}", asked_for), since])


@lru_cache(maxsize=8)
def _of_province(version: Version, dimension: str) -> pl.DataFrame:
    """All that is said of the province: every slice stands beside it."""
    return version.query(TODAY, [dimension, "province"])


def _by_group(
    version: Version, of: Slice, whole: pl.DataFrame, parts: pl.DataFrame, is_protected: bool
) -> pl.DataFrame:
    """Every group in every unit and month, with why where it has no figure."""
    chosen = of.categories or categories(version, of.by)
    groups = pl.DataFrame({"category": [id for id in chosen if id != ALL]}, schema={"category": pl.String})
    key, counts = ["unit", "category", "month", "indicator"], ["numerator", "denominator", "denominator_shared"]
    grid = whole.drop("category", *counts).join(groups, how="cross")
    if is_protected:
        told = slice_protected.by_group(version, of.dimension, of.ids, span(version, of), grid)
    else:
        told = _exact(of, grid.join(parts.select(*key, *counts), on=key, how="left"))
    if of.by == "ethnic" and ALL in chosen:
        told = pl.concat([told, whole.with_columns(category=pl.lit(ALL)).select(told.columns)])
    return told


def _exact(of: Slice, told: pl.DataFrame) -> pl.DataFrame:
    """A village lists the ethnic groups that live in it and no others; its three priority groups it always lists."""
    is_absent = (pl.col("state") == "") & pl.col("numerator").is_null()
    absent = "no_households" if of.by == "ethnic" else "not_reported"
    return told.with_columns(
        state=pl.when(is_absent).then(pl.lit(absent)).otherwise("state"),
        denominator_shared=pl.col("denominator_shared").fill_null(0),
    )


def _in_order(told: pl.DataFrame, of: Slice) -> pl.DataFrame:
    order = ["", ALL, *group_order(), *definitions().priority_groups, *definitions().platforms]
    kinds = {"category": pl.Enum(order), "indicator": pl.Enum(of.ids)}
    ranked = told.with_columns(pl.col(name).cast(kind).alias(f"{name}_rank") for name, kind in kinds.items())
    return ranked.sort("sort", "category_rank", "indicator_rank", "month")
