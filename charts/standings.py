"""A cluster's communes in order of points: a bar made of the groups' points, the total, grade and proposed award."""

from collections.abc import Mapping, Sequence

import polars as pl

from charts import marks
from charts.theme import FAINT, INK, LABEL, PAPER, QUIET, RULE, SHADE, SMALL, shorten, text_width

FILLS = ("#0b5c8a", "#3f83ab", "#86b3cd", "#c3dae7", "#d9b76a", "#efdcae", "#8a949e")
EXTRA = "#5f7d4f"  # bonus: hatched
ROW, TALL = 30.0, 54.0
MEDAL = "#fff4d6"


def svg(
    frame: pl.DataFrame, groups: Mapping[str, str], *, title: str, most: float, words: Mapping[str, str],
    width: float = 1060, desc: str = "",
) -> str:  # fmt: skip
    """Frame, in the order to draw: place (text), name, href, total (text), grade, award, remark, one column of points
    per group and `extra`; tips: one text per group under "tip_<group>". groups: column -> its words; most: where a bar
    ends; words: extra, deduction.
    """
    head, top = marks.heading(title, width)
    has_extra = bool(frame["extra"].sum() > 0)
    legend, top = _legend([*groups.values(), *([words["extra"]] if has_extra else [])], top + 2, width)
    rows = list(frame.iter_rows(named=True))
    if width < 560:
        drawn = [_narrow(row, groups, top + i * TALL, width, most) for i, row in enumerate(rows)]
        return marks.svg("".join([head, legend, *drawn]), width, top + len(rows) * TALL, title, desc)
    drawn = [_wide(row, groups, top + i * ROW, width, most) for i, row in enumerate(rows)]
    return marks.svg("".join([head, legend, *drawn]), width, top + len(rows) * ROW + 2, title, desc)


NAME, TOTAL, WORDS = 36.0, 62.0, 370.0


def _wide(row: Mapping, groups: Mapping[str, str], y: float, width: float, most: float) -> str:
    middle, left = y + ROW / 2, 230.0
    room = width - left - TOTAL - WORDS - 12
    parts = [marks.rect(0, y + 1, width, ROW - 2, MEDAL)] if row["award"] else []
    parts += [
        marks.text(26, middle + 4.5, row["place"], LABEL, INK, "end", bold=True),
        marks.text(NAME, middle + 4.5, shorten(row["name"], left - NAME - 8), LABEL),
        _bar(row, groups, left, middle - 9, 18, room / most),
        marks.text(left + room + TOTAL, middle + 4.5, row["total"], LABEL, INK, "end", bold=True),
        marks.text(left + room + TOTAL + 16, middle + 4.5, shorten(_said(row), WORDS - 8, SMALL), SMALL, QUIET),
        marks.line((0, y + ROW), (width, y + ROW), RULE, 0.6),
    ]
    tip = marks.tip(f"{row['name']}: {row['total']}. {_said(row)}")
    return marks.linked(marks.element("g", tip + "".join(parts)), row["href"])


def _narrow(row: Mapping, groups: Mapping[str, str], y: float, width: float, most: float) -> str:
    parts = [marks.rect(0, y + 1, width, TALL - 2, MEDAL)] if row["award"] else []
    parts += [
        marks.text(22, y + 17, row["place"], LABEL, INK, "end", bold=True),
        marks.text(30, y + 17, shorten(row["name"], width - 100), LABEL),
        marks.text(width - 4, y + 17, row["total"], LABEL, INK, "end", bold=True),
        _bar(row, groups, 30, y + 23, 9, (width - 34) / most),
        marks.text(30, y + 46, shorten(_said(row), width - 34, SMALL), SMALL, QUIET),
        marks.line((0, y + TALL), (width, y + TALL), RULE, 0.6),
    ]
    return marks.linked(marks.element("g", "".join(parts)), row["href"])


def _said(row: Mapping) -> str:
    return " · ".join(filter(None, [row["award"], row["grade"], row["remark"]]))


def _bar(row: Mapping, groups: Mapping[str, str], x: float, y: float, tall: float, scale: float) -> str:
    found = [marks.rect(x, y, scale * row["full"], tall, SHADE)]
    for place, id in enumerate(groups):
        wide = (row[id] or 0.0) * scale
        if wide > 0:
            found.append(marks.rect(x, y, wide, tall, FILLS[place % len(FILLS)], inner=marks.tip(row[f"tip_{id}"])))
        x += wide
    if row["extra"] > 0:
        wide = row["extra"] * scale
        corners = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]
        found.append(marks.rect(x, y, wide, tall, EXTRA) + marks.hatch(corners, PAPER))
    return "".join(found)


def _legend(words: Sequence[str], y: float, width: float) -> tuple[str, float]:
    """Each part's colour before its words; gives it and the y below it."""
    x, found = 0.0, []
    for place, said in enumerate(words):
        wide = 20 + text_width(said, SMALL) + 14
        if x and x + wide > width:
            x, y = 0.0, y + 19
        fill = FILLS[place % len(FILLS)] if place < len(words) - 1 or len(words) < 2 else EXTRA
        found.append(marks.rect(x, y, 14, 11, fill, FAINT))
        found.append(marks.text(x + 19, y + 10, said, SMALL, QUIET))
        x += wide
    return "".join(found), y + 22


def whiskers(
    frame: pl.DataFrame, *, title: str, size: int, lines: Sequence[int], words: str, width: float = 760, desc: str = ""
) -> str:
    """How firm each place is. Frame, in the order to draw: name, place, low, high, said, tie (bool), href; size: places
    in the cluster; lines: the last place of each medal, words: what a line is.
    """
    head, top = marks.heading(title, width)
    names = min(200.0, width * 0.42)
    left, right, upper = names + 12, width - 14, top + 22
    gap = (right - left) / max(size - 1, 1)

    def x(place: float) -> float:
        return left + (place - 1) * gap

    every = max(1, -(-size * 18 // int(right - left)))
    shown = [place for place in range(1, size + 1) if place == 1 or place % every == 0]
    parts = [marks.text(x(place), top + 12, str(place), SMALL, QUIET, "middle") for place in shown]
    bottom = upper + frame.height * 26
    parts += [marks.line((x(place), upper - 4), (x(place), bottom), RULE, 0.6) for place in shown]
    for line in lines:
        parts.append(marks.line((x(line + 0.5), upper - 6), (x(line + 0.5), bottom), INK, 1.2, "2 3"))
    for i, row in enumerate(frame.iter_rows(named=True)):
        parts.append(_whisker(row, upper + i * 26 + 13, x, names))
    foot, bottom = marks.footnotes([words], bottom + 2, width)
    return marks.svg("".join([head, *parts, foot]), width, bottom + 2, title, desc)


def _whisker(row: Mapping, y: float, x, names: float) -> str:
    ends = [marks.line((x(at), y - 5), (x(at), y + 5), FILLS[1], 2) for at in (row["low"], row["high"])]
    dot = (
        marks.diamond(x(row["place"]), y, 6, MEDAL, INK)
        if row["tie"]
        else marks.circle(x(row["place"]), y, 5, FILLS[0])
    )
    drawn = [
        marks.text(0, y + 4.5, shorten(row["name"], names, LABEL, row["tie"]), LABEL, bold=row["tie"]),
        marks.line((x(row["low"]), y), (x(row["high"]), y), FILLS[1], 2), *ends, dot,
    ]  # fmt: skip
    return marks.linked(marks.element("g", marks.tip(row["said"]) + "".join(drawn)), row["href"])
