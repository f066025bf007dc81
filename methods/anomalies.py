"""Days unlike the others of a series, once trend and weekday are taken off."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.columns import Columns, plain
from methods.kendall import series
from methods.rounds import modified_z, outliers
from methods.seasonal import stl

REASONS = ("", "too_few_values", "no_week")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Anomalies:
    """Per day: what was to be expected, the weekly season in it (0 without `weekly`), the rest, its z, and the flag of
    `rounds.outliers`; reason per series.
    """

    expected: Floats
    season: Floats
    remainder: Floats
    z: Floats
    flag: NDArray[np.str_]
    reason: NDArray[np.str_]


def anomalies(values: ArrayLike, weekly: bool = True) -> Anomalies:
    """Daily series (series, days), NaN where there is no figure; a flag where 0.6745 |x - median| / MAD > 3.5.

    x: the remainder of STL (robust, so that one day cannot pull its own expectation); without `weekly` the value less
    the series' median. MAD = 0 (more than half of the days as expected to the last digit) has its own flag: any day
    that differs. Nothing is said of a series with fewer than two figures of some weekday, or under three at all.
    Sources: Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers; STL as in methods.seasonal.
    """
    table = np.atleast_2d(np.asarray(values, float))
    has = (~np.isnan(table)).sum(axis=1) >= 3
    if weekly:
        parts = stl(table)
        season, expected, rest = parts.season, parts.trend + parts.season, parts.remainder
    else:
        season = np.zeros(table.shape)
        expected = np.full(table.shape, np.nan)
        expected[has] = np.nanmedian(table[has], axis=1, keepdims=True)
        rest = table - expected
    reason = np.select([~has, np.isnan(expected).any(axis=1)], ["too_few_values", "no_week"], "")
    return Anomalies(expected, season, rest, modified_z(rest), outliers(rest), reason)


def anomalies_table(columns: Columns, *, no_week: bool = False) -> dict[str, list[Any]]:
    """One row per figure of an analyst's own table: unit, day, value, expected, remainder, z, flag, reason.

    Input columns, one row per unit and day: day (YYYY-MM-DD), value (a figure; "" = none, never zero), unit (name,
    optional). expected and remainder in the unit of value; z without unit; flag: "", "outlier", "jump_after_copies".
    """
    units, first, table = series(columns)
    found = anomalies(table, weekly=not no_week)
    row, day = np.nonzero(~np.isnan(table))
    days = (first + day).astype("datetime64[D]")
    told = {name: plain(getattr(found, name)[row, day]) for name in ("expected", "remainder", "z", "flag")}
    own = {"unit": [units[i] for i in row], "day": plain(days), "value": plain(table[row, day])}
    return own | told | {"reason": plain(found.reason[row])}
