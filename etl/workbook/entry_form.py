"""Reads what our own entry forms have in common: the facts on the first sheet, the columns by their headers."""

from collections.abc import Mapping

from definitions.spelling import fold
from etl.workbook.cells import Cell, is_empty, text
from etl.workbook.grid import Sheet

HEADER_WITHIN = 20  # rows looked at for the header


def facts(sheet: Sheet) -> dict[str, str]:
    """What stands beside each label of the first column, by the folded label."""
    pairs = [(row[0], row[1]) for row in sheet.rows if len(row) > 1 and isinstance(row[0], str) and row[0]]
    return {fold(text(label)): text(value) for label, value in reversed(pairs)}


def header(sheet: Sheet, columns: Mapping[str, str], needed: tuple[str, ...]) -> tuple[int, dict[str, int]] | None:
    """The header's row and where each column stands, from 0; None where the needed ones do not stand in one row."""
    meant = {fold(name): id for id, name in columns.items()}
    for top, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        found = {id: at for at, cell in enumerate(row) if isinstance(cell, str) and (id := meant.get(fold(text(cell))))}
        if all(id in found for id in needed):
            return top, found
    return None


def doubled(sheet: Sheet, top: int, columns: Mapping[str, str]) -> set[str]:
    """The columns whose header stands in that row more than once: which one is meant nobody can tell."""
    told = [fold(text(cell)) for cell in sheet.rows[top] if isinstance(cell, str)]
    return {id for id, name in columns.items() if told.count(fold(name)) > 1}


def is_hidden(sheet: Sheet, row: int, column: int) -> bool:
    """Whether somebody who opens or prints the workbook does not see a cell."""
    return sheet.is_hidden or row in sheet.hidden_rows or column in sheet.hidden_columns


def filled(sheet: Sheet) -> list[int]:
    """The rows of a sheet that hold something, as Excel counts them."""
    return [number for number, row in enumerate(sheet.rows, 1) if not is_empty(row)]


def cell(sheet: Sheet, row: int, column: int | None) -> Cell:
    """A cell by its place from 0, "" outside the sheet and for a column the form does not have."""
    cells = sheet.rows[row]
    return cells[column] if column is not None and column < len(cells) else ""


def is_merged(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a cell is one with others."""
    return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in sheet.merges)
