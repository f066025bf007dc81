"""Figures of feedback in award criteria: by hand, by slow plain Python over the cases, and what silence is called."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from definitions.text import LANGUAGES, text
from etl import store
from etl.build import build
from metrics import award_voices, awards, feedback
from tests.handmade import now
from tests.test_awards import CUT_OFF, SUMMER, line
from tests.test_channel_marts import arrives, post
from tests.tiny import COUNTED, TODAY, A, B, C, tiny
from warehouse.version import Version

JUNE = date(2026, 6, 1)
IDS = (A, B, C)


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("voices") / "published")


def figures(version: Version, what: str, cut_off: date = CUT_OFF) -> Mapping[str, tuple[float | None, str]]:
    values, reasons = award_voices.figures(version, what, JUNE, cut_off, IDS)
    return {id: (None if x != x else float(x), why) for id, x, why in zip(IDS, values, reasons, strict=True)}


def test_on_time_counts_the_cases_due_by_the_cut_off_and_those_open_beyond_their_day(version: Version) -> None:
    found = figures(version, "on_time")
    # Due by 10 September: F1 kept, F2 and F5 late, F3 open and overdue; F4 is due on the 30th.
    assert found == {A: (0.25, ""), B: (None, "no_list"), C: (None, "no_report")}
    assert found[A][0] == feedback.on_time(feedback.cases(version, A, JUNE, CUT_OFF, CUT_OFF)).rate
    # On 18 August F2 and F3 were not due; what was answered later was open then.
    assert figures(version, "on_time", date(2026, 8, 18))[A] == (0.5, "")


def slow_rate(version: Version, cut_off: date) -> float:
    good = bad = 0
    for row in feedback.cases(version, A, JUNE, TODAY, TODAY).iter_rows(named=True):
        if row["received"] <= cut_off and row["due"] <= cut_off:
            is_done = row["settled"] is not None and row["settled"] <= cut_off
            if is_done and row["settled"] <= row["due"]:
                good += 1
            elif is_done or row["due"] < cut_off:
                bad += 1
    return good / (good + bad)


@pytest.mark.parametrize("day", [date(2026, 7, 13), date(2026, 8, 15), date(2026, 8, 25), date(2026, 8, 26), TODAY])
def test_on_time_in_slow_plain_python(version: Version, day: date) -> None:
    assert figures(version, "on_time", day)[A][0] == pytest.approx(slow_rate(version, day))


def test_answered_leaves_out_what_is_not_due_and_takes_the_form_where_there_is_no_list(version: Version) -> None:
    # Of A's five F4 is open and not due; F1, F2, F5 are answered, F3 is not. B's form: 4 of 6.
    assert figures(version, "answered") == {A: (0.75, ""), B: (pytest.approx(4 / 6), ""), C: (None, "no_report")}
    # On 21 August F2 was overdue and unanswered, F3 not due.
    assert figures(version, "answered", date(2026, 8, 21))[A] == (pytest.approx(2 / 3), "")


def test_a_case_open_at_the_end_of_the_cut_off_day_is_judged_in_the_next_round(version: Version) -> None:
    def rounds(what: str, cut_off: date) -> tuple[float | None, float | None]:
        first = award_voices.figures(version, what, JUNE, cut_off, (A,))[0][0]
        return first, award_voices.figures(version, what, cut_off + timedelta(days=1), CUT_OFF, (A,))[0][0]

    # F2 is due on 20 August and answered on the 22nd: cut off on the 20th it is late in the next round, beside F3.
    assert rounds("on_time", date(2026, 8, 20)) == (0.5, 0.0) and rounds("answered", date(2026, 8, 20)) == (1.0, 0.5)
    # Cut off a day later it is late in the first, with F5 late and F1 kept; F3 alone is left.
    assert rounds("on_time", date(2026, 8, 21)) == (pytest.approx(1 / 3), 0.0)
    # F1 was settled before its day, the 15th, and counts on it.
    assert rounds("on_time", date(2026, 8, 14)) == (0.0, pytest.approx(1 / 3))


def test_silence_is_missing_by_its_name_and_never_a_figure(
    version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Before the first due day there are cases, and nothing to judge.
    assert figures(version, "on_time", date(2026, 7, 11))[A] == (None, "no_case")
    monkeypatch.setattr("tests.tiny.COUNTED", dict.fromkeys(COUNTED, 0))
    quiet = tiny(tmp_path / "quiet")
    assert figures(quiet, "answered")[B] == figures(quiet, "on_time")[B] == (None, "no_channel")
    monkeypatch.setattr(award_voices, "has_channel", lambda origin, month: frozenset({B}))
    award_voices.why_silent.cache_clear()
    assert figures(quiet, "on_time")[B] == (None, "no_feedback")
    assert figures(quiet, "channel") == {A: (0.0, ""), B: (1.0, ""), C: (0.0, "")}


def test_the_sheet_says_what_silence_costs(version: Version) -> None:
    found = awards.scored(version, SUMMER, is_draft=True)
    told = line(found, A, "answers")
    # A quarter on time is below half: no points; nobody asking and no list are 0 with the reason here.
    assert (told["figure"], told["points"], told["state"]) == (0.25, 0.0, "scored")
    assert [(line(found, id, "answers")["state"], line(found, id, "answers")["reason"]) for id in (B, C)] == [
        ("zero", "no_list"), ("zero", "no_report")
    ]  # fmt: skip
    criteria = [one.model_copy(update={"missing": ""}) if one.id == "answers" else one for one in SUMMER.criteria]
    strict = awards.scored(version, SUMMER.model_copy(update={"criteria": tuple(criteria)}), is_draft=True)
    assert (line(strict, B, "answers")["state"], line(strict, B, "answers")["points"]) == ("open", None)


# ---- posts -----------------------------------------------------------------------------------------------------------


def test_posts_count_for_their_commune_from_the_first_day_to_the_cut_off(tmp_path: Path) -> None:
    root, days = store.root("demo", tmp_path), ("2026-05-31", "2026-06-01", "2026-09-10", "2026-09-11")
    posts = [post(str(row), f"{day}T08:00", row=row, interactions=10 * row) for row, day in enumerate(days, 2)]
    arrives(root, [reading for one in posts for reading in one], "2026-09-20")
    build(root)
    owner, other, channelless = "02683", "02647", next(id for id in IDS if id not in feedback.has_channel("demo", JUNE))
    ids = (owner, other, channelless)
    values, reasons = award_voices.posts(now(root), "posts", JUNE, CUT_OFF, ids)
    assert values[0] == 2 and reasons[0] == ""
    # Nothing is known of these channels: no zero.
    assert [value != value for value in values[1:]] == [True, True] and reasons[2] == "no_channel"
    values, _ = award_voices.posts(now(root), "interactions", JUNE, CUT_OFF, ids)
    assert values[0] == 30 + 40
    # No posts in a later period whose months nobody exported is not zero either; in May there was one.
    assert award_voices.posts(now(root), "posts", date(2026, 5, 1), date(2026, 5, 31), ids)[0][0] == 1
    later = award_voices.posts(now(root), "posts", date(2026, 10, 1), date(2026, 11, 10), ids)
    assert later[1][0] == "no_post_figures"
    # July lies between posts of one list: known, and none.
    assert award_voices.posts(now(root), "posts", date(2026, 7, 1), date(2026, 7, 31), ids)[0][0] == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_for_no_figure_has_its_words(lang: str) -> None:
    assert all(text(f"award_reason.{why}", lang) for why in (*award_voices.NOT_MEASURED, "no_post_figures"))
