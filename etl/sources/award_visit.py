"""Reads the visit form of a sample check: each household of the list found, not found or not at home."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from definitions.award_forms import (
    BY,
    COMMUNE,
    MINUTES,
    ORIGIN,
    RESULTS,
    SEED,
    SHEET,
    VISIT,
    VISIT_COLUMNS,
)  # fmt: skip
from definitions.spelling import fold
from etl.award_entries import VISITS, VISITS_SCHEMA, table
from etl.forms import DEMO
from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.sources import version
from etl.sources.feedback_cases import first_sheet
from etl.store import Record
from etl.workbook.cells import is_blank, letter_of, shown, text
from etl.workbook.entry_form import cell, facts, filled, header, is_merged
from etl.workbook.grid import Sheet, sheets
from etl.workbook.package import ZIP, Refused
from etl.workbook.personal import what_personal

SOURCE = "award_visit"
VERSION = version(2, "award_forms.py", "feedback.toml")
NEEDED = ("village", "line", "result")
ELSEWHERE = "nội dung ngoài biểu (có thể là họ tên, số điện thoại)"


def recognises(name: str, head: bytes) -> bool:
    """True for a workbook whose first sheet is the visit form's."""
    return head.startswith(ZIP) and fold(first_sheet(head)) == fold(VISIT)


def read(path: Path) -> Landed:
    """The results of the visits: all lines, or a refusal that says what is wrong on which."""
    book: list[Sheet] = []
    letters: list[Letter] = []
    try:
        book = sheets(path.read_bytes())
        return landed(book, letters)
    except Refused as fault:
        values = {key: value for key, value in fault.values.items() if key != "found"}
        told = letter(fault.code, found=fault.values.get("found", ""), **values)  # type: ignore[arg-type]
        held = {(one.sheet, one.row) for one in letters}
        rows = [
            Ignored(sheet.name, row, "refused")
            for sheet in book
            for row in filled(sheet)
            if (sheet.name, row) not in held
        ]
        return replace(refusal(SOURCE, VERSION, told, rows), letters=tuple(letters))


def landed(book: list[Sheet], letters: list[Letter]) -> Landed:
    """A list that is not filled in to the end says nothing yet: Refused, with the lines in `letters`."""
    sheet = book[0]
    about, origin = cover(sheet)
    found = header(sheet, VISIT_COLUMNS, NEEDED)
    if found is None:
        raise Refused("award_no_list")
    top, columns = found
    if personal := next(_personal(book, top, columns), None):
        raise Refused("personal_column", column_name=personal[0], what=personal[1])
    rows = list[Record]()
    for number in range(top + 1, len(sheet.rows)):
        if is_blank(cell(sheet, number, columns["village"])):
            continue
        line = _line(sheet, number, columns)
        if isinstance(line, Letter):
            letters.append(line)
        else:
            rows.append(about | line)
    if letters or not rows:
        raise Refused("award_visit_incomplete", found=str(len(letters)))
    inside = {row["row"] for row in rows}
    ignored = tuple(
        Ignored(one.name, row, "note") for one in book for row in filled(one) if one is not sheet or row not in inside
    )
    head = (about["commune"], None, 1, origin, None)
    return Landed(SOURCE, VERSION, *head, table(rows, VISITS_SCHEMA), len(rows), (), ignored, table=VISITS)


def cover(sheet: Sheet) -> tuple[Record, Literal["real", "demo"]]:
    """Which list it is: award_sheet, commune, seed, minutes, by; and its origin."""
    told = facts(sheet)
    named = {"award_sheet": SHEET, "commune": COMMUNE, "seed": SEED}
    about: Record = {id: told.get(fold(label), "") for id, label in named.items()}
    missing = next((named[id] for id, value in about.items() if not value), None)
    if missing or not about["seed"].isdecimal() or len(about["seed"]) > 18:
        raise Refused("award_no_cover", found=missing or SEED)
    about |= {"seed": int(about["seed"]), "minutes": told.get(fold(MINUTES), ""), "by": told.get(fold(BY), "")}
    return about, "demo" if fold(DEMO) in fold(told.get(fold(ORIGIN), "")) else "real"


def _line(sheet: Sheet, row: int, columns: dict[str, int]) -> Record | Letter:
    village, line, result = (cell(sheet, row, columns[id]) for id in NEEDED)
    at, header_of = letter_of(columns["result"]), VISIT_COLUMNS["result"]
    meant = next((id for id, name in RESULTS.items() if fold(name) == fold(text(result))), None)
    if is_merged(sheet, row, columns["result"]):
        return letter("merged_cells", sheet.name, row + 1, at, shown(result), header_of)
    if meant is None:
        choices = ", ".join(RESULTS.values())
        return letter(
            "award_bad_result", sheet.name, row + 1, at, shown(result) or "(trống)", header_of, choices=choices
        )
    number = int(line) if isinstance(line, float) and line.is_integer() and 0 < line < 1e6 else 0
    return {"sheet": sheet.name, "row": row + 1, "village": text(village), "line": number, "result": meant}


def _personal(book: list[Sheet], top: int, columns: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Columns with people's data or anything the form does not ask for: name and what, never what stands there."""
    sheet, known = book[0], set(columns.values())
    for column in range(max(len(row) for row in sheet.rows)):
        body = [cell(sheet, row, column) for row in range(top + 1, len(sheet.rows))]
        told = [one for one in body if not is_blank(one)]
        title = cell(sheet, top, column)
        what = what_personal(title, told, column in known) if told else ""
        if told and column not in known:
            what = what or ELSEWHERE
        if what:
            yield shown(title) or letter_of(column), what
    for other in book[1:]:
        if filled(other):
            yield other.name, ELSEWHERE
