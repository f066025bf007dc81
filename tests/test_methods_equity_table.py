"""The upload template of WHO HEAT Plus, and what each measure says."""

import json
from typing import Any

import pytest

from definitions.text import LANGUAGES, sentences, text
from exports import measures as spoken
from exports.glossary import methods as told_methods
from methods import bounds, composite_table, equity, interval
from methods.catalogue import CATALOGUE
from methods.equity import MEASURES, OF_ORDERED_GROUPS
from methods.equity_table import equity_table

TEMPLATE: dict[str, list[Any]] = {
    "setting": ["Lào Cai"] * 5,
    "date": ["2026-09", "2026-10", "2026-09", "2026-10", "2026-10"],
    "subgroup": ["a", "a", "b", "b", "c"],
    "estimate": ["40", "45", "60", "65", "55"],
    "se": ["", "1", "", "2", "1.5"],
    "population": ["300", "300", "100", "100", "200"],
    "subgroup_order": ["", "", "", "", ""],
    "reference_subgroup": ["0", "0", "0", "1", "0"],
    "favourable_indicator": ["1"] * 5,
    "indicator_scale": ["100"] * 5,
    "ordered_dimension": ["0"] * 5,
    "ci_lb": ["1", "2", "3", "4", "5"],
    "setting_average": ["50"] * 5,
}


def test_one_answer_per_combination_of_the_other_columns() -> None:
    september, october = equity_table(TEMPLATE)
    assert september.where == {"setting": "Lào Cai", "date": "2026-09"}
    assert (september.has_reference, october.has_reference) == (False, True)
    assert list(october.measures) == list(MEASURES)
    assert september.measures["d"] == {"estimate": 20, "lower": None, "upper": None}
    assert september.measures["par"]["estimate"] == pytest.approx(15)
    assert october.measures["d"]["estimate"] == 20
    assert october.measures["mdrw"]["estimate"] == pytest.approx((300 * 20 + 200 * 10) / 600)
    assert october.measures["d"]["lower"] == pytest.approx(20 - 1.959964 * 5**0.5)
    assert october.measures["aci"] == {"estimate": None, "lower": None, "upper": None, "reason": "unordered"}
    assert "NaN" not in json.dumps([answer.measures for answer in (september, october)])


def test_what_the_template_leaves_out_has_a_default() -> None:
    (answer,) = equity_table({"subgroup": ["a", "b"], "estimate": ["40", "60"]})
    assert (answer.where, answer.scale, answer.is_favourable, answer.is_ordered) == ({}, 100, True, False)
    assert answer.measures["d"]["estimate"] == 20
    assert answer.measures["mdmw"]["reason"] == "population_missing"


def test_ordered_groups_and_adverse_indicators() -> None:
    ordered = {name: cells[1::2] + cells[4:] for name, cells in TEMPLATE.items() if name not in ("setting", "date")}
    ordered |= {"ordered_dimension": ["1"] * 3, "subgroup_order": ["1", "3", "2"], "favourable_indicator": ["0"] * 3}
    (answer,) = equity_table(ordered)
    assert answer.measures["d"]["estimate"] == 45 - 65
    assert answer.measures["par"]["estimate"] == 0
    assert all(answer.measures[name]["estimate"] > 0 for name in OF_ORDERED_GROUPS)
    assert answer.measures["bgv"]["reason"] == "ordered"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"estimate": ["40", "45", "x", "65", "55"]}, "row 3: estimate: 'x' is not a number"),
        ({"estimate": ["40", "45", "-1", "65", "55"]}, "row 3: estimate: -1 is not between 0 and inf"),
        ({"se": ["", "1", "", "-2", "1"]}, "row 4: se: -2"),
        ({"population": ["300", "300", "x", "100", "200"]}, "row 3: population: 'x'"),
        ({"subgroup": ["a", "a", "b", "a", "c"]}, "row 4: subgroup: a stands there twice"),
        ({"subgroup": ["a", "a", "", "b", "c"]}, "row 3: subgroup: the cell is empty"),
        ({"reference_subgroup": ["0", "1", "0", "1", "0"]}, "row 4: reference_subgroup: 1 stands there twice"),
        ({"reference_subgroup": ["0", "0.5", "0", "1", "0"]}, "row 2: reference_subgroup: 0.5 is neither 0 nor 1"),
        ({"favourable_indicator": ["1", "1", "1", "0", "1"]}, "row 4: favourable_indicator: 0 here, 1 before"),
        ({"indicator_scale": ["0"] * 5}, "row 1: indicator_scale: the scale is above 0"),
        ({"ordered_dimension": ["1"] * 5, "subgroup_order": ["1", "1", "2", "2", "2"]},
         "row 5: subgroup_order: 2 stands there twice"),
        ({"note": list("vwxyz")}, "row 2: no two subgroups share the same setting, date, note"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_read_says_where(change, message) -> None:
    with pytest.raises(ValueError, match=message):
        equity_table(TEMPLATE | change)


# --- what a measure says ---------------------------------------------------------------------------------------------


def said(id: str, lang: str, **options: Any) -> str:
    return spoken.sentence(id, 0.0743 if id in ("r", "rci", "rii") else 7.43, lang=lang, **options)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("id", MEASURES)
def test_every_measure_says_its_number_in_one_sentence(id: str, lang: str) -> None:
    for favourable in (True, False):
        for ordered in (True, False):
            for reference in (True, False):
                sentence = said(id, lang, is_favourable=favourable, is_ordered=ordered, has_reference=reference)
                assert spoken.number(id, 0.0743 if id in ("r", "rci", "rii") else 7.43, lang=lang) in sentence
                assert sentence.count(".") - sentence.count("7.4") - sentence.count("0.0") == 1
    assert spoken.name(id, lang)


def test_what_the_reader_hears() -> None:
    assert spoken.sentence("par", 7.4) == "Nếu mọi nhóm đạt như nhóm cao nhất thì mức chung thêm 7,4 điểm."
    assert spoken.sentence("par", -0.074, scale=1, is_favourable=False) == (
        "Nếu mọi nhóm đạt như nhóm thấp nhất thì mức chung bớt 7,4 điểm."
    )
    assert spoken.number("bgv", 0.0046, scale=1) == "46,0 điểm²"
    assert spoken.number("d", 12.5, scale=1000) == "12,50"
    assert spoken.number("aci", -1.26) == "−1,3 điểm"
    assert spoken.split(-0.25, -0.15, -0.1) == (
        "Chênh −25,0 điểm: −15,0 điểm do địa bàn cư trú, −10,0 điểm là chênh lệch trong cùng địa bàn."
    )
    assert spoken.interval("wilson", 0.46, 0.846).startswith("Tỷ lệ thật nằm trong khoảng từ 46,0% đến 84,6%")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_words(lang: str) -> None:
    told = (*equity.REASONS, *bounds.REASONS, *interval.REASONS, *composite_table.REASONS)
    reasons = {*told, "nobody_in_first", "nobody_in_second"} - {""}
    assert {spoken.reason(id, lang) for id in reasons}
    assert {id.partition(".")[2] for id in sentences(lang) if id.startswith("equity_reason.")} == reasons


def test_no_sentence_calls_a_group_backward() -> None:
    told = " ".join(text(id) for id in sentences("vi") if id.startswith(("measure", "equity_reason"))).lower()
    assert not [word for word in ("tụt hậu", "lạc hậu", "yếu", "kém", "thua", "chậm tiến") if word in told]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_measure_stands_on_the_definitions_page_with_its_formula_and_a_computed_example(lang: str) -> None:
    rows = dict(told_methods(lang))
    for name in (*MEASURES, "kitagawa", "bounds", "wilson"):
        facts = rows[f"{spoken.name(name, lang)} ({name})"]
        assert CATALOGUE[name].formula in {said for _, said in facts}
        assert any(figure in facts[0][1] for figure in "0123456789")
    # (300 * 40 + 500 * 55 + 200 * 70) / 1000 = 53.5 per cent, 16.5 points below the highest.
    assert ("16,5" if lang == "vi" else "16.5") in rows[f"{spoken.name('par', lang)} (par)"][0][1]
