"""What communes really send: one small story each, with what must come out of it typed by hand."""

from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from tests.ugly.writing import HEADER, TITLES, Cells, Story, book, pages, villages

H, A = "households", "households_any"
READ = {H: 75, A: 20}
TOP = {1: "title", 2: "title", 4: "header"}


def count(name: str, cell: object, value: int | None) -> Story:
    """A count column with one strange cell (C5) that must read as `value`."""
    rows = villages([1, "Hoàng Liên", cell, None], [2, "Séo Trung Hồ", 40, 10])
    return Story(name, book(rows), {5: {H: value, A: None}, 6: {H: 40, A: 10}}, ignored=TOP)


def asked(name: str, cell: object, code: str) -> Story:
    """A count column with one cell (C5) that cannot be known; the other village is stored all the same."""
    rows = villages([1, "Hoàng Liên", cell, 5], [2, "Séo Trung Hồ", 40, 10])
    return Story(name, book(rows), {6: {H: 40, A: 10}}, held={5: {code}}, ignored=TOP)


NUMBERS = [
    count("dot thousands as text: 1.986 households are 1986", "1.986", 1986),
    count("dot thousands with a decimal comma: 1.986,0", "1.986,0", 1986),
    count("a blank as thousands mark", "1 986", 1986),
    count("a hard blank as thousands mark", "1\u00a0986", 1986),
    count("digits typed as text", "  145 ", 145),
    count("a number with its unit behind it", "145 hộ", 145),
    count("a whole number stored with a decimal point", 145.0, 145),
    count("a dash says nothing, not zero", "-", None),
    count("a long dash says nothing", "–", None),
    count("three dots say nothing", "…", None),
    count("chưa có dữ liệu is missing", "Chưa có dữ liệu", None),
    count("đang cập nhật is missing", "đang cập nhật", None),
    count("không có is missing, not zero", "không có", None),
    count("zero is zero", 0, 0),
    asked("a decimal comma among whole households", "12,5", "fraction"),
    asked("Excel turned 1.986 into a fraction long ago", 1.986, "bad_number"),
    asked("half a household as a number", 12.5, "fraction"),
    asked("6.3 nghìn is a question", "6.3 nghìn", "approximate_number"),
    asked("khoảng 4.100 is a question", "khoảng 4.100", "approximate_number"),
    asked("~300 is a question", "~300", "approximate_number"),
    asked("5-6 is a question", "5-6", "approximate_number"),
    asked("Excel turned 5-6 into the fifth of June", datetime(2026, 6, 5), "bad_number"),
    asked("a negative number", -3, "negative"),
    asked("a share where a count belongs", "62%", "bad_number"),
    asked("a word where a count belongs", "nhiều", "bad_number"),
    asked("an error typed out as text", "#REF!", "error_value"),
    asked("a telephone number in the households", 912345678, "out_of_range"),
]


def percent(page: Worksheet) -> None:
    page["C5"].number_format = "0%"


def remark(page: Worksheet) -> None:
    page["B5"].comment = Comment("xem lại", "x")
    page["B5"].hyperlink = "https://example.org"


def error(page: Worksheet) -> None:
    page["C5"].data_type = "e"


def hide(page: Worksheet) -> None:
    page.row_dimensions[6].hidden = True


def merged_header(page: Worksheet) -> None:
    for cells in ("A4:A6", "B4:B6", "C4:F4", "C5:C6", "D5:F5", "A1:F1"):
        page.merge_cells(cells)


def share_header(page: Worksheet) -> None:
    for cells in ("A4:A5", "B4:B5", "C4:C5", "D4:E4"):
        page.merge_cells(cells)


THREE_ROWS: Cells = [
    *TITLES,
    ["TT", "Thôn, bản, tổ dân phố", "Hộ gia đình"],
    [None, None, "Tổng số hộ", "Trong đó"],
    [None, None, None, "Hộ dùng ít nhất 3 nền tảng", "Hộ dùng ít nhất 1 nền tảng", "Hộ có cả hai kỹ năng"],
    ["A", "B", "(1)", "(2)", "(3)", "(4)"],
    [1, "Hoàng Liên", 120, 30, 70, 20],
]
LAYOUT = [
    Story(
        "a three-row merged header, another order of columns, a numbering row",
        book(THREE_ROWS, merged_header),
        {8: {H: 120, "households_three": 30, A: 70, "households_skilled": 20}},
        ignored={1: "title", 2: "title", 4: "header", 5: "header", 6: "header", 7: "numbering"},
        questions={"missing_column"},
    ),
    Story(
        "each figure beside its share: the share is never read",
        book(
            [
                *TITLES,
                ["TT", "Tên thôn", "Tổng số hộ", "Hộ dùng ít nhất 1 nền tảng"],
                [None, None, None, "Số hộ", "Tỷ lệ %"],
                ["(1)", "(2)", "(3)", "(4)", "(5)=(4)/(3)"],
                [1, "Hoàng Liên", 120, 60, 50],
                [2, "La Ve", 80, 20, 25],
            ],
            share_header,
        ),
        {7: {H: 120, A: 60}, 8: {H: 80, A: 20}},
        ignored={1: "title", 2: "title", 4: "header", 5: "header", 6: "numbering"},
    ),
    Story(
        "last month's figures beside this month's are never entries",
        book(
            villages(
                ["03046-001", "Hoàng Liên", None, 118, None, 58],
                ["03046-002", "La Ve", 81, 80, 22, 20],
                header=["Mã thôn", "Thôn", "Tổng số hộ", "Tháng trước", "Ít nhất 1 nền tảng", "Tháng trước"],
            )
        ),
        {6: {H: 81, A: 22}},
        ignored=TOP | {5: "blank_entry"},
    ),
    Story(
        "roman group rows and totals that do not add up",
        book(
            villages(
                ["I", "Vùng thấp", 200, 90],
                [1, "Hoàng Liên", 120, 60],
                [2, "La Ve", 75, 20],
                ["II", "Vùng cao", 50, 9],
                [3, "Séo Trung Hồ", 50, 9],
                [None, "Tổng cộng", 999, 99],
                [None, "CỘNG (I+II)", 245, 89],
            )
        ),
        {6: {H: 120, A: 60}, 7: {H: 75, A: 20}, 9: {H: 50, A: 9}},
        ignored=TOP | {5: "group", 8: "group", 10: "total", 11: "total"},
    ),
    Story(
        "a village named Cộng Hòa is no total",
        book(villages([1, "Cộng Hòa", 88, 44], [2, "Tổng cộng", 88, 44])),
        {5: {H: 88, A: 44}},
        ignored=TOP | {6: "total"},
    ),
    Story(
        "TỔNG HỢP on top and Toàn xã below",
        book(villages([None, "TỔNG HỢP", 195, 80], [1, "La Ve", 75, 20], ["Toàn xã", None, 195, 80])),
        {6: {H: 75, A: 20}},
        ignored=TOP | {5: "total", 7: "total"},
    ),
    Story(
        "a total in text right under the header is no part of it",
        book(villages([None, "Tổng số", "1.986", "500"], [1, "La Ve", 75, 20])),
        {6: {H: 75, A: 20}},
        ignored=TOP | {5: "total"},
    ),
    Story(
        "a signature block with names, a place and a day",
        book(
            villages(
                [1, "La Ve", 75, 20],
                [],
                [None, None, None, "Bản Hồ, ngày 2 tháng 4 năm 2026"],
                [None, "NGƯỜI LẬP BIỂU", None, "TM. BAN THƯỜNG TRỰC"],
                [None, "(Ký, ghi rõ họ tên)", None, "CHỦ TỊCH"],
                [None, "Người Thứ Nhất", None, "Người Thứ Hai"],
            )
        ),
        {5: {H: 75, A: 20}},
        ignored=TOP | {7: "signature", 8: "signature", 9: "signature", 10: "signature"},
    ),
    Story(
        "a note under the table",
        book(villages([1, "La Ve", 75, 20], ["Ghi chú: số liệu đến ngày 31/3"])),
        {5: {H: 75, A: 20}},
        ignored=TOP | {6: "note"},
    ),
    Story(
        "the header once more in the middle, where the page broke",
        book(villages([1, "La Ve", 75, 20], HEADER, [2, "Hoàng Liên", 120, 60])),
        {5: {H: 75, A: 20}, 7: {H: 120, A: 60}},
        ignored=TOP | {6: "header"},
    ),
    Story(
        "hidden rows are read and asked about",
        book(villages([1, "La Ve", 75, 20], [2, "Hoàng Liên", 120, 60]), hide),
        {5: {H: 75, A: 20}, 6: {H: 120, A: 60}},
        ignored=TOP,
        questions={"hidden_rows"},
    ),
    Story(
        "columns nobody asked for are named, not read",
        book(villages([1, "La Ve", 75, 20, 4, "x"], header=[*HEADER, "Số hộ nghèo", "Ghi chú"])),
        {5: {H: 75, A: 20}},
        ignored=TOP,
        questions={"unknown_column"},
    ),
    Story(
        "the data on the second sheet under a name that says nothing",
        pages({"Sheet1": [["Kính gửi Mặt trận tỉnh"]], "Sheet2": villages([1, "La Ve", 75, 20])}),
        {5: {H: 75, A: 20}},
        ignored={("Sheet1", 1): "cover"} | TOP,
        sheet="Sheet2",
    ),
    Story(
        "a hidden copy of last month behind the visible sheet",
        pages(
            {"Thôn": villages([1, "La Ve", 75, 20]), "Cũ": villages([1, "La Ve", 70, 10])},
            lambda workbook: setattr(workbook["Cũ"], "sheet_state", "hidden"),
        ),
        {5: {H: 75, A: 20}},
        ignored=TOP | {("Cũ", 1): "hidden", ("Cũ", 2): "hidden", ("Cũ", 4): "hidden", ("Cũ", 5): "hidden"},
        questions={"hidden_sheet"},
    ),
    Story(
        "capitals, line breaks and units in the headers",
        book(
            villages(
                [1, "La Ve", 75, 20], header=["STT", "TÊN THÔN,\nBẢN", "TỔNG SỐ HỘ\n(hộ)", "Ít nhất 1\nnền tảng (1)"]
            )
        ),
        {5: {H: 75, A: 20}},
        ignored=TOP,
    ),
    Story(
        "a village prefilled and left blank",
        book(villages(["03046-001", "La Ve", None, None], header=["Mã thôn", *HEADER[1:]])),
        ignored=TOP | {5: "blank_entry"},
        questions={"nothing_entered"},
    ),
    Story(
        "figures without a village",
        book(villages([1, "La Ve", 75, 20], [2, None, 33, 11])),
        {5: {H: 75, A: 20}},
        held={6: {"unknown_village"}},
        ignored=TOP,
    ),
    Story(
        "one village on two rows",
        book(villages([1, "La Ve", 75, 20], [2, "la ve ", 76, 21], [3, "Hoàng Liên", 120, 60])),
        {7: {H: 120, A: 60}},
        held={5: {"duplicate_village"}, 6: {"duplicate_village"}},
        ignored=TOP,
    ),
]

CELLS = [
    Story(
        "a number that Excel shows as a percentage",
        book(villages([1, "La Ve", 1, 1], [2, "Hoàng Liên", 120, 60]), percent),
        {6: {H: 120, A: 60}},
        held={5: {"bad_number"}},
        ignored=TOP,
    ),
    Story(
        "a formula that was never worked out",
        book(villages([1, "La Ve", "=50+25", 20], [2, "Hoàng Liên", 120, 60], [None, "Tổng cộng", "=C5+C6", "=D5+D6"])),
        {6: {H: 120, A: 60}},
        held={5: {"formula_without_value"}},
        ignored=TOP | {7: "total"},
    ),
    Story(
        "#N/A in a cell",
        book(villages([1, "La Ve", "#N/A", 20], [2, "Hoàng Liên", 120, 60]), error),
        {6: {H: 120, A: 60}},
        held={5: {"error_value"}},
        ignored=TOP,
    ),
    Story(
        "names in decomposed Unicode",
        book(villages([1, "Thôn Hoa\u0300ng Liên", 75, 20], header=["STT", "Te\u0302n tho\u0302n", *HEADER[2:]])),
        {5: {H: 75, A: 20, "name": "Thôn Hoàng Liên"}},
        ignored=TOP,
    ),
    Story(
        "part above its whole",
        book(villages([1, "La Ve", 75, 80], [2, "Hoàng Liên", 120, 60])),
        {6: {H: 120, A: 60}},
        held={5: {"part_exceeds_whole"}},
        ignored=TOP,
    ),
    Story(
        "more households with three platforms than with one",
        book(villages([1, "La Ve", 75, 20, 30], header=[*HEADER, "Ít nhất 3 nền tảng"])),
        held={5: {"nesting"}},
        ignored=TOP,
    ),
    Story(
        "a tick and nothing else: as last month",
        book(villages(["x", "La Ve", None, None, 3], header=["Không thay đổi", *HEADER[1:], "Hộ được hỗ trợ"])),
        {5: {H: None, A: None, "households_helped": 3, "unchanged": {H, A}}},
        ignored=TOP,
    ),
    Story(
        "a tick beside figures: the figures count",
        book(villages(["x", "La Ve", 75, 20], header=["Không thay đổi", *HEADER[1:]])),
        {5: {H: 75, A: 20}},
        ignored=TOP,
        questions={"unchanged_conflict"},
    ),
    Story(
        "a legacy font in an .xlsx, judged cell by cell",
        book(
            villages([1, "Th«n B¶n Dïa", 75, 20], [2, "Thôn ©m nhạc", 10, 5]),
            lambda page: setattr(page["B5"], "font", Font(name=".VnTime")),
        ),
        {5: {H: 75, A: 20, "name": "Thôn Bản Dùa"}, 6: {H: 10, A: 5, "name": "Thôn ©m nhạc"}},
        ignored=TOP,
    ),
    Story(
        "a VNI font",
        book(
            villages([1, "Thoân Taû Van Giaùy", 75, 20]),
            lambda page: setattr(page["B5"], "font", Font(name="VNI-Times")),
        ),
        {5: {H: 75, A: 20, "name": "Thôn Tả Van Giáy"}},
        ignored=TOP,
    ),
    Story(
        "a comment and a hyperlink harm nobody",
        book(villages([1, "La Ve", 75, 20]), remark),
        {5: {H: 75, A: 20}},
        ignored=TOP,
    ),
]

BREAKDOWN = ["TT", "Thôn", "Dân tộc", "Tổng số hộ", "VNeID", "Ít nhất 1 nền tảng"]
P = "households_vneid"


def merged_villages(page: Worksheet) -> None:
    page.merge_cells("B5:B7")


SHEETS = [
    Story(
        "a village merged down over its ethnic groups, one group unknown to the state",
        book(
            villages(
                [1, "La Ve", "Mông", 40, 20, 25],
                [None, None, "H'mông xanh lá", 5, 1, 1],
                [None, None, "Không rõ", 3, 0, 0],
                [None, None, "Hộ nghèo", 9, 2, 2],
                header=BREAKDOWN,
            ),
            merged_villages,
            "Phân tổ",
        ),
        {
            5: {H: 40, P: 20, A: 25, "name": "La Ve", "category": "ethnic/mong"},
            7: {H: 3, P: 0, A: 0, "name": "La Ve", "category": "ethnic/unknown"},
            8: {H: 9, P: 2, A: 2, "name": "La Ve", "category": "priority/poor"},
        },
        held={6: {"unknown_category"}},
        ignored=TOP,
        sheet="Phân tổ",
        questions={"missing_column"},
    ),
    Story(
        "more VNeID households than households with any platform",
        book(villages([1, "La Ve", "Dao", 40, 20, 15], header=BREAKDOWN), sheet="Phân tổ"),
        held={5: {"nesting"}},
        ignored=TOP,
        sheet="Phân tổ",
        questions={"missing_column"},
    ),
    Story(
        "a decision of a month that has not come is asked about",
        book(
            villages(
                [1, "La Ve", "Có", "12/QĐ-UBND", "31/3/2026"],
                [2, "Hoàng Liên", "Có", "13/QĐ-UBND", "1/4/2030"],
                header=["TT", "Thôn", "Đã thành lập tổ", "Số quyết định", "Ngày quyết định"],
            ),
            sheet="Tổ",
        ),
        {
            5: {"group_formed": 1, "text:decision_number": "12/QĐ-UBND", "text:decision_date": "2026-03-31"},
            6: {"group_formed": 1, "text:decision_number": "13/QĐ-UBND", "text:decision_date": "2030-04-01"},
        },
        ignored=TOP,
        sheet="Tổ",
        questions={"later_decision"},
    ),
    Story(
        "dates of decisions in every fashion, one on the 31st of September",
        book(
            villages(
                [1, "La Ve", "Có", "12/QĐ-UBND", "15/3/2024"],
                [2, "Hoàng Liên", "x", "13/QĐ-UBND", 45366],
                [3, "Séo Trung Hồ", "Chưa", None, None],
                [4, "Nậm Tóng", "Có", "14/QĐ-UBND", "31/09/2024"],
                [5, "Bản Dền", "có", "15/QĐ", datetime(2024, 3, 16)],
                [6, "Tả Trung Hồ", "sắp có", None, None],
                header=["TT", "Thôn", "Đã thành lập tổ", "Số quyết định", "Ngày quyết định"],
            ),
            sheet="Tổ",
        ),
        {
            5: {"group_formed": 1, "text:decision_number": "12/QĐ-UBND", "text:decision_date": "2024-03-15"},
            6: {"group_formed": 1, "text:decision_number": "13/QĐ-UBND", "text:decision_date": "2024-03-15"},
            7: {"group_formed": 0, "text:decision_number": None, "text:decision_date": None},
            9: {"group_formed": 1, "text:decision_number": "15/QĐ", "text:decision_date": "2024-03-16"},
        },
        held={8: {"bad_date"}, 10: {"bad_yes_no"}},
        ignored=TOP,
        sheet="Tổ",
        questions={"missing_column"},
    ),
    Story(
        "the commune's own row: women above all people taught",
        pages(
            {
                "Thôn": villages([1, "La Ve", 75, 20]),
                "Xã": [
                    ["Số lớp", "Lượt người", "Trong đó", None, "Tiếp nhận"],
                    [None, None, "Nữ", "DTTS", None],
                    [2, 60, 70, 50, 4],
                ],
            }
        ),
        {5: {H: 75, A: 20}},
        held={("Xã", 3): {"part_exceeds_whole"}},
        ignored=TOP | {("Xã", 1): "header", ("Xã", 2): "header"},
        questions={"missing_column"},
    ),
    Story(
        "a village closed and one renamed",
        book(
            villages(
                [None, "La Ve", "Đổi tên", "La Ve Mới", 75, "01/02/2026"],
                header=["Mã thôn", "Thôn", "Loại thay đổi", "Tên mới", "Số hộ", "Hiệu lực từ ngày"],
            ),
            sheet="Danh mục thôn",
        ),
        {5: {H: 75, "text:change": "Đổi tên", "text:new_name": "La Ve Mới", "text:effective": "2026-02-01"}},
        ignored=TOP,
        sheet="Danh mục thôn",
    ),
    Story(
        "new villages that have no name but the new one; a village renamed must say which it was",
        book(
            villages(
                [None, None, "Mới", "Bản Xanh", None, "01/02/2026"],
                [None, None, "mới", "Bản Đỏ", None, None],
                [None, None, "Đổi tên", "La Ve Mới", 75, "01/02/2026"],
                [None, None, "Mới", None, 40, "01/02/2026"],
                header=["Mã thôn", "Thôn", "Loại thay đổi", "Tên mới", "Số hộ", "Hiệu lực từ ngày"],
            ),
            sheet="Danh mục thôn",
        ),
        {
            5: {
                H: None,
                "text:change": "Mới",
                "text:new_name": "Bản Xanh",
                "text:effective": "2026-02-01",
                "name": None,
            },
            6: {H: None, "text:change": "Mới", "text:new_name": "Bản Đỏ", "text:effective": None, "name": None},
        },
        held={7: {"unknown_village"}, 8: {"unknown_village"}},
        ignored=TOP,
        sheet="Danh mục thôn",
    ),
]


COMMUNE = "Xã"
DOWN: Cells = [
    ["BIỂU XÃ: TẬP HUẤN VÀ PHẢN ÁNH, KIẾN NGHỊ"],
    ["STT", "Nội dung", "Đơn vị tính", "Số lượng", "Ghi chú"],
    ["I", "Tập huấn"],
    [1, "Số lớp tập huấn", "Lớp", 4, None],
    [2, "Lượt người tham gia", "Người", "1.060", "cả hai đợt"],
    [None, "- Trong đó: Nữ", "Người", 70, None],
    [None, "- Dân tộc thiểu số", "Người", "-", None],
    ["II", "Phản ánh, kiến nghị"],
    [3, "Tiếp nhận", "Ý kiến", 9, None],
    [4, "Trả lời tại chỗ", "Ý kiến", 7, None],
]
DOWN_ROWS: dict[Any, dict[str, Any]] = {
    (COMMUNE, 4): {"classes": 4},
    (COMMUNE, 5): {"people_taught": 1060},
    (COMMUNE, 6): {"women_taught": 70},
    (COMMUNE, 7): {"minority_taught": None},
    (COMMUNE, 9): {"feedback_received": 9},
    (COMMUNE, 10): {"feedback_answered": 7},
}
DOWN_REST: dict[Any, str] = {
    (COMMUNE, 1): "title",
    (COMMUNE, 2): "header",
    (COMMUNE, 3): "header",
    (COMMUNE, 8): "group",
}


def down(*changed: tuple[int, list[Any]]) -> Cells:
    """The commune's figures down a column, some rows written otherwise."""
    return [dict(changed).get(number, row) for number, row in enumerate(DOWN, 1)]


def beside_villages(rows: Cells) -> Any:
    return pages({"Thôn": villages([1, "La Ve", 75, 20]), COMMUNE: rows})


UPRIGHT = [
    Story(
        "the commune's figures down a column, label by label",
        beside_villages(DOWN),
        {5: {H: 75, A: 20}, **DOWN_ROWS},
        ignored=TOP | DOWN_REST,
    ),
    Story(
        "more women than people, down a column: the whole record is held",
        beside_villages(down((6, [None, "- Trong đó: Nữ", "Người", 1070]))),
        {5: {H: 75, A: 20}},
        held={
            (COMMUNE, 4): set(),
            (COMMUNE, 5): set(),
            (COMMUNE, 6): {"part_exceeds_whole"},
            (COMMUNE, 7): set(),
            (COMMUNE, 9): set(),
            (COMMUNE, 10): set(),
        },
        ignored=TOP | DOWN_REST,
    ),
    Story(
        "a figure down a column that is a guess; a label with nothing beside it",
        beside_villages(
            down((5, [2, "Lượt người tham gia", "Người", "khoảng 60"]), (7, [None, "- Dân tộc thiểu số", "Người"]))
        ),
        {5: {H: 75, A: 20}},
        held={
            (COMMUNE, 4): set(),
            (COMMUNE, 5): {"approximate_number"},
            (COMMUNE, 6): set(),
            (COMMUNE, 9): set(),
            (COMMUNE, 10): set(),
        },
        ignored=TOP | DOWN_REST | {(COMMUNE, 7): "blank_entry"},
    ),
    Story(
        "this month beside what was added up since January and a share: only this month counts",
        pages(
            {
                "Thôn": villages([1, "La Ve", 75, 20]),
                COMMUNE: [
                    ["Nội dung", "Kỳ trước", "Trong tháng", "Lũy kế", "Tỷ lệ %"],
                    ["Số lớp", 5, 4, 40, 80],
                    ["Số lượt người", 90, 60, 800, 66],
                    ["Đã tiếp nhận", 1, 2, 30, 200],
                ],
            }
        ),
        {
            5: {H: 75, A: 20},
            (COMMUNE, 2): {"classes": 4},
            (COMMUNE, 3): {"people_taught": 60},
            (COMMUNE, 4): {"feedback_received": 2},
        },
        ignored=TOP | {(COMMUNE, 1): "header"},
    ),
    Story(
        "two columns of figures and nothing that tells which is this month's",
        pages(
            {
                "Thôn": villages([1, "La Ve", 75, 20]),
                COMMUNE: [["Số lớp", 4, 5], ["Số lượt người", 60, 60], ["Đã tiếp nhận", 2, 2]],
            }
        ),
        {5: {H: 75, A: 20}},
        held={(COMMUNE, 1): {"bad_number"}, (COMMUNE, 2): set(), (COMMUNE, 3): set()},
        ignored=TOP,
    ),
    Story(
        "a label said twice: the same figure is one figure",
        beside_villages(down((8, ["II", "Số lớp tập huấn", "Lớp", 4]))),
        {5: READ, **DOWN_ROWS},
        ignored=TOP | DOWN_REST | {(COMMUNE, 8): "repeat"},
    ),
    Story(
        "a label said twice with two figures",
        pages(
            {
                "Thôn": villages([1, "La Ve", 75, 20]),
                COMMUNE: [["Số lớp", 4], ["Số lượt người", 60], ["Đã tiếp nhận", 2], ["Lớp tập huấn", 5]],
            }
        ),
        {5: READ},
        held={(COMMUNE, 1): {"bad_number"}, (COMMUNE, 2): set(), (COMMUNE, 3): set()},
        ignored=TOP | {(COMMUNE, 4): "repeat"},
    ),
    Story(
        "the commune's figures below its villages on one sheet, a row nobody asked for, and a signature",
        book(
            villages(
                [1, "La Ve", 75, 20],
                [None, "Tổng cộng", 75, 20],
                [],
                ["II", "Kết quả tập huấn"],
                [1, "Số lớp tập huấn", 4],
                [2, "Lượt người tham gia", 60],
                [3, "Số buổi phát thanh", 12],
                [4, "PAKN tiếp nhận", 2],
                [None, None, None, "CHỦ TỊCH"],
            )
        ),
        {5: {H: 75, A: 20}, 9: {"classes": 4}, 10: {"people_taught": 60}, 12: {"feedback_received": 2}},
        ignored=TOP | {6: "total", 8: "group", 11: "note", 13: "signature"},
        questions={"unknown_row"},
    ),
]


def deeds(name: str, *ids: str | None) -> Story:
    """Three villages whose groups did things that the commune's record has names for."""
    rows: Cells = [["La Ve", "Lớp tập huấn", 75, 20], ["Hoàng Liên", "Trả lời tại chỗ", 60, 10]]
    rows = [[id, *row] for id, row in zip(ids, [*rows, ["Nậm Tóng", "Chuyển cơ quan", 50, 9]], strict=True)]
    header = ["Mã thôn", "Tên thôn", "Việc chính của tổ", *HEADER[2:]]
    read = {5: READ, 6: {H: 60, A: 10}, 7: {H: 50, A: 9}}
    return Story(name, book(villages(*rows, header=header)), read, ignored=TOP, questions={"unknown_column"})


UPRIGHT += [
    deeds("villages with ids beside words of the commune's record stay villages", *(f"03046-00{n}" for n in (1, 2, 3))),
    deeds("villages without ids beside words of the commune's record stay villages", None, None, None),
]


def hidden_column(page: Worksheet) -> None:
    page.column_dimensions["D"].hidden = True


def merged(*ranges: str) -> Any:
    def change(page: Worksheet) -> None:
        for cells in ranges:
            page.merge_cells(cells)

    return change


COVER: Cells = [["Mã xã", "03046"], ["Xã, phường", "Bản Hồ"], ["Kỳ báo cáo", "Tháng 3/2026"]]
ON_COVER: dict[Any, str] = {("Bìa", 1): "cover", ("Bìa", 2): "cover", ("Bìa", 3): "cover"}
UNDER: dict[int, str] = {1: "title", 2: "title", 4: "header", 5: "header"}


# Workbooks that look like others and mean something else: what was once stored in silence.
def footnote(path: Path) -> None:
    """24 with a raised 1 in D5, as Excel keeps it: two runs of one text."""
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet("Thôn")
        for row, cells in enumerate(villages([1, "La Ve", 750, None], [2, "Hoàng Liên", 120, 60])):
            page.write_row(row, 0, cells)
        page.write_rich_string("D5", "24", workbook.add_format({"font_script": 1}), "1", workbook.add_format())


MISLEADING = [
    Story(
        "Excel read the dots of a column as decimals: its 2 may have been 2.000",
        book(villages([1, "La Ve", 1.986, 500], [2, "Hoàng Liên", 2, 1], [3, "Séo Trung Hồ", 145, 60])),
        {7: {H: 145, A: 60}},
        held={5: {"bad_number"}, 6: {"bad_number"}},
        ignored=TOP,
    ),
    Story(
        "a dot for decimals in a column leaves its 1.986 unclear",
        book(villages([1, "La Ve", "1.986", 5], [2, "Hoàng Liên", "12.5", 5], [3, "Séo Trung Hồ", 12, 5])),
        {7: {H: 12, A: 5}},
        held={5: {"bad_number"}, 6: {"fraction"}},
        ignored=TOP,
    ),
    Story(
        "two numbers in one cell are not one of thousands",
        book(villages([1, "La Ve", "12\n345", 5], [2, "Hoàng Liên", "12   345", 5], [3, "Séo Trung Hồ", "1 986", 5])),
        {7: {H: 1986, A: 5}},
        held={5: {"bad_number"}, 6: {"bad_number"}},
        ignored=TOP,
    ),
    Story(
        "what a formula leaves behind the decimal point is no part of a household",
        book(villages([1, "La Ve", 145.00000000000003, 86.99999999999999])),
        {5: {H: 145, A: 87}},
        ignored=TOP,
    ),
    Story(
        "one figure merged over two villages",
        book(villages([1, "La Ve", 200, 50], [2, "Hoàng Liên", None, 30], [3, "Nậm Tóng", 9, 3]), merged("C5:C6")),
        {7: {H: 9, A: 3}},
        held={5: {"merged_cells"}, 6: {"merged_cells"}},
        ignored=TOP,
    ),
    Story(
        "one figure merged over two columns",
        book(villages([1, "La Ve", 200, None], [2, "Hoàng Liên", 100, 30]), merged("C5:D5")),
        {6: {H: 100, A: 30}},
        held={5: {"merged_cells"}},
        ignored=TOP,
    ),
    Story(
        "figures in thousands",
        book([*TITLES[:2], ["Đơn vị tính: nghìn hộ"], HEADER, [1, "La Ve", 2, 1]]),
        held={5: {"scaled_unit"}},
        ignored=TOP | {3: "title"},
    ),
    Story(
        "poor households beside all: theirs are not the households",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "Tổng số hộ", "Hộ nghèo", None],
                [None, None, None, "Số hộ", "Ít nhất 1 nền tảng"],
                [1, "La Ve", 100, 10, 5],
            ],
            merged("D4:E4"),
        ),
        {6: {H: 100}},
        ignored=UNDER,
        questions={"unknown_column"},
    ),
    Story(
        "those who do not use it yet, and those who began",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "Tổng số hộ", "Chưa sử dụng", "Tăng thêm trong tháng"],
                [None, None, None, "Ít nhất 1 nền tảng", "Ít nhất 3 nền tảng"],
                [1, "La Ve", 100, 90, 4],
            ]
        ),
        {6: {H: 100}},
        ignored=UNDER,
        questions={"unknown_column"},
    ),
    Story(
        "a plan beside what was done",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "Mục tiêu năm 2026", None, "Kết quả", None],
                [None, None, "Tổng số hộ", "Ít nhất 1 nền tảng", "Tổng số hộ", "Ít nhất 1 nền tảng"],
                [1, "La Ve", 110, 90, 100, 40],
            ],
            merged("C4:D4", "E4:F4"),
        ),
        {6: {H: 100, A: 40}},
        ignored=UNDER,
    ),
    Story(
        "a sheet of poor households only",
        pages(
            {"Thôn": villages([1, "La Ve", 75, 20]), "Hộ nghèo": [HEADER, [1, "La Ve", 7, 2], [2, "Nậm Tóng", 6, 1]]}
        ),
        {5: READ},
        ignored=TOP | {("Hộ nghèo", 1): "cover", ("Hộ nghèo", 2): "cover", ("Hộ nghèo", 3): "cover"},
        questions={"unknown_sheet"},
    ),
    Story(
        "February beside March: the report is March's",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "Tổng số hộ", None, "Ít nhất 1 nền tảng", None],
                [None, None, "Tháng 2", "Tháng 3", "Tháng 2", "Tháng 3"],
                [1, "La Ve", 100, 110, 30, 40],
            ],
            merged("C4:D4", "E4:F4"),
        ),
        {6: {H: 110, A: 40}},
        ignored=UNDER,
    ),
    Story(
        "a column of February alone is no figure of March",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "Tổng số hộ", "Ít nhất 1 nền tảng"],
                [None, None, "Tháng 3/2026", "Tháng 2/2026"],
                [1, "La Ve", 110, 30],
            ]
        ),
        {6: {H: 110}},
        ignored=UNDER,
        questions={"unknown_column"},
    ),
    Story(
        "figures under no header at all",
        book(villages([1, "La Ve", 75, 20, 4], [2, "Hoàng Liên", 120, 60, 5])),
        {5: READ, 6: {H: 120, A: 60}},
        ignored=TOP,
        questions={"unknown_column"},
    ),
    Story(
        "a hidden column is read and asked about",
        book(villages([1, "La Ve", 75, 20]), hidden_column),
        {5: READ},
        ignored=TOP,
        questions={"hidden_columns"},
    ),
    Story(
        "a remark about a signature makes no signature of a village's line",
        book(
            villages(
                [1, "La Ve", 75, 20, "đã có xác nhận của UBND"],
                [2, "Hoàng Liên", "khoảng 5", 5, "Chủ tịch phụ trách"],
                header=[*HEADER, "Ghi chú"],
            )
        ),
        {5: READ},
        held={6: {"approximate_number"}},
        ignored=TOP,
    ),
    Story(
        "a village named Cong 2 without diacritics is no total",
        book(villages([1, "Cong 2", 75, 20], [None, "Tong cong", 75, 20])),
        {5: READ},
        ignored=TOP | {6: "total"},
    ),
    Story(
        "two villages whose names differ by a tone only",
        book(villages([1, "Bản Mới", 75, 20], [2, "Bản Môi", 60, 10])),
        {5: READ, 6: {H: 60, A: 10}},
        ignored=TOP,
    ),
    Story(
        "a village written with the tone on the other vowel is the same village twice",
        book(villages([1, "Bản Hòa", 75, 20], [2, "bản  hoà", 60, 10])),
        held={5: {"duplicate_village"}, 6: {"duplicate_village"}},
        ignored=TOP,
    ),
    Story(
        "the commune's two small tables below its villages are one record",
        book(
            villages(
                [1, "La Ve", 75, 20],
                [],
                ["Số lớp", "Lượt người"],
                [4, 60],
                [],
                ["Tiếp nhận", "Trả lời tại chỗ"],
                [5, 3],
            )
        ),
        {
            5: READ,
            8: {"classes": 4, "people_taught": 60},
            11: {"feedback_received": 5, "feedback_answered": 3},
        },
        ignored=TOP | {7: "header", 10: "header"},
    ),
    Story(
        "people taught in one table, more women among them in another",
        pages(
            {
                "Thôn": villages([1, "La Ve", 75, 20]),
                "Xã": [["Số lớp", "Lượt người"], [4, 60]],
                "Xã 2": [["Nữ", "DTTS"], [70, 5]],
            }
        ),
        {5: READ},
        held={("Xã", 2): set(), ("Xã 2", 2): {"part_exceeds_whole"}},
        ignored=TOP | {("Xã", 1): "header", ("Xã 2", 1): "header"},
    ),
    Story(
        "the cover says March, the sheet February: asked",
        pages({"Bìa": COVER, "Thôn": [["Số liệu tháng 2 năm 2026"], HEADER, [1, "La Ve", 75, 20]]}),
        {3: READ},
        ignored=ON_COVER | {1: "title", 2: "header"},
        questions={"other_month"},
    ),
    Story(
        "February is only what March is compared with",
        pages({"Bìa": COVER, "Thôn": [["Số liệu so với tháng 2 năm 2026"], HEADER, [1, "La Ve", 75, 20]]}),
        {3: READ},
        ignored=ON_COVER | {1: "title", 2: "header"},
    ),
    Story(
        "the cover names one commune, the sheet another: a form copied from a neighbour",
        pages({"Bìa": COVER, "Thôn": [["ỦY BAN MTTQ VIỆT NAM XÃ BẢO HÀ"], HEADER, [1, "La Ve", 75, 20]]}),
        refused="ambiguous_commune",
    ),
    Story(
        "the header once more with two of its columns in another order",
        book(
            [
                *TITLES,
                ["Tên thôn", "Thành viên tổ", "Hộ được hỗ trợ trong tháng"],
                ["La Ve", 5, 9],
                ["Tên thôn", "Hộ được hỗ trợ trong tháng", "Thành viên tổ"],
                ["Hoàng Liên", 8, 4],
            ]
        ),
        {5: {"group_members": 5, "households_helped": 9}, 7: {"group_members": 4, "households_helped": 8}},
        ignored=TOP | {6: "header"},
    ),
    Story(
        "figures in units of 1.000 households",
        book([*TITLES[:2], ["Đơn vị tính: 1.000 hộ"], HEADER, [1, "La Ve", 2, 1]]),
        held={5: {"scaled_unit"}},
        ignored=TOP | {3: "title"},
    ),
    Story(
        "shares where the title says so, written as plain numbers",
        book([*TITLES[:2], ["(ĐVT: %)"], HEADER, [1, "La Ve", 80, 40]]),
        held={5: {"scaled_unit"}},
        ignored=TOP | {3: "title"},
    ),
    Story(
        "Trạm Tấu is a commune and no unit of hundreds",
        book([["Đơn vị: Trạm Tấu", "Mã xã: 04606"], ["Tháng 3 năm 2026"], [], HEADER, [1, "La Ve", 75, 20]]),
        {5: READ},
        ignored=TOP,
        commune="04606",
    ),
    Story(
        "the commune's record of February and March: only March counts",
        beside_villages(
            [["Nội dung", "Tháng 2", "Tháng 3"], ["Số lớp", 5, 4], ["Lượt người", 90, 60], ["Tiếp nhận", 2, 3]]
        ),
        {
            5: READ,
            (COMMUNE, 2): {"classes": 4},
            (COMMUNE, 3): {"people_taught": 60},
            (COMMUNE, 4): {"feedback_received": 3},
        },
        ignored=TOP | {(COMMUNE, 1): "header"},
    ),
    Story(
        "the commune's record of February alone is no figure of March",
        beside_villages([["Nội dung", "Tháng 2"], ["Số lớp", 5], ["Lượt người", 90], ["Tiếp nhận", 2]]),
        {5: READ},
        ignored=TOP | {(COMMUNE, 1): "header"} | {(COMMUNE, row): "blank_entry" for row in (2, 3, 4)},
        questions={"unknown_column"},
    ),
    Story(
        "the commune's record of half a year is no figure of a month",
        beside_villages([["Nội dung", "6 tháng đầu năm"], ["Số lớp", 5], ["Lượt người", 90], ["Tiếp nhận", 2]]),
        {5: READ},
        ignored=TOP | {(COMMUNE, row): "cover" for row in (1, 2, 3, 4)},
        questions={"unknown_sheet"},
    ),
    Story(
        "households helped in half a year are not those of the month; a count of today is what it is",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "6 tháng đầu năm", None],
                [None, None, "Tổng số hộ", "Hộ được hỗ trợ trong tháng"],
                [1, "La Ve", 75, 30],
            ],
            merged("C4:D4"),
        ),
        {6: {H: 75}},
        ignored=UNDER,
        questions={"unknown_column"},
    ),
    Story(
        "every column is February's: nothing is read, and that is said",
        book(villages([None, None, "Tháng 2/2026", "Tháng 2/2026"], [1, "La Ve", 75, 20])),
        ignored=UNDER | {6: "blank_entry"},
        questions={"unknown_column", "nothing_entered"},
    ),
    Story(
        "the header once more, the remarks before the households",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "Tổng số hộ", "Ghi chú"],
                [1, "La Ve", 75, None],
                ["STT", "Tên thôn", "Ghi chú", "Tổng số hộ"],
                [2, "Hoàng Liên", 3, 60],
            ]
        ),
        {5: {H: 75}, 7: {H: 60}},
        ignored=TOP | {6: "header"},
    ),
    Story(
        "the title speaks of a plan: asked",
        book([TITLES[0], ["KẾ HOẠCH tháng 3 năm 2026"], [], HEADER, [1, "La Ve", 75, 20]]),
        {5: READ},
        ignored=TOP,
        questions={"other_figures"},
    ),
    Story(
        "the title speaks of poor households: asked",
        book([TITLES[0], ["SỐ LIỆU HỘ NGHÈO tháng 3 năm 2026"], [], HEADER, [1, "La Ve", 75, 20]]),
        {5: READ},
        ignored=TOP,
        questions={"other_figures"},
    ),
    Story(
        "what a plan came to is no plan",
        book([TITLES[0], ["KẾT QUẢ THỰC HIỆN KẾ HOẠCH tháng 3 năm 2026"], [], HEADER, [1, "La Ve", 75, 20]]),
        {5: READ},
        ignored=TOP,
    ),
    Story(
        "a sheet of the plan beside the villages",
        pages({"Thôn": villages([1, "La Ve", 75, 20]), "Kế hoạch": [HEADER, [1, "Nậm Tóng", 60, 50], [2, "A", 9, 9]]}),
        {5: READ},
        ignored=TOP | {("Kế hoạch", 1): "cover", ("Kế hoạch", 2): "cover", ("Kế hoạch", 3): "cover"},
        questions={"unknown_sheet"},
    ),
    Story(
        "men and women of the group: neither is all of it",
        book(
            [
                *TITLES,
                ["STT", "Tên thôn", "Tổng số hộ", "Thành viên tổ", None],
                [None, None, None, "Nam", "Nữ"],
                [1, "La Ve", 75, 3, 3],
            ],
            merged("D4:E4"),
        ),
        {6: {H: 75}},
        ignored=UNDER,
        questions={"unknown_column"},
    ),
    Story(
        "men and women of the group and nothing else: no figure of the form",
        book(
            [*TITLES, ["STT", "Tên thôn", "Thành viên tổ", None], [None, None, "Nam", "Nữ"], [1, "La Ve", 3, 3]],
            merged("C4:D4"),
        ),
        refused="no_known_sheet",
    ),
    Story(
        "totals under many names",
        book(
            villages(
                [1, "La Ve", 75, 20],
                [None, "Cộng trang 1", 75, 20],
                [None, "Cả xã", 75, 20],
                [None, "Tổng 1 thôn", 75, 20],
                [None, "Total", 75, 20],
            )
        ),
        {5: READ},
        ignored=TOP | dict.fromkeys((6, 7, 8, 9), "total"),
    ),
]


def titled(*titles: list[Any]) -> Cells:
    return [*titles, HEADER, [1, "La Ve", 75, 20]]


MISLEADING += [
    Story(
        "people who use a platform are no households, members counted in households no members",
        book(
            villages(
                [1, "La Ve", 75, 52, 5, 3],
                header=[
                    "TT",
                    "Tên thôn",
                    "Tổng số hộ (hộ)",
                    "Ít nhất 1 nền tảng (người)",
                    "Thành viên tổ (hộ)",
                    "Số hộ được hỗ trợ (lượt)",
                ],
            )
        ),
        {5: {H: 75}},
        ignored=TOP,
        questions={"unknown_column"},
    ),
    Story(
        "people beside households under one heading: the households are read",
        book(
            [
                *TITLES,
                ["TT", "Tên thôn", "Tổng số hộ", "Ít nhất 1 nền tảng"],
                [None, None, None, "Số người", "Số hộ"],
                [1, "La Ve", 75, 52, 20],
            ],
            lambda page: page.merge_cells("D4:E4"),
        ),
        {6: READ},
        ignored=TOP | {5: "header"},
        questions={"unknown_column"},
    ),
    Story(
        "a row of units below the titles",
        book([*TITLES, HEADER, [None, None, "(hộ)", "(người)"], [1, "La Ve", 75, 52]]),
        {6: {H: 75}},
        ignored=TOP | {5: "header"},
        questions={"unknown_column"},
    ),
    Story(
        "figures typed into the column of last month: nothing was entered, and that is said",
        book(
            villages(
                ["03046-001", "La Ve", None, 75],
                header=["Mã thôn", "Thôn", "Tổng số hộ", "Tháng trước"],
            )
        ),
        ignored=TOP | {5: "blank_entry"},
        questions={"nothing_entered"},
    ),
    *(
        Story(
            f"below the villages of March those {whose}: asked",
            book([*villages([1, "La Ve", 75, 20]), [], *over, header, [1, "Hoàng Liên", 60, 60]]),
            refused=refused,
        )
        for header in (HEADER, [*HEADER[:2], HEADER[3], HEADER[2]])
        for whose, over, refused in (
            ("of another commune", [["UBMTTQ XÃ TẢ VAN"], ["BÁO CÁO THÁNG 3 NĂM 2026"]], "ambiguous_commune"),
            ("of February", [["II. SỐ LIỆU THÁNG 2 NĂM 2026"], []], "no_month"),
        )
    ),
    Story(
        "old communes of one commune as parts of its table, each with its header",
        book(
            villages(
                [1, "La Ve", 75, 20],
                ["Xã Nậm Sài (cũ)"],  # before 2020
                HEADER,
                [2, "Hoàng Liên", 120, 60],
                ["Bản Hồ, ngày 2 tháng 4 năm 2026"],
                ["So với tháng 2 năm 2026"],
                HEADER,
                [3, "Séo Trung Hồ", 40, 10],
            )
        ),
        {5: READ, 8: {H: 120, A: 60}, 12: {H: 40, A: 10}},
        ignored=TOP | {6: "note", 7: "header", 9: "signature", 10: "signature", 11: "header"},
    ),
    Story(
        "the raised 1 of a footnote behind a figure",
        footnote,
        {6: {H: 120, A: 60}},
        held={5: {"bad_number"}},
        ignored=TOP,
    ),
]
COVERS = [
    Story(
        "code and name on a cover sheet, the month as a real date, the second sending",
        pages(
            {
                "Bìa": [
                    ["Mã xã", "03046"],
                    ["Xã, phường", "Bản Hồ"],
                    ["Kỳ báo cáo", datetime(2026, 3, 1)],
                    ["Lần gửi", 2],
                ],
                "Thôn": [HEADER, [1, "La Ve", 75, 20]],
            }
        ),
        {2: READ},
        ignored={("Bìa", 1): "cover", ("Bìa", 2): "cover", ("Bìa", 3): "cover", ("Bìa", 4): "cover", 1: "header"},
        more={"revision": 2},
    ),
    *(
        Story(
            f"{written} as the number of the sending",
            pages({"Bìa": [["Lần gửi", written]], "Thôn": villages([1, "La Ve", 75, 20])}),
            {5: READ},
            ignored=TOP | {("Bìa", 1): "cover"},
            more={"revision": revision},
        )
        for written, revision in (("Lần 2", 2), ("03", 3), (2026, 1), (datetime(2026, 4, 3), 1), ("3/4/2026", 1))
    ),
    Story(
        "an old commune's name alone still finds its commune of today",
        book(titled(["UBMTTQ xã Cao Phạ"], ["Kỳ báo cáo: T3/2026"])),
        {4: READ},
        ignored={1: "title", 2: "title", 3: "header"},
        commune="04630",
    ),
    Story(
        "an old name that fits two communes of today is asked",
        book(titled(["UBMTTQ phường Nam Cường"], ["Tháng 03/2026"])),
        refused="ambiguous_commune",
    ),
    Story(
        "the code of one commune and the name of another",
        book(titled(["Mã xã: 03046"], ["Đơn vị: Xã Bảo Hà"], ["Tháng 03/2026"])),
        refused="ambiguous_commune",
    ),
    Story("no commune anywhere", book(titled(["Báo cáo tháng 3 năm 2026"])), refused="no_commune"),
    Story("a quarter is no month", book(titled(["UBMTTQ xã Bản Hồ"], ["Kỳ báo cáo: Quý I/2026"])), refused="no_month"),
    Story(
        "only the day of signing: that is no month of a report",
        book(titled(["UBMTTQ xã Bản Hồ"], [None, None, None, "Bản Hồ, ngày 2 tháng 4 năm 2026"])),
        refused="no_month",
    ),
    Story(
        "two sheets that name two months",
        pages(
            {
                "Thôn": titled(["UBMTTQ xã Bản Hồ, tháng 3 năm 2026"]),
                "Tổ": [["Tháng 2 năm 2026"], ["Thôn", "Đã thành lập tổ"], ["La Ve", "Có"]],
            }
        ),
        refused="no_month",
    ),
    Story(
        "the month in two cells, words and all",
        book(titled(["XÃ BẢN HỒ"], ["Tháng", 3, "năm", 2026])),
        {4: READ},
        ignored={1: "title", 2: "title", 3: "header"},
    ),
    Story(
        "demonstration data says so",
        book(titled(["XÃ BẢN HỒ"], ["Tháng 3 năm 2026"], ["Dữ liệu minh hoạ"])),
        {5: READ},
        ignored={1: "title", 2: "title", 3: "title", 4: "header"},
        more={"origin": "demo"},
    ),
    Story(
        "a workbook about something else", book([["Danh sách họp"], ["Họ tên", "Chức vụ"]]), refused="no_known_sheet"
    ),
    Story("an empty workbook", book([]), refused="no_known_sheet"),
]


def old(path: Path) -> None:
    """An .xls in .VnTime with its ư as U+00AD, an error cell, a date and a hidden row."""
    workbook = xlwt.Workbook()
    page = workbook.add_sheet("Sheet1")
    legacy, plain = xlwt.easyxf("font: name .VnTime"), xlwt.easyxf("font: name Arial")
    lines: Cells = [
        ["Uû ban MTTQ ViÖt Nam x· B¶n Hå"],
        ["Th¸ng 3 n¨m 2026"],
        ["TT", "Tªn th«n", "Tæng sè hé", "Ýt nhÊt 1 nÒn t¶ng"],
        [1, "Th«n H­ng Hµ", "1.986", 20],
        [2, "La Ve", 75, 20],
    ]
    for row, cells in enumerate(lines):
        for column, value in enumerate(cells):
            page.write(row, column, value, legacy if isinstance(value, str) else plain)
    page.row(4).hidden = True
    workbook.save(str(path))


OLD = [
    Story(
        "an .xls in a TCVN3 font, its ư a soft hyphen",
        old,
        {4: {H: 1986, A: 20, "name": "Thôn Hưng Hà"}, 5: READ},
        ignored={1: "title", 2: "title", 3: "header"},
        questions={"hidden_rows"},
        suffix=".xls",
        sheet="Sheet1",
    ),
]


STORIES = [*NUMBERS, *LAYOUT, *CELLS, *SHEETS, *UPRIGHT, *MISLEADING, *COVERS, *OLD]
