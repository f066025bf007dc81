"""Protection of small cells: which counts are hidden, so that none of them can be worked out from the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from methods.lattice import Lattice
from methods.movement import STEP, Movement

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

FEWEST = 5  # an attacker must be left with at least so many values
SMALL = 4  # a count of 1 to 4 is hidden
FEW = 9  # so is everything about 1 to 9 households
BARE = 20  # of fewer than 20 households of an ethnic group "none" and "all" are hidden too
# Why a count is hidden, by code; others: to protect another one; earlier: a former version hid it.
REASONS = ("", "denominator", "numerator", "complement", "none_or_all", "others", "earlier")
PRIMARY = REASONS[1:5]
# Prices of hiding, in households of the cell: a larger unit's cell costs less than its households, because it is not
# one of the cells by commune that have to stay readable; a further number of a cell that has one hidden costs little.
LARGER_UNIT, FURTHER_NUMBER, DEAREST = 0.1, 0.1, 5000.0
BATCH, MOST_BATCHES = 32, 100  # unsafe counts at a time; more at a time where there are very many
LOOKS = 3  # at what a former version hid, before anything more is hidden


class Moved(NamedTuple):
    """A movement: the places (of the lattice's counts, row by row) of those that move, and by how many households."""

    at: Numbers
    by: NDArray[np.float64]


@dataclass(frozen=True)
class Protection:
    """reason[unit, category, measure]: the code of REASONS, 0 where the count is shown.

    by_totals: hidden counts that are left fewer than five values (or whose complement is) because the totals, which
    stay published, leave no more by themselves: a total of three, or a unit with one group. exposed: those left fewer
    for any other reason, as when a former version told too much. proofs: the movements that show how far each hidden
    count can go.
    """

    reason: NDArray[np.int8]
    exposed: Mask
    by_totals: Mask
    proofs: tuple[Moved, ...] = ()

    @property
    def hidden(self) -> Mask:
        return self.reason > 0


def primary(values: Numbers, ethnic: bool = True) -> NDArray[np.int8]:
    """The code of REASONS for each count of values[unit, category, measure] that must be hidden for its own sake.

    Denominator (measure 0) 1-9: the whole cell. Numerator 1-4; complement (denominator minus numerator) 1-4; ethnic
    cells with a denominator of 1-19: none or all. Source: Handbook on Statistical Disclosure Control (ESS), methods.md.
    """
    whole = values[:, :, :1]
    part = np.concatenate([np.full_like(whole, -1), values[:, :, 1:]], axis=2)
    rest = np.where(part < 0, -1, whole - part)
    few, bare = (whole >= 1) & (whole <= FEW), (whole >= 1) & (whole < BARE) & ethnic
    rules = [
        np.broadcast_to(few, values.shape),
        (part >= 1) & (part <= SMALL),
        (rest >= 1) & (rest <= SMALL),
        bare & ((part == 0) | (rest == 0)),
    ]
    return np.select(rules, [1, 2, 3, 4], 0).astype(np.int8)


def protect(
    lattice: Lattice,
    ethnic: bool = True,
    kept: Mask | None = None,
    told: Mask | None = None,
    open_: Mask | None = None,
    proofs: Sequence[Moved] = (),
) -> Protection:
    """Hide what the rules name, then the cheapest further counts until every hidden one is safe.

    Safe: what is published leaves it at least five whole values, some on both sides of the truth unless the truth is 0.
    The same holds for the complement where both counts are hidden. A linear program finds, for a few unsafe counts at a
    time, the movement that frees them and costs the fewest households; what moved is hidden, and the movement itself
    is the proof, for every count it moved. Nothing depends on the order of units or categories beyond their place.
    kept: counts a former version hid; told: counts that are public already, whatever is hidden now; open_: counts that
    may not be hidden for the sake of others. proofs: movements that may hold here, as those of a former version: each
    is put to the test, and what is proved already is not searched again. Source: complementary cell suppression by
    linear programming (Kelly, Golden and Assad 1992; Fischetti and Salazar-Gonzalez 2000), bounds by the attacker's
    program.
    """
    nothing = np.zeros(lattice.values.shape, bool)
    kept, told, open_ = (nothing if mask is None else mask for mask in (kept, told, open_))
    reason = primary(lattice.values, ethnic)
    reason[kept & (reason == 0)] = REASONS.index("earlier")
    hidden = reason > 0
    if not hidden.any():
        return Protection(reason, nothing, nothing)
    movable = ((lattice.cells[:, :, None] & ~open_) | hidden) & ~told
    search = _Search(lattice, Movement(lattice, movable), hidden[movable])
    search.recall(proofs, movable)
    if kept.any():
        search.look()
    search.run()
    after, narrow, narrow_rest = nothing.copy(), nothing.copy(), nothing.copy()
    after[movable], narrow[movable], narrow_rest[movable] = search.hidden, *search.narrow()
    reason[after & ~hidden] = REASONS.index("others")
    by_total, by_rest = told_by_totals(lattice)
    exposed = (narrow & ~by_total) | (narrow_rest & ~by_rest)
    return Protection(reason, exposed, (narrow | narrow_rest) & ~exposed, search.proofs(movable))


def told_by_totals(lattice: Lattice) -> tuple[Mask, Mask]:
    """Of which counts, and of which complements, the totals alone leave fewer than five values.

    Only what leaves with other groups share is open.
    """
    cells, totals = lattice.cells[: lattice.leaves], lattice.totals[: lattice.leaves]
    is_shared = cells.sum(axis=1) > 1 if lattice.ceilings is None else np.ones(lattice.leaves, bool)
    return _few(lattice, cells, totals, is_shared), _few(lattice, cells, totals[:, :1] - totals, is_shared)


def _few(lattice: Lattice, cells: Mask, totals: Numbers, is_shared: Mask) -> Mask:
    room = np.where(cells[:, :, None], (totals * is_shared[:, None])[:, None, :], 0)
    return np.concatenate([room, np.einsum("sl,lcm->scm", lattice.sums.astype(np.int64), room)]) < FEWEST - 1


@dataclass
class _Search:
    """What is hidden so far, and how far each number is known to be able to move."""

    lattice: Lattice
    movement: Movement
    hidden: Mask  # of each number that may move
    low: NDArray[np.float64] = field(init=False)
    high: NDArray[np.float64] = field(init=False)
    settled: Mask = field(init=False)  # as safe as it can be
    seen: list[Moved] = field(default_factory=list)  # the movements that showed something new

    def __post_init__(self) -> None:
        count = self.movement.count
        unit, category, _ = self.movement.place.T
        self.whole = self.movement.number[unit, category, 0]  # the denominator's number
        denominator = self.lattice.values[unit, category, 0].astype(float)
        self.complement = denominator - self.movement.value
        self.size = np.minimum(denominator * np.where(unit >= self.lattice.leaves, LARGER_UNIT, 1.0) + 1, DEAREST)
        self.cell = unit * self.lattice.values.shape[1] + category
        self.low, self.high, self.settled = np.zeros(count), np.zeros(count), np.zeros(count, bool)
        self.rest_low, self.rest_high = np.zeros(count), np.zeros(count)

    def narrow(self) -> tuple[Mask, Mask]:
        """The hidden numbers left fewer than five values, and those whose complement is."""
        few, few_rest = _values(self.low, self.high) < FEWEST, _values(self.rest_low, self.rest_high) < FEWEST
        return self.hidden & few, self.has_rest() & few_rest

    def recall(self, proofs: Sequence[Moved], movable: Mask) -> None:
        """Learn from movements found elsewhere: of hidden numbers alone, and only where they hold here too."""
        at = np.full(movable.size, -1)
        at[movable.ravel()] = np.arange(len(self.hidden))
        for proof in proofs:
            numbers = at[proof.at]
            if (numbers >= 0).all() and self.hidden[numbers].all():
                moved = np.zeros(len(self.hidden))
                moved[numbers] = proof.by
                if self.movement.holds(moved):
                    self.learn(moved)

    def proofs(self, movable: Mask) -> tuple[Moved, ...]:
        """The movements learned from, by their places in the lattice."""
        place = np.flatnonzero(movable)
        return tuple(Moved(place[one.at], one.by) for one in self.seen)

    def look(self) -> None:
        """Draw all unsafe counts at once, up or down by chance, and hide nothing: most that is safe already shows.

        Not worth it for few.
        """
        for seed in range(LOOKS if (self.hidden & ~self.is_safe()).sum() > BATCH else 0):
            chance = np.random.default_rng(seed).random(len(self.hidden))
            way = np.where(chance < 0.5, 1.0, -1.0) * (self.hidden & ~self.is_safe())
            for drawn in (way, -way):
                self.learn(self.movement.sway(drawn, self.hidden))

    def run(self) -> None:
        """Batch by batch, the smallest cells first."""
        size = max(BATCH, int(self.hidden.sum()) // MOST_BATCHES)
        while len(unsafe := np.flatnonzero(self.hidden & ~self.is_safe() & ~self.settled)):
            batch = unsafe[np.lexsort((unsafe, self.movement.value[unsafe], self.size[unsafe]))][:size]
            self.free(batch)
            for one in batch:
                if not self.is_safe()[one]:
                    self.free(np.array([one]))
                    self.settled[one] = not self.is_safe()[one]

    def is_safe(self) -> Mask:
        return _is_safe(self.movement.value, self.low, self.high) & self.is_rest_safe()

    def has_rest(self) -> Mask:
        """Where numerator and denominator are both hidden; else the complement is as safe as the numerator."""
        is_part = self.whole != np.arange(len(self.whole))
        return self.hidden & is_part & (self.whole >= 0) & self.hidden[self.whole]

    def is_rest_safe(self) -> Mask:
        return _is_safe(self.complement, self.rest_low, self.rest_high) | ~self.has_rest()

    def free(self, numbers: Numbers) -> None:
        """Find room below, then above, then below again where there was too little above; hide what that takes."""
        value = self.movement.value
        self.pull(numbers, lambda n: -np.minimum(value[n], np.where(self.low[n] > -1 + STEP, 2, 0)))
        self.pull(numbers, lambda n: np.maximum(1.0, FEWEST - 1 + np.ceil(self.low[n] - STEP)))
        self.pull(numbers, lambda n: -np.minimum(value[n], np.maximum(1.0, FEWEST - 1 - np.floor(self.high[n] + STEP))))
        self.pull_rests(numbers)

    def pull(self, numbers: Numbers, reach: Callable[[Numbers], NDArray[np.float64]]) -> None:
        """Move the unsafe ones of these as far as `reach` asks."""
        unsafe = numbers[~_is_safe(self.movement.value, self.low, self.high)[numbers]]
        far = reach(unsafe)
        if (far != 0).any():
            self.learn(self.solve(unsafe[far != 0], far[far != 0]))

    def pull_rests(self, numbers: Numbers) -> None:
        """Move complements: the denominator one way and the numerator the other."""
        for far in (2.0, -2.0, 4.0, -4.0):
            unsafe = numbers[~self.is_rest_safe()[numbers]]
            if len(unsafe):
                wholes = np.unique(self.whole[unsafe])
                parts = np.setdiff1d(unsafe, wholes)
                reach = np.repeat([far, -far], [len(wholes), len(parts)])
                self.learn(self.solve(np.concatenate([wholes, parts]), reach))

    def solve(self, targets: Numbers, reach: NDArray[np.float64]) -> NDArray[np.float64]:
        is_cell_hidden = np.isin(self.cell, self.cell[self.hidden])
        price = self.size * np.where(is_cell_hidden, FURTHER_NUMBER, 1.0)
        return self.movement.solve(targets, reach, np.where(self.hidden, 0.0, price))

    def learn(self, moved: NDArray[np.float64]) -> None:
        """What moved is hidden from now on, so this movement shows how far each can go."""
        self.hidden |= np.abs(moved) > STEP
        rest = np.where(self.whole >= 0, moved[self.whole], 0.0) - moved
        shown = ((self.low, self.high, moved), (self.rest_low, self.rest_high, rest))
        if any((by < low).any() or (by > high).any() for low, high, by in shown):
            far = np.flatnonzero(np.abs(moved) > STEP)
            self.seen.append(Moved(far, moved[far]))
        for low, high, by in shown:
            np.minimum(low, by, out=low)
            np.maximum(high, by, out=high)


def _is_safe(value: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> Mask:
    """At least five whole values, some below and some above the truth unless the truth is 0."""
    both_sides = (low <= -1 + STEP) & (high >= 1 - STEP)
    return (_values(low, high) >= FEWEST) & (both_sides | (value == 0))


def _values(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many whole values lie between the least and the most movement."""
    return np.floor(high + STEP) - np.ceil(low - STEP) + 1
