"""The direction of a monthly series: chain-linking, the weighted slope, the two projections."""

import numpy as np
from numpy.typing import NDArray

from methods.months import month_ends

Floats = NDArray[np.float64]
WINDOW_MONTHS = 12
HALF_LIFE_MONTHS = 3.0
LAST_YEAR = 2100


def linked_series(share: Floats, change: Floats | None, column: NDArray[np.int64]) -> Floats:
    """The series (units x months) the slope may use, ending at each unit's last value (`column`, -1: none).

    With `change` (change of the share against the month before, over villages present in both months) it is rebuilt
    from the last value backwards: c[m] = c[m + 1] - change[m + 1]. Where a change is NaN the chain stops: NaN before.
    So a village that starts or stops reporting is never read as growth. Without `change` it is the share as reported.
    A month without a share is NaN and no break in the chain.
    Source: chain-linking, as in quarterly national accounts.
    """
    months = np.arange(share.shape[1])
    until = months <= column[:, None]
    if change is None:
        return np.where(until, share, np.nan)
    steps = np.zeros_like(share)
    steps[:, :-1] = np.where(until[:, 1:], change[:, 1:], 0.0)
    back = np.flip(np.cumsum(np.flip(steps, axis=1), axis=1), axis=1)
    return np.where(until & ~np.isnan(share), value_at(share, column)[:, None] - back, np.nan)


def value_at(table: Floats, column: NDArray[np.int64]) -> Floats:
    """One value per unit: table[unit, column[unit]]; NaN where the column lies outside the table."""
    inside = (column >= 0) & (column < table.shape[1])
    if table.shape[1] == 0:
        return np.full(len(column), np.nan)
    return np.where(inside, table[np.arange(len(column)), np.where(inside, column, 0)], np.nan)


def fit_weights(series: Floats, column: NDArray[np.int64], dead: NDArray[np.bool_]) -> Floats:
    """Weights of the least squares: 0.5^(age / 3 months) over the last 12 months; 0 for dead months and no value."""
    age = column[:, None] - np.arange(series.shape[1])
    used = (age >= 0) & (age < WINDOW_MONTHS) & ~dead & ~np.isnan(series)
    return np.where(used, 0.5 ** (np.clip(age, 0, WINDOW_MONTHS) / HALF_LIFE_MONTHS), 0.0)


def weighted_slope(series: Floats, weights: Floats) -> Floats:
    """Slope per month of the weighted least squares line, one per unit; NaN with fewer than two weighted months.

    S = sum w (t - t_w)(y - y_w) / sum w (t - t_w)^2, t_w and y_w the weighted means. Equal values give exactly 0.
    """
    months = np.arange(series.shape[1], dtype=float)
    y = np.where(weights > 0, series, 0.0)
    enough = (weights > 0).sum(axis=1) >= 2
    total = np.where(enough, weights.sum(axis=1), np.nan)
    t_off = months - (weights @ months / total)[:, None]
    y_off = y - ((weights * y).sum(axis=1) / total)[:, None]
    slope = (weights * t_off * y_off).sum(axis=1) / np.where(enough, (weights * t_off**2).sum(axis=1), np.nan)
    # Rounding noise of a flat series must not become a direction.
    return np.where(np.abs(slope) < 1e-12, 0.0, slope)


def logit(share: Floats, whole: Floats) -> Floats:
    """ln(p / (1 - p)) with p clipped to [0.5/N, 1 - 0.5/N]: half a household away from nobody and from everybody."""
    half = 0.5 / whole
    clipped = np.clip(share, half, 1.0 - half)
    return np.log(clipped / (1.0 - clipped))


def project_linear(share: Floats, slope: Floats, months: Floats) -> Floats:
    """p + S * months, clipped to [0, 1]; the share itself where no month is left."""
    return np.where(months > 0, np.clip(share + slope * months, 0.0, 1.0), share + 0.0 * slope)


def project_logit(share: Floats, slope: Floats, whole: Floats, months: Floats) -> Floats:
    """The share whose logit is logit(p) + slope * months; the share itself where no month is left."""
    height = np.clip(logit(share, whole) + slope * months, -700.0, 700.0)
    return np.where(months > 0, 1.0 / (1.0 + np.exp(-height)), share + 0.0 * slope)


def months_until(distance: Floats, slope: Floats) -> Floats:
    """Months until a line that climbs `slope` a month has covered `distance`; NaN where it never does."""
    climbs = slope > 0
    months = np.maximum(distance, 0.0) / np.where(climbs, slope, 1.0)
    return np.where(climbs, months, np.where(distance <= 0, 0.0, np.nan))


def day_of(month: Floats) -> NDArray[np.datetime64]:
    """The day of a fractional month index, where index m is the END of month m; NaT for NaN and beyond 2100.

    The fraction is taken of the days of the month that follows and rounded up to a whole day.
    """
    known = month <= LAST_YEAR * 12 + 11
    safe = np.where(known, month, 0.0)
    whole = np.floor(safe).astype(np.int64)
    start, stop = month_ends(whole), month_ends(whole + 1)
    days = np.ceil((safe - whole) * (stop - start).astype(float) - 1e-9).astype("timedelta64[D]")
    return np.where(known, start + days, np.datetime64("NaT", "D"))
