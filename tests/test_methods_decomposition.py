"""Kitagawa's split: Das Gupta's printed examples, edges, and the split recomputed from the people themselves."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methods.decomposition import decompose_table, kitagawa

NAN = float("nan")


# --- published examples ----------------------------------------------------------------------------------------------


def test_household_headship_1970_and_1985() -> None:
    # Das Gupta 1993, example 5.1: rates per 100 by age, as the README of the R package DasGuptR prints its results.
    size_1970 = [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9]
    size_1985 = [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5]
    rate_1970 = [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8]
    rate_1985 = [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2]
    split = kitagawa(size_1985, rate_1985, size_1970, rate_1970)
    assert (split.rate_b[0], split.rate_a[0]) == pytest.approx((44.7268, 47.6940), abs=5e-5)
    assert split.composition[0] == pytest.approx(1.2269, abs=5e-5)
    assert split.within[0] == pytest.approx(1.7403, abs=5e-5)
    assert 100 * split.composition[0] / split.gap[0] == pytest.approx(41.35, abs=5e-3)


def test_death_rates_1970_and_1985_by_race_and_age() -> None:
    # Das Gupta 1993, example 5.3, all 22 cells as one composition; results as DasGuptR prints them.
    size = [
        3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472,
        707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236,
        2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315,
        535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117,
    ]  # fmt: skip
    rate = [
        9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570,
        17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161,
        18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837,
        36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205,
    ]  # fmt: skip
    split = kitagawa(size[:22], rate[:22], size[22:], rate[22:])
    assert (split.rate_b[0], split.rate_a[0]) == pytest.approx((9.421833, 8.735618), abs=5e-7)
    assert split.composition[0] == pytest.approx(1.5415096, abs=5e-8)
    assert split.within[0] == pytest.approx(-2.2277254, abs=5e-8)


# --- edges -----------------------------------------------------------------------------------------------------------


def test_where_one_group_has_nobody_all_is_composition() -> None:
    split = kitagawa([10, 30], [0.2, 0.8], [40, 0], [0.3, NAN])
    assert split.within_by_place[:, 0].tolist() == pytest.approx([-0.1 * 1.25 / 2, 0])
    assert split.gap == pytest.approx(split.composition + split.within)


def test_a_place_where_a_rate_is_missing_is_left_out_for_both() -> None:
    split = kitagawa([10, 30, 5], [0.2, 0.8, 0.4], [40, 20, 5], [0.3, NAN, 0.1])
    without = kitagawa([10, 5], [0.2, 0.4], [40, 5], [0.3, 0.1])
    assert split.left_out[:, 0].tolist() == [False, True, False]
    assert (split.gap, split.composition, split.within) == (without.gap, without.composition, without.within)


def test_a_group_without_people_has_no_gap() -> None:
    split = kitagawa([[10, 0]], [[0.2, NAN]], [[40, 40]], [[0.3, 0.3]])
    assert split.gap[0] == pytest.approx(-0.1)
    assert np.isnan([split.gap[1], split.composition[1], split.within[1]]).all()


def test_where_every_place_is_left_out_there_is_no_gap_rather_than_none() -> None:
    split = kitagawa([10, 30], [0.2, NAN], [40, 20], [NAN, 0.3])
    assert np.isnan([split.rate_a, split.rate_b, split.gap, split.composition, split.within]).all()


# --- the second opinion ----------------------------------------------------------------------------------------------

counts = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
province = st.lists(st.tuples(counts, counts), min_size=1, max_size=8)


def share(n: int, whole: int) -> Fraction | None:
    return Fraction(n, whole) if whole else None


def slow(places: list[tuple[tuple[int, int], tuple[int, int]]]) -> tuple[Fraction, Fraction] | None:
    """(composition, within) in exact fractions."""
    everybody_a, everybody_b = (sum(place[k][1] for place in places) for k in (0, 1))
    if not everybody_a or not everybody_b:
        return None
    composition = within = Fraction(0)
    for (n, in_a), (m, in_b) in places:
        x, y = share(n, in_a), share(m, in_b)
        x, y = (y if x is None else x), (x if y is None else y)
        if x is None or y is None:
            continue
        a, b = Fraction(in_a, everybody_a), Fraction(in_b, everybody_b)
        composition += (a - b) * (x + y) / 2
        within += (x - y) * (a + b) / 2
    return composition, within


def split_of(places):
    sides = [(np.array([p[k][1] for p in places]), np.array([p[k][0] for p in places])) for k in (0, 1)]
    rates = [np.where(size > 0, n / np.maximum(size, 1), NAN) for size, n in sides]
    return kitagawa(sides[0][0], rates[0], sides[1][0], rates[1])


@pytest.mark.filterwarnings("error")
@settings(max_examples=200)
@given(province)
def test_composition_and_within_add_up_to_the_gap_and_agree_with_exact_fractions(places) -> None:
    split, expected = split_of(places), slow(places)
    if expected is None:
        assert np.isnan([split.gap[0], split.composition[0], split.within[0]]).all()
        return
    gap = Fraction(sum(p[0][0] for p in places), sum(p[0][1] for p in places)) - Fraction(
        sum(p[1][0] for p in places), sum(p[1][1] for p in places)
    )
    assert expected[0] + expected[1] == gap
    for ours, exact in zip((split.composition, split.within, split.gap), (*expected, gap), strict=True):
        assert ours[0] == pytest.approx(float(exact), abs=1e-12)
    assert split.composition_by_place.sum() == pytest.approx(split.composition[0], abs=1e-12)
    assert split.composition_from_mean.sum() == pytest.approx(split.composition[0], abs=1e-12)
    assert split.within_by_place.sum() == pytest.approx(split.within[0], abs=1e-12)


@settings(max_examples=100)
@given(province)
def test_swapped_groups_flip_every_sign(places) -> None:
    here, there = split_of(places), split_of([(b, a) for a, b in places])
    for part in ("gap", "composition", "within", "composition_by_place", "within_by_place", "composition_from_mean"):
        assert getattr(here, part) == pytest.approx(-getattr(there, part), abs=1e-12, nan_ok=True), part


@settings(max_examples=50)
@given(st.lists(province.filter(lambda p: len(p) == 3), min_size=1, max_size=4))
def test_many_months_at_once_are_the_months_one_by_one(months) -> None:
    size_a, n_a, size_b, n_b = (
        np.array([[place[k][i] for month in months for place in (month[j],)] for j in range(3)], float)
        for k, i in ((0, 1), (0, 0), (1, 1), (1, 0))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        together = kitagawa(size_a, n_a / size_a, size_b, n_b / size_b)
    for i, month in enumerate(months):
        alone = split_of(month)
        for part in ("gap", "composition", "within"):
            assert getattr(together, part)[i] == pytest.approx(getattr(alone, part)[0], abs=1e-12, nan_ok=True)


# --- an analyst's table ----------------------------------------------------------------------------------------------

TABLE: dict[str, list[Any]] = {
    "unit": ["x", "x", "x", "y", "y"],
    "group": ["A", "B", "C", "A", "B"],
    "numerator": ["4", "5", "1", "6", "2"],
    "denominator": ["10", "10", "10", "20", "5"],
}


def test_the_second_group_is_everybody_when_there_are_more_than_two() -> None:
    answer = decompose_table(TABLE, first="A")
    assert (answer["first"], answer["second"], answer["rates"]) == ("A", "all", "shares")
    assert (answer["rate_a"], answer["rate_b"]) == pytest.approx((10 / 30, 18 / 55))
    assert answer["gap"] == pytest.approx(answer["composition"] + answer["within"])
    assert [unit["unit"] for unit in answer["units"]] == ["x", "y"]
    assert sum(unit["within"] for unit in answer["units"]) == pytest.approx(answer["within"])


def test_two_groups_need_no_choice_and_rates_keep_their_unit() -> None:
    rates = {"unit": ["x", "x"], "group": ["A", "B"], "rate": ["310", "290"], "denominator": ["1", "1"]}
    answer = decompose_table(rates)
    assert (answer["gap"], answer["within"], answer["rates"]) == (20, 20, "as given")
    assert decompose_table(rates, first="B")["gap"] == -20
    assert decompose_table(rates, second="A")["first"] == "B"


def test_units_without_a_figure_are_named_and_a_group_without_people_has_a_reason() -> None:
    unknown = TABLE | {"numerator": ["4", "", "1", "6", "2"]}
    answer = decompose_table(unknown, first="A", second="B")
    assert (answer["left_out"], answer["gap"]) == (["x"], pytest.approx(0.3 - 0.4))
    assert answer["units"][0]["within"] is None
    nothing = decompose_table(TABLE | {"numerator": ["", "", "1", "", ""]}, first="A", second="B")
    assert (nothing["left_out"], nothing["gap"], nothing["reason"]) == (["x", "y"], None, "nobody_in_first")
    without_a = {"denominator": ["0", "10", "10", "0", "5"], "numerator": ["0", "5", "1", "0", "2"]}
    nobody = decompose_table(TABLE | without_a, first="A")
    assert (nobody["reason"], nobody["gap"], nobody["units"][0]["within"]) == ("nobody_in_first", None, None)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {}, "has 3 groups, choose the first: A, B, C"),
        ({}, {"first": "Z"}, "group Z is not in the table"),
        ({}, {"first": "A", "second": "A"}, "cannot be compared with itself"),
        ({"group": ["A", "A", "C", "A", "B"]}, {"first": "A"}, "row 2: group: unit x has group A twice"),
        ({"numerator": ["4", "5", "1", "6", "9"]}, {"first": "A"}, "row 5: numerator: 9 of 5 is more than everybody"),
        ({"denominator": ["10", "10", "x", "20", "5"]}, {"first": "A"}, "row 3: denominator: 'x' is not a number"),
        (
            {"denominator": ["1.986", "10", "5", "20", "5"]},
            {"first": "A"},
            "row 1: denominator: '1.986' is not a whole",
        ),
        ({"denominator": ["10", "10", "-1", "20", "5"]}, {"first": "A"}, "row 3: denominator: -1 is not between"),
        ({"unit": ["x", "", "x", "y", "y"]}, {"first": "A"}, "row 2: unit: the cell is empty"),
        ({"rate": ["1"] * 5}, {"first": "A"}, "numerator or rate, one of the two"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(change, options, message) -> None:
    with pytest.raises(ValueError, match=message):
        decompose_table(TABLE | change, **options)
