"""Whether a series rises or falls, and how fast: the Mann-Kendall test and Sen's slope."""

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.columns import Columns, named, names, numbers, plain, times
from methods.months import month_from_text
from methods.seasonal import stl

FEWEST = 4  # below it no order of the values is unusual at 5 % (Kendall's table)
EXACT_TO = 10  # Gilbert 1987: the normal approximation from more than 10 values on
LEVEL = 0.05
REASONS = ("", "too_few_values", "no_week")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trend:
    """Of each series: NaN and the reason where not computable. direction: "rising", "falling", "none" (p > 5 %), ""."""

    n: NDArray[np.int64]
    s: Floats
    variance: Floats
    z: Floats
    p: Floats
    slope: Floats  # in the unit of the values per unit of time
    lower: Floats
    upper: Floats
    direction: NDArray[np.str_]
    reason: NDArray[np.str_]


def trend(values: ArrayLike, at: ArrayLike | None = None, level: float = LEVEL) -> Trend:
    """Mann-Kendall with ties and Sen's slope with its interval: (series, times), NaN where there is no figure.

    at: the times, one for all series; 0, 1, 2 ... without. S = sum of sign(x_j - x_i) over later j; variance with the
    ties t taken off: (n(n-1)(2n+5) - sum t(t-1)(2t+5)) / 18; z = (|S| - 1)/sqrt(variance) with the sign of S; p is
    two-sided, exact for up to 10 values without ties. Slope: median of (x_j - x_i)/(t_j - t_i); its interval: the
    slopes at the ranks (N -+ z sqrt(variance))/2, between two ranks in proportion. Values that depend on the one
    before (days of one channel) make p too small: test weeks or months. Sources: Mann 1945; Kendall 1975; Sen 1968;
    Gilbert 1987, Statistical Methods for Environmental Pollution Monitoring, chapter 16.
    """
    table = np.atleast_2d(np.asarray(values, float))
    moments = np.arange(table.shape[1], dtype=float) if at is None else np.asarray(at, float)
    found = [_of_one(row[known], moments[known], level) for row in table for known in [~np.isnan(row)]]
    n = np.array([int(count) for count, *_ in found], dtype=np.int64)
    s, variance, z, p, slope, lower, upper = np.array([rest for _, *rest in found]).reshape(-1, 7).T
    sure = np.where(s > 0, "rising", "falling")
    direction = np.select([np.isnan(p), (p <= level) & (s != 0)], ["", sure], "none")
    reason = np.where(np.isnan(p), "too_few_values", "")
    return Trend(n, s, variance, z, p, slope, lower, upper, direction, reason)


def _of_one(x: Floats, at: Floats, level: float) -> tuple[float, ...]:
    """n, S, its variance, z, p, Sen's slope and the bounds of it, of one series without gaps."""
    n = len(x)
    if n < FEWEST:
        return (n, *[float("nan")] * 7)
    first, second = np.triu_indices(n, 1)
    s = float(np.sign(x[second] - x[first]).sum())
    ties = np.unique(x, return_counts=True)[1].astype(float)
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    z = np.sign(s) * max(abs(s) - 1, 0.0) / sqrt(variance) if variance > 0 else 0.0
    p = exact_p(n, s) if n <= EXACT_TO and len(ties) == n else erfc(abs(z) / sqrt(2))
    slopes = np.sort((x[second] - x[first]) / (at[second] - at[first]))
    reach = NormalDist().inv_cdf(1 - level / 2) * sqrt(variance)
    # Ranks from 1 to N; Gilbert's upper one is the next above (N + reach)/2.
    ranks = np.array([(len(slopes) - reach) / 2, (len(slopes) + reach) / 2 + 1])
    low, high = np.interp(ranks, np.arange(1, len(slopes) + 1), slopes)
    return (n, s, variance, float(z), p, float(np.median(slopes)), float(low), float(high))


def exact_p(n: int, s: float) -> float:
    """How likely |S| or more is for n values without ties in random order, both sides. Source: Kendall 1975."""
    ways = np.ones(1)  # orders of the values by their number of pairs the wrong way round
    for more in range(2, n + 1):
        ways = np.convolve(ways, np.ones(more))
    score = n * (n - 1) / 2 - 2 * np.arange(len(ways))
    return float(min(1.0, ways[np.abs(score) >= abs(s)].sum() / ways.sum()))


def trend_table(columns: Columns, *, weekly: bool = False) -> dict[str, list[Any]]:
    """One row per unit of an analyst's own table: unit, n, s, z, p, slope, lower, upper, per, direction, reason.

    Input columns, one row per unit and time: day (YYYY-MM-DD) or month (YYYY-MM); value: a figure, "" = none (never
    zero); unit: name, optional. slope, lower and upper: in the unit of value per day or per month (`per`).
    weekly: the season of the week is taken off by STL first (days only, each weekday at least twice).
    ValueError, naming row and column, for what cannot be read or a time that stands there twice.
    """
    per = "month" if "month" in columns and "day" not in columns else "day"
    units, first, table = series(columns, per)
    if weekly and per == "month":
        raise ValueError("a week has no season in a table of months")
    parts = stl(table) if weekly else None
    found = trend(table if parts is None else parts.trend + parts.remainder, np.arange(table.shape[1]))
    reason = found.reason if parts is None else np.where(np.isnan(parts.season[:, 0]), "no_week", found.reason)
    fields = {name: plain(getattr(found, name)) for name in ("n", "s", "z", "p", "slope", "lower", "upper")}
    told = {"direction": plain(found.direction), "reason": plain(reason)}
    return {"unit": units} | fields | {"per": [per] * len(units)} | told


def series(columns: Columns, per: str = "day") -> tuple[list[str], int, Floats]:
    """Units, the first day (since 1970) or month (its index), and their values (units x times), NaN for none."""
    table = named(columns, (per, "value"))
    rows = len(table["value"])
    unit, value = names(table, "unit", rows, "1"), numbers(table, "value", rows)
    at = _months(table) if per == "month" else _days(table, rows)
    units = list(dict.fromkeys(unit.tolist()))
    row_of = {name: i for i, name in enumerate(units)}
    row = np.array([row_of[name] for name in unit.tolist()], dtype=np.int64)
    first = int(at.min()) if rows else 0
    filled = np.full((len(units), int(at.max()) - first + 1 if rows else 0), np.nan)
    seen: set[tuple[int, int]] = set()
    for i, key in enumerate(zip(row.tolist(), (at - first).tolist(), strict=True)):
        if key in seen:
            raise ValueError(f"row {i + 1}: unit {unit[i]} has {per} {table[per][i]} twice")
        seen.add(key)
        filled[key] = value[i]
    return units, first, filled


def _days(table: Columns, rows: int) -> NDArray[np.int64]:
    days = times(table, "day", rows).astype("datetime64[D]")
    if np.isnat(days).any():
        raise ValueError(f"row {int(np.flatnonzero(np.isnat(days))[0]) + 1}: day: the cell is empty")
    return days.astype(np.int64)


def _months(table: Columns) -> NDArray[np.int64]:
    found = []
    for i, cell in enumerate(table["month"]):
        try:
            found.append(month_from_text(str(cell)))
        except ValueError as error:
            raise ValueError(f"row {i + 1}: month: {error}") from None
    return np.array(found, dtype=np.int64)
