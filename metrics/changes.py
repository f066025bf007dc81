"""What changed since the month before, and who needs a call."""

from datetime import date
from functools import lru_cache

import polars as pl

from methods.progress import VERDICTS
from metrics.reachability import reachability
from metrics.targets import status
from warehouse.version import Version

BEHIND = ("stalled", "limited", "acceleration_needed")


@lru_cache(maxsize=32)
def about_to_miss(version: Version, target: str, today: date) -> pl.DataFrame:
    """The communes behind their path, those with the most households per week still to reach first: status + reach."""
    behind = status(version, target, today, "commune").filter(pl.col("verdict").is_in(BEHIND))
    return behind.join(reachability(version, target, today), on="unit", how="left").sort(
        ["left", "unit"], descending=[True, False], nulls_last=True
    )


@lru_cache(maxsize=32)
def moved_most(version: Version, target: str, today: date) -> pl.DataFrame:
    """The communes with a value for the last month, those that gained most points against the month before first."""
    communes = status(version, target, today, "commune")
    latest = communes.filter((pl.col("month") == pl.col("month").max()) & pl.col("change_month").is_not_null())
    return latest.sort(["change_month", "unit"], descending=[True, False])


@lru_cache(maxsize=32)
def verdict_counts(version: Version, target: str, today: date) -> pl.DataFrame:
    """One row per verdict that occurs among the communes, the best first: verdict, communes."""
    return (
        status(version, target, today, "commune")
        .group_by("verdict")
        .agg(communes=pl.len().cast(pl.Int64))
        .sort(pl.col("verdict").replace_strict(VERDICTS, range(len(VERDICTS))))
    )


def crossed(version: Version, target: str, today: date) -> tuple[list[str], list[str]]:
    """Full names of the communes whose share rose to the goal in the last month, and of those that fell below it."""
    rows = moved_most(version, target, today).with_columns(before=pl.col("share") - pl.col("change_month"))
    rose = rows.filter((pl.col("share") >= pl.col("met_at")) & (pl.col("before") < pl.col("met_at")))
    fell = rows.filter((pl.col("share") < pl.col("met_at")) & (pl.col("before") >= pl.col("met_at")))
    return rose["full_name"].to_list(), fell["full_name"].to_list()
