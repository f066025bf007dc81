"""What the methods are: the list behind the Definitions page and the `methods` verb."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from methods import (
    anomalies,
    attack,
    award_points,
    award_questions,
    bounds,
    composite,
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
    ranks,
    reachability,
    rounds,
    sample_check,
    survival,
    trust,
)
from methods.composite_table import composite_table, ranks_table
from methods.equity_table import equity_table
from methods.progress_table import progress_table
from methods.protect_table import attack_table, protect_table


@dataclass(frozen=True)
class Method:
    """One method: its function (whose docstring says all), where it comes from, formula; its name is a sentence."""

    function: Callable[..., Any]
    source: str
    formula: str = ""


OWN = "rule of this product"
_DHIS2 = "DHIS2 reporting rates (actual and on-time reports over expected reports)"
_OUTLIERS = "Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers"
_HANDBOOK = "OECD and JRC 2008, Handbook on Constructing Composite Indicators"
_COINR = "Becker, Caperna, Del Sorbo, Norlen, Papadimitriou and Saisana 2022, COINr, JOSS 7 (78), 4567"
_DRAWN = "Saisana, Saltelli and Tarantola 2005, JRSS A 168, 307-323; COINr"
_HEAT = "WHO HEAT, healthequal; Schlotheuber and Hosseinpoor 2022, doi 10.3390/ijerph19063697"

# Formulas of the measures of equity by the abbreviation of WHO HEAT. s: share of the population, y: level, mu: mean of
# all, R: middle rank along the order.
_EQUITY = {
    "d": "y_1 - y_2",
    "r": "y_1 / y_2",
    "mdbw": "sum s |y - y_best|",
    "mdbu": "(1/J) sum |y - y_best|",
    "mdmw": "sum s |y - mu|",
    "mdmu": "(1/J) sum |y - mu|",
    "mdrw": "sum s |y - y_ref|",
    "mdru": "(1/J) sum |y - y_ref|",
    "idisw": "100 sum s |y - mu| / mu",
    "idisu": "100 (1/J) sum |y - mu| / mu",
    "bgv": "sum s (y - mu)^2",
    "bgsd": "sqrt(sum s (y - mu)^2)",
    "cov": "100 sqrt(sum s (y - mu)^2) / mu",
    "ti": "1000 sum s (y/mu) ln(y/mu)",
    "mld": "-1000 sum s ln(y/mu)",
    "par": "max(0, y_best - mu)",
    "paf": "100 max(0, y_best - mu) / mu",
    "aci": "2 sum s y (R - 1/2)",
    "rci": "2 sum s y (R - 1/2) / mu",
    "sii": "fit(1) - fit(0), fit: logit line of y on R",
    "rii": "fit(1) / fit(0), fit: logit line of y on R",
}

CATALOGUE: dict[str, Method] = {
    "progress": Method(progress.assess, OWN),
    "households_left": Method(progress.households_left, OWN),
    "pace": Method(progress.pace_per_week, OWN),
    "growth": Method(
        growth.compound_growth,
        "open-sdg/open-sdg docs/progress-methodology.md (Statistics Canada, after Eurostat)",
    ),
    "reachability": Method(reachability.reach, OWN),
    "ladder": Method(ladder.ladder, OWN),
    "trust": Method(trust.trust, OWN),
    "wilson": Method(
        interval.wilson,
        "Wilson 1927, JASA 22, 209-212",
        "(p + z^2/2N -+ z sqrt(p(1-p)/N + z^2/4N^2)) / (1 + z^2/N)",
    ),
    "rates": Method(rounds.rates, _DHIS2),
    "days_late": Method(rounds.days_late, _DHIS2),
    "outliers": Method(rounds.outliers, _OUTLIERS),
    "jumps": Method(rounds.jumps, _OUTLIERS),
    "falls": Method(rounds.falls, OWN),
    "copied_forward": Method(rounds.copied_forward, OWN),
    "crosswalk": Method(crosswalk.to_today, OWN),
    "baselines": Method(crosswalk.baselines, OWN),
    "protect": Method(
        protect.protect,
        "Handbook on Statistical Disclosure Control (ESS); Kelly, Golden and Assad 1992; Fischetti and Salazar 2000",
    ),
    "attack": Method(
        attack.attack,
        "Handbook on Statistical Disclosure Control (ESS): the attacker's linear program",
    ),
    "last_mile": Method(lastmile.last_mile, OWN),
    **{name: Method(equity.equity, _HEAT, formula) for name, formula in _EQUITY.items()},
    "kitagawa": Method(
        decomposition.kitagawa,
        "Kitagawa 1955, JASA 50, 1168-1194; Das Gupta 1993, Current Population Reports P23-186",
        "sum (a - b)(x + y)/2 + sum (x - y)(a + b)/2",
    ),
    "bounds": Method(
        bounds.duncan_davis,
        "Duncan and Davis 1953, American Sociological Review 18, 665-666",
        "max(0, (p - (1 - w))/w) <= p_group <= min(1, p/w)",
    ),
    "trend": Method(
        kendall.trend,
        "Mann 1945; Kendall 1975; Sen 1968, JASA 63, 1379-1389; Gilbert 1987, chapter 16; Cleveland and others 1990",
        "median of (x_j - x_i)/(t_j - t_i)",
    ),
    "anomalies": Method(
        anomalies.anomalies,
        f"{_OUTLIERS}; STL: Cleveland and others 1990, Journal of Official Statistics 6, 3-73",
        "0.6745 |x - median| / MAD > 3.5",
    ),
    "overperforming": Method(
        overperforming.overperforming,
        "CrowdTangle, overperforming score",
        "actual / expected; -(expected / actual) below it; expected: mean of the middle half of the last 100 posts",
    ),
    "ontime": Method(
        ontime.on_time,
        "cityofaustin/atd-data-tech#21672",
        "on time / (settled + still open and overdue)",
    ),
    "survival": Method(
        survival.median,
        "Kaplan and Meier 1958, JASA 53, 457-481; Brookmeyer and Crowley 1982, Biometrics 38, 29-41",
        "S(t) = product of (1 - done/at risk)",
    ),
    "goalposts": Method(composite.goalposts, _COINR, "min(1, max(0, (x - low)/(high - low)))"),
    "minmax": Method(composite.minmax, _HANDBOOK, "(x - min)/(max - min)"),
    "zscore": Method(composite.zscore, _HANDBOOK, "(x - mean)/sd"),
    "rank_score": Method(composite.rank_score, _COINR),
    "from_reference": Method(composite.from_reference, _COINR, "1 - (x_ref - x)/(x_ref - min)"),
    "over_reference": Method(composite.over_reference, _HANDBOOK, "x/x_ref"),
    "composite": Method(composite.arithmetic, _HANDBOOK, "sum w s / sum w"),
    "geometric": Method(composite.geometric, _HANDBOOK, "(prod s^w)^(1/sum w)"),
    "harmonic": Method(composite.harmonic, _COINR, "sum w / sum (w/s)"),
    "places": Method(composite.places, "standard competition ranking (1, 2, 2, 4)"),
    "mean_shift": Method(composite.mean_shift, _HANDBOOK, "(1/n) sum |place - place|"),
    "ranks": Method(ranks.intervals, _DRAWN),
    "weight_range": Method(ranks.weight_range, OWN),
    "award_points": Method(award_points.shares, OWN),
    "path_due": Method(award_points.on_path, OWN, "(p - p0)/(due - p0)"),
    "gap_closed": Method(award_points.gap_closed, OWN, "(x_t - x_0)/(goal - x_0)"),
    "award_questions": Method(award_questions.of_commune, OWN),
    "sample_drawn": Method(sample_check.drawn, OWN),
    "sample_checked": Method(sample_check.checked, "Wilson 1927, JASA 22, 209-212"),
    "dominance": Method(ranks.dominance, "Pareto dominance"),
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
ANSWERS: dict[str, Callable[..., Any]] = {
    "equity": equity_table,
    "decompose": decomposition.decompose_table,
    "composite": composite_table,
    "ranks": ranks_table,
}
