"""Composite scores: indicators brought to one scale, put together with weights, and ranked."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
TIE = 9  # decimals beyond which two scores are the same: below it only the machine's rounding differs


# ---- one scale: units x indicators, NaN where not known or not applicable ------------------------------------------


def goalposts(values: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    """min(1, max(0, (x - low)/(high - low))): 0 at or below `low`, 1 at or above `high`; low > high: less is better.

    NaN where both posts are the same. Source: COINr n_goalposts; UNDP, Human Development Report, technical notes.
    """
    x, lowest, highest = (np.asarray(part, float) for part in (values, low, high))
    return np.clip((x - lowest) / _spread(highest - lowest), 0.0, 1.0)


def minmax(values: ArrayLike) -> Floats:
    """(x - min)/(max - min) of each column; NaN where all are equal. Source: OECD-JRC Handbook 2008, step 5."""
    x = np.asarray(values, float)
    least, most = _over_units(np.fmin.reduce, x), _over_units(np.fmax.reduce, x)
    return (x - least) / _spread(most - least)


def zscore(values: ArrayLike) -> Floats:
    """(x - mean)/standard deviation (n - 1, as COINr) of each column; NaN where all are equal or one is known."""
    x = np.asarray(values, float)
    known = (~np.isnan(x)).sum(axis=0)
    mean = np.nansum(x, axis=0) / np.maximum(known, 1)
    square = np.nansum((x - mean) ** 2, axis=0) / np.maximum(known - 1, 1)
    return (x - mean) / _spread(np.sqrt(square))


def rank_score(values: ArrayLike) -> Floats:
    """1 for the lowest of each column, more for better; equal values share the lowest. Source: COINr n_rank."""
    x = np.asarray(values, float)
    below = np.stack([np.searchsorted(np.sort(column), column, side="left") for column in x.T], axis=1)
    return np.where(np.isnan(x), np.nan, below + 1.0)


def from_reference(values: ArrayLike, reference: int) -> Floats:
    """1 - (x_ref - x)/(x_ref - min) of each column; `reference` is a row. NaN where x_ref is the minimum, or unknown.

    Source: COINr n_dist2ref.
    """
    x = np.asarray(values, float)
    least, best = _over_units(np.fmin.reduce, x), x[reference]
    return 1.0 - (best - x) / _spread(best - least)


def over_reference(values: ArrayLike, reference: int) -> Floats:
    """x / x_ref of each column; NaN where x_ref is 0 or unknown. Source: OECD-JRC Handbook 2008, step 5."""
    x = np.asarray(values, float)
    return x / _spread(x[reference])


def _over_units(reduce: Callable[..., Floats], x: Floats) -> Floats:
    return reduce(x, axis=0) if len(x) else np.full(x.shape[1:], np.nan)


def _spread(width: ArrayLike) -> Floats:
    """NaN in place of a width of 0, which nothing can be divided by."""
    width = np.asarray(width, float)
    return np.where(width == 0, np.nan, width)


# ---- one score: over the indicators a unit has ---------------------------------------------------------------------


def arithmetic(scores: ArrayLike, weights: ArrayLike) -> Floats:
    """sum w s / sum w per unit over the indicators it has (NaN leaves both sums); NaN without any."""
    return _mean(scores, weights, lambda s: s)


def geometric(scores: ArrayLike, weights: ArrayLike) -> Floats:
    """(prod s^w)^(1/sum w); one 0 makes it 0; NaN where a score is negative. Source: OECD-JRC Handbook 2008, step 6."""
    return np.exp(_mean(_not_negative(scores), weights, np.log))


def harmonic(scores: ArrayLike, weights: ArrayLike) -> Floats:
    """sum w / sum (w/s); one 0 makes it 0; NaN where a score is negative. Source: COINr a_hmean."""
    with np.errstate(divide="ignore"):
        return 1.0 / _mean(_not_negative(scores), weights, lambda s: 1.0 / s)


def _not_negative(scores: ArrayLike) -> Floats:
    """The scores; none for a unit with a negative one, whose mean is not computable."""
    s = np.atleast_2d(np.asarray(scores, float))
    return np.where((s < 0).any(axis=1, keepdims=True), np.nan, s)


def _mean(scores: ArrayLike, weights: ArrayLike, of: Callable[[Floats], Floats]) -> Floats:
    """Weighted mean of of(score); an indicator of weight 0 is as if it were not there."""
    s, w = np.atleast_2d(np.asarray(scores, float)), np.asarray(weights, float)
    has = ~np.isnan(s) & (w > 0)
    with np.errstate(divide="ignore"):
        parts = np.where(has, w * of(np.where(has, s, 1.0)), 0.0)
    total = (has * w).sum(axis=1)
    return parts.sum(axis=1) / _spread(total)


# ---- places --------------------------------------------------------------------------------------------------------


def places(scores: ArrayLike) -> NDArray[np.int64]:
    """Standard competition ranking (1, 2, 2, 4), the highest score first; 0 for NaN, which has no place.

    Scores equal to 9 decimals are equal.
    """
    s = np.round(np.asarray(scores, float), TIE)
    known = np.sort(s[~np.isnan(s)])
    above = len(known) - np.searchsorted(known, s, side="right")
    return np.where(np.isnan(s), 0, above + 1)


def mean_shift(places_of_one: ArrayLike, places_of_other: ArrayLike) -> float:
    """(1/n) sum |place - place| over the units that have both; NaN without any. Source: OECD-JRC Handbook, step 7."""
    one, other = np.asarray(places_of_one), np.asarray(places_of_other)
    both = (one > 0) & (other > 0)
    return float(np.abs(one - other)[both].mean()) if both.any() else float("nan")
