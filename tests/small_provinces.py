"""Small provinces made by chance, household by household, to protect and to attack."""

import numpy as np
from numpy.typing import NDArray

from methods import attack
from methods.lattice import Lattice, lattice
from methods.protect import Protection

MEASURES = ("households", "any", "app", "pay", "online", "cashless", "both")
RELATIONS = (
    {1: 1, 0: -1}, {2: 1, 1: -1}, {3: 1, 1: -1}, {1: 1, 2: -1, 3: -1},
    {4: 1, 0: -1}, {5: 1, 0: -1}, {6: 1, 4: -1}, {6: 1, 5: -1}, {4: 1, 5: 1, 0: -1, 6: -1},
)  # fmt: skip
RULES = [{MEASURES[measure]: weight for measure, weight in relation.items()} for relation in RELATIONS]


def households(chance: np.random.Generator, count: int) -> NDArray[np.int64]:
    """The counts of so many households: each has apps, pays, and can do one, both or nothing by itself."""
    share = chance.beta(1, 2)
    app, pay, online, cashless = chance.random((4, count)) < share
    has = [np.ones(count, bool), app | pay, app, pay, online, cashless, online & cashless]
    return np.array([column.sum() for column in has])


def province(seed: int) -> Lattice:
    """3-7 communes in two clusters and a province, 2-5 groups, most of them in few communes and small."""
    chance = np.random.default_rng(seed)
    leaves, groups = chance.integers(3, 8), chance.integers(2, 6)
    values = np.zeros((leaves, groups, len(MEASURES)), np.int64)
    for commune in range(leaves):
        for group in range(groups):
            if group == 0 or chance.random() < 0.6:
                size = int(chance.integers(60, 300) if group == 0 else chance.lognormal(3, 1.3) + 1)
                values[commune, group] = households(chance, size)
    first = chance.integers(1, leaves)
    member = np.arange(leaves) < first
    return lattice(values, np.array([member, ~member, np.ones(leaves, bool)]), RELATIONS)


def names(of: Lattice) -> list[str]:
    return [f"c{n}" for n in range(of.leaves)] + ["cluster 1", "cluster 2", "province"]


def published(of: Lattice, hidden: NDArray[np.bool_]) -> attack.Table:
    """What a reader of the protected figures gets: every cell where anybody lives, and the totals."""
    table: dict[attack.Key, int | None] = {}
    for unit, name in enumerate(names(of)):
        for place, measure in enumerate(MEASURES):
            table[name, attack.TOTAL, measure] = int(of.totals[unit, place])
            for group in np.flatnonzero(of.cells[unit]):
                value = None if hidden[unit, group, place] else int(of.values[unit, group, place])
                table[name, f"g{group}", measure] = value
    return table


def rules(of: Lattice) -> attack.Rules:
    called = names(of)
    parts = {called[of.leaves + n]: [called[leaf] for leaf in np.flatnonzero(row)] for n, row in enumerate(of.sums)}
    return attack.Rules(parts, RULES, MEASURES[0])


def attacked(of: Lattice, result: Protection) -> list[attack.Narrowed]:
    """What the attacker narrows to fewer than five values, beyond what the totals say by themselves."""
    found = attack.attack([published(of, result.hidden)], rules(of))
    return [one for one in found if one.values < attack.ENOUGH and not one.told]
