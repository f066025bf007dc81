"""The ladder of village groups: formed, trained, active, each as n of all villages."""

import polars as pl

from charts import marks
from charts.theme import ACCENT, INK, LABEL, PAPER, QUIET, SHADE
from definitions import format
from definitions.text import text

RUNGS = ("formed", "trained", "active")
ROW = 46
FILLS = {"formed": "#0b5c8a", "trained": "#3f83ab", "active": "#7fb0cd"}


def svg(
    frame: pl.DataFrame, *, title: str, desc: str = "", unknown: int = 0, width: float = 480, lang: str = "vi"
) -> str:
    """Frame: rung (formed, trained, active), n, total. `unknown`: groups not known to be active or not, hatched."""
    head, top = marks.heading(title, width)
    counts = {row["rung"]: (row["n"], row["total"]) for row in frame.rows(named=True)}
    parts = [
        rung(name, *counts[name], top + i * ROW, width, unknown, lang)
        for i, name in enumerate(r for r in RUNGS if r in counts)
    ]
    notes = [text("charts.unknown_activity", lang, n=format.integer(unknown, lang))] if unknown else []
    foot, bottom = marks.footnotes(notes, top + len(parts) * ROW, width)
    return marks.svg("".join([head, *parts, foot]), width, bottom, title, desc)


def rung(name: str, n: int | None, total: int, y: float, width: float, unknown: int, lang: str) -> str:
    word = text(f"charts.{name}", lang)
    figure = (
        text("charts.no_data", lang)
        if n is None
        else text("charts.of_villages", lang, n=format.integer(n, lang), total=format.integer(total, lang))
    )
    scale, bar = (width - 1) / max(total, 1), y + 20
    parts = [
        marks.text(0, y + 14, word, LABEL, bold=True),
        marks.text(width - 1, y + 14, figure, LABEL, INK if n is not None else QUIET, "end"),
    ]
    parts.append(marks.rect(0.5, bar, width - 1, 16, SHADE, QUIET, stroke_width=0.6))
    if n:
        parts.append(marks.rect(0.5, bar, n * scale, 16, FILLS.get(name, ACCENT)))
    if name == "active" and unknown:
        start, end = 0.5 + (n or 0) * scale, 0.5 + ((n or 0) + unknown) * scale
        corners = [(start, bar), (end, bar), (end, bar + 16), (start, bar + 16)]
        parts.append(marks.area(corners, PAPER, QUIET) + marks.hatch(corners))
    return marks.element("g", marks.tip(f"{word}: {figure}") + "".join(parts))
