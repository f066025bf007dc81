"""The tables the marts of channels and posts are made from, beside the readings themselves."""

from datetime import date, datetime
from typing import Any

import polars as pl

from definitions.channels import Channel, channel_metrics, channels
from definitions.spelling import fold
from etl import store
from etl.readings import PUBLISHED_AT, TITLE

Record = dict[str, Any]
Tables = dict[str, pl.DataFrame]


def tables(origin: store.Origin, readings: pl.DataFrame, retired: list[Record], as_of: date | None = None) -> Tables:
    """Name -> rows: the channels known on a day (of today where none is given), and what the readings need said."""
    known = {id: channel for id, channel in channels(origin).items() if as_of is None or channel.since <= as_of}
    return {
        "channel": _channels(known, as_of or date.max),
        "channel_owner": _owners(known),
        "channel_metric": _metrics(),
        "retired_metric": _retired(retired),
        "post_title": _titles(readings),
        "post_moment": _moments(readings),
    }


def _channels(known: dict[str, Channel], day: date) -> pl.DataFrame:
    """One row per channel; unit: who owns it on the day."""
    rows = []
    for id, one in known.items():
        unit = [owner.unit for owner in one.owners if owner.since <= day][-1]
        rows.append((id, one.platform, one.account, one.label.vi, one.label.en, unit, one.since, one.until))
    return _frame(rows, "channel platform account label_vi label_en unit since until")


def _owners(known: dict[str, Channel]) -> pl.DataFrame:
    """One row per channel and owner: from a day (inclusive) until a day (exclusive, null: still)."""
    rows = []
    for id, channel in known.items():
        ends = [owner.since for owner in channel.owners[1:]] + [channel.until]
        rows += [(id, owner.unit, owner.since, end) for owner, end in zip(channel.owners, ends, strict=True)]
    return _frame(rows, "channel unit since until")


def _metrics() -> pl.DataFrame:
    rows = [(id, m.platform, m.of, m.kind, m.since, m.until, m.successor) for id, m in channel_metrics().items()]
    return _frame(rows, "metric platform of kind since until successor")


def _frame(rows: list[tuple[Any, ...]], names: str) -> pl.DataFrame:
    """Rows of texts and of days under these names."""
    schema = {name: pl.Date if name in ("since", "until") else pl.String for name in names.split()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _retired(events: list[Record]) -> pl.DataFrame:
    """One row per metric a platform was found to have retired, with the first day it was found."""
    rows = [(event["metric"], date.fromisoformat(event["day"])) for event in events]
    found = pl.DataFrame(rows, schema={"metric": pl.String, "day": pl.Date}, orient="row")
    return found.group_by("metric").agg(pl.col("day").min())


def _titles(readings: pl.DataFrame) -> pl.DataFrame:
    """One row per title, with the key it is searched by."""
    titles = readings.filter(pl.col("metric") == TITLE)["text"].drop_nulls().unique()
    keys = pl.Series([fold(title) for title in titles], dtype=pl.String)
    return pl.DataFrame({"title": titles, "title_key": keys})


def _moments(readings: pl.DataFrame) -> pl.DataFrame:
    """One row per way a moment of publishing is written, with the moment in the province's time."""
    written = readings.filter(pl.col("metric") == PUBLISHED_AT)["text"].drop_nulls().unique()
    moments = pl.Series([_local(text) for text in written], dtype=pl.Datetime("ms"))
    return pl.DataFrame({"written": written, "published_at": moments})


def _local(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(store.zone()).replace(tzinfo=None) if moment.tzinfo else moment
