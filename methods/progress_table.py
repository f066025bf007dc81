"""The progress rule and the growth-rate rule on an analyst's own table of months."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from methods.columns import Columns, named, number, plain
from methods.growth import compound_growth
from methods.months import month_end, month_from_text, month_of, month_text
from methods.progress import Progress, assess

REQUIRED = ("unit", "month", "numerator", "denominator")
PER_UNIT = ("goal", "deadline", "baseline")


def progress_table(
    columns: Columns,
    *,
    goal: float | None = None,
    deadline: date | None = None,
    baseline: float | None = None,
    today: date | None = None,
    finite: bool = False,
    met_at: float = 0.99,
    dead_months: Sequence[str] = (),
) -> dict[str, list[Any]]:
    """One row per unit: status by our rule (methods.progress) beside the growth-rate rule (methods.growth).

    Input columns, one row per unit and month, cells as text or numbers:
        unit: id; month: YYYY-MM; numerator, denominator: counts, "" = not reported (never zero);
        optional, the same in every row of a unit: goal and baseline (shares 0-1, not percentages), deadline
        (YYYY-MM-DD, or YYYY-MM for the end of that month). A missing column or cell takes the keyword's value.
    today: the day of the judgement; by default the end of the table's latest month. dead_months: YYYY-MM.
    Output: shares 0-1, *_points in percentage points, dates YYYY-MM-DD, None where not computable; rows_left_out
    counts rows of the unit without a usable share. The growth rule takes years from the unit's first month with a
    value (where its baseline is taken to stand) and values in per cent.
    ValueError, naming row or unit, for a missing column, a cell that is no number, a month twice, an unknown deadline.
    """
    columns = named(columns, REQUIRED)
    rows = _rows(columns)
    units = list(dict.fromkeys(unit for unit, *_ in rows))
    if not units:
        return {name: [] for name in OUTPUT}
    first, n, whole = _matrices(rows, units)
    goals = _numbers_per_unit(columns, units, "goal", goal)
    bases = _numbers_per_unit(columns, units, "baseline", baseline)
    deadlines = _deadlines(columns, units, deadline)
    out = {month_from_text(month) for month in dead_months}
    dead = [first + i in out for i in range(n.shape[1])]
    day = today or month_end(first + n.shape[1] - 1)
    ours = assess(
        n, whole, first_month=first, goal=goals, deadline=deadlines, today=day, base=bases, dead=dead,
        finite=finite, met_at=met_at,
    )  # fmt: skip
    own: dict[str, list[Any]] = {"unit": units, "rows_left_out": _left_out(rows, units, n, whole)}
    return own | _ours(ours) | _theirs(ours, n, whole, first, deadlines)


def _left_out(rows: list[tuple[str, int, float, float]], units: list[str], n: np.ndarray, whole: np.ndarray) -> list:
    """Rows of each unit that hold no usable share: not reported, nobody to count, or more than everybody."""
    given = Counter(unit for unit, *_ in rows)
    return [given[unit] - int(used) for unit, used in zip(units, _is_share(n, whole).sum(axis=1), strict=True)]


def _rows(columns: Columns) -> list[tuple[str, int, float, float]]:
    rows, seen = [], set()
    for i, (unit, month, n, whole) in enumerate(zip(*(columns[name] for name in REQUIRED), strict=True), start=1):
        try:
            row = (str(unit).strip(), _month(month), number(n, "numerator"), number(whole, "denominator"))
        except ValueError as error:
            raise ValueError(f"row {i}: {error}") from error
        if row[:2] in seen:
            raise ValueError(f"row {i}: unit {row[0]} has month {month} twice")
        seen.add(row[:2])
        rows.append(row)
    return rows


def _month(cell: Any) -> int:
    try:
        return month_from_text(str(cell))
    except ValueError as error:
        raise ValueError(f"month: {error}") from None


def _matrices(rows: list[tuple[str, int, float, float]], units: list[str]) -> tuple[int, np.ndarray, np.ndarray]:
    months = [month for _, month, _, _ in rows]
    first, place = min(months), {unit: i for i, unit in enumerate(units)}
    n = np.full((len(units), max(months) - first + 1), np.nan)
    whole = n.copy()
    for unit, month, reached, everybody in rows:
        n[place[unit], month - first] = reached
        whole[place[unit], month - first] = everybody
    return first, n, whole


def _cells_per_unit(columns: Columns, units: list[str], name: str) -> list[Any]:
    """The one cell a unit has in a column; "" where it has none. ValueError when its rows differ."""
    found: dict[str, Any] = {}
    for unit, cell in zip(columns["unit"], columns.get(name, [""] * len(columns["unit"])), strict=True):
        text = "" if cell is None else str(cell).strip()
        if text and found.setdefault(str(unit).strip(), text) != text:
            raise ValueError(f"unit {unit}: {name} differs between its rows")
    return [found.get(unit, "") for unit in units]


def _numbers_per_unit(columns: Columns, units: list[str], name: str, default: float | None) -> np.ndarray:
    values = np.array([number(cell, name) for cell in _cells_per_unit(columns, units, name)])
    return np.where(np.isnan(values), np.nan if default is None else default, values)


def _deadlines(columns: Columns, units: list[str], default: date | None) -> np.ndarray:
    days = []
    for unit, cell in zip(units, _cells_per_unit(columns, units, "deadline"), strict=True):
        day = _day(cell) if cell else default
        if day is None:
            raise ValueError(f"unit {unit} has no deadline: give a column or the option")
        days.append(day)
    return np.array(days, dtype="datetime64[D]")


def _day(text: str) -> date:
    try:
        return month_end(month_from_text(text)) if len(text) == 7 else date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"deadline: a day is written YYYY-MM-DD or YYYY-MM, not {text!r}") from None


def _is_share(n: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return (whole > 0) & (n >= 0) & (n <= whole)


# Output column -> field of Progress.
_FIELDS = {
    "share": "share",
    "numerator": "numerator",
    "denominator": "denominator",
    "rounds": "rounds",
    "goal": "goal",
    "baseline": "base",
    "baseline_provisional": "base_provisional",
    "verdict": "verdict",
    "reason": "reason",
    "slope_points_per_month": "slope_points",
    "projection_linear": "linear",
    "projection_logit": "logit",
    "p_hat": "projected",
    "F": "progress_share",
    "R": "pace_ratio",
    "gap_points": "gap_points",
    "left": "left",
    "needed_per_week_from_data": "per_week_from_data",
    "needed_per_week_from_today": "per_week_from_today",
    "pace_per_week": "pace_per_week",
    "change_month_points": "change_month_points",
    "change_year_points": "change_year_points",
    "meets_on": "meets_on",
    "after_deadline_points": "after_deadline_points",
}
_GROWTH = ("growth_verdict", "growth_R", "growth_observed_per_year", "growth_required_per_year")
OUTPUT = ("unit", "rows_left_out", "month", *_FIELDS, *_GROWTH)


def _ours(result: Progress) -> dict[str, list[Any]]:
    months = [month_text(int(month)) if month >= 0 else None for month in result.month]
    return {"month": months} | {name: plain(getattr(result, field)) for name, field in _FIELDS.items()}


def _theirs(result: Progress, n: np.ndarray, whole: np.ndarray, first: int, deadlines: np.ndarray) -> dict[str, Any]:
    known = _is_share(n, whole)
    start = np.where(known.any(axis=1), first + np.argmax(known, axis=1), np.nan)
    value_month = np.where(result.month >= 0, result.month, np.nan)
    growth = compound_growth(
        100 * result.base, start / 12, 100 * result.share, value_month / 12, 100 * result.goal, month_of(deadlines) / 12
    )
    parts = (growth.verdict, growth.ratio, growth.observed, growth.required)
    return {name: plain(part) for name, part in zip(_GROWTH, parts, strict=True)}
