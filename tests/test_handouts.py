"""What goes back to a commune: letters of the reader and questions about its figures, in one packet."""

import io
from pathlib import Path

import openpyxl
import pytest

from etl import acts, handouts, store
from tests.handmade import AUGUST, HU, JULY, deliver, now, three_villages
from tests.workbooks import workbook

pytestmark = pytest.mark.slow

ROW = (100, 30, 20, 10, 5, 6, 4, 3)


def test_the_packet_asks_about_improbable_figures_at_their_cell(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: ROW}, "2025-08-04")
    sha = deliver(root, AUGUST, {HU: (150, 31, 20, 10, 5, 6, 1, 4)}, "2025-09-04")
    assert acts.publish(root) == ""
    back = handouts.returned(root, sha)
    assert back.workbook and "còn 2 chỗ xin xác nhận" in back.text
    listed = openpyxl.load_workbook(io.BytesIO(back.workbook))["Cần làm rõ"]
    told = [[str(cell.value) for cell in row[1:8]] for row in listed.iter_rows(min_row=6, max_row=7)]
    assert {(row[0], row[3]) for row in told} == {("Biểu Thôn", "Hú Trù Lìn")}
    assert [(row[2], row[4], row[6]) for row in told] == [
        ("Cột “Tổng số hộ”", "150", "Tổng số hộ là 150, khác nhiều so với danh mục. Xin xác nhận."),
        ("Cột “Thành viên đã tập huấn”", "1", "“1” thấp hơn tháng trước (4). Xin xác nhận."),
    ]
    assert told[0][5] == "gần số hộ trong danh mục (100)"


def test_a_question_names_the_village_and_what_it_is_about(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: ROW})
    deliver(root, AUGUST, {HU: (150, 30, 20, 10, 5, 6, 1, 4)})
    acts.publish(root)
    assert now(root).query("select message from question order by code")["message"].to_list() == [
        "Hú Trù Lìn, Thành viên tổ đã được tập huấn: “1” thấp hơn tháng trước (4). Xin xác nhận.",
        "Hú Trù Lìn: Tổng số hộ là 150, khác nhiều so với danh mục. Xin xác nhận.",
    ]


def test_a_file_withdrawn_earlier_says_so_when_it_comes_again(tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    content = workbook(tmp_path / "a.xlsx", [(HU, "Hú Trù Lìn", 100, 30)]).read_bytes()
    (first,) = acts.take_in(root, [("a.xlsx", content)], "", "page").answers
    assert acts.withdraw(root, first["sha256"], "nhầm", "A") == ""
    (again,) = acts.take_in(root, [("a.xlsx", content)], "", "page").answers
    assert (first["verdict"], again["verdict"]) == ("accepted", "withdrawn")
    assert len(store.events(root, "withdraw")) == 1
