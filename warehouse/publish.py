"""Builds a version under a temporary name, checks it, makes it durable and points CURRENT at it."""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import polars as pl

from warehouse import db
from warehouse.lock import alone

MARTS = Path(__file__).parent / "marts"
CHECKS = Path(__file__).parent / "checks"
FILE, MANIFEST, CURRENT = "warehouse.duckdb", "manifest.json", "CURRENT"
KEPT = 12
HELD_SECONDS = 3600  # a reader may still hold a version that was replaced this long ago


Given = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Later:
    """What is made from finished marts. tables(ask): name -> rows, given the answer to any query on them.

    seal(): called when all checks have passed and before the version has its name; gives facts for the manifest.
    """

    tables: Callable[[Callable[[str], pl.DataFrame]], Given]
    seal: Callable[[], dict[str, Any]]


class CheckFailed(Exception):
    """Wrong rows: not published, the version before stays. `check` is the sentence broken, `rows` break it."""

    def __init__(self, check: str, rows: pl.DataFrame):
        self.check, self.rows = check, rows
        super().__init__(f"{check.replace('_', ' ')}: {rows.height} wrong rows\n{rows.head(20)}")


@contextlib.contextmanager
def turn(published: Path) -> Iterator[None]:
    """One builder at a time per root, so that the pointer only moves forward.

    OSError where the folder cannot be written or another builder does not end.
    """
    with alone(published / "turn.lock"):
        yield


def publish(published: Path, given: Given, facts: dict[str, Any], later: Later, is_current: bool = True) -> str:
    """Make a version from the given tables and give its id; call it inside `turn`.

    given: name -> rows, seen by the SQL as given_<name>; so are the later tables. facts go into the manifest.
    CheckFailed and OSError leave the version before as it was.
    """
    collect(published)
    id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    draft = published / f"tmp-{id}"
    try:
        draft.mkdir()
        rows = fill(draft / FILE, given, later)
        facts = facts | later.seal()
        _write(draft / MANIFEST, json.dumps(_manifest(id, draft, rows, facts), ensure_ascii=False, indent=1).encode())
        sync(draft / FILE)
        sync(draft)
        os.rename(draft, published / id)
        sync(published)
    except db.CannotWrite as fault:
        raise OSError(str(fault)) from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if is_current:
        point(published, id)
    return id


def fill(path: Path, given: Given, later: Later) -> dict[str, int]:
    """Make all marts in a new file, check them, close it; gives the rows of each."""
    with db.draft(path) as connection:
        marts(connection, given, later)
        for check in sorted(CHECKS.glob("*.sql")):
            wrong = db.drafted(connection, check.read_text(encoding="utf-8"))
            if wrong.height:
                raise CheckFailed(check.stem, wrong)
        connection.execute("checkpoint")
        names = [mart.stem for mart in MARTS.glob("*.sql")]
        return {name: db.drafted(connection, f'select count(*) as n from "{name}"').item() for name in sorted(names)}


def marts(connection: db.Connection, given: Given, later: Later) -> None:
    """Every mart as a table; drafts and given tables stay temporary."""
    early, late = _early_and_late(given)
    _create(connection, given, early)
    _create(connection, later.tables(lambda sql: db.drafted(connection, sql)), late)


def _create(connection: db.Connection, given: Given, files: list[Path]) -> None:
    for name, rows in given.items():
        db.keep(connection, f"given_{name}", rows)
    for mart in files:
        kind = "temp table" if mart.parent.name == "drafts" else "table"
        connection.execute(f'create {kind} "{mart.stem}" as {mart.read_text(encoding="utf-8")}')


def _early_and_late(given: Given) -> tuple[list[Path], list[Path]]:
    """The marts in order, those that read a table not given yet, directly or not, apart."""
    early, late = list[Path](), list[Path]()
    for mart in in_order():
        text = mart.read_text(encoding="utf-8")
        waits = set(re.findall(r"\bgiven_(\w+)", text)) - given.keys() or any(
            re.search(rf"\b{m.stem}\b", text) for m in late
        )
        (late if waits else early).append(mart)
    return early, late


def in_order() -> list[Path]:
    """The files of the marts and drafts, each after those it reads from."""
    files = {file.stem: file for file in sorted(MARTS.rglob("*.sql"))}
    named = re.compile(r'\b(?:from|join|pivot)\s+"?(\w+)')
    needs = {
        name: set(named.findall(file.read_text(encoding="utf-8"))) & files.keys() - {name}
        for name, file in files.items()
    }
    return [files[name] for name in TopologicalSorter(needs).static_order()]


def _manifest(id: str, draft: Path, rows: dict[str, int], facts: dict[str, Any]) -> dict[str, Any]:
    content = (draft / FILE).read_bytes()
    file = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {"id": id, "rows": rows, "files": {FILE: file}} | facts


def point(published: Path, id: str) -> None:
    """Make CURRENT name this version, in one step."""
    draft = published / f".{CURRENT}.tmp"
    _write(draft, id.encode())
    os.replace(draft, published / CURRENT)
    sync(published)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Make a file or the names in a folder durable; Windows cannot open folders and needs no such call."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def manifest(version: Path) -> dict[str, Any]:
    """What a version says of itself: fingerprint, as_of, rows, sizes, hashes."""
    return json.loads((version / MANIFEST).read_bytes())


def published_as(published: Path, fingerprint: str) -> str | None:
    """The id of the version with this fingerprint, None where there is none."""
    found = [path.parent for path in published.glob(f"[0-9]*/{MANIFEST}")]
    return next((version.name for version in found if manifest(version)["fingerprint"] == fingerprint), None)


def collect(published: Path) -> None:
    """Remove what killed builds left, and versions (and views of the past) beyond the last 12 that no reader can hold.

    Inside `turn` nobody else builds, so every draft is a leftover.
    """
    for leftover in published.glob("tmp-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    pointer = published / CURRENT
    current = pointer.read_text().strip() if pointer.exists() else ""
    live, past = list[Path](), list[Path]()
    for version in sorted(published.glob(f"[0-9]*/{MANIFEST}")):
        (past if manifest(version.parent).get("as_of") else live).append(version.parent)
    for version in [*live[:-KEPT], *past[:-KEPT]]:
        if version.name != current and time.time() - (version / MANIFEST).stat().st_mtime > HELD_SECONDS:
            gone = published / f"tmp-{version.name}"
            # Windows refuses while a reader has the file open: then it goes next time.
            with contextlib.suppress(PermissionError):
                os.rename(version, gone)
                shutil.rmtree(gone, ignore_errors=True)
