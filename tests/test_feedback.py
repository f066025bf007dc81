"""What became of what people said, worked out by hand on five cases."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from definitions.load import definitions
from metrics import feedback
from tests.tiny import AUGUST, COUNTED, JULY, MAY, TODAY, A, B, C, tiny
from warehouse.version import Version

SEPTEMBER = date(2026, 9, 1)
PROVINCE = definitions().province.code


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("feedback") / "published")


@pytest.fixture(scope="module")
def cases(version: Version) -> pl.DataFrame:
    return feedback.cases(version, A, MAY, SEPTEMBER, TODAY)


def test_the_stages_count_how_far_each_case_came(cases: pl.DataFrame) -> None:
    assert feedback.funnel(cases) == {
        "received": 5, "forwarded": 3, "answered": 3, "told": 2, "agreed": 1, "not_agreed": 1,
    }  # fmt: skip
    assert feedback.funnel(cases.clear())["agreed"] == 0


def test_an_agencys_days_are_not_the_communes(cases: pl.DataFrame) -> None:
    told = {row["case_id"]: row for row in cases.to_dicts()}
    # F1: passed on after 2 days, answered after 10 more, told the day after. F3: 2 days, then 29 at the agency.
    assert (told["F1"]["own_days"], told["F1"]["agency_days"], told["F1"]["lies"]) == (3, 10, "")
    assert (told["F3"]["own_days"], told["F3"]["agency_days"], told["F3"]["lies"]) == (2, 29, "agency")
    # F2: answered after 17 days and its citizen waits 19 days to be told. F4: nine days on the commune's desk.
    assert (told["F2"]["own_days"], told["F2"]["agency_days"], told["F2"]["lies"]) == (36, 0, "commune")
    assert (told["F4"]["own_days"], told["F4"]["lies"], told["F4"]["age"]) == (9, "commune", 9)


def test_the_rate_counts_the_open_overdue_case(cases: pl.DataFrame) -> None:
    found = feedback.on_time(cases)
    # F1 on time; F2 and F5 late; F3 open and overdue; F4 not due. Of these only F2 by the commune's own days.
    assert found == feedback.Timing(
        on_time=1, late=2, overdue=1, not_due=1, without_due=0, own_late=1, rate=0.25
    )  # fmt: skip
    assert feedback.on_time(cases.clear()).rate is None


def test_the_median_time_counts_open_cases(cases: pl.DataFrame) -> None:
    rows = {row["part"]: row for row in feedback.times(cases, TODAY).to_dicts()}
    # Days to the answer: 12, 17, 18 and open after 9 and 31: 3/4, 1/2, 1/4.
    assert (rows["whole"]["n"], rows["whole"]["done"], rows["whole"]["median"]) == (5, 3, 17.5)
    # Off the commune's desk after 0, 2, 2, 17, and open after 9.
    assert rows["own"]["median"] == 2
    assert (rows["desk:province"]["median"], rows["desk:province"]["reason"]) == (None, "half_still_open")
    assert (rows["desk:police"]["median"], rows["telling"]["n"]) == (18, 3)


def test_open_cases_by_age_and_where_they_lie(cases: pl.DataFrame) -> None:
    rows = feedback.ageing(cases)
    assert rows.filter(pl.col("commune") + pl.col("agency") > 0).rows() == [(15, 1, 0), (60, 0, 1)]
    assert rows["up_to"].to_list() == [7, 15, 30, 60, None]


def test_what_is_stuck_says_where_it_lies(cases: pl.DataFrame) -> None:
    (row,) = feedback.stuck(cases).to_dicts()
    assert (row["case_id"], row["overdue_days"], row["lies"], row["here_days"]) == ("F3", 16, "agency", 29)
    read = cases.columns[: cases.columns.index("file") + 1]
    later = feedback.with_times(cases.select(read).with_columns(due=pl.lit(None, pl.Date)), TODAY)
    assert feedback.stuck(later)["case_id"].to_list() == ["F3"]


def test_what_was_overdue_on_an_earlier_day_is_counted_as_of_that_day(version: Version) -> None:
    # On 21 August F2 waited since the 20th; F3 was due on the 25th; F5 had been answered on 20 July, after its 12th.
    days = [date(2026, 7, 12), date(2026, 7, 13), date(2026, 7, 20), date(2026, 8, 21), TODAY]
    assert [feedback.overdue(version, PROVINCE, day) for day in days] == [0, 1, 0, 1, 1]
    assert feedback.overdue(version, B, TODAY) == 0


def test_topics_by_month_are_out_of_the_cases_that_name_one(cases: pl.DataFrame) -> None:
    assert feedback.topics(cases).rows() == [
        (JULY, "land", 1, 1), (AUGUST, "land", 1, 3), (AUGUST, "roads", 2, 3), (SEPTEMBER, "digital", 1, 1),
    ]  # fmt: skip


def test_communes_stand_with_the_delays_of_their_own_first(cases: pl.DataFrame) -> None:
    (row,) = feedback.communes(cases).to_dicts()
    assert (row["commune"], row["received"], row["overdue_commune"], row["overdue_agency"]) == (A, 5, 0, 1)
    assert (row["own_late"], row["rate"]) == (1, 0.25)
    assert feedback.communes(cases.clear()).is_empty()


def test_a_commune_without_a_list_counts_by_its_form(version: Version) -> None:
    assert feedback.counted(version, PROVINCE, MAY, AUGUST) == {
        "received": 6, "forwarded": 2, "answered": 4, "communes": 1,
    }  # fmt: skip
    assert feedback.counted(version, A, MAY, AUGUST)["communes"] == 0
    assert feedback.months(version) == [SEPTEMBER, AUGUST, JULY]


def states(version: Version, until: date = AUGUST, unit: str = PROVINCE) -> dict[str, str]:
    return dict(feedback.silence(version, unit, until).select("unit", "state").iter_rows())


def test_silence_has_three_marks(tmp_path: Path, version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    said = states(version)
    assert (said[A], said[B], said[C]) == ("feedback", "feedback", "no_report")
    # In July to September B's form stands; three months on nobody tells anything.
    assert states(version, date(2026, 10, 1))[B] == "feedback"
    assert set(states(version, date(2027, 1, 1)).values()) == {"no_report"}
    monkeypatch.setattr("tests.tiny.COUNTED", dict.fromkeys(COUNTED, 0))
    quiet = tiny(tmp_path / "quiet")
    assert states(quiet)[B] == "no_channel"
    monkeypatch.setattr(feedback, "has_channel", lambda origin, month: frozenset({B, C}))
    assert (states(quiet)[B], states(quiet)[C]) == ("no_feedback", "no_report")
    assert feedback.silence(quiet, B, AUGUST).select("unit", "received").rows() == [(B, 0)]


def test_a_channel_is_open_for_its_owner_of_the_day() -> None:
    assert "15" in feedback.has_channel("demo", AUGUST) and "15" not in feedback.has_channel("demo", date(2025, 5, 1))
    assert feedback.has_channel("real", AUGUST) == frozenset()
