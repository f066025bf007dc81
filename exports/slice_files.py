"""A slice to take away: typed columns with their units, and the lines of Python that give it again."""

import io
from dataclasses import fields, replace

import polars as pl

from definitions.text import text
from exports import slice_words
from exports.papers import Edition
from exports.tables import Table, column
from exports.workbook import Column, Kind, Notes
from metrics.slice import Slice

PARQUET = "application/vnd.apache.parquet"


def table(told: pl.DataFrame, of: Slice, title: str, lang: str) -> Table:
    """metrics.slices.rows as a table: one row per unit, group, month and indicator, ids beside the words."""
    counted = {slice_words.counted_in(id, lang) for id in told["indicator"].unique()} or {text("unit.household", lang)}
    unit = "/".join(sorted(counted))
    whole = " / ".join(dict.fromkeys(slice_words.out_of(of, id, lang) for id in of.ids))
    spoken = told.with_columns(
        group=pl.col("category").replace_strict(_named("category", told, lang), return_dtype=pl.String),
        indicator_word=pl.col("indicator").replace_strict(_named("indicator", told, lang), return_dtype=pl.String),
        why=pl.col("state").replace_strict(_named("state", told, lang), return_dtype=pl.String),
    )
    heads = [
        column("unit", "unit_id", "text", lang),
        Column("name", text(f"slices.level_{of.level}", lang)),
        *(
            [Column("category", text("column.group_id", lang)), column("group", "group", "text", lang)]
            if of.by != "none"
            else []
        ),
        column("month", "month", "month", lang),
        column("indicator", "indicator_id", "text", lang),
        column("indicator_word", "indicator", "text", lang),
        Column("numerator", text("column.reached_of", lang, unit=unit), "", "count"),
        Column("denominator", text("column.whole_of", lang, unit=unit), "", "count"),
        Column("share", text("column.share", lang), whole, "share"),
        column("why", "why_empty", "text", lang),
        Column("denominator_shared", text("column.shared_of", lang, unit=unit), "", "count"),
        column("villages_known", "villages_known", "count", lang),
        column("villages_expected", "villages_expected", "count", lang),
        column("villages_carried", "villages_carried", "count", lang),
    ]
    return Table("slice", title, spoken, tuple(heads))


def _named(what: str, told: pl.DataFrame, lang: str) -> dict[str, str]:
    words = {"category": slice_words.category, "indicator": slice_words.indicator}
    say = words.get(what, lambda id, lang: text(f"reason_empty.{id}", lang) if id else "")
    return {id: say(id, lang) for id in told[what].unique()}


def villages(told: pl.DataFrame, of: Slice, title: str, lang: str) -> Table:
    """metrics.slice_cells.villages as a table."""
    shown = table(told, replace(of, by="none", level="village"), title, lang)
    kept = ("name", "numerator", "denominator", "share", "why", "villages_carried")
    return Table("slice-villages", title, shown.frame, tuple(c for c in shown.columns if c.id in kept))


def cells(found: pl.DataFrame, title: str, lang: str) -> Table:
    """metrics.slice_cells.cells as a table."""
    named = {id: slice_words.category(id, lang) for id in found["category"].unique()}
    group = pl.col("category").replace_strict(named, return_dtype=pl.String)
    kinds: dict[str, Kind] = {"value": "count", "month": "month", "row": "count", "received_at": "moment"}
    heads = {
        "name": "village", "group": "group", "value": "value", "month": "month", "file": "file", "sheet": "sheet",
        "row": "row", "column": "column", "received_at": "received",
    }  # fmt: skip
    columns = tuple(column(id, key, kinds.get(id, "text"), lang) for id, key in heads.items())
    return Table("slice-cells", title, found.with_columns(group=group), columns)


def notes(of: Slice, filters: str, edition: Edition) -> Notes:
    """What a file of a slice says of itself; the wording is the one the slice counts by, if it counts access at all."""
    lang = edition.lang
    own = replace(edition, wording=" · ".join(slice_words.wording(of, lang)))
    return Notes(own, slice_words.definitions_of(of, lang), filters)


def parquet(told: pl.DataFrame) -> bytes:
    """The frame itself, as metrics.slices.rows gives it: ids, no words."""
    out = io.BytesIO()
    told.write_parquet(out)
    return out.getvalue()


def python(of: Slice, origin: str, version: str) -> str:
    """Three lines that give the same frame without a page, run from the program's folder; what it shows of groups
    is what roles.toml lets everybody see."""
    told = [f"{f.name}={getattr(of, f.name)!r}" for f in fields(of) if getattr(of, f.name) != f.default]
    return (
        "from answers import version\n"
        "from metrics.slices import Slice, rows\n"
        f'frame = rows(version("{origin}", "{version}"), Slice({", ".join(told)}))'
    )
