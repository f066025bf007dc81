"""Whether a goal can still be met at a pace the unit's peers have kept, and until when starting late still works."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.trend import value_at

DAYS_PER_MONTH = 365.25 / 12
WEEKS_PER_MONTH = DAYS_PER_MONTH / 7
_EPS = 1e-12
_NAT = np.datetime64("NaT", "D")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """One entry per unit. Paces are households per week; NaN, NaT: not computable, `reason` says why."""

    status: NDArray[np.str_]  # on_track, catchable, needs_record_pace, out_of_reach, goal_met, not_computable
    reason: NDArray[np.str_]  # "", no_value, no_month_left, no_peer_pace, no_current_pace
    needed_per_week: Floats
    current_per_week: Floats
    peer_median_per_week: Floats  # median of the best paces in the cluster
    record_per_week: Floats  # best of the best paces in the cluster
    last_start: NDArray[np.datetime64]  # the last day on which starting at the record pace still works


def paces(change: ArrayLike) -> Floats:
    """Pace after each month: the mean of its change and the month before's (points of N a month kept for two months).

    change, result: (units, months), shares; NaN unless both months are known.
    """
    steps = np.asarray(change, float)
    result = np.full_like(steps, np.nan)
    result[:, 1:] = (steps[:, 1:] + steps[:, :-1]) / 2
    return result


def reach(
    change: ArrayLike, *, column: ArrayLike, share: ArrayLike, denominator: ArrayLike, goal: ArrayLike,
    months_left: ArrayLike, cluster: ArrayLike, deadline: ArrayLike | date,
) -> Reach:  # fmt: skip
    """Needed pace (T - p) / months left against the best pace each unit of the same cluster has kept.

    on_track: needed <= own current pace; catchable: <= the median of the cluster's best paces; needs_record_pace: <=
    the record; else out_of_reach. The cluster includes the unit itself. Last start: the deadline minus the months
    the gap takes at the record pace, rounded down to a day; a month is 365.25 / 12 days.
    change: (units, months) matched change of the share; column: column of the value judged (-1: none); the others
    one per unit (cluster: ids). Without a current pace the unit is compared with its peers and the reason says so.
    """
    table = paces(change)
    p, whole, left = (np.asarray(x, float) for x in (share, denominator, months_left))
    gap = np.asarray(goal, float) - p
    current = value_at(table, np.asarray(column, np.int64))
    median, record = _cluster_paces(table, np.asarray(cluster))
    open_ = (gap > 0) & (left > 0)
    needed = np.where(open_, gap, np.nan) / np.where(open_, left, 1.0)
    per_week = whole / WEEKS_PER_MONTH
    status, reason = _status(gap, left, needed, current, median, record)
    return Reach(
        status=status,
        reason=reason,
        needed_per_week=needed * per_week,
        current_per_week=current * per_week,
        peer_median_per_week=median * per_week,
        record_per_week=record * per_week,
        last_start=_last_start(gap, record, np.broadcast_to(np.asarray(deadline, "datetime64[D]"), p.shape)),
    )


def _cluster_paces(table: Floats, cluster: NDArray) -> tuple[Floats, Floats]:
    """Median and maximum, over the units of each unit's cluster, of the best pace each has kept."""
    best = np.where(np.isnan(table), -np.inf, table).max(axis=1, initial=-np.inf)
    median, record = np.full(len(best), np.nan), np.full(len(best), np.nan)
    for name in np.unique(cluster):
        peers = cluster == name
        known = best[peers & np.isfinite(best)]
        if len(known):
            median[peers], record[peers] = np.median(known), known.max()
    return median, record


def _status(
    gap: Floats, left: Floats, needed: Floats, current: Floats, median: Floats, record: Floats
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    unknown = np.isnan(gap) | np.isnan(left)
    status = [
        (unknown, "not_computable"),
        (gap <= 0, "goal_met"),
        ((left <= 0) | np.isnan(record), "not_computable"),
        (needed <= current + _EPS, "on_track"),
        (needed <= median + _EPS, "catchable"),
        (needed <= record + _EPS, "needs_record_pace"),
    ]
    reason = [
        (unknown, "no_value"),
        (gap <= 0, ""),
        (left <= 0, "no_month_left"),
        (np.isnan(record), "no_peer_pace"),
        (np.isnan(current), "no_current_pace"),
    ]
    return (
        np.select([test for test, _ in status], [word for _, word in status], "out_of_reach"),
        np.select([test for test, _ in reason], [word for _, word in reason], ""),
    )


def _last_start(gap: Floats, record: Floats, deadline: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    possible = (gap > 0) & (record > 0)
    days = np.ceil(np.where(possible, gap, 0.0) / np.where(possible, record, 1.0) * DAYS_PER_MONTH - 1e-9)
    # More than a century at the record pace is no date.
    possible &= days <= 36525
    return np.where(possible, deadline - np.where(possible, days, 0.0).astype("timedelta64[D]"), _NAT)
