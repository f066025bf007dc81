"""The measures of equity between groups: one number per unit from levels and population shares."""

from collections.abc import Callable

import numpy as np

from methods.groups import Floats, Groups, average, over, total

# A level of zero has no logarithm; it enters the Theil index and the mean log deviation as this.
ZERO = 0.000001

Formula = Callable[[Groups], Floats]


def mean_difference(g: Groups, centre: Floats, is_weighted: bool) -> Floats:
    """sum s_j |y_j - centre|, or (1/J) sum |y_j - centre|; in the unit of the levels."""
    weight = g.share if is_weighted else over(np.ones_like(g.level), g.count)
    return total(weight * np.abs(g.level - centre), g.known)


def disparity(g: Groups, is_weighted: bool) -> Floats:
    """100 * mean difference from the mean / mu, per cent; mu is weighted in both."""
    return over(100 * mean_difference(g, g.mean, is_weighted), g.mean)


def between_group_variance(g: Groups) -> Floats:
    """sum s_j (y_j - mu)^2, in squared units."""
    return total(g.share * (g.level - g.mean) ** 2, g.known)


def between_group_deviation(g: Groups) -> Floats:
    """sqrt of the between-group variance."""
    return np.sqrt(between_group_variance(g))


def coefficient_of_variation(g: Groups) -> Floats:
    """100 * between-group standard deviation / mu, per cent."""
    return over(100 * between_group_deviation(g), g.mean)


def relative_levels(g: Groups) -> tuple[Floats, Floats]:
    """(r_j = y_j / mu, mu), a level of zero, or smaller than ZERO, entering as ZERO; 1 where a group has no level."""
    level = np.where(g.level < ZERO, ZERO, g.level)
    mean = average(level, g.share, g.known)
    return np.where(g.known, over(level, mean), 1.0), mean


def theil(g: Groups) -> Floats:
    """1000 * sum s_j r_j ln r_j."""
    ratio, _ = relative_levels(g)
    return np.maximum(1000 * total(g.share * ratio * np.log(ratio), g.known), 0.0)


def mean_log_deviation(g: Groups) -> Floats:
    """-1000 * sum s_j ln r_j."""
    ratio, _ = relative_levels(g)
    return np.maximum(-1000 * total(g.share * np.log(ratio), g.known), 0.0)


def attributable_risk(g: Groups, aim: Floats) -> Floats:
    """What the mean would gain if every group stood at `aim`: max(0, aim - mu), where low is good min(0, aim - mu)."""
    gain = aim - g.mean
    return np.where(g.is_favourable, np.maximum(gain, 0.0), np.minimum(gain, 0.0))


# Measures of unordered groups whose interval comes from simulated levels.
SIMULATED: dict[str, Formula] = {
    "mdbw": lambda g: mean_difference(g, g.best, True),
    "mdbu": lambda g: mean_difference(g, g.best, False),
    "mdmw": lambda g: mean_difference(g, g.mean, True),
    "mdmu": lambda g: mean_difference(g, g.mean, False),
    "mdrw": lambda g: mean_difference(g, g.reference, True),
    "mdru": lambda g: mean_difference(g, g.reference, False),
    "idisw": lambda g: disparity(g, True),
    "idisu": lambda g: disparity(g, False),
    "bgsd": between_group_deviation,
    "cov": coefficient_of_variation,
}
# Measures of unordered groups whose standard error has a formula.
ANALYTIC: dict[str, Formula] = {"bgv": between_group_variance, "ti": theil, "mld": mean_log_deviation}
