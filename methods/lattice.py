"""A month's numbers by unit, category and measure, and what ties them together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Relation = dict[int, int]  # measure -> coefficient


@dataclass(frozen=True)
class Lattice:
    """One month's numbers; the first units are leaves, the others sums of leaves. Measure 0 is what all are out of.

    values[unit, category, measure]: counts, sums[sum, leaf]: True where the leaf is part of the sum. Every unit's own
    total of each measure is published. relations: weighted sums of a cell's measures that are <= 0 in every cell, as
    {1: 1, 0: -1} where measure 1 is a part of measure 0. ceilings[leaf, measure]: the totals, where categories overlap
    and do not add up to them; else None.
    """

    values: NDArray[np.int64]
    sums: NDArray[np.bool_]
    relations: tuple[Relation, ...]
    ceilings: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        below = np.einsum("sl,lcm->scm", self.sums.astype(np.int64), self.values[: self.leaves])
        if not np.array_equal(below, self.values[self.leaves :]):
            raise ValueError("a unit's values are not the sums of its parts")

    @property
    def leaves(self) -> int:
        return self.sums.shape[1]

    @property
    def cells(self) -> NDArray[np.bool_]:
        """[unit, category]: where anybody is counted; nobody counted is published as nobody."""
        return np.any(self.values > 0, axis=2)

    @property
    def totals(self) -> NDArray[np.int64]:
        """[unit, measure]: the published totals."""
        if self.ceilings is None:
            return self.values.sum(axis=1)
        return np.concatenate([self.ceilings, self.sums.astype(np.int64) @ self.ceilings])


def lattice(
    leaf_values: NDArray[np.int64],
    sums: NDArray[np.bool_],
    relations: tuple[Relation, ...],
    ceilings: NDArray[np.int64] | None = None,
) -> Lattice:
    """The lattice of these leaves, the values of the sums worked out."""
    above = np.einsum("sl,lcm->scm", sums.astype(np.int64), leaf_values)
    return Lattice(np.concatenate([leaf_values, above]), sums, relations, ceilings)
