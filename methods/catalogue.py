"""What the methods are: the list behind the Definitions page and the `methods` verb."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from methods import (
    anomalies,
    attack,
    bounds,
    crosswalk,
    decomposition,
    equity,
    growth,
    interval,
    kendall,
    ladder,
    lastmile,
    ontime,
    overperforming,
    progress,
    protect,
    reachability,
    rounds,
    survival,
    trust,
)
from methods.equity_table import equity_table
from methods.progress_table import progress_table
from methods.protect_table import attack_table, protect_table


@dataclass(frozen=True)
class Method:
    """One method: its function (whose docstring says all), one line on what it gives, where it comes from, formula."""

    function: Callable[..., Any]
    description: str
    source: str
    formula: str = ""


_OWN = "rule of this product"
_DHIS2 = "DHIS2 reporting rates (actual and on-time reports over expected reports)"
_OUTLIERS = "Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers"
_HEAT = "WHO HEAT, healthequal; Schlotheuber and Hosseinpoor 2022, doi 10.3390/ijerph19063697"

# Measures of equity by the abbreviation of WHO HEAT: what it gives, formula. s: share of the population, y: level,
# mu: mean of all, R: middle rank along the order.
_EQUITY = {
    "d": ("Difference of two groups' levels", "y_1 - y_2"),
    "r": ("Ratio of two groups' levels", "y_1 / y_2"),
    "mdbw": ("Mean difference from the best level, weighted", "sum s |y - y_best|"),
    "mdbu": ("Mean difference from the best level, unweighted", "(1/J) sum |y - y_best|"),
    "mdmw": ("Mean difference from the mean, weighted", "sum s |y - mu|"),
    "mdmu": ("Mean difference from the mean, unweighted", "(1/J) sum |y - mu|"),
    "mdrw": ("Mean difference from the reference, weighted", "sum s |y - y_ref|"),
    "mdru": ("Mean difference from the reference, unweighted", "(1/J) sum |y - y_ref|"),
    "idisw": ("Index of disparity, weighted", "100 sum s |y - mu| / mu"),
    "idisu": ("Index of disparity, unweighted", "100 (1/J) sum |y - mu| / mu"),
    "bgv": ("Between-group variance", "sum s (y - mu)^2"),
    "bgsd": ("Between-group standard deviation", "sqrt(sum s (y - mu)^2)"),
    "cov": ("Coefficient of variation", "100 sqrt(sum s (y - mu)^2) / mu"),
    "ti": ("Theil index", "1000 sum s (y/mu) ln(y/mu)"),
    "mld": ("Mean log deviation", "-1000 sum s ln(y/mu)"),
    "par": ("Population attributable risk", "max(0, y_best - mu)"),
    "paf": ("Population attributable fraction", "100 max(0, y_best - mu) / mu"),
    "aci": ("Absolute concentration index, ordered groups", "2 sum s y (R - 1/2)"),
    "rci": ("Relative concentration index, ordered groups", "2 sum s y (R - 1/2) / mu"),
    "sii": ("Slope index of inequality, ordered groups", "fit(1) - fit(0), fit: logit line of y on R"),
    "rii": ("Relative index of inequality, ordered groups", "fit(1) / fit(0), fit: logit line of y on R"),
}

CATALOGUE: dict[str, Method] = {
    "progress": Method(progress.assess, "Status against a target: verdict, projections, gap and pace", _OWN),
    "households_left": Method(progress.households_left, "Households still to reach, exact: T*N - n rounded up", _OWN),
    "pace": Method(progress.pace_per_week, "Households per week over the last two reported months", _OWN),
    "growth": Method(
        growth.compound_growth,
        "Compound growth rate rule, for comparison under its own name",
        "open-sdg/open-sdg docs/progress-methodology.md (Statistics Canada, after Eurostat)",
    ),
    "reachability": Method(
        reachability.reach, "Needed pace against the best the cluster has kept; last date to start", _OWN
    ),
    "ladder": Method(ladder.ladder, "Village groups: formed, trained, active, inactive, unknown", _OWN),
    "trust": Method(trust.trust, "Trust in a number: high, fair, medium, low, with the reason", _OWN),
    "wilson": Method(
        interval.wilson,
        "Interval of a proportion from a sample",
        "Wilson 1927, JASA 22, 209-212",
        "(p + z^2/2N -+ z sqrt(p(1-p)/N + z^2/4N^2)) / (1 + z^2/N)",
    ),
    "rates": Method(rounds.rates, "Reports submitted, on time and usable, over the expected", _DHIS2),
    "days_late": Method(rounds.days_late, "Days beyond the due day and the grace", _DHIS2),
    "outliers": Method(rounds.outliers, "Values far from the median, and jumps after copied values", _OUTLIERS),
    "jumps": Method(rounds.jumps, "Changes unlike a village's own and large enough to ask about", _OUTLIERS),
    "falls": Method(rounds.falls, "Cumulative counts that fall", _OWN),
    "copied_forward": Method(rounds.copied_forward, "Rows equal to the month before", _OWN),
    "crosswalk": Method(crosswalk.to_today, "Counts of old units in today's units, by share", _OWN),
    "baselines": Method(crosswalk.baselines, "Baselines of today's units; frozen ones stay", _OWN),
    "protect": Method(
        protect.protect,
        "Small cells: which counts are hidden, so that none can be worked out",
        "Handbook on Statistical Disclosure Control (ESS); Kelly, Golden and Assad 1992; Fischetti and Salazar 2000",
    ),
    "attack": Method(
        attack.attack,
        "What published tables tell about hidden counts: the values left for each",
        "Handbook on Statistical Disclosure Control (ESS): the attacker's linear program",
    ),
    "last_mile": Method(lastmile.last_mile, "The fewest villages that bring a commune to its goal", _OWN),
    **{name: Method(equity.equity, said, _HEAT, formula) for name, (said, formula) in _EQUITY.items()},
    "kitagawa": Method(
        decomposition.kitagawa,
        "The gap between two groups: where they live, and how they fare in the same place",
        "Kitagawa 1955, JASA 50, 1168-1194; Das Gupta 1993, Current Population Reports P23-186",
        "sum (a - b)(x + y)/2 + sum (x - y)(a + b)/2",
    ),
    "bounds": Method(
        bounds.duncan_davis,
        "What a group's coverage can be where only the whole unit's is known",
        "Duncan and Davis 1953, American Sociological Review 18, 665-666",
        "max(0, (p - (1 - w))/w) <= p_group <= min(1, p/w)",
    ),
    "trend": Method(
        kendall.trend,
        "Whether a series rises or falls, and how fast: Mann-Kendall and Sen's slope, the weekly season off on request",
        "Mann 1945; Kendall 1975; Sen 1968, JASA 63, 1379-1389; Gilbert 1987, chapter 16; Cleveland and others 1990",
        "median of (x_j - x_i)/(t_j - t_i)",
    ),
    "anomalies": Method(
        anomalies.anomalies,
        "Days unlike the others, once trend and weekday are taken off",
        f"{_OUTLIERS}; STL: Cleveland and others 1990, Journal of Official Statistics 6, 3-73",
        "0.6745 |x - median| / MAD > 3.5",
    ),
    "overperforming": Method(
        overperforming.overperforming,
        "A post's interactions against what its page usually gets",
        "CrowdTangle, overperforming score",
        "actual / expected; -(expected / actual) below it; expected: mean of the middle half of the last 100 posts",
    ),
    "ontime": Method(
        ontime.on_time,
        "Cases settled on time, open and overdue ones counted",
        "cityofaustin/atd-data-tech#21672",
        "on time / (settled + still open and overdue)",
    ),
    "survival": Method(
        survival.median,
        "Time until half of the cases are done, those not done yet counted",
        "Kaplan and Meier 1958, JASA 53, 457-481; Brookmeyer and Crowley 1982, Biometrics 38, 29-41",
        "S(t) = product of (1 - done/at risk)",
    ),
}

# Methods on an analyst's own table, the sub-commands of the `methods` verb: columns in, columns out.
TABLES: dict[str, Callable[..., dict[str, list[Any]]]] = {
    "progress": progress_table,
    "bounds": bounds.bounds_table,
    "wilson": interval.wilson_table,
    "protect": protect_table,
    "attack": attack_table,
    "trend": kendall.trend_table,
    "anomalies": anomalies.anomalies_table,
    "overperforming": overperforming.overperforming_table,
    "ontime": ontime.ontime_table,
    "survival": survival.survival_table,
}
# The same with an answer of its own shape, and the catalogue's entry it belongs to.
ANSWERS: dict[str, Callable[..., Any]] = {"equity": equity_table, "decompose": decomposition.decompose_table}
