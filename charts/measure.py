"""One measure over the months: a line with its figures, months without one left open."""

from collections.abc import Callable

import polars as pl

from charts import marks
from charts.scatter import axis
from charts.theme import ACCENT, FAINT, INK, LABEL, PAPER, QUIET, RULE, SMALL
from definitions import format
from definitions.text import text

HIGH = 170


def svg(
    frame: pl.DataFrame,
    *,
    title: str,
    show: Callable[[float], str],
    desc: str = "",
    width: float = 480,
    lang: str = "vi",
) -> str:
    """Frame: month, value (null: not computable, the line breaks), and perhaps province, drawn faint behind it; show
    writes a value with its unit.
    """
    head, top = marks.heading(title, width)
    rows = frame.sort("month").to_dicts()
    known = [value for row in rows for name in ("value", "province") if (value := row.get(name)) is not None]
    if not known:
        return marks.svg(
            head + marks.text(0, top + 24, text("charts.no_data", lang), fill=QUIET), width, top + 40, title, desc
        )
    ticks = axis([*known, 0.0])
    left, right, upper, lower = 58.0, width - 34, top + 20, top + 20 + HIGH
    step = (right - left) / max(1, len(rows) - 1)

    def at(place: int, value: float) -> marks.Point:
        return left + place * step, lower - (value - ticks[0]) / (ticks[-1] - ticks[0]) * (lower - upper)

    parts = [head]
    for tick in ticks:
        y = at(0, tick)[1]
        parts.append(marks.line((left, y), (right, y), RULE))
        parts.append(marks.text(left - 6, y + 4, format.decimal(tick, 1, lang), SMALL, QUIET, "end"))
    parts += behind(
        [None if row.get("province") is None else at(i, row["province"]) for i, row in enumerate(rows)], lang
    )
    points = [None if row["value"] is None else at(i, row["value"]) for i, row in enumerate(rows)]
    parts += [marks.line(a, b, ACCENT, 2) for a, b in zip(points, points[1:], strict=False) if a and b]
    for i, (row, point) in enumerate(zip(rows, points, strict=True)):
        parts.append(marks.text(left + i * step, lower + 17, format.month(row["month"]), SMALL, QUIET, "middle"))
        if point:
            said = marks.tip(f"{format.month(row['month'])}: {show(row['value'])}")
            parts.append(marks.circle(*point, 4.5, ACCENT, PAPER, 1, said))
    for last in [i for i, point in enumerate(points) if point][-1:]:
        x, y = points[last] or (0.0, 0.0)
        anchor = "middle" if last else "start"
        parts.append(marks.text(x, y - 10, show(rows[last]["value"]), LABEL, INK, anchor, True, True))
    return marks.svg("".join(parts), width, lower + 26, title, desc)


def behind(points: list[marks.Point | None], lang: str) -> list[str]:
    """The province's line, with its name at the last point."""
    drawn = [marks.line(a, b, FAINT, 2) for a, b in zip(points, points[1:], strict=False) if a and b]
    drawn += [marks.circle(*point, 3, FAINT) for point in points if point]
    named = [point for point in points if point][-1:]
    return drawn + [marks.text(x, y + 16, text("charts.province", lang), SMALL, QUIET, "middle") for x, y in named]
