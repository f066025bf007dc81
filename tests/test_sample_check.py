"""The sample check: every claimed household has the same chance, the list is anybody's to draw again."""

from collections import Counter

import numpy as np
import pytest

from methods.award_questions import at_least
from methods.sample_check import PASS, SIZE, checked, drawn, lot, scale

CLAIMS = {"A-001": 40, "A-002": 0, "A-003": 10, "A-004": 150}


def test_the_list_is_nineteen_different_lines_of_the_villages_books() -> None:
    lines = drawn(CLAIMS, 7)
    assert len(set(lines)) == len(lines) == 19
    assert all(1 <= one.line <= CLAIMS[one.village] for one in lines)
    assert lines == drawn(dict(reversed(CLAIMS.items())), 7) != drawn(CLAIMS, 8)


def test_every_claimed_household_has_the_same_chance() -> None:
    seen = Counter(line for seed in range(2000) for line in drawn(CLAIMS, seed))
    assert len(seen) == 200
    # 190 times each is expected; four standard deviations of a binomial around it.
    spread = 4 * np.sqrt(2000 * (19 / 200) * (1 - 19 / 200))
    assert max(abs(times - 190) for times in seen.values()) < spread
    by_village = Counter(village for village, _ in seen.elements())
    assert by_village["A-004"] / by_village["A-003"] == pytest.approx(15, rel=0.1)


def test_a_commune_that_claims_little_is_visited_whole_and_one_that_claims_nothing_not() -> None:
    assert drawn({"A-001": 3}, 1) == [("A-001", 1), ("A-001", 2), ("A-001", 3)]
    assert drawn({}, 1) == drawn({"A-001": 0}, 1) == []


@pytest.mark.parametrize(("verified", "passed"), [(19, True), (13, True), (12, False), (0, False)])
def test_thirteen_of_nineteen_pass(verified: int, passed: bool) -> None:
    assert checked(verified).is_passed is passed


def test_most_honest_communes_pass_and_few_of_those_that_claim_double() -> None:
    assert at_least(PASS, SIZE, 0.8) == pytest.approx(0.93, abs=0.005)
    assert at_least(PASS, SIZE, 0.5) == pytest.approx(0.08, abs=0.005)


def test_the_interval_is_wilsons_and_the_points_scale_only_where_it_failed() -> None:
    found = checked(10)
    # (10 + 1.9208 -+ 1.96 sqrt(10 x 9/19 + 0.9604)) / (19 + 3.8416)
    assert (found.low, found.high) == (pytest.approx(0.3171, abs=1e-4), pytest.approx(0.7267, abs=1e-4))
    assert (scale(found), scale(checked(13)), scale(None)) == (10 / 19, 1.0, 1.0)
    assert not checked(4, 6).is_passed and checked(5, 6).is_passed  # 13/19 is 68 %


@pytest.mark.parametrize(("verified", "visited"), [(1, 0), (-1, 19), (20, 19)])
def test_impossible_results_are_refused(verified: int, visited: int) -> None:
    with pytest.raises(ValueError):
        checked(verified, visited)


def test_a_lot_is_the_same_however_the_units_are_listed_and_fair() -> None:
    units = [f"{number:02}" for number in range(20)]
    assert lot(units, 7, 5) == lot(units[::-1], 7, 5) and len(set(lot(units, 7, 5))) == 5
    assert lot(units, 8, 5) != lot(units, 7, 5) and sorted(lot(units, 7, 99)) == units
    often = Counter(unit for seed in range(2000) for unit in lot(units, seed, 5))
    assert min(often.values()) > 400 and max(often.values()) < 600
