"""Deliveries made by hand for the tests: landed and acknowledged without a workbook."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from etl import registry, store
from etl.landing import CELLS, LANDING_SCHEMA, Landed, Letter, with_values, write_landing
from etl.sources.commune_workbook import VERSION
from warehouse.version import Version, current

COMMUNE = "04474"
HU, LAO, XEO = (f"{COMMUNE}-{serial:03}" for serial in (1, 2, 3))
NAMES = {HU: "Hú Trù Lìn", LAO: "Lao Chải", XEO: "Xéo Dì Hồ"}
REFERENCE = {HU: 100, LAO: 80, XEO: 60}
COUNTS = (
    "households", "households_any", "households_three", "households_all", "households_skilled",
    "group_members", "members_trained", "households_helped",
)  # fmt: skip
JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (date(2025, month, 1) for month in range(7, 12))
Figures = tuple[Any, ...] | str


def three_villages(base: Path, origin: store.Origin = "real") -> store.Root:
    """A root in which one commune has three villages since July 2025."""
    root = store.root(origin, base)
    entries = [registry.entry(id, name, JULY, REFERENCE[id]) for id, name in NAMES.items()]
    registry.adopt(root, COMMUNE, entries, at=moment("2025-07-01"))
    return root


def moment(text: str) -> datetime:
    """ "2025-08-04" or "2025-08-04T09:00" in the province's time."""
    return datetime.fromisoformat(f"{text if 'T' in text else text + 'T08:00'}:00+07:00")


def deliver(
    root: store.Root,
    month: date,
    rows: Mapping[str, Figures],
    received: str = "2025-12-01",
    revision: int = 1,
    **more: Any,
) -> str:
    """A delivery of Thôn rows, village id (or name) -> the eight counts, "x" (no change) or "x 5" (and five helped).

    more: groups (village -> 0 or 1), breakdown (village -> {ethnic group, or poor: households, or the first counts}),
    counted (measure of the commune sheet -> value), held (letters), held_cells, origin, commune, written (the unit on
    its cover).
    """
    commune = more.get("commune", COMMUNE)
    cells = [
        cell for row, (village, figures) in enumerate(rows.items(), 7) for cell in village_cells(row, village, figures)
    ]
    cells += [
        one_cell("groups", 7 + row, v, "group_formed", said)
        for row, (v, said) in enumerate(more.get("groups", {}).items())
    ]
    counted = more.get("counted", {})
    cells += [one_cell("commune", 7, commune, measure, value) for measure, value in counted.items()]
    for village, parts in more.get("breakdown", {}).items():
        for row, (category, counts) in enumerate(parts.items(), 7):
            for measure, count in zip(COUNTS, counts if isinstance(counts, tuple) else (counts,), strict=False):
                cell = one_cell("breakdown", row, village, measure, count)
                dimension = "priority" if category == "poor" else "ethnic"
                cells.append(cell | {"dimension": dimension, "category": category})
    values = pl.DataFrame(cells, schema=LANDING_SCHEMA, orient="row")
    origin = more.get("origin", root.origin)
    none = (CELLS.empty_table(), 0)
    kept_back = tuple(more.get("held", ())), (), tuple(more.get("held_cells", ()))
    about = ("commune_workbook", VERSION, commune, month, revision, origin, None)
    landed = Landed(*about, *none, *kept_back, written=more.get("written", commune))
    told = {"rows": rows, "month": month, "received": received, "revision": revision} | more
    sha = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
    write_landing(root.landing, sha, with_values(landed, values))
    receipt = {
        "sha256": sha,
        "received_at": store.stamp(moment(received)),
        "sender": "",
        "way": "test",
        "file": "a.xlsx",
    }
    store.acknowledge(root, receipt | {"size": 1, "source": "commune_workbook"})
    return sha


def village_cells(row: int, village: str, figures: Figures) -> list[dict[str, Any]]:
    if isinstance(figures, str):
        helped = int(figures.split()[1]) if " " in figures else None
        figures, ticked = (None,) * 7 + (helped,), True
    else:
        ticked, figures = figures[8:] == ("x",), figures[:8]
    cells = [one_cell("villages", row, village, measure, value) for measure, value in zip(COUNTS, figures, strict=True)]
    return [cell | {"column": letter, "unchanged": ticked} for cell, letter in zip(cells, "DEFGHIJK", strict=True)]


def one_cell(sheet: str, row: int, village: str, measure: str, value: int | None) -> dict[str, Any]:
    known = village in NAMES or village[5:6] == "-"
    names = {"villages": "Thôn", "groups": "Tổ", "breakdown": "Phân tổ", "commune": "Xã"}
    return {
        "form_sheet": sheet, "sheet": names[sheet], "row": row, "column": "D",
        "village_id": village if known else None, "village_name": NAMES.get(village) if known else village,
        "measure": measure, "dimension": "none", "category": "", "value": value, "text": None, "unchanged": False,
    }  # fmt: skip


def held(row: int, code: str = "bad_number") -> Letter:
    return Letter("Thôn", row, "D", code, "abc", "một số", "…", "held")


def now(root: store.Root) -> Version:
    version = current(root.path)
    assert version is not None
    return version


def tables(version: Version) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the facts about the making."""
    named = [name for name in version.manifest["rows"] if name != "meta"]
    return {name: version.query(f'select * from "{name}" order by all').rows() for name in named}
