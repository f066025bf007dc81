"""Bounds of a group nobody counted, and Wilson's interval: published figures, simulated villages, tables."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methods.bounds import bounds_table, duncan_davis
from methods.columns import named
from methods.interval import wilson, wilson_table

NAN = float("nan")


# --- Duncan and Davis ------------------------------------------------------------------------------------------------


def test_the_precinct_of_freedman_and_others() -> None:
    # Freedman, Klein, Ostland, Roberts 1998, JASA 93, 1518-1522: 500 voters, 100 hispanic, 90 votes for the candidate.
    # None of the hispanic voters or at most 90 of the 100 gave them; of the other 400 at most 90.
    low, high, reason = duncan_davis([90 / 500, 90 / 500], [100 / 500, 400 / 500])
    assert (low.tolist(), high.tolist(), reason.tolist()) == (
        [0, 0],
        [pytest.approx(0.9), pytest.approx(0.225)],
        ["", ""],
    )


def test_a_unit_of_one_group_is_that_group_and_nobody_is_not_computable() -> None:
    low, high, reason = duncan_davis([0.37, 0.37, NAN, 0.37], [1, 0, 0.5, NAN])
    assert (low[0], high[0]) == (0.37, 0.37)
    assert np.isnan([low[1:], high[1:]]).all()
    assert reason.tolist() == ["", "nobody", "no_value", "no_value"]


def test_percentages_are_refused() -> None:
    with pytest.raises(ValueError, match="not percentages"):
        duncan_davis(37, 0.5)


villages = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 10**6)).filter(lambda v: v[0] + v[1] > 0),
    min_size=1, max_size=30,
)  # fmt: skip


@pytest.mark.filterwarnings("error")
@settings(max_examples=200)
@given(villages)
def test_bounds_contain_the_truth_of_simulated_villages(rows) -> None:
    truth, coverage, share = [], [], []
    for group, others, seed in rows:
        draw = random.Random(seed)
        reached, rest = draw.randint(0, group), draw.randint(0, others)
        truth.append(reached / group if group else NAN)
        coverage.append((reached + rest) / (group + others))
        share.append(group / (group + others))
    low, high, reason = duncan_davis(coverage, share)
    for i, (group, _, _) in enumerate(rows):
        assert (reason[i] == "nobody") == (group == 0)
        assert group == 0 or low[i] - 1e-9 <= truth[i] <= high[i] + 1e-9


@settings(max_examples=100)
@given(st.integers(1, 12), st.integers(0, 12), st.data())
def test_bounds_are_the_ends_of_what_is_possible(group, others, data) -> None:
    reached = data.draw(st.integers(0, group + others))
    possible = [k / group for k in range(group + 1) if 0 <= reached - k <= others]
    low, high, _ = duncan_davis(reached / (group + others), group / (group + others))
    assert (low[0], high[0]) == pytest.approx((min(possible), max(possible)))


def test_bounds_of_a_table_from_shares_or_counts() -> None:
    shares = bounds_table({"unit": ["x", "y"], "coverage": ["0.6", ""], "group_share": ["0.7", "0.1"]})
    counts = bounds_table({"unit": ["x", "y"], "n": [60, ""], "N": [100, 100], "w": ["0.7", "0.1"]})
    assert shares == counts
    assert (shares["lower"], shares["upper"]) == ([pytest.approx(3 / 7), None], [pytest.approx(6 / 7), None])
    assert shares["reason"] == ["", "no_value"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"unit": ["x"], "coverage": ["60"], "group_share": ["0.5"]}, "row 1: coverage: 60 is not between 0 and 1"),
        ({"unit": ["x"], "numerator": ["7"], "denominator": ["5"], "w": ["0.5"]}, "row 1: numerator: 7 of 5"),
        ({"unit": ["x"], "group_share": ["0.5"]}, "missing column: numerator, denominator"),
        ({"unit": ["x"], "coverage": ["0.5"]}, "missing column: group_share"),
    ],
)
def test_a_table_of_bounds_that_cannot_be_read_says_where(table, message) -> None:
    with pytest.raises(ValueError, match=message):
        bounds_table(table)


# --- Wilson ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_prints_it(k: int, n: int, low: float, high: float) -> None:
    # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3.
    ends = wilson(k, n)
    assert (ends[0][0], ends[1][0]) == pytest.approx((low, high), abs=5e-5)


def test_a_table_of_samples_with_its_own_quantile() -> None:
    table = {"n": ["81", "3", "", "0"], "N": ["263", "2", "9", "0"]}
    found = wilson_table(table)
    assert found["unit"] == ["1", "2", "3", "4"]
    assert found["reason"] == ["", "more_than_whole", "no_value", "no_sample"]
    assert (found["lower"][1:], found["share"][1:]) == ([None] * 3, [None] * 3)
    wider = wilson_table(table, z=2.576)
    assert wider["lower"][0] < found["lower"][0] < found["share"][0] < found["upper"][0] < wider["upper"][0]
    with pytest.raises(ValueError, match="z is above 0"):
        wilson_table(table, z=0)
    with pytest.raises(ValueError, match="row 2: numerator: -3 is not between"):
        wilson_table(table | {"n": ["81", "-3", "", "0"]})


@settings(max_examples=100)
@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_of_the_rest_is_its_mirror(sample) -> None:
    k, n = sample
    low, high = wilson(k, n)
    rest_low, rest_high = wilson(n - k, n)
    assert (rest_low[0], rest_high[0]) == pytest.approx((1 - high[0], 1 - low[0]), abs=1e-12)


# --- symbols ---------------------------------------------------------------------------------------------------------


def test_symbols_of_the_formulas_head_columns_too_but_not_twice() -> None:
    symbols = dict(zip("nNpw", itertools.count(), strict=False))
    columns = {name: [value] for name, value in symbols.items()}
    assert named(columns, ()) == {"numerator": [0], "denominator": [1], "coverage": [2], "group_share": [3]}
    with pytest.raises(ValueError, match="twice: numerator and n"):
        named(columns | {"numerator": [5]}, ())
