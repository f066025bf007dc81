"""Trust in a number: high, fair, medium or low, with the reason."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

GRADES = ("high", "fair", "medium", "low")
# Least share of expected reports arrived and usable, and most rounds old, for high, fair and medium.
STEPS = ((0.95, 0), (0.85, 1), (0.60, 2))


def trust(
    arrived: ArrayLike, usable: ArrayLike, rounds_old: ArrayLike, sample_failed: ArrayLike = False
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """(grade, reason) per unit.

    high: >= 95 % of expected reports arrived and >= 95 % usable, last round; fair: 85 / 85, at most one round old;
    medium: 60 / 60, at most two; else low. A failed sample check caps at medium.
    arrived, usable: shares in [0, 1]; rounds_old: whole rounds, NaN or negative when there is no value at all.
    reason: what keeps it from a better grade, the worst first: no_value, few_arrived, few_usable, old, sample_failed;
    "" for high. A missing share is low with its own reason: nothing known is no ground for trust.
    """
    came, fit, age = np.broadcast_arrays(*(np.atleast_1d(np.asarray(x, float)) for x in (arrived, usable, rounds_old)))
    failed = np.broadcast_to(np.asarray(sample_failed, bool), came.shape)
    levels = np.stack(
        [
            np.where(np.isnan(age) | (age < 0), 3, 0),
            _level(came),
            _level(fit),
            np.select([age <= most for _, most in STEPS], [0, 1, 2], 3),
            np.where(failed, 2, 0),
        ]
    )
    worst = levels.max(axis=0)
    reasons = np.array(["no_value", "few_arrived", "few_usable", "old", "sample_failed"])
    return np.array(GRADES)[worst], np.where(worst > 0, reasons[levels.argmax(axis=0)], "")


def _level(share: NDArray) -> NDArray:
    return np.select([share >= least for least, _ in STEPS], [0, 1, 2], 3)
