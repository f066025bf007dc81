"""The rules that make places, grades and awards of one cluster's whole sheets, for one or many weights at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from definitions.award_rules import Award, Sheet
from methods.composite import Floats

NOISE = 1e-9  # what floats leave behind of a share
Ints = NDArray[np.int64]
Grid = NDArray[np.bool_]


class Standings(NamedTuple):
    """Per weight and commune: place, number of the grade (the best is 0) and of the award (-1: none).

    is_tied: the commune shares the last place its award has room for, and not all who share it would fit.
    """

    places: Ints
    grades: Ints
    awards: Ints
    is_tied: Grid


def standings(sheet: Sheet, size: int, totals: Floats, ties: Sequence[Floats], met: Grid) -> Standings:
    """The standings of a cluster's whole sheets; every array is weights x communes.

    size: the cluster's communes, those with open sheets too: quotas and rooms are shares of it. ties: points of the
    tie-breakers in their order; met: `limits_met`, one limit more behind.
    """
    places = places_of([totals, *ties])
    grades = _grades(sheet, size, totals, met, places)
    return Standings(places, grades, *_awards(sheet, size, grades, is_barred(sheet, met), places))


def places_of(keys: Sequence[Floats]) -> Ints:
    """Standard competition ranking by the first key, highest first, level ones by the next."""
    shape = (*keys[0].shape, keys[0].shape[1])
    above, level = np.zeros(shape, bool), np.ones(shape, bool)
    for key in keys:
        one, other = key[:, :, None], key[:, None, :]
        above, level = above | (level & (other > one)), level & (other == one)
    return 1 + above.sum(axis=2)


def limits_met(sheet: Sheet, share: Floats) -> Grid:
    """Which caps and vetoes are met: share (..., criteria), NaN where one does not apply -> (..., limits).

    On the line is not below it, whatever floats leave behind.
    """
    ids = [one.id for one in sheet.criteria]
    columns = [ids.index(one.criterion) for one in sheet.limits]
    below = np.array([one.below for one in sheet.limits])
    return np.asarray(np.nan_to_num(share, nan=1.0)[..., columns] < below - NOISE, bool)


def is_barred(sheet: Sheet, met: Grid) -> Grid:
    """Whether a veto is met: no award at all."""
    return np.asarray(met[..., [not one.at_most for one in sheet.limits]].any(axis=-1), bool)


def room(award: Award, size: int) -> int:
    """How many of a cluster may have an award."""
    return int(award.in_cluster if award.in_cluster >= 1 else award.in_cluster * size + NOISE)


def _grades(sheet: Sheet, size: int, totals: Floats, met: Grid, places: Ints) -> Ints:
    """By points, capped by limits; those beyond a quota one lower, those level with the last one keep it."""
    order = [grade.id for grade in sheet.grades]
    found: Ints = np.stack([totals < grade.least for grade in sheet.grades]).sum(axis=0).clip(max=len(order) - 1)
    for number, limit in enumerate(sheet.limits):
        if limit.at_most:
            found = np.where(met[..., number], np.maximum(found, order.index(limit.at_most)), found)
    for number, grade in enumerate(sheet.grades[:-1]):
        if grade.quota is not None:
            is_beyond = _better(found == number, places) >= int(grade.quota * size + NOISE)
            found = np.where((found == number) & is_beyond, number + 1, found)
    return found


def _awards(sheet: Sheet, size: int, grades: Ints, barred: Grid, places: Ints) -> tuple[Ints, Grid]:
    """The best award first; whoever is level with the last one there is room for has it too."""
    found, tied = np.full(grades.shape, -1), np.zeros(grades.shape, bool)
    order = [grade.id for grade in sheet.grades]
    for number, award in enumerate(sheet.awards):
        is_free = (found < 0) & (grades <= order.index(award.grade)) & ~barred
        given = is_free & (_better(is_free, places) < room(award, size))
        found = np.where(given, number, found)
        last = np.where(given, places, 0).max(axis=1, keepdims=True, initial=0)
        tied |= given & (given.sum(axis=1, keepdims=True) > room(award, size)) & (places == last)
    return found, tied


def _better(among: Grid, places: Ints) -> Ints:
    """Per weight and commune how many of those among have a better place."""
    better: Ints = (among[:, None, :] & (places[:, None, :] < places[:, :, None])).sum(axis=2)
    return better
