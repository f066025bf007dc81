"""Figures found in print, shown with their source beside our series and never added to them."""

import polars as pl

from warehouse.version import Version


def printed(version: Version, place: str | None = None) -> pl.DataFrame:
    """One row per printed figure, of one place or of all."""
    return version.query("select * from printed_figure where ? is null or place_code = ? order by id", [place, place])
