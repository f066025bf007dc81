"""The village registry: folded from adoptions, append-only."""

from datetime import date, datetime
from typing import Any

import polars as pl

from definitions.reference import OLD
from definitions.spelling import normalise
from etl import store

REGISTRY_SCHEMA: dict[str, Any] = {
    "village": pl.String,
    "commune": pl.String,
    "name": pl.String,
    "name_key": pl.String,
    "aliases": pl.List(pl.String),
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "successors": pl.String,
    "households_reference": pl.Int64,
    "decision": pl.String,
    "part": pl.String,
}
Entry = dict[str, Any]


def registry(root: store.Root, as_of: date | None = None) -> pl.DataFrame:
    """One row per village ever registered: its last entry. valid_to is the last month in which it counts; the ids in
    successors are separated by a blank. part: the old unit whose list it is from, "" where the list is of the commune.
    """
    rows = [_row(commune, entry) for commune, entries in folded(root, as_of).items() for entry in entries.values()]
    return pl.DataFrame(rows, schema=REGISTRY_SCHEMA, orient="row").sort("village")


def valid_in(villages: pl.DataFrame, month: date) -> pl.DataFrame:
    """The villages of a registry that exist in a month."""
    return villages.filter(
        (pl.col("valid_from") <= month) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= month))
    )


def folded(root: store.Root, as_of: date | None = None) -> dict[str, dict[str, Entry]]:
    """Commune -> village id -> its last entry."""
    folded: dict[str, dict[str, Entry]] = {}
    for event in store.events(root, "adopt", as_of):
        folded.setdefault(event["commune"], {}).update({entry["id"]: entry for entry in event["villages"]})
    return folded


def _row(commune: str, entry: Entry) -> Entry:
    return {
        "village": entry["id"],
        "commune": commune,
        "name": entry["name"],
        "name_key": normalise(entry["name"], village=True),
        "aliases": entry["aliases"],
        "valid_from": month_of(entry["valid_from"]),
        "valid_to": month_of(entry["valid_to"]) if entry["valid_to"] else None,
        "successors": " ".join(entry["successors"]),
        "households_reference": entry["households"],
        "decision": entry["decision"],
        "part": entry.get("part", ""),
    }


def part_of(written: str | None) -> str:
    """The old unit a file names on its cover, "" where it names the commune of today."""
    return written if written and written.startswith(OLD) else ""


def is_known_to(part: str, entry: Entry) -> bool:
    """Whether a file of an old unit may speak of a village: of another old unit it may be one of the same name."""
    return not part or entry.get("part", "") in ("", part)


def month_of(text: str) -> date:
    return date(int(text[:4]), int(text[5:7]), 1)


def text_of(month: date) -> str:
    return f"{month:%Y-%m}"


def adopt(
    root: store.Root, commune: str, villages: list[Entry], by: str = "", at: datetime | None = None, delivery: str = ""
) -> str | None:
    """Confirm entries of a commune's registry (proposed by `delivery`); the event's hash, None where nothing is new."""
    standing = folded(root).get(commune, {})
    fresh = [entry for entry in villages if standing.get(entry["id"]) != entry]
    if not fresh:
        return None
    event = {"event": "adopt", "commune": commune, "villages": fresh, "delivery": delivery}
    return store.record_event(root, event | {"at": store.stamp(at or store.now()), "by": by})


def entry(
    id: str, name: str, valid_from: date, households: int | None = None, decision: str = "", part: str = ""
) -> Entry:
    """A new village of the registry."""
    return {
        "id": id, "name": name, "aliases": [], "valid_from": text_of(valid_from), "valid_to": None,
        "successors": [], "households": households, "decision": decision, "part": part,
    }  # fmt: skip
