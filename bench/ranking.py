"""Ranks of the country's communes over 10,000 draws, against the matrix product and sort they cannot do without."""

import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from bench.goals import Outcome, outcome
from bench.scratch import Province
from methods.ranks import BLOCK, DRAWS, SEED, SWAY, intervals, weights_drawn

UNITS, CRITERIA = 3321, 20
SCORES = np.random.default_rng(SEED).uniform(size=(UNITS, CRITERIA))
WEIGHTS = np.full(CRITERIA, 100 / CRITERIA)


def measure(province: Province, pairs: int) -> list[Outcome]:
    """The province is not read: the figures are drawn."""
    seconds(everything), seconds(unavoidable)
    both = [(seconds(everything), seconds(unavoidable)) for _ in range(pairs)]
    whole = DRAWS * UNITS * 8 / 2**20
    return [
        outcome("P9.ranks", [a for a, _ in both], [b for _, b in both], "places and their 5-95 % intervals"),
        outcome("P9.memory", [most_held()], [whole]),
    ]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def everything() -> None:
    intervals(SCORES, WEIGHTS)


def unavoidable() -> None:
    """Scores of every draw, sorted, in blocks that stay in the cache; nobody's place is known yet."""
    moved = weights_drawn(WEIGHTS, DRAWS, SEED, SWAY).astype(np.float32)
    parts = SCORES.T.astype(np.float32)
    for start in range(0, DRAWS, BLOCK):
        np.sort(moved[start : start + BLOCK] @ parts, axis=1)


def most_held() -> float:
    """Megabytes of arrays at the fullest moment."""
    tracemalloc.start()
    everything()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20
