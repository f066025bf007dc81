"""Shares over months for many series: those that matter named at their right end, the others grey behind them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from charts import classes, marks
from charts.marks import Point
from charts.theme import ACCENT, FAINT, INK, QUIET, RULE, SMALL, shorten, text_width
from charts.trajectory import Scale, axes, index
from definitions import format
from definitions.text import text

# No red: a line is a place or a group, never a verdict. The name at its end tells it, the colour only helps.
COLOURS = (ACCENT, "#6a4c93", "#00796b", "#8a6d00", INK, "#5b7f95")
NAMED = 16  # names that fit one under the other
STEPS = (0.1, 0.2, 0.25, 0.5, 0.6, 0.8)


def svg(frame: pl.DataFrame, *, title: str, desc: str = "", width: float = 900, lang: str = "vi") -> str:
    """Frame, in the order to name: series, label, month, share, numerator, denominator, state, is_imputed, is_named.

    Series that are not named are context. A month not asked about is passed over, one not reported breaks a line.
    """
    head, top = marks.heading(title, width)
    runs = {id: rows for id, rows in _series(frame).items() if any(row["share"] is not None for row in rows)}
    named = [rows for rows in runs.values() if rows[0]["is_named"]][:NAMED]
    room = max((text_width(_end(rows, lang), SMALL) for rows in named), default=0.0)
    right = width - min(room + 16, width * 0.42)
    scale = scaled(frame, (38, right, top + 10, top + 10 + max(190.0, 15.0 * len(named), width * 0.34)))
    if not runs:
        return marks.svg(
            head + marks.text(0, top + 24, text("charts.no_data", lang), fill=QUIET), width, top + 40, title, desc
        )
    parts = [head, axes(scale, lang)]
    parts += [_line(rows, scale, FAINT, 1, lang) for rows in runs.values() if rows not in named]
    parts += [_line(rows, scale, COLOURS[i % len(COLOURS)], 2.2, lang) for i, rows in enumerate(named)]
    parts.append(_names(named, scale, width, lang))
    hatched = frame.filter(pl.col("is_imputed")).height > 0
    foot, bottom = classes.legend(set(), hatched, scale.lower + 26, width, lang, with_classes=False)
    return marks.svg("".join([*parts, foot]), width, bottom + 4, title, desc)


def scaled(frame: pl.DataFrame, box: tuple[float, float, float, float]) -> Scale:
    """The box is (left, right, upper, lower) in pixels."""
    months = frame["month"].to_list() or [date.today()]
    top = max((float(share) for share in frame["share"].drop_nulls()), default=0.1)
    nice = next((step for step in STEPS if step >= top * 1.05), 1.0)
    return Scale(index(min(months)), index(max(months)), nice, *box)


def _series(frame: pl.DataFrame) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in frame.rows(named=True):
        found.setdefault(row["series"], []).append(row)
    return found


def unbroken(rows: Sequence[Mapping]) -> Iterator[list[Mapping]]:
    """The stretches of a series without a missing report."""
    run: list[Mapping] = []
    for row in rows:
        if row["share"] is not None:
            run.append(row)
        elif row["state"] != "not_asked" and run:
            yield run
            run = []
    if run:
        yield run


def _line(rows: Sequence[Mapping], scale: Scale, colour: str, width: float, lang: str) -> str:
    parts = []
    for run in unbroken(rows):
        points: list[Point] = [(scale.x(row["month"]), scale.y(row["share"])) for row in run]
        dash = "5 3" if any(row["is_imputed"] for row in run) else None
        parts.append(marks.path(points, colour, width, dash) if len(points) > 1 else "")
        if width > 1 or len(points) == 1:
            parts += [
                marks.circle(x, y, 2.4, colour, inner=marks.tip(said(row, lang)))
                for (x, y), row in zip(points, run, strict=True)
            ]
    return marks.element("g", marks.tip(rows[0]["label"]) + "".join(parts))


def said(row: Mapping, lang: str) -> str:
    """ "Xã Bắc Hà, 09/2026: 46,2% (120/260)", or why there is no figure."""
    place = f"{row['label']}, {format.month(row['month'])}"
    if row["share"] is None:
        return f"{place}: {classes.reason_words(row['state'], lang)}"
    counts = f"{format.integer(row['numerator'], lang)}/{format.integer(row['denominator'], lang)}"
    shared = f", {text('reason_empty.shared', lang)}" if row["is_imputed"] else ""
    return f"{place}: {format.percent(row['share'], 1, lang)} ({counts}){shared}"


def _end(rows: Sequence[Mapping], lang: str) -> str:
    last = next(row for row in reversed(rows) if row["share"] is not None)
    return f"{format.percent(last['share'], 1, lang)} {last['label']}"


def _names(named: Sequence[Sequence[Mapping]], scale: Scale, width: float, lang: str) -> str:
    ends = [next(row for row in reversed(rows) if row["share"] is not None) for rows in named]
    wanted = [scale.y(row["share"]) for row in ends]
    parts = []
    for i, at in enumerate(marks.apart(wanted, 14.5, scale.upper, scale.lower)):
        start: Point = (scale.x(ends[i]["month"]) + 3, wanted[i])
        parts.append(marks.line(start, (scale.right + 8, at), RULE))
        words = shorten(_end(named[i], lang), width - scale.right - 12, SMALL)
        parts.append(marks.text(scale.right + 10, at + 4, words, SMALL, COLOURS[i % len(COLOURS)], halo=True))
    return "".join(parts)
