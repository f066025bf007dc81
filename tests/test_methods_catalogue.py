"""The list of methods, and the progress table an analyst gets from rows of their own."""

import json
from datetime import date
from typing import Any

import pytest

from definitions.text import LANGUAGES
from exports import measures as spoken
from methods.catalogue import CATALOGUE, TABLES, progress_table
from methods.months import last_full_month, month_end, month_from_text, month_of, month_text

ROWS: dict[str, list[Any]] = {
    "unit": ["A"] * 4 + ["B"] * 2,
    "month": ["2026-01", "2026-02", "2026-03", "2026-04", "2026-03", "2026-04"],
    "numerator": ["100", "120", "", "160", 7, 30],
    "denominator": ["1000", "1000", "1000", "1000", 0, 60],
}


def test_every_method_is_described_and_documented():
    for name, method in CATALOGUE.items():
        assert method.function.__doc__, name
        assert method.source and all(spoken.name(name, lang) for lang in LANGUAGES), name
    assert TABLES["progress"] is progress_table


def test_both_rules_stand_side_by_side_for_every_unit():
    table = progress_table(ROWS, goal=0.5, deadline=date(2026, 12, 31))
    assert (table["unit"], table["verdict"]) == (["A", "B"], ["limited", "not_assessable"])
    assert (table["reason"], table["left"]) == (["", "too_few_rounds"], [340, 0])
    assert table["rows_left_out"] == [1, 1]
    assert table["growth_verdict"] == ["substantial", "not_available"]
    assert len({len(column) for column in table.values()}) == 1
    assert "NaN" not in json.dumps(table)


def test_goal_deadline_and_baseline_may_differ_between_units():
    rows = ROWS | {
        "goal": ["0.2"] * 4 + ["0.6"] * 2,
        "deadline": ["2026-06-30"] * 4 + ["2026-12"] * 2,
        "baseline": ["0.05", "", "", ""] + [""] * 2,
    }
    table = progress_table(rows, goal=0.5)
    assert (table["goal"], table["baseline"], table["left"]) == ([0.2, 0.6], [0.05, 0.5], [40, 6])
    assert table["baseline_provisional"] == [False, True]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"month": ["2026-1"] * 6}, "row 1: month: a month is written YYYY-MM"),
        ({"month": ["2026-01"] * 6}, "row 2: unit A has month 2026-01 twice"),
        ({"numerator": ["1.000,5"] * 6}, "row 1: numerator: '1.000,5' is not a number"),
        ({"goal": ["50"] * 6, "deadline": ["2026-12-31"] * 6}, "share between 0 and 1"),
        ({"goal": ["0.5", "0.6", "", "", "", ""]}, "unit A: goal differs"),
        ({"deadline": ["2026-12-31"] * 4 + [""] * 2}, "unit B has no deadline"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(change, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        progress_table(ROWS | change)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="missing column: denominator"):
        progress_table({"unit": ["A"], "month": ["2026-01"], "numerator": [1]}, deadline=date(2026, 12, 31))


def test_months_as_numbers():
    index = month_from_text("2026-12")
    assert (month_text(index), month_end(index)) == ("2026-12", date(2026, 12, 31))
    assert month_of(date(2026, 12, 1)) == index
    assert last_full_month(date(2026, 12, 31)) == index
    assert last_full_month(date(2026, 12, 30)) == index - 1
