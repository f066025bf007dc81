"""The landed table of households by commune that another source than the report counts."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from etl import store
from etl.landing import table_of
from etl.letters import letter
from etl.shape import LETTER_SCHEMA

TABLE = "household_count"  # Landed.table of the source that gives these rows
SCHEMA: dict[str, Any] = {
    "row": pl.Int32,
    "commune": pl.String,
    "source": pl.String,
    "households": pl.Int64,
    "day": pl.Date,
    "document": pl.String,
}
PLACED: dict[str, Any] = {"sha256": pl.String, "received_at": pl.Datetime("ms")} | SCHEMA
_ARROW = {pl.String: pa.large_string(), pl.Int32: pa.int32(), pl.Int64: pa.int64(), pl.Date: pa.date32()}
COUNTS = pa.schema([(name, _ARROW[kind]) for name, kind in SCHEMA.items()])


class Count(NamedTuple):
    """How many households a source counts in a commune on a day, and the paper that says so."""

    row: int
    commune: str
    source: str
    households: int
    day: date
    document: str


def table(counts: Iterable[Count]) -> pa.Table:
    """Counts as the cells of a landing (`Landed(..., cells=table(...), table=TABLE)`)."""
    return table_of(counts, COUNTS)


def place(
    rows: pl.DataFrame, receipts: list[store.Record], origin: store.Origin, registry: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The counts of days that had come when the file arrived, and a letter for each other row."""
    is_early = pl.col("day") > pl.col("received_at").dt.date()
    letters = [
        {"sha256": row["sha256"], "commune": row["commune"], "month": None}
        | asdict(letter("future_day", "", row["row"], None, f"{row['day']:%d/%m/%Y}"))
        for row in rows.filter(is_early).iter_rows(named=True)
    ]
    return rows.filter(~is_early), pl.DataFrame(letters, schema=LETTER_SCHEMA, orient="row")
