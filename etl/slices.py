"""What a slice can be cut by: units with their parts of communes, indicators with the months they are asked in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from definitions.asked import dimensions, is_due, is_monthly, is_running
from definitions.load import definitions
from definitions.reference import communes, old_units
from definitions.spelling import sort_key

PART_SCHEMA = {"level": pl.String, "unit": pl.String, "commune": pl.String, "place": pl.Int64, "places": pl.Int64}
HEIR_SCHEMA: dict[str, Any] = {"village": pl.String, "heir": pl.String, "cuts": pl.List(pl.Float64)}


def tables(registry: pl.DataFrame, months: list[date]) -> dict[str, pl.DataFrame]:
    """Name -> rows, as the marts of slices read them."""
    return {
        "slice_unit": unit_table(),
        "slice_part": part_table(),
        "slice_indicator": indicator_table(),
        "slice_asked": asked_table(months),
        "old_unit": old_unit_table(),
        "village_heir": heirs(registry),
    }


@dataclass(frozen=True)
class Part:
    """The place-th of so many equal parts of a commune's figures that counts for a unit: by default all of them.

    The place-th of k parts of a count n is (n + k - place) // k: they add up to n, and the part of a smaller count is
    never the larger one.
    """

    level: str
    unit: str
    commune: str
    place: int = 1
    places: int = 1


def parts() -> list[Part]:
    """Every unit of every level with its communes. An old district takes of a commune one part for each of its old
    communes there.
    """
    loaded, whole = definitions(), communes()
    found = [Part("province", loaded.province.code, c.code) for c in whole]
    found += [Part("district", f"district:{code}", commune, *of) for code, commune, *of in district_parts()]
    found += [Part("cluster", f"cluster:{of.id}", code) for of in loaded.clusters for code in of.communes]
    found += [Part("area", f"area:{c.area_class}", c.code) for c in whole if c.area_class]
    return found + [Part("commune", c.code, c.code) for c in whole]


def district_parts() -> list[tuple[str, str, int, int]]:
    """(district, commune, place, places): a commune of several old districts is split by its old communes."""
    found = []
    for commune in communes():
        among = sorted(old.old_district_code for old in old_units() if old.new_code == commune.code)
        among = among if len(set(among)) > 1 else among[:1]
        found += [(district, commune.code, place, len(among)) for place, district in enumerate(among, 1)]
    return found


def part_table() -> pl.DataFrame:
    return pl.DataFrame([vars(part) for part in parts()], schema=PART_SCHEMA)


def unit_table() -> pl.DataFrame:
    """One row per unit: level, unit, name, full_name, sort."""
    loaded, clusters = definitions(), definitions().clusters
    rows = [("province", loaded.province.code, loaded.province.name, f"Tỉnh {loaded.province.name}")]
    rows += [("district", f"district:{code}", name, f"{name} (cũ)") for code, name in sorted(districts().items())]
    rows += [("cluster", f"cluster:{of.id}", of.label.vi, of.label.vi) for of in clusters]
    areas = sorted({part.unit.partition(":")[2] for part in parts() if part.level == "area"})
    rows += [("area", f"area:{id}", id, f"Khu vực {id}") for id in areas]
    rows += [("commune", c.code, c.name, c.full_name) for c in sorted(communes(), key=lambda c: sort_key(c.name))]
    return pl.DataFrame(rows, schema=["level", "unit", "name", "full_name"], orient="row").with_row_index("sort")


def old_unit_table() -> pl.DataFrame:
    """One row per unit of before the merger and commune of today it went to, in alphabetical order."""
    listed = sorted(old_units(), key=lambda old: sort_key(old.name))
    rows = [
        (old.id, old.new_code, f"district:{old.old_district_code}", old.name, old.full_name, old.share)
        for old in listed
    ]
    heads = ["old_unit", "commune", "district", "name", "full_name", "share"]
    return pl.DataFrame(rows, schema=heads, orient="row").with_row_index("sort")


def districts() -> dict[str, str]:
    """Code -> name of every district of before July 2025."""
    return {old.old_district_code: old.old_district for old in old_units()}


def indicator_table() -> pl.DataFrame:
    rows = [(id, of.numerator, of.denominator, is_monthly(id)) for id, of in definitions().indicators.items()]
    return pl.DataFrame(rows, schema=["indicator", "numerator", "denominator", "is_monthly"], orient="row")


def asked_table(months: list[date]) -> pl.DataFrame:
    """One row per indicator, dimension and month in which it can be asked; is_due: of every commune."""
    rows = [
        (id, dimension, month, is_due(id, dimension, month))
        for id in definitions().indicators
        for dimension in dimensions(id)
        for month in months
        if is_running(id, month)
    ]
    kinds = {"indicator": pl.String, "dimension": pl.String, "month": pl.Date, "is_due": pl.Boolean}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def heirs(registry: pl.DataFrame) -> pl.DataFrame:
    """One row per village that has ended and village of today its figures go to; several share by reference households.

    cuts: how a count n comes to the heir's part: a cut q takes round(n * q), a cut -q leaves the rest of that. So the
    parts add up to n and the part of a smaller count is never the larger one, as rounding the ends of a stretch would
    have it: of the middle third of 1 and of 2 it makes 1 and 0. Without a reference household count the heirs share
    alike. A village without heirs stays itself and has no row.
    """
    size = dict(registry.select("village", "households_reference").iter_rows())
    became = {village: said.split() for village, said in registry.select("village", "successors").iter_rows() if said}
    rows = [(village, *row) for village in sorted(became) for row in _followed(village, became, size)]
    return pl.DataFrame(rows, schema=HEIR_SCHEMA, orient="row")


def _followed(
    village: str, became: dict[str, list[str]], size: dict[str, int | None], cuts: tuple[float, ...] = ()
) -> list[tuple[str, tuple[float, ...]]]:
    """The villages of today that the part of a village's figures after these cuts goes to, each with its own cuts."""
    if village not in became:
        return [(village, cuts)]
    listed, found = sorted(became[village]), list[tuple[str, tuple[float, ...]]]()
    weights = [size.get(heir) or 0 for heir in listed]
    weights = weights if all(weights) else [1] * len(listed)
    for n, heir in enumerate(listed[:-1]):
        share = weights[n] / sum(weights[n:])
        found += _followed(heir, became, size, (*cuts, share))
        cuts = (*cuts, -share)
    return found + _followed(listed[-1], became, size, cuts)
