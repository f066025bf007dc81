"""The smallest set of villages and households per week that brings a commune on track."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from definitions.load import definitions, target_indicator
from methods.lastmile import last_mile
from metrics.groups import villages
from metrics.targets import is_counted_in_villages, status
from warehouse.version import Version


@dataclass(frozen=True)
class LastMile:
    """villages: one row per village to visit: village, village_name, reached, households, to_reach, per_week."""

    villages: pl.DataFrame
    total: int
    per_week: float | None
    short: int
    not_reported: tuple[str, ...]  # names
    reason: str  # methods.lastmile: "", nothing_needed, no_need_known, no_week_left, villages_not_enough


def lastmile(version: Version, target: str, commune: str, today: date) -> LastMile:
    """What a commune has to do for a target of households; for village groups the villages without a group."""
    figure = status(version, target, today, unit=commune).row(0, named=True)
    table = villages(version, figure["month"], commune)
    counted = is_counted_in_villages(target)
    measure = definitions().indicators[target_indicator(target)].numerator
    reached = table["is_formed"].cast(pl.Float64) if counted else table[measure].cast(pl.Float64)
    whole = pl.Series([1.0] * len(table)) if counted else table["households"].cast(pl.Float64)
    need = float("nan") if figure["left"] is None else float(figure["left"])
    weeks = (figure["deadline"] - today).days / 7
    work = last_mile(table["village"].to_list(), _floats(reached), _floats(whole), need, weeks)
    names = dict(table.select("village", "village_name").iter_rows())
    plan = pl.DataFrame(
        {"village": work.villages, "to_reach": work.households, "per_week": work.per_week},
        schema={"village": pl.String, "to_reach": pl.Int64, "per_week": pl.Float64},
    )
    facts = table.select("village", "village_name", reached=reached.cast(pl.Int64), whole=whole.cast(pl.Int64))
    return LastMile(
        villages=plan.join(facts, on="village", how="left", maintain_order="left").with_columns(
            pl.col("per_week").fill_nan(None)
        ),
        total=work.total,
        per_week=None if work.total_per_week != work.total_per_week else work.total_per_week,
        short=work.short,
        not_reported=tuple(names[village] for village in work.not_reported),
        reason=work.reason,
    )


def _floats(values: pl.Series):
    return values.fill_null(float("nan")).to_numpy()
