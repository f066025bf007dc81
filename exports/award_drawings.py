"""Standings and how firm places are, as drawings, each kept for the next reader of the same view."""

from functools import lru_cache

import polars as pl

from charts import standings as chart
from exports import award_tables as tables
from exports import award_words as told
from exports import words
from exports.award_round import known_certificates
from exports.award_words import Shown
from metrics import award_sheet
from metrics.award_certificates import medal_lines

KEPT = 512


@lru_cache(maxsize=KEPT)
def cluster(at: Shown, cluster: str, width: float) -> str:
    """The communes of a cluster in order: the groups' points of each as parts of a bar, total, award and grade."""
    frame = tables.standings(at, cluster).frame.filter(~pl.col("is_open"))
    rules, lang = at.of.rules, at.lang
    groups = {one.id: words.label(one, lang) for one in rules.groups if one.id in frame.columns}
    most = award_sheet.by_group(rules, at.of.scored)
    maxima = {(row["commune"], row["group"]): row["maximum"] for row in most.iter_rows(named=True)}
    scale = rules.total / pl.col("maximum")
    drawn = frame.with_columns(
        *(pl.lit("").alias(f"tip_{id}") for id in groups),
        *(pl.col(id).alias(f"raw_{id}") for id in groups),
        *(pl.col(id) * scale for id in groups),
        place=pl.col("place").cast(pl.String), extra=pl.col("bonus"), full=pl.lit(rules.total),
        total=pl.Series([told.points(value, lang) for value in frame["points"]], dtype=pl.String),
        award=pl.col("award_word"), grade=pl.col("grade_word"), href=pl.col("link"),
    )  # fmt: skip
    for id, name in groups.items():
        tips = [f"{name}: {told.points(raw, lang)}/{told.points(maxima.get((unit, id)), lang)}"
                for unit, raw in drawn.select("commune", f"raw_{id}").iter_rows()]  # fmt: skip
        drawn = drawn.with_columns(pl.Series(f"tip_{id}", tips, dtype=pl.String))
    reach = max(rules.total, float(drawn["points"].max() or 0))  # type: ignore[arg-type]
    name = at.names.get(cluster, cluster)
    bonus = {"extra": told.say("head_bonus", lang)}
    return chart.svg(drawn, groups, title="", most=reach, words=bonus, width=width, desc=name)


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
