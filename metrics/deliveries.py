"""The files received and what became of each row."""

from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from metrics import units
from metrics.slices import Scope
from warehouse.version import Version

LISTED = """sha256, source, file, sender, way, received_at, commune, commune_name, month, revision, verdict,
            rows_stored, rows_held, rows_ignored, rows_waiting, withdrawn, refusal as refusal_code,
            refused_because as refusal, has_breakdown, old_name"""
UNKNOWN = date.min  # the month of files that tell none


def deliveries(version: Version, commune: str | None = None, month: date | None = None) -> pl.DataFrame:
    """One row per delivery, latest first; refusal: why it was refused, in a sentence. month UNKNOWN: those without."""
    where, given = _of(commune, month)
    return version.query(f"select {LISTED} from delivery {where}", given)


def together(found: pl.DataFrame) -> pl.DataFrame:
    """Rows of `deliveries`, those `sync` fetched from one platform on one day taken together: their rows summed,
    file: platform, day and how many; what was withdrawn or not wholly stored stands alone.
    """
    is_fetched = (pl.col("way") == "sync") & (pl.col("verdict") == "accepted") & pl.col("withdrawn").is_null()
    day = pl.concat_str("source", pl.col("received_at").dt.strftime("%Y-%m-%d"), separator=" ")
    key = pl.when(is_fetched).then(day).otherwise("sha256")
    counts = [pl.col(f"rows_{kind}").sum() for kind in ("stored", "held", "ignored", "waiting")]
    many = pl.when(pl.len() > 1).then(pl.format("{} × {}", day.first(), pl.len())).otherwise(pl.col("file").first())
    kept = [name for name in found.columns if name != "file" and not name.startswith("rows_")]
    first = [pl.col(name).first() for name in kept]
    folded = found.group_by(key.alias("key"), maintain_order=True).agg(many.alias("file"), *counts, *first)
    return folded.select(found.columns)


def delivery(version: Version, sha256: str) -> dict | None:
    """The row of one delivery; None where there is none."""
    found = version.query(f"select {LISTED} from delivery where sha256 = ?", [sha256])
    return found.row(0, named=True) if len(found) else None


@lru_cache(maxsize=4)
def months(version: Version) -> list[date]:
    """The months files are about, the latest first; last UNKNOWN where some tell none."""
    found = version.query("select distinct month from delivery order by month desc nulls last")["month"]
    return [month or UNKNOWN for month in found]


def letters(version: Version, sha256: str | None = None, scope: Scope = "protected") -> pl.DataFrame:
    """One row per letter or question, of one delivery or of all, in the order of sheet and row.

    found, expected and message are null where they may quote counts of groups the reader must not see (is_breakdown).
    """
    told = _letters(version)
    told = told if sha256 is None else told.filter(pl.col("sha256") == sha256)
    return _without_counts(told, ("found", "expected", "message"), scope)


@lru_cache(maxsize=2)
def _letters(version: Version) -> pl.DataFrame:
    """All letters and questions: they are few beside the cells they are about."""
    told, asked = (
        version.query(
            f'select sha256, commune, month, sheet, row, "column", code, {said}, message, is_breakdown from {mart}'
        )
        for mart, said in (
            ("letter", "severity, found, expected"),
            ("question", "'question' as severity, value::varchar as found, '' as expected"),
        )
    )
    return pl.concat([told, asked]).sort("sha256", "sheet", "row", "column", nulls_last=True)


def _without_counts(told: pl.DataFrame, quoting: tuple[str, ...], scope: Scope) -> pl.DataFrame:
    """What is told, its quoting columns null where it is about groups and the reader sees the protected figures."""
    is_open = ~pl.col("is_breakdown") | (scope == "exact")
    return told.with_columns(pl.when(is_open).then(name).alias(name) for name in quoting)


def cells(version: Version, measure: str, commune: str, month: date) -> pl.DataFrame:
    """One row per workbook cell behind a commune's count: its village's name (else its own), value, file, sheet, row,
    column. Cells of one group of households in one village are nobody's to see here.
    """
    found = version.query(
        """select unit, value, unchanged, sha256, sheet, row, "column" from observation
           where measure = ? and month = ? and commune = ? and dimension = 'none' order by unit""",
        [measure, month, commune],
    )
    names = dict(version.query("select village, name from village where commune = ?", [commune]).iter_rows())
    files = version.query(
        "select sha256, file, received_at from delivery where sha256 in (select unnest(?))",
        [found["sha256"].unique().to_list()],
    )
    named = [names.get(unit) or units.names(version)[unit] for unit in found["unit"]]
    return found.with_columns(name=pl.Series(named, dtype=pl.String)).join(
        files, on="sha256", how="left", maintain_order="left"
    )


def questions(
    version: Version, commune: str | None = None, month: date | None = None, scope: Scope = "protected"
) -> pl.DataFrame:
    """One row per improbable figure that was stored with a question; value, reference and message are null where they
    may quote counts of groups the reader must not see (is_breakdown).
    """
    where, given = _of(commune, month)
    return _without_counts(version.query(f"from question {where}", given), ("value", "reference", "message"), scope)


@lru_cache(maxsize=8)
def asked(version: Version) -> dict[str, int]:
    """How many questions each commune was put; those with none have no entry."""
    return dict(version.query("select commune, count(*) from question group by commune").iter_rows())


def totals(version: Version) -> dict:
    """files, latest (moment of the last receipt), held (rows to be made clear), waiting (rows that wait for their
    commune's list of villages), refused (files).
    """
    return version.query(
        """select count(*) as files, max(received_at) as latest,
                  coalesce(sum(rows_held - rows_waiting) filter (withdrawn is null), 0)::bigint as held,
                  coalesce(sum(rows_waiting) filter (withdrawn is null), 0)::bigint as waiting,
                  count(*) filter (verdict = 'refused') as refused from delivery"""
    ).row(0, named=True)


def _of(commune: str | None, month: date | None) -> tuple[str, list[Any] | None]:
    """The condition for one commune, one month, both or neither, and its parameters."""
    asked: dict[str, Any] = {"commune = ?": commune, "month is not distinct from ?": month}
    given = {condition: value for condition, value in asked.items() if value is not None}
    values = [None if value == UNKNOWN else value for value in given.values()]
    return (f"where {' and '.join(given)}", values) if given else ("", None)
