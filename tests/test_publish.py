"""Nothing acknowledged is lost and no half version is ever seen: killed, out of space, read-only."""

import hashlib
import json
import multiprocessing
import os
import random
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from etl import store
from etl.build import build
from etl.landing import read_landing
from etl.load import load
from etl.sources.commune_workbook import VERSION
from tests.handmade import HU, JULY, LAO, deliver, now, tables, three_villages
from tests.killed import arrived, load_and_build
from tests.workbooks import read_here, workbook
from warehouse import publish
from warehouse.version import current, open_version

FIRST = {HU: (100, 30, 20, 10, 5, 6, 2, 3), LAO: (80, 20, 10, 0, 0, 5, 0, 0)}


def whole(root: store.Root, acknowledged: set[str]) -> None:
    """Every acknowledged delivery is there with its bytes and its landing; the version that is shown is whole."""
    for sha in acknowledged:
        receipt = store.receipt(root, sha)
        assert receipt is not None, "an acknowledged delivery is lost"
        assert store.sha_of(store.inbox_path(root, sha, receipt["file"]).read_bytes()) == sha
        landed = read_landing(root.landing, receipt["source"], sha, VERSION)
        assert landed is not None and landed.stored == 2
    shown = current(root.path)
    if shown:
        file = (shown.path / publish.FILE).read_bytes()
        assert shown.manifest["files"][publish.FILE] == {"bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}
        for name, rows in shown.manifest["rows"].items():
            assert shown.query(f'select count(*) as n from "{name}"').item() == rows
        assert shown.query("select count(*) from delivery").item() == shown.manifest["receipts"]


def workbooks(folder: Path, count: int) -> list[Path]:
    """Reports of two villages on five months, each corrected again and again."""
    folder.mkdir()
    made = []
    for n in range(count):
        rows = [(HU, "Hú Trù Lìn", 100, n), (LAO, "Lao Chải", 80, n)]
        made.append(workbook(folder / f"{n:02}.xlsx", rows, date(2025, 7 + n % 5, 1), revision=1 + n // 5))
    return made


def reference(base: Path, paths: list[Path]) -> dict[str, list[tuple]]:
    """The tables of a root that nothing ever happened to."""
    root = three_villages(base)
    load(root, paths, received_at=arrived)
    build(root)
    assert now(root).query("select count(*) from observation where value is not null").item() > 0
    return tables(now(root))


@pytest.mark.alone
@pytest.mark.skipif(
    os.name == "nt", reason="Windows has no SIGKILL; the same calls are used there, and this was not run"
)
def test_killed_at_fifty_points_nothing_acknowledged_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    root, journal, chance = three_villages(tmp_path / "data"), tmp_path / "journal", random.Random(1)
    every = workbooks(tmp_path / "files", 52)
    unharmed, paths = every[:2], every[2:]
    # A fork server that has the libraries loaded: each child is a process of its own that starts at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.killed"])
    for path in unharmed:  # the second tells what this machine needs when nothing kills it: the first starts the server
        began = time.perf_counter()
        child = context.Process(target=load_and_build, args=(tmp_path / "data", [path], journal, None, None))
        child.start()
        child.join()
        took = time.perf_counter() - began
    points = [(call, None) for call in range(1, 23)] + [(None, chance.uniform(0.02, 0.9) * took) for _ in range(28)]
    chance.shuffle(points)
    killed, acknowledged = 0, set[str]()
    for number, (call, seconds) in enumerate(points):
        child = context.Process(
            target=load_and_build, args=(tmp_path / "data", [paths[number]], journal, call, seconds)
        )
        child.start()
        child.join()
        killed += child.exitcode == -9
        acknowledged = set(journal.read_text().split()) if journal.exists() else set()
        whole(root, acknowledged)
    assert killed >= 35, "most of the children die before they are done"
    assert acknowledged, "and some deliveries were acknowledged"
    load(root, every, received_at=arrived)
    build(root)
    assert [p.name for p in root.published.glob("tmp-*")] == []
    assert tables(now(root)) == reference(tmp_path / "reference", every)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 24 MB; where none can be mounted the test says so."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill_up(place: Path, free: int) -> Path:
    """A file that leaves so many bytes free."""
    filler = place / "filler"
    filler.unlink(missing_ok=True)
    usage = os.statvfs(place)
    with filler.open("wb") as file:
        file.write(b"x" * max(0, usage.f_bavail * usage.f_frsize - free))
    return filler


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="small file systems are mounted on Linux; this was not run on Windows")
def test_a_full_disk_loses_nothing_and_says_so(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    root, paths, acknowledged, failed = three_villages(small_disk), workbooks(tmp_path / "files", 12), set[str](), 0
    load(root, paths[:1], received_at=arrived)
    standing = build(root)
    for path, free in zip(
        paths[1:], (0, 4096, 8192, 12288, 16384, 20480, 40960, 400_000, 2_000_000, 4_400_000, 9_000_000), strict=True
    ):
        filler = fill_up(small_disk, free)
        try:
            acknowledged.add(load(root, [path], received_at=arrived)[0]["sha256"])
            standing = build(root)
        except OSError:
            failed += 1
        assert now(root).id == standing
        whole(root, acknowledged)
        filler.unlink()
    assert failed >= 6
    load(root, paths, received_at=arrived)
    build(root)
    assert tables(now(root)) == reference(tmp_path / "reference", paths)


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="small file systems are mounted on Linux; this was not run on Windows")
def test_a_read_only_folder_is_said_and_still_read(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    root, paths = three_villages(small_disk), workbooks(tmp_path / "files", 2)
    load(root, paths[:1], received_at=arrived)
    standing = build(root)
    deliver(root, JULY, FIRST)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(OSError):
        load(root, paths[1:], received_at=arrived)
    with pytest.raises(OSError):
        build(root)
    assert now(root).id == standing
    assert now(root).query("select count(*) from delivery").item() == 1
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert build(root) != standing


# ---- versions ------------------------------------------------------------------------------------------------------


def test_the_manifest_says_what_the_version_holds(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    build(root)
    shown = now(root)
    assert shown.manifest["rows"]["village_month"] == 3 and shown.manifest["receipts"] == 1
    assert {"commit", "definitions_hash", "receipts_hash", "as_of", "built_at", "origin"} <= shown.manifest.keys()
    whole(root, set())


def test_a_reader_keeps_its_version_while_a_new_one_is_published(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    build(root)
    before = now(root)
    deliver(root, JULY, {HU: (100, 99, 20, 10, 5, 6, 2, 3)}, "2025-12-02")
    build(root)
    sql = "select households_any from village_month where village = ?"
    assert (before.query(sql, [HU]).item(), now(root).query(sql, [HU]).item()) == (30, 99)


def test_readers_cannot_write_nor_reach_other_files(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    build(root)
    (tmp_path / "a.csv").write_text("a\n1\n")
    for forbidden in ("create table x (i int)", f"select * from '{tmp_path / 'a.csv'}'", "install httpfs"):
        with pytest.raises(Exception, match=r"read-only|disabled|Permission|Binder|Cannot"):
            now(root).query(forbidden)


def test_twelve_versions_stay_and_what_a_reader_may_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = tmp_path
    for n in range(15):
        version = published / f"2025-{n:02}"
        version.mkdir()
        (version / publish.MANIFEST).write_text("{}")
        old = time.time() - (2 * publish.HELD_SECONDS if n != 1 else 0)
        os.utime(version / publish.MANIFEST, (old, old))
    (published / publish.CURRENT).write_text("2025-00")
    (published / "tmp-dead").mkdir()
    publish.collect(published)
    left = sorted(p.name for p in published.iterdir() if p.is_dir())
    # The two oldest stay though they are beyond the last 12: one is current, the other was replaced a moment ago.
    assert left == ["2025-00", "2025-01"] + [f"2025-{n:02}" for n in range(3, 15)]


def test_half_a_version_is_never_listed(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    (root.published / "tmp-1").mkdir()
    with pytest.raises(FileNotFoundError):
        open_version(root.published, "tmp-1")
    assert current(root.path) is None
    build(root)
    assert not (root.published / "tmp-1").exists()


def test_queries_from_many_threads_share_a_version(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    build(root)
    shown = now(root)
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: shown.query("select count(*) from village_month").item(), range(64)))
    assert counts == [3] * 64
    assert json.loads((shown.path / publish.MANIFEST).read_text())["id"] == shown.id
