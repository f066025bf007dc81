"""Questions a council may put to a commune about its figures: each with its evidence, none of them a penalty."""

from math import comb
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from methods.composite import Floats

SURGE = 3.0  # times the median monthly gain
LEAST_LEAP = 0.05  # of the households beyond the best month of late
LATELY = 3  # rounds that say what is usual now
EARLIER = 4  # gains known before the last one, else there is no usual one
COPIED, LEAST_VILLAGES = 0.8, 5
HEAPED_DIGITS, LEAST_FIGURES = (0, 5), 20
FALL = 0.05  # of what had been reported at the award
HALF = 0.5  # of it lies in villages that reported since
CHANCE = 0.001  # below which a pattern is not left to chance


class Question(NamedTuple):
    """What is asked, and the figures it rests on."""

    code: str  # surge, copied, heaping, reversal, bunching
    evidence: dict[str, Any]


def surge(gains: ArrayLike, households: float) -> Question | None:
    """The last round's gain is above 3 times the usual one, and 5 % of all households beyond the best of late.

    gains: households more than the month before, month by month, NaN where it cannot be told. At least 4 earlier ones,
    their median above 0: a commune just begun has no usual gain yet. Usual is the median of them all or of the last
    three, whichever is more, and the best that of the last three: an S-curve that gathers speed is no surge.
    """
    table = np.asarray(gains, float)
    earlier = table[:-1][~np.isnan(table[:-1])]
    if len(earlier) < EARLIER or np.isnan(table[-1]):
        return None
    last, usual = float(table[-1]), float(max(np.median(earlier), np.median(earlier[-LATELY:])))
    beyond = last - float(earlier[-LATELY:].max())
    if np.median(earlier) <= 0 or last <= SURGE * usual or beyond <= LEAST_LEAP * households:
        return None
    return Question("surge", {"gain": last, "usual": usual, "times": last / usual})


def copied(villages: ArrayLike, households: ArrayLike) -> Question | None:
    """Four in five villages or more stand where they stood the round before, far more than of late.

    villages: villages x months, NaN where not reported. None (nothing begun) and all households (nothing left to do)
    are no copies; at least 5 villages. Where little moves much stands still by itself, so the binomial chance of so
    many, at the share that stood still in the last three rounds in which anything moved (one more of two more), is
    below 1 in 1,000: who copies round after round is not used to it. Without such a round there is no usual share.
    """
    table = np.asarray(villages, float)
    now, then = table[:, 1:], table[:, :-1]
    is_told = ~np.isnan(now) & ~np.isnan(then) & (now > 0) & (now < np.asarray(households, float)[:, None])
    same, known = ((now == then) & is_told).sum(axis=0), is_told.sum(axis=0)
    moved = np.flatnonzero(same[:-1] < known[:-1])[-LATELY:]
    stood, of = int(same[moved].sum()), int(known[moved].sum())
    if not of or known[-1] < LEAST_VILLAGES or same[-1] < COPIED * known[-1]:
        return None
    chance = at_least(int(same[-1]), int(known[-1]), (stood + 1) / (of + 2))
    if chance >= CHANCE:
        return None
    told = {"same": int(same[-1]), "villages": int(known[-1]), "usual_share": stood / of, "chance": chance}
    return Question("copied", told)


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


def reversal(at_award: ArrayLike, now: ArrayLike) -> Question | None:
    """A stock fell by more than 5 % of what had been reported at the award, in the villages that reported since.

    Counts of the villages in the same order, the last each reported up to the award and since, NaN without one. Who
    reported since holds half of what was reported at least: a village left out hides no fall, and one alone is no fall.
    """
    then, since = np.asarray(at_award, float), np.asarray(now, float)
    both = ~np.isnan(then) & ~np.isnan(since)
    before, after = float(then[both].sum()), float(since[both].sum())
    if before <= 0 or before < HALF * np.nansum(then) or after >= (1 - FALL) * before:
        return None
    return Question("reversal", {"at_award": before, "now": after, "villages": int(both.sum())})


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


def of_commune(villages: Floats, households: Floats) -> list[Question]:
    """Every question about one commune's rounds: villages x months of one count (at least one month), the last is asked
    about. households: of each village.
    """
    # A village that is new to a round, or missing from it, is no gain and no fall.
    change = np.diff(villages, axis=1)
    gains = np.where(np.isnan(change).all(axis=0), np.nan, np.nansum(change, axis=0))
    found = [surge(gains, float(households.sum())), copied(villages, households), heaping(villages[:, -1])]
    return [one for one in found if one]
