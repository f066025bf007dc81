"""Growth: a new month against a full build, and ten times the demonstration province under invented communes."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

from bench.goals import Outcome, outcome
from bench.queries import Query, asked_by_pages, distinct, timed
from bench.reading import copied, fullest_month, republish, seconds
from bench.scratch import OUT, Province
from definitions import reference
from etl import build as building
from etl import slices, store
from etl.landing import read_landing, with_values, write_landing
from etl.load import land, load
from etl.sources import sources
from etl.store import Root
from warehouse.version import Version, current

TIMES = 10


def measure(province: Province, pairs: int) -> list[Outcome]:
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        land(province.root, store.receipts(province.root))
        month = new_month(province.root, Path(folder) / "month")
        once = copied(province.root, Path(folder) / "1x")
        many = copied(province.root, Path(folder) / "10x")
        for number in range(1, TIMES):
            multiply(province.root, many, number)
        with communes_invented(), without_protection():
            builds = [(republish(many), republish(once))]
            sizes = [rows(current(root.path)) for root in (once, many)]
        queries = distinct(asked_by_pages(province.version))
        both = [(ask_all(current(many.path), queries), ask_all(current(once.path), queries)) for _ in range(5)]
    note = (
        f"every delivery's landing repeated under {TIMES - 1} invented communes each, read from the landing; "
        f"{sizes[0] / 1e6:.2f} and {sizes[1] / 1e6:.2f} million cells; small cells left out; built once"
    )
    return [
        month,
        outcome("growth.build", [a for a, _ in builds], [b for _, b in builds], note),
        outcome("growth.query", [a for a, _ in both], [b for _, b in both], f"{len(queries)} queries"),
    ]


def rows(version: Version | None) -> int:
    assert version
    return version.manifest["rows"]["observation"]


def new_month(root: Root, base: Path) -> Outcome:
    """All but one month published; then that month's workbooks loaded and published, against a full build."""
    month, receipts = fullest_month(root)
    target = copied(root, base)
    files = [store.inbox_path(root, one["sha256"], one["file"]) for one in receipts]
    for one in receipts:
        (target.log / f"{one['sha256']}.json").unlink()
        store.inbox_path(target, one["sha256"], one["file"]).unlink()
        for landed in target.landing.rglob(f"{one['sha256']}-*"):
            landed.unlink()
    republish(target)
    loaded = seconds(lambda: load(target, files))
    published = seconds(lambda: building.build(target))
    full = [republish(target) for _ in range(2)]
    note = f"{len(files)} workbooks of {month}: loaded {loaded:.1f} s, published {published:.1f} s; once"
    return outcome("growth.month", [loaded + published], full, note)


# ---- ten times the province ------------------------------------------------------------------------------------------


def invented(code: str, number: int) -> str:
    """The code of a commune's so-manieth double: no real code begins with a letter."""
    return f"{chr(ord('A') + number - 1)}{code[1:]}"


@contextmanager
def communes_invented() -> Iterator[None]:
    """The doubles stand among the communes the build knows."""
    real = reference.communes()
    doubles = [
        replace(one, code=invented(one.code, number), name=f"{one.name} {number}")
        for number in range(1, TIMES)
        for one in real
    ]
    old = reference.old_units()
    parts = [
        replace(one, code=invented(one.code, number), new_code=invented(one.new_code, number))
        for number in range(1, TIMES)
        for one in old
    ]
    with (
        patch.object(building, "communes", lambda: [*real, *doubles]),
        patch.object(slices, "communes", lambda: [*real, *doubles]),
        patch.object(slices, "old_units", lambda: [*old, *parts]),
    ):
        yield


@contextmanager
def without_protection() -> Iterator[None]:
    """Builds as if there were no groups: `bench protection` measures what protecting them costs."""
    real = building.protected

    def nobody(exact: pl.DataFrame, *rest: Any, **more: Any) -> Any:
        return real(exact.clear(), *rest, **more)

    with patch.object(building, "protected", nobody):
        yield


def multiply(source: Root, target: Root, number: int) -> None:
    """Every receipt, village list and landing once more under the communes' doubles."""
    for path in source.log.glob("*.json"):
        record = json.loads(path.read_bytes())
        if record.get("event") == "adopt":
            store.record_event(target, adopted(record, number))
        elif "sha256" in record and "event" not in record and record["commune"]:
            copy_delivery(source, target, record, number)


def adopted(record: store.Record, number: int) -> store.Record:
    def entry(one: dict) -> dict:
        heirs = [invented(id, number) for id in one.get("successors") or []]
        return one | {"id": invented(one["id"], number), "successors": heirs}

    return record | {"commune": invented(record["commune"], number), "villages": [entry(v) for v in record["villages"]]}


def copy_delivery(source: Root, target: Root, record: store.Record, number: int) -> None:
    sha = f"{number:02d}{record['sha256'][2:]}"
    commune = invented(record["commune"], number)
    (target.log / f"{sha}.json").write_bytes(store.as_json(record | {"sha256": sha, "commune": commune}))
    landed = read_landing(source.landing, record["source"], record["sha256"], sources()[record["source"]].VERSION)
    if landed:
        double = replace(landed, commune=landed.commune and commune)
        write_landing(target.landing, sha, with_values(double, shifted(landed.values, number)))


def shifted(values: pl.DataFrame, number: int) -> pl.DataFrame:
    letter = invented("00000", number)[0]
    return values.with_columns(village_id=pl.lit(letter) + pl.col("village_id").str.slice(1))


def ask_all(version: Version | None, queries: list[Query]) -> float:
    assert version
    return sum(timed(version, queries, 3)[0])
