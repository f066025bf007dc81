"""Horizontal bars from zero in the order given, each with its figure or with why there is none."""

from collections.abc import Callable, Mapping

import polars as pl

from charts import classes, marks
from charts.theme import ACCENT, FAINT, INK, LABEL, PAPER, QUIET, SMALL, shorten, text_width
from definitions import format
from definitions.load import definitions
from definitions.text import text

ROW = 28
PLAIN = "#3f83ab"


def svg(
    frame: pl.DataFrame,
    *,
    title: str,
    desc: str = "",
    line: tuple[str, float] | None = None,
    show: Callable[[float, str], str] = lambda value, lang: format.percent(value, 1, lang),
    width: float = 480,
    lang: str = "vi",
) -> str:
    """Frame, in the order to draw: name, value (null: said, not drawn as zero); where there is one also verdict, state
    (why there is no value), is_imputed (hatched), is_pinned (bold), href (where a click leads). line: a value to hold
    the bars against, in words.
    """
    head, top = marks.heading(title, width)
    names, figures = min(190.0, width * 0.42), 86.0
    left, room = names + 22, width - names - 22 - figures
    most = max([float(v) for v in frame["value"].drop_nulls()] + ([line[1]] if line else []), default=0) or 1.0
    parts = [head, marks.line((left, top), (left, top + frame.height * ROW), FAINT)]
    bottom = top + frame.height * ROW
    drawn = [
        bar(row, top + i * ROW, names, left, room / most, show, lang)
        for i, row in enumerate(frame.iter_rows(named=True))
    ]
    if line is not None:
        x, words = left + line[1] / most * room, f"{line[0]} {show(line[1], lang)}"
        parts.append(marks.line((x, top), (x, bottom + 4), INK, 1.5, "1 3"))
        anchor = "end" if x >= text_width(words, SMALL) else "start"
        parts.append(marks.text(x if anchor == "end" else 0, bottom + 16, words, SMALL, INK, anchor))
        bottom += 22
    parts += drawn  # over the line, so that no figure is struck through
    shared = "is_imputed" in frame.columns and bool(frame["is_imputed"].any())
    foot, bottom = classes.legend(set(), shared, bottom + 6, width, lang, with_classes=False)
    return marks.svg("".join([*parts, foot]), width, bottom + 2, title, desc)


def bar(
    row: Mapping, y: float, names: float, left: float, scale: float, show: Callable[[float, str], str], lang: str
) -> str:
    middle, value, state = y + ROW / 2, row["value"], row.get("state") or ""
    verdict = definitions().verdicts[row["verdict"]] if row.get("verdict") else None
    missing = classes.reason_words(state, lang) if state else text("charts.not_assessed", lang)
    figure = show(value, lang) if value is not None else missing
    said = f"{row['name']}: {figure}" + (f", {verdict.label.said(lang)}" if verdict else "")
    is_pinned = bool(row.get("is_pinned"))
    parts = [marks.text(0, middle + 4.5, shorten(row["name"], names, LABEL, is_pinned), LABEL, bold=is_pinned)]
    parts.append(marks.sign(verdict.sign, names + 10, middle, 11) if verdict else "")
    end = left + (14 if state else 0)
    parts.append(classes.reason_mark(state, left + 8, middle, 10) if state else "")
    if value is not None and value > 0:
        end = left + value * scale
        fill, stroke = (verdict.tint, QUIET) if verdict else (ACCENT if is_pinned else PLAIN, None)
        parts.append(marks.rect(left, middle - 8, value * scale, 16, fill, stroke))
        corners = [(left, middle - 8), (end, middle - 8), (end, middle + 8), (left, middle + 8)]
        parts.append(marks.hatch(corners, PAPER) if row.get("is_imputed") else "")
    known = value is not None
    parts.append(marks.text(end + 6, middle + 4.5, figure, LABEL, INK if known else QUIET, bold=known, halo=True))
    return marks.linked(marks.element("g", marks.tip(said) + "".join(parts)), row.get("href"))
