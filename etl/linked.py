"""A month's lattice with everything that was published of it before, so that comparing versions tells nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from definitions.relations import HOUSEHOLDS, relations
from etl.ledger import PROOF, ROWS, Revision
from methods.lattice import Lattice, lattice
from methods.protect import REASONS, Mask, Moved

ETHNIC, PRIORITY = "ethnic", "priority"
NOT_THERE = -1  # the value of a count that nobody reported
UNLIMITED = 10**9  # households
Parts = Mapping[str, list[str]]  # unit -> its communes


@dataclass
class Linked:
    """Units of now first: communes and sums as they stand; then former states of those that changed since.

    A commune unchanged since a former revision is one leaf of both; a changed one has a leaf for each state. Sums of
    the same leaves are one sum. state[leaf][category, measure]: counts, NOT_THERE where nothing was reported.
    """

    dimension: str
    categories: list[str]
    measures: list[str]
    state: list[np.ndarray] = field(default_factory=list)
    leaf_names: list[str] = field(default_factory=list)
    sums: list[tuple[str, frozenset[int]]] = field(default_factory=list)
    leaves_now: int = 0
    sums_now: int = 0

    @property
    def names(self) -> list[str]:
        return self.leaf_names + [name for name, _ in self.sums]

    @property
    def now(self) -> list[int]:
        """The places of today's units."""
        first = len(self.state)
        return [*range(self.leaves_now), *range(first, first + self.sums_now)]

    @property
    def member(self) -> Mask:
        """[sum, leaf]"""
        rows = [[leaf in members for leaf in range(len(self.state))] for _, members in self.sums]
        return np.array(rows, bool).reshape(len(self.sums), len(self.state))

    @property
    def is_there(self) -> Mask:
        """[unit, category, measure]: whether anybody reported the count."""
        leaf = np.stack(self.state) != NOT_THERE
        return np.concatenate([leaf, np.einsum("sl,lcm->scm", self.member.astype(int), leaf.astype(int)) > 0])

    def lattice(self, totals: Mapping[tuple[str, str], int]) -> Lattice:
        """totals: (commune, measure) -> households, which overlapping groups stay under."""
        across = {name: n for n, name in enumerate(self.measures)}
        tied = tuple({across[m]: weight for m, weight in one.items()} for one in relations(self.measures))
        values = np.maximum(np.stack(self.state), 0).astype(np.int64)
        if self.dimension == ETHNIC:
            return lattice(values, self.member, tied)
        most = [[totals.get((name, measure), UNLIMITED) for measure in self.measures] for name in self.leaf_names]
        return lattice(values, self.member, tied, np.array(most, np.int64))

    def rows(self, values: np.ndarray, reason: np.ndarray) -> pl.DataFrame:
        """Today's counts that are there, by etl.ledger.ROWS."""
        names, values, reason = [self.names[n] for n in self.now], values[self.now], reason[self.now]
        place = np.nonzero(self.is_there[self.now] | (reason > 0))
        unit, category, measure = (axis.tolist() for axis in place)
        columns = {
            "dimension": [self.dimension] * len(unit),
            "unit": [names[n] for n in unit],
            "category": [self.categories[n] for n in category],
            "measure": [self.measures[n] for n in measure],
            "value": values[place],
            "reason": [REASONS[code] for code in reason[place]],
        }
        return pl.DataFrame(columns, schema=ROWS)

    @property
    def axes(self) -> dict[str, list[str]]:
        return {"unit": self.names, "category": self.categories, "measure": self.measures}

    def proof(self, movements: Sequence[Moved]) -> pl.DataFrame:
        """Movements of today's units, by etl.ledger.PROOF: between these alone everything holds that holds for all."""
        if not movements:
            return pl.DataFrame(schema=PROOF)
        at, by = (np.concatenate(parts) for parts in zip(*movements, strict=True))
        places = np.unravel_index(at, [len(names) for names in self.axes.values()])
        named = {id: np.array(names)[place] for (id, names), place in zip(self.axes.items(), places, strict=True)}
        number = np.repeat(np.arange(len(movements)), [len(one.at) for one in movements])
        told = pl.DataFrame({"movement": number, "moved": by, **named}).filter(pl.Series(np.isin(places[0], self.now)))
        return told.with_columns(dimension=pl.lit(self.dimension)).select(*PROOF).cast(pl.Schema(PROOF))

    def movements(self, proof: pl.DataFrame) -> list[Moved]:
        """Movements written down of a former lattice, every state of a unit moving alike; they need not hold here."""
        own = proof.filter(pl.col("dimension") == self.dimension)
        for id, names in self.axes.items():
            own = own.join(pl.DataFrame({id: names, f"{id}_at": range(len(names))}), on=id)
        places = [own[f"{id}_at"].to_numpy() for id in self.axes]
        at = np.ravel_multi_index(places, [len(names) for names in self.axes.values()])
        sorted_ = own.with_columns(at=pl.Series(at, dtype=pl.Int64)).sort("movement", "at")
        each = sorted_.partition_by("movement", maintain_order=True)
        return [Moved(one["at"].to_numpy(), one["moved"].to_numpy()) for one in each]


@dataclass(frozen=True)
class Before:
    """What former revisions leave no choice about, by [unit, category, measure] (methods.protect.protect)."""

    kept: Mask
    told: Mask
    open: Mask


def linked(
    counts: pl.DataFrame, dimension: str, parts: Parts, former: Sequence[Revision]
) -> tuple[Linked, Before] | None:
    """counts: commune, dimension, category, measure, value of a month; None: nothing of that dimension."""
    own = counts.filter(pl.col("dimension") == dimension).rename({"commune": "unit"})
    then = [one.rows.filter(pl.col("dimension") == dimension) for one in former]
    every = pl.concat([rows.select("category", "measure") for rows in (own, *then)])
    if every.is_empty():
        return None
    measures = sorted(every["measure"].unique(), key=lambda measure: (measure != HOUSEHOLDS, measure))
    of = Linked(dimension, sorted(every["category"].unique()), measures)
    leaf_of = {unit: _leaf(of, unit, state) for unit, state in sorted(_by_unit(of, own, "value").items())}
    of.leaves_now = len(of.state)
    _add_sums(of, parts, leaf_of)
    of.sums_now = len(of.sums)
    places = [_add_revision(of, one, rows) for one, rows in zip(former, then, strict=True)]
    return of, _before(of, places, [_by_unit(of, rows, "reason") for rows in then], parts)


def _by_unit(of: Linked, rows: pl.DataFrame, column: str) -> dict[str, np.ndarray]:
    """unit -> [category, measure] of a column: counts, or the code of the reason; NOT_THERE where there is no row."""
    place, across = ({name: n for n, name in enumerate(names)} for names in (of.categories, of.measures))
    found: dict[str, np.ndarray] = {}
    for unit, category, measure, value in rows.select("unit", "category", "measure", column).iter_rows():
        if unit not in found:
            found[unit] = np.full((len(place), len(across)), NOT_THERE)
        found[unit][place[category], across[measure]] = REASONS.index(value) if column == "reason" else value
    return found


def _leaf(of: Linked, unit: str, state: np.ndarray) -> int:
    """The leaf of a commune in that state, a new one where it is not known yet."""
    known = zip(of.leaf_names, of.state, strict=True)
    same = (n for n, (name, counts) in enumerate(known) if name == unit and np.array_equal(counts, state))
    if (place := next(same, None)) is not None:
        return place
    of.leaf_names.append(unit)
    of.state.append(state)
    return len(of.state) - 1


def _add_sums(of: Linked, parts: Parts, leaf_of: Mapping[str, int]) -> dict[str, tuple[str, frozenset[int]]]:
    """The sums over these leaves, by unit; those not known yet are added."""
    found = {}
    for unit, communes in parts.items():
        members = frozenset(leaf_of[commune] for commune in communes if commune in leaf_of)
        if members:
            found[unit] = (unit, members)
            if found[unit] not in of.sums:
                of.sums.append(found[unit])
    return found


def _add_revision(of: Linked, one: Revision, rows: pl.DataFrame) -> dict[str, int | tuple[str, frozenset[int]]]:
    """Where each unit of a former revision stands: a leaf's place, or a sum."""
    values = _by_unit(of, rows, "value")
    leaf_of = {unit: _leaf(of, unit, state) for unit, state in sorted(values.items()) if unit not in one.parts}
    return {**leaf_of, **_add_sums(of, one.parts, leaf_of)}


def _before(of: Linked, places: Sequence[Mapping], reasons: Sequence[Mapping[str, np.ndarray]], parts: Parts) -> Before:
    """Shown once: told. Hidden once: kept, in whatever state the unit is. Larger units shown last time: stay open."""
    is_there = of.is_there
    kept, told, open_ = np.zeros(is_there.shape, bool), ~is_there, np.zeros(is_there.shape, bool)
    today = {of.names[place]: place for place in of.now}
    for place_of, reason in zip(places, reasons, strict=True):
        for unit, code in reason.items():
            at = place_of[unit]
            place = at if isinstance(at, int) else len(of.state) + of.sums.index(at)
            told[place] |= code == 0
            kept[place] |= code > 0
            if unit in today and today[unit] != place:
                kept[today[unit]] |= code > 0
                open_[today[unit]] |= (code == 0) & (unit in parts) & (place_of is places[-1])
    return Before(kept, told & ~kept, open_)


def totals(counts: pl.DataFrame) -> dict[tuple[str, str], int]:
    """(commune, measure) -> households of all ethnic groups."""
    sums = counts.filter(pl.col("dimension") == ETHNIC).group_by("commune", "measure").agg(pl.sum("value"))
    return {(commune, measure): value for commune, measure, value in sums.iter_rows()}
