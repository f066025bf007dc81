"""Reads the monthly workbook of a commune, in our form or in one of its own making."""

from pathlib import Path

from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.sources import version
from etl.workbook.cells import is_empty
from etl.workbook.cover import cover
from etl.workbook.figures import Reading, check_together, read_table
from etl.workbook.grid import Sheet, sheets
from etl.workbook.headers import Table, sheet_named
from etl.workbook.package import BIFF, OLE, ZIP, Refused
from etl.workbook.stored import cells, held_cells, passed_over, rows_stored
from etl.workbook.upright import tables_and_records

SOURCE = "commune_workbook"
VERSION = version(
    4,
    "forms.toml", "measures.toml", "platforms.toml", "priority_groups.toml", "province.toml",
    "communes.csv", "old_units.csv", "earlier_units.csv", "ethnic_groups.csv",
)  # fmt: skip


def recognises(name: str, head: bytes) -> bool:
    """True for a workbook by its first bytes, whatever its name."""
    return head.startswith((ZIP, OLE, *BIFF))


def read(path: Path) -> Landed:
    """What a workbook says; a file that cannot be taken comes back refused, with its letter."""
    book: list[Sheet] = []
    try:
        book = sheets(path.read_bytes())
        return landed(book)
    except Refused as fault:
        rows = [Ignored(sheet.name, row, "refused") for sheet in book for row in filled_rows(sheet)]
        return refusal(SOURCE, VERSION, refused(fault), rows)


def refused(fault: Refused) -> Letter:
    found, values = fault.values.get("found", ""), {k: v for k, v in fault.values.items() if k != "found"}
    return letter(fault.code, found=found, **values)  # type: ignore[arg-type]


def landed(book: list[Sheet]) -> Landed:
    """The tables of a workbook read and put together; Refused where commune, month or every table is missing."""
    found = {sheet.name: tables_and_records(sheet) for sheet in book}
    letters = _look_away(book, found)
    if not any(found.values()):
        raise Refused("no_known_sheet", found=", ".join(sheet.name for sheet in book))
    facts = cover(book, found)
    letters += [
        letter("other_month", found=f"{other:%m/%Y}", month=f"{facts.month:%m/%Y}") for other in facts.other_months
    ]
    readings = [read_table(sheet, table, facts.month) for sheet in book for table in found[sheet.name]]
    readings = _hold_repeats(readings)
    letters += [said for reading in readings for said in reading.letters]
    ignored = tuple(_ignored(book, found, readings))
    held = tuple(cell for reading in readings for cell in held_cells(reading))
    about = (facts.commune, facts.month, facts.revision, facts.origin)
    stored = sum(map(rows_stored, readings))
    letters += [] if stored or held else [letter("nothing_entered")]
    told = (tuple(letters), ignored, held)
    return Landed(SOURCE, VERSION, *about, None, cells(readings), stored, *told, written=facts.written)


def filled_rows(sheet: Sheet) -> list[int]:
    """The non-empty rows of a sheet, as Excel counts."""
    return [number for number, row in enumerate(sheet.rows, 1) if not is_empty(row)]


def _look_away(book: list[Sheet], found: dict[str, list[Table]]) -> list[Letter]:
    """A hidden sheet that repeats a visible one is passed over; questions about it and about sheets nobody knows."""
    letters = []
    visible = {table.form_sheet for sheet in book if not sheet.is_hidden for table in found[sheet.name]}
    for sheet in book:
        kinds = {table.form_sheet for table in found[sheet.name]}
        if sheet.is_hidden and kinds:
            repeats = bool(kinds & visible)
            what = "không được đọc vì đã có biểu cùng loại đang hiện" if repeats else "vẫn được đọc như biểu thường"
            letters.append(letter("hidden_sheet", sheet.name, what=what))
            found[sheet.name] = [] if repeats else found[sheet.name]
        elif not kinds and not sheet.is_hidden and _has_figures(sheet):
            letters.append(letter("unknown_sheet", sheet.name))
    return letters


def _has_figures(sheet: Sheet) -> bool:
    """Whether a sheet without a known table may hold a report: some numbers, or one on a sheet with a form's name."""
    numbers = sum(type(cell) is float for row in sheet.rows[:200] for cell in row)
    return numbers >= (1 if sheet_named(sheet.name) else 6)


def _hold_repeats(readings: list[Reading]) -> list[Reading]:
    """A village that stands on two sheets of the same kind is held on both; so is the commune, unless each table of it
    has figures of its own: then they are one record.
    """
    for form_sheet in ("villages", "groups", "commune"):
        same = [reading for reading in readings if reading.table.form_sheet == form_sheet and reading.data]
        if form_sheet == "commune" and len(same) > 1 and _is_one_record(same):
            check_together(same)
            continue
        for reading in same if len(same) > 1 else []:
            others = {_key(r, i) for r in same if r is not reading for i in range(len(r.data))}
            for position in range(len(reading.data)):
                if _key(reading, position) in others:
                    named = reading.names[position] or reading.ids[position] or "Số liệu của xã, phường"
                    rows = ", ".join(sorted({f"biểu “{r.sheet.name}”" for r in same}))
                    reading.tell("duplicate_village", position, found=named, rows=rows)
    return readings


def _is_one_record(readings: list[Reading]) -> bool:
    measures = [id for reading in readings for id in reading.numbers]
    return len(set(measures)) == len(measures) and all(len(reading.data) == 1 for reading in readings)


def _key(reading: Reading, position: int) -> str:
    return reading.ids[position] or reading.names[position] or ""


def _ignored(book: list[Sheet], found: dict[str, list[Table]], readings: list[Reading]) -> list[Ignored]:
    """Every non-empty row that no table counts: titles over it, its header, the cover, sheets that are no form."""
    ignored = [row for reading in readings for row in passed_over(reading)]
    for sheet in book:
        spans = found[sheet.name]
        inside = [range(table.body + 1, table.end + 1) for table in spans]
        headers = [range(table.top + 1, table.body + 1) for table in spans]
        top = min((table.top for table in spans), default=-1)
        for row in filled_rows(sheet) if not spans else _outside(sheet, spans):
            if any(row in span for span in inside):
                continue
            kind = "header" if any(row in span for span in headers) else "title" if row <= top else "note"
            ignored.append(Ignored(sheet.name, row, kind if spans else _sheet_kind(sheet)))
    return ignored


def _outside(sheet: Sheet, spans: list[Table]) -> list[int]:
    """The non-empty rows above the tables' bodies; a body's own rows are counted where it was read."""
    tops = [range(0 if number == 0 else spans[number - 1].end, table.body) for number, table in enumerate(spans)]
    return [row + 1 for span in tops for row in span if not is_empty(sheet.rows[row])]


def _sheet_kind(sheet: Sheet) -> str:
    return "hidden" if sheet.is_hidden else "cover"
