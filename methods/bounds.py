"""What a group's rate can be where only the whole unit's is known: an interval, never a point."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.columns import Columns, named, numbers, plain, texts
from methods.groups import Floats, over

REASONS = ("", "no_value", "nobody")


def duncan_davis(coverage: ArrayLike, group_share: ArrayLike) -> tuple[Floats, Floats, NDArray[np.str_]]:
    """(low, high, reason) of the group's own coverage: max(0, (p - (1 - w))/w) <= p_group <= min(1, p/w).

    coverage p of the unit and group_share w of its people, shares 0-1 (ValueError otherwise). NaN where one of them is
    missing ("no_value") or nobody of the group lives there, w = 0 ("nobody").
    Source: Duncan and Davis 1953, American Sociological Review 18, 665-666.
    """
    p, w = np.broadcast_arrays(
        np.atleast_1d(np.asarray(coverage, float)), np.atleast_1d(np.asarray(group_share, float))
    )
    if ((p < 0) | (p > 1) | (w < 0) | (w > 1)).any():
        raise ValueError("coverage and group share lie between 0 and 1, they are not percentages")
    high = np.clip(over(p, w), 0.0, 1.0)
    low = np.minimum(np.clip(over(p - (1 - w), w), 0.0, 1.0), high)
    reason = np.select([np.isnan(p + w), w == 0], ["no_value", "nobody"], "")
    return np.where(reason == "", low, np.nan), np.where(reason == "", high, np.nan), reason


def bounds_table(columns: Columns) -> dict[str, list[Any]]:
    """One row per row of an analyst's own table: unit, coverage, group_share, lower, upper, reason; shares 0-1.

    Input columns: unit: name; group_share (w): share of the group among the unit's people, 0-1; coverage (p): share of
    the unit that is reached, 0-1, or numerator and denominator (n, N), counts; empty: not known.
    ValueError, naming row and column, for what cannot be read.
    """
    table = named(columns, ("unit", "group_share"))
    units = texts(table, "unit")
    w = numbers(table, "group_share", len(units), 0, 1)
    p = numbers(table, "coverage", len(units), 0, 1)
    if "coverage" not in table:
        whole = named(table, ("numerator", "denominator"))
        n, everybody = (numbers(whole, name, len(units), low=0) for name in ("numerator", "denominator"))
        p = over(n, everybody)
        for i in np.flatnonzero(n > everybody):
            raise ValueError(f"row {i + 1}: numerator: {n[i]:g} of {everybody[i]:g} is more than everybody")
    low, high, reason = duncan_davis(p, w)
    figures = {"coverage": p, "group_share": w, "lower": low, "upper": high, "reason": reason}
    return {"unit": units} | {name: plain(values) for name, values in figures.items()}
