"""The weekly season of a daily series: trend, season and remainder by STL, days without a figure left out."""

# Our own, because statsmodels' STL answers NaN for a whole series with one missing day (the archive has gaps), and it
# and SciPy would add 160 MB and 90 MB of memory to each server.

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
WEEK = 7
SEASON_SPAN = 7  # weeks that shape one weekday's season
INNER, OUTER = 2, 5  # passes; Cleveland and others 1990 (section 3): with outliers 1 or 2 inner, 5 to 10 outer


@dataclass(frozen=True)
class Parts:
    """value = trend + season + remainder, each (series, days); the remainder is NaN where the value is."""

    trend: Floats
    season: Floats
    remainder: Floats


def stl(values: ArrayLike, period: int = WEEK, inner: int = INNER, outer: int = OUTER) -> Parts:
    """Trend, season and remainder of evenly spaced series: (series, days), NaN where there is no figure.

    outer = 0: without robustness weights. NaN throughout for a series without two values of every phase of the period.
    Spans as in the source: season 7, trend the odd number from 1.5 period / (1 - 1.5/7) on, low-pass the odd number
    above the period. Source: Cleveland, Cleveland, McRae and Terpenning 1990, Journal of Official Statistics 6, 3-73.
    """
    table = np.atleast_2d(np.asarray(values, float))
    known = ~np.isnan(table)
    counted = np.array([known[:, phase::period].sum(axis=1) for phase in range(period)])
    enough = counted.min(axis=0) >= 2
    y, robust = np.where(known, table, 0.0), np.ones_like(table)
    trend = season = np.zeros_like(table)
    for turn in range(outer + 1):
        weights = np.where(known, robust, 0.0)
        for _ in range(inner):
            season = _season(y - trend, weights, period)
            trend = loess(y - season, weights, odd(1.5 * period / (1 - 1.5 / SEASON_SPAN)))
        if turn < outer:
            robust = _robustness(np.where(known, np.abs(y - trend - season), np.nan))
    # Rounding of floating point is no remainder: a flat series has none.
    rest = y - trend - season
    rest = np.where(np.abs(rest) <= 1e-9 * np.abs(y).max(axis=1, initial=0.0, keepdims=True), 0.0, rest)
    shown = enough.reshape(-1, 1)
    return Parts(np.where(shown, trend, np.nan), np.where(shown, season, np.nan), np.where(shown & known, rest, np.nan))


def odd(value: float) -> int:
    """The smallest odd whole number from `value` on."""
    whole = int(np.ceil(value))
    return whole + 1 - whole % 2


def loess(y: Floats, weights: Floats, span: int, before: int = 0, after: int = 0) -> Floats:
    """Local lines through the `span` nearest places, tricube weights times `weights`: (series, places).

    The places are those of the series, and so many before and after it. Where every place in reach has weight 0 the
    fits beside it are joined by a line (the source takes the value itself there, and an outlier into the season).
    """
    n = y.shape[1]
    places, window, tricube = _reach(n, span, before, after)
    w = tricube * weights[:, window]
    total = w.sum(axis=2, keepdims=True)
    w /= np.where(total > 0, total, 1.0)
    centre = (w * window).sum(axis=2, keepdims=True)
    off = window - centre
    spread = (w * off**2).sum(axis=2, keepdims=True)
    sloped = np.sqrt(spread) > max(0.001 * (n - 1), 1e-9)
    tilt = np.where(sloped, (places[:, None] - centre) / np.where(sloped, spread, 1.0), 0.0)
    return _bridged(np.where(total[..., 0] > 0, (w * (1 + tilt * off) * y[:, window]).sum(axis=2), np.nan))


@lru_cache(maxsize=64)
def _reach(n: int, span: int, before: int, after: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The places fitted, the places each is fitted to, and their tricube weights."""
    places, reach = np.arange(-before, n + after), min(span, n)
    left = np.clip(places - (reach - 1) // 2, 0, n - reach)
    window = left[:, None] + np.arange(reach)
    widest = np.maximum(places - left, left + reach - 1 - places) + max(span - n, 0) // 2
    far = np.abs(window - places[:, None]) / np.maximum(widest, 1)[:, None]
    return places, window, np.where(far <= 0.001, 1.0, np.where(far <= 0.999, (1 - far**3) ** 3, 0.0))


def _season(detrended: Floats, weights: Floats, period: int) -> Floats:
    """Each phase smoothed along its weeks, less what is left of the trend in it."""
    n = detrended.shape[1]
    cycle = np.zeros((len(detrended), n + 2 * period))
    # The first phases may have a week more than the last: each kind of them is smoothed at once.
    for phases in (range(n % period), range(n % period, period)):
        own = [np.arange(phase, n, period) for phase in phases]
        if own and len(own[0]):
            values, heavy = (np.concatenate(table[:, own]) for table in (detrended, weights))
            # One week more at either end, for the moving averages below.
            fitted = loess(values, heavy, SEASON_SPAN, 1, 1).reshape(len(detrended), len(own), -1)
            cycle[:, [np.arange(phase, n + 2 * period, period) for phase in phases]] = fitted
    low = _moving(_moving(_moving(cycle, period), period), 3)
    return cycle[:, period : period + n] - loess(low, np.ones_like(low), odd(period + 1))


def _moving(values: Floats, width: int) -> Floats:
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    return (sums[:, width:] - sums[:, :-width]) / width


def _robustness(off: Floats) -> Floats:
    """Bisquare weights: 1 for a small remainder, 0 beyond six times the median one."""
    ordered, count = np.sort(off, axis=1), (~np.isnan(off)).sum(axis=1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, off.shape[1] - 1), axis=1)
    far = np.nan_to_num(off / np.where(low + high > 0, 3 * (low + high), np.inf))
    return np.where(far <= 0.001, 1.0, np.where(far <= 0.999, (1 - far**2) ** 2, 0.0))


def _bridged(fit: Floats) -> Floats:
    """A straight line over places without a fit; 0 where a series has none."""
    filled = fit.copy()
    for i in np.flatnonzero(np.isnan(fit).any(axis=1)):
        has = ~np.isnan(fit[i])
        filled[i] = np.interp(np.arange(fit.shape[1]), np.flatnonzero(has), fit[i][has]) if has.any() else 0.0
    return filled
