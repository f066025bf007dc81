"""Draws one sheet of the commune's form: headers, explanations, entry cells, self-checks, totals, print layout."""

import textwrap
from dataclasses import dataclass
from datetime import date

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from definitions.format import integer
from definitions.load import Column, definitions
from definitions.reference import ethnic_groups
from etl.forms_check import BAD, GOOD, SHORT, check_formula, compared, done, judged, priority_names, summed
from etl.forms_table import ASKED, BODY, EXPLAIN, GROUP, HEAD, TITLE, UNIT, Line, Table, printed

LAST, CHECK, COMPARE, NUMBER = "Tháng trước", "Tự kiểm tra", "Đối chiếu", "TT"
YES, NO, TICK = "Có", "Chưa", "x"
LISTS, UNKNOWN = "Danh sách chọn", "Không rõ"
INK, MUTED, LINE = "#1F2933", "#6B7280", "#C9D1D9"
TINTS = {GOOD: ("#E3F1E6", "#1E5B36"), SHORT: ("#FFF3CD", "#6B5200"), BAD: ("#FBDDD3", "#8A2C0D")}
ENTRY, LOCKED, HEADER, RED = "#FFFBE8", "#F1F3F5", "#E4EDF4", "#F9D2CF"
WIDTHS = {"village_id": 10, "village_name": 22, "tick": 12, "count": 9, "yes_no": 9, "text": 20, "date": 12}
WIDTHS |= {"category": 21}
ALONE = 11.5  # a count column without last month's figures beside it
LAST_WIDTH, CHECK_WIDTH, NUMBER_WIDTH = 7, 10.5, 4.5
# How many letters go into one digit's width: bold headers, small explanations, plain text (looked at in print).
HEAD_LETTERS, SMALL_LETTERS, PLAIN_LETTERS = 1.05, 1.3, 1.08
NOTE = {"author": "", "font_name": "Arial", "font_size": 10, "x_scale": 2.2, "y_scale": 1.2}
WRONG_NUMBER = (
    "Chỉ ghi số nguyên từ 0 trở lên, không ghi chữ, không ghi số lẻ. Chưa có số liệu thì để trống; không có hộ nào thì "
    "ghi 0."
)


@dataclass(frozen=True)
class Heading:
    """What stands on top and at the foot of every sheet; origin is the demonstration mark or ""."""

    unit: str
    month: str
    origin: str
    footer: str


class Paper:
    """The workbook being drawn, with each look made once."""

    def __init__(self, book: Workbook):
        self.book = book
        self.looks: dict[tuple, Format] = {}

    def look(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self.looks:
            base = {"font_name": "Arial", "font_size": 11, "font_color": INK, "valign": "vcenter"}
            self.looks[key] = self.book.add_format(base | properties)
        return self.looks[key]


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a cell that holds `width` of its letters."""
    return sum(max(len(textwrap.wrap(part, max(int(width), 1))), 1) for part in text.split("\n"))


def draw(paper: Paper, table: Table, heading: Heading, villages: Table | None = None) -> Worksheet:
    """Adds the sheet; the breakdown compares itself with the villages' sheet."""
    ws = paper.book.add_worksheet(table.sheet.name)
    titles(paper, ws, table, heading)
    headers(paper, ws, table)
    for number in range(len(table.lines)):
        line(paper, ws, table, number)
        check(paper, ws, table, number)
    validations(ws, table, villages)
    if table.with_totals:
        totals(paper, ws, table)
    tint_checks(paper, ws, table)
    if table.end > table.check_column and villages:
        compare(paper, ws, table, villages)
    layout(ws, table, heading)
    return ws


def cells_asked(table: Table) -> str:
    """ "440 ô (55 thôn × 8 ô)": how many cells the sheet asks for; ticks and filled-in cells do not count."""
    given = ("village_id", "village_name", "tick", "category")
    each = sum(1 for column in table.columns if column.kind not in given)
    lines = sum(1 for line in table.lines if not line.is_open)
    if table.sheet.grain == "commune":
        return f"{each} ô"
    if table.sheet.rhythm == "month" and lines:
        return f"{integer(each * lines)} ô ({lines} thôn × {each} ô)"
    if table.sheet.rhythm == "quarter":
        most = f"nhiều nhất {integer(each * lines)} ô, " if lines else ""
        return f"{most}{each} ô cho mỗi nhóm có hộ ở thôn"
    return f"{each} ô cho mỗi thôn" + (" có thay đổi" if table.sheet.rhythm == "change" else "")


def asked(table: Table) -> str:
    """The sentence under the title: how many cells, and how to fill them."""
    how = {
        "month": "Ghi vào ô màu vàng nhạt; ô trống là chưa có số liệu, không có thì ghi 0.",
        "quarter": "Mỗi hộ đếm một lần theo dân tộc của chủ hộ; nhóm ưu tiên đếm riêng, không cộng. "
        "Dòng không dùng thì để trống.",
        "change": "Không có thay đổi thì để trống cả biểu.",
    }
    first = table.sheet.id == "villages" and all(line.is_open for line in table.lines)
    named = " Báo cáo lần đầu: ghi tên từng thôn, bản, tổ dân phố; mã để trống, tỉnh cấp sau." if first else ""
    return f"Biểu này hỏi {cells_asked(table)}. {how[table.sheet.rhythm]}{named}"


def titles(paper: Paper, ws: Worksheet, table: Table, heading: Heading) -> None:
    """Title, unit and month, what is asked; the unit and month stand in cells of their own for the reader."""
    middle = table.places[table.columns[min(3, len(table.columns) - 1)].id]
    ws.write(TITLE, 0, table.sheet.title.vi.upper(), paper.look(bold=True, font_size=14))
    ws.write(UNIT, 0, f"Đơn vị: {heading.unit}", paper.look(bold=True))
    ws.write(UNIT, middle, f"Kỳ báo cáo: {heading.month}", paper.look(bold=True))
    if heading.origin:
        ws.write(UNIT, table.end, heading.origin, paper.look(bold=True, font_color=TINTS[BAD][1], align="right"))
    ws.merge_range(ASKED, 0, ASKED, table.end, asked(table), paper.look(font_color=MUTED, text_wrap=True, font_size=10))
    room = sum(widths(table).values()) * PLAIN_LETTERS
    ws.set_row(TITLE, 24)
    ws.set_row(UNIT, 19)
    ws.set_row(ASKED, 14 * lines_needed(asked(table), room) + 5)


def widths(table: Table) -> dict[int, float]:
    """The width of every column of the sheet, in digits."""
    wide = {0: NUMBER_WIDTH} if table.sheet.grain == "village" else {}
    for column in table.columns:
        at = table.places[column.id]
        wide[at] = own_width(table, column)
        if table.has_last(column):
            wide[at + 1] = LAST_WIDTH
    return wide | dict.fromkeys(range(table.check_column, table.end + 1), CHECK_WIDTH)


def own_width(table: Table, column: Column) -> float:
    return ALONE if column.kind == "count" and not table.has_last(column) else WIDTHS[column.kind]


def headers(paper: Paper, ws: Worksheet, table: Table) -> None:
    """The group row, the row of names, the row of explanations; an explanation also covers its last-month column."""
    extra = {table.check_column: (CHECK, "Tự hiện khi điền.")}
    if table.sheet.grain == "village":
        extra[0] = (NUMBER, "")
    if table.end > table.check_column:
        extra[table.end] = (COMPARE, "Cộng theo dân tộc so với biểu Thôn.")
    for at, (name, explain) in extra.items():
        header_cell(paper, ws, at, name, explain)
    for column in table.columns:
        at = table.places[column.id]
        header_cell(paper, ws, at, column.header, column.explain.vi, 1 if table.has_last(column) else 0)
        ws.write_comment(HEAD, at, f"{column.header}\n{column.explain.vi}", NOTE)
    for name, first, last in groups(table):
        look = paper.look(bold=True, font_size=10, bg_color=HEADER, align="center", border=1, border_color=LINE)
        if first < last:
            ws.merge_range(GROUP, first, GROUP, last, name, look)
        else:
            ws.write(GROUP, first, name, look)
    wide = widths(table)
    named = max(lines_needed(c.header, wide[table.places[c.id]] * HEAD_LETTERS) for c in table.columns)
    told = max(lines_needed(c.explain.vi, explain_width(table, c)) for c in table.columns)
    ws.set_row(GROUP, 19)
    ws.set_row(HEAD, 13.5 * named + 8)
    ws.set_row(EXPLAIN, 12 * told + 6)


def explain_width(table: Table, column: Column) -> float:
    """How many small letters fit in a line of the column's explanation."""
    return SMALL_LETTERS * (own_width(table, column) + (LAST_WIDTH if table.has_last(column) else 0))


def header_cell(paper: Paper, ws: Worksheet, at: int, name: str, explain: str, beside: int = 0) -> None:
    frame = {"bg_color": HEADER, "border_color": LINE, "left": 1, "right": 1, "text_wrap": True, "align": "center"}
    ws.write_blank(GROUP, at, None, paper.look(**frame, top=1))
    head = paper.look(**frame, bottom=1, bold=True, font_size=10)
    ws.write(HEAD, at, name, head)
    small = {"font_size": 9, "italic": True, "font_color": MUTED, "text_wrap": True, "valign": "top"}
    look = paper.look(**small, border=1, border_color=LINE)
    if beside:
        ws.write_blank(GROUP, at + 1, None, paper.look(**frame, top=1))
        ws.write(HEAD, at + 1, LAST, paper.look(**frame, bottom=1, font_size=8, font_color=MUTED))
        ws.merge_range(EXPLAIN, at, EXPLAIN, at + 1, explain, look)
    else:
        ws.write(EXPLAIN, at, explain, look)


def groups(table: Table) -> list[tuple[str, int, int]]:
    """The header groups: name, first and last column."""
    found: list[tuple[str, int, int]] = []
    for column in table.columns:
        first = table.places[column.id]
        last = first + (1 if table.has_last(column) else 0)
        if found and column.group and found[-1][0] == column.group:
            found[-1] = (column.group, found[-1][1], last)
        elif column.group:
            found.append((column.group, first, last))
    return found


def line(paper: Paper, ws: Worksheet, table: Table, number: int) -> None:
    """One line: its number, its filled-in cells locked, its entry cells open, last month's figures grey and locked."""
    row, this = BODY + number, table.lines[number]
    first = number == 0 or (this.village, this.name) != (table.lines[number - 1].village, table.lines[number - 1].name)
    rule = {"border": 1, "border_color": LINE} | ({"top": 2} if table.sheet.rhythm == "quarter" and first else {})
    if table.sheet.grain == "village":
        ws.write(row, 0, number + 1, paper.look(**rule, align="center", font_size=9, font_color=MUTED))
    for column in table.columns:
        at, value = table.places[column.id], printed(this, column)
        look = paper.look(**rule, **cell_look(table, this, column))
        put(ws, row, at, value, look)
        if column.id in this.marks:
            ws.write_comment(row, at, this.marks[column.id], NOTE | {"color": RED})
        if table.has_last(column):
            grey = {"bg_color": LOCKED, "font_color": MUTED, "num_format": "#,##0"}
            grey["align"] = "right" if column.kind == "count" else "center"
            put(ws, row, at + 1, last_printed(this, column), paper.look(**rule, **grey))
    ws.set_row(row, 26 if table.sheet.grain == "commune" else 18)


def put(ws: Worksheet, row: int, at: int, value: object, look: Format) -> None:
    """Text stays text: "=1+1" or "012" as an officer wrote it is never made a formula or a number."""
    if isinstance(value, date):
        ws.write_datetime(row, at, value, look)
    elif isinstance(value, (int, float)):
        ws.write_number(row, at, value, look)
    elif value:
        ws.write_string(row, at, str(value), look)
    else:
        ws.write_blank(row, at, None, look)


def last_printed(line: Line, column: Column) -> object:
    value = line.last.get(column.id, "")
    return value if column.kind == "count" or value == "" else (NO, YES)[int(bool(value))]


def cell_look(table: Table, line: Line, column: Column) -> dict[str, object]:
    look: dict[str, object] = {"text_wrap": column.kind in ("village_name", "category", "text")}
    look["align"] = {"count": "right", "tick": "center", "yes_no": "center", "date": "center"}.get(column.kind, "left")
    if column.kind == "count":
        look["num_format"] = "#,##0"
    elif column.kind == "date":
        look["num_format"] = "dd/mm/yyyy"
    elif column.kind in ("text", "village_id"):
        look["num_format"] = "@"
    if table.is_entry(line, column):
        look |= {"locked": False, "bg_color": ENTRY}
    elif column.kind == "village_id":
        look |= {"bg_color": LOCKED, "font_color": MUTED, "font_size": 9}
    elif column.kind == "category":
        look |= {"bg_color": LOCKED}
    if column.id in line.marks:
        look |= {"bg_color": RED, "bold": True}
    return look


def check(paper: Paper, ws: Worksheet, table: Table, number: int) -> None:
    """The line's own judgement, as a formula with its value worked out here as well."""
    look = paper.look(border=1, border_color=LINE, align="center", font_size=10)
    ws.write_formula(BODY + number, table.check_column, check_formula(table, number), look, judged(table, number))


def compare(paper: Paper, ws: Worksheet, table: Table, villages: Table) -> None:
    """Beside each village's first line: do its ethnic rows add up to its households on the villages' sheet."""
    look = paper.look(border=1, border_color=LINE, align="center", font_size=10)
    found = compared(table, villages)
    for number in range(len(table.lines)):
        if number in found:
            ws.write_formula(BODY + number, table.end, found[number][0], look, found[number][1])
        else:
            ws.write_blank(BODY + number, table.end, None, look)


def totals(paper: Paper, ws: Worksheet, table: Table) -> None:
    """The last row: sums (of the ethnic rows only where priority groups stand beside them) and how far the form is."""
    row = BODY + len(table.lines)
    look = {"bold": True, "bg_color": HEADER, "border": 1, "border_color": LINE}
    for at in range(table.end + 1):
        ws.write_blank(row, at, None, paper.look(**look))
    name = next(c for c in table.columns if c.kind == "village_name")
    ws.write(row, table.places[name.id], "Tổng cộng", paper.look(**look))
    for column in table.counts:
        for shift in (0, 1) if table.has_last(column) else (0,):
            quiet = {"bold": False, "font_color": MUTED} if shift else {}
            number = paper.look(**(look | quiet), num_format="#,##0", align="right")
            formula, value = summed(table, column, shift)
            ws.write_formula(row, table.places[column.id] + shift, formula, number, value)
    formula, word = done(table)
    ws.write_formula(row, table.check_column, formula, paper.look(**look, align="center"), word)
    ws.set_row(row, 21)


def tint_checks(paper: Paper, ws: Worksheet, table: Table) -> None:
    last = BODY + len(table.lines)
    for word, (fill, ink) in TINTS.items():
        look = paper.book.add_format({"bg_color": fill, "font_color": ink})
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        ws.conditional_format(BODY, table.check_column, last, table.end, rule)


def validations(ws: Worksheet, table: Table, villages: Table | None) -> None:
    """What an entry cell takes, and the sentence shown when it is chosen or refused; one rule for each run of cells."""
    for column in table.columns:
        at, start = table.places[column.id], None
        for number, this in enumerate((*table.lines, None)):
            entry = this is not None and table.is_entry(this, column)
            if entry and start is None:
                start = number
            elif not entry and start is not None:
                rule = validation(column, villages if villages is not table else None)
                ws.data_validation(BODY + start, at, BODY + number - 1, at, rule)
                start = None


def category_choices() -> list[str]:
    """What a breakdown row may be of: an ethnic group, "Không rõ", a priority group."""
    return [group.name for group in ethnic_groups()] + [UNKNOWN, *priority_names()]


def validation(column: Column, villages: Table | None) -> dict[str, object]:
    """XlsxWriter's description of what a column takes."""
    rule: dict[str, object] = {"input_title": column.header[:32], "input_message": column.explain.vi[:255]}
    choices = {"tick": [TICK], "yes_no": [YES, NO]}.get(column.kind) or list(column.choices)
    if column.kind == "count":
        rule |= {"validate": "integer", "criteria": ">=", "value": 0, "error_message": WRONG_NUMBER}
    elif choices:
        rule |= {"validate": "list", "source": choices, "error_message": f"Chỉ chọn: {', '.join(choices)}."}
    elif column.kind == "category":
        rule |= {"validate": "list", "source": f"='{LISTS}'!$A$1:$A${len(category_choices())}"}
        rule |= {"error_message": 'Chọn trong danh sách; chưa rõ dân tộc của chủ hộ thì chọn "Không rõ".'}
    elif column.kind == "date":
        rule |= {"validate": "date", "criteria": ">=", "value": definitions().province.epoch.replace(year=2000)}
        rule |= {"error_message": "Ghi ngày/tháng/năm, ví dụ 15/03/2026."}
    elif column.kind == "village_name" and villages:
        source = f"='{villages.sheet.name}'!{villages.range(column.id, absolute=True)}"
        rule |= {"validate": "list", "source": source, "show_error": False}
    else:
        rule["validate"] = "any"
    return rule | ({"error_title": "Chưa đúng"} if rule["validate"] != "any" else {})


def layout(ws: Worksheet, table: Table, heading: Heading) -> None:
    """Column widths, frozen headers, protection without a password, A4 across with repeated headers."""
    for at, wide in widths(table).items():
        ws.set_column(at, at, wide)
    frozen = {c.kind: table.places[c.id] + 1 for c in table.columns}.get("village_name", 0)
    ws.freeze_panes(BODY, frozen)
    ws.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    page(ws, heading, landscape=True)
    ws.repeat_rows(GROUP, HEAD)
    ws.print_area(0, 0, BODY + len(table.lines) - (0 if table.with_totals else 1), table.end)
    ws.set_zoom(100 if sum(widths(table).values()) < 150 else 90)


def page(ws: Worksheet, heading: Heading, landscape: bool) -> None:
    """A4, one page wide, with page numbers and the form's version below."""
    ws.set_landscape() if landscape else ws.set_portrait()
    ws.set_paper(9)
    ws.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    ws.fit_to_pages(1, 0)
    ws.center_horizontally()
    ws.hide_gridlines(2)
    ws.set_footer(f"&L&8{heading.footer}&C&8{heading.origin}&R&8Trang &P/&N")
