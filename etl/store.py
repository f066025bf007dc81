"""Keeps what arrived: bytes by hash, receipts written once, human acts as events; nothing is ever changed."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from time import time_ns
from typing import Any, Literal
from zoneinfo import ZoneInfo

from definitions.load import definitions

Origin = Literal["real", "demo"]
Record = dict[str, Any]
FOLDERS = ("inbox", "log", "ledger", "landing", "published")
RECEIPTS, EVENTS = "[0-9a-f]" * 64 + ".json", "event-*.json"
# Human acts that change no table, and so make no new version.
SETTLED = 2_000_000_000  # nanoseconds
WITHOUT_FIGURES = (
    "view", "award_sheet", "award_points", "award_sample", "award_published", "award_drawn", "award_appeal",
    "award_frozen",
)  # fmt: skip
SYNCING = 8  # files written and synced at once
BASE = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Root:
    """One data root: real or demo; the two never mix."""

    path: Path
    origin: Origin

    @property
    def inbox(self) -> Path:
        return self.path / "inbox"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def ledger(self) -> Path:
        """What was published of small cells, month by month (etl/ledger.py)."""
        return self.path / "ledger"

    @property
    def landing(self) -> Path:
        return self.path / "landing"

    @property
    def published(self) -> Path:
        return self.path / "published"


def root(name: Origin, base: Path | None = None) -> Root:
    """The root of that name, its folders made when missing."""
    found = Root((base or Path(os.environ.get("CHI_TIEU_SO_DATA", BASE))) / name, name)
    for folder in FOLDERS:
        (found.path / folder).mkdir(parents=True, exist_ok=True)
    return found


# ---- files that appear whole or not at all -------------------------------------------------------------------------


def create_once(path: Path, content: bytes) -> bool:
    """Write a file that must never be overwritten; False where it stood already. The file is whole or absent.

    The folder is not synced: `sync_folder` once after a batch.
    """
    if path.exists():
        return False
    draft = write_draft(path, content)
    try:
        _appear(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def create_all(contents: Mapping[Path, bytes]) -> None:
    """`create_once` for many files. A disk syncs several at once in little more time than one."""
    with ThreadPoolExecutor(SYNCING) as threads:
        for _ in threads.map(create_once, *zip(*contents.items(), strict=True)):
            pass


def replace_file(path: Path, content: bytes) -> None:
    """Write a file that can be made again: whole or absent while the machine runs, not synced against a power cut."""
    draft = write_draft(path, content, is_synced=False)
    try:
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def replace_private(path: Path, content: bytes) -> None:
    """Write a file that must survive a power cut: whole or as it was before, and for its owner's eyes only."""
    draft = write_draft(path, content, mode=0o600)
    try:
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_draft(path: Path, content: bytes, is_synced: bool = True, mode: int = 0o666) -> Path:
    """The content under a temporary name beside `path`; mode: who may read it, less what the system takes away."""
    draft = path.parent / f".tmp-{path.name[:80]}-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            if is_synced:
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _appear(draft: Path, path: Path) -> None:
    # Both refuse an existing name: a link on POSIX, a rename on Windows.
    if os.name == "nt":
        os.rename(draft, path)
    else:
        os.link(draft, path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, older_than: datetime) -> None:
    """Remove drafts that a killed process left behind before that moment."""
    for draft in folder.glob("**/.tmp-*"):
        if draft.is_file() and draft.stat().st_mtime < older_than.timestamp():
            draft.unlink(missing_ok=True)


def as_json(content: Record) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode()


# ---- deliveries ----------------------------------------------------------------------------------------------------


def zone() -> ZoneInfo:
    return ZoneInfo(definitions().calendar.timezone)


def now() -> datetime:
    """This moment in the province's time zone."""
    return datetime.now(zone())


def local(text: str) -> datetime:
    """A moment of the log in the province's time zone."""
    return datetime.fromisoformat(text).astimezone(zone())


def sha_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def inbox_path(root: Root, sha: str, name: str) -> Path:
    """Where a delivery's bytes lie, given the file name on its receipt."""
    return root.inbox / (sha + Path(name).suffix.lower()[:10])


def receipt(root: Root, sha: str) -> Record | None:
    """The receipt of a delivery, None before it was acknowledged."""
    path = root.log / f"{sha}.json"
    return json.loads(path.read_bytes()) if path.exists() else None


def acknowledge(root: Root, *receipts: Record) -> None:
    """Write the receipts there are none of yet; all are on the disk when it returns."""
    create_all({root.log / f"{one['sha256']}.json": as_json(one) for one in receipts})
    sync_folder(root.log)


def record_event(root: Root, event: Record) -> str:
    """Keep a human act under the hash of its content; gives the hash."""
    content = as_json(event)
    sha = sha_of(content)
    create_once(root.log / f"event-{sha}.json", content)
    sync_folder(root.log)
    return sha


def withdraw(root: Root, sha: str, reason: str, by: str = "", at: datetime | None = None) -> None:
    """Take a delivery out of the tables; it stays in the store. LookupError where there is no such delivery."""
    if receipt(root, sha) is None:
        raise LookupError(sha)
    if not any(event["sha256"] == sha for event in events(root, "withdraw")):
        record_event(root, {"event": "withdraw", "sha256": sha, "reason": reason, "by": by, "at": stamp(at or now())})


def stamp(moment: datetime) -> str:
    """A moment as the log writes it; one without a time zone is the province's time."""
    aware = moment.astimezone(zone()) if moment.tzinfo else moment.replace(tzinfo=zone())
    return aware.isoformat(timespec="milliseconds")


# ---- reading the log -----------------------------------------------------------------------------------------------


def end_of(day: date) -> datetime:
    """24:00 of a day in the province: what was received before it was known on that day."""
    return datetime.combine(day, time.max, zone())


def receipts(root: Root, as_of: date | None = None) -> list[Record]:
    """All receipts, or those received until the end of that day, in the order (received_at, sha256)."""
    return _known(root, root.log.glob(RECEIPTS), "received_at", as_of)


def events(root: Root, kind: str, as_of: date | None = None) -> list[Record]:
    """The human acts of one kind, oldest first, each with its own hash as `event_sha256`."""
    known = _known(root, root.log.glob(EVENTS), "at", as_of)
    return [event for event in known if event["event"] == kind]


def acts(root: Root) -> int:
    """How many human acts are kept: none is ever changed or taken away, so the same number means the same acts."""
    moved = root.log.stat().st_mtime_ns
    # Two acts within a tick of the file system's clock leave the folder the same age: a young one is counted anew.
    count = _acts.__wrapped__ if time_ns() - moved < SETTLED else _acts
    return count(root.log, moved)


@lru_cache(maxsize=16)
def _acts(log: Path, moved: int) -> int:
    prefix = EVENTS.partition("*")[0]
    return sum(name.startswith(prefix) for name in os.listdir(log))


def known_names(root: Root, as_of: date | None = None) -> list[str]:
    """The names of all receipts and events that bear on the tables, or of those known by the end of a day."""
    kinds = ((RECEIPTS, "received_at"), (EVENTS, "at"))
    known = [one for names, moment in kinds for one in _known(root, root.log.glob(names), moment, as_of)]
    return sorted(one["name"] for one in known if one.get("event") not in WITHOUT_FIGURES)


@lru_cache(maxsize=16384)
def _record(path: Path, written: int) -> Record:
    """A record of the log; it is written once, so it is parsed once as well."""
    return json.loads(path.read_bytes())


def _known(root: Root, paths: Iterator[Path], moment: str, as_of: date | None) -> list[Record]:
    records = [_record(path, path.stat().st_mtime_ns) | {"name": path.stem} for path in paths]
    if as_of:
        limit = end_of(as_of)
        records = [record for record in records if datetime.fromisoformat(record[moment]) <= limit]
    return sorted(records, key=lambda record: (datetime.fromisoformat(record[moment]), record["name"]))
