"""The ladder of village groups and the villages by name."""

from datetime import date
from functools import lru_cache

import polars as pl

from metrics.published import last_month
from warehouse.version import Version

RUNGS = ("villages", "reported", "formed", "trained", "active", "inactive", "unknown")
# What a village can lack: no group formed; a group that is inactive or not known to be active; this month's report.
LACKS = {
    "group": "is_formed is not true",
    "active": "activity in ('inactive', 'unknown')",
    "report": "not is_reported",
}
VILLAGES = """
select village, village_name, commune, commune_name, is_reported, source_month, carried, households, households_any,
    households_three, households_all, households_skilled, group_members, members_trained, households_helped,
    is_formed, activity
from village_month where month = ? and {condition}"""


def ladder(version: Version, month: date | None = None) -> pl.DataFrame:
    """One row per unit: counts of villages, reported, formed, trained, active, inactive, unknown in a month (the last).

    A unit without a registered village has no row.
    """
    return version.query(
        f"select unit, {', '.join(RUNGS)} from unit_ladder where month = ?", [month or last_month(version)]
    )


@lru_cache(maxsize=8)
def _rungs(version: Version) -> dict[str, dict]:
    return {row["unit"]: row for row in ladder(version).iter_rows(named=True)}


def rungs(version: Version, unit: str) -> dict:
    """The ladder of one unit in the last month; all counts 0 where no village is registered."""
    return _rungs(version).get(unit) or dict.fromkeys(RUNGS, 0) | {"unit": unit}


def villages(version: Version, month: date | None = None, commune: str | None = None) -> pl.DataFrame:
    """One row per village valid in a month (the last): its figures, its rung and how fresh they are."""
    return _villages(version, month, commune, "true")


def missing(version: Version, what: str, month: date | None = None, commune: str | None = None) -> pl.DataFrame:
    """The villages that lack something, of one commune or of all; what: a key of LACKS."""
    return _villages(version, month, commune, LACKS[what])


def lacking(version: Version, month: date) -> dict[str, int]:
    """How many villages lack each thing of LACKS."""
    counts = ", ".join(f"count(*) filter ({condition}) as {what}" for what, condition in LACKS.items())
    return version.query(f"select {counts} from village_month where month = ?", [month]).row(0, named=True)


def _villages(version: Version, month: date | None, commune: str | None, condition: str) -> pl.DataFrame:
    month = month or last_month(version)
    if commune is None:
        return version.query(VILLAGES.format(condition=condition), [month])
    return version.query(VILLAGES.format(condition=f"commune = ? and {condition}"), [month, commune])
