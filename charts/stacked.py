"""Horizontal bars of two or more parts from zero, each part with its figure, named in a legend above."""

from collections.abc import Mapping, Sequence

import polars as pl

from charts import marks
from charts.theme import ACCENT, FAINT, INK, PAPER, SMALL, shorten, text_width
from definitions import format

ROW = 30
FILLS = (ACCENT, "#b9d3e3", "#e3c98f")
INKS = (PAPER, INK, INK)


def svg(
    frame: pl.DataFrame, parts: Mapping[str, str], *, title: str, desc: str = "", width: float = 480, lang: str = "vi"
) -> str:
    """Frame, in the order to draw: name and one count per part; parts: column -> its words. The second is hatched."""
    head, top = marks.heading(title, width)
    legend, top = _legend(list(parts.values()), top + 2, width)
    names = min(130.0, width * 0.34)
    whole = [sum(row[part] for part in parts) for row in frame.iter_rows(named=True)]
    room = (width - names - 60) / (max(whole, default=0) or 1)
    drawn = [marks.line((names, top), (names, top + frame.height * ROW), FAINT)]
    for place, row in enumerate(frame.iter_rows(named=True)):
        y = top + place * ROW
        drawn.append(marks.text(0, y + ROW / 2 + 4.5, shorten(row["name"], names - 8)))
        drawn.append(_bar(row, parts, (names, y + 5), room, lang))
        end = names + whole[place] * room
        drawn.append(marks.text(end + 6, y + ROW / 2 + 4.5, format.integer(whole[place], lang), bold=True))
    return marks.svg("".join([head, legend, *drawn]), width, top + frame.height * ROW + 4, title, desc)


def _bar(row: Mapping, parts: Mapping[str, str], at: marks.Point, room: float, lang: str) -> str:
    (x, y), found = at, []
    for place, (part, words) in enumerate(parts.items()):
        wide = row[part] * room
        if not wide:
            continue
        corners = [(x, y), (x + wide, y), (x + wide, y + 20), (x, y + 20)]
        said = format.integer(row[part], lang)
        inner = marks.area(corners, FILLS[place]) + (marks.hatch(corners, PAPER) if place == 1 else "")
        if wide > text_width(said, SMALL) + 6 and len([p for p in parts if row[p]]) > 1:
            inner += marks.text(x + wide / 2, y + 14, said, SMALL, INKS[place], "middle", halo=place == 1)
        found.append(marks.element("g", marks.tip(f"{row['name']}: {words} {said}") + inner))
        x += wide
    return "".join(found)


def _legend(words: Sequence[str], y: float, width: float) -> tuple[str, float]:
    x, found = 0.0, []
    for place, said in enumerate(words):
        wide = 26 + text_width(said, SMALL) + 16
        if x and x + wide > width:
            x, y = 0.0, y + 20
        corners = [(x, y), (x + 18, y), (x + 18, y + 12), (x, y + 12)]
        found.append(marks.area(corners, FILLS[place]) + (marks.hatch(corners, PAPER) if place == 1 else ""))
        found.append(marks.text(x + 24, y + 10.5, said, SMALL))
        x += wide
    return "".join(found), y + 24
