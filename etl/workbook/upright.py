"""Finds the commune's figures written down a column ("Số lớp tập huấn | 4") and turns them into one line."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from etl.workbook.cells import Cell, is_blank, key, text
from etl.workbook.grid import Sheet
from etl.workbook.headers import (
    BY_KIND,
    NOW,
    OTHER_LEAF,
    PERIOD,
    PLAIN,
    PREVIOUS,
    RATIO,
    SINCE,
    Table,
    figures_at,
    header_key,
    tables,
    vocabulary,
)
from etl.workbook.lines import NOTE, SIGNATURE, is_total, is_village_id
from etl.workbook.numbers import Problem, count

FORM_SHEET = "commune"
LONGEST = 1_000  # rows of a sheet that is looked through; only villages fill a longer one
ENOUGH = 3  # labels of the form in one column: fewer may be chance
NEAR = 6  # rows above the first label in which the names of the columns stand
_BULLET = re.compile(r"^\s*(?:[-+*•–]|\(?\d{1,2}(?:\.\d{1,2})*[.)]?|[a-hA-H][.)])\s+")
_THIS_MONTH = NOW | PLAIN | BY_KIND["flow"]
_ANY = 10**9


def record(sheet: Sheet, rows: range, columns: range, above: Table | None = None) -> Table | None:
    """The record whose labels stand in these columns of these rows, which are all its own; None where there is none.

    above: the villages' table it may stand below.
    """
    lines = [row for row in rows if not (above and is_village(sheet.rows[row], above.columns))]
    labels = labels_in(sheet, lines, columns)
    if len(set(labels.values())) < ENOUGH:
        return None
    first = min(row for row, _ in labels)
    at = next(iter(labels))[1]
    names = names_above(sheet, range(max(rows.start, first - NEAR), first), figures_in(sheet, at, labels))
    if not this_month(names):
        return None
    top = min(row for row, _ in names.values())
    places = [(row, column) for row, _ in labels for column in this_month(names)]
    found: dict[str, list[int]] = {}
    for number, (row, _) in enumerate(places):
        found.setdefault(labels[row, at], []).append(number)
    line = [sheet.rows[row][column] for row, column in places]
    turned = Sheet(sheet.name, sheet.is_hidden, [line], hidden_rows=sheet.hidden_rows, places=places)
    one = {id: numbers[0] for id, numbers in found.items()}
    twice = {id: tuple(numbers[1:]) for id, numbers in found.items() if len(numbers) > 1}
    periods = {number: names[column][1] for number, (_, column) in enumerate(places) if is_period(names[column][1])}
    return Table(FORM_SHEET, top, first, rows.stop, one, twice, periods=periods, turned=turned)


def is_period(name: str) -> bool:
    """Whether the name of a column is a month, a quarter or a year."""
    return PERIOD.fullmatch(name) is not None


def is_village(row: list[Cell], columns: dict[str, int]) -> bool:
    """Whether a line says which village it is: by an id, or by a name that is no label of the record."""
    id, name = (row[columns[c]] if c in columns else "" for c in ("village_id", "village_name"))
    return is_village_id(id) or not is_blank(name) and not label(name)


def labels_in(sheet: Sheet, rows: Sequence[int], columns: range) -> dict[tuple[int, int], str]:
    """(row, column) -> the commune's column of every label, of the column of the sheet in which most of them stand."""
    found: dict[tuple[int, int], str] = {}
    for at in columns:
        ids = [label(sheet.rows[row][at]) for row in rows]
        if any(ids):
            found |= {(row, at): id for row, id in zip(rows, ids, strict=True) if id}
    in_row = Counter(row for row, _ in found)
    alone = [place for place in found if in_row[place[0]] == 1]  # several in a row are a header
    most = Counter(at for _, at in alone).most_common(1)
    return {place: found[place] for place in alone if place[1] == most[0][0]}


@lru_cache(maxsize=8192)
def label(cell: Cell) -> str:
    """The column of the commune's sheet that a label names, or ""."""
    if not isinstance(cell, str) or not cell:
        return ""
    return vocabulary(FORM_SHEET).get(header_key(_BULLET.sub("", cell)), "")


def figures_in(sheet: Sheet, at: int, labels: Iterable[tuple[int, int]]) -> list[int]:
    """The columns right of the labels in which a count stands."""
    rows = [sheet.rows[row] for row, _ in labels]
    return [column for column in range(at + 1, len(rows[0])) if any(is_count(row[column]) for row in rows)]


def is_count(cell: Cell) -> bool:
    found = count(cell, _ANY)
    return found is not None and not isinstance(found, Problem) or type(cell) is float


def names_above(sheet: Sheet, rows: range, columns: list[int]) -> dict[int, tuple[int, str]]:
    """Column -> the row and the name that stands above it in these rows; where none does, the last row and ""."""
    found = {}
    for column in columns:
        row = next((row for row in reversed(rows) if _is_name(sheet.rows[row][column])), None)
        found[column] = (rows.stop, "") if row is None else (row, header_key(text(sheet.rows[row][column])))
    return found


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and not is_blank(cell) and not is_count(cell)


def this_month(names: dict[int, tuple[int, str]]) -> list[int]:
    """The columns that may give this month's figures: what was before, planned or added up since January is not."""
    others = (PREVIOUS, RATIO, SINCE)
    left = [at for at, (_, name) in names.items() if not any(other.search(name) for other in others)]
    left = [at for at in left if names[at][1] not in OTHER_LEAF - BY_KIND["flow"]]
    return [at for at in left if names[at][1] in _THIS_MONTH] or left


def beside(sheet: Sheet, table: Table) -> tuple[dict[int, str], dict[int, str]]:
    """Of a record's rows: why each non-empty one that gives no figure of it is passed over; and the labels of those
    with figures nobody asked for.
    """
    assert table.turned
    own, columns = {row for row, _ in table.turned.places}, {at for _, at in table.turned.places}
    ignored: dict[int, str] = {}
    unknown: dict[int, str] = {}
    for number in range(table.body, table.end):
        row = sheet.rows[number]
        words = [text(cell) for cell in row if isinstance(cell, str) and not is_blank(cell)]
        if number in own or not any(not is_blank(cell) for cell in row):
            continue
        if any(SIGNATURE.search(key(word)) for word in words):
            ignored[number] = "signature"
        elif any(is_total(word) for word in words):
            ignored[number] = "total"
        elif any(is_count(row[at]) for at in columns):
            ignored[number], unknown[number] = "note", max(words, key=len, default="")
        else:
            ignored[number] = "note" if any(NOTE.match(key(word)) for word in words) else "group"
    return ignored, unknown


# ---- beside the tables that lie -------------------------------------------------------------------------------------


def tables_and_records(sheet: Sheet) -> list[Table]:
    """The tables of a sheet, top to bottom, and the commune's record where it stands alone or below the villages."""
    found = tables(sheet)
    if len(sheet.rows) > LONGEST or any(table.form_sheet == FORM_SHEET for table in found):
        return found
    if not found:
        alone = record(sheet, range(len(sheet.rows)), range(len(sheet.rows[0]) if sheet.rows else 0))
        return [alone] if alone else []
    *others, last = found
    columns = range(figures_at(last.form_sheet, last.columns))
    below = record(sheet, range(last.body, last.end), columns, last)
    return [*others, replace(last, end=below.top), below] if below else found
