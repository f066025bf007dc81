"""The smallest set of villages and households per week that brings a commune on track."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from definitions.load import definitions, target_indicator
from methods.lastmile import last_mile
from metrics.groups import villages
from metrics.targets import is_counted_in_villages, row
from warehouse.version import Version

VILLAGES = {
    "village": pl.String, "to_reach": pl.Int64, "per_week": pl.Float64, "village_name": pl.String,
    "reached": pl.Int64, "whole": pl.Int64,
}  # fmt: skip


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
    figure = row(version, target, today, commune)
    table = villages(version, figure["month"], commune)
    ids, names = table["village"].to_list(), dict(zip(table["village"], table["village_name"], strict=True))
    reached, whole = _counts(table, target)
    need = float("nan") if figure["left"] is None else float(figure["left"])
    weeks = (figure["deadline"] - today).days / 7
    work = last_mile(ids, np.array(reached, float), np.array(whole, float), need, weeks)
    at = {village: place for place, village in enumerate(ids)}
    plan = [
        (village, to_reach, _known(per_week), names[village], reached[at[village]], whole[at[village]])
        for village, to_reach, per_week in zip(work.villages, work.households, work.per_week, strict=True)
    ]
    return LastMile(
        villages=pl.DataFrame(plan, schema=VILLAGES, orient="row"),
        total=work.total,
        per_week=_known(work.total_per_week),
        short=work.short,
        not_reported=tuple(names[village] for village in work.not_reported),
        reason=work.reason,
    )


def _counts(table: pl.DataFrame, target: str) -> tuple[list[int | None], list[int | None]]:
    """How many each village has reached, and of how many; None where it has not said."""
    if is_counted_in_villages(target):
        return [None if formed is None else int(formed) for formed in table["is_formed"]], [1] * len(table)
    return table[definitions().indicators[target_indicator(target)].numerator].to_list(), table["households"].to_list()


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
