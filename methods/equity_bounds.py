"""95 % bounds of the measures of equity from the standard errors of the groups' levels."""

from statistics import NormalDist

import numpy as np

from methods.equity_measures import SIMULATED, relative_levels
from methods.groups import Bools, Floats, Groups, groups, over, total

Z = NormalDist().inv_cdf(0.975)
DRAWS = 1000
SEED = 123456

Bounds = tuple[Floats, Floats]


def around(estimate: Floats, se: Floats) -> Bounds:
    return estimate - Z * se, estimate + Z * se


def around_ratio(estimate: Floats, log_se: Floats) -> Bounds:
    """Bounds of a ratio, symmetric on its logarithm."""
    spread = np.exp(np.minimum(Z * log_se, 700.0))
    return np.where(estimate > 0, estimate / spread, np.nan), np.where(estimate > 0, estimate * spread, np.nan)


def variance_se(g: Groups, se: Floats) -> Floats:
    """Standard error of the between-group variance. Source: Ahn et al. 2018, doi 10.1200/CCI.18.00031."""
    spread = (g.share * se) ** 2
    first = total(spread * (g.level - g.mean) ** 2, g.known)
    second = total(spread, g.known) ** 2 - total(spread**2, g.known)
    third = total((g.share * (1 - g.share) * se**2) ** 2, g.known)
    return np.sqrt(4 * first + 2 * (second + third))


def theil_se(g: Groups, se: Floats) -> Floats:
    """Standard error of the Theil index x 1000. Source: Ahn et al. 2018."""
    ratio, mean = relative_levels(g)
    slope = 1 + np.log(ratio)
    centre = total(g.share * ratio * slope, g.known)
    return 1000 * np.sqrt(total(((slope - centre) * over(g.share * se, mean)) ** 2, g.known))


def log_deviation_se(g: Groups, se: Floats) -> Floats:
    """Standard error of the mean log deviation x 1000. Source: Ahn et al. 2018."""
    ratio, mean = relative_levels(g)
    return 1000 * np.sqrt(total(((1 - 1 / ratio) * over(g.share * se, mean)) ** 2, g.known))


def attributable_se(aim: Floats, size: Floats, mean: Floats, everybody: Floats, scale: Floats) -> Floats:
    """Standard error of the attributable fraction, a share of mu. Source: Walter 1978, doi 10.1093/ije/7.2.175.

    aim, size: level and population of the group all are compared with; `everybody` is the whole population. NaN where
    a count of the four-fold table would be negative.
    """
    c = aim / scale * size
    d = size - c
    a = mean / scale * everybody - c
    b = everybody - a - size
    possible = np.minimum(np.minimum(a, b), np.minimum(c, d)) >= 0
    a, b, c, d = (np.where(possible, x, np.nan) for x in (a, b, c, d))
    whole = a + b + c + d
    return np.sqrt(over(c * whole * (a * d * (whole - c) + b * c**2), (a + c) ** 3 * (c + d) ** 3))


def simulated(
    level: Floats, population: Floats, se: Floats, chosen: Bools, is_favourable: bool, scale: float
) -> dict[str, tuple[float, float]]:
    """(low, high) of each measure without a formula: 2.5 and 97.5 % of it over levels drawn around those of one unit.

    level, population, se, chosen: (groups,). Each level is drawn from the normal distribution with its standard error,
    kept between 0 and the scale. The draws are the same in every run, and for groups in any order.
    Source: Ahn et al. 2019, doi 10.1371/journal.pone.0219542, as in healthequal, with DRAWS draws in place of 100.
    """
    order = np.lexsort((chosen, population, se, level))
    level, population, se, chosen = level[order], population[order], se[order], chosen[order]
    uniform = np.random.default_rng(SEED).random((DRAWS, len(level))).T
    drawn = np.array([_truncated(u, y, error, scale) for u, y, error in zip(uniform, level, se, strict=True)])
    flags = np.broadcast_to(chosen[:, None], drawn.shape)
    g = groups(drawn, np.broadcast_to(population[:, None], drawn.shape), flags, np.full(DRAWS, is_favourable))
    return {name: _middle(formula(g)) for name, formula in SIMULATED.items()}


def _truncated(uniform: Floats, level: float, se: float, scale: float) -> Floats:
    """Draws around a level, between 0 and the scale; a level beyond its scale has no upper end."""
    if se == 0:
        return np.full(len(uniform), level)
    top = scale if level <= scale else np.inf
    normal = NormalDist(level, se)
    low, high = normal.cdf(0.0), normal.cdf(top) if np.isfinite(top) else 1.0
    inner = np.clip(low + uniform * (high - low), 1e-15, 1 - 1e-15)
    return np.clip([normal.inv_cdf(p) for p in inner], 0.0, top)


def _middle(values: Floats) -> tuple[float, float]:
    if np.isnan(values).any():
        return np.nan, np.nan
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
