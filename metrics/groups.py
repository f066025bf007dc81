"""The ladder of village groups and the villages by name."""

from datetime import date

import polars as pl

from warehouse.version import Version


def ladder(version: Version, month: date | None = None) -> pl.DataFrame:
    """One row per unit: counts of villages, formed, trained, active, inactive, unknown in a month (the last)."""
    return version.query(
        """select unit, count(*)::bigint as villages, coalesce(sum(is_formed::int), 0)::bigint as formed,
                  coalesce(sum(is_trained::int), 0)::bigint as trained,
                  count(*) filter (where activity = 'active')::bigint as active,
                  count(*) filter (where activity = 'inactive')::bigint as inactive,
                  count(*) filter (where activity = 'unknown')::bigint as unknown
           from village_ladder join unit_commune using (commune)
           where month = coalesce(?, (select max(month) from month)) group by unit""",
        [month],
    )


def rungs(version: Version, unit: str, month: date | None = None) -> dict:
    """The ladder of one unit; all counts 0 where no village is registered."""
    rows = ladder(version, month).filter(pl.col("unit") == unit)
    return rows.row(0, named=True) if len(rows) else dict.fromkeys(rows.columns, 0) | {"unit": unit}


def villages(version: Version, month: date | None = None, commune: str | None = None) -> pl.DataFrame:
    """One row per village valid in a month (the last): its figures, its rung and how fresh they are."""
    return version.query(
        """select v.village, r.name as village_name, v.commune, u.full_name as commune_name, v.is_reported,
                  v.source_month, v.carried, v.households, v.households_any, v.households_three, v.households_all,
                  v.households_skilled, v.group_members, v.members_trained, v.households_helped, v.households_reference,
                  l.is_formed, l.is_trained, l.activity, v.sha256, v.sheet, v.row
           from village_month v join village r using (village) join village_ladder l using (village, month)
           join unit u on u.unit = v.commune
           where v.month = coalesce(?, (select max(month) from month)) and (? is null or v.commune = ?)
           order by u.sort, v.village""",
        [month, commune, commune],
    )


def missing(version: Version, what: str, month: date | None = None) -> pl.DataFrame:
    """The villages that lack something.

    what: "group" (none formed), "active" (its group is inactive or not known to be active), "report" (none this month).
    """
    table = villages(version, month)
    conditions = {
        "group": ~pl.col("is_formed").fill_null(False),
        "active": pl.col("activity").is_in(["inactive", "unknown"]),
        "report": ~pl.col("is_reported"),
    }
    return table.filter(conditions[what])


def of_commune(villages: pl.DataFrame, commune: str) -> pl.DataFrame:
    """The rows of one commune."""
    return villages.filter(pl.col("commune") == commune)
