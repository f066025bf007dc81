"""Equity between groups: the measures of WHO HEAT, their bounds, and why one cannot be computed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.equity_bounds import (
    around,
    around_ratio,
    attributable_se,
    log_deviation_se,
    simulated,
    theil_se,
    variance_se,
)
from methods.equity_measures import ANALYTIC, SIMULATED, attributable_risk
from methods.gradient import gradient
from methods.groups import Bools, Floats, Groups, Reduce, end, groups, over, total

# Abbreviations of WHO HEAT.
OF_ANY_GROUPS = ("d", "r")
OF_UNORDERED_GROUPS = (
    "mdbw", "mdbu", "mdmw", "mdmu", "mdrw", "mdru", "idisw", "idisu", "bgv", "bgsd", "cov", "ti", "mld",
)  # fmt: skip
OF_ORDERED_GROUPS = ("aci", "rci", "sii", "rii")
IMPACT = ("par", "paf")
MEASURES = (*OF_ANY_GROUPS, *OF_UNORDERED_GROUPS, *IMPACT, *OF_ORDERED_GROUPS)
REASONS = (
    "",
    "no_group",
    "missing_groups",
    "one_group",
    "ordered",
    "unordered",
    "no_order",
    "population_missing",
    "reference_missing",
    "end_missing",
    "zero_divisor",
    "zero_mean",
    "outside_scale",
    "no_fit",
)
REFERRED = ("d", "r", "mdrw", "mdru")
MOST_MISSING = 0.15
SE_FORMULAS = {"bgv": variance_se, "ti": theil_se, "mld": log_deviation_se}

Found = tuple[Floats, Floats, Floats]  # estimate, lower, upper


@dataclass(frozen=True)
class Measure:
    """One entry per unit. NaN: not computable, and `reason` (one of REASONS) says why; bounds are NaN without se."""

    estimate: Floats
    lower: Floats
    upper: Floats
    reason: NDArray[np.str_]


@dataclass(frozen=True)
class _Case:
    """The input as (groups, units) and (units,) arrays."""

    level: Floats
    population: Floats
    se: Floats
    order: Floats
    chosen: Bools
    exists: Bools
    is_favourable: Bools
    scale: Floats
    is_ordered: Bools


def equity(
    estimate: ArrayLike,
    population: ArrayLike,
    *,
    se: ArrayLike | None = None,
    order: ArrayLike | None = None,
    reference: ArrayLike | None = None,
    favourable: ArrayLike = True,
    scale: ArrayLike = 100.0,
    is_ordered: ArrayLike = False,
) -> dict[str, Measure]:
    """All measures of WHO HEAT by their abbreviations, for each unit (commune, month) at once.

    estimate: (groups,) or (groups, units) levels y_j >= 0 in the unit of `scale` (100: per cent); NaN = missing.
    population: people or households of each group; 0 = no such group in the unit, which is not a missing one.
    se: standard errors of the levels; without them (a full count) bounds are NaN.
    order: place of ordered groups, 1 = most disadvantaged. reference: True for the group chosen as reference;
    without one y_ref is the mean. favourable, scale, is_ordered: one for all or one per unit; a high level is good,
    the whole of the levels, the groups have an order.
    Ordered groups have d, r, par, paf, aci, rci, sii, rii; unordered groups all but the last four.
    Refused where more than 15 % of the groups have no level; otherwise the rest stand for all.
    Formulas: methods/equity_measures.py, methods/gradient.py; bounds: methods/equity_bounds.py.
    Source: WHO HEAT and healthequal; Schlotheuber and Hosseinpoor 2022, doi 10.3390/ijerph19063697.
    """
    case = _case(estimate, population, se, order, reference, favourable, scale, is_ordered)
    g = groups(case.level, case.population, case.chosen, case.is_favourable)
    with np.errstate(over="ignore", invalid="ignore"):
        found = _pair(case, g) | _unordered(case, g) | _impact(case, g) | _ordered(case, g)
    why = _reasons(case, g)
    return {name: _measure(found[name], why(name, np.isfinite(found[name][0]))) for name in MEASURES}


def _case(
    estimate: ArrayLike, population: ArrayLike, se: ArrayLike | None, order: ArrayLike | None,
    reference: ArrayLike | None, favourable: ArrayLike, scale: ArrayLike, is_ordered: ArrayLike,
) -> _Case:  # fmt: skip
    level = np.asarray(estimate, float)
    level = level[:, None] if level.ndim == 1 else level
    if (level < 0).any():
        raise ValueError("a level is 0 or more")
    size = _table(population, level)
    if (size < 0).any():
        raise ValueError("a population is 0 or more")
    exists = size != 0
    chosen = _table(False if reference is None else reference, level).astype(bool) & exists
    if (chosen.sum(axis=0) > 1).any():
        raise ValueError("at most one group is the reference")
    units = level.shape[1]
    return _Case(
        level=np.where(exists, level, np.nan),
        population=size,
        se=_table(np.nan if se is None else se, level),
        order=_table(np.nan if order is None else order, level),
        chosen=chosen,
        exists=exists,
        is_favourable=np.broadcast_to(np.asarray(favourable, bool), units),
        scale=np.broadcast_to(np.asarray(scale, float), units),
        is_ordered=np.broadcast_to(np.asarray(is_ordered, bool), units),
    )


def _table(values: ArrayLike, like: Floats) -> Floats:
    array = np.asarray(values, float)
    return np.broadcast_to(array[:, None] if array.ndim == 1 else array, like.shape)


def _pair(case: _Case, g: Groups) -> dict[str, Found]:
    """Difference and ratio of two groups: highest and lowest, reference and farthest other, or the order's ends.

    Of ordered groups, and against a reference, the two change places where low is good (healthequal), so that a gap
    to the disadvantage of the less advantaged is positive. The reference is never compared with itself.
    """
    is_chosen = case.chosen.any(axis=0)
    others = np.where(case.chosen, np.nan, case.level)
    far = np.where(case.is_favourable, end(others, np.inf, np.min), end(others, -np.inf, np.max))
    first = np.where(is_chosen, case.chosen, case.level == g.highest)
    second = np.where(is_chosen, others == far, case.level == g.lowest)
    ahead = _figures(case, np.where(case.is_ordered, _at_end(case, np.max), first))
    behind = _figures(case, np.where(case.is_ordered, _at_end(case, np.min), second))
    swap = ~case.is_favourable & (case.is_ordered | is_chosen)
    y_1, se_1, _ = (np.where(swap, b, a) for a, b in zip(ahead, behind, strict=True))
    y_2, se_2, _ = (np.where(swap, a, b) for a, b in zip(ahead, behind, strict=True))
    ratio = over(y_1, y_2)
    return {
        "d": (y_1 - y_2, *around(y_1 - y_2, np.hypot(se_1, se_2))),
        "r": (ratio, *around_ratio(ratio, np.hypot(over(se_1, y_1), over(se_2, y_2)))),
    }


def _at_end(case: _Case, of: Reduce) -> Bools:
    """The group at an end of the order, whether it has a level or not."""
    order = np.where(case.exists, case.order, np.nan)
    return order == end(order, -np.inf if of is np.max else np.inf, of)


def _figures(case: _Case, which: Bools) -> tuple[Floats, Floats, Floats]:
    """(level, se, population) of the group; of equal ones the larger error and population."""
    level, se, size = (end(np.where(which, x, np.nan), -np.inf, np.max) for x in (case.level, case.se, case.population))
    return level, se, size


def _impact(case: _Case, g: Groups) -> dict[str, Found]:
    """Population attributable risk and fraction; the most advantaged of ordered groups, else the best."""
    aim, _, size = _figures(case, np.where(case.is_ordered, _at_end(case, np.max), case.level == g.best))
    risk = attributable_risk(g, aim)
    fraction_se = attributable_se(aim, size, g.mean, total(case.population, g.known), case.scale)
    # A gain cut at 0 has no interval of its own.
    fraction_se = np.where(_has_se(case, g) & (risk == aim - g.mean), fraction_se, np.nan)
    fraction = over(100 * risk, g.mean)
    return {
        "par": (risk, *around(risk, g.mean * fraction_se)),
        "paf": (fraction, *around(fraction, 100 * fraction_se)),
    }


def _has_se(case: _Case, g: Groups) -> Bools:
    """Every group with a level has a standard error."""
    return np.all(~g.known | ~np.isnan(case.se), axis=0)


def _unordered(case: _Case, g: Groups) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for name, formula in ANALYTIC.items():
        estimate = formula(g)
        found[name] = (estimate, *around(estimate, SE_FORMULAS[name](g, case.se)))
    bounds = _simulated(case, g)
    return found | {name: (formula(g), *bounds[name]) for name, formula in SIMULATED.items()}


def _simulated(case: _Case, g: Groups) -> dict[str, tuple[Floats, Floats]]:
    units = case.level.shape[1]
    bounds = {name: (np.full(units, np.nan), np.full(units, np.nan)) for name in SIMULATED}
    for unit in np.flatnonzero(_has_se(case, g) & ~case.is_ordered & (g.count > 1)):
        at = g.known[:, unit]
        level, population, se = (x[at, unit] for x in (case.level, case.population, case.se))
        chosen, favourable, scale = case.chosen[at, unit], case.is_favourable[unit], case.scale[unit]
        drawn = simulated(level, population, se, chosen, bool(favourable), float(scale))
        for name, (low, high) in drawn.items():
            bounds[name][0][unit], bounds[name][1][unit] = low, high
    return bounds


def _ordered(case: _Case, g: Groups) -> dict[str, Found]:
    nothing = np.full(case.level.shape[1], np.nan)
    if not case.is_ordered.any():
        return dict.fromkeys(OF_ORDERED_GROUPS, (nothing, nothing, nothing))
    of = gradient(g, case.order, case.scale)
    has_se = _has_se(case, g)
    errors = (of.concentration_se, over(of.concentration_se, g.mean), of.slope_se, of.log_ratio_se)
    aci_se, rci_se, sii_se, rii_se = (np.where(has_se, error, np.nan) for error in errors)
    relative = over(of.concentration, g.mean)
    return {
        "aci": (of.concentration, *around(of.concentration, aci_se)),
        "rci": (relative, *around(relative, rci_se)),
        "sii": (of.slope, *around(of.slope, sii_se)),
        "rii": (of.ratio, *around_ratio(of.ratio, rii_se)),
    }


def _measure(found: Found, reason: NDArray[np.str_]) -> Measure:
    estimate, lower, upper = found
    computed = reason == ""
    has_bounds = computed & np.isfinite(lower) & np.isfinite(upper)
    return Measure(
        np.where(computed, estimate, np.nan),
        np.where(has_bounds, lower, np.nan),
        np.where(has_bounds, upper, np.nan),
        reason,
    )


def _reasons(case: _Case, g: Groups) -> Callable[[str, Bools], NDArray[np.str_]]:
    """(measure, where it was computed) -> why it cannot be computed, the plainest reason first."""
    there, is_ordered = case.exists.sum(axis=0), case.is_ordered
    missing = (case.exists & ~g.known).sum(axis=0)
    top_missing, bottom_missing = (np.isnan(_figures(case, _at_end(case, of))[0]) for of in (np.max, np.min))
    no_order = is_ordered & ~_has_order(case)
    no_reference = ~is_ordered & case.chosen.any(axis=0) & np.isnan(g.reference)

    def reasons(name: str, computed: Bools) -> NDArray[np.str_]:
        needs_top, needs_bottom = name in (*OF_ANY_GROUPS, *IMPACT), name in OF_ANY_GROUPS
        steps = (
            (there == 0, "no_group"),
            (missing > MOST_MISSING * there + 1e-9, "missing_groups"),
            (g.count < 2, "one_group"),
            (is_ordered & (name in OF_UNORDERED_GROUPS), "ordered"),
            (~is_ordered & (name in OF_ORDERED_GROUPS), "unordered"),
            (no_order, "no_order"),
            (computed, ""),
            (is_ordered & ((top_missing & needs_top) | (bottom_missing & needs_bottom)), "end_missing"),
            (no_reference & (name in REFERRED), "reference_missing"),
            (np.full(computed.shape, name == "r"), "zero_divisor"),
            (np.isnan(g.mean), "population_missing"),
            (g.mean == 0, "zero_mean"),
            (g.highest > case.scale, "outside_scale"),
        )
        return np.select([applies for applies, _ in steps], [word for _, word in steps], "no_fit")

    return reasons


def _has_order(case: _Case) -> Bools:
    """Every group has a place of its own."""
    places = np.sort(np.where(case.exists, case.order, np.nan), axis=0)
    is_placed = (~np.isnan(places)).sum(axis=0) == case.exists.sum(axis=0)
    return is_placed & ~(np.diff(places, axis=0) == 0).any(axis=0)
