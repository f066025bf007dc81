"""What the methods are: the list behind the Definitions page and the `methods` verb."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from methods import (
    attack,
    crosswalk,
    growth,
    interval,
    ladder,
    lastmile,
    progress,
    protect,
    reachability,
    rounds,
    trust,
)
from methods.progress_table import progress_table
from methods.protect_table import attack_table, protect_table


@dataclass(frozen=True)
class Method:
    """One method: its function (whose docstring has the formula), one line on what it gives, where it comes from."""

    function: Callable[..., Any]
    description: str
    source: str


_OWN = "rule of this product"
_DHIS2 = "DHIS2 reporting rates (actual and on-time reports over expected reports)"
_OUTLIERS = "Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers"

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
    "wilson": Method(interval.wilson, "Interval of a proportion from a sample", "Wilson 1927, JASA 22, 209-212"),
    "rates": Method(rounds.rates, "Reports submitted, on time and usable, over the expected", _DHIS2),
    "days_late": Method(rounds.days_late, "Days beyond the due day and the grace", _DHIS2),
    "outliers": Method(rounds.outliers, "Values far from the median, and jumps after copied values", _OUTLIERS),
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
}

# Methods that take an analyst's own table (columns in, columns out): the `methods` verb's NAME.
TABLES: dict[str, Callable[..., dict[str, list[Any]]]] = {
    "progress": progress_table,
    "protect": protect_table,
    "attack": attack_table,
}
