"""One process at a time: a lock that the system frees when its holder is killed."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

PATIENCE_SECONDS = 900


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`; OSError where it cannot be written or whoever holds it does not end.

    SQLite's file lock is the one lock of the standard library that works alike on Linux, macOS and Windows.
    """
    with contextlib.closing(_exclusive(path)):
        yield


def _exclusive(path: Path) -> sqlite3.Connection:
    try:
        lock = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
        lock.execute("begin exclusive")
    except sqlite3.OperationalError as fault:
        raise OSError(f"{path.name}: {fault}") from fault
    return lock
