"""Rank certificates: inside the range of a weight the medal stays, ties only across a line, decided pairs."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from definitions.award_rules import Sheet, sheets
from definitions.load import definitions
from methods.award_points import Ruling
from metrics import awards
from metrics.award_certificates import Certificates, certificates
from metrics.awards import communes
from tests.test_awards import SUMMER, judged, two_lines
from tests.tiny import CLUSTER, SILENT, A, B, C, tiny
from warehouse.version import Version

# A flag and two certificates in each cluster: lines after the first and the third place.


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("certificates") / "published")


def of(found: Certificates, commune: str) -> dict:
    return found.places.filter(pl.col("commune") == commune).row(0, named=True)


def certified(version: Version, first: dict[str, float], second: dict[str, float]) -> Certificates:
    return certificates(judged(version, first, second), two_lines(), draws=300)


def test_a_place_far_from_others_is_firm_and_decided(version: Version) -> None:
    found = certified(version, {A: 80.0, B: 60.0, SILENT: 40.0}, {A: 8.0, B: 6.0, SILENT: 4.0})
    assert [of(found, unit)["place"] for unit in (A, B, SILENT)] == [1, 2, 3]
    assert [(of(found, unit)["low"], of(found, unit)["high"]) for unit in (A, B)] == [(1, 1), (2, 2)]
    assert set(of(found, A)["beats"]) >= {B, SILENT} and A in of(found, B)["beaten_by"]
    assert B not in of(found, C)["beaten_by"]  # another cluster
    assert set(found.places["tie_with"]) == {""}


def test_neighbours_across_a_line_that_draws_exchange_are_proposed_a_tie(version: Version) -> None:
    first, second = {A: 81.0, B: 72.0, SILENT: 40.0}, {A: 1.0, B: 9.5, SILENT: 4.0}
    found = certified(version, first, second)
    # A 82, B 81.5 of 100: across the line of the flag. B and the third stand on the same side of both lines.
    assert (of(found, A)["tie_with"], of(found, B)["tie_with"], of(found, SILENT)["tie_with"]) == (B, A, "")


def test_inside_a_range_the_medal_stays_and_just_outside_it_does_not(version: Version) -> None:
    first, second = {A: 81.0, B: 72.0, SILENT: 40.0}, {A: 1.0, B: 9.5, SILENT: 4.0}
    found = certified(version, first, second)
    row = found.ranges.filter((pl.col("commune") == A) & (pl.col("criterion") == "second")).row(0, named=True)
    # Given points stay up to the maximum: A has 82, B 81.5 at most. From 19 1/3 on A's 82 are below 75 of 100, no grade
    # for a flag.
    assert (row["points"], row["low"], row["high"]) == (10, 0, pytest.approx(82 / 0.75 - 90))
    assert found.ranges.height == found.places.height * 2


def mixed(seed: int) -> tuple[Sheet, dict[tuple[str, str], float]]:
    """A sheet with shares, steps, given points, a cap, a veto, a quota and what does not apply; everybody's points."""
    dice = np.random.default_rng(seed)
    manual = [one for one in sheets()["2026"].criteria if one.score.how == "manual" and one.kind == "points"]
    barred = {manual[0].id: (C,), "skills": (CLUSTER,) if seed % 2 else ()}
    criteria = tuple(one.model_copy(update={"not_for": barred.get(one.id, ())}) for one in SUMMER.criteria)
    least = {"excellent": 30, "good": 12, "done": 6, "not_done": 0}
    grades = tuple(one.model_copy(update={"least": least[one.id]}) for one in SUMMER.grades)
    cap = SUMMER.limits[0].model_copy(update={"criterion": manual[1].id, "below": 0.4})
    veto = SUMMER.limits[1].model_copy(update={"criterion": manual[0].id, "below": 0.2})
    changed = {"criteria": criteria, "grades": grades, "limits": (cap, veto), "missing": "zero"}
    rules = SUMMER.model_copy(update=changed)
    units = [unit for cluster in definitions().clusters if A in cluster.communes for unit in cluster.communes] + [C]
    given = {(unit, one.id): float(dice.integers(0, 11)) / 2 for unit in units for one in manual}
    return rules, given


@pytest.mark.parametrize("seed", range(4))
def test_ranges_are_tight_by_the_sheets_own_rules(version: Version, seed: int) -> None:
    rules, given = mixed(seed)
    verified = {B: 9 / 19}
    ruled = {(A, "on_time"): Ruling(3.0, None)}
    how: dict[str, Any] = {"verified": verified, "rulings": ruled}
    now = dict(awards.scored(version, rules, given, **how).standings.select("commune", "award").iter_rows())
    found = certificates(
        awards.scored(version, rules, given, **how), rules, draws=20, verified=verified, ruled=ruled
    ).ranges
    ends = 0
    for row in found.filter(pl.col("commune").is_in([A, B, C])).iter_rows(named=True):
        beside = [(row["low"] * 1.002 + 0.002, True), (row["low"] * 0.998 - 0.002, False)]
        beside += [(row["high"] * 0.998 - 0.002, True), (row["high"] * 1.002 + 0.002, False)] if row["high"] else []
        for points, stays in beside:
            if points <= 0.01:
                continue
            tried = awards.reweighted(rules, {row["criterion"]: points})
            standing = awards.scored(version, tried, given, **how).standings.filter(pl.col("commune") == row["commune"])
            assert (standing["award"].item() == now[row["commune"]]) == stays, (row, points)
            ends += not stays
    assert ends > 3


def test_an_open_sheet_has_no_certificate(version: Version) -> None:
    scored = judged(version, {}, None, missing="open")
    found = certificates(scored, two_lines(missing="open"), draws=10)
    assert (found.places.height, found.ranges.height) == (0, 0)
    assert communes(version).filter(pl.col("cluster") == CLUSTER).height == 11


def test_neighbours_on_the_same_side_of_a_line_are_no_tie(version: Version) -> None:
    found = certified(version, {A: 88.0, B: 50.0, SILENT: 41.5}, {A: 9.0, B: 1.0, SILENT: 9.0})
    assert [of(found, unit)["place"] for unit in (A, B, SILENT)] == [1, 2, 3]
    assert of(found, B)["high"] >= 3 and of(found, SILENT)["low"] <= 2  # the draws do exchange them
    assert {of(found, unit)["tie_with"] for unit in (A, B, SILENT)} == {""}


def test_points_beside_the_criteria_count_in_every_draw(version: Version) -> None:
    scored = judged(version, {A: 60.0, B: 60.0}, {A: 5.0, B: 5.0})
    bonus = pl.when(pl.col("commune") == B).then(10.0).otherwise(0.0)
    found = certificates(replace(scored, standings=scored.standings.with_columns(bonus=bonus)), two_lines(), draws=100)
    assert [(of(found, unit)["low"], of(found, unit)["high"]) for unit in (A, B)] == [(2, 2), (1, 1)]
    assert of(found, B)["beats"].count(A) == 1
