"""A chart as a picture to send: SVG -> PNG with its caption, no browser needed."""

import re

from exports import typeset
from exports.papers import Edition


def png(svg: str, edition: Edition, *, title: str, definition: str = "", scale: int = 2) -> bytes:
    """The chart at `scale` pixels a point; under it title, as-of date, version and definition."""
    captions = [line for line in (title, edition.line, definition) if line]
    data = {
        "svg": svg,
        "width": width(svg),
        "title": title,
        "captions": captions,
        "band": edition.band,
        "lang": edition.lang,
    }
    return typeset.png("picture", data, scale)


def width(svg: str) -> float:
    found = re.search(r'viewBox="0 0 ([\d.]+) ', svg)
    if found is None:
        raise ValueError("not one of our charts: it has no viewBox from 0 0")
    return float(found[1])
