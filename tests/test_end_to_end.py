"""One figure from the cell an officer wrote to the sentence leadership reads, and one correction of it."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, Page, expect

from etl import build, handouts, load, store
from etl.landing import read_landing
from etl.sources import sources
from metrics import deliveries, targets
from tests.browser import SETTLED, Seen, serving, visiting
from tests.handmade import COMMUNE, HU, LAO, NAMES, XEO, now, three_villages
from warehouse.version import Version

pytestmark = pytest.mark.slow

# Typed here on purpose: what an officer reads on the form, not what forms.toml says today.
HEADERS = (
    "Mã thôn", "Thôn, bản, tổ dân phố", "Không thay đổi", "Tổng số hộ", "Hộ dùng ít nhất 1 nền tảng",
    "Hộ dùng ít nhất 3 nền tảng", "Hộ dùng tất cả nền tảng", "Hộ có cả hai kỹ năng", "Thành viên tổ",
    "Thành viên đã tập huấn", "Hộ được hỗ trợ trong tháng",
)  # fmt: skip
MONTH = date(2026, 10, 1)
FIGURES = {HU: (100, 43, 20, 10, 5, 6, 2, 3), LAO: (80, 20, 10, 0, 4, 5, 1, 0), XEO: (60, 6, 0, 0, 0, 4, 0, 1)}
ROW, COLUMN = 6, "E"  # the cell followed: Hú Trù Lìn's households with at least one platform
JUDGED_ON = date(2026, 11, 10)


def workbook(folder: Path, revision: int, followed: int) -> Path:
    """A report of the three villages for October 2026, written cell by cell."""
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Bìa"
    cover["A1"] = "BÁO CÁO CHUYỂN ĐỔI SỐ"
    for line in ("Mã xã, phường", COMMUNE), ("Kỳ báo cáo", "Tháng 10 năm 2026"), ("Lần gửi", revision):
        cover.append(line)
    sheet = book.create_sheet("Thôn")
    sheet["A1"] = "BIỂU THÔN: SỐ LIỆU TỪNG THÔN, BẢN, TỔ DÂN PHỐ (HẰNG THÁNG)"
    sheet["A2"] = "Đơn vị: Xã Lao Chải"
    for column, words in enumerate(HEADERS, 1):
        sheet.cell(5, column, words)
    for row, (village, figures) in enumerate(FIGURES.items(), ROW):
        for column, value in zip((1, 2, *range(4, 12)), (village, NAMES[village], *figures), strict=True):
            sheet.cell(row, column, value)
    sheet.cell(ROW, 5, followed)
    path = folder / f"lao_chai_{revision}.xlsx"
    book.save(path)
    return path


def take(root: store.Root, path: Path) -> tuple[dict[str, Any], Version]:
    """What `load` answers about one file, and the version published with it."""
    (answer,) = load.load(root, [path])
    build.build(root)
    return dict(answer), now(root)


def standing(version: Version) -> dict[str, Any]:
    return targets.status(version, "access_2026", JUDGED_ON, unit=COMMUNE).row(0, named=True)


def only(version: Version, sql: str, *values: object) -> tuple[Any, ...]:
    return version.query(sql, list(values)).row(0)


def check_landing(root: store.Root, sha: str, value: int) -> None:
    landed = read_landing(root.landing, "commune_workbook", sha, sources()["commune_workbook"].VERSION)
    assert landed is not None
    assert (landed.commune, landed.month, landed.origin) == (COMMUNE, MONTH, "real")
    cell = landed.values.filter(row=ROW, column=COLUMN).row(0, named=True)
    said = {"sheet": "Thôn", "village_id": HU, "measure": "households_any", "value": value}
    assert {name: cell[name] for name in said} == said


def check_tables(version: Version, sha: str, value: int, total: int) -> None:
    found = 'select value, sha256, sheet, row, "column" from observation where unit = ? and measure = ? and month = ?'
    assert only(version, found, HU, "households_any", MONTH) == (value, sha, "Thôn", ROW, COLUMN)
    village = "select households_any, households, sha256, row from village_month where village = ? and month = ?"
    assert only(version, village, HU, MONTH) == (value, 100, sha, ROW)
    shares = "select numerator, denominator from indicator_month where indicator = ? and unit = ? and month = ?"
    assert only(version, shares, "access_any", COMMUNE, MONTH) == (total, 240)
    row = standing(version)
    assert (row["numerator"], row["denominator"], row["share"]) == (total, 240, total / 240)
    assert row["left"] == 120 - total
    behind = deliveries.cells(version, "households_any", COMMUNE, MONTH).row(0, named=True)
    assert (behind["sheet"], behind["row"], behind["value"]) == ("Thôn", ROW, value)


def test_a_cell_reaches_the_figures_and_its_correction_changes_nothing_else(tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    first, before = take(root, workbook(tmp_path, 1, 43))
    assert (first["verdict"], first["letters"]) == ("accepted", [])
    assert (first["rows"]["stored"], first["rows"]["held"]) == (3, 0)
    check_landing(root, first["sha256"], 43)
    check_tables(before, first["sha256"], 43, 69)

    second, after = take(root, workbook(tmp_path, 2, 44))
    assert second["verdict"] == "accepted"
    check_landing(root, second["sha256"], 44)
    check_tables(after, second["sha256"], 44, 70)
    assert changed(before, after) == {
        ("observation", HU, "value"): (43, 44),
        ("village_month", HU, "households_any"): (43, 44),
        ("indicator_month", "access_any", COMMUNE, "numerator"): (69, 70),
        ("indicator_month", "access_any", "cluster:mu_cang_chai", "numerator"): (69, 70),
        ("indicator_month", "access_any", "15", "numerator"): (69, 70),
    }


KEYS = {
    "observation": ("unit", "measure", "month", "dimension", "category"),
    "village_month": ("village", "month"),
    "indicator_month": ("indicator", "unit", "month"),
    "breakdown_month": (), "commune_flow": (), "question": (), "unit_ladder": ("unit", "month"),
    "unit_round": ("unit", "month"), "platform_share": ("unit", "measure"),
}  # fmt: skip
FOLLOWS = {"sha256", "share", "floor"}  # of which file, and shares of the counts compared


def changed(before: Version, after: Version) -> dict[tuple[str, ...], tuple[Any, Any]]:
    """Every value that differs: table, its unit (and indicator), column -> before and after; rows never come or go."""
    found: dict[tuple[str, ...], tuple[Any, Any]] = {}
    for table, keys in KEYS.items():
        order = f"order by {', '.join(keys)}" if keys else "order by all"
        old, new = (version.query(f"select * from {table} {order}") for version in (before, after))
        assert old.height == new.height, table
        named = [key for key in keys if key in ("indicator", "unit", "village")]
        for was, is_now in zip(old.iter_rows(named=True), new.iter_rows(named=True), strict=True):
            for column in set(was) - FOLLOWS:
                if was[column] != is_now[column]:
                    found[(table, *(str(was[key]) for key in named), column)] = (was[column], is_now[column])
    return found


DOWN = {
    "Số lớp tập huấn": 4, "Lượt người tham gia": "1.060", "- Trong đó: nữ": 70, "Tiếp nhận": 9, "Trả lời tại chỗ": 7,
}  # fmt: skip
TAUGHT = [
    ("classes", 4, 4), ("feedback_answered", 7, 8), ("feedback_received", 9, 7), ("people_taught", 1060, 5),
    ("women_taught", 70, 6),
]  # fmt: skip


def record(folder: Path, revision: int, **changed: object) -> Path:
    """The commune's own figures, one below the other, beside their labels."""
    book = Workbook()
    cover, sheet = book.active, book.create_sheet("Xã")
    assert cover is not None
    for line in ("Mã xã, phường", COMMUNE), ("Kỳ báo cáo", "Tháng 10 năm 2026"), ("Lần gửi", revision):
        cover.append(line)
    for head in ["BIỂU XÃ"], [], ["STT", "Nội dung", "Số lượng"]:
        sheet.append(head)
    for number, (label, value) in enumerate((DOWN | changed).items(), 1):
        sheet.append([number, label, value])
    path = folder / f"xa_{revision}.xlsx"
    book.save(path)
    return path


def taught(version: Version) -> list[tuple[Any, ...]]:
    sql = "select measure, value, row from commune_flow where commune = ? and month = ? order by measure"
    return version.query(sql, [COMMUNE, MONTH]).rows()


def test_figures_down_a_column_reach_the_tables_and_come_back_when_one_is_wrong(tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    first, version = take(root, record(tmp_path, 1))
    assert (first["verdict"], first["rows"]) == ("accepted", {"stored": 5, "held": 0, "ignored": 5})
    landed = read_landing(root.landing, "commune_workbook", first["sha256"], sources()["commune_workbook"].VERSION)
    assert landed is not None
    assert landed.values.select("sheet", "row", "column", "value").rows() == [
        ("Xã", 4, "C", 4), ("Xã", 5, "C", 1060), ("Xã", 6, "C", 70), ("Xã", 7, "C", 9), ("Xã", 8, "C", 7),
    ]  # fmt: skip
    assert taught(version) == TAUGHT

    second, version = take(root, record(tmp_path, 2, **{"- Trong đó: nữ": "khoảng 80"}))
    assert (second["verdict"], second["rows"]["held"]) == ("refused", 5)
    assert [(x["row"], x["code"]) for x in second["letters"] if x["column"] == "C"] == [(6, "approximate_number")]
    assert taught(version) == TAUGHT

    back = handouts.returned(root, second["sha256"])
    assert "khoảng 80" in back.text
    book = load_workbook(BytesIO(back.workbook or b""))
    (wrong,) = (cell for row in book["Xã"].iter_rows() for cell in row if cell.value == "khoảng 80")
    assert wrong.comment and "ước chừng" in wrong.comment.text
    wrong.value = 80
    book.save(tmp_path / "xa_3.xlsx")
    third, version = take(root, tmp_path / "xa_3.xlsx")
    assert (third["verdict"], third["rows"]["held"]) == ("accepted", 0)
    figures = {measure: value for measure, value, _ in taught(version)}
    assert figures == {measure: value for measure, value, _ in TAUGHT} | {"women_taught": 80}


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A visitor of a server whose real root has the first report."""
    root = three_villages(tmp_path / "data")
    take(root, workbook(tmp_path, 1, 43))
    seen = Seen()
    with serving(tmp_path / "data", tmp_path / "server.txt") as server, visiting(browser, server.url, seen) as opened:
        yield opened
    assert seen.outside() == []


@pytest.mark.alone
def test_the_page_says_the_cell_and_then_its_correction(page: Page, tmp_path: Path) -> None:
    visit(page)
    expect(page.locator(".cts-answer .lead")).to_contain_text("Xã Lao Chải: Đến 31/10/2026, 69/240 hộ (28,8%)")
    behind = page.get_by_text("Ô nào trong tệp nào")
    expect(behind).to_have_count(1)
    behind.click()
    cells = page.locator("table", has_text="lao_chai_1.xlsx").first
    expect(cells.locator("tr", has_text=NAMES[HU])).to_contain_text("43")
    take(store.root("real", tmp_path / "data"), workbook(tmp_path, 2, 44))
    visit(page)
    expect(page.locator(".cts-answer .lead")).to_contain_text("Xã Lao Chải: Đến 31/10/2026, 70/240 hộ (29,2%)")


def visit(page: Page) -> None:
    page.goto(f"/communes?unit={COMMUNE}&target=access_2026")
    page.locator(".cts-answer").first.wait_for(timeout=60_000)
    page.locator(SETTLED).wait_for(state="attached", timeout=60_000)
