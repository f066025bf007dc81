"""Figures found in print, shown with their source beside our series and never added to them."""

from dataclasses import asdict

import polars as pl

from definitions import reference
from warehouse.version import Version


def printed(version: Version, place: str | None = None) -> pl.DataFrame:
    """One row per printed figure, of one place or of all: place, indicator, label_vi, label_en, value or range, unit,
    qualifier, date, source, status, reason, note, in the order of the table."""
    figures = version.query(
        "select * from printed_figure where ? is null or place_code = ? order by id", [place, place]
    )
    worded = pl.DataFrame([asdict(of) for of in reference.printed_indicators()])
    return figures.join(worded, on="indicator", how="left", maintain_order="left")
