"""Between which points of a criterion an award stays, the others' unchanged, by the sheet's own rules and exactly."""

from typing import NamedTuple

import numpy as np

from definitions.award_rules import Sheet
from methods.award_points import Floats, of_total, rounded, summed
from methods.award_standings import NOISE, Grid, Ints, limits_met, standings
from methods.ranks import Stay

NEAR = 1e-6  # roots nearer than this are one


class Cluster(NamedTuple):
    """The whole sheets of a cluster: communes x criteria in the order of the sheet.

    points and share: as scored (share NaN where it does not apply); applies; cut and slope: at w points a criterion
    brings min(cut, slope * w), so cut is infinite where it brings a share of them. extra: bonus less deduction per
    commune; size: the cluster's communes, those with open sheets too.
    """

    points: Floats
    share: Floats
    applies: Grid
    cut: Floats
    slope: Floats
    extra: Floats
    size: int


def stays(sheet: Sheet, of: Cluster, criterion: int) -> list[Stay]:
    """Per commune the widest range of a criterion's points, the others' unchanged, in which its award (or none) stays.

    The award is decided as on the sheet: totals scaled to what applies, tie-breakers, caps and vetoes, grades with
    their quotas, rooms. It can change only where two totals are level, a total meets a grade, a share meets a limit, or
    a criterion's points are cut: the roots of polynomials of degree 2. Between two roots it is decided once. A tie at a
    root alone, or within the 4 decimals of the totals beside it, is no end.
    """
    now, edges = sheet.criteria[criterion].points, _edges(sheet, of, criterion)
    ends = np.concatenate([[0.0], edges])
    found = awarded(sheet, of, criterion, np.append((ends[:-1] + ends[1:]) / 2, ends[-1] * 2 + 1))
    same = found == awarded(sheet, of, criterion, np.array([now]))
    left = int(np.searchsorted(edges, now - NEAR))  # the span now lies in, or left of it where now is an edge
    right = int(np.searchsorted(edges, now + NEAR))
    return [_stay(same[:, i], left, right, edges, now) for i in range(len(of.points))]


def _stay(same: Grid, left: int, right: int, edges: Floats, now: float) -> Stay:
    """The ends of the run of equal answers around now."""
    below = [n for n in range(left, -1, -1) if not same[n]][:1]
    above = [n for n in range(right, len(same)) if not same[n]][:1]
    low = min(float(edges[below[0]]), now) if below and below[0] < len(edges) else now if below else 0.0
    high = max(float(edges[above[0] - 1]), now) if above and above[0] else now if above else float("inf")
    return Stay(low, high)


def awarded(sheet: Sheet, of: Cluster, criterion: int, weights: Floats) -> Ints:
    """Per weight of the criterion and commune the number of its award, -1 without one; by the sheet's own rules."""
    points, share = (np.repeat(part[None], len(weights), axis=0) for part in (of.points, of.share))
    brought = np.where(of.applies[:, criterion], _brought(of, criterion, weights), 0.0)
    points[:, :, criterion] = rounded(brought)
    share[:, :, criterion] = np.where(of.applies[:, criterion], brought / weights[:, None], np.nan)
    order = [[one.id for one in sheet.criteria].index(id) for id in sheet.tie_breakers]
    ties = [points[:, :, column] for column in order]
    return standings(
        sheet, of.size, _totals(sheet, of, criterion, weights, points), ties, limits_met(sheet, share)
    ).awards


def _brought(of: Cluster, criterion: int, weights: Floats) -> Floats:
    return np.minimum(of.cut[:, criterion], of.slope[:, criterion] * weights[:, None])


def _totals(sheet: Sheet, of: Cluster, criterion: int, weights: Floats, points: Floats) -> Floats:
    counts = np.array([one.kind == "points" for one in sheet.criteria])
    most = np.repeat(np.array([one.points for one in sheet.criteria])[None], len(weights), axis=0)
    most[:, criterion] = weights
    earned, maximum = points[:, :, counts].sum(axis=2), (most[:, counts] @ of.applies[:, counts].T.astype(float))
    return summed(of_total(sheet, earned, maximum), of.extra)


# ---- where an award can change --------------------------------------------------------------------------------------


def _edges(sheet: Sheet, of: Cluster, criterion: int) -> Floats:
    """Every weight at which something can change, rising, each once."""
    cut, slope = of.cut[:, criterion], of.slope[:, criterion]
    with np.errstate(divide="ignore", invalid="ignore"):
        breaks = np.unique((cut / slope)[np.isfinite(cut / slope) & (slope > 0)])
    ends = [0.0, *breaks[breaks > NEAR], np.inf]
    found = [breaks]
    for low, high in zip(ends[:-1], ends[1:], strict=True):
        is_cut = cut / np.where(slope > 0, slope, 1.0) <= low + NEAR
        is_cut = is_cut & np.isfinite(cut)
        roots = _roots(sheet, of, criterion, np.where(is_cut, cut, 0.0), np.where(is_cut, 0.0, slope))
        found.append(roots[(roots > low) & (roots < high)])
    edges = np.sort(np.concatenate(found))
    edges = edges[edges > NEAR]
    return edges[np.append(True, np.diff(edges) > NEAR)] if len(edges) else edges


def _roots(sheet: Sheet, of: Cluster, criterion: int, fixed: Floats, slope: Floats) -> Floats:
    """Where totals are level or meet a grade and shares meet a limit, while the criterion brings fixed + slope * w."""
    counts = np.array([one.kind == "points" for one in sheet.criteria])
    counts[criterion] = False
    most = np.array([one.points for one in sheet.criteria])
    goes = of.applies[:, criterion].astype(float)
    # Numerator a + b w and denominator m + g w of the earned share.
    a, b = of.points[:, counts].sum(axis=1) + fixed * goes, slope * goes
    m, x = of.applies[:, counts] @ most[counts], of.extra
    found = [_level(sheet.total, a, b, m, goes, x)]
    for grade in (*(grade.least for grade in sheet.grades), 0.0):
        found.append(_linear(sheet.total * a + (x - grade) * m, sheet.total * b + (x - grade) * goes))
    own = sheet.criteria[criterion].id
    for limit in sheet.limits:
        if limit.criterion == own:
            found.append(_linear(fixed, slope - limit.below))
    return np.concatenate(found)


def _level(total: float, a: Floats, b: Floats, m: Floats, g: Floats, x: Floats) -> Floats:
    """The weights at which two communes' totals are the same."""
    i, k = np.triu_indices(len(a), 1)
    gap = x[i] - x[k]
    constant = total * (a[i] * m[k] - a[k] * m[i]) + gap * m[i] * m[k]
    linear = total * (a[i] * g[k] + b[i] * m[k] - a[k] * g[i] - b[k] * m[i]) + gap * (m[i] * g[k] + m[k] * g[i])
    square = total * (b[i] * g[k] - b[k] * g[i]) + gap * g[i] * g[k]
    return _quadratic(constant, linear, square)


def _linear(constant: Floats, linear: Floats) -> Floats:
    return _quadratic(constant, linear, np.zeros(len(constant)))


def _quadratic(constant: Floats, linear: Floats, square: Floats) -> Floats:
    """The positive roots of constant + linear w + square w^2."""
    is_line = np.abs(square) <= NOISE
    with np.errstate(divide="ignore", invalid="ignore"):
        line = -constant / np.where(np.abs(linear) > NOISE, linear, np.nan)
        deep = np.sqrt(linear**2 - 4 * square * constant)
        bent = np.concatenate([(-linear + sign * deep) / (2 * square) for sign in (1, -1)])
    roots = np.concatenate([np.where(is_line, line, np.nan), np.where(np.tile(is_line, 2), np.nan, bent)])
    return roots[np.isfinite(roots) & (roots > 0)]
