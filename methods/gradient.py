"""Measures of ordered groups: concentration indices, slope and relative index of inequality."""

from dataclasses import dataclass

import numpy as np

from methods.groups import Bools, Floats, Groups, over, total

# Sum of weights, of weight * rank, of weight * rank^2: a symmetric 2 x 2 matrix per unit.
Moments = tuple[Floats, Floats, Floats]

STEPS = 100
LONGEST_STEP = 5.0
# A steeper line on the logit has run away: the groups stand at 0 and at the whole scale only.
STEEPEST = 40.0


@dataclass(frozen=True)
class Gradient:
    """One entry per unit, NaN where not computable; standard errors need three groups."""

    concentration: Floats  # absolute concentration index, in the unit of the levels
    concentration_se: Floats
    slope: Floats  # prediction at rank 1 minus prediction at rank 0, in the unit of the levels
    slope_se: Floats
    ratio: Floats  # prediction at rank 1 over prediction at rank 0
    log_ratio_se: Floats


def gradient(g: Groups, order: Floats, scale: Floats) -> Gradient:
    """How the levels change along the order of the groups (1 = most disadvantaged), weighted by population.

    Concentration index: 2 sum s_j y_j (R_j - 1/2), R_j the middle rank of group j; its standard error is that of the
    weighted regression it equals (O'Donnell et al. 2008). Slope and relative index: y/scale regressed on R_j with a
    logit link, predictions at the two ends of the ranks; robust standard errors (HC1) by the delta method.
    As in healthequal the regression weights a group by the square of its population. A level beyond its scale, or a
    line that does not settle (groups at 0 and at the whole scale only), leaves slope and ratio NaN.
    """
    rank = middle_ranks(g.share, order, g.known)
    level = np.where(g.known, g.level, 0.0)
    p = np.where((level <= scale).all(axis=0), level / scale, np.nan)
    slope, slope_se, ratio, log_se = _line_ends(p, np.where(g.known, g.share, 0.0) ** 2, rank, g)
    return Gradient(*_concentration(g, rank), slope * scale, slope_se * scale, ratio, log_se)


def middle_ranks(share: Floats, order: Floats, known: Bools) -> Floats:
    """The middle of each group's place in the population lined up by `order`, from 0 to 1; 1/2 without a level."""
    places = np.argsort(np.where(known, order, np.inf), axis=0, kind="stable")
    lined = np.take_along_axis(np.where(known, share, 0.0), places, axis=0)
    rank = np.empty_like(lined)
    np.put_along_axis(rank, places, np.cumsum(lined, axis=0) - lined / 2, axis=0)
    return np.where(known, rank, 0.5)


def _concentration(g: Groups, rank: Floats) -> tuple[Floats, Floats]:
    """(index, standard error)."""
    spread = total(g.share * (rank - 0.5) ** 2, g.known)
    # Against the mean the sum is the same, and equal levels give exactly 0.
    index = 2 * total(g.share * (g.level - g.mean) * (rank - 0.5), g.known)
    fitted = g.mean + over(index, 2 * spread) * (rank - 0.5)
    rest = total(g.share * (g.level - fitted) ** 2, g.known)
    return index, 2 * np.sqrt(over(spread * rest, np.maximum(g.count - 2, 0.0)))


def logit_line(p: Floats, weight: Floats, rank: Floats) -> tuple[Floats, Floats]:
    """(a, b) of the weighted fit p = 1 / (1 + exp(-(a + b rank))), all units at once; NaN where it does not settle."""
    a = b = np.zeros(p.shape[1])
    for _ in range(STEPS):
        fitted = _logistic(a + b * rank)
        rest, curve = weight * (p - fitted), weight * fitted * (1 - fitted)
        up, across = _solve(_moments(curve, rank), rest.sum(axis=0), (rest * rank).sum(axis=0))
        a = a + np.clip(up, -LONGEST_STEP, LONGEST_STEP)
        b = b + np.clip(across, -LONGEST_STEP, LONGEST_STEP)
    settled = (np.maximum(np.abs(up), np.abs(across)) < 1e-9) & (np.abs(b) <= STEEPEST)
    return np.where(settled, a, np.nan), np.where(settled, b, np.nan)


def _line_ends(p: Floats, weight: Floats, rank: Floats, g: Groups) -> tuple[Floats, Floats, Floats, Floats]:
    """(difference, its se, ratio, se of its logarithm) of the predictions at rank 1 and rank 0."""
    a, b = logit_line(p, weight, rank)
    high, low = _logistic(a + b), _logistic(a)
    steep_high, steep_low = high * (1 - high), low * (1 - low)
    fitted = _logistic(a + b * rank)
    bread, meat = _moments(weight * fitted * (1 - fitted), rank), _moments((weight * (p - fitted)) ** 2, rank)
    room = over(g.count, np.maximum(g.count - 2, 0.0))
    difference_se = np.sqrt(room * _sandwich(bread, meat, steep_high - steep_low, steep_high))
    log_se = np.sqrt(room * _sandwich(bread, meat, low - high, 1 - high))
    # Equal levels make a flat line, also at 0 and at the whole scale, where the logit has no end.
    is_flat = (g.lowest == g.highest) & ~np.isnan(p).any(axis=0)
    ratio = np.where(is_flat, np.where(g.highest > 0, 1.0, np.nan), over(high, low))
    difference, difference_se, log_se = (np.where(is_flat, 0.0, x) for x in (high - low, difference_se, log_se))
    return difference, difference_se, ratio, log_se


def _logistic(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def _moments(weight: Floats, rank: Floats) -> Moments:
    return weight.sum(axis=0), (weight * rank).sum(axis=0), (weight * rank**2).sum(axis=0)


def _solve(of: Moments, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """The solution of [[one, cross], [cross, square]] x = [u, v]."""
    one, cross, square = of
    area = one * square - cross**2
    return over(square * u - cross * v, area), over(one * v - cross * u, area)


def _sandwich(bread: Moments, meat: Moments, u: Floats, v: Floats) -> Floats:
    """[u, v] bread^-1 meat bread^-1 [u, v]'."""
    x, y = _solve(bread, u, v)
    return np.maximum(x**2 * meat[0] + 2 * x * y * meat[1] + y**2 * meat[2], 0.0)
