"""Equity between groups: published examples of healthequal, edges, and slow second opinions."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from methods.equity import MEASURES, OF_ORDERED_GROUPS, OF_UNORDERED_GROUPS, REASONS, equity

NAN = float("nan")
RELATIVE = ("r", "idisw", "idisu", "cov", "ti", "mld", "paf", "rci", "rii")

# The tables of healthequal's own tests (github.com/WHOequity/healthequal, tests/testthat, version 1.0.1), drawn there
# by set.seed(123); pop <- round(rnorm(25, 1000, 300)); est <- rbinom(25, 1000, .065); se <- rbinom(25, 100, .045).
REGIONS: dict[str, Any] = {
    "population": [832, 931, 1468, 1021, 1039, 1515, 1138, 620, 794, 866, 1367, 1108, 1120, 1033, 833, 1536, 1149, 410,
                   1210, 858, 680, 935, 692, 781, 812],
    "estimate": [61, 74, 58, 59, 72, 75, 74, 68, 75, 67, 73, 63, 66, 62, 60, 66, 71, 73, 71, 61, 74, 84, 55, 69, 60],
    "se": [5, 3, 3, 3, 4, 9, 2, 2, 2, 5, 5, 7, 5, 6, 4, 5, 6, 6, 9, 4, 3, 4, 1, 3, 7],
    "reference": [place == 13 for place in range(25)],
}  # fmt: skip
# set.seed(123); pop <- round(rnorm(5, 100, 40)).
STEPS: dict[str, Any] = {
    "population": [78, 91, 162, 103, 105],
    "estimate": [20, 30, 40, 50, 60],
    "se": [5, 7, 10, 12, 14],
    "order": [1, 2, 3, 4, 5],
    "is_ordered": True,
}
# Births attended by skilled health personnel by wealth quintile: healthequal's data set OrderedSample.
QUINTILES: dict[str, Any] = {
    "population": [2072.436, 2112.204, 1983.059, 2052.124, 1884.510],
    "estimate": [75.60530, 91.01997, 96.03959, 97.04223, 99.22405],
    "se": [1.5996131, 1.1351504, 0.6461946, 0.5676206, 0.2237683],
    "order": [1, 2, 3, 4, 5],
    "is_ordered": True,
}


def one(name: str, table: dict[str, Any], **options: Any) -> tuple[float, float, float]:
    measure = equity(**(table | options))[name]
    return float(measure.estimate[0]), float(measure.lower[0]), float(measure.upper[0])


def rounded(table: dict[str, Any]) -> dict[str, Any]:
    """healthequal counts whole people before it fits its line: ours on its rounded table is its own number."""
    people = np.ceil(table["population"])
    return table | {
        "population": people,
        "estimate": 100 * np.round(np.array(table["estimate"]) / 100 * people) / people,
    }


# --- published examples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("mdbw", 16.293156), ("mdbu", 16.360001), ("mdmw", 5.8348689), ("mdmu", 5.891726), ("mdrw", 7.2228465),
        ("mdru", 7.2399998), ("idisw", 8.6178417), ("idisu", 8.7018175), ("bgv", 46.198326), ("bgsd", 6.7969351),
        ("ti", 5.0359201), ("mld", 5.0524006), ("par", 16.293152), ("paf", 24.06426),
    ],
)  # fmt: skip
def test_unordered_measures_as_healthequal_prints_them(name: str, published: float) -> None:
    assert one(name, REGIONS)[0] == pytest.approx(published, rel=2e-5)


def test_bounds_as_healthequal_prints_them() -> None:
    bounds = {"bgv": (46.198326, 17.134647), "par": (16.293152, 1.1994447), "aci": (7.3284202, 0.29368517)}
    for name, (estimate, se) in bounds.items():
        table = STEPS if name == "aci" else REGIONS
        expected = (estimate, estimate - 1.959964 * se, estimate + 1.959964 * se)
        assert one(name, table) == pytest.approx(expected, rel=1e-4), name
    assert one("rci", STEPS) == pytest.approx((0.17776859, 0.16380545, 0.19173172), rel=1e-5)
    assert one("aci", QUINTILES) == pytest.approx((4.30052, 1.783865, 6.817174), rel=1e-5)


def test_bounds_that_healthequal_gives_on_another_scale_than_the_estimate() -> None:
    # Its ti and mld are times 1000 and paf per cent, their errors are not (ti 5.0331-5.0387); ours are on one scale.
    for name, se in {"ti": 0.0014201, "mld": 0.0014242}.items():
        estimate, lower, upper = one(name, REGIONS)
        assert (lower, upper) == pytest.approx((estimate - 1960 * se, estimate + 1960 * se), rel=1e-3)
    estimate, lower, upper = one("paf", REGIONS)
    assert (upper - lower) / 2 == pytest.approx(100 * 1.959964 * 0.01771526, rel=1e-4)
    assert one("paf", STEPS)[0] == pytest.approx(45.544548, rel=1e-6)
    assert one("par", STEPS) == pytest.approx((18.775509, 10.138505, 27.412513), rel=2e-5)
    assert one("paf", QUINTILES)[0] == pytest.approx(8.327116, rel=1e-5)


def test_slopes_as_healthequal_prints_them_on_the_table_it_rounds() -> None:
    assert one("sii", rounded(STEPS)) == pytest.approx((44.44502, 40.15109, 48.73895), rel=1e-6)
    assert one("rii", rounded(STEPS)) == pytest.approx((3.159506, 2.719902, 3.67016), rel=1e-6)
    assert one("sii", rounded(QUINTILES)) == pytest.approx((31.61763, 25.71885, 37.51641), rel=1e-6)
    assert one("rii", rounded(QUINTILES)) == pytest.approx((1.466089, 1.345669, 1.597286), rel=1e-6)
    # As it stands, unrounded.
    assert one("sii", QUINTILES)[0] == pytest.approx(31.6597135, rel=1e-8)
    assert one("rii", QUINTILES)[0] == pytest.approx(1.46695113, rel=1e-8)


# --- edges -----------------------------------------------------------------------------------------------------------


def reasons(**table: Any) -> dict[str, str]:
    return {name: str(measure.reason[0]) for name, measure in equity(**table).items()}


def test_nothing_is_computed_from_no_group_one_group_or_too_few() -> None:
    assert set(reasons(estimate=[], population=[]).values()) == {"no_group"}
    assert set(reasons(estimate=[40, 60], population=[0, 0]).values()) == {"no_group"}
    assert set(reasons(estimate=[40], population=[9]).values()) == {"one_group"}
    assert set(reasons(estimate=[40, 60], population=[9, 0]).values()) == {"one_group"}
    assert set(reasons(estimate=[40, 60, NAN], population=[9, 9, 9]).values()) == {"missing_groups"}


def test_fifteen_per_cent_missing_is_allowed_and_more_is_refused() -> None:
    levels = np.arange(20.0)
    levels[:3] = NAN
    assert reasons(estimate=levels, population=np.ones(20))["mdmw"] == ""
    levels[3] = NAN
    assert reasons(estimate=levels, population=np.ones(20))["mdmw"] == "missing_groups"


def test_a_group_nobody_belongs_to_is_not_a_missing_one() -> None:
    there = equity([40, 60], [30, 10])
    with_more = equity([40, 60, NAN, 99], [30, 10, 0, 0])
    for name in MEASURES:
        assert np.array_equal(there[name].estimate, with_more[name].estimate, equal_nan=True), name
        assert there[name].reason == with_more[name].reason


def test_equal_levels_give_exactly_nothing() -> None:
    for order in (False, True):
        for level in (0.1, 33.3, 71.7, 100.0):
            for sizes in ([1, 1, 1], [3, 5, 7], [7, 11, 31]):
                found = equity([level] * 3, sizes, se=[1.0] * 3, order=[1, 2, 3], is_ordered=order)
                computed = {name: measure for name, measure in found.items() if measure.reason[0] == ""}
                assert len(computed) == (8 if order else 17)
                for name, measure in computed.items():
                    assert measure.estimate == [1.0 if name in ("r", "rii") else 0.0], name


def test_a_mean_of_zero_has_no_relative_measures_and_all_the_others() -> None:
    words = reasons(estimate=[0, 0, 0], population=[1, 2, 3])
    assert {words[name] for name in ("idisw", "idisu", "cov", "paf")} == {"zero_mean"}
    assert (words["r"], words["ti"], words["d"], words["bgv"]) == ("zero_divisor", "", "", "")
    ordered = reasons(estimate=[0, 0, 0], population=[1, 2, 3], order=[1, 2, 3], is_ordered=True)
    assert (ordered["rci"], ordered["rii"], ordered["sii"], ordered["aci"]) == ("zero_mean", "zero_mean", "", "")


def test_a_zero_enters_the_logarithms_as_a_millionth() -> None:
    levels, share = [0.000001, 50.0], [0.25, 0.75]
    mean = sum(s * y for s, y in zip(share, levels, strict=True))
    expected = -1000 * sum(s * math.log(y / mean) for s, y in zip(share, levels, strict=True))
    assert equity([0, 50], [1, 3])["mld"].estimate[0] == pytest.approx(expected)


def test_a_missing_population_leaves_the_measures_without_one() -> None:
    words = reasons(estimate=[40, 60, 80], population=[1, NAN, 3])
    assert {name for name, word in words.items() if word == ""} == {"d", "r", "mdbu"}
    chosen = reasons(estimate=[40, 60, 80], population=[1, NAN, 3], reference=[True, False, False])
    assert (chosen["mdru"], chosen["mdrw"]) == ("", "population_missing")


def test_the_order_must_be_whole_and_its_ends_known() -> None:
    table = {"estimate": [10, 20, 30], "population": [1, 1, 1], "is_ordered": True}
    assert reasons(**table, order=[1, 2, NAN])["sii"] == "no_order"
    assert reasons(**table, order=[1, 2, 2])["sii"] == "no_order"
    ends = reasons(estimate=[NAN, *range(10, 20)], population=[1] * 11, order=list(range(11)), is_ordered=True)
    assert (ends["d"], ends["par"], ends["sii"]) == ("end_missing", "", "")
    ends = reasons(estimate=[*range(10, 20), NAN], population=[1] * 11, order=list(range(11)), is_ordered=True)
    assert (ends["d"], ends["paf"]) == ("end_missing", "end_missing")


def test_a_line_that_cannot_be_fitted_and_a_level_beyond_its_scale() -> None:
    steps = {"population": [1, 1, 1], "order": [1, 2, 3], "is_ordered": True}
    assert reasons(estimate=[0, 0, 100], **steps)["sii"] == "no_fit"
    assert reasons(estimate=[10, 20, 130], **steps)["rii"] == "outside_scale"
    assert reasons(estimate=[10, 20, 130], scale=1000, **steps)["rii"] == ""


def test_an_unordered_gap_is_positive_and_an_ordered_one_has_its_direction() -> None:
    levels, sizes = [30.0, 50.0, 80.0], [1, 1, 2]
    assert one("d", {"estimate": levels, "population": sizes}, favourable=False)[0] == 50
    ordered = {"estimate": levels, "population": sizes, "order": [1, 2, 3], "is_ordered": True}
    assert one("d", ordered)[0] == 50
    assert one("d", ordered, favourable=False)[0] == -50
    assert one("r", ordered, favourable=False)[0] == pytest.approx(30 / 80)


def test_a_reference_is_compared_with_the_farthest_other_and_never_with_itself() -> None:
    table = {"estimate": [30.0, 50.0, 80.0], "population": [1, 1, 2], "reference": [False, True, False]}
    assert one("d", table)[0] == 20
    assert one("d", table, favourable=False)[0] == 30
    assert one("d", table, reference=[True, False, False])[0] == -20
    assert one("mdru", table)[0] == pytest.approx(50 / 3)
    missing = reasons(estimate=[NAN, *range(10)], population=[1] * 11, reference=[True] + [False] * 10)
    assert (missing["d"], missing["mdrw"], missing["mdbw"]) == ("reference_missing", "reference_missing", "")
    with pytest.raises(ValueError, match="at most one"):
        equity([1, 2], [1, 1], reference=[True, True])


def test_without_a_reference_the_mean_is_the_reference() -> None:
    found = equity([30, 50, 80], [1, 1, 2])
    assert (found["mdrw"].estimate, found["mdru"].estimate) == (found["mdmw"].estimate, found["mdmu"].estimate)


def test_a_low_level_is_the_best_where_low_is_good() -> None:
    table = {"estimate": [30.0, 50.0, 80.0], "population": [1, 1, 2]}
    assert one("mdbw", table, favourable=False)[0] == pytest.approx(30)
    assert (one("par", table, favourable=False)[0], one("paf", table, favourable=False)[0]) == (-30, -50)


def test_bounds_need_standard_errors() -> None:
    for name, measure in equity([30, 50, 80], [1, 1, 2]).items():
        assert np.isnan([measure.lower[0], measure.upper[0]]).all(), name
    some = equity([30, 50, 80], [100, 100, 200], se=[2, NAN, 3])
    bounded = {name for name, measure in some.items() if not np.isnan(measure.lower[0])}
    # Difference and ratio need those of their two groups alone.
    assert bounded == {"d", "r"}


def test_simulated_bounds_hold_the_levels_between_0_and_the_scale_and_end_in_a_point_without_error() -> None:
    steady = equity([30, 50, 80], [100, 100, 200], se=[0, 0, 0])
    for name in ("mdbw", "mdmu", "cov", "bgv", "ti"):
        estimate = steady[name].estimate[0]
        assert (steady[name].lower[0], steady[name].upper[0]) == pytest.approx((estimate, estimate)), name
    wild = equity([0, 100], [1, 1], se=[1e9, 1e9])["mdbu"]
    assert 0 <= wild.lower[0] <= wild.upper[0] <= 50


def test_a_negative_level_or_population_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        equity([-1, 2], [1, 1])
    with pytest.raises(ValueError, match="0 or more"):
        equity([1, 2], [1, -1])


# --- the second opinion: one unit, plain Python, from the wording of methods.md --------------------------------------


def slow(
    levels: list[float | None], sizes: list[int], favourable: bool, reference: int | None
) -> dict[str, float | None]:
    """Unordered measures; None where not computable."""
    rows = [(y, n, i) for i, (y, n) in enumerate(zip(levels, sizes, strict=True)) if n > 0]
    known = [(y, n, i) for y, n, i in rows if y is not None]
    if len(known) < 2 or len(rows) - len(known) > 0.15 * len(rows):
        return dict.fromkeys(MEASURES)
    y, total = [y for y, _, _ in known], sum(n for _, n, _ in known)
    s = [n / total for _, n, _ in known]
    mu = sum(a * b for a, b in zip(s, y, strict=True))
    best = max(y) if favourable else min(y)
    chosen = [v for v, _, i in known if i == reference]
    ref = chosen[0] if chosen else mu
    others = [v for v, _, i in known if i != reference]
    pair = (max(y), min(y))
    if chosen:
        pair = (ref, min(others)) if favourable else (max(others), ref)

    def mean(centre: float, weighted: bool) -> float:
        weights = s if weighted else [1 / len(y)] * len(y)
        return sum(w * abs(v - centre) for w, v in zip(weights, y, strict=True))

    variance = sum(a * (v - mu) ** 2 for a, v in zip(s, y, strict=True))
    z = [max(v, 0.000001) for v in y]
    m = sum(a * v for a, v in zip(s, z, strict=True))
    gain = max(0.0, best - mu) if favourable else min(0.0, best - mu)
    relative = {
        "idisw": 100 * mean(mu, True),
        "idisu": 100 * mean(mu, False),
        "cov": 100 * math.sqrt(variance),
        "paf": 100 * gain,
    }
    return {
        "d": pair[0] - pair[1], "r": pair[0] / pair[1] if pair[1] else None,
        "mdbw": mean(best, True), "mdbu": mean(best, False), "mdmw": mean(mu, True), "mdmu": mean(mu, False),
        "mdrw": mean(ref, True), "mdru": mean(ref, False), "bgv": variance, "bgsd": math.sqrt(variance),
        "ti": 1000 * sum(a * v / m * math.log(v / m) for a, v in zip(s, z, strict=True)),
        "mld": -1000 * sum(a * math.log(v / m) for a, v in zip(s, z, strict=True)), "par": gain,
        **{name: value / mu if mu else None for name, value in relative.items()},
        **dict.fromkeys(OF_ORDERED_GROUPS),
    }  # fmt: skip


def slow_ordered(levels: list[float], sizes: list[int]) -> dict[str, float | None]:
    """aci, rci, sii, rii of groups in their order, most disadvantaged first; Newton with halved steps."""
    total = sum(sizes)
    s = [n / total for n in sizes]
    ranks = [sum(s[:j]) + s[j] / 2 for j in range(len(s))]
    mu = sum(a * y for a, y in zip(s, levels, strict=True))
    aci = 2 * sum(a * y * (r - 0.5) for a, y, r in zip(s, levels, ranks, strict=True))
    rows = [(a * a, y / 100, r) for a, y, r in zip(s, levels, ranks, strict=True)]

    def likelihood(a: float, b: float) -> float:
        terms = ((w, p, a + b * r) for w, p, r in rows)
        return sum(w * (p * x - (max(x, 0) + math.log1p(math.exp(-abs(x))))) for w, p, x in terms)

    a = b = 0.0
    for _ in range(200):
        fits = [(w, p - 1 / (1 + math.exp(-(a + b * r))), 1 / (1 + math.exp(-(a + b * r))), r) for w, p, r in rows]
        u, v = sum(w * e for w, e, _, _ in fits), sum(w * e * r for w, e, _, r in fits)
        h = [sum(w * q * (1 - q) * r**k for w, _, q, r in fits) for k in range(3)]
        area = h[0] * h[2] - h[1] ** 2
        da, db, step = (h[2] * u - h[1] * v) / area, (h[0] * v - h[1] * u) / area, 1.0
        while likelihood(a + step * da, b + step * db) < likelihood(a, b) - 1e-15 and step > 1e-9:
            step /= 2
        a, b = a + step * da, b + step * db
    high, low = 1 / (1 + math.exp(-(a + b))), 1 / (1 + math.exp(-a))
    return {"aci": aci, "rci": aci / mu, "sii": 100 * (high - low), "rii": high / low}


level = st.one_of(st.none(), st.integers(0, 100).map(float), st.floats(0.01, 99.99).map(lambda x: round(x, 2)))
unit = st.lists(st.tuples(level, st.integers(0, 500)), min_size=1, max_size=9)


def arrays(rows: list[tuple[float | None, int]]) -> tuple[list[float], list[int]]:
    return [NAN if y is None else y for y, _ in rows], [n for _, n in rows]


@pytest.mark.filterwarnings("error")
@settings(max_examples=200)
@given(unit, st.booleans(), st.one_of(st.none(), st.integers(0, 8)))
def test_unordered_measures_agree_with_the_slow_ones(rows, favourable, reference) -> None:
    levels, sizes = arrays(rows)
    chosen = [i == reference for i in range(len(rows))]
    # A reference without a level has its own test.
    assume(reference is None or (reference < len(rows) and rows[reference][0] is not None and rows[reference][1] > 0))
    found = equity(levels, sizes, favourable=favourable, reference=chosen)
    expected = slow([y for y, _ in rows], sizes, favourable, reference)
    for name, measure in found.items():
        value = measure.estimate[0]
        assert measure.reason[0] in REASONS and (measure.reason[0] == "") == (not math.isnan(value))
        assert math.isnan(value) if expected[name] is None else value == pytest.approx(expected[name], abs=1e-9), name


@pytest.mark.filterwarnings("error")
@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 99).map(float), st.integers(1, 500)), min_size=2, max_size=8))
def test_ordered_measures_agree_with_the_slow_ones(rows) -> None:
    levels, sizes = arrays(rows)
    found = equity(levels, sizes, order=list(range(len(rows))), is_ordered=True)
    for name, expected in slow_ordered(levels, sizes).items():
        assert found[name].estimate[0] == pytest.approx(expected, rel=1e-6, abs=1e-7), name


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.just(NAN), st.floats(0, 100)), st.one_of(st.just(NAN), st.integers(0, 10**6).map(float)),
            st.one_of(st.just(NAN), st.floats(0, 50)), st.one_of(st.just(NAN), st.integers(1, 5).map(float)),
        ),
        max_size=8,
    ),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_whatever_comes_in_no_infinity_comes_out_and_every_gap_has_a_reason(rows, favourable, ordered) -> None:
    levels, sizes, errors, order = ([row[i] for row in rows] for i in range(4))
    found = equity(levels, sizes, se=errors, order=order, favourable=favourable, is_ordered=ordered)
    for name, measure in found.items():
        assert not np.isinf([measure.estimate, measure.lower, measure.upper]).any()
        assert np.isnan(measure.estimate[0]) == (measure.reason[0] != ""), name
        assert np.isnan(measure.lower[0]) == np.isnan(measure.upper[0])


sizes_and_levels = st.lists(
    st.tuples(st.floats(1, 99), st.integers(1, 500), st.floats(0.1, 5)),
    min_size=3,
    max_size=7,
    unique_by=lambda x: x[0],
)


@settings(max_examples=40)
@given(sizes_and_levels, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows, ordered, random) -> None:
    places = list(range(len(rows)))
    random.shuffle(places)

    def found(order: list[int]):
        y, n, se = ([rows[i][k] for i in order] for k in range(3))
        return equity(y, n, se=se, order=[float(i) for i in order], is_ordered=ordered)

    here, there = found(list(range(len(rows)))), found(places)
    for name in MEASURES:
        for part in ("estimate", "lower", "upper"):
            assert getattr(here[name], part) == pytest.approx(getattr(there[name], part), rel=1e-9, nan_ok=True), name


@settings(max_examples=40)
@given(sizes_and_levels, st.booleans(), st.sampled_from([0.01, 2.0, 10.0]))
def test_measures_follow_the_unit_of_the_levels(rows, ordered, factor) -> None:
    y, n, se = (np.array([row[k] for row in rows]) for k in range(3))
    order = list(range(len(rows)))
    here = equity(y, n, se=se, order=order, is_ordered=ordered)
    there = equity(factor * y, n, se=factor * se, order=order, is_ordered=ordered, scale=100 * factor)
    for name in MEASURES:
        times = 1 if name in RELATIVE else factor**2 if name == "bgv" else factor
        for part in ("estimate", "lower", "upper"):
            expected = times * getattr(here[name], part)
            assert getattr(there[name], part) == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True), (name, part)


@settings(max_examples=40)
@given(sizes_and_levels, st.booleans(), st.integers(2, 1000))
def test_only_shares_of_the_population_count(rows, ordered, factor) -> None:
    y, n = (np.array([row[k] for row in rows]) for k in range(2))
    order = list(range(len(rows)))
    here, there = (equity(y, n * k, order=order, is_ordered=ordered) for k in (1, factor))
    for name in MEASURES:
        expected = here[name].estimate
        assert there[name].estimate == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), name


@settings(max_examples=40)
@given(sizes_and_levels)
def test_turning_the_order_round_flips_the_signs(rows) -> None:
    y, n = ([row[k] for row in rows] for k in range(2))
    order = list(range(len(rows)))
    here, there = (equity(y, n, order=places, is_ordered=True) for places in (order, order[::-1]))
    for name in ("d", "aci", "rci", "sii"):
        assert there[name].estimate == pytest.approx(-here[name].estimate, rel=1e-7, abs=1e-7), name
    for name in ("r", "rii"):
        assert there[name].estimate == pytest.approx(1 / here[name].estimate, rel=1e-7), name


@settings(max_examples=40)
@given(sizes_and_levels)
def test_the_shortfall_of_an_indicator_mirrors_its_attainment(rows) -> None:
    y, n = (np.array([row[k] for row in rows]) for k in range(2))
    here, there = equity(y, n), equity(100 - y, n, favourable=False)
    for name in ("d", "mdbw", "mdbu", "mdmw", "mdmu", "bgv", "bgsd"):
        assert there[name].estimate == pytest.approx(here[name].estimate, abs=1e-9), name
    assert there["par"].estimate == pytest.approx(-here["par"].estimate, abs=1e-9)


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(st.lists(st.tuples(level, st.integers(0, 50)), min_size=4, max_size=4), min_size=1, max_size=6),
       st.lists(st.booleans(), min_size=6, max_size=6))  # fmt: skip
def test_many_units_at_once_are_the_units_one_by_one(units, ordered) -> None:
    tables = [arrays(rows) for rows in units]
    levels, sizes = (np.array([table[k] for table in tables], float).T for k in range(2))
    order, is_ordered = [1, 2, 3, 4], ordered[: len(units)]
    together = equity(levels, sizes, se=np.full(levels.shape, 2.0), order=order, is_ordered=is_ordered)
    for i, (y, n) in enumerate(tables):
        alone = equity(y, n, se=[2.0] * 4, order=order, is_ordered=is_ordered[i])
        for name in OF_UNORDERED_GROUPS + OF_ORDERED_GROUPS + ("d", "r", "par", "paf"):
            for part in ("estimate", "lower", "upper"):
                ours, theirs = getattr(together[name], part)[i], getattr(alone[name], part)[0]
                assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9, nan_ok=True), (name, part)
            assert together[name].reason[i] == alone[name].reason[0]


@settings(max_examples=10)
@given(sizes_and_levels)
def test_errors_of_theil_and_log_deviation_are_those_of_the_delta_method(rows) -> None:
    y, n, se = (np.array([row[k] for row in rows]) for k in range(3))
    found = equity(y, n, se=se)
    for name in ("ti", "mld"):
        squares = 0.0
        for j in range(len(y)):
            step = np.zeros(len(y))
            step[j] = 1e-5
            rise = equity(y + step, n)[name].estimate[0] - equity(y - step, n)[name].estimate[0]
            squares += (rise / 2e-5 * se[j]) ** 2
        width = (found[name].upper[0] - found[name].lower[0]) / 2
        assert width == pytest.approx(1.959964 * math.sqrt(squares), rel=1e-3, abs=1e-4), name
