"""The page of feedback without a browser: its words, its boxes, and one number from a file's cell to the page."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from html import unescape
from pathlib import Path

import docx
import pytest
from streamlit.testing.v1 import AppTest

from definitions.text import LANGUAGES, text
from etl import load
from etl.build import build
from exports import digest
from exports import feedback as told
from exports.papers import Edition
from metrics import feedback
from tests import alone
from tests.alone import shown
from tests.handmade import COMMUNE, HU, moment, now, three_villages
from tests.test_feedback_cases import HEAD, ONE, written
from tests.tiny import AUGUST, MAY, TODAY, A, B, tiny
from tests.workbooks import read_here, workbook
from warehouse.version import Version

EDITION = Edition(TODAY, "x", False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("voices")
    tiny(data / "demo" / "published", origin="demo")
    return data


@pytest.fixture
def data(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(made))
    yield made


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("papers") / "published")


opened = partial(alone.opened, "voices.feedback")


def said(app: AppTest) -> str:
    return unescape(alone.said(app))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_answers_in_every_language(data: Path, lang: str) -> None:
    page = said(opened(lang))
    for id in ("funnel", "on_time", "times", "ageing", "stuck", "topics", "digest"):
        assert text(f"feedback.{id}", lang) in page
    assert ("25,0%" if lang == "vi" else "25.0%") in page  # F3, open and overdue, counts
    assert ("17,5 ngày" if lang == "vi" else "17.5 days") in page
    assert "F3" in page and "6" in text("feedback.counted_too", lang, communes=1, received=6, answered=4, forwarded=2)


def test_the_box_of_places_writes_its_id_and_changes_the_page(data: Path) -> None:
    app = opened()
    before = said(app)
    app = shown(app.selectbox(key="choose-unit").select(B).run())
    assert app.query_params["unit"] in (B, [B])
    page = said(app)
    assert page != before and "đếm 6 phản ánh, 4 trả lời tại chỗ, 2 chuyển" in page
    assert text("feedback.funnel") not in page


def test_the_switch_of_months_writes_its_id_and_changes_the_page(data: Path) -> None:
    app = opened(unit=A)
    assert "5 phản ánh" in said(app)
    app = shown(app.segmented_control(key="choose-months").set_value("all").run())
    assert app.query_params["months"] in ("all", ["all"])
    assert "từ 07/2026 đến 09/2026" in said(app)


def test_the_box_of_the_digest_writes_its_month(data: Path) -> None:
    app = opened(unit=A)
    box = app.selectbox(key="choose-digest")
    assert box.value == "2026-08"
    app = shown(box.select("2026-07").run())
    assert app.query_params["digest"] in ("2026-07", ["2026-07"])


def test_each_open_table_and_the_digest_can_be_taken_away(data: Path) -> None:
    names = [button.proto.label for button in opened(unit=A).get("download_button")]
    assert names == [*["Excel", "CSV"] * 2, text("feedback.digest_pdf"), text("feedback.digest_docx")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_folded_table_can_be_opened(data: Path, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.parts.take.folded", lambda label, show: show())
    page = said(opened(lang))
    for words in ("mark_feedback", "mark_no_report", "rate", "not_agreed", "lies_agency"):
        assert text(f"feedback.{words}", lang) in page
    heads = re.findall(r"<th[^>]*>([^<]*)</th>", page)
    assert {text(f"column.{id}", lang) for id in ("own_late", "overdue_agency")} <= set(heads)
    assert f"{text('column.topic_share', lang)} (%)" in heads


def test_before_the_first_feedback_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path))
    monkeypatch.setattr("tests.tiny.CASES", [])
    monkeypatch.setattr("tests.tiny.COUNTED", {})
    tiny(tmp_path / "demo" / "published", origin="demo")
    page = said(opened())
    assert "chưa biểu tháng nào" in page and text("feedback.silence_no_report") not in page


def test_a_place_without_a_case_on_time_says_no_rate(version: Version) -> None:
    found = feedback.cases(version, A, MAY, AUGUST, date(2026, 8, 2))
    said = told.answer("X", "8/2026", found, dict.fromkeys(("received", "forwarded", "answered", "communes"), 0),
                       feedback.times(found, date(2026, 8, 2)), "vi")  # fmt: skip
    assert "đúng hạn" in said or "chưa có vụ việc nào đến hạn" in said


# ---- papers --------------------------------------------------------------------------------------------------------


def test_the_digest_says_the_month_as_pdf_and_as_a_file_to_edit(version: Version) -> None:
    of = digest.digest(version, A, AUGUST, TODAY, EDITION)
    assert "3 phản ánh trong danh sách, 2 đã trả lời (66,7%), đúng hạn 33,3%" in of.lead
    (_, topics), (_, stuck), (_, silence) = of.parts
    assert topics == (
        "Đường sá, điện, nước: 2 phản ánh (67%), tháng trước 0",
        "Đất đai, môi trường: 1 phản ánh (33%), tháng trước 1",
    )
    assert stuck == (
        "Xã Mù Cang Chải, F3 (Đường sá, điện, nước): quá hạn 16 ngày, đang ở Sở, ngành, UBND tỉnh 29 ngày",
    )
    assert "1 xã, phường có phản ánh" in silence[0]
    assert digest.pdf(of).startswith(b"%PDF") and digest.pdf(of) == digest.pdf(of)
    paper = docx.Document(io.BytesIO(digest.docx(of)))
    assert any(of.lead in paragraph.text for paragraph in paper.paragraphs)
    assert digest.docx(of) == digest.docx(of)


def test_the_digest_of_a_place_without_a_list_is_a_paper_too(version: Version) -> None:
    of = digest.digest(version, B, AUGUST, TODAY, Edition(TODAY, "x", True, lang="en"))
    assert "count 6 pieces of feedback" in of.lead and of.chart == ""
    assert digest.pdf(of).startswith(b"%PDF")


# ---- one number ----------------------------------------------------------------------------------------------------


def test_one_number_from_a_cell_of_a_case_list_to_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the answer in one cell decides the rate the page shows."""
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path))
    root = three_villages(tmp_path)
    late = ONE.replace("PA-1", "PA-2").replace("18/08/2025", "21/08/2025").replace("19/08/2025", "22/08/2025")
    report = workbook(tmp_path / "bao-cao.xlsx", [(HU, "Hú Trù Lìn", 100, 30)])
    load.load(root, [report, written(tmp_path, ONE, late)], received_at=lambda name: moment("2025-09-02"))
    build(root)
    cell = now(root).query("select sheet, row from feedback_case where case_id = 'PA-2'").row(0)
    line = list(csv.reader((tmp_path / f"phan-anh-{COMMUNE}.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert cell == ("", 3) and line[cell[1] - 1][HEAD.split(",").index("Ngày trả lời")] == "21/08/2025"
    page = said(opened(unit=COMMUNE, months="all"))
    assert "2 phản ánh trong danh sách, 2 đã trả lời (100,0%), đúng hạn 50,0%" in page
