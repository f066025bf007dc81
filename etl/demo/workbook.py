"""Writes a filled-in form as a real workbook, .xlsx or .xls, always the same bytes for the same content."""

import io
from collections.abc import Callable
from datetime import date, datetime, time
from itertools import groupby

import xlsxwriter
import xlwt

from definitions.format import integer
from etl.demo.sheets import TOTAL, Book, Cell, Sheet

WIDTHS = {"village_id": 11, "village_name": 26, "category": 22}
Grid = list[list[Cell]]


def content(book: Book) -> bytes:
    """The bytes of the workbook."""
    return xls(book) if book.is_xls else xlsx(book)


def cover(book: Book) -> Grid:
    return [["BÁO CÁO CHUYỂN ĐỔI SỐ"], [], *([label, value] for label, value in book.cover)]


def grid(sheet: Sheet) -> tuple[Grid, list[tuple[int, int, int, str]]]:
    """The cells of a sheet row by row, and the header groups: row, first and last column, name."""
    rows: Grid = [[line] for line in sheet.above]
    rows.append([])
    spans = []
    for name, run in groupby(range(len(sheet.columns)), key=lambda n: sheet.columns[n].group):
        columns = list(run)
        if name and len(columns) > 1:
            spans.append((len(rows), columns[0], columns[-1], name))
    groups: list[Cell] = [column.group or None for column in sheet.columns]
    if any(groups):
        rows.append(groups)
    rows.append([column.header for column in sheet.columns])
    body = [[written(row.get(column.id), sheet.as_text) for column in sheet.columns] for row in sheet.rows]
    rows += body
    if sheet.with_total:
        rows.append(total(sheet))
    return rows + [[]] * bool(sheet.notes) + [[None, note] for note in sheet.notes], spans


def written(cell: Cell, as_text: bool) -> Cell:
    return integer(cell) if as_text and isinstance(cell, int) else cell


def total(sheet: Sheet) -> list[Cell]:
    """The row that adds up the counts of a sheet."""
    row: list[Cell] = []
    for column in sheet.columns:
        cells = [row.get(column.id) for row in sheet.rows]
        numbers = sum(cell for cell in cells if isinstance(cell, int))
        row.append(written(numbers, sheet.as_text) if column.kind == "count" else None)
    row[1] = TOTAL
    return row


def xlsx(book: Book) -> bytes:
    target = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, settings) as file:
        file.set_properties({"created": datetime(2025, 1, 1)})
        head = file.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter", "align": "center"})
        bold, day = file.add_format({"bold": True}), file.add_format({"num_format": "dd/mm/yyyy"})
        first = file.add_worksheet("Bìa")
        first.set_column(0, 1, 28)
        put(cover(book), lambda row, column, cell: first.write(row, column, cell, bold if row == 0 else None))
        for sheet in book.sheets:
            one_xlsx(file.add_worksheet(sheet.name), sheet, head, bold, day)
    return target.getvalue()


def one_xlsx(page, sheet: Sheet, head, bold, day) -> None:
    """One sheet: titles bold, headers framed and merged over their group."""
    rows, spans = grid(sheet)
    top = len(sheet.above) + 1
    body = top + (2 if any(column.group for column in sheet.columns) else 1)

    def write(row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, int):
            page.write_number(row, column, cell)
        elif isinstance(cell, date):
            page.write_datetime(row, column, datetime.combine(cell, time()), day)
        elif isinstance(cell, str):
            page.write_string(row, column, cell, head if top <= row < body else bold if row < top else None)

    put(rows, write)
    for row, first, last, name in spans:
        page.merge_range(row, first, row, last, name, head)
    for n, column in enumerate(sheet.columns):
        page.set_column(n, n, WIDTHS.get(column.id, 12))
    page.freeze_panes(body, 0)


def xls(book: Book) -> bytes:
    target, file = io.BytesIO(), xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    first = file.add_sheet("Bìa")
    put(cover(book), first.write)
    for sheet in book.sheets:
        page = file.add_sheet(sheet.name)
        rows, _ = grid(sheet)

        def write(row: int, column: int, cell: Cell, page=page) -> None:
            page.write(row, column, cell, day) if isinstance(cell, date) else page.write(row, column, cell)

        put(rows, write)
    file.save(target)
    return target.getvalue()


def put(rows: Grid, write: Callable[[int, int, Cell], object]) -> None:
    """Calls `write` for every cell that holds something."""
    for n, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                write(n, column, cell)
