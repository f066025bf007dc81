"""What leaves the house: no formula, one page, nothing from outside, every page with its date, version and origin."""

import csv
import io
import re
import struct
import zipfile
from datetime import date, datetime

import docx
import openpyxl
import polars as pl
import pytest

from charts import ladder, trajectory
from definitions.text import sentences
from exports import document, letter, page, picture, tables, typeset, workbook
from exports.papers import Answer, Bulletin, CommuneSheet, Edition, Named, Task
from exports.workbook import Column, Notes

EDITION = Edition(date(2026, 10, 31), "20261105-0810", True, "cách tính tạm thời, chưa có văn bản quy định")
REAL = Edition(date(2026, 10, 31), "20261105-0810", False)
EVIL = '<b>=HYPERLINK("http://x.example")</b> & #read("/etc/passwd") *_`$ @a'
LONG = (
    "Đến 31/10/2026, 186.400/403.500 hộ (46,2%) tiếp cận nền tảng số thiết yếu, tăng 1,3 điểm so với tháng trước; "
    "cần 1.760 hộ/tuần (tính từ 31/10), 2 tháng qua bình quân 1.210 hộ/tuần; nếu giữ tốc độ này đến hạn đạt 49,0%."
)


def chart(width: float = 280) -> str:
    months = [date(2026, m, 1) for m in range(1, 11)]
    frame = pl.DataFrame(
        {"month": months, "share": [m / 25 for m in range(1, 11)], "kind": ["reported"] * 10},
        schema_overrides={"month": pl.Date},
    ).with_columns(
        *(pl.lit(None, pl.Int64).alias(name) for name in ("numerator", "denominator")),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("linear", "logit", "needed")),
    )
    return trajectory.svg(frame, goal=0.5, deadline=date(2026, 12, 31), title="Tiếp cận: 40,0%", width=width)


ANSWERS = tuple(
    Answer(label, figure, "50%", verdict, LONG, "còn 15.350 hộ · 1.760 hộ/tuần", "khá", chart())
    for label, figure, verdict in (
        ("Tổ công nghệ số cộng đồng", "3.131/3.150", "acceleration_needed"),
        ("Tiếp cận nền tảng số thiết yếu", "46,2%", "achieved_at_risk"),
        ("Kỹ năng số 2030", "21,8%", "not_assessable"),
    )
)


def sheet(
    tasks: int = 5,
    edition: Edition = EDITION,
    name: str = "Phường Nghĩa Lộ",
    village: str = "Tổ dân phố số {} Trung Tâm",
) -> CommuneSheet:
    rungs = pl.DataFrame({"rung": ["formed", "trained", "active"], "n": [53, 41, 30], "total": [55] * 3})
    villages = [village.format(i) for i in range(1, tasks + 1)]
    numbered = enumerate(villages, 1)
    return CommuneSheet(
        edition=edition,
        name=name,
        cluster="Cụm Mường Khương - Si Ma Cai - Bắc Hà",
        households=6300,
        villages=55,
        last_report=date(2026, 10, 1),
        trust="khá",
        trust_reason="94% dùng được",
        answers=ANSWERS,
        lead="Thêm 96 hộ/tuần tại các thôn sau thì đạt 50% đúng hạn.",
        tasks=tuple(Task(v, 90 - i, 12 if i % 2 else None, "chưa có tổ" if i % 3 else "") for i, v in numbered),
        missing=tuple(f"{v}: chưa có báo cáo" for v in villages),
        ladder=ladder.svg(rungs, title="Thang", width=420),
        platforms=chart(420),
    )


def bulletin(edition: Edition = EDITION, words: str = LONG) -> Bulletin:
    calls = tuple(
        Named(f"Xã Phong Dụ Thượng {i}", "limited", "22,4%; cần 81 hộ/tuần, 2 tháng qua 12 hộ/tuần") for i in range(5)
    )
    body = ("ỦY BAN MTTQ VIỆT NAM TỈNH LÀO CAI", "BAN THƯỜNG TRỰC")
    return Bulletin(edition, body, "Lào Cai", ANSWERS, calls, calls, (words,) * 6, (words,) * 3)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def size(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


# One page stays one page


@pytest.mark.parametrize("tasks", [0, 5, 200])
def test_a_commune_is_one_a4_however_long_its_lists(tasks: int) -> None:
    long = sheet(tasks, name="Phường Nghĩa Lộ Trung Tâm")
    assert pages(document.commune_pdf(long)) == 1
    assert pages(document.tasks_pdf(long)) == 1


def test_villages_with_endless_names_do_not_break_the_page() -> None:
    long = sheet(60, village="Thôn {} Nậm Khắt Phong Dụ Thượng Lao Chải Mù Cang Chải Tà Xi Láng Púng Luông Chế Tạo")
    assert pages(document.commune_pdf(long)) == pages(document.tasks_pdf(long)) == 1


def test_the_bulletin_is_one_a4() -> None:
    assert pages(document.bulletin_pdf(bulletin())) == 1
    assert pages(document.bulletin_pdf(bulletin(words=LONG + " " + LONG))) == 1


def test_a_commune_for_zalo_is_a_portrait_picture() -> None:
    assert size(document.commune_png(sheet(40))) == (1080, 1350)
    assert size(document.commune_png(sheet(0))) == (1080, 1350)


def test_a_moment_has_room_and_a_long_head_its_lines() -> None:
    frame = pl.DataFrame({"at": [datetime(2026, 11, 5, 7, 50)], "n": [3]})
    columns = (Column("at", "Nhận lúc", format="moment"), Column("n", "Thôn dùng được trong kỳ", "thôn", "count"))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.workbook(frame, columns, "Kỳ", Notes(EDITION)))).worksheets[0]
    assert sheet.column_dimensions["A"].width > len("07:50 05/11/2026")
    assert sheet.row_dimensions[4].height >= 2 * 15


def test_the_same_paper_gives_the_same_bytes() -> None:
    for made in (document.bulletin_pdf, letter.bulletin_docx):
        assert made(bulletin()) == made(bulletin())
    for made_sheet in (document.commune_pdf, document.tasks_pdf, document.commune_png, page.commune_html):
        assert made_sheet(sheet()) == made_sheet(sheet())


def test_no_file_carries_the_clock() -> None:
    word, table = letter.bulletin_docx(bulletin()), workbook.workbook(FRAME, COLUMNS, "T", NOTES)
    for made in (word, table):
        with zipfile.ZipFile(io.BytesIO(made)) as parts:
            assert {entry.date_time[:3] for entry in parts.infolist()} == {(1980, 1, 1)}
            assert b"2026-10-31" in parts.read("docProps/core.xml")


def test_pdfs_are_archival_and_know_their_day() -> None:
    pdf = document.commune_pdf(sheet())
    assert b"pdfaid:part" in pdf and b"2026-10-31" in pdf


def test_what_a_template_is_given_is_text_never_code() -> None:
    assert pages(document.commune_pdf(sheet(name=EVIL, village=EVIL + "{}"))) == 1


def test_demonstration_data_wears_its_band_and_real_data_does_not() -> None:
    demo, real = sheet(0), sheet(0, REAL)
    assert "Dữ liệu minh hoạ" in page.html(demo) and "minh hoạ" not in page.html(real)
    assert document.commune(demo)["band"] and not document.commune(real)["band"]
    assert document.tasks_text(demo).startswith("Dữ liệu minh hoạ") and "minh hoạ" not in document.tasks_text(real)
    assert size(picture.png(chart(), EDITION, title="A"))[1] > size(picture.png(chart(), REAL, title="A"))[1]


# The page and the message


def test_the_html_page_is_small_and_asks_nobody_for_anything() -> None:
    made = page.commune_html(sheet(200)).decode()
    assert len(made.encode()) < 300_000
    addresses = set(re.findall(r"https?://[^\"'< )]+", made)) - {"http://www.w3.org/2000/svg"}
    assert not addresses and "<script" not in made and "url(" not in made and "@import" not in made
    assert "default-src 'none'" in made and "width=device-width" in made
    assert "31/10/2026" in made and "20261105-0810" in made and "chưa có văn bản quy định" in made


def test_the_html_page_escapes_names() -> None:
    made = page.html(sheet(name="<script>alert(1)</script>", village="<img src=x>{}"))
    assert "<script" not in made and "<img" not in made and "&lt;script&gt;" in made


def test_a_page_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 300000"):
        page.commune_html(sheet(3000))


def test_the_last_mile_as_text_for_zalo() -> None:
    said = document.tasks_text(sheet(20), most=2).splitlines()
    assert said[1] == "Phường Nghĩa Lộ - việc cần làm trong tuần (tính đến 31/10/2026)"
    assert said[3:6] == [
        "1. Tổ dân phố số 1 Trung Tâm: thêm 12 hộ/tuần; còn 89 hộ; chưa có tổ",
        "2. Tổ dân phố số 2 Trung Tâm: còn 88 hộ; chưa có tổ",
        "và 18 thôn khác",
    ]


def test_a_chart_to_send_has_two_pixels_a_point() -> None:
    wide, _ = size(picture.png(chart(400), REAL, title="Tiếp cận", definition="Hộ dùng ít nhất một nền tảng"))
    assert wide == 2 * (400 + 32)


# The letter


def test_the_docx_follows_the_decree() -> None:
    paper = docx.Document(io.BytesIO(letter.bulletin_docx(bulletin())))
    first, style = paper.sections[0], paper.styles["Normal"]
    lengths = [first.page_width, first.page_height, first.left_margin, first.right_margin, first.top_margin]
    assert [round(length / 36000) for length in lengths if length] == [210, 297, 30, 15, 20], "millimetres"
    assert (style.font.name, style.font.size.pt) == ("Times New Roman", 13)
    said = "\n".join(p.text for p in paper.paragraphs)
    assert "Dữ liệu minh hoạ" in said and LONG in said
    calls, praises = paper.tables[1].rows[0].cells
    assert "Xã Phong Dụ Thượng 4: 22,4%" in calls.text and "Cần biểu dương" in praises.text
    assert "Độc lập - Tự do - Hạnh phúc" in paper.tables[0].cell(0, 1).text
    assert "20261105-0810" in first.footer.paragraphs[0].text


# Tables


FRAME = pl.DataFrame(
    {
        "unit": ["02647", "02671", "02680"],
        "name": ["=1+1", "+cmd|' /C calc'!A0", "Xã Hợp Thành"],
        "share": [0.4625, None, float("nan")],
        "households": [28123, 0, None],
        "change": [0.013, -0.004, None],
        "month": [date(2026, 10, 1)] * 3,
        "day": [date(2026, 11, 5), None, None],
    }
)
COLUMNS = [
    Column("unit", "Mã"), Column("name", "Xã, phường"), Column("share", "Tỷ lệ hộ tiếp cận", "%", "share"),
    Column("households", "Tổng số hộ", "hộ", "count"), Column("change", "Thay đổi", "điểm", "points"),
    Column("month", "Tháng", "", "month"), Column("day", "Ngày nhận", "", "date"),
]  # fmt: skip
NOTES = Notes(EDITION, (("Tiếp cận", "=Hộ dùng ít nhất một nền tảng / tổng số hộ"),), "Cụm: Cụm các phường")


def test_no_cell_of_a_workbook_is_ever_a_formula() -> None:
    made = workbook.workbook(FRAME, COLUMNS, "=cmd()", NOTES)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2 and not any("<f>" in xml or "<f " in xml or "hyperlink" in xml for xml in sheets)
    rows = list(openpyxl.load_workbook(io.BytesIO(made)).worksheets[0].iter_rows(min_row=5, values_only=True))
    assert [row[1] for row in rows] == ["=1+1", "+cmd|' /C calc'!A0", "Xã Hợp Thành"]


def test_a_workbooks_cells_have_types_and_its_heads_have_units() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(FRAME, COLUMNS, "Tiếp cận", NOTES)))
    table = book.worksheets[0]
    assert [cell.value for cell in table[4]][2:5] == ["Tỷ lệ hộ tiếp cận (%)", "Tổng số hộ (hộ)", "Thay đổi (điểm)"]
    assert [cell.value for cell in table[5]][:5] == ["02647", "=1+1", 0.4625, 28123, 1.3]
    assert [cell.data_type for cell in table[5]][:3] == ["s", "s", "n"]
    assert table["C5"].number_format == "0.0%" and table["D5"].number_format == "#,##0"
    assert table["F5"].value.date() == date(2026, 10, 1) and table["F5"].number_format == 'mm"/"yyyy'
    assert (table["C6"].value, table["D6"].value, table["C7"].value) == (None, 0, None), "missing is empty, 0 is 0"
    assert table.page_setup.paperSize == 9 and table.print_title_rows == "$4:$4"


def test_a_workbook_carries_its_version_definitions_and_filters() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(FRAME, COLUMNS, "Tiếp cận", NOTES)))
    assert book.sheetnames[1] == "Ghi chú"
    said = dict(book["Ghi chú"].iter_rows(values_only=True))
    assert said["Tính đến ngày"] == "31/10/2026" and said["Phiên bản số liệu"] == "20261105-0810"
    assert said["Bộ lọc"] == "Cụm: Cụm các phường" and said["Nguồn dữ liệu"].startswith("Dữ liệu minh hoạ")
    assert said["Cách tính: Tiếp cận"] == "=Hộ dùng ít nhất một nền tảng / tổng số hộ" and said["Số dòng"] == "3"


def test_a_text_too_long_for_a_cell_is_cut_never_lost() -> None:
    frame = pl.DataFrame({"name": ["a" * 40_000]})
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(frame, [Column("name", "Tên")], "T", NOTES)))
    value = book.worksheets[0]["A5"].value
    assert len(value) == 32_767 and value.endswith("…")


def test_the_same_table_gives_the_same_bytes() -> None:
    assert workbook.workbook(FRAME, COLUMNS, "T", NOTES) == workbook.workbook(FRAME, COLUMNS, "T", NOTES)


def test_a_column_that_is_not_there_is_said() -> None:
    for made in (workbook.workbook, workbook.csv):
        with pytest.raises(ValueError, match="no column verdict"):
            made(FRAME, [Column("verdict", "Đánh giá")], "T", NOTES)


def test_a_csv_is_for_machines_and_every_row_knows_its_origin() -> None:
    made = workbook.csv(FRAME, COLUMNS, "Tiếp cận", NOTES)
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    first = rows[0]
    assert first["Tỷ lệ hộ tiếp cận (%)"] == "46.25" and first["Tổng số hộ (hộ)"] == "28123"
    assert first["Thay đổi (điểm)"] == "1.3" and first["Tháng"] == "2026-10" and first["Ngày nhận"] == "2026-11-05"
    assert rows[1]["Tỷ lệ hộ tiếp cận (%)"] == rows[2]["Tỷ lệ hộ tiếp cận (%)"] == ""
    assert {row["Phiên bản số liệu"] for row in rows} == {"20261105-0810"}
    assert all(row["Nguồn dữ liệu"].startswith("Dữ liệu minh hoạ") for row in rows)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n="])
def test_a_csv_text_that_begins_like_a_formula_is_neutralised(start: str) -> None:
    made = workbook.csv(pl.DataFrame({"name": [start + "1+1"]}), [Column("name", "Tên")], "T", NOTES)
    (row,) = csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert row["Tên"] == "'" + start + "1+1"


def test_a_negative_number_stays_a_number_in_csv() -> None:
    made = workbook.csv(pl.DataFrame({"n": [-12]}), [Column("n", "Thay đổi", "hộ", "count")], "T", NOTES)
    assert made.decode("utf-8-sig").splitlines()[1].startswith("-12,")


# Words and type


def test_the_words_of_charts_and_papers_are_there_in_both_languages() -> None:
    vi, en = ({id for id in sentences(lang) if id.startswith(("charts.", "exports."))} for lang in ("vi", "en"))
    assert vi == en and len(vi) > 50


def test_typst_uses_our_own_font_only() -> None:
    families = typeset.fonts().families()
    assert "Be Vietnam Pro" in families and "Times New Roman" not in families and "Noto Sans" not in families


def test_a_printed_date_is_said_as_exactly_as_its_source_gave_it() -> None:
    written = ["2025-09-27", "2024-10", "2025-Q4", "2030", "before 2019"]
    assert [tables.printed_date(date, "vi") for date in written] == [
        "27/09/2025", "10/2024", "quý 4/2025", "2030", "trước 2019",
    ]  # fmt: skip
    assert tables.printed_date("before 2019", "en") == "before 2019"


def test_a_row_is_as_high_as_the_text_that_breaks_in_it() -> None:
    frame = pl.DataFrame({"said": ["ngắn", "Mức cao nhất hơn mức thấp nhất 17,9 điểm. " * 4], "n": [1, 2]})
    columns = (Column("said", "Nói lên điều gì"), Column("n", "Giá trị", format="count"))
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(frame, columns, "Thước đo", Notes(REAL))))
    heights = [book.worksheets[0].row_dimensions[row].height for row in (5, 6)]
    assert heights[0] is None and heights[1] >= 4 * 15
    short = pl.DataFrame({"said": ["ngắn", "phan-anh-04456-2026-11-03.csv"], "n": [1, 2]})
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(short, columns, "Tệp", Notes(REAL))))
    assert [book.worksheets[0].row_dimensions[row].height for row in (5, 6)] == [None, None]
