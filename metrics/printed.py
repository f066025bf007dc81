"""Figures found in print, shown with their source beside our series and never added to them."""

from dataclasses import asdict
from datetime import date
from functools import lru_cache

import polars as pl

from definitions import reference
from definitions.load import definitions
from warehouse.version import Version


def printed(version: Version, place: str | None = None) -> pl.DataFrame:
    """One row per printed figure, of one place or of all: place, indicator, label_vi, label_en, value or range, unit,
    qualifier, date, source, status, reason, note, in the order of the table."""
    return _all(version) if place is None else _by_place(version).get(place, _all(version).clear())


@lru_cache(maxsize=8)
def _all(version: Version) -> pl.DataFrame:
    worded = pl.DataFrame([asdict(of) for of in reference.printed_indicators()])
    figures = version.query("from printed_figure")
    return figures.join(worded, on="indicator", how="left", maintain_order="left")


@lru_cache(maxsize=8)
def _by_place(version: Version) -> dict[str, pl.DataFrame]:
    parts = _all(version).partition_by("place_code", as_dict=True)
    return {str(place): rows for (place,), rows in parts.items()}


def shares(version: Version, indicator: str, unit: str, since: date, until: date) -> pl.DataFrame:
    """One row per share found in print of a unit: date, share, source, between two days."""
    found = _shares(version, indicator)
    return found[unit].filter(pl.col("date").is_between(since, until)) if unit in found else found[""]


@lru_cache(maxsize=32)
def _shares(version: Version, indicator: str) -> dict[str, pl.DataFrame]:
    """By place the shares found in print; "": none."""
    is_of = pl.col("indicator").is_in(definitions().indicators[indicator].printed)
    dated = (
        _all(version)
        .filter(is_of & (pl.col("unit") == "%") & pl.col("value").is_not_null())
        .select(
            "place_code",
            date=pl.col("day").cast(pl.String).str.to_date(),
            share=pl.col("value") / 100,
            source="source",
        )
    )
    parts = dated.partition_by("place_code", as_dict=True, include_key=False)
    return {"": dated.drop("place_code").clear()} | {str(place): rows for (place,), rows in parts.items()}
