"""What was published of each month's small cells: one immutable file per revision; nothing is ever changed."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from etl import store

ROWS: dict[str, Any] = {
    "dimension": pl.String,
    "unit": pl.String,
    "category": pl.String,
    "measure": pl.String,
    "value": pl.Int64,  # exact, whatever was shown
    "reason": pl.String,  # methods.protect.REASONS; "": shown
}
PROOF: dict[str, Any] = {
    "dimension": pl.String,
    "movement": pl.Int32,
    "unit": pl.String,
    "category": pl.String,
    "measure": pl.String,
    "moved": pl.Float64,  # households, off the truth
}


@dataclass(frozen=True, eq=False)
class Revision:
    """What was published of a month: rows by ROWS, and parts: unit -> its communes, as they stood then.

    inputs: hash of all it was made from. rules: etl.protection.RULES. proof: by PROOF, the movements that show what is
    hidden to be safe; a time saver for the next revision, which puts each to the test, and may be missing.
    """

    month: date
    number: int
    recorded_at: datetime
    inputs: str
    rules: str
    parts: Mapping[str, list[str]]
    rows: pl.DataFrame
    proof: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PROOF))


def names(root: store.Root, as_of: date | None = None) -> list[str]:
    """The names of all revisions, or of those recorded by the end of a day."""
    return [name for name, _ in _known(root, as_of)]


def revisions(root: store.Root, as_of: date | None = None) -> list[Revision]:
    """All revisions, or those recorded by the end of a day, by month and number."""
    return [_read(root, name, about) for name, about in _known(root, as_of)]


def write(root: store.Root, revision: Revision) -> None:
    """Make a revision durable under a name that says month, number and content; the same again changes nothing."""
    about = {
        "recorded_at": store.stamp(revision.recorded_at),
        "inputs": revision.inputs,
        "rules": revision.rules,
        "parts": json.dumps(revision.parts, sort_keys=True),
    }
    buffer = io.BytesIO()
    revision.rows.write_parquet(buffer, metadata=about)
    sha, proof = store.sha_of(buffer.getvalue()), io.BytesIO()
    path = root.ledger / f"{revision.month:%Y-%m}-{revision.number:04}-{sha[:16]}.parquet"
    revision.proof.write_parquet(proof)
    store.create_once(path.with_suffix(".proof"), proof.getvalue())
    store.create_once(path, buffer.getvalue())
    store.sync_folder(root.ledger)


def _known(root: store.Root, as_of: date | None) -> list[tuple[str, dict[str, str]]]:
    found = [(path.stem, pl.read_parquet_metadata(path)) for path in sorted(root.ledger.glob("[0-9]*.parquet"))]
    limit = store.end_of(as_of) if as_of else None
    return [(n, about) for n, about in found if not limit or datetime.fromisoformat(about["recorded_at"]) <= limit]


def _read(root: store.Root, name: str, about: dict[str, str]) -> Revision:
    proof = root.ledger / f"{name}.proof"
    return Revision(
        month=date.fromisoformat(f"{name[:7]}-01"),
        number=int(name[8:12]),
        recorded_at=datetime.fromisoformat(about["recorded_at"]),
        inputs=about["inputs"],
        rules=about["rules"],
        parts=json.loads(about["parts"]),
        rows=pl.read_parquet(root.ledger / f"{name}.parquet"),
        proof=pl.read_parquet(proof) if proof.exists() else pl.DataFrame(schema=PROOF),
    )
