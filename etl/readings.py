"""The landed table of what channels' platforms count, and to which channel of ours each reading belongs."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from definitions.channels import Channel, channels
from etl import store
from etl.landing import Letter, table_of
from etl.letters import letter
from etl.shape import LETTER_SCHEMA

TABLE = "reading"  # Landed.table of the sources that give these rows
TITLE, KIND, URL, PUBLISHED_AT = "text:title", "text:kind", "text:url", "text:published_at"
SCHEMA: dict[str, Any] = {
    "row": pl.Int32,
    "platform": pl.String,
    "account": pl.String,
    "post": pl.String,
    "day": pl.Date,
    "metric": pl.String,
    "value": pl.Float64,
    "text": pl.String,
    "measured_at": pl.Datetime("ms"),
}
# As placed, and as the marts see it.
PLACED: dict[str, Any] = {"sha256": pl.String, "received_at": pl.Datetime("ms")} | SCHEMA | {"channel": pl.String}
_ARROW = {
    pl.String: pa.large_string(), pl.Int32: pa.int32(), pl.Date: pa.date32(), pl.Float64: pa.float64(),
    pl.Datetime("ms"): pa.timestamp("ms"),
}  # fmt: skip
READINGS = pa.schema([(name, _ARROW[kind]) for name, kind in SCHEMA.items()])
# Who downloads a page's daily figures says in the file's name whose they are: the file does not.
IN_NAME = ""


class Reading(NamedTuple):
    """One quantity of a channel or a post on a day.

    row: in the file, from 1
    account: the platform's own id (in files of ours the channel's id serves too), IN_NAME where only the file's name
        says it
    post: its id without the account before it, "" for the channel itself
    day: the platform's day, None for a lifetime total, that of measured_at
    metric: an id of channel_metrics.toml, or text:title, text:kind, text:url, text:published_at (ISO 8601; with an
        offset, or in the province's time) with `text` in place of `value`
    value: None is not 0
    measured_at: when it was fetched, in the province's time; None in a downloaded file, which is as old as its receipt
    """

    row: int
    platform: str
    account: str
    post: str
    day: date | None
    metric: str
    value: float | None = None
    text: str | None = None
    measured_at: datetime | None = None


def table(readings: Iterable[Reading]) -> pa.Table:
    """Readings as the cells of a landing (`Landed(..., cells=table(...), table=TABLE)`)."""
    return table_of(readings, READINGS)


def place(
    rows: pl.DataFrame, receipts: list[store.Record], origin: store.Origin, registry: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The readings of channels we know, with `channel`, and a letter for every row of a file that is of none.

    Days that had not come when the file arrived are held back too. Rows of a channel that is entered later come in by
    themselves with the next version.
    """
    known = channels(origin)
    rows = rows.with_columns(measured_at=pl.coalesce("measured_at", "received_at"))
    rows = rows.with_columns(day=pl.coalesce("day", pl.col("measured_at").dt.date()))
    rows = _accounts_from_names(rows, receipts, known)
    accounts = pl.DataFrame(
        [(channel.platform, name, id) for id, channel in known.items() for name in {channel.account, id}],
        schema={"platform": pl.String, "account": pl.String, "channel": pl.String},
        orient="row",
    )
    rows = rows.join(accounts, on=["platform", "account"], how="left", maintain_order="left")
    rows = rows.with_columns(code=_code())
    kept = rows.filter(pl.col("code").is_null()).drop("code")
    return kept, _letters(rows.filter(pl.col("code").is_not_null()))


def _code() -> pl.Expr:
    is_early = pl.col("day") > pl.col("received_at").dt.date()
    return (
        pl.when(pl.col("account") == IN_NAME).then(pl.lit("no_channel_in_name"))
        .when(pl.col("channel").is_null()).then(pl.lit("unknown_channel"))
        .when(is_early).then(pl.lit("future_day"))
    )  # fmt: skip


def _accounts_from_names(rows: pl.DataFrame, receipts: list[store.Record], known: dict[str, Channel]) -> pl.DataFrame:
    """The account of rows that leave it to the file's name, "" where that names no channel or two."""
    nameless = rows.filter(pl.col("account") == IN_NAME).select("sha256", "platform").unique()
    files = {receipt["sha256"]: receipt["file"] for receipt in receipts}
    found = [(sha, platform, named(files[sha], platform, known)) for sha, platform in nameless.iter_rows()]
    meant = pl.DataFrame(found, schema={"sha256": pl.String, "platform": pl.String, "meant": pl.String}, orient="row")
    rows = rows.join(meant, on=["sha256", "platform"], how="left", maintain_order="left")
    account = pl.when(pl.col("account") == IN_NAME).then("meant").otherwise("account")
    return rows.with_columns(account=account).drop("meant")


def named(file: str, platform: str, known: dict[str, Channel]) -> str:
    """The account a file's name names by the channel's id or the platform's own, "" for none or for two.

    >>> named("fb-15 Views.csv", "facebook", {})
    ''
    """
    stem = PurePath(file).stem.casefold()
    found = {
        channel.account
        for id, channel in known.items()
        if channel.platform == platform
        and any(re.search(rf"(?<![\w-]){re.escape(name.casefold())}(?![\w-])", stem) for name in (id, channel.account))
    }
    return found.pop() if len(found) == 1 else IN_NAME


def _letters(held: pl.DataFrame) -> pl.DataFrame:
    """One letter per row of a file held back."""
    rows = held.unique(["sha256", "row"], keep="first", maintain_order=True).sort("sha256", "row")
    return pl.DataFrame([_told(row) for row in rows.iter_rows(named=True)], schema=LETTER_SCHEMA, orient="row")


def _told(row: dict[str, Any]) -> dict[str, Any]:
    found = {"unknown_channel": row["account"], "future_day": f"{row['day']:%d/%m/%Y}"}.get(row["code"], "")
    told: Letter = letter(row["code"], "", row["row"], None, found)
    return {"sha256": row["sha256"], "commune": None, "month": None} | asdict(told)
