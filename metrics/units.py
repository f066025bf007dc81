"""The units people choose from."""

from functools import cache, lru_cache

import polars as pl

from definitions import reference
from definitions.spelling import fold, sort_key
from warehouse.version import Version


@lru_cache(maxsize=8)
def units(version: Version) -> pl.DataFrame:
    """One row per unit: unit, level, name, full_name, sort; its cluster and the cluster's name (null: none), villages
    and households (reference) in the last month.
    """
    return version.query("from unit")


@lru_cache(maxsize=8)
def communes(version: Version) -> pl.DataFrame:
    """One row per commune in Vietnamese alphabetical order: unit, name, full_name, cluster, folded (search key)."""
    frame = units(version).filter(pl.col("level") == "commune").select("unit", "name", "full_name", "cluster")
    keyed = frame.with_columns(folded=pl.Series([fold(name) for name in frame["name"]], dtype=pl.String))
    order = sorted(range(len(keyed)), key=lambda row: sort_key(keyed["name"][row]))
    return keyed[order]


@lru_cache(maxsize=512)
def communes_of(version: Version, unit: str) -> pl.DataFrame:
    """The rows of `units` for the communes of a unit, a commune being its own only one."""
    parts = version.query("from unit_commune").filter(pl.col("unit") == unit)
    return units(version).filter(pl.col("unit").is_in(parts["commune"].implode()))


@lru_cache(maxsize=8)
def by_id(version: Version) -> dict[str, dict]:
    """The row of every unit by its id."""
    return {row["unit"]: row for row in units(version).iter_rows(named=True)}


def names(version: Version) -> dict[str, str]:
    """The full name of every unit by its id."""
    return {id: row["full_name"] for id, row in by_id(version).items()}


def facts(version: Version, commune: str) -> dict:
    """The row of one commune of `units`. KeyError for an id nobody knows."""
    return by_id(version)[commune]


@cache
def named() -> dict[str, str]:
    """code -> full name of every commune of the reference table, in Vietnamese alphabetical order."""
    return {unit.code: unit.full_name for unit in sorted(reference.communes(), key=lambda unit: sort_key(unit.name))}
