"""How firm a place is: draws against slow ones, tight weight ranges, decided pairs."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from methods import ranks
from methods.composite import arithmetic, geometric, minmax, places

NAN = float("nan")
EPSILON = 1e-6
SHARES = st.integers(0, 4).map(lambda quarters: quarters / 4)


def sheet(s: np.ndarray, w: np.ndarray, extra: np.ndarray | float, total: float) -> np.ndarray:
    return total * arithmetic(s, w) + extra


def test_the_interval_is_that_of_the_draws_ranked_one_by_one() -> None:
    # Close together and extras of the same size, so that every way of computing them matters.
    s = np.random.default_rng(3).uniform(0.1, 0.9, size=(16, 4))
    s[2, 1] = NAN
    s[5] = s[4]
    w, extra = np.array([30.0, 20, 10, 5]), np.array([0, 0, 2, 0, 0, 0, -1.0, 9, -9, 4, 0, 20, 1, 0, 0, 0])
    found = ranks.intervals(s, w, extra, draws=100, seed=9)
    moved = ranks.weights_drawn(w, 100, 9, ranks.SWAY)
    assert moved.sum(axis=1) == pytest.approx(1)
    spread = np.nanstd(s, axis=0, ddof=1)
    z = (s - np.nanmean(s, axis=0)) / spread * spread.mean()
    lifted = [(1 + 99 * one) / 100 for one in (s, minmax(s))]
    ways = [(s, arithmetic), (lifted[0], geometric), (minmax(s), arithmetic), (lifted[1], geometric), (z, arithmetic)]
    slow = [places(ways[draw // 20][1](ways[draw // 20][0], moved[draw]) + extra / 65) for draw in range(100)]
    in_order = np.sort(slow, axis=0)
    assert found.low.tolist() == in_order[4].tolist()
    assert found.high.tolist() == in_order[95].tolist()
    assert found.low[4] == found.low[5]


def test_the_same_seed_gives_the_same_interval_and_no_sway_no_interval() -> None:
    s, w = np.random.default_rng(1).uniform(size=(30, 6)), np.ones(6)
    one, same, other = (ranks.intervals(s, w, draws=500, seed=seed) for seed in (1, 1, 2))
    assert (one.low == same.low).all() and (one.high == same.high).all()
    assert (one.low != other.low).any() or (one.high != other.high).any()
    still = ranks.intervals(s, w, methods=("goalposts_arithmetic",), draws=10, sway=0.0)
    assert (still.low == places(arithmetic(s, w))).all() and (still.low == still.high).all()


def test_a_unit_without_any_criterion_has_no_interval_and_equals_share_one() -> None:
    found = ranks.intervals(np.array([[1, 1], [NAN, NAN], [1, 1], [0, 0]]), [1, 1], draws=100)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 0, 1, 3], [1, 0, 1, 3])


@given(st.data())
def test_inside_the_range_of_a_weight_the_place_never_changes_and_just_outside_it_does(data: st.DataObject) -> None:
    units, criteria = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 4))
    cell = st.one_of(SHARES, st.just(NAN)) if data.draw(st.booleans()) else SHARES
    s = np.array(data.draw(st.lists(st.lists(cell, min_size=criteria, max_size=criteria), min_size=units,
                                    max_size=units)))  # fmt: skip
    w = np.array(data.draw(st.lists(st.integers(1, 9), min_size=criteria, max_size=criteria)), float)
    extra = np.array(data.draw(st.lists(st.integers(-2, 2), min_size=units, max_size=units)), float)
    lines = data.draw(st.sampled_from([None, (1, 3)]))
    assume(not np.isnan(s).all(axis=1).any())
    criterion, total = data.draw(st.integers(0, criteria - 1)), w.sum()

    def standing(weight: float) -> int:
        changed = np.where(np.arange(criteria) == criterion, weight, w)
        scores = np.round(sheet(s, changed, extra, total), 10)
        above = int((scores > scores[0]).sum())
        return above if lines is None else sum(above >= line for line in lines)

    stay, at = ranks.weight_range(s, w, 0, criterion, extra, lines), w[criterion]
    assert stay.low <= at <= stay.high
    # A criterion of weight 0 that alone applies would leave a unit without a sheet.
    low, high = max(stay.low, EPSILON), min(stay.high, 1e4)
    if low + 2 * EPSILON < at:
        assert {standing(low + (at - low) * step) for step in (0.001, 0.137, 0.389, 0.721)} == {standing(at)}
    if at + 2 * EPSILON < high:
        assert {standing(at + (high - at) * step) for step in (0.279, 0.611, 0.863, 0.999)} == {standing(at)}
    if stay.low > 1e-3:
        assert standing(stay.low - 1e-5) != standing(at)
    if stay.high < 1e4:
        assert standing(stay.high + 1e-5 * max(1.0, stay.high)) != standing(at)


def test_a_medal_stays_longer_than_a_place() -> None:
    s = [[0.9, 0.1], [0.8, 0.3], [0.7, 0.9]]
    place = ranks.weight_range(s, [10, 1], 0, 1)
    medal = ranks.weight_range(s, [10, 1], 0, 1, lines=(2,))
    # 9 + 0.1 t = 8 + 0.3 t at 5 and = 7 + 0.9 t at 2.5: second from 2.5, third from 5.
    assert (place.low, place.high) == (0, pytest.approx(2.5))
    assert medal.high == pytest.approx(5)


@given(st.lists(st.lists(st.one_of(SHARES, st.just(NAN)), min_size=3, max_size=3), min_size=2, max_size=5))
def test_a_decided_pair_stays_so_under_all_weights(rows: list[list[float]]) -> None:
    s = np.array(rows)
    above = ranks.dominance(s)
    for w in product((1, 5, 40), repeat=3):
        scores = arithmetic(s, np.array(w))
        for i, k in np.argwhere(above):
            assert scores[i] > scores[k] - 1e-12
    assert not (above & above.T).any()


def test_what_is_better_in_one_thing_alone_or_asked_other_things_is_not_decided() -> None:
    assert ranks.dominance([[1, 1], [1, 0], [0, 2]]).tolist() == [[False, True, False], [False] * 3, [False] * 3]
    assert not ranks.dominance(np.array([[1, 1], [0, NAN]])).any()
    assert not ranks.dominance([[1, 1], [0, 0]], [0, 1]).any()
