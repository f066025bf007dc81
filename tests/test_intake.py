"""A hostile file ends as a refusal with a sentence, whatever it does to the process that reads it."""

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from etl import intake, sources
from etl.intake import Readers
from etl.landing import LANDING_SCHEMA, Landed, unpack
from etl.sources import commune_workbook
from etl.workbook.package import MAX_ROWS
from tests.ugly.hostile import HOSTILE, far_cell, honest, repacked, replaced, write_honest
from tests.ugly.writing import book, villages

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(workers=1, seconds=120) as pool:
        yield pool


@pytest.fixture
def honest_file(tmp_path: Path) -> Path:
    write_honest(tmp_path / "honest.xlsx")
    return tmp_path / "honest.xlsx"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    make, code = HOSTILE[name]
    path = tmp_path / "a.xlsx"
    path.write_bytes(make())
    landed = commune_workbook.read(path)
    assert landed.refused is not None
    assert landed.refused.code == code
    assert landed.refused.severity == "refused"
    assert landed.refused.message[0].isupper() and "Traceback" not in landed.refused.message
    assert landed.values.is_empty() and landed.rows["stored"] == 0


def test_a_file_one_byte_too_large_is_said_to_be_larger_than_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04" + bytes(20 * 2**20 - 3))
    refused = commune_workbook.read(tmp_path / "a.xlsx").refused
    assert refused and (refused.found, refused.expected) == ("20,1 MB", "tệp không quá 20 MB")


def test_an_empty_formatted_cell_far_away_is_no_crime(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(replaced(SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'))
    assert commune_workbook.read(path).rows == {"stored": 1, "held": 0, "ignored": 3}


def test_a_dimension_that_promises_too_much_is_no_crime(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(replaced(SHEET, b'<dimension ref="A1:D5"', b'<dimension ref="A1:XFD1048576"'))
    assert commune_workbook.read(path).rows == {"stored": 1, "held": 0, "ignored": 3}


def test_a_namespace_prefix_changes_nothing(tmp_path: Path) -> None:
    def prefixed(parts: dict[str, bytes]) -> None:
        xml = parts[SHEET].replace(b"</", b"\1").replace(b"<", b"<x:").replace(b"\1", b"</x:")
        xml = xml.replace(b"xmlns=", b"xmlns:x=")
        parts[SHEET] = xml.replace(b'<x:c r="C5" t="n"><x:v>75</x:v>', b'<x:c r="C5"><x:f>50+25</x:f><x:v/>')

    path = tmp_path / "a.xlsx"
    path.write_bytes(repacked(prefixed))
    landed = commune_workbook.read(path)
    assert [letter.code for letter in landed.letters if letter.severity == "held"] == ["formula_without_value"]


def test_rows_are_counted_even_when_they_do_not_say_their_number(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = b"<row><c><v>1</v></c></row>" * (MAX_ROWS + 1)
    path.write_bytes(replaced(SHEET, b"</sheetData>", rows + b"</sheetData>", zipfile.ZIP_STORED))
    refused = commune_workbook.read(path).refused
    assert refused and refused.code == "too_many_cells"


@pytest.mark.parametrize("cell", [b'<c r="XFD9"><v>1</v></c>', b"<c s='1' r='B900000'><v>1</v></c>"])
def test_a_far_cell_is_found_on_a_large_sheet_too(cell: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + bytes(4 << 20).replace(b"\0", b"x") + b"</t></is></c>" + cell
    path.write_bytes(replaced(SHEET, b"</sheetData>", rows + b"</row></sheetData>", zipfile.ZIP_STORED))
    refused = commune_workbook.read(path).refused
    assert refused and refused.code == "too_many_cells"


def test_files_come_back_with_their_hash_and_what_they_say(readers: Readers, honest_file: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(far_cell(b"XFD1048576"))
    found = {path: (sha, unpack(packed)) for path, sha, packed in readers.read_many([honest_file, wrong])}
    assert found[honest_file][0] == hashlib.sha256(honest_file.read_bytes()).hexdigest()
    assert found[honest_file][1].rows == {"stored": 1, "held": 0, "ignored": 3}
    assert found[honest_file][1].values.schema == pl.Schema(LANDING_SCHEMA)
    refused = found[wrong][1].refused
    assert refused and refused.code == "too_many_cells"
    assert "“Sheet”" in refused.message, "the officer's name of the sheet, not the part's"


MISDEEDS = {
    "sleep": ("time.sleep(60)", "time_limit"),
    "abort": ("os.abort()", "unreadable"),
    "bug": ("raise KeyError('a bug')", "unreadable"),
    "greed": ("x = bytearray(4 << 30)", "memory_limit"),
    "ended by the system": ("os.kill(os.getpid(), 9)", "memory_limit"),
    "growth": ("x = [bytearray(b'x') * (1 << 24) for _ in range(60) if time.sleep(0.03) is None]", "memory_limit"),
    "noise": ("print('x' * 9000); os._exit(0)", "unreadable"),
}


@pytest.fixture(scope="module")
def misbehaving() -> Iterator[Readers]:
    """A pool whose children do what a file's name says instead of reading it; the parent's limit is the tighter one."""
    lines = "".join(f"    if path.stem == {name!r}: {deed}\n" for name, (deed, _) in MISDEEDS.items())
    patch = f"import etl.sources.commune_workbook as w, os, time\nhonest = w.read\ndef read(path):\n{lines}"
    patch += "    return honest(path)\nw.read = read\n"
    popen = intake.subprocess.Popen

    def start(command: list[str], **given: object) -> object:
        return popen([command[0], "-c", patch + command[2].replace("serve(", "serve(4 * ")], **given)  # type: ignore[call-overload]

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(intake.subprocess, "Popen", start)
        with Readers(workers=1, memory=400 << 20, seconds=6) as pool:
            yield pool


@pytest.mark.alone
@pytest.mark.parametrize("name", MISDEEDS)
def test_a_reader_that_dies_is_replaced_and_that_file_alone_refused(
    name: str, misbehaving: Readers, honest_file: Path, tmp_path: Path
) -> None:
    bad = honest_file.rename(honest_file.with_stem(name))
    others = [Path(shutil.copy(bad, tmp_path / f"{number}.xlsx")) for number in range(4)]
    found = {path: packed.head["refused"] for path, _, packed in misbehaving.read_many([*others[:2], bad, *others[2:]])}
    refused = found.pop(bad)
    assert refused and refused["code"] == MISDEEDS[name][1]
    assert found == dict.fromkeys(others)


def test_a_reader_that_died_while_idle_is_replaced_before_it_is_asked(readers: Readers, honest_file: Path) -> None:
    readers.children[0].process.kill()
    readers.children[0].process.wait()
    ((_, _, packed),) = readers.read_many([honest_file])
    assert packed.head["refused"] is None


def test_the_readers_do_without_pandas(honest_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    with Readers(workers=1, seconds=120) as pool:
        ((_, _, packed),) = pool.read_many([honest_file])
        pool.children[0].errors.seek(0)
        imported = pool.children[0].errors.read().decode()
    assert packed.head["rows"]["stored"] == 1
    assert " pyarrow.lib\n" in imported and " pandas." not in imported


def test_a_small_file_leaves_the_address_space_to_the_next(honest_file: Path) -> None:
    with Readers(workers=1, seconds=120) as pool:
        before = pool.children[0].seen.memory_info().vms
        list(pool.read_many([honest_file]))
        assert pool.children[0].seen.memory_info().vms - before < 400 << 20


def test_a_source_is_found_by_the_first_bytes_not_by_the_name(tmp_path: Path) -> None:
    assert sources.source_for("bao cao.pdf", honest()[:4096]).SOURCE == "commune_workbook"
    assert not commune_workbook.recognises("bao cao.xlsx", b"%PDF-1.7")


@pytest.mark.parametrize("source", sources.sources().values(), ids=lambda source: source.SOURCE)
def test_every_source_reads_the_same_bytes_the_same_way(source: sources.Source, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book(villages([1, "La Ve", 75, 20]))(path)
    first, second = source.read(path), source.read(path)
    assert isinstance(first, Landed) and (first.source, first.version) == (source.SOURCE, source.VERSION)
    assert first.values.equals(second.values) and first.letters == second.letters
