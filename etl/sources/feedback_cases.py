"""Reads the case list of a feedback application, CSV or workbook; a list with people's data in it is sent back."""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, Literal

from definitions.feedback import OTHER, feedback, meaning, meanings
from definitions.places import match_commune
from definitions.spelling import fold
from etl.cases import DAYS, IN_NAME, TABLE, Case, table
from etl.delimited import SEPARATORS, NotDelimited, beginning, decoded, rows
from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.shape import VILLAGE_ID
from etl.sources import version
from etl.workbook.cells import Cell, is_empty, key, letter_of, shown, text
from etl.workbook.cover import sure, units_in
from etl.workbook.dates import day, yes_no
from etl.workbook.grid import Sheet, sheets
from etl.workbook.numbers import Problem
from etl.workbook.package import BIFF, OLE, ZIP, Refused
from etl.workbook.personal import what_personal

SOURCE = "feedback_cases"
VERSION = version(
    1, "feedback.toml", "province.toml", "communes.csv", "old_units.csv", "earlier_units.csv",
)  # fmt: skip
REQUIRED = ("case_id", "received")
WORKBOOK, LOCAL_HEADER, PEEK = b"xl/workbook.xml", 30, 16_384
HEADER_WITHIN = 40  # rows looked at for the header
NAMED = re.compile(r"\b(?:phan anh|kien nghi|pakn)\b")
_TIME = re.compile(r"^\d{1,2}[:h]\d{2}(?::\d{2})?\s+|[\sT]+\d{1,2}[:h]\d{2}(?::\d{2})?(?:\.\d+)?Z?$")
# What must not come before what, in the words of the columns.
ORDER = (
    ("received", "forwarded"), ("received", "answered"), ("received", "told"), ("received", "closed"),
    ("received", "due"), ("forwarded", "answered"), ("answered", "told"), ("answered", "closed"),
)  # fmt: skip


def recognises(name: str, head: bytes) -> bool:
    """True for a workbook whose first sheet is named after feedback, and for text with the header of a case list."""
    if head.startswith(ZIP):
        return bool(NAMED.search(key(first_sheet(head))))
    lines = beginning(head).splitlines()[:HEADER_WITHIN]
    return any(_is_header([cell.strip(' "') for cell in line.split(mark)]) for line in lines for mark in SEPARATORS)


def read(path: Path) -> Landed:
    """The cases of a list; a file that cannot be taken comes back refused, with its letter."""
    content = path.read_bytes()
    try:
        book = _book(content)
        listings = [listing for sheet in book if not sheet.is_hidden and (listing := _listing(sheet))]
        if not listings:
            raise Refused("not_a_case_list")
    except Refused as fault:
        values = {key: value for key, value in fault.values.items() if key != "found"}
        return refusal(SOURCE, VERSION, letter(fault.code, found=fault.values.get("found", ""), **values))  # type: ignore[arg-type]
    if refused := next((listing.refused for listing in listings if listing.refused), None):
        rows_refused = [Ignored(sheet.name, row, "refused") for sheet in book for row in filled(sheet)]
        return refusal(SOURCE, VERSION, refused, rows_refused)
    repeated = _repeated(listings)
    cases = [case for listing in listings for case in _cases(listing, repeated)]
    letters = [told for listing in listings for told in listing.letters]
    ignored = [row for listing in listings for row in listing.ignored]
    for sheet in book:
        if sheet.name not in {listing.sheet for listing in listings}:
            kind = "hidden" if sheet.is_hidden else "note"
            ignored += [Ignored(sheet.name, row, kind) for row in filled(sheet)]
            letters += [letter("unknown_sheet", sheet.name)] if kind == "note" and filled(sheet) else []
    return _landed(listings, cases, letters, ignored)


def _landed(listings: Sequence["Listing"], cases: list[Case], letters: list[Letter], ignored: list[Ignored]) -> Landed:
    titles = fold(" ".join(title for listing in listings for title in listing.titles))
    origin: Literal["demo"] | None = "demo" if "minh hoa" in titles else None
    named = {case.commune for case in cases}
    commune = named.pop() or None if len(named) == 1 else None
    about = (commune, None, 1, origin, None)
    return Landed(SOURCE, VERSION, *about, table(cases), len(cases), tuple(letters), tuple(ignored), table=TABLE)


def filled(sheet: Sheet) -> list[int]:
    """The rows of a sheet that hold something, as Excel counts them."""
    return [number for number, row in enumerate(sheet.rows, 1) if not is_empty(row)]


@dataclass
class Listing:
    """One sheet taken for a case list: its rows, where its header stands, which column is which."""

    sheet: str
    rows: list[list[Cell]]
    top: int  # the header's row, from 0
    columns: dict[str, int]
    twice: tuple[str, ...] = ()
    letters: list[Letter] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [text(cell) for row in self.rows[: self.top] for cell in row if isinstance(cell, str) and cell]

    @property
    def refused(self) -> Letter | None:
        """The letter that sends the whole list back: a column twice, or people's data in it."""
        if self.twice:
            return letter("not_a_case_list", self.sheet, self.top + 1, why=f" (hai cột “{self.twice[0]}”)")
        return next(_personal(self), None)

    def header(self, column: int) -> str:
        return shown(self.rows[self.top][column])

    def tell(self, code: str, row: int, id: str, found: str, **words: str) -> None:
        """A letter about one cell of a row counted from 0."""
        column = self.columns.get(id)
        at, named = (None, "") if column is None else (letter_of(column), self.header(column))
        self.letters.append(letter(code, self.sheet, row + 1, at, found, named, **words))


def first_sheet(content: bytes) -> str:
    """The name of the first sheet of an .xlsx, "" where it cannot be told, without opening the archive."""
    at = content.find(WORKBOOK) - LOCAL_HEADER
    if at < 0 or content[at : at + 4] != ZIP:
        return ""
    method, named, extra = struct.unpack("<H16xHH", content[at + 8 : at + LOCAL_HEADER])
    body = content[at + LOCAL_HEADER + named + extra :][:PEEK]
    try:
        xml = zlib.decompressobj(-15).decompress(body, PEEK) if method else body
    except zlib.error:
        return ""
    found = re.search(rb"""<(?:\w+:)?sheet\s[^>]*?name=["']([^"']*)""", xml)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


# ---- the table -----------------------------------------------------------------------------------------------------


def _book(content: bytes) -> list[Sheet]:
    return sheets(content) if content.startswith((ZIP, OLE, *BIFF)) else [_text_sheet(content)]


def _listing(sheet: Sheet) -> Listing | None:
    """The sheet as a case list, None where it has no header of one."""
    for top, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        if _is_header(row):
            ids = [_column_id(cell) for cell in row]
            twice = tuple(shown(cell) for cell, id in zip(row, ids, strict=True) if id and ids.count(id) > 1)
            columns = {id: place for place, id in enumerate(ids) if id}
            return Listing(sheet.name, sheet.rows, top, columns, twice)
    return None


def _is_header(row: list[Any]) -> bool:
    found = {_column_id(cell) for cell in row}
    return all(id in found for id in REQUIRED)


def _column_id(cell: Cell) -> str | None:
    return meanings("columns").get(fold(text(cell))) if isinstance(cell, str) else None


def _text_sheet(content: bytes) -> Sheet:
    """The rows of a text, where they stand in it."""
    try:
        words = decoded(content)
        if words[:4].lower() == "sep=":
            words = words[words.find("\n") :]
        told = rows(words, _separator(words))
    except NotDelimited:
        raise Refused("unreadable_text") from None
    width = max((len(row.cells) for row in told), default=0)
    sheet: list[list[Cell]] = [[""] * width for _ in range(told[-1].number if told else 0)]
    for row in told:
        sheet[row.number - 1] = [*row.cells, *[""] * (width - len(row.cells))]
    return Sheet("", False, sheet)


def _separator(words: str) -> str:
    """The mark that stands most often in the header, "," where there is none."""
    lines = words.splitlines()[:HEADER_WITHIN]
    head = next((line for line in lines if any(_is_header(line.split(mark)) for mark in SEPARATORS)), "")
    return max(SEPARATORS, key=head.count)


# ---- people --------------------------------------------------------------------------------------------------------


def _personal(listing: Listing) -> Iterator[Letter]:
    """A letter for every column with people's data; it names the column and never what stands in it."""
    known = {place: id for id, place in listing.columns.items()}
    body = listing.rows[listing.top + 1 :]
    for column in range(len(listing.rows[listing.top])):
        cells = [row[column] for row in body if column < len(row) and row[column] != ""]
        if known.get(column) in DAYS or not cells:
            continue
        what = what_personal(listing.rows[listing.top][column], cells, column in known)
        if what:
            name = listing.header(column) or letter_of(column)
            yield letter("personal_column", listing.sheet, None, letter_of(column), column_name=name, what=what)


# ---- the rows ------------------------------------------------------------------------------------------------------


def _cases(listing: Listing, repeated: Mapping[tuple[str, str], str]) -> Iterator[Case]:
    """The rows that stand for a case each; the others are ignored or held, with a letter."""
    said = _commune_of_titles(listing)
    ignored = [(row, "title") for row in range(listing.top)] + [(listing.top, "header")]
    asked: set[tuple[str, str]] = set()
    for row in range(listing.top + 1, len(listing.rows)):
        cells = {id: _cell(listing, row, id) for id in feedback().columns}
        id, received = _id(cells["case_id"]), cells["received"]
        if sum(cell != "" for cell in cells.values()) < 2 or not id and isinstance(_day(received), Problem):
            ignored.append((row, "note"))
        elif not id or received == "":
            missing = "mã phản ánh" if not id else "ngày tiếp nhận"
            listing.tell("case_incomplete", row, "case_id" if not id else "received", missing)
        elif rows_of := repeated.get(_key(listing, row)):
            listing.tell("duplicate_case", row, "case_id", id, rows=rows_of)
        elif case := _case(listing, row, id, cells, said, asked):
            yield case
    kept = [(row, kind) for row, kind in ignored if not is_empty(listing.rows[row])]
    listing.ignored += [Ignored(listing.sheet, row + 1, kind) for row, kind in kept]


def _case(
    listing: Listing, row: int, id: str, cells: dict[str, Cell], said: str, asked: set[tuple[str, str]]
) -> Case | None:
    """One case, or None where a letter holds its row back."""
    days: dict[str, date | None] = {}
    for name in DAYS:
        found = _day(cells[name])
        if isinstance(found, Problem):
            listing.tell(found.code, row, name, found.found)
            return None
        days[name] = found
    agrees = yes_no(cells["agrees"]) if cells["agrees"] != "" else None
    if isinstance(agrees, Problem):
        listing.tell(agrees.code, row, "agrees", agrees.found, choices="có, không, hoặc để trống")
        return None
    commune = sure(match_commune(text(cells["commune"]))) if cells["commune"] != "" else said
    if cells["commune"] != "" and not commune:
        listing.tell("case_commune", row, "commune", "", why=f" (đang ghi “{shown(cells['commune'])}”)")
        return None
    if not _in_order(listing, row, days) or (received := days["received"]) is None:
        return None
    known = {kind: _meant(listing, row, kind, cells, asked) for kind in ("channel", "topic", "desk")}
    village = text(cells["village"])
    is_id = bool(VILLAGE_ID.fullmatch(village))
    return Case(
        row + 1, listing.sheet, commune, id, known["channel"], village if is_id else None,
        None if is_id or not village else village, known["topic"], known["desk"], received, days["forwarded"],
        days["due"], days["answered"], days["told"], days["closed"], None if agrees is None else bool(agrees),
    )  # fmt: skip


def _in_order(listing: Listing, row: int, days: dict[str, date | None]) -> bool:
    for earlier, later in ORDER:
        first, second = days[earlier], days[later]
        if first and second and second < first:
            names = {id: feedback().columns[id].label.vi.lower() for id in (earlier, later)}
            words = {"earlier": names[earlier], "later": names[later], "before": f"{first:%d/%m/%Y}"}
            listing.tell("dates_out_of_order", row, later, f"{second:%d/%m/%Y}", **words)
            return False
    return True


def _meant(listing: Listing, row: int, kind: Any, cells: dict[str, Cell], asked: set[tuple[str, str]]) -> str | None:
    """The id a cell of a listed kind means; what nobody lists is "other", asked about once per word."""
    written = text(cells[kind])
    if not written:
        return None
    found = meaning(f"{kind}s", fold(written))  # type: ignore[arg-type]
    if found is None and (kind, fold(written)) not in asked:
        asked.add((kind, fold(written)))
        choices = ", ".join(of.label.vi for of in getattr(feedback(), f"{kind}s").values())
        named = feedback().columns[kind].label.vi
        listing.tell("unknown_word", row, kind, written[:40], choices=choices, column_name=named)
    return found or OTHER


def _cell(listing: Listing, row: int, id: str) -> Cell:
    column = listing.columns.get(id)
    return "" if column is None else listing.rows[row][column]


def _id(cell: Cell) -> str:
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else text(cell)


def _day(cell: Cell) -> date | None | Problem:
    """A day; the time an application writes beside it is left out."""
    return day(_TIME.sub("", text(cell)) if isinstance(cell, str) else cell)


def _repeated(listings: Sequence[Listing]) -> dict[tuple[str, str], str]:
    """Cases that stand in several rows of the file, with those rows as Excel counts them."""
    places: dict[tuple[str, str], list[str]] = {}
    for listing in listings:
        for row in range(listing.top + 1, len(listing.rows)):
            if (case := _key(listing, row))[1]:
                where = f"{row + 1} của “{listing.sheet}”" if len(listings) > 1 else f"{row + 1}"
                places.setdefault(case, []).append(where)
    return {case: ", ".join(rows) for case, rows in places.items() if len(rows) > 1}


def _key(listing: Listing, row: int) -> tuple[str, str]:
    """What makes a case one: the commune's cell, for communes may number alike, and the case's id."""
    return fold(text(_cell(listing, row, "commune"))), _id(_cell(listing, row, "case_id"))


def _commune_of_titles(listing: Listing) -> str:
    """The one commune the rows above the header name; "" leaves it to the file's name."""
    found = {sure(match_commune(unit)) for unit in units_in(listing.titles)}
    return found.pop() if len(found) == 1 else IN_NAME
