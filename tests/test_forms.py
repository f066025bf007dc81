"""The workbook handed out: what it asks, what it locks, how it judges itself, and what goes back to the commune."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from definitions.load import definitions, sheet_columns
from etl import forms
from etl.forms_check import BAD, GOOD, SHORT
from etl.forms_packet import QUESTIONS, packet
from etl.forms_sheet import LISTS
from etl.forms_slip import village_slip
from etl.forms_table import BODY, HEAD
from etl.landing import CELLS, LANDING_SCHEMA, HeldCell, Landed, refusal, with_values
from etl.letters import letter
from etl.sources import commune_workbook
from tests.office import recalculated

APRIL, MARCH = date(2026, 4, 1), date(2026, 3, 1)
COMMUNE = "02683"
VILLAGES = pl.DataFrame(
    {
        "village": [f"{COMMUNE}-00{n}" for n in (1, 2, 3)],
        "commune": COMMUNE,
        "name": ["Nà Lùng", "Bản Vền", "Tổ dân phố 3"],
    }
)
LAST = pl.DataFrame(
    [
        ("households", f"{COMMUNE}-001", "none", "", 140),
        ("households_any", f"{COMMUNE}-001", "none", "", 61),
        ("households", f"{COMMUNE}-001", "ethnic", "mong", 90),
        ("classes", COMMUNE, "none", "", 2),
    ],
    schema=["measure", "unit", "dimension", "category", "value"],
    orient="row",
)
COUNTS = [column.id for column in definitions().forms.sheets["villages"].columns if column.kind == "count"]
# Functions that Excel 2010 has and an officer's file may use; anything newer shows #NAME? there.
EXCEL_2010 = set(
    re.findall(
        r"\w+",
        "ABS AND AVERAGE COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS DATE IF IFERROR INDEX INT ISBLANK ISERROR ISNUMBER "
        "ISTEXT LEFT LEN LOOKUP MATCH MAX MID MIN MOD N NOT OR RIGHT ROUND SUM SUMIF SUMIFS SUMPRODUCT TEXT TRIM VALUE "
        "VLOOKUP",
    )
)


def opened(book: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(book))


def blank(month: date = APRIL, last: pl.DataFrame | None = None, **how: object) -> openpyxl.Workbook:
    return opened(forms.template(COMMUNE, month, VILLAGES, last, **how))  # type: ignore[arg-type]


def place(ws: Worksheet, header: str, after: str = "") -> int:
    """The column under a header; with `after`, the first one of that name to the right of it."""
    start = place(ws, after) if after else 0
    return next(cell.column for cell in ws[HEAD + 1] if cell.value == header and cell.column > start)


def column_names(ws: Worksheet) -> list[str]:
    return [cell.value for cell in ws[HEAD + 1] if cell.value]


# ---- what it asks ----------------------------------------------------------------------------------------------------


def test_the_form_asks_for_little() -> None:
    entries = {id: [c.kind for c in sheet_columns(id, APRIL)] for id in ("villages", "commune")}
    assert entries["villages"].count("count") <= 8 and entries["villages"].count("tick") == 1
    assert len(entries["commune"]) <= 12


def test_cover_says_whose_report_it_is_and_how_many_cells_it_asks() -> None:
    cells = [str(cell.value) for row in blank()["Bìa"].iter_rows() for cell in row if cell.value]
    for said in ("Xã Bát Xát", COMMUNE, "Tháng 04 năm 2026", "05/05/2026", "24 ô (3 thôn × 8 ô)", "8 ô"):
        assert said in cells
    assert not any("minh hoạ" in cell.lower() for cell in cells)


def test_demonstration_forms_say_so_on_every_sheet() -> None:
    for ws in blank(origin="demo"):
        assert any("minh hoạ" in str(cell.value).lower() for row in ws.iter_rows(max_row=15) for cell in row), ws.title


def test_the_breakdown_comes_with_the_quarter_and_with_the_baseline() -> None:
    assert "Phân tổ" not in blank(APRIL).sheetnames
    assert "Phân tổ" in blank(MARCH).sheetnames
    assert "Phân tổ" in blank(APRIL, baseline=True).sheetnames


def test_a_platform_out_of_operation_is_not_asked_for() -> None:
    assert "Cổng dịch vụ công của tỉnh" not in column_names(blank(MARCH)["Phân tổ"])
    assert "Cổng dịch vụ công của tỉnh" in column_names(blank(date(2025, 6, 1))["Phân tổ"])


def test_no_column_asks_for_a_persons_name() -> None:
    headers = [str(cell.value) for ws in blank(MARCH) for row in ws.iter_rows() for cell in row if cell.value]
    asked = re.compile(
        r"họ (và|,)? ?tên|^tên (tổ trưởng|chủ hộ|người)|người lập|tổ trưởng|chủ tịch|ký tên|điện thoại", re.I
    )
    assert [header for header in headers if asked.search(header)] == []


def test_the_whole_breakdown_offers_every_group_once() -> None:
    offered = [cell.value for cell in blank(MARCH)[LISTS]["A"]]
    assert len(offered) == len(set(offered)) == 54 + 1 + len(definitions().priority_groups)


# ---- what it shows and what it locks ---------------------------------------------------------------------------------


def test_villages_are_filled_in_and_locked_and_entries_are_open_and_empty() -> None:
    ws = blank(APRIL, LAST)["Thôn"]
    first = BODY + 1
    assert [ws.cell(first, place(ws, name)).value for name in ("Mã thôn", "Thôn, bản, tổ dân phố")] == [
        f"{COMMUNE}-001",
        "Nà Lùng",
    ]
    assert ws.cell(first, place(ws, "Mã thôn")).protection.locked
    for column in definitions().forms.sheets["villages"].columns[2:]:
        cell = ws.cell(first, place(ws, column.header))
        assert cell.value is None and not cell.protection.locked, column.id
    assert ws.protection.sheet and not ws.protection.password


def test_last_month_stands_grey_and_locked_beside_the_empty_cell() -> None:
    ws = blank(APRIL, LAST)["Thôn"]
    households = place(ws, "Tổng số hộ")
    assert ws.cell(HEAD + 1, households + 1).value == "Tháng trước"
    before = ws.cell(BODY + 1, households + 1)
    assert before.value == 140 and before.protection.locked
    assert "Tháng trước" not in column_names(blank(APRIL)["Thôn"])


def test_groups_reported_before_are_filled_in_and_can_be_changed() -> None:
    ws = blank(MARCH, LAST)["Phân tổ"]
    group = place(ws, "Dân tộc hoặc nhóm ưu tiên")
    cells = [ws.cell(row, group) for row in range(BODY + 1, BODY + 7)]
    assert [c.value for c in cells] == [
        "Mông",
        None,
        None,
        *(g.label.vi for g in definitions().priority_groups.values()),
    ]
    assert [bool(c.protection.locked) for c in cells] == [False] * 3 + [True] * 3


def test_every_entry_cell_of_figures_takes_whole_numbers_only() -> None:
    ws = blank(APRIL, LAST)["Thôn"]
    ruled = {
        (row, column): rule
        for rule in ws.data_validations.dataValidation
        for area in rule.sqref.ranges
        for left, top, right, bottom in [range_boundaries(str(area))]
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    for row in range(BODY + 1, BODY + 4):
        for id in COUNTS:
            header = next(c.header for c in definitions().forms.sheets["villages"].columns if c.id == id)
            rule = ruled[row, place(ws, header)]
            assert (rule.type, rule.operator, rule.formula1) == ("whole", "greaterThanOrEqual", "0")
            assert "số nguyên" in rule.error and rule.prompt


def test_explanations_stand_in_a_row_and_as_comments() -> None:
    ws = blank()["Thôn"]
    for column in definitions().forms.sheets["villages"].columns:
        at = place(ws, column.header)
        assert ws.cell(HEAD + 2, at).value == column.explain.vi
        assert column.explain.vi in ws.cell(HEAD + 1, at).comment.text


def test_it_prints_on_a4_with_its_headers_repeated() -> None:
    for ws in blank(MARCH):
        if ws.title == LISTS:
            assert ws.sheet_state == "hidden"
            continue
        assert ws.page_setup.paperSize == 9 and ws.sheet_properties.pageSetUpPr.fitToPage
        assert ws.page_setup.fitToWidth in (None, 1) and ws.page_setup.fitToHeight == 0
        assert forms.form_version() in ws.oddFooter.left.text and ws.oddFooter.right.text.startswith("Trang")
        if ws.title != "Bìa":
            assert ws.page_setup.orientation == "landscape" and ws.print_title_rows == f"${HEAD}:${HEAD + 1}"


def test_a_first_report_leaves_the_villages_to_be_named() -> None:
    book = opened(forms.template("04474", APRIL, VILLAGES.clear()))
    ws = book["Thôn"]
    assert not ws.cell(BODY + 1, place(ws, "Thôn, bản, tổ dân phố")).protection.locked
    assert "Phân tổ" in book.sheetnames


def test_the_same_input_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert forms.template(COMMUNE, MARCH, VILLAGES, LAST) == forms.template(COMMUNE, MARCH, VILLAGES, LAST)
    two = [forms.unit("02680"), forms.unit(COMMUNE)]
    monkeypatch.setattr(forms, "communes", lambda: two)
    packed = forms.template_zip(APRIL, VILLAGES, LAST)
    assert packed == forms.template_zip(APRIL, VILLAGES, LAST)
    names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert names == ["bao-cao-2026-04-02680-hop-thanh.xlsx", "bao-cao-2026-04-02683-bat-xat.xlsx"]


# ---- how it judges itself --------------------------------------------------------------------------------------------


def formulas(book: bytes) -> Iterator[str]:
    """Every formula of a workbook: of cells, of validations, of conditional formats."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                yield from re.findall(r"<(?:f|formula\d?)>([^<]*)<", archive.read(name).decode())


def test_only_functions_of_excel_2010() -> None:
    books = [forms.template(COMMUNE, MARCH, VILLAGES, last) for last in (None, LAST)]
    books += [forms.template(COMMUNE, MARCH, VILLAGES.clear()), sent_back()]
    found = [formula for book in books for formula in formulas(book)]
    used = {name for formula in found for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", formula)}
    assert used == {"AND", "COUNT", "COUNTA", "COUNTIF", "IF", "INT", "MIN", "OR", "SUM", "SUMIF", "SUMIFS"}
    assert used <= EXCEL_2010
    assert not any("_xlfn" in formula for formula in found)


CASES: list[tuple[Mapping[str, object], str | None]] = [
    ({}, None),
    (dict.fromkeys(COUNTS, 5), GOOD),
    (dict.fromkeys(COUNTS, 0), GOOD),
    (dict.fromkeys(COUNTS[:-1], 5), SHORT),
    (dict.fromkeys(COUNTS, 5) | {"households_any": 6}, BAD),
    (dict.fromkeys(COUNTS, 5) | {"members_trained": 6}, BAD),
    ({**dict.fromkeys(COUNTS, 5), "households": "khoảng 5"}, BAD),
    ({"unchanged": "x", "households_helped": 3}, GOOD),
    ({"unchanged": "x"}, SHORT),
    ({"unchanged": "x", "households": 3, "households_helped": 3}, BAD),
    ({"households_three": 9, "households_any": 4}, BAD),
    ({"households_three": 9}, SHORT),
]


def judged_sheet() -> bytes:
    """One line for each case."""
    lines = [
        forms.Line(f"{COMMUNE}-{number:03}", f"Thôn {number}", values=given) for number, (given, _) in enumerate(CASES)
    ]
    return forms.workbook(forms.Handout(COMMUNE, APRIL, {"villages": lines}))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_line_judges_itself(number: int) -> None:
    ws = openpyxl.load_workbook(io.BytesIO(judged_sheet()), data_only=True)["Thôn"]
    assert (ws.cell(BODY + 1 + number, place(ws, "Tự kiểm tra")).value or None) == CASES[number][1]


def unchanged() -> bytes:
    """Two villages reported, one ticked as unchanged."""
    last, now = {"households": 100, "households_helped": 7}, {"households": 120, "households_helped": 3}
    lines = [forms.Line("a", "A", last=last, values=now), forms.Line("b", "B", last=last)]
    lines += [forms.Line("c", "C", last=last, values={"unchanged": "x", "households_helped": 1})]
    return forms.workbook(forms.Handout(COMMUNE, APRIL, {"villages": lines}))


def test_a_village_ticked_as_unchanged_counts_in_the_total_with_last_months_figure() -> None:
    ws = openpyxl.load_workbook(io.BytesIO(unchanged()), data_only=True)["Thôn"]
    assert ws.cell(ws.max_row, place(ws, "Tổng số hộ")).value == 120 + 100
    assert ws.cell(ws.max_row, place(ws, "Hộ được hỗ trợ trong tháng")).value == 3 + 1


@pytest.mark.alone
@pytest.mark.parametrize("kind", ["packet", "cases", "breakdown", "unchanged"])
def test_a_spreadsheet_program_works_out_the_same_totals_and_checks(kind: str, tmp_path: Path) -> None:
    made = {"packet": sent_back, "cases": judged_sheet, "breakdown": breakdown, "unchanged": unchanged}
    book = made[kind]()
    ours = openpyxl.load_workbook(io.BytesIO(book), data_only=True)
    theirs = openpyxl.load_workbook(io.BytesIO(recalculated({"form": book}, tmp_path)["form"]), data_only=True)
    formula_cells = [c for ws in opened(book) for row in ws.iter_rows() for c in row if c.data_type == "f"]
    assert len(formula_cells) > 10
    for cell in formula_cells:
        values = [copy[cell.parent.title][cell.coordinate].value or None for copy in (ours, theirs)]
        assert values[0] == values[1], (cell.parent.title, cell.coordinate, cell.value)


def sent_back() -> bytes:
    return packet(landed(), VILLAGES, LAST).workbook or b""


def breakdown() -> bytes:
    """Two villages whose ethnic rows do and do not add up to their households, and the priority groups beside them."""
    villages = [forms.Line(id, id, values={"households": 90}) for id in ("a", "b")]
    lines = [forms.Line("a", "a", values={"category": name, "households": 45}) for name in ("Mông", "Dao")]
    lines += [forms.Line("b", "b", values={"category": "Tày", "households": 80})]
    groups = definitions().priority_groups.values()
    lines += [forms.Line("b", "b", group.label.vi, values={"households": 50}) for group in groups]
    return forms.workbook(forms.Handout(COMMUNE, MARCH, {"villages": villages, "breakdown": lines}))


def test_priority_groups_overlap_and_stay_out_of_the_total() -> None:
    ws = openpyxl.load_workbook(io.BytesIO(breakdown()), data_only=True)["Phân tổ"]
    households, compared = place(ws, "Tổng số hộ"), place(ws, "Đối chiếu")
    assert ws.cell(ws.max_row, households).value == 45 + 45 + 80
    assert [ws.cell(BODY + 1 + line, compared).value for line in range(4)] == [GOOD, None, BAD, None]


# ---- what goes back --------------------------------------------------------------------------------------------------


def cells(row: int, village: str | None, name: str, values: list[int]) -> list[dict[str, object]]:
    place = {"form_sheet": "villages", "sheet": "Thôn", "row": row, "village_id": village, "village_name": name}
    kind = {"dimension": "none", "category": "", "text": None, "unchanged": False}
    return [
        {**place, **kind, "column": "DEFGHIJK"[at], "measure": COUNTS[at], "value": value}
        for at, value in enumerate(values)
    ]


def landed() -> Landed:
    """One good row; one with "khoảng 80"; one of a village nobody knows, with a formula for a name."""
    held = [
        HeldCell(
            "villages", "Thôn", 9, "DEFGHIJK"[at], f"{COMMUNE}-002", "Bản Vền", id, "khoảng 80" if at == 1 else "12"
        )
        for at, id in enumerate(COUNTS)
    ]
    held += [HeldCell("villages", "Thôn", 10, "D", None, '=HYPERLINK("http://x")', "households", "30")]
    letters = (
        letter("approximate_number", "Thôn", 9, "E", "khoảng 80", "Hộ dùng ít nhất 1 nền tảng"),
        letter("unknown_village", "Thôn", 10, None, '=HYPERLINK("http://x")', what="không có thôn này"),
        letter("copied_forward", "Thôn", 8),
    )
    values = pl.DataFrame(cells(8, f"{COMMUNE}-001", "Nà Lùng", [150, 90, 50, 20, 30, 7, 5, 12]), schema=LANDING_SCHEMA)
    none = (None, CELLS.empty_table(), 0)
    landed = Landed("commune_workbook", "1", COMMUNE, APRIL, 1, "real", *none, letters, (), tuple(held))
    return with_values(landed, values)


def test_the_packet_gives_back_what_was_sent_with_every_error_marked() -> None:
    book = opened(sent_back())
    ws = book["Thôn"]
    any_platform = place(ws, "Hộ dùng ít nhất 1 nền tảng")
    assert ws.cell(BODY + 1, any_platform).value == 90
    wrong = ws.cell(BODY + 2, any_platform)
    assert wrong.value == "khoảng 80" and wrong.fill.fgColor.rgb == "FFF9D2CF" and "ước chừng" in wrong.comment.text
    assert ws.cell(BODY + 2, place(ws, "Tổng số hộ")).value == 12
    unknown = ws.cell(BODY + 4, place(ws, "Thôn, bản, tổ dân phố"))
    assert unknown.value == '=HYPERLINK("http://x")' and unknown.data_type == "s"
    assert ws.cell(BODY + 3, any_platform).value is None


def test_the_packet_begins_with_what_to_make_clear() -> None:
    book = opened(packet(landed(), VILLAGES).workbook or b"")
    assert book.sheetnames[0] == QUESTIONS
    said = [[cell.value for cell in row] for row in book[QUESTIONS].iter_rows(min_row=6)]
    assert len(said) == 3
    assert said[0][1:6] == ["Biểu Thôn", "F8", "Cột “Hộ dùng ít nhất 1 nền tảng”", "Bản Vền", "khoảng 80"]
    assert book["Thôn"]["F8"].value == "khoảng 80"
    facts = {row[0].value: row[1].value for row in book["Bìa"].iter_rows() if row[0].value}
    assert facts["Lần gửi"] == 2


def test_the_text_for_zalo_is_short_polite_and_names_what_comes_first() -> None:
    text = packet(landed(), VILLAGES).text
    assert text.startswith("Kính gửi Mặt trận xã Bát Xát.") and text.endswith("Trân trọng cảm ơn!")
    assert "“khoảng 80”" in text and "còn 2 chỗ cần làm rõ, 1 chỗ xin xác nhận" in text
    many = landed()
    long = [letter("approximate_number", "Thôn", 9, "E", "khoảng " + "9" * 300, "Hộ dùng ít nhất 1 nền tảng")] * 40
    assert len(packet(replace(many, letters=(*many.letters, *long)), VILLAGES).text) < 700


def test_a_refused_file_gets_a_text_and_no_workbook() -> None:
    refused = refusal("commune_workbook", "1", letter("password"))
    answer = packet(refused, VILLAGES)
    assert answer.workbook is None and "mật khẩu" in answer.text and len(answer.text) < 700


# ---- the village slip ------------------------------------------------------------------------------------------------


def test_the_slip_has_one_page_per_village() -> None:
    pdf = village_slip(COMMUNE, APRIL, VILLAGES)
    assert pdf.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
    assert pdf == village_slip(COMMUNE, APRIL, VILLAGES)


# ---- the reader takes what the form gives ----------------------------------------------------------------------------


def read(book: bytes, folder: Path) -> Landed:
    path = folder / "sent.xlsx"
    path.write_bytes(book)
    return commune_workbook.read(path)


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("last", [None, LAST], ids=["first month", "with last month"])
def test_the_reader_finds_every_figure_where_the_officer_wrote_it(last: pl.DataFrame | None, tmp_path: Path) -> None:
    book = blank(MARCH, last, origin="demo", revision=2)
    written: dict[tuple[str, int, str], int] = {}
    for sheet, row in [("villages", BODY + 1), ("villages", BODY + 3), ("commune", BODY + 1), ("breakdown", BODY + 4)]:
        ws = book[definitions().forms.sheets[sheet].name]
        columns = [column for column in sheet_columns(sheet, MARCH) if column.kind == "count"]
        for number, column in enumerate(columns):
            figure = {"villages": 140 - 10 * number, "commune": 9 - number, "breakdown": 50}[sheet]
            ws.cell(row, place(ws, column.header)).value = written[sheet, row, column.id] = figure
    got = read(saved(book), tmp_path)
    assert (got.commune, got.month, got.revision, got.origin) == (COMMUNE, MARCH, 2, "demo")
    stored = got.values.filter(pl.col("value").is_not_null())
    assert {(r["form_sheet"], r["row"], r["measure"]): r["value"] for r in stored.iter_rows(named=True)} == written
    assert [x.severity for x in got.letters if x.severity == "held"] == []
    groups = stored.filter(pl.col("form_sheet") == "breakdown").select("dimension", "category").unique().rows()
    assert groups == [("priority", next(iter(definitions().priority_groups)))]


def test_an_untouched_form_gives_no_figures_and_says_so(tmp_path: Path) -> None:
    for villages in (VILLAGES, VILLAGES.clear()):
        got = read(forms.template(COMMUNE, MARCH, villages, LAST), tmp_path)
        assert got.refused is None and got.values.height == 0
        assert [letter.code for letter in got.letters] == ["nothing_entered"]
        assert "\n1. Cả tệp: cần số liệu ở các ô cần điền." in packet(got, VILLAGES).text


def test_the_packet_sent_back_as_it_is_says_the_same_again(tmp_path: Path) -> None:
    again = read(sent_back(), tmp_path)
    assert again.revision == 2
    held = [(x.code, x.sheet, x.row) for x in again.letters if x.severity == "held"]
    assert held == [("approximate_number", "Thôn", 8)]
    good = again.values.filter(pl.col("village_id") == f"{COMMUNE}-001")
    assert good["measure"].to_list() == COUNTS and good["value"].to_list() == [150, 90, 50, 20, 30, 7, 5, 12]
    assert any(row.sheet == QUESTIONS for row in again.ignored)


def test_a_row_held_back_returns_as_the_officer_wrote_it(tmp_path: Path) -> None:
    book = blank(MARCH, LAST)
    villages, groups = book["Thôn"], book["Tổ"]
    for id, value in zip(COUNTS, [140, "khoảng 80", 50, 20, 30, 7, 5, 11], strict=True):
        header = next(c.header for c in definitions().forms.sheets["villages"].columns if c.id == id)
        villages.cell(BODY + 2, place(villages, header)).value = value
    groups.cell(BODY + 1, place(groups, "Đã thành lập tổ")).value = "có lẽ"
    answer = packet(read(saved(book), tmp_path), VILLAGES, LAST)
    again = opened(answer.workbook or b"")
    wrong = again["Thôn"].cell(BODY + 2, place(again["Thôn"], "Hộ dùng ít nhất 1 nền tảng"))
    assert wrong.value == "khoảng 80" and wrong.comment
    assert again["Thôn"].cell(BODY + 2, place(again["Thôn"], "Tổng số hộ")).value == 140
    unclear = again["Tổ"].cell(BODY + 1, place(again["Tổ"], "Đã thành lập tổ"))
    assert unclear.value == "có lẽ" and unclear.comment
    assert "Bản Vền" in answer.text and "còn 2 chỗ cần làm rõ" in answer.text


def test_figures_down_a_column_held_back_return_on_the_line_of_the_form(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    lines = [["Mã xã: 02683", "Tháng 3 năm 2026"], ["Nội dung", "Kết quả"], ["Số lớp tập huấn", 4]]
    lines += [["Lượt người tham gia", 60], ["Trong đó: nữ", 70]]
    for line in lines:
        book.active.append(line)
    got = read(saved(book), tmp_path)
    assert got.rows == {"stored": 0, "held": 3, "ignored": 2}
    answer = packet(got, VILLAGES)
    ws = opened(answer.workbook or b"")["Xã"]
    there = {header: ws.cell(BODY + 1, place(ws, header)) for header in ("Số lớp tập huấn", "Lượt người tham gia")}
    assert {header: cell.value for header, cell in there.items()} == {"Số lớp tập huấn": 4, "Lượt người tham gia": 60}
    wrong = ws.cell(BODY + 1, place(ws, "Trong đó: nữ"))
    assert wrong.value == 70 and "lớn hơn" in wrong.comment.text
