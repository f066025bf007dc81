"""What a slice is, and what there is to choose from."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from definitions import asked
from definitions.load import ACCESS, definitions
from definitions.reference import ethnic_groups
from warehouse.version import Version

LEVELS = ("province", "district", "cluster", "area", "commune", "village")
BY = ("none", "ethnic", "priority", "platform")
ALL, UNKNOWN = "all", "unknown"


class NoSuchSlice(ValueError):
    """What was asked cannot be cut; `reason` is the id of the sentence that says why (slices.<reason>)."""

    def __init__(self, reason: str, about: str = ""):
        self.reason, self.about = reason, about
        super().__init__(f"{reason}: {about}" if about else reason)


@dataclass(frozen=True)
class Slice:
    """What to cut out. Every word is an id, months are written 2026-09.

    indicators: ids; "access" is the one of `wording` (the one in force where that is ""). By platform they are those of
    the platforms, whatever is named. since, until: "" is the last month with a figure. within: only what lies in it.
    units, categories: only these, all of them where empty; the category "all" is the ethnic groups added up.
    units_of: figures in the units of "today", or in those of the "time".
    """

    indicators: tuple[str, ...]
    level: str = "province"
    by: str = "none"
    since: str = ""
    until: str = ""
    within: str = ""
    units: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    wording: str = ""
    units_of: str = "today"

    @property
    def dimension(self) -> str:
        return "none" if self.by == "platform" else self.by

    @property
    def ids(self) -> tuple[str, ...]:
        """The indicators meant, each once, in the order asked for."""
        if self.by == "platform":
            return tuple(asked.of_platforms().values())
        access = definitions().access
        meant = access.wordings[self.wording or access.in_force].indicator
        return tuple(dict.fromkeys(meant if id == ACCESS else id for id in self.indicators))


def must_be_possible(version: Version, of: Slice) -> None:
    """NoSuchSlice for what is unknown, for a level without a source, and for an ethnic group in one village."""
    unknown = [id for id in of.ids if id not in definitions().indicators]
    if unknown or not of.ids:
        raise NoSuchSlice("unknown_indicator", ", ".join(unknown))
    if of.level not in LEVELS or of.by not in BY:
        raise NoSuchSlice("unknown_level", f"{of.level}, {of.by}")
    if of.level == "village" and of.by == "ethnic":
        raise NoSuchSlice("ethnic_village")
    if of.level not in levels(version):
        raise NoSuchSlice("no_source", of.level)


@lru_cache(maxsize=64)
def units(version: Version, level: str, within: str = "") -> pl.DataFrame:
    """One row per unit of a level: unit, name, full_name, sort; communes and villages those of a larger unit only.

    Communes that share another's old district lie in both. Villages by commune, those that have ended included.
    """
    if level == "village":
        return villages(version, within).select("unit", "name", "full_name", "sort")
    listed = version.query("select unit, name, full_name, sort from slice_unit where level = ? order by sort", [level])
    if not within or level != "commune":
        return listed
    inside = version.query("select commune as unit from slice_part where unit = ?", [within])
    return listed.join(inside, on="unit", how="semi", maintain_order="left")


@lru_cache(maxsize=64)
def listed(version: Version, of: Slice) -> pl.DataFrame:
    """The units of a slice, as `units` gives them; those of before the merger each behind its commune of today."""
    today = units(version, of.level, of.within)
    if of.level != "commune" or not is_of_before(version, of):
        return today
    old = version.query("select old_unit as unit, name, full_name, commune from old_unit order by sort")
    placed = old.join(today.select("sort", commune="unit"), on="commune").unique("unit", maintain_order=True)
    both = pl.concat([today, placed.select(today.columns)]).sort("sort", maintain_order=True)
    return both.with_columns(sort=pl.int_range(pl.len(), dtype=pl.Int32))


def is_of_before(version: Version, of: Slice) -> bool:
    """Whether a slice has months of before the merger in the units of that time."""
    if of.units_of != "time" or of.level not in ("commune", "district"):
        return False
    epoch = definitions().province.epoch
    return span(version, of)[0] < epoch and any(month < epoch for month in all_months(version)[:1])


@lru_cache(maxsize=16)
def villages(version: Version, within: str = "") -> pl.DataFrame:
    """One row per village of a unit (of all), those that have ended included, by commune: unit, name, full_name,
    commune, valid_from, valid_to, sort."""
    inside = "where commune in (select commune from slice_part where unit = ?)" if within else ""
    listed = version.query(
        f"select village as unit, name, commune, valid_from, valid_to from village {inside}",
        [within] if within else None,
    )
    towns = units(version, "commune").select("sort", commune="unit", town="full_name")
    placed = listed.join(towns, on="commune").sort("sort", "unit").drop("sort").with_row_index("sort")
    return placed.with_columns(pl.col("sort").cast(pl.Int32), full_name=pl.col("name") + " · " + pl.col("town"))


@lru_cache(maxsize=8)
def levels(version: Version) -> tuple[str, ...]:
    """The levels there are units of; area classes wait for a source."""
    found = version.query("select distinct level from slice_unit")["level"].to_list()
    return tuple(level for level in LEVELS if level in (*found, "village"))


@lru_cache(maxsize=8)
def names(version: Version) -> dict[str, str]:
    """The full name of every unit of every level but the villages, in order."""
    return dict(version.query("select unit, full_name from slice_unit order by sort").iter_rows())


def shared_communes(version: Version) -> pl.DataFrame:
    """One row per commune of two old districts and district: name, district, share of its figures that goes there."""
    return version.query(
        """select town.full_name as name, district.full_name as district, count(*) / any_value(places) as share
           from slice_part as part
           join slice_unit as town on town.unit = part.commune
           join slice_unit as district on district.unit = part.unit
           where places > 1 group by town.full_name, town.sort, district.full_name, part.unit
           order by town.sort, part.unit"""
    )


@lru_cache(maxsize=32)
def categories(version: Version, by: str, least: int = 0) -> tuple[str, ...]:
    """The groups there are, in their fixed order: of the ethnic ones those with `least` households in the province in
    some month ("unknown" always, last), all priority groups, all platforms."""
    if by != "ethnic":
        fixed = {"priority": tuple(definitions().priority_groups), "platform": tuple(asked.of_platforms())}
        return fixed.get(by, ())
    found = version.query(
        """select category from slice_month where dimension = 'ethnic' and level = 'province' and category <> ''
           group by category having max(denominator) >= ? or category = ?""",
        [least, UNKNOWN],
    )["category"].to_list()
    return tuple(id for id in group_order() if id in found)


def group_order() -> list[str]:
    return [*(group.id for group in ethnic_groups()), UNKNOWN]


@lru_cache(maxsize=8)
def all_months(version: Version) -> tuple[date, ...]:
    """Every month of a version."""
    return tuple(version.query("select month from month order by month")["month"])


def months(version: Version, of: Slice) -> list[date]:
    """The months in which the province has a figure of the slice, the first first."""
    known = _known_months(version)
    return sorted({month for id in of.ids for month in known.get((of.dimension, id), ())})


@lru_cache(maxsize=8)
def _known_months(version: Version) -> dict[tuple[str, str], list[date]]:
    """The months in which the province has a figure, by dimension and indicator."""
    found = version.query(
        """select dimension, indicator, list(month) as months from slice_month
           where level = 'province' and category = '' and state = '' group by dimension, indicator"""
    )
    return {(dimension, id): listed for dimension, id, listed in found.iter_rows()}


def span(version: Version, of: Slice) -> tuple[date, date]:
    """The first and last month asked for; an empty span before the first figure."""
    known = [] if of.since and of.until else months(version, of)
    if not (of.until or known):
        return date.max, date.min
    until = month(of.until) if of.until else known[-1]
    return month(of.since) if of.since else until, until


def month(text: str) -> date:
    """The first day of a month written 2026-09."""
    try:
        return date(int(text[:4]), int(text[5:7]), 1)
    except ValueError:
        raise NoSuchSlice("unknown_month", text) from None


def places(values: tuple[str, ...]) -> str:
    """As many places for parameters as there are values."""
    return ", ".join("?" * len(values))
