"""Draws the visit form of a sample check: the households of the list by village and line, without any name."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from definitions import format
from definitions.award_forms import (
    BY,
    COMMUNE,
    MINUTES,
    NAME,
    ORIGIN,
    RESULTS,
    SEED,
    SHEET,
    VISIT,
    VISIT_COLUMNS,
)  # fmt: skip
from definitions.load import definitions
from etl.forms import DEMO
from etl.forms_check import BAD, SHORT
from etl.forms_sheet import (
    ENTRY,
    HEADER,
    LINE,
    LOCKED,
    MUTED,
    PLAIN_LETTERS,
    TINTS,
    Heading,
    Paper,
    lines_needed,
    page,
    put,
)
from exports.award_forms import units
from methods.sample_check import PASS, SIZE, Line

FRAME = {"border": 1, "border_color": LINE}
WIDTHS = (26, 16, 30, 18, 16)
RULES = (
    "Đến đúng hộ ở dòng ấy trong sổ của thôn (sổ chốt ngày ghi trên). Không ghi họ tên, số điện thoại, địa chỉ.",
    "“Đúng”: hộ có như thôn đã báo. “Không đúng”: hộ không như đã báo, hoặc không có hộ ở dòng ấy. "
    "“Vắng nhà”: đã đến hai lần, vào hai ngày khác nhau, mà không gặp ai.",
    f"Đạt khi “Đúng” ít nhất {PASS} trong {SIZE} hộ (ít hộ hơn thì theo tỷ lệ). Vắng nhà không tính là đúng.",
    "Không đổi hộ khác thay. Điền đủ mọi dòng, ghi số, ngày biên bản rồi gửi tệp đi; số xã đã báo vẫn giữ bên cạnh.",
)


def form(
    sheet: str, commune: str, seed: int, lines: Sequence[Line], claimed: Mapping[str, int], names: Mapping[str, str],
    day: date, is_demo: bool,
) -> bytes:  # fmt: skip
    """The form as .xlsx bytes. claimed, names: by village; day: when the villages' books were closed."""
    target, unit = io.BytesIO(), units()[commune].full_name
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": VISIT, "created": datetime(day.year, 1, 1)})
    paper, heading = (
        Paper(book),
        Heading(unit, "", DEMO if is_demo else "", f"{unit} · {VISIT} · {SEED.lower()} {seed}"),
    )
    ws = book.add_worksheet(VISIT)
    for at, wide in enumerate(WIDTHS):
        ws.set_column(at, at, wide)
    facts = [
        (SHEET, sheet), (COMMUNE, commune), (NAME, unit), (SEED, str(seed)), ("Sổ chốt ngày", format.day(day)),
        ("Số hộ xã, phường đã báo", format.integer(sum(claimed.values()))),
        (ORIGIN, heading.origin or "Số liệu của tỉnh"), (MINUTES, ""), (BY, ""),
    ]  # fmt: skip
    _titles(paper, ws, heading, facts)
    top = 3 + len(facts) + 1
    _counts(paper, ws, top, len(lines))
    _lines(paper, ws, top + 7, lines, claimed, names)
    ws.protect("", {"format_columns": True, "format_rows": True})
    page(ws, heading, landscape=False)
    ws.repeat_rows(top + 6)
    book.close()
    return target.getvalue()


def file_name(sheet: str, commune: str, seed: int) -> str:
    return f"kiem-tra-{sheet}-{commune}-{seed}.xlsx"


def _titles(paper: Paper, ws: Worksheet, heading: Heading, facts: Sequence[tuple[str, str]]) -> None:
    front = f"MẶT TRẬN TỔ QUỐC VIỆT NAM TỈNH {definitions().province.name.upper()}"
    ws.write(0, 0, front, paper.look(bold=True, font_color=MUTED))
    ws.write(1, 0, "PHIẾU KIỂM TRA MẪU HỘ ĐÃ BÁO", paper.look(bold=True, font_size=15))
    ws.set_row(1, 26)
    if heading.origin:
        ws.write(2, 0, heading.origin.upper(), paper.look(bold=True, font_size=12, font_color=TINTS[BAD][1]))
    for row, (label, value) in enumerate(facts, 3):
        ws.write(row, 0, label, paper.look(**FRAME, bg_color=HEADER, indent=1, font_size=10))
        entry = {"locked": False, "bg_color": ENTRY} if label in (MINUTES, BY) else {}
        look = paper.look(**FRAME, **entry, bold=True, align="left", indent=1, num_format="@", text_wrap=True)
        ws.merge_range(row, 1, row, 2, "", look)
        put(ws, row, 1, value, look)
        ws.set_row(row, 18)


def _counts(paper: Paper, ws: Worksheet, top: int, count: int) -> None:
    """How many of each result, whether every line has one, and the verdict by the rule, above the list; the rules."""
    first, last = (xl_rowcol_to_cell(row, 4, True, True) for row in (top + 7, top + 6 + count))
    cells = f"{first}:{last}"
    each = [f'"{name}: "&COUNTIF({cells},"{name}")' for name in RESULTS.values()]
    said = '&" · "&'.join(each)
    done = "+".join(f'COUNTIF({cells},"{name}")' for name in RESULTS.values())
    passed = f'IF(COUNTIF({cells},"{RESULTS["found"]}")*{SIZE}>={PASS}*{count},"Đạt","Không đạt")'
    shown = " · ".join(f"{name}: 0" for name in RESULTS.values())
    ws.merge_range(top, 0, top, 2, "", paper.look(**FRAME, bold=True, bg_color=LOCKED))
    ws.write_formula(top, 0, f"={said}", paper.look(**FRAME, bold=True, bg_color=LOCKED), shown)
    ws.write_formula(
        top, 3, f'=({done})&"/{count} dòng"', paper.look(**FRAME, align="center", bg_color=LOCKED), f"0/{count} dòng"
    )
    verdict = f'=IF(COUNTA({cells})<>({done}),"{BAD}",IF(({done})<{count},"{SHORT}",{passed}))'
    ws.write_formula(top, 4, verdict, paper.look(**FRAME, bold=True, align="center", bg_color=LOCKED), SHORT)
    ws.set_row(top, 20)
    for number, rule in enumerate(RULES, 1):
        told = f"{number}. {rule}"
        ws.merge_range(top + number, 0, top + number, 4, told, paper.look(text_wrap=True, font_size=10))
        ws.set_row(top + number, 13 * lines_needed(told, sum(WIDTHS) * PLAIN_LETTERS) + 4)


def _lines(
    paper: Paper, ws: Worksheet, top: int, lines: Sequence[Line], claimed: Mapping[str, int], names: Mapping[str, str]
) -> None:
    head = paper.look(**FRAME, bold=True, font_size=10, bg_color=HEADER, text_wrap=True, align="center")
    ws.write_row(top - 1, 0, list(VISIT_COLUMNS.values()), head)
    ws.set_row(top - 1, 30)
    grey = paper.look(**FRAME, bg_color=LOCKED, font_color=MUTED)
    number = paper.look(**FRAME, bg_color=LOCKED, font_color=MUTED, align="center")
    for row, one in enumerate(lines, top):
        name = names.get(one.village, "")
        for at, value in enumerate((row - top + 1, one.village, name, one.line)):
            put(ws, row, at, value, number if at == 0 else grey)
        ws.write_blank(row, 4, None, paper.look(**FRAME, bg_color=ENTRY, locked=False, align="center"))
        ws.set_row(row, 18)
    rule = {"validate": "list", "source": list(RESULTS.values()), "error_title": "Chưa đúng"}
    rule |= {"error_message": f"Chỉ chọn: {', '.join(RESULTS.values())}."}
    ws.data_validation(top, 4, top + len(lines) - 1, 4, rule)
