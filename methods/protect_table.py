"""Protection and attack on an analyst's own table of small cells."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from methods import attack
from methods.lattice import Lattice, lattice
from methods.protect import REASONS, protect

REQUIRED = ("unit", "category", "numerator", "denominator")
OUTPUT = (*REQUIRED, "numerator_reason", "denominator_reason")
WHOLE, PART = "denominator", "numerator"
RELATIONS = ({1: 1, 0: -1},)
Columns = Mapping[str, Sequence[Any]]
Cells = dict[tuple[str, str], tuple[int | None, int | None]]  # unit, category -> denominator, numerator


def protect_table(columns: Columns) -> dict[str, list[Any]]:
    """Which counts to hide (methods.protect): one row per unit and category, larger units and totals included.

    Input columns, one row per unit and category: unit, category; numerator, denominator: counts of households, each in
    one category; optional part_of: the larger units the unit is part of, with blanks between. Output: the same with
    None where hidden, and the reason of each hidden count (REASONS). ValueError names the row at fault.
    """
    cells, parts = _cells(columns, may_be_hidden=False), _parts(columns)
    if not cells:
        return {name: [] for name in OUTPUT}
    units, categories = sorted({unit for unit, _ in cells}), sorted({category for _, category in cells})
    values = np.zeros((len(units), len(categories), 2), np.int64)
    for (unit, category), counts in cells.items():
        values[units.index(unit), categories.index(category)] = [count or 0 for count in counts]
    member = [[unit in communes for unit in units] for communes in parts.values()]
    cube = lattice(values, np.array(member, bool).reshape(len(parts), len(units)), RELATIONS)
    return _shown(cube, [*units, *parts], categories)


def _shown(cube: Lattice, units: list[str], categories: list[str]) -> dict[str, list[Any]]:
    reason = protect(cube).reason
    rows = []
    for place, unit in enumerate(units):
        whole, part = cube.totals[place].tolist()
        rows.append((unit, attack.TOTAL, part, whole, "", ""))
        for group in np.flatnonzero(cube.cells[place]):
            (whole, part), (why_whole, why_part) = cube.values[place, group].tolist(), reason[place, group].tolist()
            counts = (None if why_part else part, None if why_whole else whole)
            rows.append((unit, categories[group], *counts, REASONS[why_part], REASONS[why_whole]))
    return {name: list(column) for name, column in zip(OUTPUT, zip(*rows, strict=True), strict=True)}


def attack_table(columns: Columns) -> dict[str, list[Any]]:
    """What the shown counts tell about the hidden ones (methods.attack): one row per hidden count, or complement.

    Input columns as protect_table gives them: unit, category ("": the unit's total), numerator, denominator (""
    where hidden), a row for every total and larger unit; optional part_of. Output: measure is numerator, denominator or
    their difference; low, high: the least and the most it can be; values: how many whole values that leaves; told: the
    totals alone leave no more. ValueError names the row at fault, or says that the table contradicts itself.
    """
    table: dict[attack.Key, int | None] = {}
    for (unit, category), (whole, part) in _cells(columns, may_be_hidden=True).items():
        table[unit, category, WHOLE], table[unit, category, PART] = whole, part
    rules = attack.Rules(_parts(columns), [{PART: 1, WHOLE: -1}], WHOLE)
    found = attack.attack([table], rules, exactly=True)
    rows = [(*one.key, one.low, one.high, one.values, one.told) for one in found]
    names = ("unit", "category", "measure", "low", "high", "values", "told")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _cells(columns: Columns, may_be_hidden: bool) -> Cells:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise ValueError(f"missing column: {', '.join(missing)}; needed: {', '.join(REQUIRED)}")
    cells: Cells = {}
    for row, (unit, category, part, whole) in enumerate(zip(*(columns[name] for name in REQUIRED), strict=True), 1):
        key = (str(unit).strip(), str(category).strip())
        counts = (_count(row, WHOLE, whole, may_be_hidden), _count(row, PART, part, may_be_hidden))
        if key in cells:
            raise ValueError(f"row {row}: unit {key[0]} has category {key[1]!r} twice")
        if None not in counts and counts[1] > counts[0]:  # type: ignore[operator]
            raise ValueError(f"row {row}: numerator {counts[1]} is more than denominator {counts[0]}")
        cells[key] = counts
    return cells


def _count(row: int, name: str, cell: Any, may_be_hidden: bool) -> int | None:
    text = "" if cell is None else str(cell).strip()
    if may_be_hidden and not text:
        return None
    if not text.isdecimal():
        raise ValueError(f"row {row}: {name}: {cell!r} is not a count")
    return int(text)


def _parts(columns: Columns) -> dict[str, list[str]]:
    """larger unit -> its units, both in alphabetical order."""
    parts: dict[str, set[str]] = {}
    for unit, larger in zip(columns["unit"], columns.get("part_of", [""] * len(columns["unit"])), strict=True):
        for name in str(larger or "").split():
            parts.setdefault(name, set()).add(str(unit).strip())
    return {name: sorted(parts[name]) for name in sorted(parts)}
