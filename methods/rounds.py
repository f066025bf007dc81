"""Reporting rounds: the three rates, days late, and the figures that deserve a question."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

OUTLIER_Z = 3.5
# A jump is worth a question from so many households on, and so large a share of the village's (docs/decisions/0009).
LEAST_HOUSEHOLDS, LEAST_SHARE = 5.0, 0.05

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Rates:
    """Shares per unit or round; NaN where nothing was expected."""

    submitted: Floats
    on_time: Floats
    usable: Floats


def rates(expected: ArrayLike, submitted: ArrayLike, on_time: ArrayLike, usable: ArrayLike) -> Rates:
    """submitted, on time and usable reports, each over the expected ones (units assigned x periods).

    Counts in, shares out. Nothing expected: NaN, not 100 %. Source: DHIS2 reporting rates.
    """
    whole = np.asarray(expected, float)
    counts = (np.where(whole > 0, np.asarray(part, float), np.nan) for part in (submitted, on_time, usable))
    return Rates(*(part / np.where(whole > 0, whole, 1.0) for part in counts))


def days_late(
    completed: ArrayLike, period_end: ArrayLike | date, due_days: ArrayLike, grace_days: ArrayLike = 0
) -> Floats:
    """Days beyond period end + due days + grace; 0 when timely; NaN when not completed (NaT): not sent is not late.

    timely: completion - period end <= due days + grace. Dates are days in local time.
    """
    done, end = np.asarray(completed, "datetime64[D]"), np.asarray(period_end, "datetime64[D]")
    took = np.where(np.isnat(done), np.nan, (done - end).astype(np.int64))
    return np.maximum(took - (np.asarray(due_days) + np.asarray(grace_days)), 0.0)


def is_usable(mandatory: ArrayLike, filled: ArrayLike, rules_failed: ArrayLike) -> Bools:
    """A report with mandatory cells (> 0), all of them filled, and no rule broken. An empty report is not usable."""
    needed, have = np.asarray(mandatory), np.asarray(filled)
    return (needed > 0) & (have >= needed) & (np.asarray(rules_failed) == 0)


def modified_z(values: ArrayLike) -> Floats:
    """0.6745 * |x - median| / MAD along the last axis; NaN where MAD = 0 (its own rule) or for under three values.

    MAD: median of |x - median|. NaN values are left out. Source: Iglewicz and Hoaglin 1993.
    """
    off, mad = _spread(np.asarray(values, float))
    possible = mad > 0
    return 0.6745 * np.where(possible, off, np.nan) / np.where(possible, mad, 1.0)


def outliers(values: ArrayLike) -> NDArray[np.str_]:
    """Per value "", "outlier" (modified z > 3.5) or "jump_after_copies" (MAD = 0 and away from the median).

    values: (..., months). MAD = 0 means more than half of the values are one and the same, mostly copied: no spread to
    measure by, so every value away from the median is a question. Under three values nothing can be said.
    """
    table = np.asarray(values, float)
    off, mad = _spread(table)
    return np.select([modified_z(table) > OUTLIER_Z, (mad == 0) & (off > 0)], ["outlier", "jump_after_copies"], "")


def jumps(reported: ArrayLike, households: ArrayLike) -> Bools:
    """Where a count jumps: (units, months), NaN where nothing was reported; households are those of the same row.

    Change per month since the report before; a jump where it is one of `outliers` among the changes up to it, and the
    change and its distance from the usual one (median x months elapsed) are both more than 5 and more than 5 % of the
    households. A count that stands still is no jump, nor are the first ones after 0.
    """
    table = np.asarray(reported, float)
    months = np.arange(table.shape[-1], dtype=float)
    before = previous_reported(table)
    elapsed = months - previous_reported(np.where(np.isnan(table), np.nan, months))
    pace = (table - before) / elapsed
    until = [pace[..., : month + 1] for month in range(table.shape[-1])]
    odd = [outliers(known)[..., -1] != "" for known in until]
    usual = [_median(known)[..., 0] for known in until]
    least = np.fmax(LEAST_HOUSEHOLDS, LEAST_SHARE * np.asarray(households, float))
    change, off = np.abs(table - before), np.abs(table - before - np.stack(usual, -1) * elapsed)
    return np.stack(odd, -1) & (change > least) & (off > least) & (before > 0)


def _spread(table: Floats) -> tuple[Floats, Floats]:
    """|x - median| and MAD (as a column); NaN for fewer than three values."""
    enough = (~np.isnan(table)).sum(axis=-1, keepdims=True) >= 3
    median = np.where(enough, _median(table), np.nan)
    off = np.abs(table - median)
    # Rounding of floating point is no spread: equal shares stay equal.
    off = np.where(off <= 1e-12 * np.maximum(np.abs(median), 1.0), 0.0, off)
    return off, np.where(enough, _median(off), np.nan)


def _median(table: Floats) -> Floats:
    """Median of the known values along the last axis (kept); NaN without one, and without a warning."""
    ordered = np.sort(table, axis=-1)
    count = (~np.isnan(table)).sum(axis=-1, keepdims=True)
    if table.shape[-1] == 0:
        return np.full(count.shape, np.nan)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, table.shape[-1] - 1), axis=-1)
    return np.where(count > 0, (low + high) / 2, np.nan)


def previous_reported(values: ArrayLike) -> Floats:
    """The last value reported before each month: (..., months); NaN where there is none."""
    table = np.asarray(values, float)
    result = np.full_like(table, np.nan)
    for month in range(1, table.shape[-1]):
        before = table[..., month - 1]
        result[..., month] = np.where(np.isnan(before), result[..., month - 1], before)
    return result


def falls(cumulative: ArrayLike) -> Bools:
    """Where a cumulative count is lower than the one reported before it; (..., months)."""
    return np.asarray(cumulative, float) < previous_reported(cumulative)


def part_above_whole(part: ArrayLike, whole: ArrayLike) -> Bools:
    """n > N."""
    return np.asarray(part, float) > np.asarray(whole, float)


def copied_forward(cells: ArrayLike, declared_unchanged: ArrayLike = False) -> Bools:
    """Where every reported cell of a row equals the month before's: (units, months, cells) -> (units, months).

    A row without a value copies nothing; a row ticked "không thay đổi" (declared_unchanged, (units, months)) is no
    question.
    """
    table = np.asarray(cells, float)
    before = np.full_like(table, np.nan)
    before[:, 1:] = table[:, :-1]
    same = (table == before) | (np.isnan(table) & np.isnan(before))
    has_value = (~np.isnan(table)).any(axis=-1)
    return same.all(axis=-1) & has_value & ~np.asarray(declared_unchanged, bool)
