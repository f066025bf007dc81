"""The gap between two groups' rates, split into where they live and how they fare in the same place (Kitagawa)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from methods.columns import Columns, named, numbers, texts
from methods.groups import Bools, Floats, over, total

EVERYBODY = "all"


@dataclass(frozen=True)
class Split:
    """gap = composition + within, in the unit of the rates; NaN where a group has nobody in the places that count."""

    rate_a: Floats  # (cases,) rate of group A over the places that count
    rate_b: Floats
    gap: Floats  # rate_a - rate_b
    composition: Floats  # due to where people live
    within: Floats  # difference inside the same place
    composition_by_place: Floats  # (places, cases), adds up to composition
    within_by_place: Floats  # (places, cases), adds up to within
    # The same sum as composition_by_place, each place's level counted from the mean of the two rates: a place carries
    # part of the gap only where its level differs from the others'. Use it to name the places that carry most.
    composition_from_mean: Floats
    left_out: Bools  # (places, cases) a group lives there and its rate is missing


def kitagawa(size_a: ArrayLike, rate_a: ArrayLike, size_b: ArrayLike, rate_b: ArrayLike) -> Split:
    """Kitagawa's two components of the gap between groups A and B over places c, for many cases (months) at once.

    composition = sum (a_c - b_c)(x_c + y_c)/2; within = sum (x_c - y_c)(a_c + b_c)/2, with a_c, b_c the shares of
    each group's people living in c, x_c, y_c their rates there. sizes and rates: (places,) or (places, cases).
    Where one group has nobody in c its rate there is taken as the other's: all composition. A place where somebody
    lives and the rate is missing is left out for both groups.
    Source: Kitagawa 1955, JASA 50, 1168-1194; Das Gupta 1993, Current Population Reports P23-186.
    """
    sizes = [_cases(values) for values in (size_a, size_b)]
    rates = [_cases(values) for values in (rate_a, rate_b)]
    known = [(size == 0) | ~np.isnan(size + rate) for size, rate in zip(sizes, rates, strict=True)]
    counts = known[0] & known[1]
    n, m = (np.where(counts, size, 0.0) for size in sizes)
    a, b = over(n, n.sum(axis=0)), over(m, m.sum(axis=0))
    x, y = (np.where(counts & (size > 0), rate, 0.0) for size, rate in zip((n, m), rates, strict=True))
    x, y = np.where(n > 0, x, y), np.where(m > 0, y, x)
    some, others = n.sum(axis=0) > 0, m.sum(axis=0) > 0
    first, second = _sum(a * x, counts, some), _sum(b * y, counts, others)
    return Split(
        rate_a=first,
        rate_b=second,
        gap=first - second,
        composition=_sum((a - b) * (x + y) / 2, counts, some & others),
        within=_sum((x - y) * (a + b) / 2, counts, some & others),
        composition_by_place=np.where(counts, (a - b) * (x + y) / 2, np.nan),
        within_by_place=np.where(counts, (x - y) * (a + b) / 2, np.nan),
        composition_from_mean=np.where(counts, (a - b) * ((x + y) / 2 - (first + second) / 2), np.nan),
        left_out=~counts,
    )


def _sum(values: Floats, counts: Bools, there: Bools) -> Floats:
    """Sum over the places that count, NaN where nobody is there."""
    return np.where(there, total(values, counts), np.nan)


def _cases(values: ArrayLike) -> Floats:
    array = np.asarray(values, float)
    return array[:, None] if array.ndim == 1 else array


def decompose_table(columns: Columns, *, first: str | None = None, second: str | None = None) -> dict[str, Any]:
    """Kitagawa's split of an analyst's own table: the sums, and one entry per unit in the order of the table.

    Input columns, one row per unit and group: unit, group: names; denominator: the group's people or households there
    (no row or 0: nobody); numerator: how many of them are reached, or rate: their rate in any unit (empty: not known,
    never zero). first, second: names of the groups; by default the two of the table, in its order. With more than two
    the second is by default everybody of the table ("all").
    Output: rates, gap, composition, within as shares 0-1 (in the unit of `rate` where that is given), None where not
    computable, with the reason. left_out: units where a figure of one of the two is missing.
    ValueError, naming row and column, for what cannot be read.
    """
    table = named(columns, ("unit", "group", "denominator"))
    units, groups_there, size, reached = _cells(table)
    a, b = _two(list(dict.fromkeys(groups_there)), first, second)
    sides = [_side(name, units, groups_there, size, reached) for name in (a, b)]
    split = kitagawa(*sides[0], *sides[1])
    rates = {"first": split.rate_a[0], "second": split.rate_b[0]}
    reason = next((f"nobody_in_{side}" for side, rate in rates.items() if np.isnan(rate)), "")
    return _answer(a, b, list(dict.fromkeys(units)), split, sides, reason, "numerator" in table)


def _cells(table: dict[str, Sequence[Any]]) -> tuple[list[str], list[str], Floats, Floats]:
    """(units, groups, people, people reached) by row."""
    units, names = texts(table, "unit"), texts(table, "group")
    size = numbers(table, "denominator", len(units), low=0)
    if ("rate" in table) == ("numerator" in table):
        raise ValueError("missing column: numerator or rate, one of the two")
    reached = numbers(table, "numerator", len(units), low=0)
    if "rate" in table:
        reached = numbers(table, "rate", len(units)) * size
    seen: set[tuple[str, str]] = set()
    for i, key in enumerate(zip(units, names, strict=True)):
        if key in seen:
            raise ValueError(f"row {i + 1}: group: unit {key[0]} has group {key[1]} twice")
        if "numerator" in table and reached[i] > size[i]:
            raise ValueError(f"row {i + 1}: numerator: {reached[i]:g} of {size[i]:g} is more than everybody")
        seen.add(key)
    return units, names, size, reached


def _two(names: list[str], first: str | None, second: str | None) -> tuple[str, str]:
    for name in (first, second):
        if name not in (None, EVERYBODY, *names):
            raise ValueError(f"group {name} is not in the table; it has {', '.join(names)}")
    if first is None and len(names) != 2:
        raise ValueError(f"the table has {len(names)} groups, choose the first: {', '.join(names)}")
    a = first or next(name for name in names if name != second)
    others = [name for name in names if name != a]
    b = second or (others[0] if len(names) == 2 and others else EVERYBODY)
    if a == b:
        raise ValueError(f"group {a} cannot be compared with itself")
    return a, b


def _side(name: str, units: list[str], names: list[str], size: Floats, reached: Floats) -> tuple[Floats, Floats]:
    """(people, rate) of one group, or of everybody, in each unit."""
    place = {unit: i for i, unit in enumerate(dict.fromkeys(units))}
    people, sums = np.zeros(len(place)), np.zeros(len(place))
    for i, (unit, group) in enumerate(zip(units, names, strict=True)):
        if name in (EVERYBODY, group) and size[i] != 0:
            people[place[unit]] += size[i]
            sums[place[unit]] += reached[i]
    return people, over(sums, people)


def _answer(
    a: str, b: str, units: list[str], split: Split, sides: list[Any], reason: str, is_share: bool
) -> dict[str, Any]:
    def figure(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    sums = ("rate_a", "rate_b", "gap", "composition", "within")
    parts = {"composition": split.composition_by_place, "within": split.within_by_place}
    parts |= {"composition_from_mean": split.composition_from_mean}
    rates = {"rate_a": sides[0][1], "rate_b": sides[1][1], "size_a": sides[0][0], "size_b": sides[1][0]}
    return {
        "first": a,
        "second": b,
        "rates": "shares" if is_share else "as given",
        **{name: None if reason else figure(getattr(split, name)[0]) for name in sums},
        "reason": reason,
        "left_out": [unit for unit, out in zip(units, split.left_out[:, 0], strict=True) if out],
        "units": [
            {"unit": unit}
            | {name: figure(values[i]) for name, values in rates.items()}
            | {name: None if reason else figure(values[i, 0]) for name, values in parts.items()}
            for i, unit in enumerate(units)
        ],
    }
