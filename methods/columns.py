"""Cells of an analyst's own table, as text or numbers; a fault names its row and column."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, Sequence[Any]]

# A column may also be headed by its symbol in the formulas.
COUNTS = ("numerator", "denominator", "interactions")
SYMBOLS = {"n": "numerator", "N": "denominator", "p": "coverage", "w": "group_share"}


def named(columns: Columns, required: Sequence[str]) -> dict[str, Sequence[Any]]:
    """The columns under their full names; ValueError where one is missing or stands there twice."""
    twice = [f"{full} and {short}" for short, full in SYMBOLS.items() if short in columns and full in columns]
    if twice:
        raise ValueError(f"the same column twice: {', '.join(twice)}")
    full = {SYMBOLS.get(name, name): cells for name, cells in columns.items()}
    missing = [name for name in required if name not in full]
    if missing:
        raise ValueError(f"missing column: {', '.join(missing)}; needed: {', '.join(required)}")
    return full


def number(cell: Any, name: str) -> float:
    """A figure of the column `name`; NaN for an empty cell or NA. Text is read with a decimal point, nothing else: in a
    column that counts "1.986" may have meant 1986, so it is no figure.
    """
    if cell is None or (isinstance(cell, str) and cell.strip() in ("", "NA")):
        return float("nan")
    try:
        value = float(cell)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: {cell!r} is not a number (decimal point, no thousands mark)") from None
    if np.isinf(value):
        raise ValueError(f"{name}: {cell!r} is not a finite number")
    if name in COUNTS and not np.isnan(value) and not value.is_integer():
        raise ValueError(f"{name}: {cell!r} is not a whole number (a count, no thousands mark)")
    return value


def numbers(columns: Columns, name: str, rows: int, low: float = -np.inf, high: float = np.inf) -> NDArray[np.float64]:
    """A column as numbers, NaN where a cell is empty or the column missing; ValueError outside [low, high]."""
    values = np.full(rows, np.nan)
    for i, cell in enumerate(columns.get(name, ())):
        try:
            values[i] = number(cell, name)
        except ValueError as error:
            raise ValueError(f"row {i + 1}: {error}") from error
        if values[i] < low or values[i] > high:
            raise ValueError(f"row {i + 1}: {name}: {cell} is not between {low:g} and {high:g}")
    return values


def times(columns: Columns, name: str, rows: int) -> NDArray[np.datetime64]:
    """A column of days or moments (YYYY-MM-DD, or with HH:MM), NaT where a cell is empty or the column missing."""
    values = np.full(rows, "NaT", "datetime64[m]")
    for i, cell in enumerate(columns.get(name, ())):
        text = "" if cell is None else str(cell).strip()
        try:
            values[i] = (
                np.datetime64(datetime.fromisoformat(text).replace(second=0, microsecond=0), "m") if text else values[i]
            )
        except (ValueError, TypeError):
            raise ValueError(f"row {i + 1}: {name}: a day is written YYYY-MM-DD, not {text!r}") from None
    return values


def names(columns: Columns, name: str, rows: int, default: str) -> NDArray[np.str_]:
    """A column of names, or one name for every row where the table has no such column."""
    return np.array(texts(columns, name) if name in columns else [default] * rows, dtype=str)


def texts(columns: Columns, name: str) -> list[str]:
    """A column of names; ValueError where a cell is empty."""
    cells = ["" if cell is None else str(cell).strip() for cell in columns[name]]
    if "" in cells:
        raise ValueError(f"row {cells.index('') + 1}: {name}: the cell is empty")
    return cells


def plain(values: NDArray[Any]) -> list[Any]:
    """Python values, None for NaN and NaT, dates as text."""
    if values.dtype.kind == "M":
        return [None if np.isnat(day) else str(day) for day in values]
    return [None if isinstance(value, float) and np.isnan(value) else value for value in values.tolist()]
