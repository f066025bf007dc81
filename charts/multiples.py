"""Small multiples: one little chart per series, all on the same scale, each before the same grey line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from charts import classes, marks
from charts.lines import said, scaled, unbroken
from charts.theme import ACCENT, FAINT, QUIET, RULE, SMALL, shorten
from charts.trajectory import Scale
from definitions import format

PANEL = 150.0  # the narrowest panel
HIGH = 62.0


def svg(
    frame: pl.DataFrame, *, title: str, desc: str = "", context: str = "", width: float = 900, lang: str = "vi"
) -> str:
    """Frame, in the order to draw: series, label, month, share, numerator, denominator, state, is_imputed.

    href, where there is one: where a click on the last figure leads. context: the series drawn grey in all panels, with
    none of its own.
    """
    head, top = marks.heading(title, width)
    panels: dict[str, list[dict]] = {}
    for row in frame.rows(named=True):
        panels.setdefault(row["series"], []).append(row)
    behind = panels.pop(context, [])
    across = max(1, int(width // PANEL))
    wide, high = width / across, HIGH + 40
    parts, common = [head], scaled(frame, (0, 0, 0, 0))
    for place, rows in enumerate(panels.values()):
        x, y = place % across * wide, top + 6 + place // across * high
        scale = replace(common, left=x + 2, right=x + wide - 14, upper=y + 34, lower=y + 34 + HIGH - 12)
        parts.append(_panel(rows, behind, scale, (x, y), wide - 14, lang))
    rows_of_panels = -(-len(panels) // across)
    states = set(frame["state"].unique()) - {"", "not_asked"}
    foot, bottom = classes.legend(
        states, bool(frame["is_imputed"].any()), top + 8 + rows_of_panels * high, width, lang, False
    )
    return marks.svg("".join([*parts, foot]), width, bottom + 2, title, desc)


def _panel(
    rows: Sequence[Mapping], behind: Sequence[Mapping], scale: Scale, corner: marks.Point, width: float, lang: str
) -> str:
    x, y = corner
    last = next((row for row in reversed(rows) if row["state"] != "not_asked"), rows[-1])
    known = last["share"] is not None
    figure = format.percent(last["share"], 1, lang) if known else classes.reason_words(last["state"], lang)
    parts = [
        marks.text(x, y + 12, shorten(rows[0]["label"], width, SMALL, True), SMALL, bold=True),
        marks.text(x, y + 27, figure, SMALL, ACCENT if known else QUIET),
        marks.line((scale.left, scale.lower), (scale.right, scale.lower), FAINT),
        marks.line((scale.left, scale.upper), (scale.right, scale.upper), RULE),
        marks.text(scale.right, scale.upper - 3, marks.whole_percent(scale.top, lang), 9, QUIET, "end"),
    ]
    parts += [marks.path(_points(run, scale), FAINT, 1.2) for run in unbroken(behind) if len(run) > 1]
    for run in unbroken(rows):
        points = _points(run, scale)
        parts.append(marks.path(points, ACCENT, 2, "5 3" if run[0]["is_imputed"] else None) if len(run) > 1 else "")
        parts.append(marks.circle(*points[-1], 2.6, ACCENT))
    if not known:
        parts.append(classes.reason_mark(last["state"], scale.right - 6, (scale.upper + scale.lower) / 2, 11))
    return marks.linked(marks.element("g", marks.tip(said(last, lang)) + "".join(parts)), last.get("href"))


def _points(run: Sequence[Mapping], scale: Scale) -> list[marks.Point]:
    return [(scale.x(row["month"]), scale.y(row["share"])) for row in run]
