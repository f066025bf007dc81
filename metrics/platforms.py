"""How many households use each platform, by the last quarter's breakdown."""

from datetime import date

import polars as pl

from definitions.load import definitions, platforms_in_force
from warehouse.version import Version


def platforms(version: Version, commune: str) -> pl.DataFrame:
    """One row per platform: platform, month, and the share in the commune, its cluster and the province (null: none).

    Shares are households with the platform over households of the same breakdown, the ethnic groups and "unknown"
    added up; each unit's own latest quarter counts.
    """
    measures = {f"households_{id}": id for id in definitions().platforms}
    sums = version.query(
        """with latest as (
             select commune, max(month) as month from breakdown_month where dimension = 'ethnic' group by commune),
           chosen as (select unit from unit_commune join unit using (unit) where commune = $1)
           select unit, level, measure, sum(value)::bigint as value, max(month) as month
           from breakdown_month join latest using (commune, month) join unit_commune using (commune)
             join unit using (unit)
           where dimension = 'ethnic' and unit in (select unit from chosen) group by all""",
        [commune],
    )
    whole = sums.filter(pl.col("measure") == "households").select("unit", whole="value")
    shares = (
        sums.filter(pl.col("measure").is_in(list(measures)))
        .join(whole, on="unit")
        .with_columns(share=pl.col("value") / pl.col("whole"), platform=pl.col("measure").replace_strict(measures))
    )
    month = sums["month"].max()
    running = platforms_in_force(month) if isinstance(month, date) else ()
    table = pl.DataFrame({"platform": list(running)}, schema={"platform": pl.String})
    for level in ("commune", "cluster", "province"):
        of_level = shares.filter(pl.col("level") == level).select("platform", pl.col("share").alias(level))
        table = table.join(of_level, on="platform", how="left", maintain_order="left")
    return table.with_columns(month=pl.lit(month, pl.Date))
