"""Award criteria as data: the files in use are sound, and a fault is told in a sentence."""

from datetime import date
from pathlib import Path

import pytest

from definitions.award_rules import AWARDS, check_follows, load_sheet, sheets
from definitions.load import DefinitionError


def test_the_three_sheets_are_sound_and_what_they_say_they_are() -> None:
    year, ninety, passed = (sheets()[id] for id in ("2026", "ninety_ten", "pass_fail"))
    assert (year.total, year.bonus, ninety.total, ninety.bonus) == (100, 10, 90, 10)
    manual = {one.label.vi for one in year.criteria if one.score.how == "manual"}
    assert {"Tỷ lệ văn bản ký số", "Xử lý văn bản trên iOffice"} <= manual
    assert (passed.kind, passed.extended_share) == ("pass_fail", 0.3)


def test_a_criterion_says_what_missing_means_or_the_sheet_does() -> None:
    year = sheets()["2026"]
    assert year.missing_for(year.criterion("access")) == "open"
    assert year.missing_for(year.criterion("signed")) == "zero"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('points = 12\nverified', 'points = 13\nverified', "group digital: maxima add up to 41, the group has 40"),
        ("total = 100", "total = 95", "the groups add up to 100, the sheet has 95"),
        ("bonus = 10", "bonus = 12", "bonus criteria add up to 10, the sheet promises 12"),
        ("points = 4\nscore", "points = 3.75\nscore", "3.75 is not in halves"),
        ("[1.0, 10.0]]", "[1.0, 10.5]]", "the last gives at most 10"),
        ("[0.9, 7.5]", "[0.7, 7.5]", "steps rise"),
        ("low = 0.5, high = 1.0", "low = 1.0, high = 1.0", "both goalposts are the same"),
        ("target:skills_2030", "target:skills_2031", '"target:skills_2031" is not known'),
        ('id = "skills"', 'id = "access"', "access stands there twice"),
        ('tie_breakers = ["skills"', 'tie_breakers = ["skill"', '"skill" is not known; known are groups, access'),
        ('criterion = "usable"', 'criterion = "use"', '"use" is not known'),
        ("least = 75", "least = 95", "excellent stands before good, so it asks for more"),
        ("applicability_fixed = 2025-12-31", "applicability_fixed = 2026-01-01", "fixed before the period begins"),
        ("cut_off = 2026-12-10", "cut_off = 2025-12-10", "the cut-off lies before the period"),
        ("cut_off = 2026-12-10", "cut_off = 2026-12-10\nprevious_cut_off = 2026-12-10", "was cut off before this one"),
        ("verified = true", 'not_for = ["cluster:north"]', '"cluster:north" is not known'),
        ('how = "lateness", figure = "rounds:late", each', 'how = "count", figure = "rounds:late", each',
         "a deduction is for lateness"),
        ('how = "manual"', 'how = "guess"', "guess"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_a_sentence(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    text = (AWARDS / "2026.toml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "2026.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as fault:
        load_sheet(path)
    assert sentence in str(fault.value) and "2026.toml" in str(fault.value)


def test_a_year_begins_where_the_year_before_was_cut_off() -> None:
    before = sheets()["2026"]
    later = before.model_copy(update={"id": "2027", "cut_off": date(2027, 12, 10)})
    with pytest.raises(DefinitionError, match="2026 was cut off on 2026-12-10"):
        check_follows(later, before)
    check_follows(later.model_copy(update={"previous_cut_off": before.cut_off}), before)
    check_follows(later, None)


def test_points_have_no_place_on_a_sheet_that_is_passed_or_failed(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    text = (AWARDS / "pass_fail.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('kind = "extended"', 'kind = "points"', 1), encoding="utf-8")
    with pytest.raises(DefinitionError):
        load_sheet(path)
