"""One figure of one channel day by day, the odd days marked, the weekly season taken off on request."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from charts import marks
from charts.scatter import axis
from charts.theme import ACCENT, FAINT, INK, PAPER, QUIET, RULE, SMALL
from definitions import format
from definitions.text import text

NAMED = 3  # odd days with their date beside them


@dataclass(frozen=True)
class Box:
    """Days and values -> pixels."""

    first: date
    last: date
    low: float
    high: float
    left: float
    right: float
    upper: float
    lower: float

    def x(self, day: date) -> float:
        return self.left + (day - self.first).days / max(1, (self.last - self.first).days) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.lower - (value - self.low) / (self.high - self.low) * (self.lower - self.upper)


def svg(
    frame: pl.DataFrame,
    *,
    is_without_week: bool,
    title: str,
    desc: str = "",
    width: float = 640,
    lang: str = "vi",
) -> str:
    """Frame of metrics.channels.days: day, value (null: none, a gap), without_week, expected, z, flag.

    is_without_week: the line is what is left without the weekly season, what was measured stands grey behind it.
    """
    head, top = marks.heading(title, width)
    column = "without_week" if is_without_week else "value"
    rows = [row for row in frame.iter_rows(named=True) if row[column] is not None]
    if not rows:
        return marks.svg(
            head + marks.text(0, top + 24, text("charts.no_data", lang), fill=QUIET), width, top + 40, title, desc
        )
    behind = [row for row in frame.iter_rows(named=True) if is_without_week and row["value"] is not None]
    ticks = axis([0.0, *(row[column] for row in rows), *(row["value"] for row in behind)])
    ends = rows[0]["day"], rows[-1]["day"]
    box = Box(*ends, ticks[0], ticks[-1], 58, width - 24, top + 26, top + 26 + max(170.0, width * 0.3))
    parts = [head, grid(box, ticks, lang), months(box)]
    parts += [line(run, "value", box, FAINT, 1) for run in unbroken(behind)]
    parts += [line(run, column, box, ACCENT, 1.4) for run in unbroken(rows)]
    parts.append(odd([row for row in rows if row["flag"]], column, box, lang))
    return marks.svg("".join(parts), width, box.lower + 26, title, desc)


def grid(box: Box, ticks: Sequence[float], lang: str) -> str:
    parts = []
    for value in ticks:
        y = box.y(value)
        parts.append(marks.line((box.left, y), (box.right, y), RULE if value else FAINT))
        parts.append(marks.text(box.left - 6, y + 4, format.integer(value, lang), SMALL, QUIET, "end"))
    return "".join(parts)


def months(box: Box) -> str:
    """A tick at the first of a month, as many as are readable."""
    first, last = (day.year * 12 + day.month - 1 for day in (box.first, box.last))
    room = (box.right - box.left) / 46
    step = next(step for step in (1, 2, 3, 6, 12, 24, 10**6) if (last - first + 1) / step <= room)
    parts = []
    for at in range(first, last + 1):
        month = date(at // 12, at % 12 + 1, 1)
        if at % 12 % step == 0 and month >= box.first:
            x = box.x(month)
            parts.append(marks.line((x, box.lower), (x, box.lower + 4), FAINT))
            parts.append(marks.text(x, box.lower + 18, f"{month.month}/{month.year}", SMALL, QUIET, "middle"))
    return "".join(parts)


def unbroken(rows: Sequence[dict]) -> Iterator[list[dict]]:
    """The stretches of days one after the other."""
    run: list[dict] = []
    for row in rows:
        if run and row["day"] - run[-1]["day"] > timedelta(1):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def line(run: Sequence[dict], column: str, box: Box, colour: str, width: float) -> str:
    points: list[marks.Point] = [(box.x(row["day"]), box.y(row[column])) for row in run]
    return marks.path(points, colour, width) if len(points) > 1 else marks.circle(*points[0], 1.5, colour)


def odd(rows: Sequence[dict], column: str, box: Box, lang: str) -> str:
    """A ring on each odd day with what was measured and what was to be expected; the oddest with their date."""
    named = {row["day"] for row in sorted(rows, key=lambda row: -abs(row["z"] or 0.0))[:NAMED]}
    parts = []
    for row in rows:
        x, y = box.x(row["day"]), box.y(row[column])
        counts = {id: format.integer(row[id], lang) for id in ("value", "expected")}
        said = marks.tip(text("channels.odd_day", lang, day=format.day(row["day"]), **counts))
        parts.append(marks.circle(x, y, 4, PAPER, INK, 1.5, said))
        if row["day"] in named:
            parts.append(
                marks.text(
                    min(max(x, box.left + 18), box.right - 16),
                    y - 8,
                    f"{row['day']:%d/%m}",
                    SMALL,
                    INK,
                    "middle",
                    halo=True,
                )
            )
    return "".join(parts)
