"""The compound growth rate rule of Open SDG, offered for comparison under its own name."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ZERO_BASE = 0.001
SUBSTANTIAL, MODERATE = 0.95, 0.60


@dataclass(frozen=True)
class Growth:
    """One entry per unit; verdict achieved, substantial, moderate, limited, deterioration or not_available."""

    verdict: NDArray[np.str_]
    observed: NDArray[np.float64]  # CAGR_o, a share per year
    required: NDArray[np.float64]  # CAGR_r, a share per year
    ratio: NDArray[np.float64]  # R, NaN when achieved, not available or nothing is required


def compound_growth(
    base: ArrayLike, base_year: ArrayLike, value: ArrayLike, year: ArrayLike, goal: ArrayLike, goal_year: ArrayLike
) -> Growth:
    """Growth observed against growth required, both compound and yearly, for an indicator that should rise.

    CAGR_o = (y_t / y_0)^(1 / (t - t_0)) - 1; CAGR_r = (y_T / y_0)^(1 / (t_T - t_0)) - 1; R = CAGR_o / |CAGR_r|.
    R >= 0.95 substantial, 0.60-0.95 moderate, 0-0.60 limited, < 0 deterioration; y_t >= y_T achieved.
    base, value, goal are in the indicator's own unit (per cent for a share), years may be fractions.
    One point only (t <= t_0), no year left between base and goal, or a missing part: not available.
    A zero base enters as 0.001, and so does a zero value beside it (no growth is not deterioration). Where the base
    is at or above the goal and the value below it, |CAGR_r| keeps the fall from counting as progress.
    Source: open-sdg/open-sdg docs/progress-methodology.md (Statistics Canada, after Eurostat).
    """
    given = np.broadcast_arrays(*(np.atleast_1d(np.asarray(x, float)) for x in (base, value, goal)))
    years = np.broadcast_arrays(*(np.atleast_1d(np.asarray(x, float)) for x in (base_year, year, goal_year)))
    (y_0, y_t, y_goal), (t_0, t, t_goal) = given, years
    available = ~np.isnan(y_0 + y_t + y_goal) & (np.minimum(y_0, y_t) >= 0) & (y_goal > 0) & (t > t_0) & (t_goal > t_0)
    start = np.where(y_0 == 0, ZERO_BASE, y_0)
    reached = np.where(y_0 == 0, np.maximum(y_t, ZERO_BASE), y_t)
    observed = _yearly(reached, start, t - t_0, available)
    required = _yearly(y_goal, start, t_goal - t_0, available)
    is_met = available & (y_t >= y_goal)
    comparable = available & ~is_met & (required != 0)
    ratio = np.where(comparable, observed, np.nan) / np.where(comparable, np.abs(required), 1.0)
    steps = [~available, is_met, observed < 0, ratio >= SUBSTANTIAL - 1e-9, ratio >= MODERATE - 1e-9]
    words = ["not_available", "achieved", "deterioration", "substantial", "moderate"]
    return Growth(np.select(steps, words, "limited"), observed, required, ratio)


def _yearly(later: NDArray, earlier: NDArray, years: NDArray, available: NDArray) -> NDArray:
    ratio = np.where(available, later, np.nan) / np.where(available, earlier, 1.0)
    return ratio ** (1.0 / np.where(available, years, 1.0)) - 1.0
