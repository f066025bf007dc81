"""Writes ugly workbooks cell by cell; shares nothing with the reader or with forms.toml."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Cells = list[list[Any]]
TITLES: Cells = [["ỦY BAN MTTQ VIỆT NAM XÃ BẢN HỒ"], ["BÁO CÁO CHUYỂN ĐỔI SỐ, Tháng 3 năm 2026"], []]
HEADER = ["STT", "Tên thôn", "Tổng số hộ", "Ít nhất 1 nền tảng"]
SHEET = "Thôn"


@dataclass
class Story:
    """One ugly workbook: how it is written, and, typed by hand, what must come out of it."""

    name: str
    write: Callable[[Path], None]
    stored: dict[Any, dict[str, Any]] = field(default_factory=dict)  # row or (sheet, row) -> measure -> value
    held: dict[Any, set[str]] = field(default_factory=dict)  # row or (sheet, row) -> codes
    ignored: dict[Any, str] = field(default_factory=dict)  # row or (sheet, row) -> kind
    questions: set[str] = field(default_factory=set)
    refused: str = ""
    commune: str = "03046"
    month: date = date(2026, 3, 1)
    suffix: str = ".xlsx"
    sheet: str = SHEET
    more: dict[str, Any] = field(default_factory=dict)  # further facts: revision, origin

    def places(self, told: dict[Any, Any]) -> dict[tuple[str, int], Any]:
        return {(place if isinstance(place, tuple) else (self.sheet, place)): what for place, what in told.items()}


def fill(page: Worksheet, rows: Cells) -> None:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                page.cell(number, column, value)


def book(rows: Cells, change: Callable[[Worksheet], None] | None = None, sheet: str = SHEET) -> Callable[[Path], None]:
    """A workbook of one sheet; `change` may spoil it further."""

    def write(path: Path) -> None:
        workbook = Workbook()
        page = workbook.active
        page.title = sheet
        fill(page, rows)
        if change:
            change(page)
        workbook.save(path)

    return write


def pages(sheets: dict[str, Cells], change: Callable[[Workbook], None] | None = None) -> Callable[[Path], None]:
    """A workbook of several sheets."""

    def write(path: Path) -> None:
        workbook = Workbook()
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            fill(workbook.create_sheet(name), rows)
        if change:
            change(workbook)
        workbook.save(path)

    return write


def villages(*rows: list[Any], header: list[Any] | None = None, titles: Cells | None = None) -> Cells:
    """Titles in rows 1-3, the header in row 4, villages from row 5."""
    return [*(TITLES if titles is None else titles), header or HEADER, *rows]
