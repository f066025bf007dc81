"""Keeps what a platform answered as deliveries: a few answers a file, and on the receipt how far they reach."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from etl import store
from etl.landing import Landed, refusal
from etl.letters import letter
from etl.readings import TABLE, Reading, table


class Archive:
    """The answers of one run, kept when `size` of them have come together and at `keep`."""

    def __init__(self, root: store.Root, kind: str, size: int, now: Callable[[], datetime] = store.now):
        self.root, self.kind, self.size, self.now = root, kind, size, now
        self.lines: list[str] = []
        self.reached: dict[str, str] = {}
        self.kept: list[str] = []

    def add(self, account: str, call: str, answer: dict[str, Any], reached: date | None = None) -> None:
        """One answer, cut down to the fields we need. reached: no day up to it need be asked for again."""
        about = {"kind": self.kind, "account": account, "call": call, "fetched_at": store.stamp(self.now())}
        self.lines.append(json.dumps(about | {"answer": answer}, ensure_ascii=False, separators=(",", ":")))
        if reached:
            self.reached[account] = max(self.reached.get(account, ""), reached.isoformat())
        if len(self.lines) >= self.size:
            self.keep()

    def keep(self) -> None:
        """Bytes first, receipt last: what has a receipt is on the disk."""
        if not self.lines:
            return
        content, at = ("\n".join(self.lines) + "\n").encode(), store.stamp(self.now())
        sha, name = store.sha_of(content), f"{self.kind}-{at}.jsonl"
        store.create_once(store.inbox_path(self.root, sha, name), content)
        store.sync_folder(self.root.inbox)
        store.acknowledge(self.root, {
            "sha256": sha, "received_at": at, "file": name, "size": len(content), "source": self.kind,
            "commune": None, "month": None, "revision": 1, "origin": self.root.origin, "verdict": "accepted",
            "sender": "", "way": "sync", "reached": self.reached,
        })  # fmt: skip
        self.kept.append(sha)
        self.lines, self.reached = [], {}


def reached(root: store.Root, kind: str) -> dict[str, date]:
    """Account -> the last day kept of it; what was withdrawn is fetched again."""
    withdrawn = {event["sha256"] for event in store.events(root, "withdraw")}
    found: dict[str, date] = {}
    for receipt in store.receipts(root):
        if receipt["source"] == kind and receipt["sha256"] not in withdrawn:
            for account, day in receipt.get("reached", {}).items():
                found[account] = max(found.get(account, date.min), date.fromisoformat(day))
    return found


# ---- read again ------------------------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """One answer of a file: its line from 1, whose it is, when it was fetched (the province's time), what it says."""

    row: int
    account: str
    at: datetime
    answer: dict[str, Any]


def is_archive(kind: str, head: bytes) -> bool:
    """Whether bytes begin a file that `Archive.keep` wrote of this kind."""
    return head.startswith(f'{{"kind":"{kind}",'.encode())


def landed(path: Path, source: str, version: str, readings: Callable[[Kept], Iterable[Reading]]) -> Landed:
    """A file of answers as readings; refused where a line is no answer of this source."""
    rows, found = 0, list[Reading]()
    try:
        for kept in answers(path, source):
            rows += 1
            found += readings(kept)
    except (ValueError, KeyError, TypeError, AttributeError):
        return refusal(source, version, letter("broken_archive", row=rows + 1))
    return Landed(source, version, None, None, 1, None, None, table(found), rows, table=TABLE)


def answers(path: Path, kind: str) -> Iterator[Kept]:
    """The answers of a file, in order; ValueError where a line is none."""
    for row, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        told = json.loads(line)
        if told["kind"] != kind:
            raise ValueError(told["kind"])
        yield Kept(row, told["account"], store.local(told["fetched_at"]).replace(tzinfo=None), told["answer"])
