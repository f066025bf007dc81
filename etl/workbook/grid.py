"""Opens a workbook into sheets of cells: strings stay strings, numbers numbers, and nothing a cell says is lost."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from html import unescape
from io import BytesIO

import xlrd
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)
from xlrd.book import Book
from xlrd.sheet import Cell as OldCell
from xlrd.sheet import Sheet as OldSheet

from etl.workbook.cells import Cell, ErrorValue, NoValue, Share, number_of
from etl.workbook.encodings import is_legacy, names_legacy_font, to_unicode
from etl.workbook.package import MAX_COLUMNS, Refused, check_area, check_extent, check_xls, is_remarkable, kind, parts

Range = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0


@dataclass
class Sheet:
    """One sheet: `rows` from Excel's row 1 and column A, all of one width, "" where empty."""

    name: str
    is_hidden: bool
    rows: list[list[Cell]]
    merges: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    places: list[tuple[int, int]] = field(default_factory=list)  # of a line made of a column: where its cells stand


def sheets(data: bytes) -> list[Sheet]:
    """The worksheets of a workbook; Refused for a file that is none or must not be opened."""
    if kind(data) == "xls":
        check_xls(data)
        return old_sheets(data)
    found = parts(data)
    styles = Styles(found)
    return list(_sheets(data, found, styles))


def _sheets(data: bytes, found: dict[str, bytes], styles: "Styles") -> Iterator[Sheet]:
    places = sheet_parts(found)
    xmls = [plain(found.get(place, b"")) for place in places]
    remarkable = [is_remarkable(xml) for xml in xmls]
    for name, xml, is_so in zip(sheet_names(found), xmls, remarkable, strict=True):
        if is_so:
            check_extent(name, xml)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            for number, about in enumerate(book.sheets_metadata):
                if about.typ == SheetTypeEnum.WorkSheet and number < len(xmls):
                    hidden = about.visible != SheetVisibleEnum.Visible
                    sheet = _sheet(book.get_sheet_by_index(number), hidden)
                    if remarkable[number] or styles.percents or styles.has_odd_texts:
                        sheet.hidden_rows = hidden_rows(xmls[number])
                        sheet.hidden_columns = hidden_columns(xmls[number])
                        overlay(sheet, xmls[number], styles)
                    yield sheet
    except PasswordError as fault:
        raise Refused("password") from fault
    except (CalamineError, OSError, ValueError) as fault:
        raise Refused("unreadable") from fault


def _sheet(read: CalamineSheet, is_hidden: bool) -> Sheet:
    check_area(read.name, read.total_height, read.total_width)
    merges = [(a, b, c, d) for (a, b), (c, d) in read.merged_cell_ranges or ()]
    return Sheet(read.name, is_hidden, read.to_python(skip_empty_area=False), merges)


# ---- what the XML says and the fast reader leaves out ----------------------------------------------------------------

_PREFIX = re.compile(rb"<(\w+):worksheet\b")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_COLUMN = re.compile(rb"<col\s[^>]*>")
_HIDDEN = re.compile(rb"""<row\s[^>]*\bhidden=["'](?:1|true)["'][^>]*>""")
_ROW_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
_UNCACHED = re.compile(rb"<f[ >/]([^<]*)(?:</f>)?\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_REFERENCE = re.compile(rb"""\br=["']([A-Za-z]{1,3})(\d+)["']""")
_CELL = re.compile(rb"<c\s([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_STYLE = re.compile(rb"""\bs=["'](\d+)["']""")
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_ITEM = re.compile(rb"<si>(.*?)</si>|<si/>", re.DOTALL)
_RUN = re.compile(rb"<r>(.*?)</r>", re.DOTALL)
_TEXT = re.compile(rb"<t(?:\s[^>]*)?>([^<]*)</t>")
_FONT_OF_RUN = re.compile(rb"""<rFont val=["']([^"']*)["']""")
_FONT = re.compile(rb"<font(?:\s[^>]*)?/>|<font(?:\s[^>]*)?>(.*?)</font>", re.DOTALL)
_FONT_NAME = re.compile(rb"""<name val=["']([^"']*)["']""")
RAISED = b'"superscript"'  # the mark of a footnote: 24 with a raised 1 is no 241
_RAISE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_XF = re.compile(rb"<xf\s([^>]*?)/?>")


def plain(xml: bytes) -> bytes:
    """The XML without a namespace prefix on its tags, as some programs write one."""
    prefix = _PREFIX.search(xml[:2000])
    if not prefix:
        return xml
    return xml.replace(b"<" + prefix[1] + b":", b"<").replace(b"</" + prefix[1] + b":", b"</")


def attribute(tag: bytes, name: str) -> str:
    found = _attribute(name).search(tag)
    return found[1].decode("utf-8", "replace") if found else ""


@cache
def _attribute(name: str) -> re.Pattern[bytes]:
    return re.compile(rf"""\b{name}=["']([^"']*)["']""".encode())


def sheet_parts(found: dict[str, bytes]) -> list[str]:
    """The part of each sheet, in the workbook's order."""
    links = {
        attribute(relation, "Id"): attribute(relation, "Target")
        for relation in _RELATION.findall(found.get("xl/_rels/workbook.xml.rels", b""))
    }
    targets = [links.get(attribute(sheet, r"\w+:id"), "") for sheet in _SHEET.findall(found["xl/workbook.xml"])]
    return [target.lstrip("/") if target.startswith("/") else "xl/" + target for target in targets]


def sheet_names(found: dict[str, bytes]) -> list[str]:
    """The name of each sheet, in the workbook's order."""
    return [unescape(attribute(sheet, "name")) for sheet in _SHEET.findall(found["xl/workbook.xml"])]


def hidden_rows(xml: bytes) -> set[int]:
    """The rows hidden in a sheet, from 0."""
    if b"hidden=" not in xml:
        return set()
    numbers = (_ROW_NUMBER.search(row) for row in _HIDDEN.findall(xml))
    return {int(number[1]) - 1 for number in numbers if number}


def hidden_columns(xml: bytes) -> set[int]:
    """The columns hidden in a sheet, from 0; one that hides all to the right counts up to the last allowed."""
    head = xml[: xml.find(b"<sheetData")]
    if b"hidden=" not in head:
        return set()
    hidden = [column for column in _COLUMN.findall(head) if attribute(column, "hidden") in ("1", "true")]
    spans = [(int(attribute(column, "min") or 1), int(attribute(column, "max") or 1)) for column in hidden]
    return {at for first, last in spans for at in range(first - 1, min(last, MAX_COLUMNS))}


class Styles:
    """Which cell styles show percentages, which stand in a TCVN3 or VNI font, and the runs inside shared strings."""

    def __init__(self, found: dict[str, bytes]):
        xml = found.get("xl/styles.xml", b"")
        self.strings = found.get("xl/sharedStrings.xml", b"")
        self.has_raised = RAISED in self.strings
        self.has_runs = self.has_raised or names_legacy_font(self.strings) and b"<rFont" in self.strings
        has_legacy = names_legacy_font(xml)
        xfs = _XF.findall(_between(xml, b"<cellXfs", b"</cellXfs>")) if has_legacy or b"numFmtId" in xml else []
        names = [_name_of(font) for font in _FONT.findall(_between(xml, b"<fonts", b"</fonts>"))] if has_legacy else []
        fonts = [_item(names, attribute(xf, "fontId")) for xf in xfs] if has_legacy else []
        self.fonts = {number: font for number, font in enumerate(fonts) if is_legacy(font)}
        percents = {"9", "10"} | {
            attribute(tag, "numFmtId")
            for tag in re.findall(rb"<numFmt\s[^>]*>", xml)
            if "%" in attribute(tag, "formatCode")
        }
        self.percents = {number for number, xf in enumerate(xfs) if attribute(xf, "numFmtId") in percents}

    @property
    def has_odd_texts(self) -> bool:
        return bool(self.fonts) or self.has_runs


def _between(xml: bytes, start: bytes, end: bytes) -> bytes:
    first = xml.find(start)
    return xml[first : xml.find(end, first)] if first >= 0 else b""


def _name_of(font: bytes) -> str:
    found = _FONT_NAME.search(font)
    return found[1].decode("utf-8", "replace") if found else ""


def _item(names: list[str], number: str) -> str:
    return names[int(number)] if number.isdigit() and int(number) < len(names) else ""


def overlay(sheet: Sheet, xml: bytes, styles: Styles) -> None:
    """Puts into the cells what the fast reader cannot tell: errors, formulas never worked out, percentages, fonts."""
    end = xml.rfind(b"</sheetData>")  # what stands behind the cells speaks of formulas too
    for tag, body in _formulas_without_value(xml, end):
        _put(sheet, tag, NoValue("=" + body.rsplit(b">", 1)[-1].decode("utf-8", "replace")[:60]))
    for tag, value in _errors(xml, end):
        _put(sheet, tag, ErrorValue(value))
    if styles.percents:
        wanted = "|".join(map(str, sorted(styles.percents))).encode()
        for cell in re.compile(rb"""<c\s[^>]*\bs=["'](?:""" + wanted + rb""")["'][^>]*>""").finditer(xml, 0, end):
            _put_share(sheet, cell[0])
    if styles.has_odd_texts:
        _convert(sheet, xml, end, styles)


def _formulas_without_value(xml: bytes, end: int) -> Iterator[tuple[bytes, bytes]]:
    if xml.find(b"<f", 0, end) < 0:
        return
    for match in _UNCACHED.finditer(xml, 0, end):
        tag = xml[xml.rfind(b"<c", 0, match.start()) : match.start()]
        if b't="str"' not in tag:  # an empty text is a result
            yield tag, match[1]


def _errors(xml: bytes, end: int) -> Iterator[tuple[bytes, str]]:
    at = xml.find(b't="e"', 0, end)
    while at >= 0:
        close = xml.find(b"</c>", at)
        value = _VALUE.search(xml, at, close)
        yield xml[xml.rfind(b"<c", 0, at) : close], value[1].decode("utf-8", "replace") if value else "#"
        at = xml.find(b't="e"', at + 1, end)


def _position(tag: bytes) -> tuple[int, int] | None:
    found = _REFERENCE.search(tag)
    return (int(found[2]) - 1, number_of(found[1].decode())) if found else None


def _put(sheet: Sheet, tag: bytes, value: Cell) -> None:
    """Set a cell that may lie outside what the fast reader gave, which ends at the last value."""
    position = _position(tag)
    if position is None:
        return
    row, column = position
    check_area(sheet.name, row + 1, column + 1)
    width = max(column + 1, len(sheet.rows[0]) if sheet.rows else 0)
    sheet.rows.extend([""] * width for _ in range(row + 1 - len(sheet.rows)))
    if len(sheet.rows[row]) <= column:
        for each in sheet.rows:
            each.extend([""] * (width - len(each)))
    sheet.rows[row][column] = value


def _get(sheet: Sheet, position: tuple[int, int] | None) -> Cell:
    if position is None or position[0] >= len(sheet.rows) or position[1] >= len(sheet.rows[position[0]]):
        return ""
    return sheet.rows[position[0]][position[1]]


def _put_share(sheet: Sheet, tag: bytes) -> None:
    value = _get(sheet, _position(tag))
    if type(value) is float:
        _put(sheet, tag, Share(value))


def _convert(sheet: Sheet, xml: bytes, end: int, styles: Styles) -> None:
    """Every text of a sheet by the font of its cell, or of its runs where they carry their own."""
    items = _ITEM.findall(styles.strings) if styles.has_runs else []
    for cell in _CELL.finditer(xml, 0, end):
        value = _get(sheet, _position(cell[1]))
        if not isinstance(value, str) or not value:
            continue
        style = _STYLE.search(cell[1])
        font = styles.fonts.get(int(style[1]) if style else 0, "")
        number = _VALUE.search(cell[2] or b"")
        runs = (
            items[int(number[1])] if items and b't="s"' in cell[1] and number and int(number[1]) < len(items) else b""
        )
        if b"<rFont" in runs or RAISED in runs:
            _put(sheet, cell[1], "".join(_run(run, font) for run in _RUN.findall(runs)))
        elif font:
            _put(sheet, cell[1], to_unicode(value, font))


def _run(run: bytes, font: str) -> str:
    named, written = _FONT_OF_RUN.search(run), _TEXT.search(run)
    if not written:
        return ""
    content = written[1].decode("utf-8", "replace")
    for mark, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        content = content.replace(mark, char)
    content = to_unicode(content, named[1].decode("utf-8", "replace") if named else font)
    return content.translate(_RAISE) if RAISED in run else content


# ---- .xls ------------------------------------------------------------------------------------------------------------


def old_sheets(data: bytes) -> list[Sheet]:
    """The worksheets of an .xls, its texts converted by their fonts."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=_Quiet())
    except MALFORMED as fault:
        said = str(fault).lower()
        if "encrypted" in said or "password" in said:
            raise Refused("password") from fault
        raise Refused("not_a_workbook" if "find workbook" in said or "unsupported" in said else "unreadable") from fault
    return [old_sheet(book, sheet) for sheet in book.sheets()]


# What xlrd raises on bytes that are no workbook, beside its own errors.
MALFORMED = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    AssertionError,
    IndexError,
    KeyError,
    UnicodeError,
    ValueError,
)


class _Quiet:
    """xlrd prints its warnings; a sender's oddities are no business of our output."""

    def write(self, _: str) -> None: ...

    def flush(self) -> None: ...


def old_sheet(book: Book, sheet: OldSheet) -> Sheet:
    check_area(sheet.name, sheet.nrows, sheet.ncols)
    rows = [[old_cell(book, sheet, r, c) for c in range(sheet.ncols)] for r in range(sheet.nrows)]
    merges = [(r0, c0, r1 - 1, c1 - 1) for r0, r1, c0, c1 in sheet.merged_cells]
    hidden = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    columns = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    return Sheet(sheet.name, sheet.visibility != 0, rows, merges, hidden, columns)


def old_cell(book: Book, sheet: OldSheet, row: int, column: int) -> Cell:
    if column >= sheet.row_len(row):
        return ""
    cell: OldCell = sheet.cell(row, column)
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return to_unicode(cell.value, book.font_list[book.xf_list[cell.xf_index].font_index].name)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        shown_as = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        return Share(cell.value) if shown_as and "%" in shown_as.format_str else cell.value
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _old_date(cell.value, book.datemode)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ErrorValue(xlrd.error_text_from_code.get(cell.value, "#"))
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else ""


def _old_date(value: float, datemode: int) -> Cell:
    if value < 1:
        return time(int(value * 24) % 24)
    try:
        return xlrd.xldate_as_datetime(value, datemode).date()
    except (xlrd.xldate.XLDateError, ValueError, OverflowError):
        return value
