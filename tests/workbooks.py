"""A small honest workbook for the tests of loading: cover and village sheet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from etl.landing import Packed, pack
from etl.sources import source_for
from etl.store import sha_of

HEADER = [
    "Mã thôn", "Thôn, bản, tổ dân phố", "Không thay đổi", "Tổng số hộ", "Hộ dùng ít nhất 1 nền tảng",
    "Hộ dùng ít nhất 3 nền tảng", "Hộ dùng tất cả nền tảng", "Hộ có cả hai kỹ năng", "Thành viên tổ",
    "Thành viên đã tập huấn", "Hộ được hỗ trợ trong tháng",
]  # fmt: skip
Row = tuple[str | None, str, int, int]


def workbook(
    path: Path, rows: Sequence[Row], month: date = date(2025, 7, 1), is_demo: bool = False, revision: int = 1
) -> Path:
    """rows: village id, name, households, households with at least one platform; the other counts are 0."""
    with xlsxwriter.Workbook(path) as book:
        cover = book.add_worksheet("Bìa")
        facts = [
            ("Xã, phường", "Xã Lao Chải"),
            ("Mã xã, phường", "04474"),
            ("Kỳ báo cáo", f"Tháng {month.month} năm {month.year}"),
        ]
        facts += [("Lần gửi", str(revision))] + ([("Nguồn dữ liệu", "Dữ liệu minh hoạ")] if is_demo else [])
        for number, fact in enumerate(facts):
            cover.write_row(number, 0, fact)
        sheet = book.add_worksheet("Thôn")
        sheet.write_row(0, 0, HEADER)
        for number, (id, name, households, some) in enumerate(rows, 1):
            sheet.write_row(number, 0, [id or "", name, "", households, some, 0, 0, 0, 0, 0, 0])
    return path


def read_here(paths: Iterable[Path]) -> Iterator[tuple[Path, str, Packed]]:
    """What etl.intake.read_many gives, read in this process."""
    for path in paths:
        content = path.read_bytes()
        yield path, sha_of(content), pack(source_for(path.name, content).read(path))
