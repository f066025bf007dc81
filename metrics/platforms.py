"""How many households use each platform, by the last quarter's breakdown."""

from datetime import date
from functools import lru_cache

import polars as pl

from definitions.load import platforms_in_force
from metrics.units import by_id, units
from warehouse.version import Version


def platforms(version: Version, commune: str) -> pl.DataFrame:
    """One row per platform: platform, month, and the share in the commune, its cluster and the province (null: none).

    Shares are households with the platform over households of the same breakdown, the ethnic groups and "unknown"
    added up; each unit's own latest quarter counts.
    """
    known, province = _shares(version), units(version)["unit"][0]
    places = {"commune": commune, "cluster": by_id(version)[commune]["cluster"], "province": province}
    months = [month for unit in places.values() for month, _ in known.get(unit, {}).values()]
    month = max(months, default=None)
    running = platforms_in_force(month) if month else ()
    shares = {
        level: [known.get(unit, {}).get(f"households_{platform}", (None, None))[1] for platform in running]
        for level, unit in places.items()
    }
    kinds = {"platform": pl.String, **dict.fromkeys(places, pl.Float64), "month": pl.Date}
    return pl.DataFrame({"platform": list(running), **shares, "month": [month] * len(running)}, schema=kinds)


@lru_cache(maxsize=8)
def _shares(version: Version) -> dict[str, dict[str, tuple[date, float]]]:
    """By unit, by count of households: the quarter and the share."""
    found: dict[str, dict[str, tuple[date, float]]] = {}
    for unit, measure, month, share in version.query(
        "select unit, measure, month, share from platform_share"
    ).iter_rows():
        found.setdefault(unit, {})[measure] = (month, share)
    return found
