"""The interval of a proportion from a sample."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.columns import Columns, named, numbers, plain, texts

Z_95 = 1.96
REASONS = ("", "no_value", "no_sample", "more_than_whole")


def wilson(successes: ArrayLike, sample: ArrayLike, z: float = Z_95) -> tuple[NDArray, NDArray]:
    """(low, high) shares: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n); NaN unless 0 <= k <= n, n > 0.

    For samples only: a full count has no sampling interval. Source: Wilson 1927, JASA 22 (158), 209-212.
    """
    k, n = np.broadcast_arrays(np.atleast_1d(np.asarray(successes, float)), np.atleast_1d(np.asarray(sample, float)))
    possible = (n > 0) & (k >= 0) & (k <= n)
    n = np.where(possible, n, 1.0)
    p = np.where(possible, k, np.nan) / n
    centre = p + z**2 / (2 * n)
    spread = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return np.clip((centre - spread) / scale, 0.0, 1.0), np.clip((centre + spread) / scale, 0.0, 1.0)


def wilson_table(columns: Columns, *, z: float = Z_95) -> dict[str, list[Any]]:
    """One row per row of an analyst's own table: unit, numerator, denominator, share, lower, upper, reason.

    Input columns: numerator (n): how many of the sample have it; denominator (N): the sample; unit: name, optional.
    Shares 0-1, None where not computable. ValueError, naming row and column, for what cannot be read, or z <= 0.
    """
    if not z > 0:
        raise ValueError(f"z is above 0, not {z:g}")
    table = named(columns, ("numerator", "denominator"))
    rows = len(table["numerator"])
    units = texts(table, "unit") if "unit" in table else [str(i + 1) for i in range(rows)]
    n, whole = (numbers(table, name, rows, low=0) for name in ("numerator", "denominator"))
    low, high = wilson(n, whole, z)
    steps = [np.isnan(n + whole), whole == 0, n > whole]
    reason = np.select(steps, ["no_value", "no_sample", "more_than_whole"], "")
    share = np.where(reason == "", n, np.nan) / np.where(reason == "", whole, 1.0)
    figures = {"numerator": n, "denominator": whole, "share": share, "lower": low, "upper": high, "reason": reason}
    return {"unit": units} | {name: plain(values) for name, values in figures.items()}
