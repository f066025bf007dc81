"""How long it takes until something is done, with what is not done yet counted: Kaplan and Meier."""

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.columns import Columns, named, names, numbers, plain, times

Z_95 = NormalDist().inv_cdf(0.975)
REASONS = ("", "no_case", "half_still_open")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The share still open after each time at which something was done, with its bounds; starts after time 0 alone."""

    time: Floats
    at_risk: NDArray[np.int64]
    done: NDArray[np.int64]
    share: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Median:
    """The time until half is done, with its bounds; NaN: not reached (upper NaN: no upper bound yet)."""

    n: int
    done: int
    median: float
    lower: float
    upper: float

    @property
    def reason(self) -> str:
        return "no_case" if not self.n else "half_still_open" if np.isnan(self.median) else ""


def kaplan_meier(duration: ArrayLike, is_done: ArrayLike, z: float = Z_95) -> Curve:
    """Share still open by time: product of (1 - done/at risk). A case that is not done counts as long as it is known.

    duration: time until done, or so far; NaN is left out. Bounds on the log(-log) scale with Greenwood's variance, so
    they stay inside 0 and 1. Sources: Kaplan and Meier 1958, JASA 53, 457-481; Kalbfleisch and Prentice 1980.
    """
    lasted, done = np.asarray(duration, float), np.asarray(is_done, bool)
    known = ~np.isnan(lasted)
    lasted, done = lasted[known], done[known]
    when, count = np.unique(lasted[done], return_counts=True)
    at_risk = len(lasted) - np.searchsorted(np.sort(lasted), when, side="left")
    share = np.asarray(np.cumprod(1 - count / np.maximum(at_risk, 1)), np.float64)
    left = at_risk - count
    greenwood = np.cumsum(np.where(left > 0, count / (at_risk * np.maximum(left, 1)), 0.0))
    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    spread = np.exp(z * np.sqrt(greenwood) / np.abs(np.log(safe)))
    lower, upper = (np.where(inside, safe**power, share) for power in (spread, 1 / spread))
    return Curve(when, at_risk, count, share, lower, upper)


def median(duration: ArrayLike, is_done: ArrayLike, z: float = Z_95) -> Median:
    """Time until half of the cases are done; bounds: where the bounds of the curve reach a half.

    Where the curve stands at exactly a half for a while: the middle of that while. Source: Brookmeyer and Crowley
    1982, Biometrics 38, 29-41.
    """
    curve = kaplan_meier(duration, is_done, z)
    n = int((~np.isnan(np.asarray(duration, float))).sum())
    times_of = [half_reached(curve.time, values) for values in (curve.share, curve.lower, curve.upper)]
    return Median(n, int(curve.done.sum()), *times_of)


def half_reached(time: Floats, share: Floats) -> float:
    """The first time a falling curve is at a half or lower; in the middle when it rests exactly at a half."""
    at, below = np.flatnonzero(share <= 0.5 + 1e-9), np.flatnonzero(share < 0.5 - 1e-9)
    if not len(at):
        return float("nan")
    return float((time[at[0]] + time[below[0] if len(below) else at[0]]) / 2)


def survival_table(columns: Columns, *, as_of: date | None = None) -> dict[str, list[Any]]:
    """One row per unit of an analyst's own table: n, done (cases), median, lower, upper (time), reason.

    Input columns, one row per case: received and answered (YYYY-MM-DD; answered "": still open), times in days; or
    duration (any unit of time) and done (1: done, 0: still open); unit (name, optional). as_of: the day up to which
    the open cases are known, else the latest day of the table. ValueError for an answer before its receipt.
    """
    table = named(columns, ("duration", "done") if "duration" in columns else ("received", "answered"))
    rows = len(next(iter(table.values())))
    lasted, done = _given(table, rows) if "duration" in table else _counted(table, rows, as_of)
    units, of = np.unique(names(table, "unit", rows, "1"), return_inverse=True)
    found = [median(lasted[of == i], done[of == i]) for i in range(len(units))]
    fields = ("n", "done", "median", "lower", "upper", "reason")
    return {"unit": plain(units)} | {id: plain(np.array([getattr(one, id) for one in found])) for id in fields}


def _given(table: Columns, rows: int) -> tuple[Floats, NDArray[np.bool_]]:
    lasted, done = numbers(table, "duration", rows, low=0), numbers(table, "done", rows, low=0, high=1)
    if (np.isnan(lasted) | ~np.isin(done, (0, 1))).any():
        row = int(np.flatnonzero(np.isnan(lasted) | ~np.isin(done, (0, 1)))[0]) + 1
        raise ValueError(f"row {row}: duration is a time and done 1 or 0")
    return lasted, done == 1


def _counted(table: Columns, rows: int, as_of: date | None) -> tuple[Floats, NDArray[np.bool_]]:
    received, answered = (times(table, name, rows).astype("datetime64[D]") for name in ("received", "answered"))
    if np.isnat(received).any():
        raise ValueError(f"row {int(np.flatnonzero(np.isnat(received))[0]) + 1}: received: the cell is empty")
    if (answered < received).any():
        raise ValueError(f"row {int(np.flatnonzero(answered < received)[0]) + 1}: answered before it was received")
    known = np.concatenate([received, answered])
    day = np.datetime64(as_of, "D") if as_of else known[~np.isnat(known)].max(initial=np.datetime64(0, "D"))
    return lasting(received, answered, day)


def lasting(
    received: NDArray[np.datetime64], answered: NDArray[np.datetime64], as_of: np.datetime64
) -> tuple[Floats, NDArray[np.bool_]]:
    """Days from receipt to answer or, open at the end of as_of, so far; NaN for a case received later."""
    done = ~np.isnat(answered) & (answered <= as_of)
    days = (np.where(done, answered, as_of) - received).astype("timedelta64[D]").astype(float)
    return np.where(received <= as_of, days, np.nan), done
