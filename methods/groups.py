"""Groups with a level and a size, one column per unit: what every measure of equity is computed from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Reduce = Callable[..., Floats]


@dataclass(frozen=True)
class Groups:
    """(groups, units) arrays; a group without a level takes no part. NaN where a unit has no such figure."""

    level: Floats  # y_j, NaN without a level
    share: Floats  # s_j, population shares of the groups with a level; NaN where one of their populations is missing
    known: Bools  # the group has a level
    count: Floats  # (units,) J, groups with a level
    mean: Floats  # (units,) mu = sum s_j * y_j
    lowest: Floats  # (units,)
    highest: Floats  # (units,)
    best: Floats  # (units,) the highest level where high is good, else the lowest
    reference: Floats  # (units,) y_ref: the chosen group's level, mu where none is chosen
    is_favourable: Bools  # (units,) a high level is good


def groups(level: Floats, population: Floats, chosen: Bools, is_favourable: Bools) -> Groups:
    """Levels and populations, (groups, units), with what all measures share; `chosen` marks the reference group."""
    known = ~np.isnan(level)
    weight = np.where(known, population, 0.0)
    share = over(weight, weight.sum(axis=0))
    lowest, highest = end(level, np.inf, np.min), end(level, -np.inf, np.max)
    mean = average(level, share, known)
    is_chosen = chosen.any(axis=0)
    reference = np.where(is_chosen, total(level, chosen), mean)
    return Groups(
        level, share, known, known.sum(axis=0).astype(float), mean, lowest, highest,
        np.where(is_favourable, highest, lowest), reference, is_favourable,
    )  # fmt: skip


def over(part: Floats, whole: Floats) -> Floats:
    """part / whole, NaN where whole is 0."""
    possible = whole != 0
    return np.where(possible, part, np.nan) / np.where(possible, whole, 1.0)


def total(values: Floats, use: Bools) -> Floats:
    """Sum over the groups in use."""
    return np.where(use, values, 0.0).sum(axis=0)


def average(values: Floats, share: Floats, known: Bools) -> Floats:
    """sum s_j * v_j, kept between the lowest and the highest so that equal values give exactly their value."""
    used = np.where(known, values, np.nan)
    summed = total(share * values, known)
    summed = np.where(known.any(axis=0), summed, np.nan)
    return np.clip(summed, end(used, np.inf, np.min), end(used, -np.inf, np.max))


def end(values: Floats, absent: float, of: Reduce) -> Floats:
    """The lowest or highest of the values there are, NaN where there is none."""
    found = of(np.where(np.isnan(values), absent, values), axis=0, initial=absent)
    return np.where(np.isinf(found), np.nan, found)
