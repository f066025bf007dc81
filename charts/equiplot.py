"""Groups side by side: their levels as marks on one line per place."""

from collections.abc import Mapping, Sequence

import polars as pl

from charts import marks
from charts.theme import ACCENT, FAINT, INK, LABEL, PAPER, QUIET, RULE, SMALL, shorten, text_width
from definitions import format
from definitions.text import text

ROW = 30
SHAPES = 6  # groups told apart by a shape of their own; the others are drawn as context


def svg(
    frame: pl.DataFrame,
    *,
    groups: Sequence[str],
    title: str,
    desc: str = "",
    width: float = 640,
    lang: str = "vi",
) -> str:
    """Frame: place, group, share (null: not drawn, and said), average (the place's own); rows in the order to draw.

    groups: those to tell apart, in official order, at most SHAPES of them; no colour judges a group.
    """
    head, top = marks.heading(title, width)
    key, top = key_lines(groups, top, width, lang)
    places = frame.partition_by("place", maintain_order=True)
    names = min(170.0, width * 0.36)
    left, right = names + 8, width - 20
    bottom = top + len(places) * ROW
    ticks = [(share, left + share * (right - left)) for share in (0, 0.25, 0.5, 0.75, 1)]
    grid = [marks.line((x, top), (x, bottom), FAINT if share == 0 else RULE) for share, x in ticks]
    axis = [marks.text(x, bottom + 16, format.percent(share, 0, lang), SMALL, QUIET, "middle") for share, x in ticks]
    lines = [one(rows, groups, top + (i + 0.5) * ROW, names, left, right, lang) for i, rows in enumerate(places)]
    return marks.svg("".join([head, key, *grid, *lines, *axis]), width, bottom + 24, title, desc)


def one(rows: pl.DataFrame, groups: Sequence[str], y: float, names: float, left: float, right: float, lang: str) -> str:
    """A place's line from its lowest to its highest group, its groups' marks, and its own average as a bar."""

    def at(share: float) -> float:
        return left + share * (right - left)

    known = [row for row in rows.iter_rows(named=True) if row["share"] is not None]
    parts = [marks.text(0, y + 4.5, shorten(rows["place"][0], names), LABEL)]
    if not known:
        return "".join([*parts, marks.text(left + 4, y + 4, text("charts.not_assessed", lang), SMALL, QUIET)])
    ends = [at(row["share"]) for row in known]
    parts.append(marks.line((min(ends), y), (max(ends), y), FAINT, 2))
    average = rows["average"][0]
    if average is not None:
        said = f"{rows['place'][0]}: {format.percent(average, 1, lang)}"
        parts.append(marks.rect(at(average) - 1.5, y - 9, 3, 18, INK, inner=marks.tip(said)))
    chosen = [row for row in known if row["group"] in groups]
    others = [row for row in known if row["group"] not in groups]
    parts += [mark(None, at(row["share"]), y, tip(row, lang)) for row in others]
    parts += [mark(groups.index(row["group"]), at(row["share"]), y, tip(row, lang)) for row in chosen]
    return "".join(parts)


def tip(row: Mapping, lang: str) -> str:
    return marks.tip(f"{row['place']}, {row['group']}: {format.percent(row['share'], 1, lang)}")


def mark(number: int | None, x: float, y: float, inner: str = "") -> str:
    """The mark of a group by its place among those told apart; a small grey dot for the others."""
    match number:
        case None:
            return marks.circle(x, y, 3, PAPER, FAINT, 1.2, inner)
        case 0:
            return marks.circle(x, y, 6, ACCENT, PAPER, 1, inner)
        case 1:
            return marks.diamond(x, y, 7, PAPER, ACCENT, inner)
        case 2:
            return marks.rect(x - 5, y - 5, 10, 10, QUIET, PAPER, inner)
        case 3:
            return marks.area([(x, y - 7), (x + 6.5, y + 5), (x - 6.5, y + 5)], PAPER, INK, 1.5, inner)
        case 4:
            return marks.circle(x, y, 5.5, PAPER, INK, 2, inner)
    return marks.area([(x, y + 7), (x + 6.5, y - 5), (x - 6.5, y - 5)], ACCENT, PAPER, 1, inner)


def key_lines(groups: Sequence[str], y: float, width: float, lang: str) -> tuple[str, float]:
    """Which mark is which group, what the small dots and the bar are; gives it and the y below it."""
    named = [(mark(i, 0, 0), group) for i, group in enumerate(groups[:SHAPES])]
    named.append((mark(None, 0, 0), text("charts.other_groups", lang)))
    named.append((marks.rect(-1.5, -9, 3, 18, INK), text("charts.average", lang)))
    x, parts = 8.0, []
    for drawn, words in named:
        wide = 14 + text_width(words, SMALL) + 18
        if x > 8 and x + wide > width:
            x, y = 8.0, y + 22
        parts.append(marks.element("g", drawn, transform=f"translate({marks.number(x)} {marks.number(y + 10)})"))
        parts.append(marks.text(x + 13, y + 14, words, SMALL, QUIET))
        x += wide
    return "".join(parts), y + 30
