"""Questions a council may put to a commune about its figures: each with its evidence, none of them a penalty."""

from math import comb
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from methods.composite import Floats

SURGE = 3.0  # times the median monthly gain
LEAST_GAIN = 0.02  # of the households: below it a surge is not worth a question
EARLIER = 4  # gains known before the last one, else there is no usual one
COPIED, LEAST_VILLAGES = 0.8, 5
HEAPED_DIGITS, LEAST_FIGURES = (0, 5), 20
FALL = 0.05  # of what had been reported at the award
CHANCE = 0.001  # below which a pattern is not left to chance


class Question(NamedTuple):
    """What is asked, and the figures it rests on."""

    code: str  # surge, copied, heaping, reversal, bunching
    evidence: dict[str, Any]


def surge(gains: ArrayLike, households: float) -> Question | None:
    """The last round's gain is above 3 times the median of the commune's earlier monthly gains, and 2 % of households.

    gains: households more than the month before, month by month, NaN where it cannot be told. At least 4 earlier ones,
    their median above 0: a commune just begun has no usual gain yet.
    """
    table = np.asarray(gains, float)
    earlier = table[:-1][~np.isnan(table[:-1])]
    if len(earlier) < EARLIER or np.isnan(table[-1]):
        return None
    last, usual = float(table[-1]), float(np.median(earlier))
    if usual <= 0 or last <= SURGE * usual or last <= LEAST_GAIN * households:
        return None
    return Question("surge", {"gain": last, "usual": usual, "times": last / usual})


def copied(last: ArrayLike, before: ArrayLike, households: ArrayLike) -> Question | None:
    """Four in five villages or more stand where they stood the round before: fewer do so in a slow month by themselves.

    Counts of the villages in the same order, NaN where not reported; none (nothing begun) and all households (nothing
    left to do) are no copies. At least 5 villages.
    """
    now, then = np.asarray(last, float), np.asarray(before, float)
    told = ~np.isnan(now) & ~np.isnan(then) & (now > 0) & (now < np.asarray(households, float))
    same = int((now == then)[told].sum())
    if told.sum() < LEAST_VILLAGES or same < COPIED * told.sum():
        return None
    return Question("copied", {"same": same, "villages": int(told.sum())})


def heaping(counts: ArrayLike) -> Question | None:
    """More of the villages' counts end in 0 or 5 than chance leaves (two in ten; binomial, below 1 in 1,000).

    Counts of 10 and more, at least 20 of them; the months of one village are no evidence for each other: one round.
    """
    table = np.asarray(counts, float)
    known = table[~np.isnan(table) & (table >= 10)].astype(np.int64)
    round_ones = int(np.isin(known % 10, HEAPED_DIGITS).sum())
    if len(known) < LEAST_FIGURES:
        return None
    chance = at_least(round_ones, len(known), len(HEAPED_DIGITS) / 10)
    if chance >= CHANCE:
        return None
    return Question("heaping", {"round": round_ones, "figures": len(known), "chance": chance})


def reversal(at_award: float, now: float) -> Question | None:
    """A stock fell by more than 5 % of what had been reported at the award."""
    if not at_award > 0 or not now < (1 - FALL) * at_award:
        return None
    return Question("reversal", {"at_award": at_award, "now": now})


def bunching(shares: ArrayLike, cut_off: float, width: float = 0.01) -> list[Question | None]:
    """Those just above a cut-off, where far more stand than just below (binomial, below 1 in 1,000).

    shares: one per commune; just above: [cut-off, cut-off + width), just below: as wide. Without bunching a commune
    close to the line stands on either side of it alike.
    """
    table = np.asarray(shares, float)
    above = (table >= cut_off) & (table < cut_off + width)
    below = (table < cut_off) & (table >= cut_off - width)
    many, few = int(above.sum()), int(below.sum())
    chance = at_least(many, many + few, 0.5)
    asked = Question("bunching", {"above": many, "below": few, "cut_off": cut_off, "chance": chance})
    return [asked if one and chance < CHANCE else None for one in above]


def at_least(successes: int, trials: int, p: float) -> float:
    """P(X >= successes) of a binomial; 1 for no trial."""
    return float(sum(comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(successes, trials + 1)))


def of_commune(villages: Floats, households: Floats, at_award: float = float("nan")) -> list[Question]:
    """Every question about one commune: villages x months of one count (at least one month), up to the last round.

    households: of each village. at_award: what had been reported at an award, for a reversal, which is asked about only
    when every village reported.
    """
    # A village that is new to a round, or missing from it, is no gain and no fall.
    change = np.diff(villages, axis=1)
    gains = np.where(np.isnan(change).all(axis=0), np.nan, np.nansum(change, axis=0))
    before = villages[:, -2] if villages.shape[1] > 1 else np.full(len(villages), np.nan)
    last = villages[:, -1]
    whole = float(np.nansum(last)) if not np.isnan(last).any() else float("nan")
    asked = [
        surge(gains, float(households.sum())),
        copied(last, before, households),
        heaping(last),
        reversal(at_award, whole),
    ]
    return [one for one in asked if one]
