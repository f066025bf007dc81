"""Reporting rounds: rates, lateness, and the figures that deserve a question."""

import math
from datetime import date
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methods.rounds import (
    copied_forward,
    days_late,
    falls,
    is_usable,
    jumps,
    modified_z,
    outliers,
    part_above_whole,
    rates,
)

NAN = float("nan")


def test_the_three_rates_are_shares_of_what_was_expected():
    result = rates([10, 0], [8, 0], [6, 0], [5, 0])
    assert (result.submitted[0], result.on_time[0], result.usable[0]) == (0.8, 0.6, 0.5)
    assert np.isnan([result.submitted[1], result.on_time[1], result.usable[1]]).all()


def test_a_report_is_late_only_beyond_the_grace():
    sent = np.array(["2026-11-07", "2026-11-08", "NaT"], "datetime64[D]")
    late = days_late(sent, date(2026, 10, 31), due_days=5, grace_days=2)
    assert late[:2].tolist() == [0, 1] and np.isnan(late[2])


def test_an_empty_report_on_time_is_not_usable():
    assert is_usable([8, 8, 8, 0], [8, 0, 8, 0], [0, 0, 1, 0]).tolist() == [True, False, False, False]


def test_a_value_far_from_the_median_is_an_outlier():
    assert outliers([10, 12, 11, 13, 60]).tolist() == ["", "", "", "", "outlier"]


def test_a_jump_after_copied_values_has_its_own_rule():
    values = [40, 40, 40, 40, 400]
    assert np.isnan(modified_z(values)).all()
    assert outliers(values).tolist() == ["", "", "", "", "jump_after_copies"]


def test_equal_few_and_missing_values_raise_no_question():
    assert outliers([0.1 + 0.2, 0.3, 0.3]).tolist() == [""] * 3
    assert outliers([1, 100]).tolist() == ["", ""]
    assert outliers([NAN, NAN, NAN]).tolist() == [""] * 3
    assert outliers(np.empty((2, 0))).shape == (2, 0)


@pytest.mark.filterwarnings("error")
@settings(max_examples=100)
@given(st.lists(st.one_of(st.just(NAN), st.integers(0, 60).map(float)), max_size=9))
def test_outliers_agree_with_the_slow_rule(values):
    known = [x for x in values if not math.isnan(x)]
    expected = []
    for x in values:
        if math.isnan(x) or len(known) < 3:
            expected.append("")
            continue
        middle = median(known)
        mad = median([abs(y - middle) for y in known])
        if mad == 0:
            expected.append("jump_after_copies" if x != middle else "")
        else:
            expected.append("outlier" if 0.6745 * abs(x - middle) / mad > 3.5 else "")
    assert outliers(np.array(values)).tolist() == expected


@pytest.mark.parametrize(
    ("series", "asked"),
    [
        ([40, 44, 49, 53, 90], [4]),  # ten times the usual change
        ([40, 44, 49, 53, 62], []),  # unusual, but 5 households more than usual are worth no letter
        ([40, 40, 40, 40, 52], [4]),  # after copies
        ([40, 40, 40, 40, 45], []),
        ([40, 50, 60, 70, 70], []),  # standing still is no jump
        ([0, 0, 0, 0, 30, 31], []),  # a beginning
        ([40, 44, 48, NAN, NAN, 60], []),  # three months' growth at once
        ([40, 44, 48, NAN, NAN, 90], [5]),
        ([40, 90], []),  # nothing to compare with yet
    ],
)
def test_a_jump_is_unusual_and_large_enough_to_ask(series, asked):
    found = jumps([series], np.full((1, len(series)), 100.0))
    assert np.flatnonzero(found[0]).tolist() == asked


def test_in_a_large_village_a_jump_must_be_larger():
    assert jumps([[40, 44, 48, 52, 70]], np.full((1, 5), 100.0)).any()
    assert not jumps([[40, 44, 48, 52, 70]], np.full((1, 5), 300.0)).any()


def test_a_cumulative_count_that_falls_is_seen_across_a_missing_month():
    assert falls([[5, 7, NAN, 6, 6]]).tolist() == [[False, False, False, True, False]]


def test_a_part_above_its_whole():
    assert part_above_whole([3, 4, NAN], [3, 3, 3]).tolist() == [False, True, False]


def test_rows_copied_forward_unless_ticked_as_unchanged():
    rows = np.array([[[10, 5], [10, 5], [10, 6], [NAN, NAN], [NAN, NAN]]])
    assert copied_forward(rows).tolist() == [[False, True, False, False, False]]
    assert not copied_forward(rows, [[False, True, False, False, False]]).any()
