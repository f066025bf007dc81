"""Papers that come back: signed, numbered, dated, stamped, and changed by a digit before or after."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import docx
import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from pypdf.annotations import FreeText, Rectangle
from pypdf.generic import NameObject

import machine
from etl import award_bundle, award_stages, store
from exports import award_papers, document
from exports.award_check import compare, pages
from exports.award_round import Round
from exports.papers import Grid
from exports.pdf_pages import runs
from methods.ranks import SEED
from metrics import awards
from tests.award_rounds import closed
from tests.test_cli import run

pytestmark = pytest.mark.slow

PASSWORD = "mật khẩu 7"
NAME = "Nguyễn Thị Thử"


class Person(NamedTuple):
    """A key file, and its own certificate as a root."""

    key: Path
    root: Path


def person(folder: Path, name: str = NAME, days: int = 30) -> Person:
    key = ec.generate_private_key(ec.SECP256R1())
    called, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    usage = x509.KeyUsage(True, True, False, False, False, True, False, False, False)
    made = (
        x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True).sign(key, hashes.SHA256())
    )  # fmt: skip
    files = Person(folder / f"{days}.p12", folder / f"{days}.pem")
    files.key.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, made, None, BestAvailableEncryption(PASSWORD.encode()))
    )
    files.root.write_bytes(made.public_bytes(Encoding.PEM))
    return files


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Person:
    return person(tmp_path_factory.mktemp("keys"))


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHI_TIEU_SO_SIGN_PASSWORD", PASSWORD)


@pytest.fixture(scope="module")
def paper(award_round: Round) -> Any:
    """The list of all communes."""
    return award_papers.described_one(award_round, 4)


@pytest.fixture
def pdf(paper: Any, tmp_path: Path, award_data: store.Root) -> Path:
    return put(tmp_path / "danh-sach.pdf", document.official_pdf(paper))


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def signed(file: Path, by: Person, *more: object) -> Path:
    out = file.with_name(f"ky-{file.name}")
    said = run("awards", "sign", file, out, "--pkcs12", by.key, *more)
    assert said.exit_code == 0, said.stderr
    assert PASSWORD not in said.stdout + said.stderr
    return out


def verified(file: Path, *more: object) -> tuple[int, dict[str, Any]]:
    said = run("awards", "verify", file, "--json", "--demo", *more)
    assert said.stdout, said.stderr
    return said.exit_code, json.loads(said.stdout)


def changed(paper: Any, was: str, now: str) -> bytes:
    """The same paper typeset with one cell changed, as somebody with an editor would."""
    grid = next(part for part in paper.body if isinstance(part, Grid))
    rows = tuple(tuple(now if cell == was else cell for cell in row) for row in grid.rows)
    assert rows != grid.rows
    other = type(grid)(grid.heads, grid.widths, grid.sides, rows, grid.named)
    body = tuple(other if part is grid else part for part in paper.body)
    return document.official_pdf(type(paper)(**{**vars(paper), "body": body}))


# ---- signing -------------------------------------------------------------------------------------------------------


def test_a_signed_paper_agrees_and_names_its_signer(pdf: Path, signer: Person) -> None:
    out = signed(pdf, signer, "--reason", "Trình Hội đồng")
    status, told = verified(out, "--trust", signer.root)
    assert (status, told["is_whole"], told["differences"], told["faults"]) == (0, True, [], [])
    only = told["signatures"][0]
    assert (only["signer"], only["is_whole"], only["covers_all"], only["is_trusted"]) == (NAME, True, True, True)
    assert abs(datetime.fromisoformat(only["at"]) - datetime.now(UTC)) < timedelta(minutes=10)
    assert out.read_bytes().startswith(pdf.read_bytes())


def test_without_roots_it_says_that_the_chain_was_not_checked(pdf: Path, signer: Person) -> None:
    said = run("awards", "verify", signed(pdf, signer), "--demo")
    assert said.exit_code == 0 and "chưa kiểm được chuỗi chứng thư" in said.stdout and NAME in said.stdout
    assert "Mọi con số khớp với bản chốt." in said.stdout


def test_another_root_is_no_trust(pdf: Path, signer: Person, tmp_path: Path) -> None:
    status, told = verified(signed(pdf, signer), "--trust", person(tmp_path, "Người khác").root)
    assert status == 1 and told["signatures"][0]["is_trusted"] is False
    assert "không do gốc tin cậy" in told["faults"][0]


def test_the_leader_and_then_the_office_may_sign(pdf: Path, signer: Person, tmp_path: Path) -> None:
    office = person(tmp_path, "Ủy ban MTTQ tỉnh")
    status, told = verified(signed(signed(pdf, signer), office))
    assert status == 0 and [one["signer"] for one in told["signatures"]] == [NAME, "Ủy ban MTTQ tỉnh"]
    assert all(one["covers_all"] for one in told["signatures"])


def test_a_visible_field_stands_below_the_signers_title(
    award_round: Round, signer: Person, tmp_path: Path, award_data: store.Root
) -> None:
    first = put(tmp_path / "to-trinh.pdf", document.official_pdf(award_papers.described_one(award_round, 1)))
    page = pypdf.PdfReader(signed(first, signer)).pages[-1]
    fields = [note.get_object() for note in page.get("/Annots", ()) if note.get_object()["/Subtype"] == "/Widget"]
    title = next(run.box[1] for run in runs(page) if run.words == "PHÓ CHỦ TỊCH")
    left, low, right, high = (float(one) for one in fields[0]["/Rect"])
    assert 300 < left < right < 560 and title - 80 < low < high < title
    hidden = pypdf.PdfReader(signed(tmp_path / "ky-to-trinh.pdf", signer, "--invisible")).pages
    drawn = [note.get_object() for one in hidden for note in one.get("/Annots", ())]
    assert sum(float(one["/Rect"][2]) > float(one["/Rect"][0]) for one in drawn) == 1


def test_what_cannot_be_signed_is_said_in_a_sentence(
    pdf: Path,
    signer: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    award_round: Round,
) -> None:
    def refused(*arguments: object) -> str:
        said = run("awards", "sign", *arguments)
        assert said.exit_code == 1 and said.stdout == "" and PASSWORD not in said.stderr
        return said.stderr

    out = tmp_path / "out.pdf"
    assert "không còn hiệu lực" in refused(pdf, out, "--pkcs12", person(tmp_path, days=-3).key)
    assert "Không đọc được" in refused(tmp_path / "none.pdf", out, "--pkcs12", signer.key)
    assert "không đọc được tệp khoá" in refused(pdf, out, "--pkcs12", tmp_path / "none.p12")
    assert "không phải PKCS#12" in refused(pdf, out, "--pkcs12", pdf)
    assert "không phải PDF" in refused(signer.root, out, "--pkcs12", signer.key)
    assert "Chọn một trong hai" in refused(pdf, out)
    assert "Chọn một trong hai" in refused(pdf, out, "--pkcs11", "/usr/lib/none.so")
    assert "không có thư viện" in refused(pdf, out, "--pkcs11", tmp_path / "none.so", "--token", "x")
    assert "không mở được thiết bị" in refused(pdf, out, "--pkcs11", pdf, "--token", "x")
    monkeypatch.setenv("CHI_TIEU_SO_SIGN_PASSWORD", "sai")
    assert "mật khẩu không đúng" in refused(pdf, out, "--pkcs12", signer.key)
    assert not out.exists()
    out.write_bytes(b"x")
    monkeypatch.setenv("CHI_TIEU_SO_SIGN_PASSWORD", PASSWORD)
    assert "Đã có tệp" in refused(pdf, out, "--pkcs12", signer.key)


def test_a_draft_is_not_signed(award_round: Round, signer: Person, tmp_path: Path) -> None:
    other = award_papers.described_one(type(award_round)(**{**vars(award_round), "adopted": None, "state": "draft"}), 1)
    said = run("awards", "sign", put(tmp_path / "x.pdf", document.official_pdf(other)), tmp_path / "y.pdf",
               "--pkcs12", signer.key)  # fmt: skip
    assert said.exit_code == 1 and "bản nháp" in said.stderr


# ---- a digit changed -----------------------------------------------------------------------------------------------


def test_a_digit_changed_before_signing_is_refused_by_its_place(
    award_round: Round,
    paper: Any,
    signer: Person,
    tmp_path: Path,
    award_data: store.Root,
) -> None:
    row = next(row for row in next(p for p in paper.body if isinstance(p, Grid)).rows if len(row) > 1 and row[5])
    wrong = row[2][:-1] + str((int(row[2][-1]) + 1) % 10)
    file = signed(put(tmp_path / "sua.pdf", changed(paper, row[2], wrong)), signer)
    status, told = verified(file, "--trust", signer.root)
    assert status == 1 and told["signatures"][0]["is_trusted"] is True and told["faults"] == []
    assert told["differences"] == [{"place": f"{row[1]}, Điểm", "expected": row[2], "found": wrong}]
    assert f"{row[1]}, Điểm" in run("awards", "verify", file, "--demo").stdout


def test_a_digit_changed_after_signing_is_refused(pdf: Path, signer: Person) -> None:
    whole = bytearray(signed(pdf, signer).read_bytes())
    at = whole.index(b"/CreationDate") if b"/CreationDate" in whole else len(pdf.read_bytes()) // 2
    digit = next(n for n in range(at, len(whole)) if chr(whole[n]).isdigit())
    whole[digit] = ord("1") if whole[digit] != ord("1") else ord("2")
    status, told = verified(put(pdf.with_name("sua.pdf"), bytes(whole)))
    assert status == 1 and told["signatures"][0]["is_whole"] is False
    assert "đã bị sửa sau khi ký" in told["faults"][0]


def test_a_new_revision_with_another_digit_is_refused_by_its_place(
    paper: Any, pdf: Path, signer: Person, tmp_path: Path
) -> None:
    """The signed bytes stand untouched; a page written after them shows another figure."""
    row = next(row for row in next(p for p in paper.body if isinstance(p, Grid)).rows if len(row) > 1 and row[5])
    wrong = row[2][:-1] + str((int(row[2][-1]) + 1) % 10)
    other = pypdf.PdfReader(io.BytesIO(changed(paper, row[2], wrong)))
    writer = pypdf.PdfWriter(signed(pdf, signer), incremental=True)
    page = next(n for n, one in enumerate(other.pages) if wrong in one.extract_text())
    writer.pages[page][NameObject("/Contents")] = writer._add_object(other.pages[page]["/Contents"].clone(writer))
    fonts = other.pages[page]["/Resources"].clone(writer)
    writer.pages[page][NameObject("/Resources")] = fonts
    writer.write(tmp_path / "sua.pdf")
    status, told = verified(tmp_path / "sua.pdf")
    assert status == 1 and told["signatures"][0]["is_whole"] is True and told["signatures"][0]["covers_all"] is False
    assert f"{row[1]}, Điểm" in [one["place"] for one in told["differences"]]
    assert "chữ trên trang đã đổi" in told["faults"][0]


def test_a_seal_laid_on_after_signing_is_told_as_what_it_is(pdf: Path, signer: Person, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(signed(pdf, signer), incremental=True)
    writer.add_annotation(0, Rectangle(rect=(320, 60, 420, 75)))
    writer.write(tmp_path / "dau.pdf")
    status, told = verified(tmp_path / "dau.pdf")
    assert told["differences"] == [] and told["laid_on"] == [{"page": 1, "kind": "Square", "words": "", "over": []}]
    assert status == 1 and told["signatures"][0]["is_whole"] is True
    assert "Square ở trang 1" in told["faults"][0] and "chữ trên trang không đổi" in told["faults"][0]


def test_a_seal_laid_on_before_signing_is_fine_and_told(pdf: Path, signer: Person, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(pdf, incremental=True)
    writer.add_annotation(0, Rectangle(rect=(320, 60, 420, 75)))
    writer.write(tmp_path / "dau.pdf")
    said = run("awards", "verify", signed(tmp_path / "dau.pdf", signer), "--demo")
    assert said.exit_code == 0 and "Square ở trang 1" in said.stdout and "xin xem bằng mắt" in said.stdout


def test_a_figure_written_on_a_note_is_a_figure(pdf: Path, signer: Person, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(pdf, incremental=True)
    writer.add_annotation(0, FreeText(text="99,99", rect=(320, 380, 420, 400)))
    writer.write(tmp_path / "ghi.pdf")
    status, told = verified(signed(tmp_path / "ghi.pdf", signer))
    assert status == 1 and [one["found"] for one in told["differences"]] == ["99,99"]


def test_what_covers_a_figure_is_refused(pdf: Path, signer: Person, tmp_path: Path) -> None:
    page = pypdf.PdfReader(pdf).pages[0]
    left, low, right, high = next(run.box for run in runs(page) if re.fullmatch(r"\d+,\d\d", run.words))
    writer = pypdf.PdfWriter(pdf, incremental=True)
    writer.add_annotation(0, Rectangle(rect=(left - 2, low + 2, right + 2, high - 2), interior_color="ffffff"))
    writer.write(tmp_path / "che.pdf")
    status, told = verified(signed(tmp_path / "che.pdf", signer))
    assert status == 1 and [one["place"] for one in told["differences"]] == ["trang 1, Square"]


def test_a_band_or_foot_taken_away_is_missed(
    paper: Any, tmp_path: Path, award_data: store.Root, signer: Person
) -> None:
    real = type(paper.edition)(**{**vars(paper.edition), "demo": False})
    file = put(tmp_path / "x.pdf", document.official_pdf(type(paper)(**{**vars(paper), "edition": real})))
    status, told = verified(signed(file, signer))
    assert status == 1 and told["differences"][0]["place"] == "trang 1"
    assert told["differences"][0]["expected"] == "Dữ liệu minh hoạ , không phải số liệu thật"


def test_a_bundle_elsewhere_is_enough_to_check_a_paper(
    award_round: Round, award_root: store.Root, pdf: Path, signer: Person, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    points = awards.canonical(award_round.scored)
    bundle = put(tmp_path / "vong.zip", award_bundle.freeze(award_root, award_round.rules, points, SEED))
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "elsewhere"))
    status, told = verified(signed(pdf, signer), "--bundle", bundle)
    assert (status, told["differences"], told["faults"]) == (0, [], [])


def test_points_given_after_the_paper_was_written_are_told(
    award_root: store.Root, pdf: Path, signer: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round moved on: the hash in the foot and the figures that moved are named."""
    shutil.copytree(award_root.path, tmp_path / "data" / "demo")
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    award_stages.give(store.root("demo"), closed(award_root), "02686", "signed", "board", 4.5, by="lan")
    status, told = verified(signed(pdf, signer))
    assert status == 1
    places = [one["place"] for one in told["differences"]]
    assert "chân trang" in places and any("Điểm" in place for place in places)


def test_a_draft_that_agrees_is_still_a_draft(
    award_round: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, award_root: store.Root
) -> None:
    shutil.copytree(award_root.path, tmp_path / "data" / "demo", ignore=shutil.ignore_patterns("event-*"))
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    said = run("awards", "papers", "2026", tmp_path / "out", "--as-of", award_round.rules.cut_off, "--demo",
               "--only", "docx")  # fmt: skip
    assert said.exit_code == 0 and "BẢN NHÁP" in said.stdout
    file = next((tmp_path / "out").glob("ban-nhap-4*"))
    status, told = verified(file)
    assert (status, told["differences"]) == (1, []) and "BẢN NHÁP" in told["faults"][0]


# ---- not signed, no paper ------------------------------------------------------------------------------------------


def test_what_is_no_paper_of_ours_is_said_in_a_sentence(pdf: Path, tmp_path: Path) -> None:
    def refused(file: Path, *more: object) -> str:
        said = run("awards", "verify", file, "--demo", *more)
        assert said.exit_code == 1
        return said.stdout + said.stderr

    assert "Tệp chưa có chữ ký số nào." in refused(pdf)
    assert "Không đọc được" in refused(tmp_path / "none")
    for content in (b"", b"PK\x03\x04", b"%PDF-1.7\n", b"%PDF-1.7\nxref\n0 1\ntrailer<</Root 1 0 R>>", b"\x00" * 99):
        assert "không phải PDF hay docx" in refused(put(tmp_path / "torn", content)), content
    assert "không phải PDF hay docx" in refused(put(tmp_path / "half.pdf", pdf.read_bytes()[:30000]))
    blank = io.BytesIO()
    docx.Document().save(blank)
    assert "dòng đối chiếu" in refused(put(tmp_path / "other.docx", blank.getvalue()))
    assert "không có chứng thư" in refused(pdf, "--trust", pdf)
    assert "không còn nguyên vẹn" in refused(pdf, "--bundle", pdf)


# ---- docx ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def word(award_round: Round, tmp_path: Path, award_data: store.Root) -> Iterator[Path]:
    """The first submission as docx."""
    made = dict(award_papers.papers(award_round))
    yield put(tmp_path / "to-trinh.docx", made["1-to-trinh-hoi-dong.docx"])


def retyped(file: Path, **words: str) -> Path:
    """Words of a docx replaced as an officer types over them; keys: what is written, its blanks as _."""
    paper = docx.Document(str(file))
    paragraphs = [*paper.paragraphs, *(p for t in paper.tables for r in t.rows for c in r.cells for p in c.paragraphs)]
    for was, now in words.items():
        run_ = next(run for one in paragraphs for run in one.runs if was in run.text)
        run_.text = run_.text.replace(was, now, 1)
    out = file.with_name(f"sua-{file.name}")
    paper.save(str(out))
    return out


def test_a_numbered_dated_docx_agrees_and_tells_what_was_filled_in(word: Path) -> None:
    blank = "\u2003" * 3
    filled = retyped(word, **{f"Số:{blank}/": "Số: 15/", f"ngày{blank}tháng{blank}năm": "ngày 20 tháng 12 năm",
                              "Lưu: …………": "Lưu: VT, BTĐ.02"})  # fmt: skip
    status, told = verified(filled)
    assert (status, told["differences"], told["signatures"]) == (0, [], [])
    assert [one[1] for one in told["filled"]] == ["15", "20", "12", "VT , BTĐ . 02"]


def test_a_digit_changed_in_a_docx_is_refused_by_its_place(word: Path) -> None:
    status, told = verified(retyped(word, **{"chấm 99 xã": "chấm 98 xã"}))
    assert status == 1 and told["differences"] == [{"place": "kết quả chấm điểm", "expected": "99", "found": "98"}]


def test_a_box_or_a_row_slipped_in_is_found(word: Path) -> None:
    paper = docx.Document(str(word))
    paper.paragraphs[5].insert_paragraph_before("Tặng thêm 5 bằng khen")
    paper.save(str(word))
    status, told = verified(word)
    assert status == 1 and told["differences"][0]["found"] == "Tặng thêm 5 bằng khen"


# ---- any place -----------------------------------------------------------------------------------------------------


def test_every_figure_of_the_list_is_watched(paper: Any) -> None:
    """Each number of each row changed in turn among the words read: every one is told, at its own place."""
    read = pages(document.official_pdf(paper))
    assert compare(read, paper).differences == ()
    first = read[0]
    numbers = list(re.finditer(r"(?<=\s)\d+,\d\d(?=\s)", first.words))
    assert len(numbers) > 10
    for at in numbers:
        other = at[0][:-1] + str((int(at[0][-1]) + 1) % 10)
        page = type(first)(first.words[: at.start()] + other + first.words[at.end() :])
        told = compare([page, *read[1:]], paper).differences
        assert [(one.expected, one.found) for one in told] == [(at[0], other)]
        assert told[0].place.endswith(", Điểm")


def test_a_docx_printed_as_pdf_by_an_office_agrees(
    award_round: Round, signer: Person, tmp_path: Path, award_data: store.Root
) -> None:
    for name, content in award_papers.papers(award_round):
        if name.endswith(".docx"):
            put(tmp_path / name, content)
    command = [machine.libreoffice(), "--headless", f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}",
               "--convert-to", "pdf", "--outdir", str(tmp_path), *sorted(tmp_path.glob("*.docx"))]  # fmt: skip
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=300)
    printed = sorted(tmp_path.glob("*.pdf"))
    assert len(printed) == 6
    for file in printed:
        status, told = verified(signed(file, signer))
        assert (status, told["differences"], told["filled"]) == (0, [], []), file
