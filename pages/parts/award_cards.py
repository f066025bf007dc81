"""What a scoring round says, as HTML lists: who is proposed in each cluster, and a commune's sheet line by line."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from itertools import groupby

from exports import award_tables as tables
from exports import award_words as told
from exports.award_words import Shown
from exports.tables import Table
from metrics.award_sheet import Line
from pages.parts.choice import address


@lru_cache(maxsize=64)
def proposals(at: Shown) -> str:
    """A card per cluster: who is proposed for what, each name leading to the commune's sheet."""
    rows = tables.proposals(at).frame.iter_rows(named=True)
    return "".join(_cluster(at, id, list(of)) for id, of in groupby(rows, key=lambda row: row["cluster"]))


def _cluster(at: Shown, id: str, rows: list[dict]) -> str:
    items = "".join(_proposed(row, at.lang) for row in rows)
    to = address("standings", sheet=at.of.rules.id, cluster=id, day=at.day, lang=at.lang)
    head = f'<a href="{escape(to)}" target="_self">{escape(at.names.get(id, id))}</a>'
    return f'<section class="cts-card"><h3>{head}</h3><ol class="cts-list">{items}</ol></section>'


def _proposed(row: dict, lang: str) -> str:
    why = " · ".join(filter(None, [told.points(row["points"], lang), row["award_word"], row["remark"]]))
    name = f'<a href="{escape(row["link"])}" target="_self">{escape(row["name"])}</a>'
    return f'<li value="{row["place"]}">{name} <span>{escape(why)}</span></li>'


def sheet(at: Shown, of: Table, lines: Sequence[Line]) -> str:
    """One entry per criterion: its points as a bar, the figure behind them, what one point more would take."""
    rows = of.frame.iter_rows(named=True)
    items = "".join(_line(at, row, one) for row, one in zip(rows, lines, strict=True))
    return f'<ul class="cts-lines">{items}</ul>'


def _line(at: Shown, row: dict, one: Line) -> str:
    name = escape(row["label"])
    name = f'<a href="{escape(row["link"])}" target="_self">{name}</a>' if row["link"] else name
    bar = f'<span class="bar"><i style="width:{100 * (one.share or 0.0):.1f}%"></i></span>'
    figure = "" if row["maximum"] is None else f"{bar}<b>{escape(told.of_maximum(row, one, at.lang))}</b>"
    more = escape(row["more"])
    return (
        f"<li><div>{name}<small>{escape(row['group'])}</small></div><div>{figure}</div>"
        f"<div>{escape(row['basis'])}</div><div>{more}</div></li>"
    )
