"""Answers of metrics -> the drawings of them, the same on the page and on paper."""

import json
import os
from dataclasses import asdict
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import polars as pl
from plotly.graph_objects import Figure

from charts import dots, ladder, tilemap, trajectory
from charts import rates as rates_chart
from definitions.load import definitions, target_indicator
from definitions.reference import tiles as placed
from definitions.text import text
from exports import equity as gaps
from exports import words
from metrics import equity, groups, platforms, printed, rounds, targets, units
from metrics import slice as cut
from metrics.slices import Scope
from warehouse.version import Version


@cache
def tiles() -> pl.DataFrame:
    """One row per commune: code, col, row on the hexagonal grid."""
    return pl.DataFrame([asdict(tile) for tile in placed()])


@cache
def boundaries() -> dict | None:
    """The boundary file given at run time (CHI_TIEU_SO_BOUNDARIES, GeoJSON with property `code`), else None: tiles."""
    path = os.environ.get("CHI_TIEU_SO_BOUNDARIES")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else None


WIDE = 640.0
KEPT = 2048  # drawings of one kind: of every commune on every target, in two languages and widths


@lru_cache(maxsize=KEPT)
def path(
    version: Version, target: str, unit: str, today: date, lang: str, width: float = 400
) -> tuple[str, pl.DataFrame]:
    """A unit's way to a target as a drawing, and the frame it shows."""
    row = targets.row(version, target, today, unit)
    frame = targets.trajectory(version, target, unit, today)
    of = definitions().targets[target]
    title = text(
        "commune.trajectory_title",
        lang,
        label=words.label(of, lang),
        p=words.share(row["share"], row["goal"], lang),
        goal=words.goal(row["goal"], lang),
        verdict=words.label(definitions().verdicts[row["verdict"]], lang),
    )
    found = printed.shares(version, target_indicator(target), row["unit"], frame["month"][0], row["deadline"])
    drawn = trajectory.svg(
        frame,
        goal=row["goal"],
        deadline=row["deadline"],
        title=title,
        desc=words.answer(row, lang),
        printed=found if len(found) else None,
        width=width,
        lang=lang,
    )
    return drawn, frame


@lru_cache(maxsize=64)
def sparkline(
    version: Version, target: str, unit: str, today: date, lang: str, width: float = 130, height: float = 34
) -> str:
    """A unit's way to a target for a tile."""
    row, of = targets.row(version, target, today, unit), definitions().targets[target]
    frame = targets.trajectory(version, target, unit, today)
    size = {"width": width, "height": height}
    return trajectory.sparkline(
        frame, goal=row["goal"], deadline=row["deadline"], title=words.label(of, lang), lang=lang, **size
    )


class FinishedFigure(Figure):
    """A figure that changes no more, so that its dictionary is made once and not for every reader."""

    def to_dict(self) -> dict:
        if "_dictionary" not in self.__dict__:
            self.__dict__["_dictionary"] = super().to_dict()
        return self.__dict__["_dictionary"]


@lru_cache(maxsize=32)
def clickable(version: Version, target: str, today: date, lang: str, height: int) -> Figure:
    """The map to click on: the same figure object for everybody who looks at the same view of a version."""
    rows = targets.status(version, target, today, "commune")
    drawn = tilemap.figure(rows, tiles(), lang=lang, boundaries=boundaries(), height=height)
    return FinishedFigure(drawn)


def the_map(rows: pl.DataFrame, title: str, lang: str, width: float = 640) -> str:
    """The tile map (or the true map, where boundaries are given) of one target's communes."""
    return tilemap.svg(rows, tiles(), title=title, lang=lang, width=width, boundaries=boundaries())


@lru_cache(maxsize=KEPT)
def rungs(version: Version, unit: str, lang: str, width: float = 480) -> str:
    """The ladder of a commune's village groups; where no village has told about its group that is not 0."""
    row = groups.rungs(version, unit)
    is_told = row["formed"] or groups.villages(version, None, unit)["is_formed"].count()
    frame = pl.DataFrame(
        [
            {"rung": rung, "n": row[rung] if is_told else None, "total": row["villages"]}
            for rung in ("formed", "trained", "active")
        ],
        schema={"rung": pl.String, "n": pl.Int64, "total": pl.Int64},
    )
    return ladder.svg(frame, title="", unknown=row["unknown"], width=width, lang=lang)


@lru_cache(maxsize=KEPT)
def platform_dots(version: Version, unit: str, lang: str, width: float = 480) -> tuple[str, pl.DataFrame]:
    """Each platform in a commune against its cluster and the province, and the frame shown; "" where none is known."""
    frame = platforms.platforms(version, unit)
    if frame["commune"].null_count() == len(frame):
        return "", frame
    shares = {"share": frame["commune"], "cluster_share": frame["cluster"], "province_share": frame["province"]}
    rows = pl.DataFrame(
        {"label": [words.label(definitions().platforms[id], lang) for id in frame["platform"]], **shares}
    )
    return dots.svg(rows, title="", unit=units.by_id(version)[unit]["full_name"], width=width, lang=lang), frame


@lru_cache(maxsize=16)
def rates(version: Version, lang: str, width: float = 560) -> str:
    """The three rates of the province's rounds."""
    return rates_chart.svg(rounds.rates(version), title="", width=width, lang=lang)


@lru_cache(maxsize=KEPT)
def side_by_side(
    version: Version, indicator: str, among: str, unit: str, month: str, scope: Scope, lang: str, width: float
) -> str:
    """The groups of a place as marks on a line, and, where they may be seen, of each place in it."""
    names = gaps.group_names(lang) | cut.names(version)
    found = equity.side_by_side(version, indicator, among, unit, month, scope)
    return gaps.plot(found, names, text("equity.plot", lang, place=names[unit]), lang, width)


@lru_cache(maxsize=KEPT)
def over_time(
    version: Version, indicator: str, among: str, unit: str, measure: str, scope: Scope, lang: str, reference: str,
    width: float,
) -> str:  # fmt: skip
    """One measure of the gap between the groups of a place, month by month, and the province's beside it."""

    def series(unit: str) -> pl.DataFrame:
        return equity.measures(version, indicator, among, unit, equity.EARLIEST, "", reference, scope)

    province = definitions().province.code
    return gaps.over_time(series(unit), None if unit == province else series(province), measure, lang, width)
