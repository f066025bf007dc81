"""The measures of equity on an analyst's own table, in the upload template of WHO HEAT Plus."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from methods.columns import Columns, named, numbers, texts
from methods.equity import MEASURES, Measure, equity
from methods.groups import Floats

REQUIRED = ("subgroup", "estimate")
# Columns of the template with a default, and those of it that no measure uses.
OPTIONAL = {"se": np.nan, "population": np.nan, "subgroup_order": np.nan, "reference_subgroup": 0.0}
PER_ANSWER = {"favourable_indicator": 1.0, "indicator_scale": 100.0, "ordered_dimension": 0.0}
FLAGS = ("favourable_indicator", "ordered_dimension")
UNUSED = ("ci_lb", "ci_ub", "setting_average", "flag", "update")

Table = dict[str, Sequence[Any]]


@dataclass(frozen=True)
class Answer:
    """The measures of one combination, as {"d": {"estimate", "lower", "upper"}, "r": ...}, and what they stand on."""

    where: dict[str, str]  # the other columns' values; empty where the table has none
    scale: float
    is_favourable: bool
    is_ordered: bool
    has_reference: bool
    measures: dict[str, dict[str, Any]]  # None where not computable, then with "reason"


def equity_table(columns: Columns) -> list[Answer]:
    """One answer per combination of the other columns, in the order of the table.

    Input columns, one row per subgroup: subgroup: name; estimate: level in the unit of indicator_scale (empty: not
    known); population: people or households (0: no such group); se: standard error of the estimate;
    subgroup_order: 1 = most disadvantaged; reference_subgroup: 1 for the group all are compared with;
    the same in every row of a combination: favourable_indicator (1: high is good, default; 0), indicator_scale
    (default 100: per cent), ordered_dimension (1; 0 default). ci_lb, ci_ub, setting_average, flag, update are not
    used. Any other column (setting, date, indicator_abbr, dimension ...) tells combinations apart.
    ValueError, naming row and column, for what cannot be read.
    """
    table = named(columns, REQUIRED)
    keys = [name for name in table if name not in (*REQUIRED, *OPTIONAL, *PER_ANSWER, *UNUSED)]
    rows = len(table["estimate"])
    figures = _figures(table, rows)
    combinations: dict[tuple[str, ...], list[int]] = {}
    for i in range(rows):
        combinations.setdefault(tuple(str(table[key][i]).strip() for key in keys), []).append(i)
    if 1 < rows == len(combinations):
        raise ValueError(
            f"row 2: no two subgroups share the same {', '.join(keys)}; leave out what differs by subgroup"
        )
    _check(table, figures, list(combinations.values()))
    return _answers(figures, keys, combinations)


def _figures(table: Table, rows: int) -> dict[str, Floats]:
    flags = {"reference_subgroup", *FLAGS}
    figures = {"estimate": numbers(table, "estimate", rows, low=0)}
    for name, default in (OPTIONAL | PER_ANSWER).items():
        values = numbers(table, name, rows, low=0, high=1 if name in flags else np.inf)
        bad = np.flatnonzero((name in flags) & ~np.isnan(values) & ~np.isin(values, (0, 1)))
        if len(bad):
            raise ValueError(f"row {bad[0] + 1}: {name}: {table[name][bad[0]]} is neither 0 nor 1")
        figures[name] = np.where(np.isnan(values), default, values)
    return figures


def _check(table: Table, figures: dict[str, Floats], combinations: list[list[int]]) -> None:
    names = texts(table, "subgroup")
    for rows in combinations:
        for name in PER_ANSWER:
            for i in rows[1:]:
                if figures[name][i] != figures[name][rows[0]]:
                    raise ValueError(
                        f"row {i + 1}: {name}: {figures[name][i]:g} here, {figures[name][rows[0]]:g} before"
                    )
        _check_once(rows, [names[i] for i in rows], "subgroup")
        chosen = [i for i in rows if figures["reference_subgroup"][i] == 1]
        _check_once(chosen, ["1"] * len(chosen), "reference_subgroup")
        places = [
            i for i in rows if figures["ordered_dimension"][i] == 1 and not np.isnan(figures["subgroup_order"][i])
        ]
        _check_once(places, [f"{figures['subgroup_order'][i]:g}" for i in places], "subgroup_order")
        if figures["indicator_scale"][rows[0]] == 0:
            raise ValueError(f"row {rows[0] + 1}: indicator_scale: the scale is above 0")


def _check_once(rows: list[int], cells: list[str], name: str) -> None:
    """ValueError at the row where a cell comes again."""
    seen: set[str] = set()
    for i, cell in zip(rows, cells, strict=True):
        if cell in seen:
            raise ValueError(f"row {i + 1}: {name}: {cell} stands there twice")
        seen.add(cell)


def _answers(
    figures: dict[str, Floats], keys: list[str], combinations: dict[tuple[str, ...], list[int]]
) -> list[Answer]:
    found = _measures(figures, list(combinations.values()))
    answers = []
    for unit, (values, rows) in enumerate(combinations.items()):
        scale, favourable, ordered = (float(figures[name][rows[0]]) for name in ("indicator_scale", *FLAGS))
        has_reference = bool((figures["reference_subgroup"][rows] == 1).any())
        measures = {name: _plain(found[name], unit) for name in MEASURES}
        where = dict(zip(keys, values, strict=True))
        answers.append(Answer(where, scale, favourable == 1, ordered == 1, has_reference, measures))
    return answers


def _measures(figures: dict[str, Floats], combinations: list[list[int]]) -> dict[str, Measure]:
    """The measures of all combinations at once; one has as many groups as it has rows, the rest is nobody."""
    most = max((len(rows) for rows in combinations), default=0)

    def table(name: str, absent: float) -> Floats:
        cells = np.full((most, len(combinations)), absent)
        for unit, rows in enumerate(combinations):
            cells[: len(rows), unit] = figures[name][rows]
        return cells

    firsts = [rows[0] for rows in combinations]
    return equity(
        table("estimate", np.nan), table("population", 0.0), se=table("se", np.nan),
        order=table("subgroup_order", np.nan), reference=table("reference_subgroup", 0.0),
        favourable=figures["favourable_indicator"][firsts], scale=figures["indicator_scale"][firsts],
        is_ordered=figures["ordered_dimension"][firsts],
    )  # fmt: skip


def _plain(measure: Measure, unit: int) -> dict[str, Any]:
    parts = {part: float(getattr(measure, part)[unit]) for part in ("estimate", "lower", "upper")}
    figures: dict[str, Any] = {part: None if np.isnan(value) else value for part, value in parts.items()}
    reason = str(measure.reason[unit])
    return figures | ({"reason": reason} if reason else {})
