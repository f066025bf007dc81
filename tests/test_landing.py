"""The landing: made again from the inbox when it is torn, too old, or was given up for want of time or memory."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import definitions.load
import definitions.reference
from definitions.load import Definitions
from etl import intake, sources, store
from etl.build import build
from etl.landing import Packed, landing_path, pack, read_landing, refusal
from etl.letters import letter
from etl.load import load
from etl.sources.commune_workbook import SOURCE, VERSION
from tests.handmade import HU, LAO, now, three_villages
from tests.ugly.stories import STORIES
from tests.workbooks import read_here, workbook

ROWS = [(HU, "Hú Trù Lìn", 100, 30), (LAO, "Lao Chải", 80, 20)]
HOME = Path(__file__).parents[1]


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)


# ---- torn ----------------------------------------------------------------------------------------------------------

TORN: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "no figures": (".parquet", lambda content: b""),
    "half the figures": (".parquet", lambda content: content[: len(content) // 2]),
    "a block of the figures never written": (".parquet", lambda content: content[:200] + bytes(64) + content[264:]),
    "an empty marker": (".json", lambda content: b""),
    "half a marker": (".json", lambda content: content[: len(content) // 2]),
    "a marker of zeros": (".json", lambda content: bytes(len(content))),
    "a marker of an earlier layout": (".json", lambda content: content.replace(b'"written"', b'"said"')),
    "the marker of another landing": (".json", lambda content: content.replace(b'"sha256": "', b'"sha256": "0')),
}


@pytest.mark.parametrize("name", TORN)
def test_a_landing_torn_by_a_power_cut_is_known_as_torn_and_read_again(
    name: str, at_hand: None, tmp_path: Path
) -> None:
    root = three_villages(tmp_path / "data")
    (answer,) = load(root, [workbook(tmp_path / "a.xlsx", ROWS)])
    path = landing_path(root.landing, SOURCE, answer["sha256"], VERSION)
    whole = {suffix: path.with_suffix(suffix).read_bytes() for suffix in (".parquet", ".json")}
    suffix, tear = TORN[name]
    path.with_suffix(suffix).write_bytes(tear(whole[suffix]))
    assert read_landing(root.landing, SOURCE, answer["sha256"], VERSION) is None
    build(root)
    assert {suffix: path.with_suffix(suffix).read_bytes() for suffix in whole} == whole
    assert now(root).query("select sum(households) from village_month").item() == 180


# ---- given up ------------------------------------------------------------------------------------------------------


def giving_up(code: str) -> Callable[[Iterable[Path]], Iterator[tuple[Path, str, Packed]]]:
    """A machine on which every file runs into a limit."""

    def read_many(paths: Iterable[Path]) -> Iterator[tuple[Path, str, Packed]]:
        for path in paths:
            packed = pack(refusal(SOURCE, VERSION, letter(code, limit="60")))
            yield path, store.sha_of(path.read_bytes()), packed

    return read_many


@pytest.mark.parametrize("code", ["time_limit", "memory_limit"])
def test_a_file_given_up_for_want_of_time_or_memory_is_read_when_it_comes_again(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, path = three_villages(tmp_path / "data"), workbook(tmp_path / "a.xlsx", ROWS)
    monkeypatch.setattr("etl.load.intake.read_many", giving_up(code))
    answers = [load(root, [path])[0] for _ in range(2)]
    refused = build(root)
    assert [(one["verdict"], one["letters"][0]["code"]) for one in answers] == [("refused", code)] * 2
    assert store.events(root, "read again") == []
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    assert build(root) == refused, "a build alone tries nothing again"
    (answer,) = load(root, [path])
    assert (answer["verdict"], answer["rows"]["stored"]) == ("accepted", 2)
    assert [event["sha256"] for event in store.events(root, "read again")] == [answer["sha256"]]
    assert len(store.receipts(root)) == 1
    build(root)
    assert now(root).query("select verdict from delivery").item() == "accepted"
    assert now(root).query("select sum(households) from village_month").item() == 180
    monkeypatch.setattr("etl.load.intake.read_many", None)
    assert load(root, [path]) == [answer], "and from then on it is not read again"


# ---- too old -------------------------------------------------------------------------------------------------------


BUILD = """
import sys
from pathlib import Path
from etl.build import build
from etl.store import root
build(root("real", Path(sys.argv[1])))
"""


@pytest.mark.slow
def test_an_alias_added_to_the_form_reads_the_old_deliveries_anew(at_hand: None, tmp_path: Path) -> None:
    root, path = three_villages(tmp_path / "data"), tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Thôn")
        sheet.write_row(0, 0, ["Mã xã: 04474", "Tháng 7 năm 2025"])
        sheet.write_row(1, 0, ["Mã thôn", "Tên thôn", "Tổng số hộ", "Hộ biết dùng mạng"])
        sheet.write_row(2, 0, [HU, "Hú Trù Lìn", 100, 30])
    load(root, [path])
    build(root)
    asked = "select households, households_any from village_month where village = ?"
    assert now(root).query(asked, [HU]).row(0) == (100, None)
    later = with_alias(tmp_path / "later", "households_any", "Hộ biết dùng mạng")
    subprocess.run([sys.executable, "-c", BUILD, tmp_path / "data"], cwd=later, check=True)
    assert now(root).query(asked, [HU]).row(0) == (100, 30)


def with_alias(copy: Path, column: str, alias: str) -> Path:
    """A copy of the program whose form knows one more header for a column."""
    for folder in ("definitions", "etl", "methods", "warehouse", "data/reference"):
        shutil.copytree(HOME / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    forms = copy / "definitions" / "forms.toml"
    before, named, after = forms.read_text(encoding="utf-8").partition(f'id = "{column}"\n')
    forms.write_text(before + named + after.replace("aliases = [", f'aliases = ["{alias}", ', 1), encoding="utf-8")
    return copy


def test_the_version_changes_with_each_table_the_reader_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "forms.toml").write_bytes(b"a")
    (tmp_path / "communes.csv").write_bytes(b"b")
    monkeypatch.setattr(sources, "FOLDER", tmp_path)
    monkeypatch.setattr(sources, "REFERENCE", tmp_path)
    versions = [sources.version(1, "forms.toml", "communes.csv"), sources.version(2, "forms.toml", "communes.csv")]
    for file in ("forms.toml", "communes.csv"):
        (tmp_path / file).write_bytes(b"other")
        versions.append(sources.version(1, "forms.toml", "communes.csv"))
    assert len(set(versions)) == 4 and len(versions[0]) == len("1-12345678")


def forget() -> None:
    """Empty every cache of what was read from definitions, so that it is read again."""
    for found in gc.get_objects():
        if hasattr(type(found), "cache_clear") and str(getattr(found, "__module__", "")).startswith(
            ("definitions.", "etl.")
        ):
            found.cache_clear()


def test_the_version_names_every_table_the_reader_reads_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[str] = set()
    asked, named = Definitions.__getattribute__, definitions.reference._read

    def attribute(self: Definitions, name: str) -> Any:
        seen.update([f"{name}.toml"] if name in Definitions.model_fields else [])
        return asked(self, name)

    def table(kind: type, file: str) -> Any:
        seen.add(file)
        return named(kind, file)

    paths = [tmp_path / f"{number}{story.suffix}" for number, story in enumerate(STORIES)]
    for story, path in zip(STORIES, paths, strict=True):
        story.write(path)
    definitions.load.definitions()
    forget()
    loaded = definitions.load.definitions()
    monkeypatch.setattr(Definitions, "__getattribute__", attribute)
    monkeypatch.setattr(definitions.reference, "_read", table)
    assert loaded is definitions.load.definitions()
    for _ in read_here(paths):
        pass
    declared: list[str] = []
    monkeypatch.setattr(sources, "version", lambda number, *read: declared.extend(read))
    exec(compile(Path(sources.__file__).with_name("commune_workbook.py").read_text(encoding="utf-8"), "reader", "exec"))
    assert seen == set(declared)
    assert intake.gave_up({"refused": None}) is False


def test_figures_down_a_column_are_counted_like_those_of_a_line(at_hand: None, tmp_path: Path) -> None:
    root, path = three_villages(tmp_path / "data"), tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Xã")
        lines = [["Mã xã: 04474", "Tháng 7 năm 2025"], ["Nội dung", "Kết quả"], ["Số lớp tập huấn", 4]]
        for number, line in enumerate([*lines, ["Lượt người tham gia", 60], ["Tiếp nhận", 3]]):
            sheet.write_row(number, 0, line)
    (answer,) = load(root, [path])
    assert (answer["verdict"], answer["rows"]) == ("accepted", {"stored": 3, "held": 0, "ignored": 2})
    build(root)
    asked = 'select measure, value, row, "column" from observation where value is not null order by row'
    assert now(root).query(asked).rows() == [
        ("classes", 4, 3, "B"),
        ("people_taught", 60, 4, "B"),
        ("feedback_received", 3, 5, "B"),
    ]


def test_what_an_earlier_reader_gave_goes_with_the_drafts_of_killed_processes(at_hand: None, tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    (answer,) = load(root, [workbook(tmp_path / "a.xlsx", ROWS)])
    today = landing_path(root.landing, SOURCE, answer["sha256"], VERSION)
    for suffix in (".parquet", ".json"):
        today.with_suffix(suffix).rename(
            landing_path(root.landing, SOURCE, answer["sha256"], "0-a").with_suffix(suffix)
        )
    old, fresh = root.inbox / ".tmp-old", root.inbox / ".tmp-fresh"
    for draft in (old, fresh):
        draft.write_bytes(b"half")
    os.utime(old, (0, 0))
    build(root)
    assert sorted(path.name for path in today.parent.iterdir()) == [today.with_suffix(".json").name, today.name]
    assert fresh.exists() and not old.exists()
