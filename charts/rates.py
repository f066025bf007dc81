"""The three rates of the reporting rounds by month: submitted, on time, usable."""

import polars as pl

from charts import marks
from charts.theme import ACCENT, FAINT, INK, LABEL, PAPER, QUIET, RULE, SMALL
from definitions import format
from definitions.text import text

RATES = {"submitted": ("#52606d", "5 3"), "on_time": (ACCENT, None), "usable": (INK, "1 3")}


def svg(frame: pl.DataFrame, *, title: str, desc: str = "", width: float = 640, lang: str = "vi") -> str:
    """Frame: month, expected, submitted, on_time, usable: units each month."""
    head, top = marks.heading(title, width)
    left, right, upper, lower = 38.0, width - 92, top + 12, top + 12 + max(130.0, min(210.0, width * 0.34))
    rows = [row for row in frame.sort("month").iter_rows(named=True) if row["expected"]]
    gap = (right - left) / max(1, len(rows) - 1)

    def y(share: float) -> float:
        return lower - share * (lower - upper)

    parts = [head]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(marks.line((left, y(share)), (right, y(share)), RULE if share else FAINT))
        parts.append(marks.text(left - 5, y(share) + 4, format.percent(share, 0, lang), SMALL, QUIET, "end"))
    every = max(1, -(-len(rows) * 58 // int(right - left)))
    for i, row in enumerate(rows):
        if (len(rows) - 1 - i) % every == 0:
            parts.append(
                marks.text(
                    left + i * gap, lower + 18, f"{row['month'].month}/{row['month'].year}", SMALL, QUIET, "middle"
                )
            )
    for name in RATES:
        parts.append(
            one(rows, name, [(left + i * gap, y(row[name] / row["expected"])) for i, row in enumerate(rows)], lang)
        )
    return marks.svg("".join([*parts, labels(rows, right, upper, lower, y, lang)]), width, lower + 28, title, desc)


def one(rows: list[dict], name: str, points: list[marks.Point], lang: str) -> str:
    colour, dash = RATES[name]
    dots = []
    for (x, y), row in zip(points, rows, strict=True):
        counts = text("charts.units_of", lang, n=row[name], total=row["expected"])
        figure = format.percent(row[name] / row["expected"], 1, lang)
        said = marks.tip(f"{format.month(row['month'])}, {text(f'charts.{name}', lang)}: {figure} ({counts})")
        dots.append(marks.circle(x, y, 3, PAPER if dash else colour, colour, 1.5, said))
    return marks.path(points, colour, 2, dash) + "".join(dots)


def labels(rows: list[dict], right: float, upper: float, lower: float, y, lang: str) -> str:
    """Each line named at its right end with its last figure."""
    if not rows:
        return ""
    last = rows[-1]
    wanted = [y(last[name] / last["expected"]) for name in RATES]
    parts = []
    for name, at in zip(RATES, marks.apart(wanted, 31, upper, lower - 14), strict=True):
        figure = format.percent(last[name] / last["expected"], 0, lang)
        parts.append(marks.text(right + 10, at + 3, figure, LABEL, RATES[name][0], bold=True))
        parts.append(marks.text(right + 10, at + 17, text(f"charts.{name}", lang), SMALL, QUIET))
    return "".join(parts)
