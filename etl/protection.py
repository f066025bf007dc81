"""The protected figures of every month: what is hidden of the breakdown, given all that was published of it before."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.ma  # noqa: F401 - NumPy imports it on first use, and never ends where two threads use it first at once
import polars as pl

from definitions.load import FOLDER
from definitions.relations import HOUSEHOLDS, relations
from etl.ledger import PROOF, ROWS, Revision
from etl.linked import ETHNIC, PRIORITY, Parts, linked, totals
from methods import protect
from methods.pooling import LARGE, pooled

NONE = "none"  # the dimension of totals
OTHER = "other"  # the category of the pooled groups
KEYS = ["month", "unit", "dimension", "category", "measure"]
CELL = {"month": pl.Date, **dict.fromkeys(KEYS[1:], pl.String), "value": pl.Int64, "state": pl.String}
REASON = {"month": pl.Date, **dict.fromkeys(KEYS[1:], pl.String), "state": pl.String, "reason": pl.String}
GROUP = {"month": pl.Date, "category": pl.String, "measure": pl.String, "value": pl.Int64}
MONTH = {"month": pl.Date, "revision": pl.Int32, "recorded_on": pl.Date, "communes": pl.Int32, "waiting": pl.Int32}
# The rules as they stand: when one of these files changes, every month is protected anew.
FILES = ("methods/lattice.py", "methods/movement.py", "methods/protect.py", "etl/linked.py", "definitions/relations.py")
RULES = hashlib.sha256("".join((FOLDER.parent / name).read_text("utf-8") for name in FILES).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Protected:
    """tables: name -> rows, for the marts; new: revisions the ledger must hold before anybody sees them."""

    tables: dict[str, pl.DataFrame]
    new: list[Revision]


def protected(
    breakdown: pl.DataFrame,
    unit_commune: pl.DataFrame,
    ledger: Sequence[Revision],
    due_until: date,
    now: datetime,
    province: str,
    is_past: bool = False,
) -> Protected:
    """The protected figures of all months whose round is due.

    breakdown: the mart of exact counts by commune. A month whose counts are those of its last revision keeps it; else a
    new revision is tried, and taken if whoever holds all former ones still cannot work out a hidden count; else the
    month stays as it was last published and its changed communes wait. is_past: nothing new, only what was known.
    """
    parts = _parts(unit_commune)
    before = {month: [one for one in ledger if one.month == month] for month in {one.month for one in ledger}}
    due = breakdown.filter(pl.col("month") <= due_until)["month"].unique()
    months = sorted(before) if is_past else sorted({*before, *due})
    counts = {month: breakdown.filter(pl.col("month") == month).drop("month") for month in months}

    def settle(month: date) -> Revision | None:
        former = before.get(month, [])
        return former[-1] if is_past else _settled(month, counts[month], parts, former, now, province)

    with ThreadPoolExecutor() as pool:  # the solver works outside the interpreter's lock
        found = [one for one in pool.map(settle, months) if one]
    new = [one for one in found if one not in ledger]
    waiting = {one.month: _changed(one, counts[one.month]) for one in found}
    return Protected(_tables(found, waiting, province), new)


def _parts(unit_commune: pl.DataFrame) -> Parts:
    """The units that are sums, each with its communes."""
    larger = unit_commune.filter(pl.col("unit") != pl.col("commune")).sort("unit", "commune")
    return {unit: list(rows["commune"]) for (unit,), rows in larger.group_by("unit", maintain_order=True)}


# ---- one month -----------------------------------------------------------------------------------------------------


def _settled(
    month: date, counts: pl.DataFrame, parts: Parts, former: Sequence[Revision], now: datetime, province: str
) -> Revision | None:
    """The revision in force: the last one, or a new one that may follow it."""
    inputs = _hash(counts, parts)
    last = former[-1] if former else None
    if last and (last.inputs, last.rules) == (inputs, RULES):
        return last
    tried = [_dimension(counts, dimension, parts, former, province) for dimension in (ETHNIC, PRIORITY)]
    found = [one for one in tried if one is not None]
    if len(found) < len(tried) or all(rows.is_empty() for rows, _ in found):
        return last
    number = last.number + 1 if last else 1
    rows, proof = (pl.concat(frames) for frames in zip(*found, strict=True))
    return Revision(month, number, now, inputs, RULES, parts, rows.sort(pl.all()), proof)


def _hash(counts: pl.DataFrame, parts: Parts) -> str:
    rows = counts.select(sorted(counts.columns)).sort(pl.all())
    tied = relations(sorted(counts["measure"].unique()))
    return hashlib.sha256(f"{rows.write_csv()}{sorted(parts.items())}{tied}".encode()).hexdigest()


def _dimension(
    counts: pl.DataFrame, dimension: str, parts: Parts, former: Sequence[Revision], province: str
) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Rows and proof of a revision for ethnic or priority groups; None where it must not follow the former ones.

    The province's large groups stay open for equity's sake, where the rest can be protected without them.
    """
    if (found := linked(counts, dimension, parts, former)) is None:
        return pl.DataFrame(schema=ROWS), pl.DataFrame(schema=PROOF)
    of, before = found
    cube = of.lattice(totals(counts))
    large = (np.array(of.names) == province)[:, None] & (cube.values[:, :, 0] >= LARGE)
    known = of.movements(former[-1].proof) if former else []
    for open_ in (before.open | large[:, :, None], before.open):
        result = protect.protect(cube, dimension == ETHNIC, before.kept, before.told, open_, known)
        if not result.exposed.any():
            break
    if result.exposed.any() and former:
        return None
    return of.rows(cube.values, result.reason), of.proof(result.proofs)


# ---- tables for the marts --------------------------------------------------------------------------------------------


def _changed(revision: Revision, counts: pl.DataFrame) -> int:
    """How many communes' counts are not those that were published."""
    names = [*KEYS[1:], "value"]
    leaves = revision.rows.filter(~pl.col("unit").is_in(list(revision.parts))).select(names)
    now = counts.rename({"commune": "unit"}).select(names)
    either = pl.concat([leaves.join(now, on=names, how="anti"), now.join(leaves, on=names, how="anti")])
    return either["unit"].n_unique()


def _tables(found: Sequence[Revision], waiting: Mapping[date, int], province: str) -> dict[str, pl.DataFrame]:
    cells = [one.rows.with_columns(month=pl.lit(one.month)) for one in found]
    rows = pl.concat(cells) if cells else pl.DataFrame(schema=ROWS | {"month": pl.Date})
    is_shown = pl.col("reason") == ""
    kind = pl.when(pl.col("reason").is_in(protect.PRIMARY)).then(pl.lit("primary")).otherwise(pl.lit("secondary"))
    shown = rows.with_columns(
        value=pl.when(is_shown).then("value"),
        state=pl.when(is_shown).then(pl.lit("visible")).otherwise(pl.lit("hidden")),
    )
    whole = rows.filter(pl.col("dimension") == ETHNIC).group_by("month", "unit", "measure").agg(pl.sum("value"))
    whole = whole.with_columns(dimension=pl.lit(NONE), category=pl.lit(""), state=pl.lit("visible"))
    return {
        "protected_cell": pl.concat([shown.select(*CELL), whole.select(*CELL)]),
        "protected_reason": rows.filter(~is_shown).with_columns(state=kind).select(*REASON),
        "protected_group": pl.concat([pl.DataFrame(schema=GROUP), *_groups(rows, province)]),
        "protected_month": pl.DataFrame([_about(one, waiting[one.month]) for one in found], schema=MONTH, orient="row"),
    }


def _about(one: Revision, waiting: int) -> tuple:
    communes = one.rows.filter(~pl.col("unit").is_in(list(one.parts)))["unit"].n_unique()
    return (one.month, one.number, one.recorded_at.date(), communes, waiting)


def _groups(rows: pl.DataFrame, province: str) -> Iterable[pl.DataFrame]:
    """The province's ethnic groups of each month, the small and the hidden ones as one."""
    own = rows.filter((pl.col("unit") == province) & (pl.col("dimension") == ETHNIC))
    for (month,), of_month in own.group_by("month", maintain_order=True):
        measures = sorted(of_month["measure"].unique(), key=lambda measure: (measure != HOUSEHOLDS, measure))
        wide = of_month.pivot(on="measure", index="category", values="value").fill_null(0).sort("category")
        hid = of_month.filter(pl.col("reason") != "").select("category", "measure").rows()
        categories = list(wide["category"])
        shown = np.array([[(category, measure) not in hid for measure in measures] for category in categories])
        pool = pooled(wide.select(measures).to_numpy(), shown)
        named = [OTHER if is_pooled else category for category, is_pooled in zip(categories, pool, strict=True)]
        long = wide.with_columns(category=pl.Series(named, dtype=pl.String)).group_by("category").sum()
        yield long.unpivot(index="category", variable_name="measure").with_columns(month=pl.lit(month)).select(*GROUP)
