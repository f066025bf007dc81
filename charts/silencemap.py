"""The tile map of where people say something, and the three ways in which they do not."""

from collections.abc import Mapping

import polars as pl

from charts import marks
from charts.theme import FAINT, INK, PAPER, QUIET, SHADE, SMALL, text_width, wrap
from charts.tilemap import EDGE, Place, bare, laid_out
from definitions import format
from definitions.text import text

SAID = "#C6DDEC"
STATES = ("feedback", "no_feedback", "no_channel", "no_report")


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
    """Frame: unit, label, received, state (one of STATES), one row per commune; href: where a click leads."""
    head, top = marks.heading(title, width)
    laid = laid_out(frame, tiles, top + 4, width, boundaries)
    parts = [head, *(_tile(row, place, laid.cell, lang) for row, place in laid.units)]
    strip, bottom = _legend({row["state"] for row, _ in laid.units}, laid.bottom + 12, width, lang)
    return marks.svg("".join([*parts, strip]), width, bottom, title, desc)


def said(row: Mapping, lang: str) -> str:
    """ "Xã Bắc Hà: 12 phản ánh", or why nothing is said."""
    told = text(f"feedback.silence_{row['state']}", lang, n=format.integer(row["received"], lang))
    return f"{row['label']}: {told}"


def mark(state: str, x: float, y: float, size: float) -> str:
    """A ring: open and nothing came; a dash: no channel; a question mark: nobody told."""
    match state:
        case "no_feedback":
            return marks.sign("○", x, y, size, INK)
        case "no_channel":
            return marks.line((x - size / 2, y), (x + size / 2, y), INK, max(1.6, size / 6))
        case "no_report":
            return marks.text(x, y + size * 0.36, "?", size, QUIET, "middle", bold=True)
    return ""


def fill(state: str) -> str:
    return {"feedback": SAID, "no_report": SHADE}.get(state, PAPER)


def _tile(row: Mapping, place: Place, cell: float, lang: str) -> str:
    parts = [marks.area(ring, fill(row["state"]), EDGE, 0.8) for ring in place.rings]
    parts += [marks.hatch(ring) for ring in place.rings if row["state"] == "no_report" and cell]
    (x, y), size = place.points[0], cell * 0.185
    lines = wrap(bare(row["label"]), cell * 0.94, size)[:2] if cell >= 44 else []
    if row["state"] != "feedback":
        parts.append(mark(row["state"], x, y - cell * 0.26 if lines else y, max(8.0, cell * 0.26)))
    elif lines:
        n = format.integer(row["received"], lang)
        parts.append(marks.text(x, y - cell * 0.16, n, size, INK, "middle", bold=True))
    first = y + cell * (0.17 - 0.1 * (len(lines) - 1)) + cell * 0.04
    halo = row["state"] == "no_report"
    for i, line in enumerate(lines):
        parts.append(marks.text(x, first + i * cell * 0.21, line, size, INK, "middle", halo=halo))
    return marks.linked(marks.element("g", marks.tip(said(row, lang)) + "".join(parts)), row.get("href"))


def _legend(states: set[str], y: float, width: float, lang: str) -> tuple[str, float]:
    x, parts = 1.0, []
    for state in STATES:
        if state not in states:
            continue
        words = text(f"feedback.mark_{state}", lang)
        wide = 28 + text_width(words, SMALL) + 14
        if x > 1 and x + wide > width:
            x, y = 1.0, y + 23
        corners = [(x, y), (x + 22, y), (x + 22, y + 16), (x, y + 16)]
        parts.append(marks.area(corners, fill(state), FAINT) + (marks.hatch(corners) if state == "no_report" else ""))
        parts.append(mark(state, x + 11, y + 8, 11) + marks.text(x + 28, y + 12.5, words, SMALL))
        x += wide
    return "".join(parts), y + 26
