"""Whether a unit's needed pace has been kept before, by itself or by its peers."""

from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from definitions.load import target_indicator
from methods.reachability import reach
from metrics.targets import history, matrix, status
from metrics.units import by_id
from warehouse.version import Version


@lru_cache(maxsize=16)
def reachability(version: Version, target: str, today: date) -> pl.DataFrame:
    """One row per commune: reach (on_track, catchable, needs_record_pace, out_of_reach, goal_met, not_computable),
    reach_reason, needed, own, peers' median and record pace (households or villages per week), last_start.
    """
    communes = status(version, target, today, "commune")
    past = history(version, target_indicator(target)).filter(pl.col("level") == "commune")
    months = past["month"].unique().sort().to_list() or [today.replace(day=1)]
    units, cluster = communes["unit"].to_list(), {id: row["cluster"] for id, row in by_id(version).items()}
    place = {month: column for column, month in enumerate(months)}
    left = communes.select(
        (pl.col("deadline").dt.year() - pl.col("month").dt.year()) * 12
        + (pl.col("deadline").dt.month().cast(pl.Int32) - pl.col("month").dt.month().cast(pl.Int32))
    ).to_series()
    answer = reach(
        matrix(past, units, months, "change"),
        column=[place.get(month, -1) for month in communes["month"]],
        share=communes["share"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        denominator=communes["denominator"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        goal=communes["met_at"].to_numpy(),
        months_left=left.cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        cluster=np.array([cluster[unit] or "" for unit in units]),
        deadline=communes["deadline"].to_numpy().astype("datetime64[D]"),
    )
    return pl.DataFrame(
        {
            "unit": units,
            "reach": answer.status,
            "reach_reason": answer.reason,
            "needed_per_week": answer.needed_per_week,
            "current_per_week": answer.current_per_week,
            "peer_median_per_week": answer.peer_median_per_week,
            "record_per_week": answer.record_per_week,
            "last_start": answer.last_start,
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def of(version: Version, target: str, today: date, commune: str) -> dict:
    """The row of one commune."""
    return _rows(version, target, today)[commune]


@lru_cache(maxsize=16)
def _rows(version: Version, target: str, today: date) -> dict[str, dict]:
    return {row["unit"]: row for row in reachability(version, target, today).iter_rows(named=True)}
