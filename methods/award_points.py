"""Points of an award sheet: a figure to its share of a criterion's points, shares to totals, totals to places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from definitions.award_rules import (
    Count,
    Criterion,
    Goalposts,
    Improvement,
    Lateness,
    Leader,
    Manual,
    Sheet,
    Steps,
    YesNo,
)
from methods.composite import Floats, goalposts

DECIMALS = 4  # of points: what the canonical table and every comparison stop at
NOISE = 1e-7  # of the fourth decimal: what adding up floats leaves behind


def shares(criterion: Criterion, figure: ArrayLike, base: ArrayLike, clusters: Sequence[str]) -> Floats:
    """Share (0-1) of the criterion's points per unit; NaN where the figure (or the base it needs) is not known.

    figure: in the unit of the criterion's parameters; base: the figure before the period, for an improvement;
    clusters: whose leader counts. A manual figure is the points given. A deduction's share is what is taken off.
    """
    x, start, score = np.asarray(figure, float), np.asarray(base, float), criterion.score
    match score:
        case Goalposts():
            return goalposts(x, score.low, score.high)
        case YesNo():
            return _where_known(x, (x >= score.at_least).astype(float))
        case Leader():
            return _against_leader(x, score.target, clusters)
        case Improvement():
            return gap_closed(x, start, score.goal)
        case Steps() | Count() | Lateness() | Manual():
            return np.clip(in_points(criterion, x) / (criterion.points or 1.0), 0.0, 1.0)


def is_in_points(criterion: Criterion) -> bool:
    """Whether the figure brings points by itself, whatever the maximum, and not a share of it."""
    return isinstance(criterion.score, Steps | Count | Lateness | Manual)


def in_points(criterion: Criterion, figure: ArrayLike) -> Floats:
    """The points a figure brings before the criterion's maximum cuts them; NaN where it is not known."""
    x, score = np.asarray(figure, float), criterion.score
    match score:
        case Steps():
            reached = [(x >= least, points) for least, points in reversed(score.steps)]
            return _where_known(x, np.select([met for met, _ in reached], [points for _, points in reached], 0.0))
        case Count() | Lateness():
            return x * score.each
        case _:
            return x


def rounded(points: ArrayLike) -> Floats:
    """To 4 decimals, halves away from zero, as a spreadsheet and office people round: 76.54275 is 76.5428."""
    scaled = np.asarray(points, float) * 10.0**DECIMALS
    return np.sign(scaled) * np.floor(np.abs(scaled) + 0.5 + NOISE) / 10.0**DECIMALS


def gap_closed(now: ArrayLike, start: ArrayLike, goal: float) -> Floats:
    """(x_t - x_0)/(goal - x_0) within 0-1; 1 where the goal is reached, 0 where it was and is no more."""
    x, first = np.asarray(now, float), np.asarray(start, float)
    gap = goal - first
    closed = np.clip((x - first) / np.where(gap > 0, gap, 1.0), 0.0, 1.0)
    return np.where(np.isnan(x + first), np.nan, np.where(x >= goal, 1.0, np.where(gap > 0, closed, 0.0)))


def path_due(baseline: ArrayLike, baseline_month: ArrayLike, goal: ArrayLike, deadline: int, month: int) -> Floats:
    """Where a straight path from the baseline to the goal stands in a month; months are numbers (methods/months.py)."""
    start, first, end = (np.asarray(part, float) for part in (baseline, baseline_month, goal))
    length = deadline - first
    gone = np.clip((month - first) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    return start + (end - start) * np.where(length > 0, gone, 1.0)


def on_path(share: ArrayLike, baseline: ArrayLike, due: ArrayLike) -> Floats:
    """How much of the way due was gone: (p - p0)/(due - p0) within 0-1; 1 at or above what is due."""
    p, start, line = (np.asarray(part, float) for part in (share, baseline, due))
    way = line - start
    gone = np.clip((p - start) / np.where(way > 0, way, 1.0), 0.0, 1.0)
    return np.where(np.isnan(p + line), np.nan, np.where(p >= line, 1.0, np.where(way > 0, gone, 0.0)))


def _against_leader(x: Floats, target: float, clusters: Sequence[str]) -> Floats:
    found = np.full(len(x), np.nan)
    places = np.asarray(clusters)
    for cluster in set(clusters):
        rows = places == cluster
        known = x[rows][~np.isnan(x[rows])]
        best = known.max() if len(known) else np.nan
        if not target:
            found[rows] = np.clip(x[rows] / best, 0.0, 1.0) if best > 0 else x[rows] * 0.0
            continue
        beyond = (x[rows] - target) / (best - target) if best > target else np.zeros(rows.sum())
        found[rows] = np.where(x[rows] < target, 0.5 * x[rows] / target, 0.5 + 0.5 * beyond)
    return _where_known(x, np.clip(found, 0.0, 1.0))


def _where_known(x: Floats, share: Floats) -> Floats:
    return np.where(np.isnan(x), np.nan, share)


class Ruling(NamedTuple):
    """What an accepted appeal puts in place of a line's points, or of its figure; the other is None."""

    points: float | None
    figure: float | None


# ---- one point more ------------------------------------------------------------------------------------------------


class Raise(NamedTuple):
    """The figure that brings so many points more; of lateness and of goalposts turned round it is a smaller one."""

    figure: float
    gain: float


def raised(
    criterion: Criterion, figure: float, base: float = np.nan, best: float = np.nan, verified: float = 1.0,
    more: float = 1.0,
) -> Raise | None:  # fmt: skip
    """What it takes for `more` points, or for the rest to the maximum: the inverse of `shares`; None at the maximum.

    best: the best figure of the others in the cluster, for what is held against its leader; verified: the share a
    sample check left of the points. Where points come in leaps the nearest leap of at least so many counts, else the
    last. Of a deduction it is points taken off no longer.
    """
    most, score = criterion.points * verified, criterion.score
    is_less = isinstance(score, Lateness)
    share = _share_of(criterion, figure, base, best)
    left = share if is_less else 1.0 - share
    if np.isnan(share) or most <= 0 or left * most < 10.0**-DECIMALS:
        return None
    aim = share + (-1 if is_less else 1) * min(left, more / most)
    needed = _figure_at(criterion, aim, base, best)
    reached = _share_of(criterion, needed, base, best)
    return Raise(needed, abs(reached - share) * most) if reached != share else None


def _share_of(criterion: Criterion, figure: float, base: float, best: float) -> float:
    """`shares` of one unit, beside the best of the others in its cluster."""
    return float(shares(criterion, [figure, best], [base, np.nan], ["", ""])[0])


def _figure_at(criterion: Criterion, share: float, base: float, best: float) -> float:
    """The figure nearest to the one before at which so large a share of the points is reached."""
    match criterion.score:
        case Goalposts(low=low, high=high):
            return high if share >= 1 else low + share * (high - low)
        case Steps(steps=steps):
            enough = [least for least, points in steps if points / criterion.points >= share - 1e-9]
            return enough[0] if enough else steps[-1][0]
        case YesNo(at_least=least):
            return least
        case Count(each=each) | Lateness(each=each):
            return share * criterion.points / each
        case Leader(target=target):
            return _beside_leader(share, target, best)
        case Improvement(goal=goal):
            return goal if share >= 1 or base >= goal else base + share * (goal - base)
        case Manual():
            return share * criterion.points


def _beside_leader(share: float, target: float, best: float) -> float:
    """Whoever passes the leader leads: then all points."""
    half = 0.5 if target else 0.0
    if target and share <= half:
        return 2 * share * target
    if best > target:
        return best if share >= 1 else target + (share - half) / (1 - half) * (best - target)
    return float(np.nextafter(target, np.inf))


# ---- totals --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """Per unit: points earned of the maximum that applies, the same out of the sheet's total, extras and the sum."""

    earned: Floats
    maximum: Floats
    base: Floats
    bonus: Floats
    deduction: Floats
    points: Floats  # NaN for an open sheet, and where nothing applies


def totals(sheet: Sheet, points: Floats, applies: NDArray[np.bool_], is_open: NDArray[np.bool_]) -> Totals:
    """points, applies: units x criteria. What does not apply leaves both sums: base = total * earned / maximum.

    The bonus is capped at the sheet's, the sum never below 0; rounded to 4 decimals.
    """
    kinds = np.array([one.kind for one in sheet.criteria])
    most = np.array([one.points for one in sheet.criteria])
    given = np.where(applies, points, 0.0)
    earned = given[:, kinds == "points"].sum(axis=1)
    maximum = (applies * most)[:, kinds == "points"].sum(axis=1)
    base = of_total(sheet, earned, maximum)
    bonus = np.minimum(given[:, kinds == "bonus"].sum(axis=1), sheet.bonus)
    deduction = given[:, kinds == "deduction"].sum(axis=1)
    whole = np.where(is_open, np.nan, summed(base, bonus - deduction))
    return Totals(earned, maximum, base, bonus, deduction, whole)


def of_total(sheet: Sheet, earned: Floats, maximum: Floats) -> Floats:
    """Points earned of the maximum that applies, out of the sheet's total; NaN where nothing applies."""
    return np.where(maximum > 0, sheet.total * earned / np.where(maximum > 0, maximum, 1.0), np.nan)


def summed(base: Floats, extra: Floats) -> Floats:
    """The base with bonus less deduction: never below 0, 4 decimals."""
    return rounded(np.maximum(base + extra, 0.0))
