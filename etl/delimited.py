"""Text files of values and separators as platforms, Excel and people save them: encoding, separator, rows."""

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATORS = ",;\t"
LONGEST_CELL = 2**20
WHOLE = re.compile(r"\d+(?:[.,]0+)?")
GROUPED = re.compile(r"[1-9]\d{0,2}(?:[., ]\d{3})+")
DECIMAL = re.compile(r"\d+(?:[.,]\d+)?")


class Row(NamedTuple):
    """One row that is not empty: its number as Excel counts, and its cells."""

    number: int
    cells: list[str]


class NotDelimited(Exception):
    """The bytes are no text, or a quote in them never ends."""


def decoded(content: bytes) -> str:
    """The text, by its mark of order or as UTF-8; NotDelimited for other bytes."""
    try:
        if content.startswith(UTF16):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise NotDelimited(str(fault)) from fault


def beginning(head: bytes) -> str:
    """The text of a file's first bytes, as far as they are text."""
    return head.decode("utf-16" if head.startswith(UTF16) else "utf-8-sig", errors="replace")


def rows(text: str, separator: str | None = None) -> list[Row]:
    """The rows that hold something; a cell may hold line breaks, and its row still counts as one."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or separator_of(text), strict=True)
    try:
        numbered = [Row(number, [cell.strip() for cell in cells]) for number, cells in enumerate(reader, 1)]
    except csv.Error as fault:
        raise NotDelimited(str(fault)) from fault
    return [row for row in numbered if any(row.cells)]


def separator_of(text: str) -> str:
    """The mark that stands most often in the first line: Excel in Vietnamese writes semicolons."""
    first = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def columns(header: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where each known column stands: id -> position, by any of its names, whatever the capitals."""
    at = {name.casefold(): position for position, name in reversed(list(enumerate(header)))}
    found = {
        id: next((at[name.casefold()] for name in names if name.casefold() in at), None) for id, names in known.items()
    }
    return {id: position for id, position in found.items() if position is not None}


def whole(cell: str) -> int | None:
    """A count as written, its thousands grouped or not; None for blank, ValueError for anything else."""
    if not cell:
        return None
    if WHOLE.fullmatch(cell) and not GROUPED.fullmatch(cell):
        return int(re.split(r"[.,]", cell)[0])
    if GROUPED.fullmatch(cell):
        return int(re.sub(r"\D", "", cell))
    raise ValueError(cell)


def decimal(cell: str) -> float | None:
    """A number of minutes, its decimals after a comma or a dot; ValueError for anything else, None for blank."""
    if not cell:
        return None
    if not DECIMAL.fullmatch(cell):
        raise ValueError(cell)
    return float(cell.replace(",", "."))
