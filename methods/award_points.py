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


def shares(criterion: Criterion, figure: ArrayLike, base: ArrayLike, clusters: Sequence[str]) -> Floats:
    """Share (0-1) of the criterion's points per unit; NaN where the figure (or the base it needs) is not known.

    figure: in the unit of the criterion's parameters; base: the figure before the period, for an improvement;
    clusters: whose leader counts. A manual figure is the points given. A deduction's share is what is taken off.
    """
    x, start, score = np.asarray(figure, float), np.asarray(base, float), criterion.score
    match score:
        case Goalposts():
            return goalposts(x, score.low, score.high)
        case Steps():
            reached = [(x >= least, points / criterion.points) for least, points in reversed(score.steps)]
            return _where_known(x, np.select([met for met, _ in reached], [share for _, share in reached], 0.0))
        case YesNo():
            return _where_known(x, (x >= score.at_least).astype(float))
        case Count() | Lateness():
            return np.clip(x * score.each / criterion.points, 0.0, 1.0)
        case Leader():
            return _against_leader(x, score.target, clusters)
        case Improvement():
            return gap_closed(x, start, score.goal)
        case Manual():
            return np.clip(x / criterion.points, 0.0, 1.0)


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
    base = np.where(maximum > 0, sheet.total * earned / np.where(maximum > 0, maximum, 1.0), np.nan)
    bonus = np.minimum(given[:, kinds == "bonus"].sum(axis=1), sheet.bonus)
    deduction = given[:, kinds == "deduction"].sum(axis=1)
    whole = np.where(is_open, np.nan, np.maximum(base + bonus - deduction, 0.0))
    return Totals(earned, maximum, base, bonus, deduction, np.asarray(np.round(whole, DECIMALS), np.float64))


def places_in(clusters: Sequence[str], keys: Sequence[tuple[float, ...]]) -> list[int]:
    """Standard competition ranking inside each cluster, highest first; 0 where the first key is NaN.

    keys: points, then the tie-breakers in their order.
    """
    known = [(cluster, key) for cluster, key in zip(clusters, keys, strict=True) if not np.isnan(key[0])]
    return [
        0 if np.isnan(key[0]) else 1 + sum(other > key for place, other in known if place == cluster)
        for cluster, key in zip(clusters, keys, strict=True)
    ]
