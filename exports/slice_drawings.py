"""Slices laid out as a table or a drawing, the same on the page and in what is taken away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from html import escape

import polars as pl

from charts import bars, lines, multiples, sharemap
from definitions import format
from definitions.load import definitions
from definitions.text import text
from exports import pivot, slice_words
from exports.drawings import boundaries, tiles
from metrics.slice import ALL, Slice, levels
from metrics.slice_cells import Cell
from metrics.slices import STATES, Scope, rows
from warehouse.version import Version

VIEWS = ("table", "lines", "bars", "multiples", "map")
NAMED = 12  # so many lines are all named; beyond that only the pinned ones
MANY = {"lines": 120, "bars": 120, "multiples": 48}  # units in one picture
FEW = 30  # rows of a table before one asks for all
WIDTH = {"lines": 1000.0, "bars": 760.0, "multiples": 1000.0, "map": 760.0}
Link = Callable[[dict], str]
Drawing = Callable[..., str]  # width -> SVG


@dataclass(frozen=True)
class Layout:
    """How a slice is laid out; every word is an id.

    view: one of VIEWS. across: what stands across the table. shown: share or counts. sort: "down:<column>", "up:...",
    "" as listed. focus: the unit of a chart that tells groups or indicators apart ("" the province). one: the group or
    indicator of a map. is_whole: all rows of the table.
    """

    view: str = "table"
    across: str = "month"
    shown: str = "share"
    sort: str = ""
    pinned: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    focus: str = ""
    one: str = ""
    is_whole: bool = False


def facet(of: Slice) -> str:
    """What a chart of one unit tells apart: groups, else indicators; "" where the units themselves are told apart."""
    return "category" if of.by != "none" else "indicator" if len(of.ids) > 1 else ""


def facets(of: Slice, told: pl.DataFrame, lang: str) -> dict[str, str]:
    """The groups or indicators of a slice with their names, in order."""
    say = slice_words.category if facet(of) == "category" else slice_words.indicator
    return {id: say(id, lang) for id in told[facet(of)].unique(maintain_order=True)}


def of_province(of: Slice) -> Slice:
    return replace(of, level="province", within="", units=())


def focused(of: Slice, unit: str) -> Slice:
    """The slice of one unit: the province, or one of those listed."""
    return of_province(of) if unit in ("", definitions().province.code) else replace(of, units=(unit,))


def needed(of: Slice, layout: Layout) -> Slice:
    """The slice a layout shows: its last month, unless months stand across it."""
    shows_months = layout.across == "month" if layout.view == "table" else layout.view in ("lines", "multiples")
    return of if shows_months else replace(of, since=of.until)


def linking(base: str) -> Link:
    """A row of the slice -> the address of what lies behind its figure."""
    return lambda row: f"{base}&cell={Cell(row['unit'], row['category'], row['month'], row['indicator']).id}"


# ---- the table -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def table(version: Version, of: Slice, scope: Scope, layout: Layout, lang: str, base: str = "") -> str:
    """The pivot table with what its marks mean and what it leaves out; base: where its figures lead, "" nowhere."""
    shown = rows(version, needed(of, layout), scope)
    order = pivot.arranged(shown, layout.across, layout.sort, layout.pinned, layout.hidden)
    made = pivot.pivot(shown, layout.across, order, None if layout.is_whole else FEW)
    title = slice_words.title(version, needed(of, layout), lang)
    states = [state for state in STATES if state in shown["state"].unique().to_list()]
    states += ["no_unit"] if any(set(made.columns) - cells.keys() for _, cells in made.rows) else []
    legend = pivot.legend(states, bool(shown["is_imputed"].any()), lang)
    drawn = pivot.html(made, of, title, lang, layout.shown, linking(base) if base else None)
    said = " · ".join(small_print(version, made, order, lang))
    return f'{drawn}{legend}<p class="more">{escape(said)}</p>'


def small_print(version: Version, made: pivot.Pivot, order: Sequence[str], lang: str) -> list[str]:
    """What the table leaves out."""
    more = len(order) - len({row["unit"] for row, _ in made.rows})
    said = [text("table.more", lang, n=format.integer(more, lang))] if more > 0 else []
    said += [text("slices.left_out_months", lang, months=", ".join(made.left_out))] if made.left_out else []
    return said if "area" in levels(version) else [*said, text("slices.no_area", lang)]


# ---- the drawings ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def drawn(
    version: Version, of: Slice, scope: Scope, layout: Layout, lang: str, width: float = 0, base: str = ""
) -> str:
    """The picture of a view, at its own width where none is given; base: where its figures lead, "" nowhere."""
    return _drawing(version, of, scope, layout, lang, base)(width=width or WIDTH[layout.view])


@lru_cache(maxsize=32)
def _drawing(version: Version, of: Slice, scope: Scope, layout: Layout, lang: str, base: str) -> Drawing:
    """The picture of a view at any width: the page shows it at two."""
    of = needed(of, layout)
    told, province = rows(version, of, scope), rows(version, of_province(of), scope)
    link = linking(base) if base else None
    head = partial(slice_words.title, version, of, lang)
    if layout.view == "map":
        return _map(told, of, layout, head, link, lang)
    name = ""
    if facet(of):
        told = rows(version, focused(of, layout.focus), scope)
        name = (
            told["name"][0]
            if layout.focus not in ("", definitions().province.code)
            else text("slices.within_all", lang)
        )
    else:
        order = pivot.arranged(told, layout.across, layout.sort, layout.pinned, layout.hidden)
        told = with_province(told, province, order[: MANY[layout.view]])
    shown = series(told, of, lang, layout.pinned)
    if layout.view == "bars":
        return _bars(shown, of, province, head(name), link, lang)
    if layout.view == "lines":
        return partial(lines.svg, shown, title=head(name), lang=lang)
    return _multiples(shown, of, head(name), link, lang)


def series(told: pl.DataFrame, of: Slice, lang: str, pinned: Sequence[str] = ()) -> pl.DataFrame:
    """The rows of a slice as series with labels, in order: its groups or indicators, or its units."""
    apart = facet(of)
    if apart:
        label = pl.col(apart).replace_strict(facets(of, told, lang), return_dtype=pl.String)
        return told.with_columns(series=pl.col(apart), label=label, is_named=pl.lit(True))
    province = definitions().province.code
    is_named = pl.lit(told["unit"].n_unique() <= NAMED) | pl.col("unit").is_in([*pinned, province])
    # The province bears the name of one of its wards.
    label = pl.when(pl.col("unit") == province).then(pl.lit(text("slices.within_all", lang))).otherwise("name")
    return told.with_columns(series=pl.col("unit"), label=label, is_named=is_named)


def with_province(told: pl.DataFrame, province: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """The units of an order, and the province beside them."""
    place = pl.DataFrame({"unit": order, "place": range(len(order))}, schema={"unit": pl.String, "place": pl.Int32})
    kept = told.join(place, on="unit").sort("place", maintain_order=True).drop("place")
    return kept if told["unit"][0] == province["unit"][0] else pl.concat([kept, province])


def linked(shown: pl.DataFrame, link: Link | None) -> pl.DataFrame:
    """The rows with where a click on their figure leads."""
    to = [link(row) if link and row["share"] is not None else None for row in shown.rows(named=True)]
    return shown.with_columns(href=pl.Series(to, dtype=pl.String))


def _bars(shown: pl.DataFrame, of: Slice, province: pl.DataFrame, title: str, link: Link | None, lang: str) -> Drawing:
    """The last month's shares: units from the highest down, groups in their fixed order."""
    is_last, is_whole = pl.col("month") == pl.col("month").max(), pl.col("category").is_in(["", ALL])
    last = shown.filter(is_last)
    whole = province.filter(is_last).filter(is_whole, pl.col("share").is_not_null(), pl.col("indicator") == of.ids[0])
    is_held = facet(of) != "indicator" and not whole.is_empty()
    line = (text("charts.province", lang), whole["share"][0]) if is_held else None
    if not facet(of):
        is_pinned = pl.col("is_named") & (pl.lit(last["unit"].n_unique() > NAMED))
        last = last.filter(pl.col("unit") != definitions().province.code) if last["unit"].n_unique() > 1 else last
        last = last.with_columns(is_pinned=is_pinned)
        last = last.sort("share", descending=True, nulls_last=True, maintain_order=True)
    listed = linked(last, link).with_columns(name=pl.col("label"), value="share")
    return partial(bars.svg, listed, title=title, line=line, lang=lang)


def _multiples(shown: pl.DataFrame, of: Slice, title: str, link: Link | None, lang: str) -> Drawing:
    """One panel per group or indicator (all groups grey behind them), or per unit (the province behind)."""
    context = {"category": ALL, "": definitions().province.code}.get(facet(of), "")
    behind = context if shown["series"].n_unique() > 1 else ""
    hrefs = linked(shown.filter(pl.col("month") == pl.col("month").max()), link).select("series", "month", "href")
    panels = shown.join(hrefs, on=["series", "month"], how="left", maintain_order="left")
    return partial(multiples.svg, panels, title=title, context=behind, lang=lang)


def _map(
    told: pl.DataFrame, of: Slice, layout: Layout, head: Callable[..., str], link: Link | None, lang: str
) -> Drawing:
    """The last month of one indicator (and group) on the tile map, in classes that never move."""
    last, name = told.filter(pl.col("month") == pl.col("month").max()), ""
    if facet(of):
        names = facets(of, told, lang)
        one = layout.one if layout.one in names else next(iter(names))
        last, name = last.filter(pl.col(facet(of)) == one), names[one]
    last = linked(last.filter(~pl.col("unit").is_in(layout.hidden)).with_columns(label="name"), link)
    return partial(sharemap.svg, last, tiles(), title=head(name), boundaries=boundaries(), lang=lang)
