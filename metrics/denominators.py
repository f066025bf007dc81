"""How many households a commune has, by source, and whose verdict would be another under another source."""

from datetime import date
from functools import lru_cache

import polars as pl

from definitions.load import target_indicator
from metrics.targets import history, rejudged
from warehouse.version import Version

REPORT, REGISTRY = "report", "registry"
JUDGED = ("exact", "about")  # "more than 6,300" is no denominator
LEDGER = {
    "unit": pl.String, "source": pl.String, "households": pl.Int64, "qualifier": pl.String, "date": pl.Date,
    "document": pl.String,
}  # fmt: skip


@lru_cache(maxsize=16)
def ledger(version: Version, target: str, today: date) -> pl.DataFrame:
    """One row per commune and source of its households, the report first: unit, name, source, households, qualifier,
    date, document, numerator (households reached), share, verdict, is_flipped (another verdict than by the report),
    is_refused (more reached than there are). Without share and verdict where refused or no exact number.

    A verdict by another source holds every month's count against that source's households, grown as the reports grew.
    """
    past = history(version, target_indicator(target)).filter(pl.col("level") == "commune").sort("unit", "month")
    told = rejudged(past, target, today).filter(pl.col("numerator").is_not_null())
    entries = _entries(version, past).join(told.select("unit", "numerator", own="denominator"), on="unit")
    judged = pl.concat(
        [_by(past, target, today, of_source) for of_source in entries.partition_by("source", maintain_order=True)]
    )
    by_report = told.select("unit", report_verdict="verdict")
    judged = judged.with_columns(pl.col("numerator").cast(pl.Int64))
    names = version.query("select unit, full_name as name, sort from unit where level = 'commune'")
    return (
        judged.join(by_report, on="unit").join(names, on="unit")
        .with_columns(is_flipped=(pl.col("verdict") != pl.col("report_verdict")).fill_null(False))
        .sort("sort", pl.col("source") != REPORT, "source", maintain_order=True)
        .drop("sort", "own", "report_verdict")
    )  # fmt: skip


def _entries(version: Version, past: pl.DataFrame) -> pl.DataFrame:
    """What each source says of each commune; the report by its last month with figures of its own."""
    own = past.filter(pl.col("numerator").is_not_null() & ~pl.col("is_carried")).group_by("unit").last()
    last = past.group_by("unit").last().filter(pl.col("households_reference") > 0)
    exact = {"qualifier": pl.lit("exact"), "document": pl.lit("")}
    report = own.select(
        "unit", source=pl.lit(REPORT), households="denominator", date=pl.col("month").dt.month_end(), **exact
    )
    registry = last.select(
        "unit", source=pl.lit(REGISTRY), households="households_reference", date=pl.col("month").dt.month_end(), **exact
    )
    tables = [report, registry, _printed(version), _counted(version)]
    return pl.concat([table.select(*LEDGER).cast(LEDGER) for table in tables])  # type: ignore[arg-type]


def _printed(version: Version) -> pl.DataFrame:
    """Households of communes of today found in print, with their qualifier."""
    return version.query(
        """select commune_code as unit, 'printed' as source, value as households, qualifier, day::date as date,
                  source as document
           from printed_figure
           where indicator = 'households' and level = 'commune' and epoch = 'new' and value is not null"""
    )


def _counted(version: Version) -> pl.DataFrame:
    """What the police, statistics and others counted, by their last day."""
    return version.query(
        """select commune as unit, source, arg_max(households, day) as households, 'exact' as qualifier,
                  max(day) as date, arg_max(document, day) as document
           from household_count group by commune, source"""
    )


def _by(past: pl.DataFrame, target: str, today: date, entries: pl.DataFrame) -> pl.DataFrame:
    """The entries of one source with the share and the verdict its households give."""
    is_refused = pl.col("numerator") > pl.col("households")
    entries = entries.with_columns(is_refused=is_refused)
    fit = entries.filter(~is_refused & pl.col("qualifier").is_in(JUDGED))
    sized = fit.select("unit", "households", factor=pl.col("households") / pl.col("own"))
    changed = past.join(sized, on="unit", how="left", maintain_order="left")
    if entries["source"][0] != REPORT:
        changed = changed.with_columns(
            denominator=pl.col("denominator") * pl.col("factor"),
            change=pl.col("change") / pl.col("factor"),
            households_reference=pl.col("households"),
        )
    told = rejudged(changed, target, today).select("unit", "verdict", "share").join(fit, on="unit", how="semi")
    return entries.join(told, on="unit", how="left", maintain_order="left")
