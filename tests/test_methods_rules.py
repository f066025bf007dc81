"""Growth, reachability, ladder, trust, interval, crosswalk and the last-mile list."""

import itertools
import math
from datetime import date
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methods.crosswalk import baselines, parts_missing, to_today
from methods.growth import compound_growth
from methods.interval import wilson
from methods.ladder import ladder, ladder_counts
from methods.lastmile import last_mile
from methods.reachability import DAYS_PER_MONTH, paces, reach
from methods.trust import trust

NAN = float("nan")


# --- growth


def test_two_to_ten_per_cent_halfway_to_fifty_passes_for_substantial_growth():
    result = compound_growth(2, 2025, 10, 2026, 50, 2027)
    assert (result.verdict, result.ratio) == (["substantial"], pytest.approx([1.0]))
    assert (result.observed, result.required) == (pytest.approx([4.0]), pytest.approx([4.0]))


def test_the_edges_of_the_growth_rule():
    #      one point  met      zero base  flat zero   fall    fall below a goal once held
    base = [10, 10, 0, 0, 20, 60]
    value = [10, 50, 1, 0, 10, 40]
    year = [2025, 2026, 2026, 2026, 2026, 2026]
    result = compound_growth(base, 2025, value, year, 50, 2027)
    assert result.verdict.tolist() == [
        "not_available",
        "achieved",
        "substantial",
        "limited",
        "deterioration",
        "deterioration",
    ]
    assert not np.isinf(result.ratio).any()


@settings(max_examples=100)
@given(st.integers(0, 100), st.integers(1, 36), st.integers(0, 100), st.integers(1, 100), st.integers(1, 36))
def test_growth_agrees_with_logarithms(base, months, value, goal, months_to_goal):
    result = compound_growth(base, 0, value, months / 12, goal, months_to_goal / 12)
    y0 = base or 0.001
    observed = -1.0 if value == 0 and base else math.expm1(math.log(max(value, 0.001) / y0) * 12 / months)
    required = math.expm1(math.log(goal / y0) * 12 / months_to_goal)
    ratio = observed / abs(required) if required else -1.0
    expected = next(
        word
        for applies, word in [
            (value >= goal, "achieved"),
            (observed < 0, "deterioration"),
            (ratio >= 0.95, "substantial"),
            (ratio >= 0.6, "moderate"),
            (True, "limited"),
        ]
        if applies
    )
    if min(abs(ratio - 0.95), abs(ratio - 0.6)) > 1e-6:
        assert result.verdict[0] == expected


# --- reachability


def reach_of(change, share, cluster, **options):
    units = len(change)
    defaults: dict[str, Any] = {
        "column": [len(change[0]) - 1] * units,
        "denominator": [1000.0] * units,
        "goal": 0.5,
        "months_left": [5.0] * units,
        "deadline": date(2026, 12, 31),
    }
    return reach(np.array(change), share=share, cluster=cluster, **(defaults | options))


def test_the_pace_needed_is_compared_with_the_best_of_the_cluster():
    # 10 points in 5 months: 2 points a month needed. Best paces of the cluster: 3, 2, 1, 1.
    change = [[NAN, 0.03, 0.03, 0.01, 0.01], [NAN, 0, 0, 0.02, 0.02], [NAN, 0.01, 0.01, 0, 0], [NAN, 0, 0.01, 0.01, 0]]
    result = reach_of(change, [0.4] * 4, ["a"] * 4)
    assert result.status.tolist() == ["needs_record_pace", "on_track", "needs_record_pace", "needs_record_pace"]
    assert reach_of(change, [0.4325] * 4, ["a"] * 4).status.tolist()[2] == "catchable"
    assert reach_of(change, [0.3] * 4, ["a"] * 4).status.tolist()[2] == "out_of_reach"
    assert result.last_start[0] == np.datetime64("2026-12-31") - math.ceil(10 / 3 * DAYS_PER_MONTH)
    assert result.record_per_week[0] == pytest.approx(30 * 7 / DAYS_PER_MONTH)


def test_what_reachability_cannot_say_has_a_reason():
    flat = [[NAN, 0.01, 0.01]]
    assert reach_of(flat, [NAN], ["a"]).reason == ["no_value"]
    assert reach_of(flat, [0.4], ["a"], months_left=[0.0]).reason == ["no_month_left"]
    assert reach_of([[NAN, NAN, NAN]], [0.4], ["a"]).reason == ["no_peer_pace"]
    assert reach_of(flat, [0.6], ["a"]).status == ["goal_met"]
    silent = reach_of([[NAN, NAN, NAN], [NAN, 0.05, 0.05]], [0.4, 0.4], ["a", "a"])
    assert (silent.status[0], silent.reason[0]) == ("catchable", "no_current_pace")
    assert np.isnat(reach_of([[NAN, 0.0, -0.01]], [0.4], ["a"]).last_start[0])


steps = st.one_of(st.just(NAN), st.integers(-5, 8).map(lambda x: x / 100))


@pytest.mark.filterwarnings("error")
@settings(max_examples=100)
@given(st.lists(st.tuples(st.lists(steps, min_size=4, max_size=4), st.integers(0, 60), st.sampled_from("ab")),
                min_size=1, max_size=6))  # fmt: skip
def test_reachability_agrees_with_the_slow_one(units):
    change, shares, cluster = [list(u[0]) for u in units], [u[1] / 100 for u in units], [u[2] for u in units]
    result = reach_of(change, shares, cluster)
    best = [max((x for x in slow_paces(c) if not math.isnan(x)), default=None) for c in change]
    for i, (row, p, name) in enumerate(zip(change, shares, cluster, strict=True)):
        peers = [b for b, other in zip(best, cluster, strict=True) if other == name and b is not None]
        assert result.status[i] == slow_reach(row, p, peers)


def slow_paces(change):
    return [NAN] + [(a + b) / 2 for a, b in itertools.pairwise(change)]


def slow_reach(row, p, peers):
    if p >= 0.5:
        return "goal_met"
    if not peers:
        return "not_computable"
    needed = (0.5 - p) / 5 - 1e-12
    if needed <= slow_paces(row)[-1]:
        return "on_track"
    if needed <= median(peers):
        return "catchable"
    return "needs_record_pace" if needed <= max(peers) else "out_of_reach"


def test_a_pace_needs_two_months_in_a_row():
    expected = [[NAN, pytest.approx(0.02), NAN, NAN]]
    assert np.array_equal(paces([[0.01, 0.03, NAN, 0.05]])[0][[0, 2, 3]], [NAN] * 3, equal_nan=True)
    assert paces([[0.01, 0.03, NAN, 0.05]])[0][1] == expected[0][1]


# --- ladder


def test_a_group_is_idle_only_when_three_months_were_reported_as_zero():
    helped = np.array([[0, 0, 3], [0, 0, 0], [0, NAN, 0], [NAN, 2, NAN], [1, 1, 1], [0, 0, 0]])
    steps = ladder([1, 1, 1, 1, 0, NAN], [2, 1, 0, NAN, 5, 5], helped)
    assert steps.activity.tolist() == ["active", "inactive", "unknown", "active", "", ""]
    assert steps.training.tolist() == ["trained", "trained", "not_trained", "unknown", "", ""]
    assert steps.rung.tolist() == ["active", "trained", "formed", "active", "not_formed", "unknown"]
    assert ladder_counts(steps) == {
        "villages": 6, "formed": 4, "trained": 2, "active": 2, "inactive": 1, "activity_unknown": 1,
        "not_formed": 1, "unknown": 1,
    }  # fmt: skip


def test_the_ladder_asks_for_three_months():
    with pytest.raises(ValueError, match="3"):
        ladder([1], [1], [[0, 0]])


# --- trust


@pytest.mark.parametrize(
    ("arrived", "usable", "old", "failed", "grade", "reason"),
    [
        (0.95, 0.95, 0, False, "high", ""),
        (0.949, 1, 0, False, "fair", "few_arrived"),
        (1, 1, 1, False, "fair", "old"),
        (1, 0.84, 0, False, "medium", "few_usable"),
        (1, 1, 2, False, "medium", "old"),
        (1, 1, 3, False, "low", "old"),
        (0.59, 1, 0, False, "low", "few_arrived"),
        (1, 1, 0, True, "medium", "sample_failed"),
        (0.3, 1, 0, True, "low", "few_arrived"),
        (NAN, 1, 0, False, "low", "few_arrived"),
        (1, 1, -1, False, "low", "no_value"),
    ],
)
def test_trust(arrived, usable, old, failed, grade, reason):
    assert [x[0] for x in trust(arrived, usable, old, failed)] == [grade, reason]


# --- interval


def test_wilson_as_printed_by_hand():
    low, high = wilson([13, 0, 5, 1], [19, 10, 5, 0])
    assert low[:3] == pytest.approx([0.4601, 0.0, 0.5655], abs=5e-4)
    assert high[:3] == pytest.approx([0.8464, 0.2775, 1.0], abs=5e-4)
    assert np.isnan([low[3], high[3]]).all()


@settings(max_examples=50)
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_ends_of_wilson_solve_its_equation(sample):
    k, n = sample
    for end in (wilson(k, n)[0][0], wilson(k, n)[1][0]):
        assert (k / n - end) ** 2 == pytest.approx(1.96**2 * end * (1 - end) / n, abs=1e-9)


# --- crosswalk


def test_merging_a_and_b_gives_150_in_every_past_month():
    assert to_today([[100, 100, 100], [50, 50, 50]], [0, 1], [0, 0], [1, 1], 1).tolist() == [[150, 150, 150]]


def test_a_split_goes_by_share_and_a_missing_part_is_no_zero():
    values = np.array([[100, 100], [50, NAN]])
    old, new, share = [0, 0, 1], [0, 1, 1], [0.25, 0.75, 1]
    result = to_today(values, old, new, share, 3)
    assert result[:2].tolist()[0] == [25, 25] and result[1, 0] == 125
    assert np.isnan(result[1, 1]) and np.isnan(result[2]).all()
    assert parts_missing(values, old, new, share, 3).tolist() == [[0, 0], [0, 1], [0, 0]]


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match=r"old unit 1 add up to 0.9"):
        to_today([1, 1], [0, 1], [0, 0], [1, 0.9], 1)


def test_a_frozen_baseline_stays_and_others_are_summed_not_averaged():
    base, provisional = baselines([0.3, NAN], [10, 10, 90], [100, 100, 100], [0, 1, 2], [0, 1, 1], [1, 1, 1])
    assert base.tolist() == [0.3, 0.5]
    assert provisional.tolist() == [False, True]
    assert baselines([NAN], [10, 90], [900, 100], [0, 1], [0, 0], [1, 1])[0].tolist() == [0.1]


# --- last mile


def test_the_fewest_villages_with_the_largest_remainders_first():
    result = last_mile(["v1", "v2", "v3", "v4"], [10, 50, 60, NAN], [40, 100, 110, 70], need=70, weeks=10)
    assert (result.villages, result.households) == (["v2", "v3"], [50, 20])
    assert (result.per_week, result.total_per_week) == ([5.0, 2.0], 7.0)
    assert (result.not_reported, result.short, result.reason) == (["v4"], 0, "")


def test_the_list_says_when_the_villages_are_not_enough_or_no_time_is_left():
    short = last_mile(["a", "b"], [0, 8], [5, 10], need=12, weeks=4)
    assert (short.total, short.short, short.reason) == (7, 5, "villages_not_enough")
    late = last_mile(["a"], [0], [5], need=3, weeks=0)
    assert (late.reason, late.households) == ("no_week_left", [3]) and math.isnan(late.per_week[0])
    assert last_mile(["a"], [0], [5], need=0, weeks=3).reason == "nothing_needed"
    assert last_mile(["a"], [0], [5], need=NAN, weeks=3).reason == "no_need_known"
    assert last_mile([], [], [], need=3, weeks=3).short == 3


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=7), st.integers(0, 40))
def test_no_smaller_set_of_villages_would_do(villages, need):
    ids = [f"v{i}" for i in range(len(villages))]
    remaining = [max(whole - n, 0) for n, whole in villages]
    result = last_mile(ids, [v[0] for v in villages], [v[1] for v in villages], need=need, weeks=1)
    possible = min(need, sum(remaining))
    assert (result.total, result.short) == (possible, need - possible)
    smaller = itertools.combinations(remaining, max(len(result.villages) - 1, 0))
    assert result.villages == [] or all(sum(some) < possible for some in smaller)
