"""A published version and the questions put to it."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from warehouse import db
from warehouse.publish import CURRENT, FILE, manifest

OPEN_AT_ONCE = 4
KEPT, KEPT_BYTES = 2000, 64 * 2**20
PLAIN = (str, int, date, type(None))  # parameters that tell two questions apart
Asked = tuple[Path, str, tuple[tuple[type, Any], ...]]
_open: OrderedDict[Path, db.Connection] = OrderedDict()
_kept: OrderedDict[Asked, tuple[pl.DataFrame, int]] = OrderedDict()  # with its bytes
_lock = threading.Lock()


@dataclass(frozen=True)
class Version:
    """One immutable set of marts; the id names it for ever and serves as a cache key."""

    id: str
    path: Path
    manifest: dict[str, Any] = field(compare=False, hash=False, repr=False)

    def query(self, sql: str, params: Any = None) -> pl.DataFrame:
        """The rows of a query, from any thread; a version never changes, so its recent answers are kept.

        Of one mart they come in the order its last line names, without asking: DuckDB keeps a table's order in a scan.
        """
        if not isinstance(params, list | None) or not all(isinstance(param, PLAIN) for param in params or ()):
            return db.frame(_connection(self.path), sql, params)
        asked = (self.path, sql, tuple((type(param), param) for param in params or ()))
        with _lock:
            if asked in _kept:
                _kept.move_to_end(asked)
                return _kept[asked][0].clone()
        answer = db.frame(_connection(self.path), sql, params)
        _keep(asked, answer)
        return answer.clone()


def _keep(asked: Asked, answer: pl.DataFrame) -> None:
    """Keep an answer, and let go of those not asked for longest when all together grow too large."""
    with _lock:
        _kept[asked] = answer, int(answer.estimated_size())
        size = sum(bytes for _, bytes in _kept.values())
        while size > KEPT_BYTES or len(_kept) > KEPT:
            size -= _kept.popitem(last=False)[1][1]


def _connection(path: Path) -> db.Connection:
    """One read-only connection per version, the last few kept open; a dropped one lives on while a query holds it."""
    with _lock:
        if path not in _open:
            _open[path] = db.reader(path / FILE)
        _open.move_to_end(path)
        while len(_open) > OPEN_AT_ONCE:
            _open.popitem(last=False)
        return _open[path]


@lru_cache(maxsize=64)
def open_version(published: Path, id: str) -> Version:
    """The version of that id; FileNotFoundError where there is none."""
    path = published / id
    return Version(id, path, manifest(path))


def current(root_path: Path) -> Version | None:
    """The version CURRENT names, None before the first."""
    try:
        id = (root_path / "published" / CURRENT).read_text().strip()
    except FileNotFoundError:
        return None
    return open_version(root_path / "published", id)
