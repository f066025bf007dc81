"""The interval of a proportion from a sample."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z_95 = 1.96


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
