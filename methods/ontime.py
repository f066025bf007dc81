"""The share of cases settled on time, in which an open and overdue case counts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.columns import Columns, named, names, plain, times

REASONS = ("", "nothing_due")


@dataclass(frozen=True)
class OnTime:
    """Counts per group and their rate; NaN where nothing was due yet. not_due: open within their time."""

    on_time: NDArray[np.int64]
    late: NDArray[np.int64]
    overdue: NDArray[np.int64]
    not_due: NDArray[np.int64]
    without_due: NDArray[np.int64]
    rate: NDArray[np.float64]


def state(due: ArrayLike, settled: ArrayLike, as_of: ArrayLike | date) -> NDArray[np.str_]:
    """Per case "on_time" (settled by the due day, that day included), "late", "overdue" (open), "not_due" (open).

    "no_due": it has no due day, so nothing can be said. Days; NaT: none, or still open at the end of as_of.
    """
    end, done = np.asarray(due, "datetime64[D]"), np.asarray(settled, "datetime64[D]")
    is_open = np.isnat(done) | (done > np.asarray(as_of, "datetime64[D]"))
    passed = end < np.asarray(as_of, "datetime64[D]")
    return np.select(
        [np.isnat(end), is_open & passed, is_open, done <= end], ["no_due", "overdue", "not_due", "on_time"], "late"
    )


def on_time(states: ArrayLike, group: ArrayLike, groups: int) -> OnTime:
    """on_time = settled on time / (settled + still open and overdue), per group 0 .. groups - 1.

    40 on time, 2 late, 30 open and overdue: 56 %, not 95 %. A case still within its time or without a due day is in
    neither. Source: cityofaustin/atd-data-tech#21672.
    """
    told, of = np.asarray(states), np.asarray(group, np.int64)
    good, late, overdue, open_, none = (
        np.bincount(of[told == id], minlength=groups) for id in ("on_time", "late", "overdue", "not_due", "no_due")
    )
    whole = good + late + overdue
    rate = np.where(whole > 0, good, np.nan) / np.maximum(whole, 1)
    return OnTime(good, late, overdue, open_, none, rate)


def ontime_table(columns: Columns, *, as_of: date | None = None) -> dict[str, list[Any]]:
    """One row per unit of an analyst's own table: on_time, late, overdue, not_due, without_due (cases), rate, reason.

    Input columns, one row per case: due (YYYY-MM-DD; "": none), closed (YYYY-MM-DD; "": still open), unit (name,
    optional). as_of: the day of the judgement; else the latest day of the table. rate: share 0-1.
    """
    table = named(columns, ("due", "closed"))
    rows = len(table["due"])
    due, closed = (times(table, name, rows).astype("datetime64[D]") for name in ("due", "closed"))
    known = np.concatenate([due, closed])
    known = known[~np.isnat(known)]
    day = np.datetime64(as_of, "D") if as_of else known.max() if len(known) else np.datetime64("NaT", "D")
    units, of = np.unique(names(table, "unit", rows, "1"), return_inverse=True)
    found = on_time(state(due, closed, day), of, len(units))
    fields = ("on_time", "late", "overdue", "not_due", "without_due", "rate")
    reason = np.where(np.isnan(found.rate), "nothing_due", "")
    return {"unit": plain(units)} | {id: plain(getattr(found, id)) for id in fields} | {"reason": plain(reason)}
