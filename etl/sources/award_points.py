"""Reads the scoring workbook of a commune or of a later stage: one line for each commune and criterion."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from definitions.award_forms import BY, COLUMNS, COMMUNE, NAME, ORIGIN, SCORING, SHEET, STAGE, STAGES
from definitions.spelling import fold
from etl.award_entries import POINTS, POINTS_SCHEMA, table
from etl.forms import DEMO
from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.sources import version
from etl.sources.feedback_cases import first_sheet
from etl.store import Record
from etl.workbook.cells import Cell, ErrorValue, NoValue, Share, letter_of, shown, text
from etl.workbook.entry_form import cell, doubled, facts, filled, header, is_hidden, is_merged
from etl.workbook.grid import Sheet, sheets
from etl.workbook.numbers import DUST, is_missing
from etl.workbook.package import ZIP, Refused

SOURCE = "award_points"
VERSION = version(2, "award_forms.py")
NEEDED = ("commune", "criterion", "most", "points")
ENTRIES = ("points", "explanation", "evidence", "reason")
BEYOND = 1e6  # no sheet has so many points; twice the largest number is none
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")


def recognises(name: str, head: bytes) -> bool:
    """True for a workbook whose first sheet is the scoring workbook's."""
    return head.startswith(ZIP) and fold(first_sheet(head)) == fold(SCORING)


def read(path: Path) -> Landed:
    """The points a workbook gives; a file that cannot be taken comes back refused, with its letter."""
    book: list[Sheet] = []
    try:
        book = sheets(path.read_bytes())
        return landed(book)
    except Refused as fault:
        values = {key: value for key, value in fault.values.items() if key != "found"}
        rows = [Ignored(sheet.name, row, "refused") for sheet in book for row in filled(sheet)]
        return refusal(SOURCE, VERSION, letter(fault.code, found=fault.values.get("found", ""), **values), rows)  # type: ignore[arg-type]


def landed(book: list[Sheet]) -> Landed:
    about, origin = cover(book[0])
    ignored = [Ignored(book[0].name, row, "cover") for row in filled(book[0])]
    letters, rows = list[Letter](), list[Record]()
    for sheet in book[1:]:
        found = header(sheet, COLUMNS, NEEDED)
        if found is None:
            ignored += [Ignored(sheet.name, row, "note") for row in filled(sheet)]
            continue
        for row in filled(sheet):
            line = _line(sheet, row - 1, found, about) if row - 1 > found[0] else None
            if isinstance(line, Letter):
                letters.append(line)
            elif line is None:
                ignored.append(Ignored(sheet.name, row, "empty"))
            else:
                rows.append(line)
    twice = list(_twice(rows))
    rows = [row for row in rows if (row["sheet"], row["row"]) not in {(one.sheet, one.row) for one in twice}]
    head = (about["own"] or None, None, 1, origin, None)
    told = (*letters, *twice)
    return Landed(SOURCE, VERSION, *head, table(rows, POINTS_SCHEMA), len(rows), told, tuple(ignored), table=POINTS)


def cover(sheet: Sheet) -> tuple[dict[str, str], Literal["real", "demo"]]:
    """Whose workbook it is: award_sheet, stage, by, own and name (the commune's, "" where it is of all);
    its origin.
    """
    told = facts(sheet)
    award_sheet, stage_name = told.get(fold(SHEET), ""), told.get(fold(STAGE), "")
    stage = next((id for id, name in STAGES.items() if fold(name) == fold(stage_name)), "")
    if not award_sheet or not stage:
        missing = SHEET if not award_sheet else STAGE
        raise Refused("award_no_cover", found=missing)
    own = told.get(fold(COMMUNE), "")
    is_one = re.fullmatch(r"\d{5}", own) is not None
    if is_one != (stage == "commune"):  # a commune's form speaks for no later stage
        raise Refused("award_no_cover", found=STAGE if is_one else COMMUNE)
    own, name = (own, told.get(fold(NAME), "")) if is_one else ("", "")
    is_demo = fold(DEMO) in fold(told.get(fold(ORIGIN), ""))
    about = {"award_sheet": award_sheet, "stage": stage, "by": told.get(fold(BY), ""), "own": own, "name": name}
    return about, "demo" if is_demo else "real"


def _line(sheet: Sheet, row: int, heads: tuple[int, dict[str, int]], about: dict[str, str]) -> Record | Letter | None:
    """One line: what it gives, why it is held, or None where nothing was entered in it."""
    top, columns = heads
    cells = {id: cell(sheet, row, columns.get(id)) for id in COLUMNS}
    if all(is_missing(cells[id]) for id in ENTRIES):
        return None

    def told(code: str, id: str, found: str = "", **words: str) -> Letter:
        return letter(code, sheet.name, row + 1, letter_of(columns[id]), found, COLUMNS[id], **words)

    if both := next((id for id in columns if id in doubled(sheet, top, COLUMNS)), None):
        return told("award_column_twice", both, shown(cells[both]), column_name=COLUMNS[both])
    unseen = next((id for id in ENTRIES if id in columns and is_hidden(sheet, row, columns[id])), None)
    if unseen:
        return told("award_hidden", unseen, shown(cells[unseen]))
    merged = next((id for id in ENTRIES if id in columns and is_merged(sheet, row, columns[id])), None)
    if merged:
        return told("merged_cells", merged, shown(cells[merged]))
    formula = next((id for id in ENTRIES if isinstance(cells[id], NoValue | ErrorValue)), None)
    if formula and formula != "points":
        return told("formula_without_value", formula, shown(cells[formula]))
    points = half(cells["points"])
    if isinstance(points, str):
        return told(points, "points", shown(cells["points"]))
    if points is None:
        return told("award_no_points", "points")
    commune, criterion = text(cells["commune"]), text(cells["criterion"])
    if about["own"] and commune != about["own"]:
        return told("award_other_commune", "commune", commune, own=about["own"])
    most, seen = half(cells["most"]), half(cells["seen"])
    place = {"sheet": sheet.name, "row": row + 1}
    place["columns"] = json.dumps({id: letter_of(at) for id, at in columns.items()})
    written = {id: "" if is_missing(cells[id]) else text(cells[id]) for id in ("explanation", "evidence", "reason")}
    shown_here = {
        "most": most,
        "seen": seen,
        "name": text(cells["name"]) or about["name"],
        "label": text(cells["label"]),
    }
    shown_here |= {id: None for id in ("most", "seen") if isinstance(shown_here[id], str)}
    return {**about, "commune": commune, "criterion": criterion, "points": points} | place | written | shown_here


def half(found: Cell) -> float | None | str:
    """Points as a cell says them, None where it is empty, or the code of the letter that says why they are none."""
    if isinstance(found, NoValue):
        return "formula_without_value"
    if is_missing(found):
        return None
    if isinstance(found, str) and not isinstance(found, ErrorValue) and _NUMBER.fullmatch(text(found)):
        return float(text(found).replace(",", "."))
    if type(found) is not float or isinstance(found, Share) or abs(found) > BEYOND:
        return "bad_points"
    return round(found * 2) / 2 if abs(found * 2 - round(found * 2)) < DUST else found


def _twice(rows: list[Record]) -> Iterator[Letter]:
    """Lines that stand for the same commune and criterion as another."""
    places: dict[tuple[str, str], list[Record]] = {}
    for row in rows:
        places.setdefault((row["commune"], row["criterion"]), []).append(row)
    for same in places.values():
        for row in same if len(same) > 1 else ():
            others = ", ".join(str(one["row"]) for one in same)
            yield letter("award_twice", row["sheet"], row["row"], found=row["commune"], rows=others)
