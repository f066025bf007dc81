"""A scoring round frozen into one file: deliveries, acts, landed rows, definitions, rules and points; and read back."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from definitions.award_rules import Sheet
from definitions.load import FOLDER
from etl import build, store
from etl.store import Record, Root

MANIFEST, POINTS, RULES = "manifest.json", "points.csv", "rules.json"
MEMBER = re.compile(r"(manifest\.json|points\.csv|rules\.json|(inbox|log|landing/\w+|definitions(/\w+)?)/[\w.-]+)")
CODE = ("definitions", "etl", "methods", "metrics", "warehouse", "data/reference")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


class NotWhole(Exception):
    """A file that is no bundle, or not as it was frozen; the text names the part."""


@dataclass(frozen=True)
class Bundle:
    """A frozen round unpacked: a root to build from, the rules, the points and what they were made with."""

    root: Root
    rules: Sheet
    points: bytes
    facts: Record


def freeze(root: Root, rules: Sheet, points: bytes, seed: int) -> bytes:
    """The bundle's bytes. What was received after the cut-off is left out; what people did on the sheet is in."""
    parts = {POINTS: points, RULES: store.as_json(rules.model_dump(mode="json", by_alias=True))}
    parts |= dict(_parts(root, rules.cut_off))
    facts = made_with() | {
        "sheet": rules.id, "cut_off": rules.cut_off.isoformat(), "origin": root.origin, "seed": seed,
        "points_sha256": store.sha_of(points), "parts": {name: store.sha_of(parts[name]) for name in sorted(parts)},
    }  # fmt: skip
    return _zip(parts | {MANIFEST: store.as_json(facts)})


def made_with() -> Record:
    """What code and definitions these points come from, by commit and by hash."""
    return {
        "commit": build.commit(),
        "code_sha256": build.digest(*build.file_hashes(*CODE)),
        "definitions_sha256": build.digest(*build.file_hashes("definitions", "data/reference")),
    }


def thaw(content: bytes, folder: Path) -> Bundle:
    """Unpack a bundle into an empty folder; NotWhole where a part is missing, foreign or not as it was frozen."""
    parts = _unzip(content)
    facts = json.loads(parts[MANIFEST])
    told = facts["parts"]
    wrong = sorted(name for name in told.keys() | parts.keys() - {MANIFEST}
                   if name not in parts or store.sha_of(parts[name]) != told.get(name))  # fmt: skip
    if wrong or facts["origin"] not in ("real", "demo") or store.sha_of(parts[POINTS]) != facts["points_sha256"]:
        raise NotWhole(", ".join(wrong) or MANIFEST)
    root = store.root(facts["origin"], folder)
    for name, part in parts.items():
        if name.startswith(("inbox/", "log/", "landing/")):
            path = root.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(part)
    return Bundle(root, Sheet.model_validate_json(parts[RULES]), parts[POINTS], facts)


def differences(frozen: bytes, replayed: bytes) -> list[tuple[str, str, str]]:
    """Each line that differs: commune and criterion ("" for the total), the state and points frozen, those now."""
    before, now = (_lines(one) for one in (frozen, replayed))
    keys = sorted(before.keys() | now.keys())
    return [(key, before.get(key, ""), now.get(key, "")) for key in keys if before.get(key) != now.get(key)]


def _lines(table: bytes) -> dict[str, str]:
    # The empty criterion of a total stands in quotes.
    rows = (line.replace('""', "").split(",", 2) for line in table.decode().splitlines()[1:])
    return {f"{commune} {criterion}".strip(): rest for commune, criterion, rest in rows}


def _parts(root: Root, cut_off: date) -> Iterator[tuple[str, bytes]]:
    for receipt in store.receipts(root, cut_off):
        sha = receipt["sha256"]
        delivery = store.inbox_path(root, sha, receipt["file"])
        yield f"inbox/{delivery.name}", delivery.read_bytes()
        yield f"log/{sha}.json", (root.log / f"{sha}.json").read_bytes()
        for landed in sorted(root.landing.glob(f"*/{sha}-*")):
            yield f"landing/{landed.parent.name}/{landed.name}", landed.read_bytes()
    for event in sorted(root.log.glob(store.EVENTS)):
        yield f"log/{event.name}", event.read_bytes()
    for file in sorted(FOLDER.rglob("*.toml")):
        yield f"definitions/{file.relative_to(FOLDER).as_posix()}", file.read_bytes()


def _zip(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), parts[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unzip(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            foreign = [name for name in archive.namelist() if not MEMBER.fullmatch(name)]
            if foreign or MANIFEST not in archive.namelist():
                raise NotWhole(", ".join(foreign) or MANIFEST)
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile as fault:
        raise NotWhole(str(fault)) from fault
