"""Composite scores: the literature's examples, the edges, and the table an analyst gets."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from methods import composite, ranks
from methods.composite_table import composite_table, ranks_table

NAN = float("nan")

# COINr, the functions' own tests (bluefoxr/COINr, tests/testthat/test-normalise.R): the numbers are theirs.


@pytest.mark.parametrize(("x", "posts", "score"), [(1, (0, 10), 0.1), (11, (0, 10), 1), (-1, (0, 10), 0)])
def test_goalposts_as_coinr_has_them(x: float, posts: tuple[float, float], score: float) -> None:
    assert composite.goalposts(x, *posts) == pytest.approx(score)
    # direction = -1 there is the posts the other way round here
    assert composite.goalposts(x, *posts[::-1]) == pytest.approx(1 - score)


def test_min_max_z_and_ranks_as_coinr_has_them() -> None:
    x = np.arange(1.0, 11.0)[:, None]
    on_two_to_seven = 2 + 5 * composite.minmax(x)
    assert (on_two_to_seven.min(), on_two_to_seven.max()) == (2, 7)
    z = 5 + 2 * composite.zscore(x)
    assert (z.mean(), z.std(ddof=1)) == (pytest.approx(5), pytest.approx(2))
    assert composite.rank_score([[0.3], [0.1], [0.3], [0.9]])[:, 0].tolist() == [2, 1, 2, 4]


def test_distance_to_a_reference_as_coinr_has_it() -> None:
    # dist2targ there: 0, 5, 11 with the target 10 are 0, 0.5, 1.1; the target is a row of the table here.
    assert composite.from_reference([[0], [5], [11], [10]], 3)[:, 0].tolist() == pytest.approx([0, 0.5, 1.1, 1])


def test_aggregation_as_coinr_has_it() -> None:
    rows, weights = np.random.default_rng(1).uniform(size=(20, 5)), np.arange(1, 6)
    by_hand = [sum(w * s for w, s in zip(weights, row, strict=True)) / 15 for row in rows]
    assert composite.arithmetic(rows, weights).tolist() == pytest.approx(by_hand)
    rows[0, 1:] = NAN
    assert composite.arithmetic(rows, weights)[0] == pytest.approx(rows[0, 0])


def test_the_handbook_on_what_one_indicator_makes_good() -> None:
    """OECD-JRC Handbook 2008, step 6: 21, 1, 1, 1 and 6, 6, 6, 6 are the same on the arithmetic mean only."""
    countries, even = np.array([[21, 1, 1, 1], [6, 6, 6, 6.0]]), [0.25] * 4
    assert composite.arithmetic(countries, even).tolist() == [6, 6]
    assert composite.geometric(countries, even).round(2).tolist() == [2.14, 6.0]
    countries[:, 1] += 1
    assert composite.geometric(countries, even).round(2).tolist() == [2.55, 6.24]


# OECD-JRC Handbook 2008 (ISBN 978-92-64-04345-9), table 15: mean years of school of 23 countries, then rank (high is
# top), z-score, min-max and ratio to the best, as printed.
TABLE_15 = [
    (10.0, 15, 0.26, 0.59, 0.83), (12.0, 23, 1.52, 1.00, 1.00), (11.4, 19, 1.14, 0.88, 0.95),
    (9.5, 12, -0.06, 0.49, 0.79), (10.8, 17, 0.76, 0.76, 0.90), (9.4, 9, -0.12, 0.47, 0.78),
    (9.4, 9, -0.12, 0.47, 0.78), (11.6, 20, 1.27, 0.92, 0.97), (10.9, 18, 0.83, 0.78, 0.91),
    (7.1, 1, -1.58, 0.00, 0.59), (10.2, 16, 0.38, 0.63, 0.85), (11.9, 22, 1.46, 0.98, 0.99),
    (9.4, 9, -0.12, 0.47, 0.78), (9.3, 8, -0.19, 0.45, 0.78), (11.7, 21, 1.33, 0.94, 0.98),
    (8.4, 6, -0.76, 0.27, 0.70), (7.9, 5, -1.08, 0.16, 0.66), (9.6, 14, 0.00, 0.51, 0.80),
    (7.3, 4, -1.46, 0.04, 0.61), (7.2, 3, -1.52, 0.02, 0.60), (9.5, 12, -0.06, 0.49, 0.79),
    (9.1, 7, -0.31, 0.41, 0.76), (7.1, 1, -1.58, 0.00, 0.59),
]  # fmt: skip


def test_the_handbooks_table_of_normalisations() -> None:
    printed = np.array(TABLE_15)
    years, best = printed[:, :1], int(printed[:, 0].argmax())
    assert composite.rank_score(years)[:, 0].tolist() == printed[:, 1].tolist()
    made = [composite.zscore(years), composite.minmax(years), composite.over_reference(years, best)]
    for column, ours in enumerate(made, 2):
        assert ours[:, 0] == pytest.approx(printed[:, column], abs=0.00501), column
    # Distance to the worst and the country's place follow: Finland 10/7.1 = 1.41, ninth of the 23.
    worst = int(printed[:, 0].argmin())
    assert composite.over_reference(years, worst)[:3, 0] == pytest.approx([1.41, 1.69, 1.61], abs=0.00501)
    assert composite.places(years[:, 0])[:3].tolist() == [9, 1, 5]


def test_the_handbooks_outranking_matrix_decides_no_pair_without_weights() -> None:
    """Tables 35 and 36: five countries, eight indicators; nobody is at least level in all of another's."""
    values = np.array([
        [187, 125.6, 200.2, 50.7, 3.080, 4.150, 10, 27.4], [289, 130, 179.1, 66.2, 2.997, 4.073, 12, 13.9],
        [271, 156.6, 125.8, 59.7, 3.096, 4.145, 11.4, 15.3], [994, 64.6, 49, 80.8, 3.003, 3.865, 9.5, 10],
        [779, 9.8, 4.8, 66.7, 2.972, 3.653, 10.8, 23.2],
    ])  # fmt: skip
    printed = np.array([
        [0, 0.5, 0.375, 0.75, 0.625], [0.5, 0, 0.5, 0.625, 0.625], [0.625, 0.5, 0, 0.75, 0.625],
        [0.25, 0.375, 0.25, 0, 0.75], [0.375, 0.375, 0.375, 0.25, 0],
    ])  # fmt: skip
    ahead = composite.rank_score(values)
    counted = [[float((one > other).mean()) for other in ahead] for one in ahead]
    assert counted == printed.tolist()
    assert not ranks.dominance(composite.minmax(values)).any()
    # Of the six indicators in which Finland is not behind Japan (matrix: 0.75) Finland is above whatever the weights.
    six = (values[0] > values[3]).nonzero()[0]
    assert len(six) == 6 and ranks.dominance(composite.minmax(values)[:, six])[0, 3]


def test_the_handbook_on_how_far_places_move() -> None:
    """OECD-JRC Handbook 2008, step 7: the mean of the absolute differences of the places."""
    assert composite.mean_shift([1, 2, 3, 4], [2, 1, 3, 0]) == pytest.approx(2 / 3)
    assert np.isnan(composite.mean_shift([1], [0]))


def test_what_cannot_be_computed_is_nan_and_never_infinite() -> None:
    flat = [[3.0, NAN], [3.0, NAN]]
    for scale in (composite.minmax, composite.zscore, lambda x: composite.from_reference(x, 0)):
        assert np.isnan(scale(flat)).all()
    assert np.isnan(composite.goalposts([1, 2], 5, 5)).all()
    assert np.isnan(composite.over_reference([[0.0], [1.0]], 0)).all()
    assert np.isnan(composite.arithmetic([[NAN, NAN]], [1, 1])).all()
    assert np.isnan(composite.geometric([[-1, 2]], [1, 1])).all()
    assert composite.geometric([[0, 2]], [1, 1]).tolist() == composite.harmonic([[0, 2]], [1, 1]).tolist() == [0]
    assert composite.harmonic([[1, 2]], [1, 1]).tolist() == [pytest.approx(4 / 3)]
    assert composite.arithmetic([[1, 9]], [1, 0]).tolist() == [1]


def test_equal_scores_share_a_place_and_none_has_none() -> None:
    assert composite.places([0.5, 0.1 + 0.2, NAN, 0.3, 0.1]).tolist() == [1, 2, 0, 2, 4]
    assert composite.places([]).tolist() == []


@given(st.lists(st.one_of(st.integers(-3, 3), st.just(NAN)), max_size=12))
def test_a_place_is_one_more_than_those_above(scores: list[float]) -> None:
    slow = [0 if np.isnan(one) else 1 + sum(other > one for other in scores) for one in scores]
    assert composite.places(scores).tolist() == slow


# ---- an own table ----------------------------------------------------------------------------------------------------

TABLE: dict[str, list[Any]] = {"unit": ["A", "B", "C"], "x": [10, 20, 30], "late": [0, 2, ""], "same": [7, 7, 7]}


def test_what_is_missing_costs_the_place_unless_left_out_on_purpose() -> None:
    strict = composite_table(TABLE, lower=["late"])
    assert strict["left_out"] == ["same"]
    assert [(row["score"], row["place"], row["reason"]) for row in strict["rows"]] == [
        (0.5, 1, ""), (0.25, 2, ""), (None, None, "no_value")
    ]  # fmt: skip
    skipped = composite_table(TABLE, lower=["late"], skip_missing=True)
    assert [row["place"] for row in skipped["rows"]] == [2, 3, 1]


def test_a_reference_unit_and_less_is_better() -> None:
    told = composite_table(TABLE, normalise="over_reference", reference="B", lower=["late"], weights=["late=1", "x=1"])
    assert told["rows"][0]["normalised"] == {"x": 0.5, "late": None, "same": 1.0}
    assert {v["normalise"] for v in told["variants"]} >= {"from_reference", "minmax", "none"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"normalise": "goalposts"}, "normalise: goalposts is none of"),
        ({"aggregate": "median"}, "aggregate: median"),
        ({"weights": ["y=1"]}, "weights: y=1 is not written"),
        ({"weights": ["x=-1", "late=2"]}, "none below 0"),
        ({"goalposts": ["x=0"]}, "goalposts: x=0 is not written"),
        ({"reference": "Z"}, "reference: Z is no unit"),
        ({"lower": ["y"]}, "lower: y is no column"),
    ],
)
def test_a_table_that_cannot_be_scored_says_why(options: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        composite_table(TABLE, **options)
    with pytest.raises(ValueError, match="row 2: unit: A stands there twice"):
        composite_table({"unit": ["A", "A"], "x": [1, 2]})


def test_a_unit_without_a_value_has_no_place_to_be_firm() -> None:
    told = ranks_table(TABLE, draws=50)
    assert [row["reason"] for row in told["rows"]] == ["", "", "no_value"]
    assert told["rows"][2]["low"] is None
