"""What the deliveries come to, taken together: which were refused, which rows count, what their senders were told."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from etl import award_entries, cases, households, readings, shape, store
from etl.landing import CELL, LANDING_SCHEMA, Packed
from etl.letters import letter
from etl.registry import REGISTRY_SCHEMA, part_of

ORIGINS = {"real": "tệp số liệu thật", "demo": "tệp minh hoạ"}
DELIVERY_SCHEMA: dict[str, Any] = {
    "sha256": pl.String,
    "source": pl.String,
    "file": pl.String,
    "sender": pl.String,
    "way": pl.String,
    "received_at": pl.Datetime("ms"),
    "commune": pl.String,
    "written": pl.String,
    "month": pl.Date,
    "revision": pl.Int64,
    "verdict": pl.String,
    "rows_stored": pl.Int64,
    "rows_held": pl.Int64,
    "rows_ignored": pl.Int64,
    "withdrawn": pl.String,
    "refusal": pl.String,
}
BESIDE: dict[str, Any] = {
    "sha256": pl.String, "commune": pl.String, "month": pl.Date, "received_on": pl.Date, "part": pl.String,
}  # fmt: skip
CELL_SCHEMA = BESIDE | LANDING_SCHEMA
Record = dict[str, Any]


class OtherTable(NamedTuple):
    """A landed table beside the communes' cells.

    schema: its columns as landed, `row` among them. place(rows, receipts, origin, registry): the rows that count, and
    letters (etl.shape.LETTER_SCHEMA), one for each row of a file held back; rows come with sha256 and received_at.
    """

    schema: dict[str, Any]
    place: Callable[[pl.DataFrame, list[Record], store.Origin, pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]]


# By Landed.table; the marts see what is placed as given_<name>.
OTHER_TABLES = {
    readings.TABLE: OtherTable(readings.SCHEMA, readings.place),
    cases.TABLE: OtherTable(cases.SCHEMA, cases.place),
    households.TABLE: OtherTable(households.SCHEMA, households.place),
    award_entries.POINTS: OtherTable(award_entries.POINTS_SCHEMA, award_entries.placed),
    award_entries.VISITS: OtherTable(award_entries.VISITS_SCHEMA, award_entries.placed),
}
AT_ONCE = 2_000  # deliveries, of about 2 million cells
ARRIVED: dict[str, Any] = {"sha256": pl.String, "received_at": pl.Datetime("ms")}


class Read(NamedTuple):
    """Deliveries as read: receipts, heads of their landings by hash, all cells, the rows of every other table."""

    receipts: list[Record]
    heads: dict[str, Record]
    cells: pl.DataFrame
    others: dict[str, pl.DataFrame]

    @property
    def held(self) -> pl.DataFrame:
        """One row per row the reader held back (etl.shape.HELD_SCHEMA)."""
        rows = [
            (sha, head["commune"], _month(head), form_sheet, sheet, row, village_id, village_name, part)
            for sha, head in self.heads.items()
            for part in [part_of(head["written"])]
            for form_sheet, sheet, row, _, village_id, village_name, *_ in head["held_cells"]
        ]
        return pl.DataFrame(rows, schema=shape.HELD_SCHEMA, orient="row").unique()


class Judged(NamedTuple):
    """deliveries: one row each; cells: those stored, with their unit; letters: all that is said to the senders.

    is_breakdown: the letter is about a sheet with counts of ethnic or priority groups; has_breakdown: the file has one.
    others: the placed rows of every other table by its name, those of withdrawn deliveries left out.
    """

    deliveries: pl.DataFrame
    cells: pl.DataFrame
    letters: pl.DataFrame
    others: dict[str, pl.DataFrame]


def judge_all(
    receipts: Sequence[Record], landed: Mapping[str, Packed], registry: pl.DataFrame, origin: store.Origin,
    withdrawn: dict[str, str], told: Sequence[Record],
) -> Judged:  # fmt: skip
    """Every delivery of a root, judged some at a time: none depends on another, and each step copies what it works on.

    cells: without the sheet that makes the registry, and without what places a village.
    """
    parts = []
    for start in range(0, max(len(receipts), 1), AT_ONCE):
        some = list(receipts[start : start + AT_ONCE])
        read = in_hand(some, {one["sha256"]: landed[one["sha256"]] for one in some})
        part = judge(read, registry, origin, withdrawn, told)
        cells = part.cells.filter(pl.col("form_sheet") != "registry")
        cells = cells.drop("village_id", "village_name", "commune", "part")
        parts.append(part._replace(cells=cells))
    return Judged(
        pl.concat(part.deliveries for part in parts),
        pl.concat(part.cells for part in parts),
        pl.concat(part.letters for part in parts),
        {table: pl.concat(part.others[table] for part in parts) for table in OTHER_TABLES},
    )


def in_hand(receipts: list[Record], landed: dict[str, Packed]) -> Read:
    """Deliveries as their landings hold them (hash -> landing), whether these are kept or not."""
    heads = {sha: packed.head for sha, packed in landed.items()}
    full: dict[str, list[str]] = {}
    for sha, head in heads.items():
        if head["cells"]:
            full.setdefault(head["table"], []).append(sha)
    rows = {table: pl.scan_parquet([landed[sha].values for sha in shas]).collect() for table, shas in full.items()}
    cells = pl.DataFrame(schema=CELL_SCHEMA)
    if CELL in full:
        cells = _beside_receipts(rows[CELL], receipts, {sha: heads[sha] for sha in full[CELL]})
    others = {}
    for table, (schema, _) in OTHER_TABLES.items():
        shas = full.get(table, [])
        others[table] = _beside_arrival(rows.get(table, pl.DataFrame(schema=schema)), receipts, heads, shas)
    return Read(receipts, heads, cells, others)


def _beside_arrival(
    rows: pl.DataFrame, receipts: list[Record], heads: dict[str, Record], shas: list[str]
) -> pl.DataFrame:
    """The rows, in the order of these deliveries, with the hash and the moment each came with."""
    arrived = {one["sha256"]: store.local(one["received_at"]).replace(tzinfo=None) for one in receipts}
    beside = pl.DataFrame([(sha, arrived[sha]) for sha in shas], schema=ARRIVED, orient="row")
    return _repeated(beside, [heads[sha]["cells"] for sha in shas], rows)


def _beside_receipts(cells: pl.DataFrame, receipts: list[Record], heads: dict[str, Record]) -> pl.DataFrame:
    """The cells, in the order of the heads, with their delivery's hash, commune, month, day of arrival and old unit."""
    arrived = {receipt["sha256"]: store.local(receipt["received_at"]).date() for receipt in receipts}
    rows = [(sha, head["commune"], _month(head), arrived[sha], part_of(head["written"])) for sha, head in heads.items()]
    beside = pl.DataFrame(rows, schema=BESIDE, orient="row")
    return _repeated(beside, [head["cells"] for head in heads.values()], cells).select(CELL_SCHEMA.keys())


def _repeated(beside: pl.DataFrame, counts: Sequence[int], rows: pl.DataFrame) -> pl.DataFrame:
    """Each row of beside at its so many rows; a text stands in memory once, however often it is repeated."""
    return pl.concat([beside[np.repeat(np.arange(len(counts)), counts)], rows], how="horizontal")


def _month(head: Record) -> date | None:
    return date.fromisoformat(head["month"]) if head["month"] else None


def judge(
    read: Read, registry: pl.DataFrame, origin: store.Origin, withdrawn: dict[str, str] | None = None,
    told: Sequence[Record] = (),
) -> Judged:  # fmt: skip
    """Refuse, place and count; withdrawn: hash -> reason; told: what the rules of award stages said about their forms.

    rows_stored + rows_held + rows_ignored are the rows of the file.
    """
    here = pl.DataFrame([one for one in told if one["sha256"] in read.heads], schema=shape.LETTER_SCHEMA, orient="row")
    refused = {row["sha256"]: row for row in here.filter(pl.col("severity") == "refused").iter_rows(named=True)}
    refused |= {sha: why for sha, head in read.heads.items() if (why := refusal(head, origin))}
    cells, rows_held = (rows.filter(~pl.col("sha256").is_in(list(refused))) for rows in (read.cells, read.held))
    shaped = shape.resolve(cells, registry, rows_held)
    others, placed = _place(read, refused, origin, registry)
    placed = pl.concat([placed, here.filter(pl.col("severity") != "refused")])
    held_here = pl.concat([shaped.letters, placed.filter(pl.col("severity") == "held")])
    held = dict(held_here.group_by("sha256").agg("code").iter_rows())
    rows = []
    for receipt in read.receipts:
        sha = receipt["sha256"]
        rows.append(
            _delivery(receipt, read.heads[sha], held.get(sha, []), refused.get(sha), (withdrawn or {}).get(sha))
        )
    said = [row for sha, head in read.heads.items() for row in _said(sha, head, refused.get(sha))]
    letters = pl.concat([pl.DataFrame(said, schema=shape.LETTER_SCHEMA, orient="row"), shaped.letters, placed])
    others = {table: rows.filter(~pl.col("sha256").is_in(list(withdrawn or {}))) for table, rows in others.items()}
    listed, sheets = pl.DataFrame(rows, schema=DELIVERY_SCHEMA, orient="row"), _breakdowns(read)
    return Judged(
        _marked(listed, sheets.select("sha256").unique(), "has_breakdown"),
        shaped.cells,
        _marked(letters, sheets, "is_breakdown"),
        others,
    )


def _place(
    read: Read, refused: Collection[str], origin: store.Origin, registry: pl.DataFrame
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The rows of every other table that count, and the letters on them and on those held back."""
    others, letters = {}, [pl.DataFrame(schema=shape.LETTER_SCHEMA)]
    for table, rows in read.others.items():
        kept = rows.filter(~pl.col("sha256").is_in(list(refused)))
        place = OTHER_TABLES[table].place
        others[table], told = place(kept, read.receipts, origin, registry) if len(kept) else _none_placed(table)
        letters.append(told)
    return others, pl.concat(letters)


@cache
def _none_placed(table: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a table without rows is placed as: a month of workbooks has none of the others, and each takes a while."""
    schema, place = OTHER_TABLES[table]
    return place(pl.DataFrame(schema=ARRIVED | schema), [], "real", pl.DataFrame(schema=REGISTRY_SCHEMA))


def _breakdowns(read: Read) -> pl.DataFrame:
    """One row per sheet that counts groups of households: sha256, sheet; with stored rows or with rows held back."""
    found = (rows.filter(pl.col("form_sheet") == "breakdown") for rows in (read.cells, read.held))
    return pl.concat(rows.select("sha256", "sheet") for rows in found).unique()


def _marked(rows: pl.DataFrame, among: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows with a column that says whether they are about one of these."""
    beside = among.with_columns(pl.lit(True).alias(name))
    return rows.join(beside, on=among.columns, how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(False)
    )


def refusal(head: Record, origin: store.Origin) -> Record | None:
    """The letter that refuses a whole delivery: the reader's, or that it belongs into the other root."""
    if head["refused"] or head["origin"] in (origin, None):
        return head["refused"]
    wanted = f"một {ORIGINS[origin]}"
    return asdict(letter("wrong_origin", found=ORIGINS[head["origin"]], expected_origin=wanted))


def _delivery(
    receipt: Record, head: Record, held_here: list[str], refused: Record | None, withdrawn: str | None
) -> Record:
    """held_here: the code of each row that was read but could not be placed."""
    rows = head["rows"]
    stored = 0 if refused else rows["stored"] - len(held_here)
    held = rows["stored"] - stored + rows["held"]
    return {
        **{name: receipt[name] for name in ("sha256", "source", "file", "sender", "way")},
        "received_at": store.local(receipt["received_at"]).replace(tzinfo=None),
        "commune": head["commune"], "written": head["written"], "month": _month(head), "revision": head["revision"],
        "verdict": verdict(stored, held, refused, "village_list_not_adopted" in held_here),
        "rows_stored": stored, "rows_held": held, "rows_ignored": rows["ignored"],
        "withdrawn": withdrawn, "refusal": refused["code"] if refused else None,
    }  # fmt: skip


def verdict(stored: int, held: int, refused: Record | None, is_waiting: bool) -> str:
    """accepted, partly, or refused: the file was refused, or every row of figures in it was held back.

    Rows that only wait for their commune's list of villages come in by themselves: that is no refusal.
    """
    if refused or (held and not stored and not is_waiting):
        return "refused"
    return "partly" if held else "accepted"


def _said(sha: str, head: Record, refused: Record | None) -> list[Record]:
    told = [refused] if refused else []
    about = {"sha256": sha, "commune": head["commune"], "month": _month(head)}
    return [one | about for one in told + head["letters"]]
