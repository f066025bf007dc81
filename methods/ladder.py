"""The ladder of village groups: formed, trained, active."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Ladder:
    """One entry per village. The activity of a village without a group, or not known to have one, is ""."""

    rung: NDArray[np.str_]  # highest rung: unknown, not_formed, formed, trained, active
    training: NDArray[np.str_]  # trained, not_trained, unknown; "" without a group
    activity: NDArray[np.str_]  # active, inactive, unknown; "" without a group


def ladder(formed: ArrayLike, trained_members: ArrayLike, helped: ArrayLike) -> Ladder:
    """Where each village's group stands.

    formed: (villages,) 1 by a decision, 0 not, NaN not known. trained_members: (villages,) members trained, NaN not
    reported. helped: (villages, 3) households helped in each of the last three months, NaN not reported.
    formed (decision) -> trained (at least one member) -> active (helped > 0 in any of the three months); inactive only
    when all three were reported as 0, otherwise unknown: not reporting is not idleness. Working counts as active even
    where no training is on record. ValueError unless helped has three months.
    """
    has, members, months = (np.asarray(x, float) for x in (formed, trained_members, helped))
    if months.ndim != 2 or months.shape[1] != 3:
        raise ValueError(f"helped must be (villages, 3), not {months.shape}")
    group = has > 0
    active, inactive = (months > 0).any(axis=1), (months == 0).all(axis=1)
    trained = members > 0
    rung = np.select([np.isnan(has), ~group, active, trained], ["unknown", "not_formed", "active", "trained"], "formed")
    training = np.select([~group, trained, members == 0], ["", "trained", "not_trained"], "unknown")
    activity = np.select([~group, active, inactive], ["", "active", "inactive"], "unknown")
    return Ladder(rung, training, activity)


def ladder_counts(steps: Ladder) -> dict[str, int]:
    """Villages in all, formed, trained, active, inactive, activity unknown, not formed and not known."""
    return {
        "villages": len(steps.rung),
        "formed": int((steps.activity != "").sum()),
        "trained": int((steps.training == "trained").sum()),
        "active": int((steps.activity == "active").sum()),
        "inactive": int((steps.activity == "inactive").sum()),
        "activity_unknown": int((steps.activity == "unknown").sum()),
        "not_formed": int((steps.rung == "not_formed").sum()),
        "unknown": int((steps.rung == "unknown").sum()),
    }
