"""Trend, season, anomalies, over-performing posts, on time, time until done: worked examples, slow second opinions."""

import math
from datetime import date
from itertools import combinations
from statistics import mean, median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methods import survival
from methods.anomalies import anomalies
from methods.kendall import exact_p, trend, trend_table
from methods.ontime import on_time, ontime_table, state
from methods.overperforming import overperforming, overperforming_table
from methods.seasonal import stl

NAN = float("nan")

# Flow of the Nile at Aswan 1871-1970, 10^8 m3 (Cobb 1978, Biometrika 65, 243-251): the example of R's trend::mk.test.
NILE = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958,
    1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050,
    969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744,
    749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
]  # fmt: skip


# --- Trend -----------------------------------------------------------------------------------------------------------


def test_the_nile_falls_as_scipy_says() -> None:
    found = trend(NILE)
    # scipy.stats 1.17: kendalltau -0.28074 (p without continuity 3.61e-5), theilslopes -2.6 (-3.6279 to -1.4286).
    assert (found.s[0], found.variance[0]) == (-1387, pytest.approx(112728.3333))
    assert (found.z[0], found.p[0]) == (pytest.approx(-4.12807, abs=1e-5), pytest.approx(3.66e-5, abs=1e-7))
    assert found.slope[0] == pytest.approx(-2.6)
    # scipy takes the nearest rank, Gilbert the place between two.
    assert (found.lower[0], found.upper[0]) == pytest.approx((-3.6279, -1.4286), abs=0.01)
    assert (found.direction[0], found.reason[0]) == ("falling", "")


@pytest.mark.parametrize(
    ("n", "s", "one_sided"), [(4, 4, 0.167), (4, 6, 0.042), (5, 8, 0.042), (8, 16, 0.031), (10, 21, 0.036)]
)
def test_few_figures_are_judged_by_kendalls_table(n: int, s: int, one_sided: float) -> None:
    # Kendall 1975, appendix table 1; Gilbert 1987, table A18.
    assert exact_p(n, s) / 2 == pytest.approx(one_sided, abs=5e-4)


def test_four_figures_in_a_row_are_no_trend_yet_and_five_are() -> None:
    rows = trend(np.array([[1, 2, 3, 4, NAN], [1, 2, 3, 4, 5], [5, 5, 5, 5, 5], [1, NAN, NAN, 2, 3]]))
    assert rows.direction.tolist() == ["none", "rising", "none", ""]
    assert (rows.reason.tolist(), rows.n.tolist()) == (["", "", "", "too_few_values"], [4, 5, 5, 3])
    assert (rows.slope[2], rows.p[2]) == (0, 1)


values = st.lists(st.one_of(st.just(NAN), st.integers(-5, 5).map(float)), max_size=14)


@pytest.mark.filterwarnings("error")
@settings(max_examples=100)
@given(values)
def test_the_trend_agrees_with_the_slow_rule(row: list[float]) -> None:
    known = [(i, x) for i, x in enumerate(row) if not math.isnan(x)]
    pairs = list(combinations(known, 2))
    found = trend([row])
    if len(known) < 4:
        assert found.reason[0] == "too_few_values"
        return
    assert found.s[0] == sum((b > a) - (b < a) for (_, a), (_, b) in pairs)
    assert found.slope[0] == pytest.approx(median((b - a) / (j - i) for (i, a), (j, b) in pairs))
    assert found.lower[0] <= found.slope[0] <= found.upper[0] and 0 <= found.p[0] <= 1


def test_a_slope_is_per_day_of_the_calendar_and_the_week_can_be_taken_off() -> None:
    day = [date(2026, 9, 1 + i).isoformat() for i in range(28)]
    value = [2 * i + 30 * (i % 7 == 5) for i in range(28)]
    del day[9], value[9]
    table = trend_table({"day": day, "value": [str(x) for x in value]}, weekly=True)
    assert (table["slope"], table["per"], table["n"]) == ([pytest.approx(2, abs=0.01)], ["day"], [27])
    assert trend_table({"day": day[:5], "value": value[:5]}, weekly=True)["reason"] == ["no_week"]
    with pytest.raises(ValueError, match="row 2: unit 1 has day 2026-09-01 twice"):
        trend_table({"day": ["2026-09-01"] * 2, "value": [1, 2]})
    with pytest.raises(ValueError, match="row 1: day: a day is written YYYY-MM-DD, not '1/9/2026'"):
        trend_table({"day": ["1/9/2026"], "value": [1]})


# --- Season ----------------------------------------------------------------------------------------------------------

FOUR_WEEKS = [
    12,
    15,
    14,
    18,
    22,
    31,
    27,
    13,
    16,
    16,
    19,
    80,
    33,
    28,
    15,
    17,
    17,
    20,
    25,
    34,
    30,
    16,
    18,
    19,
    22,
    26,
    36,
    31,
]


def test_the_season_is_that_of_the_published_program() -> None:
    # statsmodels 0.15, STL(period=7, robust=True).fit(inner_iter=2, outer_iter=5): Cleveland's Fortran, translated.
    trend_there = [
        19.269, 19.457, 19.646, 19.836, 20.026, 20.219, 20.413, 20.611, 20.815, 21.019, 21.222, 21.414, 21.598, 21.781,
        21.959, 22.139, 22.327, 22.518, 22.714, 22.921, 23.133, 23.351, 23.566, 23.779, 23.992, 24.204, 24.415, 24.626,
    ]  # fmt: skip
    remainder = [
        0.076, -0.004, -0.092, 0.092, -0.033, -0.094, 0.074, -0.307, -0.01, 0.301, -0.119, 56.534, 0.312, -0.286,
        0.336, 0.032, -0.254, -0.357, 0.264, -0.237, 0.4, -0.087, -0.021, 0.074, 0.138, -0.127, 0.069, -0.084,
    ]  # fmt: skip
    parts = stl(FOUR_WEEKS)
    assert parts.trend[0] == pytest.approx(trend_there, abs=6e-4)
    assert parts.remainder[0] == pytest.approx(remainder, abs=6e-4)


def test_a_missing_day_has_no_remainder_and_spoils_no_other() -> None:
    gap: list[float] = [float(x) for x in FOUR_WEEKS]
    gap[4] = NAN
    parts = stl(np.array([gap, FOUR_WEEKS]))
    assert np.isnan(parts.remainder[0]).tolist() == [day == 4 for day in range(28)]
    assert np.abs(parts.remainder[0][[0, 1, 2, 12, 13, 14]]).max() < 0.5
    assert np.isnan(stl([gap[:10]]).trend).all()


# --- Anomalies -------------------------------------------------------------------------------------------------------


def test_the_two_odd_values_of_iglewicz_and_hoaglin() -> None:
    # Their example (1993, page 11): median 2.45, MAD 0.15; the two large values stand out.
    found = anomalies([2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3], weekly=False)
    assert found.flag[0].tolist() == [""] * 8 + ["outlier"] * 2
    assert found.z[0][-1] == pytest.approx(0.6745 * 5.85 / 0.15) and found.expected[0][0] == pytest.approx(2.45)


def test_a_viral_day_is_found_on_its_weekday_and_a_busy_weekday_is_none() -> None:
    found = anomalies(FOUR_WEEKS)
    assert np.flatnonzero(found.flag[0] == "outlier").tolist() == [11]
    assert found.expected[0][11] == pytest.approx(23.466, abs=0.001)


def test_days_exactly_as_expected_make_any_other_day_a_question() -> None:
    flat = [500_000.0] * 60
    assert set(anomalies(flat).flag[0]) == {""}
    flat[40] += 3
    assert np.flatnonzero(anomalies(flat).flag[0] == "jump_after_copies").tolist() == [40]
    assert anomalies(np.array([[1.0, NAN, NAN], [1, 2, 3]])).reason.tolist() == ["too_few_values", "no_week"]


# --- Posts -----------------------------------------------------------------------------------------------------------


def posts(*actual: float, account: str = "a") -> dict:
    days = np.datetime64("2026-01-01", "m") + np.arange(len(actual)) * np.timedelta64(1, "D")
    return {
        "interactions": list(actual),
        "published": days,
        "account": [account] * len(actual),
        "kind": ["photo"] * len(actual),
    }


def test_the_rules_stand_in_crowdtangles_order() -> None:
    usual = [20.0] * 40
    found = overperforming(**posts(*usual, 60, 20, 10, 0))
    assert found.score[-4:].tolist() == [3, 1, -2, -40]
    # Expected below 10: the tenth of what it got, also for none at all.
    small = overperforming(**posts(*[4.0] * 40, 30, 2, 0))
    assert small.score[-3:].tolist() == [3, 0.2, 0]
    assert found.reason[:11].tolist() == ["too_few_posts"] * 10 + [""]


def test_the_benchmark_is_the_middle_half_of_the_hundred_before() -> None:
    row = [1e6] * 5 + [float(x * x) for x in range(100)] + [9000.0]
    found = overperforming(**posts(*row))
    usual = mean(x * x for x in range(25, 75))
    assert (found.expected[-1], found.n[-1]) == (pytest.approx(usual), 100)
    assert found.score[-1] == pytest.approx(9000 / usual)
    # Of 11 posts two are taken off either end.
    few = overperforming(**posts(*(float(x * x) for x in range(11)), 50))
    assert few.expected[-1] == pytest.approx(mean(x * x for x in range(2, 9)))


def test_a_page_with_few_posts_is_compared_with_its_cluster() -> None:
    own, others = posts(*[10.0] * 12, 40.0), posts(*[40.0] * 60, account="b")
    together = {key: np.concatenate([others[key], own[key]]) for key in own}
    together["published"] = np.concatenate([others["published"], own["published"] + np.timedelta64(90, "D")])
    found = overperforming(**together, cluster=["k"] * 73)
    assert (found.is_pooled[-1], found.n[-1], found.score[-1]) == (True, 72, 1)
    assert (overperforming(**own).n[-1], overperforming(**own).score[-1]) == (12, 4)


posted = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.one_of(st.just(NAN), st.integers(0, 50).map(float))),
    max_size=60,
)


@pytest.mark.filterwarnings("error")
@settings(max_examples=60)
@given(posted)
def test_scores_agree_with_the_slow_rule(rows: list[tuple[str, str, float]]) -> None:
    when = np.datetime64("2026-01-01", "m") + np.arange(len(rows))
    found = overperforming([x for *_, x in rows], when, [a for a, *_ in rows], [k for _, k, _ in rows])
    for i, (account, kind, actual) in enumerate(rows):
        before = sorted(x for a, k, x in rows[:i] if (a, k) == (account, kind) and not math.isnan(x))
        quarter = len(before) // 4
        if math.isnan(actual) or len(before) < 10:
            assert math.isnan(found.score[i])
            continue
        expected = mean(before[quarter : len(before) - quarter])
        score = (
            actual / 10 if expected < 10
            else -2 * expected if actual == 0
            else actual / expected if actual >= expected
            else -expected / actual
        )  # fmt: skip
        assert (found.n[i], found.score[i]) == (len(before), pytest.approx(score))


def test_lifetime_counts_wait_for_28_days_and_counts_of_one_age_do_not() -> None:
    table: dict[str, list] = {
        "published": [f"2026-07-{day:02} 08:30" for day in range(1, 21)],
        "interactions": [20] * 20,
    }
    assert overperforming_table(table, as_of=date(2026, 8, 12))["reason"][14:16] == ["", "too_young"]
    aged = overperforming_table(table | {"age_days": [3] * 15 + [7] * 5})
    assert (aged["n"][14], aged["n"][19]) == (14, 4)


# --- On time ---------------------------------------------------------------------------------------------------------


def test_open_and_overdue_cases_count_as_not_on_time() -> None:
    due, day = np.datetime64("2026-09-10"), date(2026, 9, 30)
    settled = ["2026-09-10"] * 40 + ["2026-09-11"] * 2 + ["NaT"] * 30
    found = on_time(state([due] * 72, np.array(settled, "datetime64[D]"), day), [0] * 72, 1)
    assert (found.on_time[0], found.late[0], found.overdue[0]) == (40, 2, 30)
    assert round(100 * found.rate[0]) == 56


def test_a_case_within_its_time_or_without_one_is_in_no_rate() -> None:
    rows = {
        "due": ["2026-09-30", "", "2026-10-01", "2026-09-29"],
        "closed": ["", "2026-09-02", "2026-09-30", "2026-10-05"],
    }
    table = ontime_table(rows, as_of=date(2026, 9, 30))
    assert (table["not_due"], table["without_due"], table["on_time"], table["overdue"]) == ([1], [1], [1], [1])
    assert ontime_table({"due": ["2026-10-30"], "closed": [""]}, as_of=date(2026, 9, 30))["reason"] == ["nothing_due"]


# --- Time until done -------------------------------------------------------------------------------------------------

# Freireich and others 1963, Blood 21, 699-716: weeks of remission of 21 children with 6-MP and 21 with placebo.
MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_remissions_of_freireich() -> None:
    curve = survival.kaplan_meier(MERCAPTOPURINE, RELAPSED)
    assert curve.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    # Kleinbaum and Klein 2012, Survival Analysis, table 2.1.
    assert curve.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    treated, placebo = survival.median(MERCAPTOPURINE, RELAPSED), survival.median(PLACEBO, [1] * 21)
    # SAS PROC LIFETEST: 23 (13 to .), 8 (4 to 11), both on the log-log scale.
    assert (treated.median, treated.lower, math.isnan(treated.upper)) == (23, 13, True)
    assert (placebo.median, placebo.lower, placebo.upper) == (8, 4, 11)


def test_open_cases_count_as_long_as_they_are_known() -> None:
    assert survival.median([2, 3, 4], [1, 1, 1]).median == 3
    assert survival.median([2, 3, 40, 40, 40], [1, 1, 0, 0, 0]).reason == "half_still_open"
    assert survival.median([], []).reason == "no_case"
    # At exactly a half from day 3 until day 9: the middle.
    assert survival.median([1, 3, 9, 11], [1, 1, 1, 1]).median == 6


def test_days_of_a_table_of_cases() -> None:
    rows = {"unit": ["x", "x", "y"], "received": ["2026-09-01"] * 3, "answered": ["2026-09-06", "2026-09-09", ""]}
    table = survival.survival_table(rows, as_of=date(2026, 9, 8))
    assert (table["unit"], table["n"], table["done"]) == (["x", "y"], [2, 1], [1, 0])
    assert (table["median"], table["reason"]) == ([5, None], ["", "half_still_open"])
    with pytest.raises(ValueError, match="row 3: answered before it was received"):
        survival.survival_table(rows | {"answered": ["", "", "2026-08-31"]})
