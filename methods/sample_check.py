"""The sample check of a claim: which households are visited, and what the visits say about the claim."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from methods.interval import wilson

SIZE, PASS = 19, 13  # 93 % of communes pass at a true 80 %, 8 % at a true 50 %


class Line(NamedTuple):
    """One household to visit: the so-manieth claimed one in the village's own book."""

    village: str
    line: int


class Checked(NamedTuple):
    """What the visits say: verified of visited, the share with its 95 % Wilson interval, and whether it passes."""

    verified: int
    visited: int
    share: float
    low: float
    high: float
    is_passed: bool


def drawn(claimed: Mapping[str, int], seed: int, size: int = SIZE) -> list[Line]:
    """`size` different claimed households of a commune, by village and line; all of them where it claims fewer.

    claimed: households by village. Every claimed household has the same chance: a village is drawn by how many it
    claims, then a line in 1..claimed of its book as closed on the stated day. The same seed and claims give the same
    list, whatever the order of the villages.
    """
    villages = [(village, count) for village, count in sorted(claimed.items()) if count > 0]
    ends = np.cumsum([count for _, count in villages])
    whole = int(ends[-1]) if len(ends) else 0
    chosen = np.sort(np.random.default_rng(seed).permutation(whole)[:size])
    places = np.searchsorted(ends, chosen, side="right")
    starts = [0, *ends.tolist()]
    return [Line(villages[p][0], int(one) - starts[p] + 1) for one, p in zip(chosen, places.tolist(), strict=True)]


def lot(units: Sequence[str], seed: int, count: int) -> list[str]:
    """So many different units by lot, in the order drawn; the same seed gives the same, however they are listed."""
    order = np.random.default_rng(seed).permutation(len(units))
    return [sorted(units)[place] for place in order[:count]]


def checked(verified: int, visited: int = SIZE) -> Checked:
    """The verified share, its interval, and the verdict: 13 of 19, in the same proportion where fewer were visited.

    ValueError unless 0 <= verified <= visited and somebody was visited. Interval: Wilson 1927.
    """
    if not 0 <= verified <= visited or visited == 0:
        raise ValueError(f"{verified} verified of {visited} visited")
    low, high = wilson(verified, visited)
    is_passed = verified * SIZE >= PASS * visited
    return Checked(verified, visited, verified / visited, float(low[0]), float(high[0]), is_passed)


def scale(check: Checked | None) -> float:
    """What points of a verified criterion are multiplied by: 1 where it passed or was not checked, else the share."""
    return 1.0 if check is None or check.is_passed else check.share
