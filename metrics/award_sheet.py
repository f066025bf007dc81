"""One commune's score sheet: every criterion's figure, what it is made of, and what one point more would take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil

import polars as pl

from definitions.award_rules import Criterion, Leader, Manual, Sheet
from definitions.load import definitions, target_indicator
from methods.award_points import Raise, raised
from metrics import awards
from metrics.awards import Scored
from warehouse.version import Version


@dataclass(frozen=True)
class Counted:
    """What a share is made of: so many of the whole, in a month (of rounds: over the period, no month)."""

    share: float
    numerator: float
    whole: float
    month: date | None
    unit: str  # household, village, round


@dataclass(frozen=True)
class Line:
    """One criterion of a commune's sheet.

    line: the row of `Scored.lines`. counted: None for what is no share. start, due: of a target the baseline and where
    the path stands at the cut-off. leader, best: who leads the others of the cluster, with what. verified: the share of
    the points a sample check left. raised: what one point more would take, in the unit of the criterion's parameters;
    aim: the same as a share of the whole, more: so many households, villages or rounds further. None: nothing is left.
    """

    rule: Criterion
    line: Mapping[str, object]
    counted: Counted | None
    start: float | None
    due: float | None
    leader: str
    best: float | None
    verified: float
    raised: Raise | None
    aim: float | None
    more: int | None

    @property
    def share(self) -> float | None:
        found = self.line["share"]
        return found if isinstance(found, float) else None


def sheet_of(version: Version, rules: Sheet, found: Scored, commune: str, verified: Mapping[str, float]) -> list[Line]:
    """The lines of a commune's sheet, in the order of the rules."""
    rows = {row["criterion"]: row for row in found.lines.filter(pl.col("commune") == commune).iter_rows(named=True)}
    return [_line(version, rules, one, rows[one.id], found, verified) for one in rules.criteria]


def by_group(rules: Sheet, found: Scored) -> pl.DataFrame:
    """One row per commune and group of criteria: commune, group, points, maximum (of what applies)."""
    told = found.lines.filter((pl.col("kind") == "points") & (pl.col("state") != "not_applicable"))
    sums = told.group_by("commune", "group").agg(pl.col("points").sum(), pl.col("maximum").sum())
    order = pl.Enum([group.id for group in rules.groups])
    return sums.sort("commune", pl.col("group").cast(order))


def _line(
    version: Version, rules: Sheet, one: Criterion, row: Mapping, found: Scored, verified: Mapping[str, float]
) -> Line:
    commune = row["commune"]
    left = verified.get(commune, 1.0) if one.verified else 1.0
    leader, best = _leader(one, row, found) if isinstance(one.score, Leader) else ("", None)
    counted = _counted(version, rules, one, commune) if row["figure"] is not None else None
    start, due = _path(version, rules, one, row)
    told = None
    if row["state"] == "scored":
        # From a baseline above the path due there is no way in between: its points come at once.
        more = one.points if start is not None and due is not None and due <= start else 1.0
        told = raised(one, row["figure"], _number(row["base"]), _number(best), left, more)
    aim = _aim(one, told.figure, start, due) if told else None
    further = None
    if aim is not None and counted:
        further = max(1, ceil(round((aim - counted.share) * counted.whole, 6)))
    return Line(one, row, counted, start, due, leader, best, left, told, aim, further)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _leader(one: Criterion, row: Mapping, found: Scored) -> tuple[str, float | None]:
    """The commune of the same cluster, other than this one, with the highest figure."""
    others = found.lines.filter(
        (pl.col("criterion") == one.id) & (pl.col("cluster") == row["cluster"]) & (pl.col("state") == "scored")
        & (pl.col("commune") != row["commune"])
    ).sort("figure", descending=True)  # fmt: skip
    return (others["commune"][0], others["figure"][0]) if len(others) else ("", None)


def _counted(version: Version, rules: Sheet, one: Criterion, commune: str) -> Counted | None:
    if isinstance(one.score, Manual):
        return None
    family, _, id = one.score.figure.partition(":")
    if family == "rounds":
        row = _rounds(version, rules)[commune]
        return Counted(row[id] / row["due"], row[id], row["due"], None, "round")
    if family not in ("target", "indicator"):
        return None
    indicator = target_indicator(id) if family == "target" else id
    row = _reported(version, indicator, rules.cut_off)[commune]
    counts_villages = definitions().indicators[indicator].denominator == "villages"
    whole = row["numerator"] / row["floor"] if row["floor"] else float(row["denominator"])
    return Counted(row["floor"], row["numerator"], whole, row["month"], "village" if counts_villages else "household")


@lru_cache(maxsize=16)
def _rounds(version: Version, rules: Sheet) -> dict[str, dict]:
    """The row of every commune in metrics.awards.counted_rounds."""
    return {row["commune"]: row for row in awards.counted_rounds(version, rules).iter_rows(named=True)}


@lru_cache(maxsize=64)
def _reported(version: Version, indicator: str, day: date) -> dict[str, dict]:
    """The row of every commune in metrics.awards.reported."""
    return {row["unit"]: row for row in awards.reported(version, indicator, day).iter_rows(named=True)}


def _path(version: Version, rules: Sheet, one: Criterion, row: Mapping) -> tuple[float | None, float | None]:
    """Of a target: the baseline, and where the path stands at the cut-off."""
    if isinstance(one.score, Manual) or not one.score.figure.startswith("target:"):
        return None, None
    target = one.score.figure.partition(":")[2]
    standing = awards.targets.status(version, target, rules.cut_off, "commune", row["commune"])
    return standing["baseline"].item(), row["base"]


def _aim(one: Criterion, figure: float, start: float | None, due: float | None) -> float | None:
    """A figure as the share of households, villages or rounds it stands for; None for a number of things."""
    if isinstance(one.score, Manual) or one.kind == "deduction":
        return None
    if one.score.figure.startswith("target:"):
        return None if start is None or due is None else start + figure * (due - start)
    return figure if one.score.figure.startswith("indicator:") or _is_share(one.score.figure) else None


def _is_share(figure: str) -> bool:
    return figure in ("rounds:submitted", "rounds:on_time", "rounds:usable")
