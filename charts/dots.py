"""Platforms side by side: the commune's share against its cluster's and the province's."""

from collections.abc import Mapping

import polars as pl

from charts import marks
from charts.theme import ACCENT, FAINT, INK, LABEL, PAPER, QUIET, RULE, SMALL, shorten
from definitions import format
from definitions.text import text

ROW = 50


def svg(
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    cluster: str = "",
    desc: str = "",
    width: float = 480,
    lang: str = "vi",
) -> str:
    """Frame: label, share, cluster_share, province_share (null: none), one row per platform, drawn in its order."""
    head, top = marks.heading(title, width)
    lines = {
        "unit": unit,
        "cluster": cluster or text("charts.cluster", lang),
        "province": text("charts.province", lang),
    }
    key, top = key_lines(lines, top, width)
    right = width - 58
    parts = [
        head,
        key,
        *(row_of(row, top + i * ROW, right, width, lang) for i, row in enumerate(frame.rows(named=True))),
    ]
    bottom = top + frame.height * ROW
    ticks = [(share, 6 + share * (right - 12)) for share in (0, 0.25, 0.5, 0.75, 1)]
    grid = [marks.line((x, top + 22), (x, bottom - 4), FAINT if share == 0 else RULE) for share, x in ticks]
    axis = [
        marks.text(x, bottom + 10, format.percent(share, 0, lang), SMALL, QUIET, "middle" if share else "start")
        for share, x in ticks
    ]
    return marks.svg("".join([*grid, *parts, *axis]), width, bottom + 16, title, desc)


def key_lines(lines: Mapping[str, str], y: float, width: float) -> tuple[str, float]:
    """What each mark stands for, the mark drawn before its words; gives it and the y below it."""
    shapes = {
        "unit": marks.circle(6, y + 9, 5, ACCENT),
        "cluster": marks.diamond(6, y + 27, 5, PAPER, INK),
        "province": marks.line((6, y + 38), (6, y + 52), INK, 2.5),
    }
    words = [
        marks.text(18, y + 13 + i * 18, shorten(lines[name], width - 18, SMALL), SMALL, QUIET)
        for i, name in enumerate(shapes)
    ]
    return "".join([*shapes.values(), *words]), y + 58


def row_of(row: Mapping, y: float, right: float, width: float, lang: str) -> str:
    def at(share: float) -> float:
        return 6 + share * (right - 12)

    middle = y + 33
    shown = {name: format.percent(row[name], 1, lang) for name in ("share", "cluster_share", "province_share")}
    others = ((text(f"charts.{name}", lang), shown[f"{name}_share"]) for name in ("cluster", "province"))
    said = "; ".join([f"{row['label']}: {shown['share']}", *(f"{word} {figure}" for word, figure in others)])
    parts = [
        marks.text(0, y + 18, shorten(row["label"], width), LABEL),
        marks.line((6, middle), (right - 6, middle), RULE),
    ]
    if row["province_share"] is not None:
        parts.append(
            marks.line((at(row["province_share"]), middle - 9), (at(row["province_share"]), middle + 9), INK, 2.5)
        )
    if row["cluster_share"] is not None:
        parts.append(marks.diamond(at(row["cluster_share"]), middle, 6, PAPER, INK))
    if row["share"] is not None:
        parts.append(marks.circle(at(row["share"]), middle, 6.5, ACCENT, PAPER, 1))
    figure = shown["share"] if row["share"] is not None else text("charts.not_assessed", lang)
    parts.append(
        marks.text(
            width,
            middle + 5,
            figure,
            LABEL if row["share"] is not None else SMALL,
            ACCENT if row["share"] is not None else QUIET,
            "end",
            row["share"] is not None,
        )
    )
    return marks.element("g", marks.tip(said) + "".join(parts))
