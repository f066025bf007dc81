"""What people do to a root on the page: hand files in, confirm lists, withdraw; kept for good first, then published."""

import logging
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from etl import build, load, proposals, store
from etl.proposals import NotAdoptable, Proposal, Remark
from warehouse.publish import CheckFailed

log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """One answer per file (as `load` gives them), and why no new version could be published ("" where one was)."""

    answers: list[load.FileResult]
    unpublished: str = ""


class Confirmed(NamedTuple):
    """The proposals confirmed, those that could not be with the reason, and why nothing was published ("")."""

    done: list[Proposal]
    refused: list[tuple[Proposal, Remark]]
    unpublished: str = ""


def take_in(root: store.Root, files: Sequence[tuple[str, bytes]], sender: str, way: str) -> Taken:
    """Files handed in by name and content: the same as `load` on the same files, and published.

    A file withdrawn earlier says so: the same bytes never count again.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (name, content) in enumerate(files):
            place = Path(folder) / str(number)
            place.mkdir()
            paths.append(place / Path(name).name)
            paths[-1].write_bytes(content)
        answers = load.load(root, paths, sender=sender, way=way)
    unpublished = publish(root)
    named = [answer | {"file": Path(answer["file"]).name} for answer in build.with_questions(root, answers)]
    return Taken(with_withdrawn(root, named), unpublished)


def with_withdrawn(root: store.Root, answers: list[load.FileResult]) -> list[load.FileResult]:
    """The answers of `load`, those about files withdrawn earlier by that verdict."""
    withdrawn = {event["sha256"] for event in store.events(root, "withdraw")}
    return [one | {"verdict": "withdrawn"} if one["sha256"] in withdrawn else one for one in answers]


def confirm(root: store.Root, seen: Iterable[Proposal], by: str) -> Confirmed:
    """Confirm proposals as they were shown; one that has changed since, or was withdrawn, does not stop the others."""
    done, refused = list[Proposal](), list[tuple[Proposal, Remark]]()
    for one in seen:
        try:
            proposals.adopt_delivery(root, one.sha256, by, seen=one.entries)
            done.append(one)
        except NotAdoptable as fault:
            refused.append((one, fault.remark))
    return Confirmed(done, refused, publish(root))


def withdraw(root: store.Root, sha: str, reason: str, by: str) -> str:
    """Take a delivery out of the tables; gives why no new version could be published ("" where one was)."""
    store.withdraw(root, sha, reason, by)
    return publish(root)


def publish(root: store.Root) -> str:
    """Publish what is kept, "" where that worked; else why the version before stays: what was kept is safe."""
    try:
        build.build(root)
    except (CheckFailed, OSError) as fault:
        log.error("Not published: %s", fault)
        return str(fault).splitlines()[0]
    return ""
