"""Two figures of many units against each other, some of them named."""

from collections.abc import Callable, Mapping

import polars as pl

from charts import marks
from charts.theme import ACCENT, FAINT, INK, PAPER, QUIET, RULE, SMALL, shorten, text_width
from definitions import format

HIGH = 320
TOLD_APART = 400  # points; of more none can be pointed at, and they are drawn as one mark
Show = Callable[[float, str], str]


def svg(
    frame: pl.DataFrame,
    *,
    across: str,
    up: str,
    title: str,
    desc: str = "",
    show: Show = lambda value, lang: format.percent(value, 0, lang),
    show_up: Show = lambda value, lang: format.decimal(value, 1, lang),
    width: float = 640,
    lang: str = "vi",
) -> str:
    """Frame: name, x, y (rows with a null are not drawn), is_named; across and up say what the axes count."""
    head, top = marks.heading(title, width)
    rows = [row for row in frame.iter_rows(named=True) if row["x"] is not None and row["y"] is not None]
    left, right, upper, lower = 46.0, width - 20, top + 26, top + 26 + HIGH
    xs, ys = axis([row["x"] for row in rows]), axis([row["y"] for row in rows])

    def at(row: Mapping) -> marks.Point:
        return (
            left + (row["x"] - xs[0]) / (xs[-1] - xs[0]) * (right - left),
            lower - (row["y"] - ys[0]) / (ys[-1] - ys[0]) * (lower - upper),
        )

    parts = [head, marks.text(0, top + 14, up, SMALL, QUIET)]
    parts.append(marks.text(right, lower + 36, across, SMALL, QUIET, "end"))
    for value in ys:
        y = at({"x": xs[0], "y": value})[1]
        parts.append(marks.line((left, y), (right, y), RULE))
        parts.append(marks.text(left - 6, y + 4, show_up(value, lang), SMALL, QUIET, "end"))
    for value in xs:
        x = at({"x": value, "y": ys[0]})[0]
        parts.append(marks.line((x, upper), (x, lower), RULE))
        parts.append(marks.text(x, lower + 17, show(value, lang), SMALL, QUIET, "middle"))
    named = [row for row in rows if row["is_named"]]
    others = [row for row in rows if not row["is_named"]]
    if len(others) > TOLD_APART:
        parts.append(marks.dots([at(row) for row in others], 4, FAINT))
    for row in [*(others if len(others) <= TOLD_APART else ()), *named]:
        said = f"{row['name']}: {show(row['x'], lang)}; {show_up(row['y'], lang)}"
        parts.append(point(row, *at(row), right, marks.tip(said)))
    return marks.svg("".join(parts), width, lower + 44, title, desc)


def point(row: Mapping, x: float, y: float, right: float, tip: str) -> str:
    if not row["is_named"]:
        return marks.circle(x, y, 4, PAPER, FAINT, 1.5, tip)
    name = shorten(row["name"], 150, SMALL)
    before = x + 10 + text_width(name, SMALL) > right
    return marks.circle(x, y, 6, ACCENT, PAPER, 1, tip) + marks.text(
        x - 10 if before else x + 10, y + 4, name, SMALL, INK, "end" if before else "start", halo=True
    )


def axis(values: list[float]) -> list[float]:
    """Four to six round steps that hold all values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = (high - low) or abs(high) or 1.0
    step = next(s for s in (m * 10.0**e for e in range(-6, 9) for m in (1, 2, 2.5, 5)) if span / s <= 5)
    first = int(low // step)
    last = int(-(-high // step))
    return [round(i * step, 9) for i in range(first, max(last, first + 1) + 1)]
