"""What the tables of a workbook come to: cells to store, cells held back, rows passed over."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from definitions.load import definitions
from etl.landing import CELLS, HeldCell, Ignored
from etl.workbook.cells import is_blank, text
from etl.workbook.figures import Reading


def cells(readings: Iterable[Reading]) -> pa.Table:
    """The stored lines of all tables, one row per cell (LANDING_SCHEMA), column after column.

    What a line or a column says of itself is made an array once and then repeated.
    """
    of_lines: dict[str, list[pa.Array]] = {name: [] for name in _OF_LINE}
    of_columns: dict[str, list[str]] = {name: [] for name in _OF_COLUMN}
    heights, numbers, written = list[int](), list[int | None](), list[str | None]()
    for reading in readings:
        kept, ids = reading.kept, [*reading.numbers, *reading.texts]
        for name, told in _lines_of(reading).items():
            of_lines[name] += [_array(name, told)] * len(ids)
        of_lines["row"] += _rows(reading, ids)
        of_lines["unchanged"] += _ticked(reading)
        for id in ids:
            heights.append(len(kept))
            for name, told_of_column in _column_of(reading, id).items():
                of_columns[name].append(told_of_column)
            numbers += _of(reading.numbers.get(id), kept)
            written += _of(reading.texts.get(id), kept)
    if not heights:
        return CELLS.empty_table()
    arrays = {name: pa.concat_arrays(found) for name, found in of_lines.items()}
    arrays |= {name: _of_columns(told, heights) for name, told in of_columns.items()}
    arrays |= {"value": _array("value", numbers), "text": _array("text", written)}
    return pa.table({name: arrays[name] for name in CELLS.names})


_TYPES = dict(zip(CELLS.names, CELLS.types, strict=True))
_OF_LINE = ("row", "village_id", "village_name", "dimension", "category", "unchanged")
_OF_COLUMN = ("form_sheet", "sheet", "column", "measure")


def _array(name: str, told: list[Any]) -> pa.Array:
    return pa.array(told, _TYPES[name])


def _of_columns(told: list[str], heights: list[int]) -> pa.DictionaryArray:
    """What each column says of itself, as often as it has cells."""
    places = {word: place for place, word in enumerate(dict.fromkeys(told))}
    indices = np.repeat(np.array([places[word] for word in told], dtype=np.int32), heights)
    return pa.DictionaryArray.from_arrays(indices, pa.array(places, pa.large_string()))


def _lines_of(reading: Reading) -> dict[str, list[Any]]:
    kept = reading.kept
    return {
        "village_id": _of(reading.ids, kept),
        "village_name": _of(reading.names, kept),
        "dimension": [reading.categories[i][0] for i in kept],
        "category": [reading.categories[i][1] for i in kept],
    }


def _rows(reading: Reading, ids: list[str]) -> list[pa.Array]:
    """Column by column the rows, as Excel counts, in which the lines' cells stand."""
    if reading.sheet.places:
        return [_array("row", [reading.row(position, id) for position in reading.kept]) for id in ids]
    return [_array("row", [reading.data[i] + 1 for i in reading.kept])] * len(ids)


def _ticked(reading: Reading) -> list[pa.Array]:
    """Column by column whether a line is ticked as unchanged; the tick speaks of stocks alone."""
    ticks, never = (_array("unchanged", t) for t in (_of(reading.ticks, reading.kept), [False] * len(reading.kept)))
    stocks = {id for id in reading.numbers if definitions().measures[id].kind == "stock"}
    return [ticks if id in stocks else never for id in (*reading.numbers, *reading.texts)]


def _column_of(reading: Reading, id: str) -> dict[str, str]:
    names = {"form_sheet": reading.table.form_sheet, "sheet": reading.sheet.name}
    return {**names, "column": reading.letter(id), "measure": id}


def _of(column: list[Any] | None, kept: Sequence[int]) -> list[Any]:
    if column is None:
        return [None] * len(kept)
    return column if len(kept) == len(column) else [column[i] for i in kept]


def held_cells(reading: Reading) -> Iterator[HeldCell]:
    """What stood in the lines held back, cell by cell, for the packet that goes back to the sender."""
    for position in sorted(reading.held):
        for id, column in reading.columns.items():
            cell = reading.cell(position, id)
            if column.kind in ("village_id", "village_name") or is_blank(cell):
                continue
            named = reading.ids[position], reading.names[position]
            row, at = reading.row(position, id), reading.letter(id)
            yield HeldCell(reading.table.form_sheet, reading.sheet.name, row, at, *named, id, text(cell))


def rows_stored(reading: Reading) -> int:
    """How many rows of the sheet have their cells in the values."""
    return sum(len(reading.rows(position)) for position in reading.kept) if reading.numbers or reading.texts else 0


def passed_over(reading: Reading) -> Iterator[Ignored]:
    """The rows without figures of their own; of a record down a column also labels said twice, and where it is held
    back those nothing was written beside.
    """
    own = {row for position in range(len(reading.data)) for row in reading.rows(position)}
    kinds = {row: "repeat" for row, _ in reading.sheet.places if row not in own and reading.data}
    if reading.held and reading.sheet.places:
        told = {said.row for said in reading.letters if said.severity == "held"}
        told |= {cell.row for cell in held_cells(reading)}
        kinds |= {row: "blank_entry" for row in sorted(own) if row + 1 not in told}
    for row, kind in (reading.ignored | kinds).items():
        yield Ignored(reading.sheet.name, row + 1, kind)
