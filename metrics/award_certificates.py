"""Rank certificates: how firm each commune's place in its cluster is; an internal annex, never in what is published."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from definitions.award_rules import Sheet
from methods import ranks
from methods.award_points import in_points, is_in_points
from methods.award_standings import room
from methods.award_stays import Cluster, stays
from methods.composite import Floats
from metrics.awards import Rulings, Scored


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


def certificates(
    found: Scored, sheet: Sheet, draws: int = ranks.DRAWS, seed: int = ranks.SEED,
    verified: Mapping[str, float] | None = None, ruled: Rulings | None = None,
) -> Certificates:  # fmt: skip
    """Every commune with a place, measured inside its cluster.

    places: place; low and high, between which it lies in 90 % of the draws; beats and beaten_by, the communes above or
    below which it stands whatever the weights; tie_with: the neighbour across a medal's line from which it cannot be
    told apart ("" elsewhere). ranges: the criterion's points, and between which points, the others' unchanged, the
    award (or none) stays by the sheet's own rules, grades and vetoes included (high null: no limit). verified, ruled:
    as the round was scored with. Formulas: methods/ranks.py, methods/award_stays.py.
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
        ranges += _ranges(sheet, _whole(found, sheet, cluster, of.communes, verified or {}, ruled or {}), of)
    return Certificates(
        pl.DataFrame(places, schema=PLACES, orient="row"), pl.DataFrame(ranges, schema=RANGES, orient="row")
    )


def medal_lines(sheet: Sheet, found: Scored, cluster: str) -> list[int]:
    """The last place of each award in a cluster, by its room alone."""
    size = found.standings.filter(pl.col("cluster") == cluster).height
    return np.cumsum([room(one, size) for one in sheet.awards], dtype=int).tolist()


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


def _ranges(sheet: Sheet, whole: Cluster, of: _Cluster) -> list[tuple[str, str, float, float, float | None]]:
    """The rows of a cluster's ranges, commune by commune."""
    found = {}
    for j, one in enumerate(sheet.criteria):
        if one.id in of.criteria:
            for commune, stay in zip(of.communes, stays(sheet, whole, j), strict=True):
                high = None if np.isinf(stay.high) else stay.high
                found[commune, one.id] = (commune, one.id, one.points, stay.low, high)
    return [found[commune, id] for commune in of.communes for id in of.criteria]


def _whole(
    found: Scored, sheet: Sheet, cluster: str, communes: list[str], verified: Mapping[str, float], ruled: Rulings
) -> Cluster:
    """A cluster's whole sheets, and what each criterion would bring had it other points."""
    size = found.standings.filter(pl.col("cluster") == cluster).height
    shape = len(communes), len(sheet.criteria)
    points, share, figure = (np.full(shape, np.nan) for _ in range(3))
    applies = np.zeros(shape, bool)
    row, column = ({id: n for n, id in enumerate(ids)} for ids in (communes, [one.id for one in sheet.criteria]))
    told = found.lines.filter(pl.col("commune").is_in(communes))
    for line in told.select("commune", "criterion", "points", "share", "figure", "state").iter_rows():
        at = row[line[0]], column[line[1]]
        points[at], share[at], figure[at] = (_or_nan(value) for value in line[2:5])
        applies[at] = line[5] != "not_applicable"
    cut, slope = np.full(shape, np.inf), share.copy()
    for j, one in enumerate(sheet.criteria):
        kept = np.array([verified.get(id, 1.0) if one.verified else 1.0 for id in communes])
        if is_in_points(one):
            cut[:, j], slope[:, j] = kept * np.nan_to_num(in_points(one, figure[:, j])), kept
        for commune in communes:
            if (key := (commune, one.id)) in ruled and ruled[key].points is not None:
                cut[row[commune], j], slope[row[commune], j] = ruled[key].points, 1.0
    standing = found.standings.filter(pl.col("commune").is_in(communes))
    extra = (standing["bonus"] - standing["deduction"]).to_numpy()
    return Cluster(np.nan_to_num(points), share, applies, cut, np.nan_to_num(slope), extra, size)


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
