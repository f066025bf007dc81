"""A slice as a table with months, groups or indicators across: each cell a figure or the mark of why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from definitions import format
from definitions.text import text
from exports import slice_words
from metrics.slice import Slice

ACROSS = ("month", "category", "indicator")


@dataclass(frozen=True)
class Pivot:
    """columns: ids across; keys: what tells the rows apart besides the unit; rows: (key values, column -> row of the
    slice)."""

    across: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple[dict, dict[str, dict]], ...]
    left_out: tuple[str, ...] = ()  # months nobody was asked in


def pivot(told: pl.DataFrame, across: str, order: Sequence[str] = (), limit: int | None = None) -> Pivot:
    """metrics.slices.rows as a table: its units in the order given (their own by default), at most `limit` rows."""
    columns = told[across].unique(maintain_order=True)
    columns = columns.sort() if across == "month" else columns
    asked = set(told.filter(pl.col("state") != "not_asked")[across].unique())
    is_left_out = across == "month" and 0 < len(asked) < len(columns)
    kept = [value for value in columns if not is_left_out or value in asked]
    keys = tuple(key for key in ACROSS if key != across and told[key].n_unique() > 1)
    if told.select("category", "indicator").n_unique() == told["category"].n_unique() > 1:
        keys = tuple(key for key in keys if key != "indicator")  # a platform's indicator comes with the platform
    place = {unit: n for n, unit in enumerate(order or told["unit"].unique(maintain_order=True))}
    each = max(1, told.select(keys).unique().height) if keys else 1
    shown = list(place)[: -(-limit // each)] if limit else list(place)
    rows: dict[tuple, tuple[dict, dict[str, dict]]] = {}
    for row in told.filter(pl.col("unit").is_in(shown) & pl.col(across).is_in(kept)).iter_rows(named=True):
        key = (place[row["unit"]], *(row[name] for name in keys))
        rows.setdefault(key, (row, {}))[1][column_id(row[across])] = row
    # Inside a unit the rows stand as the slice has them: groups in official order.
    ordered = sorted(rows.items(), key=lambda item: item[0][0])
    left_out = tuple(format.month(value) for value in columns if value not in kept)
    return Pivot(across, tuple(column_id(value) for value in kept), keys, tuple(row for _, row in ordered), left_out)


def column_id(value) -> str:
    return value if isinstance(value, str) else f"{value:%Y-%m}"


def arranged(
    told: pl.DataFrame, across: str, sort: str = "", pinned: Sequence[str] = (), hidden: Sequence[str] = ()
) -> list[str]:
    """The units in order: those pinned first, the hidden left out, the others by a column ("down:2026-09", "up:...").

    Those without a figure stand last; without a column to sort by the units stand as they are listed.
    """
    units = told["unit"].unique(maintain_order=True).to_list()
    direction, _, column = sort.partition(":")
    if direction in ("up", "down"):
        by = pl.col("month").dt.strftime("%Y-%m") if across == "month" else pl.col(across)
        values = told.filter(by == column).unique("unit", keep="first", maintain_order=True)
        ordered = values.sort("share", descending=direction == "down", nulls_last=True, maintain_order=True)
        units = list(dict.fromkeys([*ordered["unit"], *units]))  # some did not exist in that month
    first = [unit for unit in pinned if unit in units]
    return [*first, *(unit for unit in units if unit not in first and unit not in hidden)]


def column_ids(told: pl.DataFrame, across: str) -> list[str]:
    return [column_id(value) for value in told[across].unique(maintain_order=True)]


def head(across: str, column: str, lang: str) -> str:
    """What stands over a column, without its unit."""
    if across == "month":
        return f"{column[5:]}/{column[:4]}"
    return slice_words.category(column, lang) if across == "category" else slice_words.indicator(column, lang)


def html(
    table: Pivot, of: Slice, title: str, lang: str, shown: str = "share", address: Callable[[dict], str] | None = None
) -> str:
    """The table in its own scrolling frame; `address` gives the link of a cell to what lies behind it."""
    keys = [text("slices.level_" + of.level, lang), *(text(f"slices.across_{key}", lang) for key in table.keys)]
    heads = [f'<th class="txt">{escape(key)}</th>' for key in keys]
    for column in table.columns:
        id = column if table.across == "indicator" else of.ids[0]
        unit = escape(slice_words.out_of(of, id, lang, shown))
        heads.append(f'<th class="num">{escape(head(table.across, column, lang))}<small>{unit}</small></th>')
    body = "".join(_row(table, row, lang, shown, address) for row in table.rows)
    return (
        f'<div class="cts-table cts-pivot" tabindex="0" role="region" aria-label="{escape(title)}"><table>'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(
    table: Pivot, row: tuple[dict, dict[str, dict]], lang: str, shown: str, address: Callable[[dict], str] | None
) -> str:
    first, cells = row
    said = [first["name"], *(key_words(key, first, lang) for key in table.keys)]
    names = "".join(f'<th scope="row" class="txt">{escape(words)}</th>' for words in said)
    return f"<tr>{names}{''.join(_cell(cells.get(column), lang, shown, address) for column in table.columns)}</tr>"


def key_words(key: str, row: dict, lang: str) -> str:
    words = {"month": format.month, "category": lambda id: slice_words.category(id, lang)}
    return words.get(key, lambda id: slice_words.indicator(id, lang))(row[key])


def _cell(row: dict | None, lang: str, shown: str, address: Callable[[dict], str] | None) -> str:
    """A figure, or the mark of why there is none; no row: a unit that did not exist in that month."""
    if row is None or row["share"] is None:
        state = (row["state"] or "no_households") if row else "no_unit"
        why = escape(text(f"reason_empty.{state}", lang))
        return f'<td class="num"><i class="why {state}" role="img" aria-label="{why}" title="{why}"></i></td>'
    counts = f"{format.integer(row['numerator'], lang)}/{format.integer(row['denominator'], lang)}"
    share = format.percent(row["share"], 1, lang)
    words, other = (share, counts) if shown == "share" else (counts, share)
    inner = f'<a href="{escape(address(row))}" target="_self">{words}</a>' if address else words
    kind = " shared" if row["is_imputed"] else ""
    return f'<td class="num{kind}" title="{other}">{inner}</td>'


def legend(states: Sequence[str], has_shared: bool, lang: str) -> str:
    """What each mark in the table means."""
    said = [
        f'<span><i class="why {state}"></i> {escape(text(f"reason_empty.{state}", lang))}</span>' for state in states
    ]
    said += [f'<span class="shared">{escape(text("reason_empty.shared", lang))}</span>'] if has_shared else []
    return f'<div class="cts-why">{"".join(said)}</div>' if said else ""
