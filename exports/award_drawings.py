"""Standings and how firm places are, as drawings, each kept for the next reader of the same view."""

from functools import lru_cache

import polars as pl

from charts import standings as chart
from exports import award_tables as tables
from exports import award_words as told
from exports import words
from exports.award_round import known_certificates
from exports.award_words import Shown
from metrics.award_certificates import medal_lines

KEPT = 512


@lru_cache(maxsize=KEPT)
def cluster(at: Shown, cluster: str, width: float) -> str:
    """The communes of a cluster in order: the groups' points of each as parts of a bar, total, award and grade."""
    drawn, groups = _rows(at, cluster)
    reach = max([at.of.rules.total, *drawn["points"]])
    bonus = {"extra": told.say("head_bonus", at.lang)}
    name = at.names.get(cluster, cluster)
    return chart.svg(drawn, groups, title="", most=reach, words=bonus, width=width, desc=name)


@lru_cache(maxsize=KEPT)
def _rows(at: Shown, cluster: str) -> tuple[pl.DataFrame, dict[str, str]]:
    """What is drawn of a cluster, and the groups' names; a group's part is as long as it counts in the total."""
    rules, lang = at.of.rules, at.lang
    frame = tables.standings(at, cluster).frame.filter(pl.col("place").is_not_null())
    groups = {one.id: words.label(one, lang) for one in rules.groups if one.id in frame.columns}
    maxima = {row["commune"]: row for row in tables.by_group(at.of, "maximum").iter_rows(named=True)}
    tips = {
        f"tip_{id}": [_tip(name, points, maxima[unit][id], lang) for unit, points in frame.select("commune", id).rows()]
        for id, name in groups.items()
    }
    scale = rules.total / pl.col("maximum")
    drawn = frame.with_columns(
        *(pl.Series(name, said, dtype=pl.String) for name, said in tips.items()),
        *(pl.col(id) * scale for id in groups),
        place=pl.col("place").cast(pl.String), extra=pl.col("bonus"), full=pl.lit(rules.total),
        total=pl.Series([told.points(value, lang) for value in frame["points"]], dtype=pl.String),
        award=pl.col("award_word"), grade=pl.col("grade_word"), href=pl.col("link"),
    )  # fmt: skip
    return drawn, groups


def _tip(name: str, points: float | None, maximum: float | None, lang: str) -> str:
    return f"{name}: {told.points(points, lang)}/{told.points(maximum, lang)}"


@lru_cache(maxsize=KEPT)
def whiskers(at: Shown, cluster: str, width: float) -> str:
    """Between which places each commune of a cluster lies in 90 % of the draws."""
    made = known_certificates(at.of)
    frame = tables.certificate(at, made, cluster).frame
    said = [
        told.say("whisker", at.lang, name=row["name"], place=row["place"], low=row["low"], high=row["high"])
        for row in frame.iter_rows(named=True)
    ]
    drawn = frame.with_columns(said=pl.Series(said, dtype=pl.String), tie=pl.col("tie") != "", href=pl.col("link"))
    lines = [line for line in medal_lines(at.of.rules, at.of.scored, cluster) if 0 < line < len(frame)]
    named = told.say("medal_line", at.lang)
    return chart.whiskers(drawn, title="", size=len(frame), lines=lines, words=named, width=width)
