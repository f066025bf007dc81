"""A target's way in time: what was reported, what is needed, where the present pace ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from charts import marks
from charts.marks import Point
from charts.theme import ACCENT, BAND, FAINT, INK, LABEL, PAPER, QUIET, RULE, SMALL, text_width
from definitions import format
from definitions.text import text

CLOSE = 0.005  # projections nearer than half a point get one label


@dataclass(frozen=True)
class Break:
    """From this month on the series is not comparable with before."""

    month: date
    reason: str


@dataclass(frozen=True)
class Scale:
    """Months and shares -> pixels; x from the first month to the last, y from 0."""

    first: int
    last: int
    top: float
    left: float
    right: float
    upper: float
    lower: float

    def x(self, month: date) -> float:
        span = max(1, self.last - self.first)
        return self.left + (index(month) - self.first) / span * (self.right - self.left)

    def y(self, share: float) -> float:
        return self.lower - share / self.top * (self.lower - self.upper)


def index(month: date) -> int:
    return month.year * 12 + month.month - 1


def svg(
    frame: pl.DataFrame,
    *,
    goal: float,
    deadline: date,
    title: str,
    desc: str = "",
    breaks: Sequence[Break] = (),
    printed: pl.DataFrame | None = None,
    width: float = 640,
    lang: str = "vi",
) -> str:
    """The chart of metrics.targets.trajectory (month, share, numerator, denominator, kind, linear, logit, needed).

    `printed`: figures found in print (date, share, source), dated marks never joined to the series.
    """
    head, y = marks.heading(title, width)
    column = 12 + max(text_width(text(f"charts.{id}", lang), SMALL) for id in ("goal", "linear", "logit"))
    plot = max(150.0, min(250.0, width * 0.42))
    scale = scaled(frame, goal, deadline, printed, (38, width - column, y + 26, y + 26 + plot))
    parts = [head, axes(scale, lang), edge(scale, deadline, lang), goal_line(scale, goal)]
    parts += [needed(frame, scale), projection(frame, scale), history(frame, scale, goal, breaks, lang)]
    parts += [
        printed_marks(printed, scale, lang),
        break_marks(breaks, scale),
        end_labels(frame, scale, goal, width, lang),
    ]
    foot, bottom = marks.footnotes(notes(frame, breaks, printed, lang), scale.lower + 28, width)
    return marks.svg("".join([*parts, foot]), width, bottom, title, desc)


def sparkline(
    frame: pl.DataFrame,
    *,
    goal: float,
    deadline: date,
    title: str,
    width: float = 220,
    height: float = 60,
    lang: str = "vi",
) -> str:
    """The same chart for a tile: line, projection band, goal; the words are in its title."""
    scale = scaled(frame, goal, deadline, None, (4, width - 40, 8, height - 6))
    label = marks.text(width - 36, scale.y(goal) + 4, marks.whole_percent(goal, lang), SMALL, QUIET)
    parts = [marks.line((scale.left, scale.lower), (scale.right, scale.lower), RULE), goal_line(scale, goal), label]
    parts += [projection(frame, scale), *(marks.path(run, ACCENT, 2) for run in runs(frame, scale, ()))]
    for month, share in known(frame, "share")[-1:]:
        parts.append(marks.circle(scale.x(month), scale.y(share), 3, ACCENT))
    return marks.svg("".join(parts), width, height, title)


def scaled(
    frame: pl.DataFrame,
    goal: float,
    deadline: date,
    printed: pl.DataFrame | None,
    box: tuple[float, float, float, float],
) -> Scale:
    """The box is (left, right, upper, lower) in pixels."""
    months = [*frame["month"].to_list(), deadline, *(printed["date"].to_list() if printed is not None else [])]
    columns = [frame[name] for name in ("share", "linear", "logit", "needed")]
    columns += [printed["share"]] if printed is not None else []
    top = max([goal, *(float(value) for column in columns for value in column.to_list() if value is not None)])
    nice = next((t for t in (0.1, 0.2, 0.25, 0.5, 0.6, 0.8) if t >= top * 1.08), 1.0)
    left, right, upper, lower = box
    return Scale(min(map(index, months)), max(map(index, months)), nice, left, right, upper, lower)


def axes(scale: Scale, lang: str) -> str:
    count = 5 if scale.top in (0.1, 0.25, 0.5) else 4
    parts = []
    for share in (scale.top * i / count for i in range(count + 1)):
        y = scale.y(share)
        parts.append(marks.line((scale.left, y), (scale.right, y), RULE if share else FAINT))
        parts.append(marks.text(scale.left - 5, y + 4, marks.whole_percent(share, lang), SMALL, QUIET, "end"))
    return "".join(parts) + month_axis(scale)


def month_axis(scale: Scale) -> str:
    """Month labels as close as they are readable, on round months."""
    room = (scale.right - scale.left) / 46
    span = scale.last - scale.first + 1
    step = next((s for s in (1, 2, 3, 6, 12, 24) if span / s <= room), 36)
    ticks = [i for i in range(scale.first, scale.last + 1) if (i if step > 12 else i % 12) % step == 0]
    parts = []
    for tick in ticks:
        month = date(tick // 12, tick % 12 + 1, 1)
        x = scale.x(month)
        parts.append(marks.line((x, scale.lower), (x, scale.lower + 4), FAINT))
        parts.append(marks.text(x, scale.lower + 18, f"{month.month}/{month.year}", SMALL, QUIET, "middle"))
    return "".join(parts)


def edge(scale: Scale, deadline: date, lang: str) -> str:
    """The deadline as a labelled edge."""
    x = scale.x(deadline)
    words = text("charts.deadline", lang, day=format.day(deadline))
    room = x - text_width(words, SMALL) >= 0
    label = marks.text(x, scale.upper - 8, words, SMALL, INK, "end" if room else "start", bold=True)
    return marks.line((x, scale.upper - 4), (x, scale.lower), INK, 1.5) + label


def goal_line(scale: Scale, goal: float) -> str:
    y = scale.y(goal)
    return marks.line((scale.left, y), (scale.right, y), INK, 1.5, "1 3")


def known(frame: pl.DataFrame, name: str) -> list[tuple[date, float]]:
    """(month, value) where a column has one."""
    pairs = zip(frame["month"].to_list(), frame[name].to_list(), strict=True)
    return [(month, value) for month, value in pairs if value is not None]


def needed(frame: pl.DataFrame, scale: Scale) -> str:
    """The straight way from the last value to the goal, thin and dashed."""
    way = [(scale.x(m), scale.y(v)) for m, v in known(frame, "needed")]
    return marks.path(way, QUIET, 1, "5 4") if len(way) > 1 else ""


def ends(frame: pl.DataFrame) -> dict[str, list[tuple[date, float]]]:
    """Both projections as (month, share) from the last known value on; empty where none is computed."""
    ways = {name: known(frame, name) for name in ("linear", "logit")}
    start = known(frame, "share")[-1:]
    return {name: [*(p for p in start if way[0][0] > p[0]), *way] if way else [] for name, way in ways.items()}


def projection(frame: pl.DataFrame, scale: Scale) -> str:
    """Where the present pace ends: a band between both projections, its edges dashed."""
    ways = {name: [(scale.x(m), scale.y(v)) for m, v in way] for name, way in ends(frame).items()}
    if not all(len(way) > 1 for way in ways.values()):
        return ""
    band = marks.element(
        "polygon", points=marks.joined([*ways["linear"], *reversed(ways["logit"])]), fill=BAND, fill_opacity=0.6
    )
    return band + "".join(marks.path(way, ACCENT, 1.2, "2 3") for way in ways.values())


def runs(frame: pl.DataFrame, scale: Scale, breaks: Sequence[Break]) -> list[list[Point]]:
    """The known points in runs: never joined over a missing month nor across a break."""
    cuts = {index(b.month) for b in breaks}
    found: list[list[Point]] = []
    before: int | None = None
    for month, share in known(frame, "share"):
        here = index(month)
        if before is None or here != before + 1 or here in cuts:
            found.append([])
        found[-1].append((scale.x(month), scale.y(share)))
        before = here
    return found


def history(frame: pl.DataFrame, scale: Scale, goal: float, breaks: Sequence[Break], lang: str) -> str:
    """Reported points solid, carried ones hollow; the last one says its figure."""
    parts = [marks.path(run, ACCENT, 2.5) for run in runs(frame, scale, breaks)]
    for row in frame.rows(named=True):
        if row["share"] is None:
            continue
        x, y = scale.x(row["month"]), scale.y(row["share"])
        hollow = row["kind"] == "carried"
        parts.append(
            marks.circle(x, y, 3.5, PAPER if hollow else ACCENT, ACCENT, 1.5, marks.tip(point_words(row, lang)))
        )
    return "".join([*parts, last_label(known(frame, "share"), scale, goal, lang)])


def last_label(points: list[tuple[date, float]], scale: Scale, goal: float, lang: str) -> str:
    """The last figure over its point, or to the lower right where the goal's line or the title is in the way."""
    if not points:
        return ""
    month, share = points[-1]
    x, y, words = scale.x(month), scale.y(share), format.percent(share, 1, lang)
    half = text_width(words, LABEL + 1, True) / 2
    over = y - 10 - LABEL > scale.upper - 4 and not y - 30 < scale.y(goal) < y - 4
    middle = min(max(x if over else x + half - 10, scale.left + half), scale.right - half - 3)
    drawn = ((scale.x(m), scale.y(v)) for m, v in points)
    lowest = max(dot_y for dot_x, dot_y in drawn if dot_x >= min(middle - half, x))
    baseline = y - 10 if over else min(lowest + LABEL + 9, scale.lower - 4)
    return marks.text(middle, baseline, words, LABEL + 1, ACCENT, "middle", True, True)


def point_words(row: dict, lang: str) -> str:
    """ "10/2026: 46,2% (186.400/403.500), đã báo cáo"."""
    counts = f" ({format.integer(row['numerator'], lang)}/{format.integer(row['denominator'], lang)})"
    known = row["numerator"] is not None and row["denominator"] is not None
    kind = text("charts.carried" if row["kind"] == "carried" else "charts.reported", lang)
    return f"{format.month(row['month'])}: {format.percent(row['share'], 1, lang)}{counts if known else ''}, {kind}"


def printed_marks(printed: pl.DataFrame | None, scale: Scale, lang: str) -> str:
    """Figures found in print: hollow diamonds with their figure, never joined."""
    parts = []
    for row in printed.iter_rows(named=True) if printed is not None else ():
        x, y = scale.x(row["date"]), scale.y(row["share"])
        words = f"{format.percent(row['share'], 1, lang)}, {format.day(row['date'])}: {row['source']}"
        parts.append(marks.diamond(x, y, 5, PAPER, INK, marks.tip(words)))
    return "".join(parts)


def break_marks(breaks: Sequence[Break], scale: Scale) -> str:
    """A numbered cut in the series; the reason stands under the chart."""
    parts = []
    for number, cut in enumerate(breaks, 1):
        x = (scale.x(cut.month) + scale.x(previous(cut.month))) / 2
        parts.append(marks.line((x, scale.upper), (x, scale.lower), QUIET, 1, "1 2"))
        parts.append(marks.circle(x, scale.upper + 8, 8, PAPER, QUIET, 1, marks.tip(cut.reason)))
        parts.append(marks.text(x, scale.upper + 12, str(number), SMALL, INK, "middle", True))
    return "".join(parts)


def previous(month: date) -> date:
    return date((index(month) - 1) // 12, (index(month) - 1) % 12 + 1, 1)


def end_labels(frame: pl.DataFrame, scale: Scale, goal: float, width: float, lang: str) -> str:
    """Goal and projections named at their right end, moved apart where they would touch."""
    found = [(goal, text("charts.goal", lang), INK)]
    values = {name: way[-1][1] for name, way in ends(frame).items() if way}
    if len(values) == 2 and abs(values["linear"] - values["logit"]) < CLOSE:
        found.append((min(values.values()), text("charts.projected", lang), ACCENT))
    else:
        found += [(value, text(f"charts.{name}", lang), ACCENT) for name, value in values.items()]
    wanted = [scale.y(value) for value, *_ in found]
    x, parts = scale.right + 8, []
    for (value, words, colour), y, place in zip(
        found, wanted, marks.apart(wanted, 31, scale.upper + 2, scale.lower - 12), strict=True
    ):
        if abs(place - y) > 3:
            parts.append(marks.line((scale.right + 1, y), (x - 1, place), FAINT))
        parts.append(marks.text(x, place + 3, marks.whole_percent(value, lang), LABEL, colour, bold=True))
        parts.append(marks.text(x, place + 17, words, SMALL, QUIET))
    return "".join(parts)


def notes(frame: pl.DataFrame, breaks: Sequence[Break], printed: pl.DataFrame | None, lang: str) -> list[str]:
    """What the marks mean, only where they are there."""
    found = [text("charts.needed_note", lang)] if known(frame, "needed") else []
    found += [text("charts.band_note", lang)] if known(frame, "linear") else []
    found += [text("charts.carried_note", lang)] if "carried" in frame["kind"].to_list() else []
    found += [f"({i}) {format.month(b.month)}: {b.reason}" for i, b in enumerate(breaks, 1)]
    for row in printed.iter_rows(named=True) if printed is not None else ():
        words = {
            "share": format.percent(row["share"], 1, lang),
            "day": format.day(row["date"]),
            "source": row["source"],
        }
        found.append(text("charts.printed_note", lang, **words))
    return found
