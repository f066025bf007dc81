"""The landed table of feedback cases, and to which commune and village each belongs."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import PurePath
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from definitions.reference import communes
from definitions.spelling import fold
from etl import shape, store
from etl.landing import table_of
from etl.letters import letter

TABLE = "feedback"  # Landed.table of the source that gives these rows
DAYS = ("received", "forwarded", "due", "answered", "told", "closed")
IN_NAME = ""
SCHEMA: dict[str, Any] = {
    "row": pl.Int32,
    "sheet": pl.String,
    "commune": pl.String,
    "case_id": pl.String,
    "channel": pl.String,
    "village_id": pl.String,
    "village_name": pl.String,
    "topic": pl.String,
    "desk": pl.String,
    **dict.fromkeys(DAYS, pl.Date),
    "agrees": pl.Boolean,
}
# As placed, and as the marts see it.
PLACED: dict[str, Any] = (
    {"sha256": pl.String, "received_at": pl.Datetime("ms")}
    | {name: kind for name, kind in SCHEMA.items() if not name.startswith("village_")}
    | {"village": pl.String}
)
_ARROW = {pl.String: pa.large_string(), pl.Int32: pa.int32(), pl.Date: pa.date32(), pl.Boolean: pa.bool_()}
CASES = pa.schema([(name, _ARROW[kind]) for name, kind in SCHEMA.items()])


class Case(NamedTuple):
    """One row of a case list. commune: its code, "" where only the file's name says it; topic, desk, channel: ids of
    feedback.toml; a day or an answer that is not known is None; nothing of the text itself is kept.
    """

    row: int
    sheet: str
    commune: str
    case_id: str
    channel: str | None
    village_id: str | None
    village_name: str | None
    topic: str | None
    desk: str | None
    received: date
    forwarded: date | None
    due: date | None
    answered: date | None
    told: date | None
    closed: date | None
    agrees: bool | None


def table(cases: Iterable[Case]) -> pa.Table:
    """Cases as the cells of a landing (`Landed(..., cells=table(...), table=TABLE)`)."""
    return table_of(cases, CASES)


def place(
    rows: pl.DataFrame, receipts: list[store.Record], origin: store.Origin, registry: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases of known communes, with `village`, and a letter for each row held back or asked about.

    Held: no commune, or a day that had not come when the file arrived (the due day may lie ahead). A village nobody
    knows is asked about; its case counts for the commune.
    """
    rows = _communes_from_names(rows, receipts)
    arrived = pl.col("received_at").dt.date()
    latest = pl.max_horizontal(pl.col(day) for day in DAYS if day != "due")
    code = (
        pl.when(pl.col("commune") == IN_NAME).then(pl.lit("case_commune"))
        .when(latest > arrived).then(pl.lit("future_day"))
    )  # fmt: skip
    rows = rows.with_columns(code=code, latest=latest)
    kept, held = rows.filter(pl.col("code").is_null()), rows.filter(pl.col("code").is_not_null())
    kept, asked = _villages(kept.drop("code", "latest"), registry)
    told = [_told(row, row["code"], f"{row['latest']:%d/%m/%Y}") for row in held.iter_rows(named=True)]
    letters = pl.DataFrame(told + asked, schema=shape.LETTER_SCHEMA, orient="row")
    return kept, letters.sort("sha256", "row", maintain_order=True)


def _communes_from_names(rows: pl.DataFrame, receipts: list[store.Record]) -> pl.DataFrame:
    """The commune of rows that leave it to the file's name."""
    nameless = rows.filter(pl.col("commune") == IN_NAME)["sha256"].unique().to_list()
    files = {receipt["sha256"]: receipt["file"] for receipt in receipts}
    meant = pl.DataFrame(
        [(sha, commune_named(files[sha])) for sha in nameless],
        schema={"sha256": pl.String, "meant": pl.String},
        orient="row",
    )
    rows = rows.join(meant, on="sha256", how="left", maintain_order="left")
    commune = pl.when(pl.col("commune") == IN_NAME).then("meant").otherwise("commune")
    return rows.with_columns(commune=commune).drop("meant")


def commune_named(file: str) -> str:
    """The commune a file's name gives by its code or by its name alone, "" for none or for two.

    >>> commune_named("phan-anh-04456-2026-10.csv"), commune_named("Phản ánh.csv")
    ('04456', '')
    """
    stem = f" {fold(PurePath(file).stem)} "
    by_code = {unit.code for unit in communes() if f" {unit.code} " in stem}
    by_name = {unit.code for unit in communes() if f" {fold(unit.full_name)} " in stem}
    found = by_code or by_name
    return found.pop() if len(found) == 1 else IN_NAME


def _villages(rows: pl.DataFrame, registry: pl.DataFrame) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The rows with their village (null: none named, or not known) and a question for each that is not known."""
    month = pl.col("received").dt.month_start().alias("month")
    places = rows.with_columns(month, part=pl.lit(""))
    named = places.filter(pl.coalesce("village_id", "village_name").is_not_null())
    found = shape.placed_villages(named, registry).rename({"unit": "village"})
    placed = places.join(found, on=shape.PLACE, how="left", nulls_equal=True, maintain_order="left")
    unknown = placed.filter(pl.col("code").is_not_null() & (pl.col("code") != ""))
    # While the list of villages waits to be adopted there is nothing the sender could do.
    unknown = unknown.filter(pl.col("code") != "village_list_not_adopted")
    asked = []
    for row in unknown.iter_rows(named=True):
        about = f" ({row['about']})" if row["about"] else ""
        asked.append(_told(row, "case_village", row["village_id"] or row["village_name"], what=about))
    return placed.select(*PLACED), asked


def _told(row: dict[str, Any], code: str, found: str, **words: str) -> dict[str, Any]:
    told = letter(code, row["sheet"], row["row"], None, "" if code == "case_commune" else found, **words)
    return {"sha256": row["sha256"], "commune": row["commune"] or None, "month": None} | asdict(told)
