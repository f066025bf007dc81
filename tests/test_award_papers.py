"""The papers a council signs: what they must hold, that each figure is the round's, and what may never look final."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from definitions import format
from definitions.award_rules import sheets
from definitions.load import definitions
from etl import store
from etl.build import build
from exports import award_files, award_papers, award_words
from exports.award_round import Round, scored_round
from exports.papers import Grid
from metrics import units
from tests.award_rounds import LATE
from tests.test_cli import run
from warehouse.version import open_version

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(award_round: Round) -> dict[str, bytes]:
    return dict(award_papers.papers(award_round))


def words_of(name: str, content: bytes) -> str:
    """All words of a paper, running heads and feet too."""
    if name.endswith(".pdf"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    paper = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    section = paper.sections[0]
    running = [p.text for part in (section.header, section.footer, section.first_page_header, section.first_page_footer)
               for p in part.paragraphs]  # fmt: skip
    return "\n".join([*(p.text for p in paper.paragraphs), *cells, *running])


def flat(words: str) -> str:
    return " ".join(words.split())


def test_there_are_six_papers_as_docx_and_as_pdf(made: dict[str, bytes]) -> None:
    assert [name for name in made if name.endswith(".pdf")] == [
        "1-to-trinh-hoi-dong.pdf", "2-to-trinh-ban-thuong-truc.pdf", "3-bien-ban-hop.pdf", "4-danh-sach.pdf",
        "5-tom-tat-thanh-tich.pdf", "6-du-thao-quyet-dinh.pdf",
    ]  # fmt: skip
    assert {name.rpartition(".")[0] for name in made} == {name[:-4] for name in made if name.endswith(".pdf")}
    assert len(made) == 12


def test_each_has_the_head_of_the_decree_and_what_it_is_reconciled_by(
    award_round: Round, made: dict[str, bytes]
) -> None:
    for name, content in made.items():
        words = flat(words_of(name, content))
        assert "ỦY BAN MTTQ VIỆT NAM TỈNH LÀO CAI" in words
        assert ("BAN THƯỜNG TRỰC" if name[0] in "1456" else "HỘI ĐỒNG THI ĐUA - KHEN THƯỞNG") in words
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words and "Độc lập - Tự do - Hạnh phúc" in words
        assert f"Lào Cai, ngày tháng năm {award_round.rules.cut_off.year}" in words
        assert (
            f"phiên bản số liệu {award_round.version.id} · chốt ngày {format.day(award_round.rules.cut_off)}" in words
        )
        assert f"SHA-256 {award_papers.points_hash(award_round)}" in words
        assert "BẢN NHÁP" not in words
        assert ("CHỦ TRÌ" if name[0] == "3" else "TM. ") in words
        if name[0] in "126":
            laws = definitions().province.front.grounds
            for ground in (*laws, "Chương trình hành động 03", "Quyết định số 5/QĐ-HĐTĐKT"):
                assert f"Căn cứ {ground}" in words
            assert "Nơi nhận:" in words and "KT. CHỦ TỊCH" in words and "PHÓ CHỦ TỊCH" in words


def test_a_sheet_adopted_late_says_so_with_its_reason_and_whom_it_spares(
    award_round: Round, made: dict[str, bytes]
) -> None:
    """The tests' sheet is adopted today, in the middle of its period."""
    for name, content in made.items():
        if name[0] in "1345":
            words = flat(words_of(name, content))
            assert f"sau ngày 31/12/2025 phải định xong tiêu chí nào áp dụng cho ai; lý do: {LATE}" in words
    criteria = [one.model_copy(update={"not_for": ("02680",) if one.id == "posts" else ()})
                for one in award_round.rules.criteria]  # fmt: skip
    spared = replace(award_round, rules=award_round.rules.model_copy(update={"criteria": tuple(criteria)}))
    assert award_words.notes(spared, "vi")[1].endswith("không áp dụng Tin, bài trên trang của Mặt trận: Xã Hợp Thành")
    early = replace(award_round, adopted={**(award_round.adopted or {}), "at": "2025-12-31T23:59:00.000+07:00"})
    assert award_words.adopted_late(early, "vi") == ""


def test_every_page_says_that_it_is_a_demonstration(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        if name.endswith(".pdf"):
            pages = pypdf.PdfReader(io.BytesIO(content)).pages
            assert all("Dữ liệu minh hoạ, không phải số liệu thật" in page.extract_text() for page in pages)
            assert all("SHA-256" in page.extract_text() for page in pages)
        else:
            section = docx.Document(io.BytesIO(content)).sections[0]
            for part in (section.first_page_header, section.header):
                assert part.paragraphs[0].text == "Dữ liệu minh hoạ, không phải số liệu thật"


def test_the_docx_is_a4_in_times_within_the_decrees_margins(made: dict[str, bytes]) -> None:
    paper: Any = docx.Document(io.BytesIO(made["1-to-trinh-hoi-dong.docx"]))
    page = paper.sections[0]
    size = [round(one.mm) for one in (page.page_width, page.page_height)]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    top, bottom, left, right = (round(one.mm) for one in margins)
    assert size == [210, 297]
    assert 20 <= top <= 25 and 20 <= bottom <= 25 and 30 <= left <= 35 and 15 <= right <= 20
    assert paper.styles["Normal"].font.name == "Times New Roman" and paper.styles["Normal"].font.size.pt == 13
    drawn: Any = pypdf.PdfReader(io.BytesIO(made["1-to-trinh-hoi-dong.pdf"])).pages[0]["/Resources"]
    fonts = {str(one.get_object()["/BaseFont"]) for one in drawn.get_object()["/Font"].values()}
    assert all("LiberationSerif" in font for font in fonts)


def test_the_list_has_every_commune_once_with_the_rounds_own_figures(
    award_round: Round, made: dict[str, bytes]
) -> None:
    rows = award_round.scored.standings.to_dicts()
    names = units.names(award_round.version)
    listed = [part for part in award_papers.described(award_round)[3].body if isinstance(part, Grid)][0]
    told = {row[1]: row for row in listed.rows if len(row) > 1}
    assert len(told) == len(rows) == 99
    words = flat(words_of("x.pdf", made["4-danh-sach.pdf"]))
    for row in rows:
        points = "–" if row["points"] is None else f"{row['points'] + 1e-9:.2f}".replace(".", ",")
        place = "–" if row["place"] is None else str(row["place"])
        assert told[names[row["commune"]]][2:4] == (points, place)
        assert f"{names[row['commune']]} {points} {place} " in words


def test_proposals_come_from_the_round(award_round: Round, made: dict[str, bytes]) -> None:
    awarded = award_round.scored.standings.filter(award_round.scored.standings["award"] != "")
    assert len(awarded)
    for name in ("2-to-trinh-ban-thuong-truc", "3-bien-ban-hop", "6-du-thao-quyet-dinh"):
        words = flat(words_of("x.pdf", made[f"{name}.pdf"]))
        for row in awarded.iter_rows(named=True):
            assert f"{units.names(award_round.version)[row['commune']]} {format.decimal(row['points'], 2)}" in words


def test_achievements_tell_every_commune_and_its_points_group_by_group(
    award_round: Round, made: dict[str, bytes]
) -> None:
    words = flat(words_of("x.docx", made["5-tom-tat-thanh-tich.docx"]))
    ranked = [row for row in award_round.scored.standings.to_dicts() if row["points"] is not None]
    assert ranked
    for row in ranked:
        lines = award_round.scored.lines.filter(award_round.scored.lines["commune"] == row["commune"])
        earned = sum(p for p, kind in lines.select("points", "kind").iter_rows() if kind == "points" and p is not None)
        assert abs(earned - row["earned"]) < 1e-6
        assert f". {units.names(award_round.version)[row['commune']]} Chỉ tiêu: " in words
        assert f"Tổng {format.decimal(row['points'], 2)} điểm (" in words


def test_the_same_round_gives_the_same_bytes(award_round: Round, made: dict[str, bytes]) -> None:
    assert dict(award_papers.papers(award_round)) == made


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("sheet", ["2026", "ninety_ten", "pass_fail"])
def test_a_draft_of_any_sheet_says_so_on_every_page_and_has_no_signature(
    award_root: store.Root, award_round: Round, sheet: str, lang: str, tmp_path: Path
) -> None:
    other = store.root("demo", tmp_path)
    tried = scored_round(other, award_round.version, sheets()[sheet], award_round.rules.cut_off)
    mark = {"vi": "BẢN NHÁP", "en": "DRAFT"}[lang]
    for name, content in award_papers.papers(tried, lang):
        assert name.startswith("ban-nhap-")
        if name.endswith(".pdf"):
            pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
            assert all(mark in page for page in pages)
            assert not any("KT. CHỦ TỊCH" in page or "CHỦ TRÌ\n" in page for page in pages)
        else:
            section = docx.Document(io.BytesIO(content)).sections[0]
            assert section.first_page_header.paragraphs[0].text.startswith(mark)
            assert section.header.paragraphs[0].text.startswith(mark)


def test_before_the_cut_off_or_on_later_figures_a_sheet_in_use_is_a_draft(
    award_root: store.Root, award_round: Round
) -> None:
    before = scored_round(
        award_root, award_round.version, award_round.rules, award_round.rules.cut_off - timedelta(days=5)
    )
    later = scored_round(award_root, open_version(award_root.published, build(award_root)), award_round.rules)
    assert "chưa đến ngày chốt" in award_papers.draft(before)
    assert "không phải bản chốt" in award_papers.draft(later)
    assert award_papers.draft(award_round) == ""


def test_the_verb_writes_new_files_and_never_over_old_ones(award_data: store.Root, tmp_path: Path) -> None:
    said = run("awards", "papers", "2026", tmp_path / "out", "--only", "pdf", "--demo")
    assert said.exit_code == 0, said.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir())[0] == "1-to-trinh-hoi-dong.pdf"
    assert len(list((tmp_path / "out").iterdir())) == 6
    again = run("awards", "papers", "2026", tmp_path / "out", "--only", "pdf", "--demo")
    assert again.exit_code == 1 and "Đã có tệp" in again.stderr
    assert "--only" in run("awards", "papers", "2026", tmp_path / "o", "--only", "odt", "--demo").stderr
    assert "Không có bảng điểm" in run("awards", "papers", "1999", tmp_path / "o", "--demo").stderr


def test_the_page_hands_out_the_same_papers_in_one_file(award_round: Round, made: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(award_files.papers_zip(award_round, "vi"))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == made
