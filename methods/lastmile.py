"""The last-mile list: the fewest villages, and households per week, that bring a commune to its goal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class LastMile:
    """The villages in the order of work, with what each has to bring. weeks NaN or <= 0: per_week is NaN."""

    villages: list[str]  # ids
    households: list[int]  # households to reach there; their sum is min(need, what the villages can bring)
    per_week: list[float]  # households per week there
    total: int
    total_per_week: float
    short: int  # households still missing when every reporting village has reached everybody
    not_reported: list[str]  # villages without a value: what they could bring is not known
    reason: str  # "", nothing_needed, no_need_known, no_week_left, villages_not_enough


def last_mile(ids: Sequence[str], reached: ArrayLike, households: ArrayLike, need: float, weeks: float) -> LastMile:
    """The smallest set of villages that together can still bring `need` households, the largest remainders first.

    ids, reached n_v, households N_v: one per village (NaN = not reported, never zero). A village can bring N_v - n_v;
    taking the largest remainders first gives the fewest villages, ties go by id, and the last one brings only what is
    still needed. need: households left for the commune (ceil(T*N - n)); weeks: until the deadline.
    """
    n, whole = np.asarray(reached, float), np.asarray(households, float)
    known = ~np.isnan(n) & ~np.isnan(whole)
    silent = [village for village, has_value in zip(ids, known, strict=True) if not has_value]
    if np.isnan(need):
        return LastMile([], [], [], 0, np.nan, 0, silent, "no_need_known")
    remaining = {v: int(max(whole[i] - n[i], 0)) for i, v in enumerate(ids) if known[i]}
    work: dict[str, int] = {}
    missing = int(need)
    for village in sorted(remaining, key=lambda v: (-remaining[v], v)):
        if missing <= 0 or remaining[village] == 0:
            break
        work[village] = min(remaining[village], missing)
        missing -= work[village]
    return _list(work, max(missing, 0), weeks, silent, need)


def _list(work: dict[str, int], short: int, weeks: float, silent: list[str], need: float) -> LastMile:
    has_time = weeks > 0
    steps = ((need <= 0, "nothing_needed"), (not has_time, "no_week_left"), (short > 0, "villages_not_enough"))
    reason = next((word for applies, word in steps if applies), "")
    per_week = [count / weeks if has_time else float("nan") for count in work.values()]
    total = sum(work.values())
    rate = total / weeks if has_time else float("nan")
    return LastMile(list(work), list(work.values()), per_week, total, rate, short, silent, reason)
