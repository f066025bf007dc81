"""Series of old units in today's units, by the shares of the crosswalk."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def to_today(values: ArrayLike, old: ArrayLike, new: ArrayLike, share: ArrayLike, units: int) -> Floats:
    """Counts in today's units: (old units, ...) -> (units, ...), each the sum of its parts times their shares.

    old, new, share: one crosswalk row each: position of the old unit, of today's unit, share of the old one that
    went there. Merging A (100) and B (50) gives 150 in every past month. A part that is missing makes the sum NaN: a
    sum without it would be a wrong number; use `parts_missing` to name them. A unit without a row is NaN.
    For counts only: shares and rates go by numerator and denominator. ValueError where an old unit's shares do not
    add up to 1.
    """
    table, rows, targets, weights = _rows(values, old, new, share)
    result = np.zeros((units, *table.shape[1:]))
    shape = (-1,) + (1,) * (table.ndim - 1)
    np.add.at(result, targets, table[rows] * weights.reshape(shape))
    result[~np.isin(np.arange(units), targets)] = np.nan
    return result


def parts_missing(values: ArrayLike, old: ArrayLike, new: ArrayLike, share: ArrayLike, units: int) -> NDArray[np.int64]:
    """How many parts of each of today's units have no value; same shapes as `to_today`."""
    table, rows, targets, _ = _rows(values, old, new, share)
    result = np.zeros((units, *table.shape[1:]), np.int64)
    np.add.at(result, targets, np.isnan(table[rows]).astype(np.int64))
    return result


def baselines(
    frozen: ArrayLike, numerator: ArrayLike, denominator: ArrayLike, old: ArrayLike, new: ArrayLike, share: ArrayLike
) -> tuple[Floats, NDArray[np.bool_]]:
    """(p0, provisional) of today's units.

    frozen: (units,) p0 frozen by a decision, NaN without one: it stays as frozen whatever merges later. Without one:
    sum n / sum N of the parts (never the mean of their shares), marked provisional; NaN where a part is missing.
    numerator, denominator: (old units,) counts at the baseline.
    """
    decided = np.asarray(frozen, float)
    n = to_today(numerator, old, new, share, len(decided))
    whole = to_today(denominator, old, new, share, len(decided))
    summed = np.where(whole > 0, n, np.nan) / np.where(whole > 0, whole, 1.0)
    provisional = np.isnan(decided)
    return np.where(provisional, summed, decided), provisional & ~np.isnan(summed)


def _rows(
    values: ArrayLike, old: ArrayLike, new: ArrayLike, share: ArrayLike
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64], Floats]:
    table = np.asarray(values, float)
    rows, targets = np.asarray(old, np.int64), np.asarray(new, np.int64)
    weights = np.asarray(share, float)
    total = np.bincount(rows, weights, minlength=len(table))
    wrong = np.flatnonzero(np.abs(total - 1.0) > 1e-9)
    if len(wrong):
        raise ValueError(f"the shares of old unit {wrong[0]} add up to {total[wrong[0]]:g}, not 1")
    return table, rows, targets, weights
