"""Ranked horizontal bars from zero, each with its figure."""

from collections.abc import Callable, Mapping

import polars as pl

from charts import marks
from charts.theme import ACCENT, FAINT, INK, LABEL, QUIET, SMALL, shorten
from definitions import format
from definitions.load import definitions
from definitions.text import text

ROW = 28


def svg(
    frame: pl.DataFrame,
    *,
    title: str,
    desc: str = "",
    goal: float | None = None,
    show: Callable[[float, str], str] = lambda value, lang: format.percent(value, 1, lang),
    width: float = 480,
    lang: str = "vi",
) -> str:
    """Frame, in the order to draw: name, value (null: said, not drawn as zero), and verdict where there is one."""
    head, top = marks.heading(title, width)
    names, figures = min(170.0, width * 0.42), 76.0
    left, room = names + 22, width - names - 22 - figures
    most = max([float(v) for v in frame["value"].drop_nulls()] + ([goal] if goal else []), default=0) or 1.0
    parts = [head, marks.line((left, top), (left, top + frame.height * ROW), FAINT)]
    for i, row in enumerate(frame.iter_rows(named=True)):
        parts.append(bar(row, top + i * ROW, names, left, room / most, show, lang))
    bottom = top + frame.height * ROW
    if goal is not None:
        x = left + goal / most * room
        parts.append(marks.line((x, top), (x, bottom + 4), INK, 1.5, "1 3"))
        words = f"{text('charts.goal', lang)} {show(goal, lang)}"
        parts.append(marks.text(x, bottom + 16, words, SMALL, INK, "end"))
    return marks.svg("".join(parts), width, bottom + (22 if goal is not None else 4), title, desc)


def bar(
    row: Mapping, y: float, names: float, left: float, scale: float, show: Callable[[float, str], str], lang: str
) -> str:
    middle, value = y + ROW / 2, row["value"]
    verdict = definitions().verdicts[row["verdict"]] if row.get("verdict") else None
    figure = show(value, lang) if value is not None else text("charts.not_assessed", lang)
    said = f"{row['name']}: {figure}" + (f", {verdict.label.said(lang)}" if verdict else "")
    parts = [marks.text(0, middle + 4.5, shorten(row["name"], names), LABEL)]
    parts.append(marks.sign(verdict.sign, names + 10, middle, 11) if verdict else "")
    end = left
    if value is not None and value > 0:
        end = left + value * scale
        fill, stroke = (verdict.tint, QUIET) if verdict else (ACCENT, None)
        parts.append(marks.rect(left, middle - 8, value * scale, 16, fill, stroke))
    parts.append(
        marks.text(
            end + 6, middle + 4.5, figure, LABEL, INK if value is not None else QUIET, bold=value is not None, halo=True
        )
    )
    return marks.element("g", marks.tip(said) + "".join(parts))
