"""The reference tables of the province, as frozen rows: communes, old units, ethnic groups, tiles, printed figures."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference"
OLD = "old:"  # before the code of a unit of before the merger: the same code may be another commune today


@dataclass(frozen=True)
class Commune:
    """One commune of today. Empty text or None where no source can be named; areas in km2, the point in WGS 84."""

    code: str
    name: str
    full_name: str
    type: str
    aliases: tuple[str, ...]
    lat: float
    lon: float
    area_km2: float
    old_province: str
    old_districts: tuple[str, ...]
    population: int | None
    population_date: str
    population_note: str
    population_source: str
    area_class: str
    area_class_source: str
    border: bool | None
    border_source: str
    upland: bool | None
    upland_source: str


@dataclass(frozen=True)
class OldUnit:
    """One part of an old commune and the commune of today it went to; the shares of one old code add up to 1."""

    code: str
    epoch: str
    name: str
    full_name: str
    type: str
    aliases: tuple[str, ...]
    old_district: str
    old_district_code: str
    old_province: str
    old_province_code: str
    new_code: str
    share: float

    @property
    def id(self) -> str:
        return OLD + self.code


@dataclass(frozen=True)
class EthnicGroup:
    """One of the 54 official groups, with its official number."""

    number: int
    id: str
    name: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Tile:
    """A commune's hexagon: column from the west, row from the north, odd rows half a tile to the east."""

    code: str
    col: int
    row: int


@dataclass(frozen=True)
class PrintedFigure:
    """One figure found in print. `value` is None for a range; `date` may be a year or month, `day` is its last day."""

    id: str
    level: str
    place_code: str
    epoch: str
    place: str
    commune_code: str
    indicator: str
    kind: str
    value: float | None
    value_low: float | None
    value_high: float | None
    unit: str
    qualifier: str
    derived: bool
    date: str
    day: str
    source: str
    status: str
    reason: str
    note: str


@dataclass(frozen=True)
class PrintedIndicator:
    """What a printed figure counts, in both languages."""

    indicator: str
    label_vi: str
    label_en: str


@dataclass(frozen=True)
class EarlierUnit:
    """A commune gone before the old list was drawn up, by name only: its figures are never converted."""

    name: str
    full_name: str
    type: str
    old_district: str
    old_district_code: str
    old_province: str
    ended: str
    new_code: str
    source: str
    note: str


def _read(kind: type[Any], file: str) -> tuple[Any, ...]:
    with (REFERENCE / file).open(encoding="utf-8", newline="") as text:
        return tuple(
            kind(**{f.name: _value(str(f.type), row[f.name]) for f in fields(kind)}) for row in csv.DictReader(text)
        )


def _value(kind: str, text: str) -> Any:
    if kind == "tuple[str, ...]":
        return tuple(part.strip() for part in text.split(";") if part.strip())
    if not text and kind.endswith("| None"):
        return None
    if kind.startswith("bool"):
        return text == "1"
    return {"int": int, "float": float}.get(kind.split(" ")[0], str)(text)


@cache
def communes() -> tuple[Commune, ...]:
    """The communes of today, in order of code."""
    return _read(Commune, "communes.csv")


@cache
def old_units() -> tuple[OldUnit, ...]:
    """The communes before the merger, one row per part and commune of today."""
    return _read(OldUnit, "old_units.csv")


@cache
def ethnic_groups() -> tuple[EthnicGroup, ...]:
    """The 54 groups in official order."""
    return _read(EthnicGroup, "ethnic_groups.csv")


@cache
def tiles() -> tuple[Tile, ...]:
    """One hexagon per commune."""
    return _read(Tile, "tiles.csv")


@cache
def printed_figures() -> tuple[PrintedFigure, ...]:
    """Figures found in print, to be shown beside our series and never added to them."""
    return _read(PrintedFigure, "printed_figures.csv")


@cache
def earlier_units() -> tuple[EarlierUnit, ...]:
    """Names of communes that were gone before the old list."""
    return _read(EarlierUnit, "earlier_units.csv")


@cache
def printed_indicators() -> tuple[PrintedIndicator, ...]:
    """The wording of every indicator that occurs among the printed figures."""
    return _read(PrintedIndicator, "printed_indicators.csv")
