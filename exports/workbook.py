"""A table as a file: Excel with typed columns, or CSV for machines; formula cells are impossible in both."""

import csv as csv_writer
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import wrap
from typing import Any, Literal, NamedTuple

import polars as pl
import xlsxwriter

from definitions import format
from definitions.text import text
from exports.papers import Edition

Kind = Literal["text", "count", "number", "score", "share", "points", "date", "month", "moment"]

# Separators are Excel's own, by the reader's country: 28.123 and 46,2% on a Vietnamese Windows.
FORMATS: dict[str, str] = {
    "text": "@", "count": "#,##0", "number": "#,##0.0", "score": "#,##0.00", "share": "0.0%", "points": "+0.0;-0.0;0.0",
    "date": 'dd"/"mm"/"yyyy', "month": 'mm"/"yyyy',
    "moment": 'hh:mm dd"/"mm"/"yyyy',
}  # fmt: skip
LONGEST = 32_767  # letters in one cell; beyond it xlsxwriter would leave the cell out without a word
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
FIRST = 4  # title, edition, an empty row, heads
WRITTEN = {"moment": 18, "date": 12}  # letters a value takes; other numbers take ten
LINE = 15  # points
WIDEST = 48  # half a page


class Column(NamedTuple):
    """A column of the frame: its id there, head, unit (stands in the head) and kind."""

    id: str
    header: str
    unit: str = ""
    format: Kind = "text"
    link: str = ""  # the column that holds the unit this cell leads to on the screen

    @property
    def head(self) -> str:
        """The head with its unit; a share always says that it is in %."""
        unit = self.unit or ("%" if self.format == "share" and not self.header.endswith("%)") else "")
        return f"{self.header} ({unit})" if unit else self.header


@dataclass(frozen=True)
class Notes:
    """What the file says about itself; definitions: (name, how computed); filters: those of the screen, in words."""

    edition: Edition
    definitions: tuple[tuple[str, str], ...] = ()
    filters: str = ""

    def lines(self, title: str, rows: int) -> list[tuple[str, str]]:
        lang, edition = self.edition.lang, self.edition
        origin = edition.band or text("exports.note_real", lang)
        found = [("note_title", title), ("note_as_of", format.day(edition.as_of)), ("note_version", edition.version)]
        found += [("note_origin", origin), ("rows", format.integer(rows, lang))]
        found += [("note_wording", edition.wording)] if edition.wording else []
        found += [("note_filters", self.filters)] if self.filters else []
        labelled = [(text(f"exports.{id}", lang), value) for id, value in found]
        how = text("exports.note_definition", lang)
        return labelled + [(f"{how}: {name}", words) for name, words in self.definitions]


def workbook(frame: pl.DataFrame, columns: Sequence[Column], title: str, notes: Notes) -> bytes:
    """xlsx: the table ready to print on A4, and the sheet "Ghi chú". ValueError where a column is not in the frame."""
    known(frame, columns)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    as_of = notes.edition.as_of
    book.set_properties(
        {"title": title, "comments": notes.edition.line, "created": datetime(as_of.year, as_of.month, as_of.day)}
    )
    table(book, frame, columns, title, notes.edition)
    notes_sheet(book, notes, title, frame.height)
    book.close()
    return out.getvalue()


def known(frame: pl.DataFrame, columns: Sequence[Column]) -> None:
    missing = [column.id for column in columns if column.id not in frame.columns]
    if missing:
        raise ValueError(f"the frame has no column {', '.join(missing)}")


def table(book: Any, frame: pl.DataFrame, columns: Sequence[Column], title: str, edition: Edition) -> None:
    sheet = book.add_worksheet()
    strong = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#F4F6F8"})
    look = {"border": 1, "border_color": "#D9DEE3", "valign": "top"}
    kinds = {kind: book.add_format({"num_format": code, **look}) for kind, code in FORMATS.items()}
    kinds["text"].set_indent(1)  # text beside a number to its left would touch it
    kinds["text"].set_text_wrap()
    widths = [width(column, frame[column.id].to_list()) for column in columns]
    over(sheet, 0, title, sum(widths), len(columns), strong)
    about = " · ".join(part for part in (edition.band, edition.line) if part)
    over(sheet, 1, about, sum(widths), len(columns), book.add_format({"valign": "top"}))
    lines = [len(wrap(column.head, int(wide * 0.85))) for column, wide in zip(columns, widths, strict=True)]
    sheet.set_row(FIRST - 1, LINE * max(lines, default=1) + 3)
    for at, column in enumerate(columns):
        sheet.write_string(FIRST - 1, at, column.head, head)
        sheet.set_column(at, at, widths[at])
        for row, value in enumerate(frame[column.id], FIRST):
            write(sheet, row, at, value, column.format, kinds[column.format])
    for row, tall in heights(frame, columns, widths):
        sheet.set_row(FIRST + row, LINE * tall)
    printing(sheet, columns, frame.height, edition)


def heights(frame: pl.DataFrame, columns: Sequence[Column], widths: Sequence[float]) -> Iterator[tuple[int, int]]:
    """(row, lines) of every row whose text breaks: Excel would see to it when it opens the file, others do not."""
    lines: dict[int, int] = {}
    room = WIDEST - 3  # the indent, and letters wider than a digit
    for column, wide in zip(columns, widths, strict=True):
        if column.format != "text" or wide < WIDEST:
            continue  # as wide as its longest text
        for row, words in enumerate(frame[column.id]):
            if words and len(str(words)) > room:
                lines[row] = max(lines.get(row, 1), len(wrap(str(words), room)))
    yield from lines.items()


def over(sheet: Any, row: int, words: str, wide: float, columns: int, look: Any) -> None:
    """A line above the table that breaks within the table's width: what ran past it would shrink the print."""
    look.set_text_wrap()
    sheet.set_row(row, (look.font_size + 4) * len(wrap(words, max(8, int(wide * 10 / look.font_size)))))
    if columns > 1:
        sheet.merge_range(row, 0, row, columns - 1, "", look)
    sheet.write_string(row, 0, cut(words), look)


def write(sheet: Any, row: int, at: int, value: Any, kind: Kind, look: Any) -> None:
    """One typed cell; text is always text, and what is no number is an empty cell, never 0."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        sheet.write_blank(row, at, None, look)
    elif kind in ("date", "month", "moment"):
        sheet.write_datetime(row, at, value, look)
    elif kind == "text" or isinstance(value, str):
        sheet.write_string(row, at, cut(str(value)), look)
    else:
        sheet.write_number(row, at, value * 100 if kind == "points" else value, look)


def cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def width(column: Column, values: Sequence[Any]) -> float:
    """Wide enough for most of what stands there, never wider than half a page."""
    longest = WRITTEN.get(column.format, 10)
    if column.format == "text":
        longest = max((len(str(value)) for value in values if value is not None), default=0)
    return float(min(WIDEST, max(longest + 2, min(18, len(column.head)), 9)))


def printing(sheet: Any, columns: Sequence[Column], rows: int, edition: Edition) -> None:
    """A4, one page wide, heads on every page, edition and page number at the foot."""
    sheet.set_paper(9)
    if len(columns) > 6:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.7)
    sheet.repeat_rows(FIRST - 1)
    sheet.print_area(0, 0, FIRST - 1 + rows, max(len(columns) - 1, 0))
    sheet.freeze_panes(FIRST, 1)
    if columns and rows:
        sheet.autofilter(FIRST - 1, 0, FIRST - 1 + rows, len(columns) - 1)
    sheet.set_footer(f"&L&8{edition.stamp.replace('&', '&&')}&R&8{text('exports.page', edition.lang)} &P/&N")


def notes_sheet(book: Any, notes: Notes, title: str, rows: int) -> None:
    lang = notes.edition.lang
    sheet = book.add_worksheet(text("exports.notes", lang))
    strong, wrapped = (
        book.add_format({"bold": True, "valign": "top"}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    heads = (text("exports.notes_what", lang), text("exports.notes_value", lang))
    for row, (name, words) in enumerate([heads, *notes.lines(title, rows)]):
        sheet.write_string(row, 0, cut(name), strong)
        sheet.write_string(row, 1, cut(words), strong if row == 0 else wrapped)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def csv(frame: pl.DataFrame, columns: Sequence[Column], title: str, notes: Notes) -> bytes:
    """UTF-8 with BOM, commas, decimal points, ISO dates, shares in %; the notes are the last columns of every row.

    A comment line would break readers and a second file gets lost; a column survives sorting, cutting and joining.
    """
    known(frame, columns)
    said = notes.lines(title, frame.height)
    out = io.StringIO()
    writer = csv_writer.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(head) for head in [*(column.head for column in columns), *(name for name, _ in said)]])
    tail = [neutral(words) for _, words in said]
    for values in cells(frame, columns):
        writer.writerow([*values, *tail])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def cells(frame: pl.DataFrame, columns: Sequence[Column]) -> Iterator[list[str]]:
    for row in frame.select([column.id for column in columns]).rows():
        yield [plain(value, column.format) for value, column in zip(row, columns, strict=True)]


def plain(value: Any, kind: Kind) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if kind == "moment":
        return f"{value:%Y-%m-%dT%H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%Y-%m}" if kind == "month" else f"{value:%Y-%m-%d}"
    if isinstance(value, bool | int | float):
        return str(round(value * 100, 6) if kind in ("share", "points") else value)
    return neutral(str(value))


def neutral(words: str) -> str:
    """A spreadsheet must not run a text: one that begins like a formula gets an apostrophe before it."""
    return f"'{words}" if words.lstrip(" \n").startswith(DANGEROUS) or words.startswith(DANGEROUS) else words
