"""The tile map by classes of shares, the same classes every month."""

from collections.abc import Mapping

import polars as pl

from charts import classes, marks
from charts.lines import said
from charts.theme import PAPER, wrap
from charts.tilemap import EDGE, Place, bare, laid_out
from definitions import format


def svg(
    frame: pl.DataFrame,
    tiles: pl.DataFrame,
    *,
    title: str,
    desc: str = "",
    width: float = 640,
    lang: str = "vi",
    boundaries: dict | None = None,
) -> str:
    """Frame: unit, label, month, share, numerator, denominator, state, is_imputed, one row per
    commune; href, where there is one, is where a click leads."""
    head, top = marks.heading(title, width)
    laid = laid_out(frame, tiles, top + 4, width, boundaries)
    parts = [head, *(_tile(row, place, laid.cell, lang) for row, place in laid.units)]
    states = {row["state"] for row, _ in laid.units} - {""}
    has_shared = any(row["is_imputed"] for row, _ in laid.units)
    strip, bottom = classes.legend(states, has_shared, laid.bottom + 12, width, lang)
    return marks.svg("".join([*parts, strip]), width, bottom, title, desc)


def _tile(row: Mapping, place: Place, cell: float, lang: str) -> str:
    """One commune: its class, its name and figure where they fit, or the mark of why there is none."""
    fill, ink = classes.tint(row["share"], row["state"]), classes.ink(row["share"])
    parts = [marks.area(ring, fill, EDGE, 0.8) for ring in place.rings]
    hatched = row["is_imputed"] or row["state"] == "protected"
    parts += [marks.hatch(ring) for ring in place.rings if hatched and cell]
    (x, y), size = place.points[0], cell * 0.185
    lines = wrap(bare(row["label"]), cell * 0.94, size)[:2] if cell >= 44 else []
    if row["share"] is None:
        parts.append(classes.reason_mark(row["state"], x, y - cell * 0.26 if lines else y, max(7.0, cell * 0.22)))
    elif lines:
        parts.append(
            marks.text(x, y - cell * 0.16, format.percent(row["share"], 0, lang), size, ink, "middle", bold=True)
        )
    first = y + cell * (0.17 - 0.1 * (len(lines) - 1)) + cell * 0.04
    parts += [
        marks.text(x, first + i * cell * 0.21, line, size, ink, "middle", halo=hatched and ink != PAPER)
        for i, line in enumerate(lines)
    ]
    return marks.linked(marks.element("g", marks.tip(said(row, lang)) + "".join(parts)), row.get("href"))
