"""A second opinion on the standings: slow plain Python, from the criteria files and decision 0020 alone."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from definitions.award_rules import sheets
from etl import store
from metrics import awards
from warehouse.version import Version, current

FOLDER = Path(__file__).parents[1] / "definitions"


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def months_since_0(day: date) -> int:
    return day.year * 12 + day.month


@dataclass
class Opinion:
    """What was reported, as rows, and the sheet as its file says it, with the period moved to the day looked at."""

    villages: dict[tuple[str, int], list[dict[str, Any]]]
    rounds: dict[str, list[dict[str, Any]]]
    clusters: dict[str, str]
    rules: dict[str, Any]
    first: date
    cut_off: date
    voices: dict[tuple[str, str], float | None]  # shares of posts and feedback, where measured: no opinion on these

    def floor(self, commune: str, month: int, indicator: str) -> float | None:
        """The reached over all reference households, or over those of the row where these are more."""
        said = toml("indicators.toml")[indicator]
        reached, whole = 0, 0
        for row in self.villages[commune, month]:
            reached += row["is_formed" if said["numerator"] == "group_formed" else said["numerator"]] or 0
            households = max(row["households_reference"] or 0, row["households"] or 0)
            whole += 1 if said["denominator"] == "villages" else households
        return reached / whole if whole else None

    def baseline(self, commune: str, month: int, indicator: str) -> float:
        """The first round as published, over the households reported: a floor would reward a thin first report."""
        said = toml("indicators.toml")[indicator]
        if said["numerator"] == "group_formed":
            return self.floor(commune, month, indicator) or 0.0
        rows = [row for row in self.villages[commune, month] if row[said["numerator"]] is not None]
        return sum(row[said["numerator"]] for row in rows) / sum(row["households"] for row in rows)

    def reported(self, commune: str, before: date) -> list[int]:
        """The months the commune reported itself that are over on a day."""
        told = [months_since_0(one["month"]) for one in self.rounds[commune] if one["is_submitted"]]
        return sorted(month for month in told if month < months_since_0(before))

    def figure(self, commune: str, indicator: str) -> float | None:
        """The last one reported, at most two rounds old at the cut-off."""
        told = self.reported(commune, self.cut_off)
        is_fresh = told and months_since_0(self.cut_off) - 1 - told[-1] <= 2
        return self.floor(commune, told[-1], indicator) if is_fresh else None

    def gone(self, commune: str, name: str) -> float | None:
        """How much of the way due at the cut-off was gone, from the first round to the goal."""
        target = toml("targets.toml")[name]
        access = toml("access.toml")
        in_force = access["wordings"][access["in_force"]]["indicator"]
        id = in_force if target["indicator"] == "access" else target["indicator"]
        now, told = self.figure(commune, id), self.reported(commune, self.cut_off)
        if now is None or told[0] > months_since_0(self.first):
            return None
        start, goal = self.baseline(commune, told[0], id), min(target["goal"], target.get("met_at", 1.0))
        way = (months_since_0(self.cut_off) - 1 - told[0]) / (months_since_0(target["deadline"]) - told[0])
        due = start + (goal - start) * way
        if now >= due or due <= start:  # at the goal from the first
            return float(now >= due)
        return max(0.0, (now - start) / (due - start))

    def counted(self, commune: str, what: str) -> float | None:
        """Over the rounds of the period whose time was up."""
        over = [one for one in self.rounds[commune]
                if self.first <= one["month"] <= self.cut_off and one["late_after"] < self.cut_off]  # fmt: skip
        if not over:
            return None
        late = [one for one in over if one["is_submitted"] and not one["is_on_time"]]
        yes = {"submitted": lambda one: one["is_submitted"], "usable": lambda one: one["is_usable"],
               "on_time": lambda one: one["is_submitted"] and one["is_on_time"]}  # fmt: skip
        return len(late) if what == "late" else sum(bool(yes[what](one)) for one in over) / len(over)

    def share(self, commune: str, one: dict[str, Any]) -> float | None:
        """Of a criterion's points; None where the figure is missing."""
        if (commune, one["id"]) in self.voices:
            return self.voices[commune, one["id"]]
        score, (family, _, id) = one["score"], one["score"]["figure"].partition(":")
        ask = {"target": self.gone, "rounds": self.counted, "indicator": self.figure}[family]
        x = ask(commune, id)
        if x is None:
            return None
        match score["how"]:
            case "goalposts":
                return max(0.0, min(1.0, (x - score["low"]) / (score["high"] - score["low"])))
            case "steps":
                return max((points for least, points in score["steps"] if x >= least), default=0.0) / one["points"]
            case "yes_no":
                return float(x >= score["at_least"])
            case "lateness":
                return min(1.0, x * score["each"] / one["points"])
            case "improvement":
                before = self.reported(commune, self.first)
                base = self.floor(commune, before[-1], id) if before else None
                if base is None:
                    return None
                return 1.0 if x >= score["goal"] else max(0.0, (x - base) / (score["goal"] - base))
            case _:
                return self.against_leader(commune, id, x, score["target"])

    def against_leader(self, commune: str, id: str, x: float, target: float) -> float:
        """Half marks at the target; the rest in proportion to the cluster's leader."""
        mates = [other for other, cluster in self.clusters.items() if cluster == self.clusters[commune]]
        best = max(one for other in mates if (one := self.figure(other, id)) is not None)
        if x < target:
            return 0.5 * x / target
        return 0.5 + (0.5 * (x - target) / (best - target) if best > target else 0.0)

    def points(self, commune: str) -> float | bool | None:
        """The commune's total, or whether it passes; None: the sheet stays open."""
        measured = [one for one in self.rules["criteria"] if one["score"]["how"] != "manual"
                    and (one["score"]["figure"].split(":")[0] not in ("engagement", "feedback")
                         or (commune, one["id"]) in self.voices)]  # fmt: skip
        shares = [self.share(commune, one) for one in measured]
        both = list(zip(measured, shares, strict=True))
        if any(share is None and one.get("missing", self.rules["missing"]) == "open" for one, share in both):
            return None
        if self.rules["kind"] == "pass_fail":
            met = {one["id"] for one, share in both if share == 1}
            compulsory, extended = ({one["id"] for one in measured if one["kind"] == kind}
                                    for kind in ("compulsory", "extended"))  # fmt: skip
            return compulsory <= met and len(extended & met) >= self.rules["extended_share"] * len(extended)
        given = {one["id"]: half_up((share or 0.0) * one["points"]) for one, share in both}
        sums: dict[str, float] = defaultdict(float)
        for one in measured:
            sums[one.get("kind", "points")] += given[one["id"]]
        most = sum(one["points"] for one in measured if one.get("kind", "points") == "points")
        return half_up(max(0.0, self.rules["total"] * sums["points"] / most + sums["bonus"] - sums["deduction"]))


def half_up(value: float) -> float:
    return float(Decimal(str(round(value, 10))).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def scored(version: Version, sheet: str, first: date, day: date) -> awards.Scored:
    rules = sheets()[sheet]
    period = rules.period.model_copy(update={"first": first, "last": day})
    return awards.scored(version, rules.model_copy(update={"period": period, "cut_off": day}), is_draft=True)


def opinion(version: Version, sheet: str, first: date, day: date) -> Opinion:
    villages, rounds = defaultdict(list), defaultdict(list)
    for row in version.query("from village_month").iter_rows(named=True):
        villages[row["commune"], months_since_0(row["month"])].append(row)
    for row in version.query("from round").iter_rows(named=True):
        rounds[row["commune"]].append(row)
    clusters = {commune: one["id"] for one in toml("clusters.toml")["cluster"] for commune in one["communes"]}
    rules = toml(f"awards/{sheet}.toml")
    taken = {one["id"] for one in rules["criteria"]
             if one["score"].get("figure", "").split(":")[0] in ("engagement", "feedback")}  # fmt: skip
    voices = {(row["commune"], row["criterion"]): None if row["state"] in ("open", "zero") else row["share"]
              for row in scored(version, sheet, first, day).lines.iter_rows(named=True)
              if row["criterion"] in taken and row["state"] != "not_applicable"}  # fmt: skip
    return Opinion(villages, rounds, clusters, rules, first, day, voices)


def disagreements(version: Version, sheet: str, first: date, day: date) -> list[tuple[str, Any, Any]]:
    """(commune, ours, the product's) wherever the total or the verdict differs."""
    told, column = opinion(version, sheet, first, day), "passed" if sheet == "pass_fail" else "points"
    found = scored(version, sheet, first, day)
    ours = {commune: told.points(commune) for commune in told.clusters}
    theirs = dict(found.standings.select("commune", column).iter_rows())
    return [(one, ours[one], theirs[one]) for one in ours if not is_same(ours[one], theirs[one])]


def is_same(one: float | None, other: float | None) -> bool:
    """A figure computed in another order may fall on the other side of a half."""
    return one is other if one is None or other is None else abs(one - other) < 1.5e-4


@pytest.mark.parametrize("sheet", ["2026", "ninety_ten", "pass_fail"])
def test_a_second_opinion_agrees_with_every_standing(province: Path, sheet: str) -> None:
    version = current(store.root("demo", province).path)
    assert version is not None
    # Five communes over four months: the period begins with the second, so that there is something before it.
    day, first = date.fromisoformat(version.manifest["today"]), version.query("select min(month) from round").item()
    first = date(first.year, first.month + 1, 1)
    assert disagreements(version, sheet, first, day) == []
    told = opinion(version, sheet, first, day)
    whole = [points for commune in told.clusters if (points := told.points(commune)) is not None]
    assert len(whole) >= 3
