"""The units people choose from."""

import polars as pl

from definitions import reference
from definitions.places import fold, sort_key
from warehouse.version import Version


def communes(version: Version) -> pl.DataFrame:
    """One row per commune in Vietnamese alphabetical order: unit, name, full_name, cluster, folded (search key)."""
    frame = version.query(
        """select u.unit, u.name, u.full_name, c.unit as cluster
           from unit u left join (select * from unit_commune join unit using (unit) where level = 'cluster') c
             on c.commune = u.unit
           where u.level = 'commune'"""
    )
    keyed = frame.with_columns(folded=pl.Series([fold(name) for name in frame["name"]], dtype=pl.String))
    order = sorted(range(len(keyed)), key=lambda row: sort_key(keyed["name"][row]))
    return keyed[order]


def names(version: Version) -> dict[str, str]:
    """The full name of every unit by its id."""
    return dict(version.query("select unit, full_name from unit").iter_rows())


def facts(version: Version, commune: str) -> dict:
    """A commune's size in the last month: name, full_name, cluster (its name), villages, households (reference)."""
    rows = version.query(
        """select u.name, u.full_name, c.full_name as cluster, count(v.village)::bigint as villages,
                  sum(v.households_reference)::bigint as households
           from unit u
           left join (select commune, full_name from unit_commune join unit using (unit) where level = 'cluster') c
             on c.commune = u.unit
           left join village v on v.commune = u.unit
             and (v.valid_to is null or v.valid_to >= (select max(month) from month))
           where u.unit = ? group by all""",
        [commune],
    )
    return rows.row(0, named=True)


def named() -> dict[str, str]:
    """code -> full name of every commune of the reference table, in Vietnamese alphabetical order."""
    return {unit.code: unit.full_name for unit in sorted(reference.communes(), key=lambda unit: sort_key(unit.name))}
