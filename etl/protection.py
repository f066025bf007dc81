"""The protected figures of every month: what is hidden of the breakdown, given all that was published of it before."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from definitions.relations import HOUSEHOLDS, relations
from etl.ledger import ROWS, Revision
from methods import protect
from methods.lattice import lattice
from methods.pooling import pooled

ETHNIC, PRIORITY, NONE = "ethnic", "priority", "none"
OTHER = "other"  # the category of the pooled groups
Parts = dict[str, list[str]]  # unit -> its communes
KEYS = ["month", "unit", "dimension", "category", "measure"]
CELL = {"month": pl.Date, **dict.fromkeys(KEYS[1:], pl.String), "value": pl.Int64, "state": pl.String}
REASON = {"month": pl.Date, **dict.fromkeys(KEYS[1:], pl.String), "state": pl.String, "reason": pl.String}
GROUP = {"month": pl.Date, "category": pl.String, "measure": pl.String, "value": pl.Int64}
MONTH = {"month": pl.Date, "revision": pl.Int32, "recorded_on": pl.Date, "communes": pl.Int32, "waiting": pl.Int32}
LATTICE_KEYS = ["unit", "category", "measure"]


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
    months = sorted({*before, *breakdown.filter(pl.col("month") <= due_until)["month"].unique()})
    counts = {month: breakdown.filter(pl.col("month") == month).drop("month") for month in months}

    def settle(month: date) -> Revision | None:
        former = before.get(month, [])
        return former[-1] if is_past else _settled(month, counts[month], parts, former, now)

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
    month: date, counts: pl.DataFrame, parts: Parts, former: Sequence[Revision], now: datetime
) -> Revision | None:
    """The revision in force: the last one, or a new one that may follow it."""
    inputs = _hash(counts, parts)
    last = former[-1] if former else None
    if last and (last.inputs, last.rules) == (inputs, protect.VERSION):
        return last
    rows = []
    for dimension in (ETHNIC, PRIORITY):
        found = _dimension(counts, dimension, parts, former)
        if found is None:
            return last
        rows.append(found)
    together = pl.concat(rows).sort(pl.all())
    if together.is_empty():
        return last
    return Revision(month, last.number + 1 if last else 1, now, inputs, protect.VERSION, parts, together)


def _hash(counts: pl.DataFrame, parts: Parts) -> str:
    rows = counts.select(sorted(counts.columns)).sort(pl.all())
    return hashlib.sha256(f"{rows.write_csv()}{sorted(parts.items())}".encode()).hexdigest()


def _dimension(counts: pl.DataFrame, dimension: str, parts: Parts, former: Sequence[Revision]) -> pl.DataFrame | None:
    """The rows of a revision for ethnic or priority groups; None where it must not follow the former ones."""
    shape = _Shape.of(counts, dimension, former)
    if not shape.measures:
        return pl.DataFrame(schema=ROWS)
    past = _Past(shape, parts, former)
    result = protect.protect(
        lattice(past.values(), past.membership(), shape.relations(), past.ceilings(counts)),
        dimension == ETHNIC, past.kept, past.told, past.open,
    )  # fmt: skip
    if former and (result.exposed & ~result.by_totals & ~past.told).any():
        return None
    return shape.rows(past.names_now(), past.now(result.reason), past.now(past.is_there), past.now_values())


@dataclass(frozen=True)
class _Shape:
    """The categories and measures of a month's lattice, and its counts now by commune."""

    dimension: str
    categories: list[str]
    measures: list[str]
    counts: dict[str, np.ndarray]  # commune -> [category, measure], -1 where nothing was reported

    @classmethod
    def of(cls, counts: pl.DataFrame, dimension: str, former: Sequence[Revision]) -> "_Shape":
        own = counts.filter(pl.col("dimension") == dimension)
        frames = [own.select("category", "measure"), *(one.rows.select("category", "measure") for one in former)]
        every = pl.concat(frames)
        categories = sorted(every["category"].unique())
        measures = sorted(every["measure"].unique(), key=lambda measure: (measure != HOUSEHOLDS, measure))
        empty = cls(dimension, categories, measures, {})
        return cls(dimension, categories, measures, empty.by_unit(own.rename({"commune": "unit"})))

    def by_unit(self, rows: pl.DataFrame, column: str = "value", missing: object = -1) -> dict[str, np.ndarray]:
        """unit -> an array [category, measure] of a column."""
        place = {name: n for n, name in enumerate(self.categories)}
        across = {name: n for n, name in enumerate(self.measures)}
        found: dict[str, np.ndarray] = {}
        for unit, category, measure, value in rows.select(*LATTICE_KEYS, column).iter_rows():
            if unit not in found:
                found[unit] = np.full((len(place), len(across)), missing)
            found[unit][place[category], across[measure]] = value
        return found

    def relations(self) -> tuple[dict[int, int], ...]:
        across = {name: n for n, name in enumerate(self.measures)}
        return tuple({across[m]: weight for m, weight in one.items()} for one in relations(self.measures))

    def rows(self, units: Sequence[str], reason: np.ndarray, is_there: np.ndarray, values: np.ndarray) -> pl.DataFrame:
        """One row per count that is there, by etl.ledger.ROWS."""
        unit, category, measure = np.nonzero(is_there | (reason > 0))
        place = (unit, category, measure)
        columns = {
            "dimension": [self.dimension] * len(unit),
            "unit": [units[n] for n in unit.tolist()],
            "category": [self.categories[n] for n in category.tolist()],
            "measure": [self.measures[n] for n in measure.tolist()],
            "value": values[place],
            "reason": [protect.REASONS[code] for code in reason[place]],
        }
        return pl.DataFrame(columns, schema=ROWS)


class _Past:
    """The lattice of a month with everything that was published of it: former states are leaves and sums of their own.

    A commune unchanged since a former revision is one leaf; a changed one has a leaf for each state. So what somebody
    finds by comparing two versions is found here by the same linear program. The units of now come first.
    """

    def __init__(self, shape: _Shape, parts: Parts, former: Sequence[Revision]):
        self.shape = shape
        self.leaves: list[tuple[str, np.ndarray]] = [(name, shape.counts[name]) for name in sorted(shape.counts)]
        self.count = len(self.leaves)
        own = [one.rows.filter(pl.col("dimension") == shape.dimension) for one in former]
        values = [shape.by_unit(rows) for rows in own]
        reasons = [shape.by_unit(rows, "reason", None) for rows in own]
        at = [
            {unit: self._leaf(unit, state) for unit, state in sorted(one.items()) if unit not in revision.parts}
            for revision, one in zip(former, values, strict=True)
        ]
        now = {name: n for n, (name, _) in enumerate(self.leaves[: self.count])}
        self.sums: list[tuple[str, frozenset[int]]] = []
        for communes_at, of in [(now, parts), *zip(at, (one.parts for one in former), strict=True)]:
            for unit, communes in of.items():
                members = frozenset(communes_at[c] for c in communes if c in communes_at)
                if members and not any(members == known and unit == name for name, known in self.sums):
                    self.sums.append((unit, members))
            if communes_at is now:
                self.sums_now = len(self.sums)
        self._masks(parts, former, at, values, reasons)

    def _leaf(self, unit: str, state: np.ndarray) -> int:
        same = (n for n, (name, known) in enumerate(self.leaves) if name == unit and np.array_equal(known, state))
        if (found := next(same, None)) is None:
            found = len(self.leaves)
            self.leaves.append((unit, state))
        return found

    def _masks(self, parts: Parts, former: Sequence[Revision], at: list, values: list, reasons: list) -> None:
        names = [name for name, _ in self.leaves] + [name for name, _ in self.sums]
        state = np.stack([known for _, known in self.leaves]) if self.leaves else np.zeros((0, 0, 0), int)
        is_leaf_there = state >= 0
        member = self.membership()
        self.is_there = np.concatenate([is_leaf_there, np.einsum("sl,lcm->scm", member.astype(int), is_leaf_there) > 0])
        self.kept, self.open = np.zeros(self.is_there.shape, bool), np.zeros(self.is_there.shape, bool)
        self.told = ~self.is_there  # what nobody reported cannot be hidden
        is_now = set(self._places_now())
        for revision, leaf_at, value, reason in zip(former, at, values, reasons, strict=True):
            is_last = revision is former[-1]
            for unit in value:
                shown, hid = reason[unit] == "", (reason[unit] != "") & (reason[unit] != None)  # noqa: E711
                then = self._place(unit, leaf_at, revision.parts)
                self.told[then] |= shown
                self.kept[then] |= hid
                for place in is_now:
                    if names[place] == unit and place != then:
                        self.kept[place] |= hid
                        self.open[place] |= shown & is_last & (unit in parts)
        self.told &= ~self.kept

    def _place(self, unit: str, leaf_at: Mapping[str, int], parts: Mapping[str, list[str]]) -> int:
        if unit not in parts:
            return leaf_at[unit]
        members = frozenset(leaf_at[c] for c in parts[unit] if c in leaf_at)
        return len(self.leaves) + self.sums.index((unit, members))

    def _places_now(self) -> list[int]:
        return [*range(self.count), *range(len(self.leaves), len(self.leaves) + self.sums_now)]

    def membership(self) -> np.ndarray:
        return np.array(
            [[leaf in members for leaf in range(len(self.leaves))] for _, members in self.sums], bool
        ).reshape(len(self.sums), len(self.leaves))

    def values(self) -> np.ndarray:
        shape = (0, len(self.shape.categories), len(self.shape.measures))
        return np.stack([np.maximum(known, 0) for _, known in self.leaves]) if self.leaves else np.zeros(shape, int)

    def ceilings(self, counts: pl.DataFrame) -> np.ndarray | None:
        """The totals that overlapping groups stay under; those of former states are not kept, so the larger one."""
        if self.shape.dimension == ETHNIC:
            return None
        totals = counts.filter(pl.col("dimension") == ETHNIC).group_by("commune", "measure").agg(pl.sum("value"))
        known = {(commune, measure): value for commune, measure, value in totals.iter_rows()}
        most = 10**9
        return np.array(
            [[known.get((name, measure), most) for measure in self.shape.measures] for name, _ in self.leaves]
        ).reshape(len(self.leaves), len(self.shape.measures))

    def names_now(self) -> list[str]:
        names = [name for name, _ in self.leaves] + [name for name, _ in self.sums]
        return [names[place] for place in self._places_now()]

    def now(self, of_all: np.ndarray) -> np.ndarray:
        return of_all[self._places_now()]

    def now_values(self) -> np.ndarray:
        values = self.values()
        return self.now(np.concatenate([values, np.einsum("sl,lcm->scm", self.membership().astype(int), values)]))


# ---- tables for the marts --------------------------------------------------------------------------------------------


def _changed(revision: Revision, counts: pl.DataFrame) -> int:
    """How many communes' counts are not those that were published."""
    names = ["dimension", *LATTICE_KEYS, "value"]
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
    totals = rows.filter(pl.col("dimension") == ETHNIC).group_by("month", "unit", "measure").agg(pl.sum("value"))
    totals = totals.with_columns(dimension=pl.lit(NONE), category=pl.lit(""), state=pl.lit("visible"))
    return {
        "protected_cell": pl.concat([shown.select(*CELL), totals.select(*CELL)]),
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
