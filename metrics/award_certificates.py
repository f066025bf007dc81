"""Rank certificates: how firm each commune's place in its cluster is; an internal annex, never in what is published."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from definitions.award_rules import Sheet
from methods import ranks
from methods.composite import Floats
from metrics.awards import Scored


class Certificates(NamedTuple):
    """places: one row per commune with a place. ranges: one row per such commune and criterion of the points."""

    places: pl.DataFrame
    ranges: pl.DataFrame


class _Cluster(NamedTuple):
    """What a cluster's whole sheets come to: communes x criteria, and points beside the criteria."""

    communes: list[str]
    places: list[int]
    scores: Floats
    weights: Floats
    extra: Floats
    criteria: list[str]


PLACES: dict[str, Any] = {
    "commune": pl.String, "cluster": pl.String, "place": pl.Int64, "low": pl.Int64, "high": pl.Int64,
    "beats": pl.List(pl.String), "beaten_by": pl.List(pl.String), "tie_with": pl.String,
}  # fmt: skip
RANGES: dict[str, Any] = {"commune": pl.String, "criterion": pl.String} | dict.fromkeys(
    ("points", "low", "high"), pl.Float64
)


def certificates(found: Scored, sheet: Sheet, draws: int = ranks.DRAWS, seed: int = ranks.SEED) -> Certificates:
    """Every commune with a place, measured inside its cluster.

    places: place; low and high, between which it lies in 90 % of the draws; beats and beaten_by, the communes above or
    below which it stands whatever the weights; tie_with: the neighbour across a medal's line from which it cannot be
    told apart ("" elsewhere). ranges: the criterion's points, and between which points, the others' unchanged, the
    medal stays (high null: no limit); medals by place alone, grades and vetoes apart. Formulas: methods/ranks.py.
    """
    places, ranges = [], []
    for cluster in found.standings["cluster"].unique(maintain_order=True):
        of = _cluster(found, sheet, cluster)
        if not of.communes:
            continue
        within = ranks.intervals(of.scores, of.weights, of.extra, draws=draws, seed=seed)
        above, lines = ranks.dominance(of.scores, of.extra), medal_lines(sheet, found, cluster)
        for i, commune in enumerate(of.communes):
            tie = _tie(of, i, lines, within, above)
            beats, beaten = (_names(of, chosen) for chosen in (above[i], above[:, i]))
            span = (int(within.low[i]), int(within.high[i]))
            places.append((commune, cluster, of.places[i], *span, beats, beaten, tie))
            for j, criterion in enumerate(of.criteria):
                stay = ranks.weight_range(of.scores, of.weights, i, j, of.extra, lines)
                high = None if np.isinf(stay.high) else stay.high
                ranges.append((commune, criterion, float(of.weights[j]), stay.low, high))
    return Certificates(
        pl.DataFrame(places, schema=PLACES, orient="row"), pl.DataFrame(ranges, schema=RANGES, orient="row")
    )


def medal_lines(sheet: Sheet, found: Scored, cluster: str) -> list[int]:
    """The last place of each award in a cluster, by its room alone."""
    size = found.standings.filter(pl.col("cluster") == cluster).height
    rooms = [int(one.in_cluster if one.in_cluster >= 1 else one.in_cluster * size + 1e-9) for one in sheet.awards]
    return np.cumsum(rooms, dtype=int).tolist()


def _cluster(found: Scored, sheet: Sheet, cluster: str) -> _Cluster:
    standing = found.standings.filter((pl.col("cluster") == cluster) & pl.col("place").is_not_null())
    communes = standing["commune"].to_list()
    lines = found.lines.filter(pl.col("commune").is_in(communes) & (pl.col("kind") == "points"))
    lines = lines.with_columns(share=pl.col("points") / pl.col("maximum"))
    told = lines.filter(pl.col("points").is_not_null())["criterion"].unique()
    criteria = [one.id for one in sheet.criteria if one.id in told]
    share = {(commune, id): one for commune, id, one in lines.select("commune", "criterion", "share").iter_rows()}
    scores = [[_or_nan(share.get((commune, id))) for id in criteria] for commune in communes]
    weights = np.array([sheet.criterion(id).points for id in criteria])
    # The sheet's total is what the criteria that apply are scaled to; extras keep their size beside it.
    extra = (standing["bonus"] - standing["deduction"]).to_numpy() * weights.sum() / sheet.total
    table = np.array(scores, float).reshape(len(communes), len(criteria))
    return _Cluster(communes, standing["place"].to_list(), table, weights, extra, criteria)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _names(of: _Cluster, chosen: np.ndarray) -> list[str]:
    return [commune for commune, is_chosen in zip(of.communes, chosen, strict=True) if is_chosen]


def _tie(of: _Cluster, i: int, lines: list[int], within: ranks.Interval, above: np.ndarray) -> str:
    """The neighbour on the other side of a line whose place this one's draws reach, and the other way round."""
    mine = of.places[i]
    for k, other in enumerate(of.places):
        upper, lower = min(mine, other), max(mine, other)
        between = any(upper <= line < lower for line in lines)
        neighbours = upper < lower and not any(upper < place < lower for place in of.places)
        reach = within.low[i] <= other <= within.high[i] and within.low[k] <= mine <= within.high[k]
        if between and neighbours and reach and not above[i, k] and not above[k, i]:
            return of.communes[k]
    return ""
