"""The villages of a slice: those of each month, or today's with the figures of the villages they came from."""

from collections.abc import Callable

import polars as pl

from metrics.slice import Slice, categories, places, span, villages
from warehouse.version import Version

KEY = ("unit", "category", "month", "indicator")
Figures = Callable[[Version, Slice, str], pl.DataFrame]


def figures(version: Version, of: Slice, of_level: Figures) -> pl.DataFrame:
    """One row per village, month, indicator and category; of_level gives what the communes say (the reasons)."""
    reasons = of_level(version, of, "commune").filter(pl.col("category") == "")
    told = (
        _grid(version, of)
        .join(_reported(version, of), on=KEY, how="left")
        .join(
            reasons.select("month", "indicator", "state", commune="unit"),
            on=["commune", "month", "indicator"],
            how="left",
        )
    )
    is_known = pl.col("numerator").is_not_null()
    reason = pl.when(pl.col("state") == "not_asked").then("state").otherwise(pl.lit("not_reported"))
    told = told.with_columns(state=pl.when(is_known).then(pl.lit("")).otherwise(reason))
    if of.units_of == "today":
        told = _of_today(version, of, told)
    told = told.filter(pl.col("unit").is_in(of.units)) if of.units else told
    return told.with_columns(
        pl.col("denominator_shared", "villages_carried").fill_null(0),
        villages_known=is_known.cast(pl.Int64),
        villages_expected=pl.lit(1, pl.Int64),
    )


def _grid(version: Version, of: Slice) -> pl.DataFrame:
    """Every village in each month in which it existed, for each indicator and group asked for."""
    months = version.query("select month from month where month between ? and ?", list(span(version, of)))
    has_begun = pl.col("valid_from") <= pl.col("month")
    has_ended = (pl.col("valid_to") < pl.col("month")).fill_null(False)
    grid = villages(version, of.within).join(months, how="cross").filter(has_begun & ~has_ended)
    groups = (of.categories or categories(version, of.by)) if of.by == "priority" else ("",)
    for name, values in (("indicator", of.ids), ("category", groups)):
        grid = grid.join(pl.DataFrame({name: values}, schema={name: pl.String}), how="cross")
    return grid.select(*KEY, "commune", "name", "sort")


def _reported(version: Version, of: Slice) -> pl.DataFrame:
    inside = "and commune in (select commune from slice_part where unit = ?)" if of.within else ""
    return version.query(
        f"""select village as unit, category, month, indicator, numerator, denominator, 0::bigint as denominator_shared,
                   is_carried::bigint as villages_carried
            from slice_village
            where dimension = ? and indicator in ({places(of.ids)}) and month between ? and ? {inside}""",
        [of.dimension, *of.ids, *span(version, of), *([of.within] if of.within else [])],
    )


def _of_today(version: Version, of: Slice, told: pl.DataFrame) -> pl.DataFrame:
    """Villages that have ended give their figures to those they became; where one part is missing there is no sum."""
    listed = villages(version, of.within)
    became = version.query("select village as unit, heir, cuts from village_heir")
    ended = told.join(became, on="unit").with_columns(unit="heir")
    if ended.is_empty():
        return told
    stays = told.join(became, on="unit", how="anti").with_columns(cuts=pl.lit([], pl.List(pl.Float64)))
    parts = pl.concat([stays, ended.select(stays.columns)])
    is_whole, depth = (pl.col("state") == "").all(), int(parts["cuts"].list.len().max() or 0)  # type: ignore[arg-type]
    reason = pl.when((pl.col("state") == "not_asked").all()).then(pl.lit("not_asked")).otherwise(pl.lit("not_reported"))
    summed = parts.group_by(*KEY, "commune", maintain_order=True).agg(
        pl.when(is_whole).then(_part("numerator", depth).sum()).alias("numerator"),
        pl.when(is_whole).then(_part("denominator", depth).sum()).alias("denominator"),
        denominator_shared=_part("denominator", depth).filter(pl.col("cuts").list.len() > 0).sum(),
        villages_carried=pl.col("villages_carried").max(),
        state=pl.when(is_whole).then(pl.lit("")).otherwise(reason),
    )
    return summed.join(listed.select("unit", "name", "sort"), on="unit")


def _part(name: str, depth: int) -> pl.Expr:
    """An heir's part of a village's count, by at most so many cuts (etl/slices.py: heirs)."""
    part = pl.col(name)
    for turn in range(depth):
        cut = pl.col("cuts").list.get(turn, null_on_oob=True)
        taken = (part * cut.abs()).round(0, mode="half_away_from_zero").cast(pl.Int64)
        part = pl.when(cut.is_null()).then(part).when(cut > 0).then(taken).otherwise(part - taken)
    return part
