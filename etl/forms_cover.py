"""Draws the cover of the form: whose report, which month, how many cells, what to do, whom to send it to."""

from xlsxwriter.worksheet import Worksheet

from definitions.load import definitions
from etl.forms_sheet import (
    ENTRY,
    HEADER,
    LINE,
    MUTED,
    PLAIN_LETTERS,
    TINTS,
    Heading,
    Paper,
    cells_asked,
    lines_needed,
    page,
)
from etl.forms_table import Table

COLUMNS = (24, 28, 34)
WIDTH = sum(COLUMNS)
WHEN = {"month": "Hằng tháng", "quarter": "Lần đầu và hằng quý", "change": "Khi có thay đổi"}
STEPS = (
    "Chỉ ghi vào các ô màu vàng nhạt. Cột xám là số đã có, không sửa được.",
    'Thôn không có gì thay đổi: đánh dấu x ở cột "Không thay đổi" và chỉ ghi số hộ được hỗ trợ trong tháng.',
    "Chỉ ghi số nguyên. Chưa có số liệu thì để trống ô; không có hộ nào thì ghi 0. Không ghi tên người ở bất kỳ ô nào.",
    'Nhìn cột "Tự kiểm tra": "Được" là xong, "Còn thiếu" là còn ô trống, "Xem lại" là có số chưa hợp lý.',
    'Lưu tệp và gửi đi. Nếu gửi lại bản sửa thì tăng "Lần gửi" thêm 1; bản gửi sau thay bản gửi trước.',
)


def cover(paper: Paper, heading: Heading, facts: list[tuple[str, object]], tables: list[Table]) -> Worksheet:
    """Adds the cover; `facts` are its labels and values, the revision alone can be changed."""
    ws = paper.book.add_worksheet(definitions().forms.cover.name)
    for at, wide in enumerate(COLUMNS):
        ws.set_column(at, at, wide)
    front = f"MẶT TRẬN TỔ QUỐC VIỆT NAM TỈNH {definitions().province.name.upper()}"
    ws.write(0, 0, front, paper.look(bold=True, font_color=MUTED))
    title = paper.look(bold=True, font_size=16, text_wrap=True, align="left")
    ws.merge_range(1, 0, 1, 2, definitions().forms.form.title.vi, title)
    ws.set_row(1, 48)
    if heading.origin:
        ws.write(2, 0, heading.origin.upper(), paper.look(bold=True, font_size=13, font_color=TINTS["Xem lại"][1]))
    row = known(paper, ws, 4, facts)
    row = sizes(paper, ws, row + 1, tables)
    row = steps(paper, ws, row + 1)
    send(paper, ws, row + 1)
    ws.protect("", {"format_columns": True, "format_rows": True})
    page(ws, heading, landscape=False)
    return ws


def known(paper: Paper, ws: Worksheet, row: int, facts: list[tuple[str, object]]) -> int:
    revision = definitions().forms.cover.revision[0]
    for label, value in facts:
        look = {"border": 1, "border_color": LINE, "align": "left", "indent": 1, "bold": True}
        if label == revision:
            look |= {"locked": False, "bg_color": ENTRY}
            ws.data_validation(
                row, 1, row, 1, {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 99}
            )
        ws.write(row, 0, label, paper.look(border=1, border_color=LINE, bg_color=HEADER, indent=1))
        ws.write(row, 1, value, paper.look(**look))
        ws.set_row(row, 20)
        row += 1
    return row


def sizes(paper: Paper, ws: Worksheet, row: int, tables: list[Table]) -> int:
    """Which sheets there are, when each is filled in and how many cells it asks for."""
    head = paper.look(bold=True, bg_color=HEADER, border=1, border_color=LINE, indent=1)
    ws.write_row(row, 0, ["Biểu trong tệp này", "Khi nào điền", "Số ô hỏi"], head)
    ws.set_row(row, 20)
    cell = paper.look(border=1, border_color=LINE, text_wrap=True, indent=1)
    for number, table in enumerate(tables, 1):
        name, when = f"Biểu {table.sheet.name}", WHEN[table.sheet.rhythm]
        ws.write_row(row + number, 0, [name, when, cells_asked(table)], cell)
        ws.set_row(row + number, 20 if len(cells_asked(table)) < 36 else 34)
    return row + len(tables) + 1


def steps(paper: Paper, ws: Worksheet, row: int) -> int:
    ws.write(row, 0, "Việc cần làm", paper.look(bold=True, font_size=12))
    ws.set_row(row, 24)
    for number, step in enumerate(STEPS, 1):
        ws.merge_range(row + number, 0, row + number, 2, f"{number}. {step}", paper.look(text_wrap=True))
        ws.set_row(row + number, 15 * lines_needed(f"0. {step}", WIDTH * PLAIN_LETTERS) + 5)
    return row + len(STEPS) + 1


def send(paper: Paper, ws: Worksheet, row: int) -> None:
    province = definitions().province.name
    text = (
        "Gửi tệp này (giữ nguyên tệp Excel, không chụp ảnh) về Cơ quan Ủy ban Mặt trận Tổ quốc Việt Nam "
        f"tỉnh {province}, "
        "qua thư điện tử công vụ hoặc nhóm Zalo báo cáo của tỉnh. Có vướng mắc, hỏi ngay ở nhóm đó."
    )
    ws.write(row, 0, "Nơi nhận", paper.look(bold=True, font_size=12))
    ws.set_row(row, 24)
    ws.merge_range(row + 1, 0, row + 1, 2, text, paper.look(text_wrap=True))
    ws.set_row(row + 1, 15 * lines_needed(text, WIDTH * PLAIN_LETTERS) + 6)
