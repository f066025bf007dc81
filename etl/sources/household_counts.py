"""Reads a CSV of how many households each commune has by the police, statistics and others: one row a commune."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from xlsxwriter.utility import xl_col_to_name

from definitions.places import match_commune
from definitions.spelling import fold
from etl.delimited import NotDelimited, Row, beginning, columns, decoded, rows, separator_of, whole
from etl.households import TABLE, Count, table
from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.sources import version
from etl.workbook.dates import day as day_in

SOURCE = "household_counts"
VERSION = version(1, "province.toml", "communes.csv", "old_units.csv", "earlier_units.csv")
COLUMNS = {
    "commune": ("mã xã", "mã xã, phường", "xã, phường", "commune"),
    "source": ("nguồn", "source"),
    "households": ("số hộ", "households"),
    "day": ("ngày", "tính đến ngày", "date"),
    "document": ("văn bản", "document"),
}
SOURCES = {"police": ("police", "công an"), "statistics": ("statistics", "thống kê"), "other": ("other", "nguồn khác")}


def recognises(name: str, head: bytes) -> bool:
    """True where the first row has all the columns."""
    text = beginning(head)
    first = text.partition("\n")[0]
    return (
        columns([cell.strip().strip('"') for cell in first.split(separator_of(text))], COLUMNS).keys() == COLUMNS.keys()
    )


def read(path: Path) -> Landed:
    """Every row, or the letter that holds it back. A file whose papers are made up says so ("minh hoạ")."""
    try:
        header, *body = rows(decoded(path.read_bytes()))
    except (NotDelimited, ValueError):
        return refusal(SOURCE, VERSION, letter("unreadable_text"))
    found = list(_found(body, columns(header.cells, COLUMNS)))
    letters = tuple(one for one in found if isinstance(one, Letter))
    kept = [one for one in found if isinstance(one, Count)]
    is_made_up = any("minh hoa" in fold(cell) for row in body for cell in row.cells)
    origin: Literal["real", "demo"] = "demo" if is_made_up else "real"
    told = (table(kept), len(kept), letters, (Ignored("", header.number, "header"),))
    return Landed(SOURCE, VERSION, None, None, 1, origin, None, *told, table=TABLE)


def _found(body: list[Row], at: dict[str, int]) -> Iterator[Count | Letter]:
    seen: dict[tuple[str, str, date], int] = {}
    for row in body:
        cells = {id: (row.cells + [""] * len(COLUMNS))[position] for id, position in at.items()}
        try:
            count = _count(row.number, cells)
            before = seen.setdefault((count.commune, count.source, count.day), row.number)
            if before != row.number:
                raise _Held("duplicate_count", "commune")
            yield count
        except _Held as fault:
            yield letter(fault.code, "", row.number, xl_col_to_name(at[fault.column]), cells[fault.column])


class _Held(Exception):
    """Why a row is held back, and in which column."""

    def __init__(self, code: str, column: str):
        self.code, self.column = code, column
        super().__init__(code)


def _count(number: int, cells: dict[str, str]) -> Count:
    commune = match_commune(cells["commune"], "new").code
    source = next((id for id, names in SOURCES.items() if cells["source"].casefold() in names), None)
    day = day_in(cells["day"])
    if commune is None:
        raise _Held("unknown_commune", "commune")
    if source is None:
        raise _Held("unknown_source", "source")
    if not isinstance(day, date):
        raise _Held("bad_date", "day")
    if not cells["document"]:
        raise _Held("no_document", "document")
    return Count(number, commune, source, _households(cells["households"]), day, cells["document"])


def _households(written: str) -> int:
    try:
        if counted := whole(written):
            return counted
    except ValueError:
        pass
    raise _Held("bad_count", "households")
