"""Gives every landed cell its unit, the one place where villages are matched; what it cannot place it holds back."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from definitions.load import definitions
from definitions.places import Candidate, Match, match_village
from definitions.reference import old_units
from definitions.spelling import normalise
from etl.letters import letter

VILLAGE_ID = re.compile(r"\d{5}-\d{3}")
ROW = ["sha256", "sheet", "row"]
PLACE = ["commune", "month", "village_id", "village_name", "part"]
HELD_SCHEMA: dict[str, Any] = {
    "sha256": pl.String,
    "commune": pl.String,
    "month": pl.Date,
    "form_sheet": pl.String,
    "sheet": pl.String,
    "row": pl.Int32,
    "village_id": pl.String,
    "village_name": pl.String,
    "part": pl.String,
}
LETTER_SCHEMA: dict[str, Any] = {
    "sha256": pl.String,
    "commune": pl.String,
    "month": pl.Date,
    "sheet": pl.String,
    "row": pl.Int32,
    "column": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "message": pl.String,
}


class Shaped(NamedTuple):
    """cells: the landed cells with their unit and what its sheet lacks (see `_with_gaps`); letters: one per row
    (sha256, sheet, row) held back here.
    """

    cells: pl.DataFrame
    letters: pl.DataFrame


class Finding(NamedTuple):
    """What a place means: the unit, or why there is none and what may have been meant."""

    unit: str | None
    code: str = ""
    about: str = ""


def resolve(values: pl.DataFrame, registry: pl.DataFrame, held: pl.DataFrame | None = None) -> Shaped:
    """Place every cell: its commune, or the village of the registry that existed in the cell's month.

    values: landed cells with sha256, commune, month and received_on (the day it arrived). A village is known by its
    id; the name beside it must agree. Without an id the name must be unique among the commune's villages of that month;
    a file of an old unit (part) does not speak of the villages other old units listed.
    held: the rows the reader held back (HELD_SCHEMA).
    """
    held = pl.DataFrame(schema=HELD_SCHEMA) if held is None else held
    of_villages = [
        sheet.id for sheet in definitions().forms.sheets.values() if sheet.grain == "village" and sheet.id != "registry"
    ]
    is_early = pl.col("month") > pl.col("received_on")
    early, cells = values.filter(is_early).with_columns(code=pl.lit("future_month")), values.filter(~is_early)
    placed = cells.filter(~pl.col("form_sheet").is_in(of_villages)).with_columns(unit="commune")
    villages = cells.filter(pl.col("form_sheet").is_in(of_villages))
    findings = placed_villages(pl.concat([villages.select(PLACE), held.select(PLACE)]), registry)
    matched = villages.join(findings, on=PLACE, how="left", nulls_equal=True, maintain_order="left")
    placed = pl.concat([placed, matched.filter(pl.col("unit").is_not_null()).select(placed.columns)])
    kept, twice = _once(placed)
    unplaced = pl.concat([early, matched.filter(pl.col("unit").is_null()), twice], how="diagonal")
    gaps = pl.concat([held.join(findings, on=PLACE, how="left", nulls_equal=True), unplaced], how="diagonal")
    return Shaped(_with_gaps(kept.drop("received_on"), gaps), _letters(unplaced))


def _with_gaps(cells: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """The cells with `lacking`: "own" where a row of the unit was held back from that sheet of its delivery, "unplaced"
    where a row nobody knows the unit of was, "" else.

    Only of sheets on which a unit has several rows: elsewhere a unit whose row was held back has no cells at all.
    """
    sheets = definitions().forms.sheets.values()
    several = [sheet.id for sheet in sheets if any(column.kind == "category" for column in sheet.columns)]
    gaps = gaps.filter(pl.col("form_sheet").is_in(several)).select("sha256", "form_sheet", "unit").unique()
    has_gaps = pl.col("sha256").is_in(gaps["sha256"].unique().to_list()) & pl.col("form_sheet").is_in(several)
    own = gaps.drop_nulls("unit").with_columns(own=pl.lit("own"))
    unplaced = gaps.filter(pl.col("unit").is_null()).drop("unit").with_columns(unplaced=pl.lit("unplaced"))
    marked = cells.filter(has_gaps).join(own, on=own.columns[:-1], how="left")
    marked = marked.join(unplaced, on=unplaced.columns[:-1], how="left")
    marked = marked.with_columns(lacking=pl.coalesce("own", "unplaced", pl.lit(""))).drop("own", "unplaced")
    return pl.concat([cells.filter(~has_gaps).with_columns(lacking=pl.lit("")), marked])


def _once(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells whose row alone speaks of its unit (and group) in its delivery, and the rest with a code.

    A commune's figures may stand down a column, each in a row of its own: there no measure may stand twice.
    """
    is_commune = pl.col("form_sheet") == "commune"
    key = ["sha256", "form_sheet", "unit", "dimension", "category", "what"]
    cells = cells.with_columns(what=pl.when(is_commune).then("measure"))
    rows = (
        cells.select(*key, "sheet", "row").unique().filter(pl.len().over(key) > 1, pl.col("form_sheet") != "registry")
    )
    places = rows.group_by(key).agg(about=pl.col("row").unique().sort().cast(pl.String).str.join(", "))
    rows = rows.join(places, on=key, nulls_equal=True).select(*ROW, "about").unique(ROW)
    cells = cells.drop("what")
    code = pl.when(is_commune).then(pl.lit("duplicate_row")).otherwise(pl.lit("duplicate_village"))
    return cells.join(rows, on=ROW, how="anti", maintain_order="left"), cells.join(rows, on=ROW).with_columns(code=code)


# ---- matching ------------------------------------------------------------------------------------------------------


def placed_villages(cells: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """One row per (commune, month, village_id, village_name, part): unit, or code and about.

    Nearly all rows are an id with its own name: joins settle those, only the rest is looked at one by one.
    """
    places = cells.select(PLACE).unique(maintain_order=True)
    asked = _with_key(places, "village_name", "asked")
    known = _known_names(registry)
    by_id = asked.join(known, left_on=["commune", "village_id"], right_on=["commune", "village"]).with_columns(
        unit="village_id"
    )
    by_name = asked.filter(pl.col("village_id").is_null()).join(
        known.with_columns(unit="village"), left_on=["commune", "asked"], right_on=["commune", "key"]
    )
    part, listed_by = pl.col("part"), pl.col("listed_by")
    by_name = by_name.filter((part == "") | (listed_by == "") | (listed_by == part))
    exists = (pl.col("valid_from") <= pl.col("month")) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("month"))
    )
    agrees = pl.col("village_name").is_null() | (pl.col("asked") == pl.col("key"))
    fits = pl.concat(
        [by_id.filter(exists & agrees).select(*PLACE, "unit"), by_name.filter(exists).select(*PLACE, "unit")]
    )
    sure = fits.unique(maintain_order=True).filter(pl.len().over(PLACE) == 1)
    rest = places.join(sure, on=PLACE, how="anti", nulls_equal=True)
    alive = _villages_by_commune(registry.filter(pl.col("commune").is_in(rest["commune"].unique().to_list())))
    looked_up = [(*place, *_look_up(alive, *place)) for place in rest.iter_rows()]
    schema = {name: places.schema[name] for name in PLACE} | {"unit": pl.String, "code": pl.String, "about": pl.String}
    sure = sure.with_columns(code=pl.lit(""), about=pl.lit(""))
    return pl.concat([sure, pl.DataFrame(looked_up, schema=schema, orient="row")])


def _known_names(registry: pl.DataFrame) -> pl.DataFrame:
    """One row per village and name it goes by: commune, village, key, valid_from, valid_to, listed_by (its part)."""
    named = registry.with_columns(called=pl.concat_list(pl.concat_list("name"), "aliases")).explode("called")
    keyed = _with_key(named, "called", "key")
    return keyed.select("commune", "village", "key", "valid_from", "valid_to", listed_by="part")


def _with_key(rows: pl.DataFrame, name: str, key: str) -> pl.DataFrame:
    """The rows with the bare name beside the written one, worked out once per name."""
    names = rows.select(name).unique()
    keys = names.with_columns(pl.col(name).map_elements(_key, return_dtype=pl.String).alias(key))
    return rows.join(keys, on=name, how="left", nulls_equal=True)


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    return normalise(name, village=True)


class Village(NamedTuple):
    id: str
    name: str
    aliases: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    successors: str
    part: str

    def exists_in(self, month: date) -> bool:
        return self.valid_from <= month and (self.valid_to is None or self.valid_to >= month)


def _villages_by_commune(registry: pl.DataFrame) -> dict[str, list[Village]]:
    listed: dict[str, list[Village]] = {}
    columns = ("commune", "village", "name", "aliases", "valid_from", "valid_to", "successors", "part")
    for commune, id, name, aliases, *rest in registry.select(columns).iter_rows():
        listed.setdefault(commune, []).append(Village(id, name, tuple(aliases), *rest))
    return listed


def _look_up(
    listed: dict[str, list[Village]], commune: str, month: date, id: str | None, name: str | None, part: str
) -> Finding:
    """One place by id and name; a village that did not exist in the month is not placed."""
    villages = listed.get(commune, [])
    own_part = [v for v in villages if not part or v.part in ("", part)]
    if not own_part:
        return Finding(None, "village_list_not_adopted")
    alive = tuple((v.id, v.name, v.aliases) for v in own_part if v.exists_in(month))
    match = _match(name or "", alive)
    if not id or not VILLAGE_ID.fullmatch(id):
        return Finding(match.code) if match.code else _unclear(match, _not_listed(name or id or "", villages, own_part))
    own = next((v for v in villages if v.id == id), None)
    if own is None:
        return _unclear(match, f"mã {id} không có trong danh mục thôn của xã, phường")
    if not own.exists_in(month):
        return Finding(
            None, "unknown_village", _gone(own, month, [v.name for v in villages if v.id in own.successors.split()])
        )
    if not name or match.code == id:
        return Finding(id)
    return Finding(None, "ambiguous_village", _list([f"{own.name} ({own.id})", *_offered(match.candidates)]))


def _not_listed(name: str, villages: list[Village], own_part: list[Village]) -> str:
    """That a name is not on the list; of a village another old unit listed, whose it is."""
    others = tuple((v.id, v.name, v.aliases) for v in villages if v not in own_part)
    if not (code := _match(name, others).code):
        return f"“{name}” không có trong danh mục thôn"
    part = next(v.part for v in villages if v.id == code)
    unit = next(unit.full_name for unit in old_units() if unit.id == part)
    return f"trong danh mục, “{name}” ({code}) là thôn của {unit} cũ"


def _unclear(match: Match, what: str) -> Finding:
    offered = _list(_offered(match.candidates))
    if match.verdict == "ambiguous":
        return Finding(None, "ambiguous_village", offered)
    return Finding(None, "unknown_village", what + (f"; gần giống: {offered}" if offered else ""))


def _gone(village: Village, month: date, heirs: list[str]) -> str:
    if month < village.valid_from:
        return f"thôn {village.name} ({village.id}) chỉ có từ tháng {village.valid_from:%m/%Y}"
    ended = f"thôn {village.name} ({village.id}) không còn sau tháng {village.valid_to:%m/%Y}"
    return f"{ended}, nay là {_list(heirs)}" if heirs else ended


@lru_cache(maxsize=20_000)
def _match(name: str, alive: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Match:
    return match_village(name, alive)


def _offered(candidates: Sequence[Candidate]) -> list[str]:
    return [f"{candidate.full_name} ({candidate.code})" for candidate in candidates]


def _list(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))


# ---- letters -------------------------------------------------------------------------------------------------------


def _letters(unplaced: pl.DataFrame) -> pl.DataFrame:
    """One letter per row held back."""
    rows = unplaced.unique(ROW, maintain_order=True).sort(ROW)
    return pl.DataFrame([_told(row) for row in rows.iter_rows(named=True)], schema=LETTER_SCHEMA, orient="row")


def _told(row: dict[str, Any]) -> dict[str, Any]:
    code, about = row["code"], row.get("about") or ""
    found = " ".join(part for part in (row["village_id"], row["village_name"]) if part)
    words: dict[str, str] = {"rows": about, "candidates": about, "what": about}
    if code == "future_month":
        found, words["limit"] = f"{row['month']:%m/%Y}", f"{row['received_on']:%m/%Y}"
    told = letter(code, row["sheet"], row["row"], None, found, **words)
    return {name: row[name] for name in ("sha256", "commune", "month")} | asdict(told)
