"""Whether two figures of the same units go together: the rank correlation and its interval."""

from dataclasses import dataclass
from math import atanh, isnan, nan, sqrt, tanh
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEWEST = 10  # Fieller and others tried their variance on samples of 10 to 50
LEVEL = 0.05
FIELLER = 1.06  # variance of Fisher's z of a rank correlation, times n - 3
REASONS = ("", "too_few_values", "no_variation", "no_interval")


@dataclass(frozen=True)
class Association:
    """n: pairs with both figures; rho -1..1; lower and upper NaN where the reason says why."""

    n: int
    rho: float
    lower: float
    upper: float
    reason: str


def spearman(x: ArrayLike, y: ArrayLike, level: float = LEVEL) -> Association:
    """Spearman's rho of pairs, ties at their mean rank, with tanh(atanh(rho) -+ z sqrt(1.06/(n - 3))).

    NaN in either figure leaves the pair out. A perfect order (|rho| = 1) has a rho and no interval. An association
    says nothing of what causes what. Sources: Spearman 1904; Fieller, Hartley and Pearson 1957, Biometrika 44, 470-481.
    """
    first, second = np.asarray(x, float), np.asarray(y, float)
    both = ~np.isnan(first) & ~np.isnan(second)
    n = int(both.sum())
    if n < FEWEST:
        return Association(n, nan, nan, nan, "too_few_values")
    rho = _pearson(ranks(first[both]), ranks(second[both]))
    if isnan(rho):
        return Association(n, nan, nan, nan, "no_variation")
    if abs(rho) >= 1 - 1e-12:
        return Association(n, float(np.sign(rho)), nan, nan, "no_interval")
    reach = NormalDist().inv_cdf(1 - level / 2) * sqrt(FIELLER / (n - 3))
    return Association(n, rho, tanh(atanh(rho) - reach), tanh(atanh(rho) + reach), "")


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, equal values at the mean of theirs."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[which]


def _pearson(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    x, y = x - x.mean(), y - y.mean()
    spread = sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / spread if spread else nan
