"""Takes files in: keeps their bytes, reads them, lands what they gave, acknowledges them."""

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from etl import award_entries, deliveries, intake, store
from etl.landing import Letter, Packed, forget_former, read_packed, write_packed
from etl.letters import letter
from etl.registry import registry
from etl.sources import source_for, sources
from etl.workbook.cells import megabytes
from etl.workbook.package import MAX_FILE

FileResult = dict[str, Any]
Receipt = dict[str, Any]
Moment = Callable[[str], datetime]
Sender = Callable[[str], str]
LARGEST_ZIP, MOST_IN_ZIP = 500 * 2**20, 10_000
MOST_AT_ONCE, LARGEST_AT_ONCE = 500, 100 * 2**20  # files and bytes read by one pool of readers


class Incoming(NamedTuple):
    """One file handed in: the name its sender gave it, the hash of its bytes, the bytes or why they were not taken."""

    name: str
    sha: str
    content: bytes
    refused: Letter | None = None


def taken(name: str, content: bytes) -> Incoming:
    return Incoming(name, store.sha_of(content), content)


# ---- what was handed in --------------------------------------------------------------------------------------------


def incoming(paths: Iterable[Path]) -> Iterator[Incoming]:
    """Every file of the paths: all below a folder, an archive entry by entry; OSError where a path cannot be read."""
    for path in paths:
        if path.is_dir():
            yield from incoming(sorted(p for p in path.rglob("*") if p.is_file() and _is_meant(p.name)))
        elif path.suffix.lower() == ".zip":
            yield from _in_zip(path)
        elif path.stat().st_size > MAX_FILE:
            yield _too_large(str(path), _hash(path), path.stat().st_size)
        else:
            yield taken(str(path), path.read_bytes())


def _is_meant(name: str) -> bool:
    """Not a hidden file, nor the lock file Excel leaves beside an open workbook."""
    return not name.startswith((".", "~$"))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _too_large(name: str, sha: str, size: int) -> Incoming:
    said = letter("too_large", found=megabytes(size), limit=megabytes(MAX_FILE))
    return Incoming(name, sha, b"", said)


def _in_zip(path: Path) -> Iterator[Incoming]:
    """The files of an archive; an archive that cannot be opened, is protected or swells is one refused file."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and _is_meant(Path(e.filename).name)]
            if len(entries) > MOST_IN_ZIP or sum(entry.file_size for entry in entries) > LARGEST_ZIP:
                yield Incoming(str(path), _hash(path), b"", letter("zip_bomb", found=f"{len(entries)} tệp"))
                return
            for entry in entries:
                yield _entry(archive, entry, f"{path}/{entry.filename}")
    except zipfile.BadZipFile:
        yield Incoming(str(path), _hash(path), b"", letter("unreadable"))


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Incoming:
    if entry.flag_bits & 1:
        return Incoming(name, "", b"", letter("password"))
    try:
        with archive.open(entry) as file:
            content = file.read(MAX_FILE + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error):
        return Incoming(name, "", b"", letter("unreadable"))
    return _too_large(name, "", entry.file_size) if len(content) > MAX_FILE else taken(name, content)


# ---- taking it in --------------------------------------------------------------------------------------------------


def load(
    root: store.Root,
    paths: Sequence[Path],
    dry_run: bool = False,
    sender: str | Sender = "",
    way: str = "cli",
    received_at: Moment | None = None,
) -> list[FileResult]:
    """Take files in and give one answer per file: file, sha256, verdict, rows (stored, held, ignored), letters.

    When it returns, every delivery in it is kept for good. sender: who sent them all, or file name -> sender.
    received_at: file name -> moment (now where not given); bytes that came before keep their first moment. dry_run
    reads and judges, and keeps nothing.
    """

    def about(name: str) -> dict[str, str]:
        return {"sender": sender if isinstance(sender, str) else sender(name), "way": way}

    batches = _batches(incoming(paths))
    return [answer for batch in batches for answer in _take(root, batch, dry_run, about, received_at)]


def _batches(files: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    for file in files:
        batch.append(file)
        if len(batch) == MOST_AT_ONCE or sum(len(one.content) for one in batch) > LARGEST_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(
    root: store.Root,
    batch: list[Incoming],
    dry_run: bool,
    about: Callable[[str], dict[str, str]],
    received_at: Moment | None,
) -> list[FileResult]:
    """A batch read, judged, and unless this is a dry run kept and acknowledged; answers in the order handed in."""
    files: dict[str, Incoming] = {}
    for file in batch:
        if not file.refused:
            files.setdefault(file.sha, file)
    standing = {sha: store.receipt(root, sha) for sha in files}
    with ThreadPoolExecutor(1) as beside:
        villages = beside.submit(registry, root)  # while the children read
        landed = _read_aside(files) if dry_run else _keep(root, files, standing)
    receipts = [
        standing[sha] or _receipt(sha, file, landed[sha].head, received_at) | about(Path(file.name).name)
        for sha, file in files.items()
    ]
    told = award_entries.take(root, landed, receipts, dry_run)
    judged = deliveries.judge(deliveries.in_hand(receipts, landed), villages.result(), root.origin, told=told)
    answers = _answers(judged)
    if not dry_run:
        store.acknowledge(root, *({"verdict": answers[one["sha256"]]["verdict"]} | one for one in receipts))
    return [{"file": file.name} | (_turned_away(file) if file.refused else answers[file.sha]) for file in batch]


def _receipt(sha: str, file: Incoming, head: dict[str, Any], received_at: Moment | None) -> Receipt:
    name = Path(file.name).name
    return {
        "sha256": sha,
        "received_at": store.stamp(received_at(name) if received_at else store.now()),
        "file": name,
        "size": len(file.content),
        **{fact: head[fact] for fact in ("source", "commune", "month", "revision", "origin")},
    }


def _keep(root: store.Root, files: dict[str, Incoming], standing: dict[str, Receipt | None]) -> dict[str, Packed]:
    """The bytes durable in the inbox, and what they gave; only what was not landed yet is read.

    A file refused for want of time or memory is read once more: that was the machine's fault, not the bytes'.
    """
    names = {sha: known["file"] if (known := standing[sha]) else file.name for sha, file in files.items()}
    paths = {sha: store.inbox_path(root, sha, name) for sha, name in names.items()}
    store.create_all({paths[sha]: file.content for sha, file in files.items()})
    store.sync_folder(root.inbox)
    landed, again = dict[str, Packed](), set[str]()
    for sha, file in files.items():
        source = source_for(file.name, file.content)
        if before := read_packed(root.landing, source.SOURCE, sha, source.VERSION):
            landed[sha] = before
            again |= {sha} if intake.gave_up(before.head) else set()
    missing = {sha: path for sha, path in paths.items() if sha in again or sha not in landed}
    return landed | _read_and_land(root, missing, again)


def _read_and_land(root: store.Root, paths: dict[str, Path], again: Collection[str] = ()) -> dict[str, Packed]:
    """Landed here and not by the readers: a full disk must end as an error of ours, never as an unreadable file.

    again: what was refused for want of time or memory. Where it can be read now an event says so, and first: the next
    version is made from it.
    """
    landed = {}
    for _, sha, packed in intake.read_many(paths.values()) if paths else ():
        if sha in again and not intake.gave_up(packed.head):
            store.record_event(root, {"event": "read again", "sha256": sha, "at": store.stamp(store.now())})
        write_packed(root.landing, sha, packed)
        landed[sha] = packed
    return landed


def _read_aside(files: dict[str, Incoming]) -> dict[str, Packed]:
    """What the files would give, read in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / (sha + Path(file.name).suffix.lower()[:10]) for sha, file in files.items()]
        for path, file in zip(paths, files.values(), strict=True):
            path.write_bytes(file.content)
        return {sha: packed for _, sha, packed in intake.read_many(paths)}


def land(root: store.Root, receipts: list[Receipt]) -> dict[str, Packed]:
    """What every delivery gives to today's reader, by hash; read again where no whole landing holds it."""
    landed, missing = dict[str, Packed](), dict[str, Path]()
    for receipt in receipts:
        sha, source = receipt["sha256"], sources()[receipt["source"]]
        if before := read_packed(root.landing, source.SOURCE, sha, source.VERSION):
            landed[sha] = before
        else:
            missing[sha] = store.inbox_path(root, sha, receipt["file"])
    if missing:
        landed |= _read_and_land(root, missing)
        forget_former(root.landing, {sha: landed[sha].head["version"] for sha in missing})
        store.sweep(root.path, store.now() - timedelta(hours=1))
    return landed


# ---- answers -------------------------------------------------------------------------------------------------------


def _answers(judged: deliveries.Judged) -> dict[str, FileResult]:
    """Hash -> sha256, verdict, rows and letters."""
    letters: dict[str, list[dict[str, Any]]] = {}
    for told in judged.letters.iter_rows(named=True):
        letters.setdefault(told["sha256"], []).append(told)
    return {
        one["sha256"]: {
            "sha256": one["sha256"],
            "verdict": one["verdict"],
            "rows": {kind: one[f"rows_{kind}"] for kind in ("stored", "held", "ignored")},
            "letters": [_letter(told) for told in letters.get(one["sha256"], [])],
        }
        for one in judged.deliveries.iter_rows(named=True)
    }


def _letter(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("sheet", "row", "column", "code", "message")}


def _turned_away(file: Incoming) -> FileResult:
    """The answer for a file that was not even kept."""
    nothing = {"stored": 0, "held": 0, "ignored": 0}
    return {"sha256": file.sha, "verdict": "refused", "rows": nothing, "letters": [_letter(vars(file.refused))]}
