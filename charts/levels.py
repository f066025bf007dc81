"""One figure of one channel over months, cut where the platform changed how it counts."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import polars as pl

from charts import marks
from charts.scatter import axis
from charts.theme import ACCENT, FAINT, INK, PAPER, QUIET, RULE, SMALL
from charts.trajectory import Scale, index, month_axis
from definitions import format
from definitions.text import text


def svg(
    frame: pl.DataFrame,
    breaks: Sequence[date],
    *,
    title: str,
    desc: str = "",
    width: float = 640,
    lang: str = "vi",
) -> str:
    """Frame: month, value (null: none), is_whole (false: a hollow mark). A break is a dashed mark on the axis.

    No line goes across a break, over a month without a figure, or to one only partly known, which would look a fall.
    """
    head, top = marks.heading(title, width)
    rows = [row for row in frame.sort("month").iter_rows(named=True) if row["value"] is not None]
    if not rows:
        return marks.svg(
            head + marks.text(0, top + 24, text("charts.no_data", lang), fill=QUIET), width, top + 40, title, desc
        )
    ticks = axis([0.0, *(row["value"] for row in rows)])
    first, last = index(rows[0]["month"]), index(rows[-1]["month"])
    scale = Scale(first, last, ticks[-1], 58, width - 24, top + 26, top + 26 + max(170.0, width * 0.3))
    parts = [head]
    for value in ticks:
        y = scale.y(value)
        parts.append(marks.line((scale.left, y), (scale.right, y), RULE if value else FAINT))
        parts.append(marks.text(scale.left - 6, y + 4, format.integer(value, lang), SMALL, QUIET, "end"))
    parts.append(month_axis(scale))
    parts += [_break(day, scale, lang) for day in breaks if first <= index(day) <= last]
    parts += [_run(run, scale, lang) for run in unbroken(rows, breaks)]
    return marks.svg("".join(parts), width, scale.lower + 26, title, desc)


def unbroken(rows: Sequence[dict], breaks: Sequence[date]) -> Iterator[list[dict]]:
    """The stretches of whole months, one after the other, with no break in them; a month partly known stands alone."""
    run = list(rows[:1])
    for before, row in pairwise(rows):
        whole = before["is_whole"] and row["is_whole"]
        follows = whole and index(row["month"]) == index(before["month"]) + 1
        if not follows or any(before["month"] < day < _after(row["month"]) for day in breaks):
            yield run
            run = []
        run.append(row)
    yield run


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _run(run: Sequence[dict], scale: Scale, lang: str) -> str:
    points: list[marks.Point] = [(scale.x(row["month"]), scale.y(row["value"])) for row in run]
    parts = [marks.path(points, ACCENT, 2.2)] if len(points) > 1 else []
    for (x, y), row in zip(points, run, strict=True):
        said = marks.tip(f"{format.month(row['month'])}: {format.decimal(row['value'], 1, lang)}")
        whole = row["is_whole"]
        parts.append(marks.circle(x, y, 3, ACCENT if whole else PAPER, None if whole else ACCENT, 1.5, said))
    return "".join(parts)


def _break(day: date, scale: Scale, lang: str) -> str:
    """A mark on the axis where a break lies, within its month."""
    step = (scale.right - scale.left) / max(1, scale.last - scale.first)
    x = min(scale.x(day) + (day.day - 1) / 31 * step, scale.right)
    said = marks.tip(text("channels.break", lang, day=format.day(day)))
    mark = marks.diamond(x, scale.lower, 5, INK, PAPER, said)
    return marks.path([(x, scale.upper), (x, scale.lower)], QUIET, 1, "4 4") + mark
