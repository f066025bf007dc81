"""A round on a day before its cut-off, kept until somebody acts, and tried under other weights."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from definitions.award_rules import sheets
from etl import award_stages, store
from etl.store import Root
from exports.award_round import known_round, rules_in_use, scored_round, with_weights
from metrics import awards
from tests.award_rounds import LATE
from tests.tiny import AUGUST, A, B, tiny
from warehouse.version import Version

YEAR = sheets()["2026"]
DAY = date(2026, 9, 10)


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("round") / "published")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return store.root("real", tmp_path)


def adopted(root: Root) -> Root:
    award_stages.adopt(root, YEAR, "Quyết định số 5", "lan", LATE)
    return root


def figure(found: awards.Scored, commune: str, criterion: str) -> float:
    where = (pl.col("commune") == commune) & (pl.col("criterion") == criterion)
    return found.lines.filter(where)["figure"].item()


def test_a_sheet_in_use_keeps_the_start_of_its_period_and_a_draft_is_shifted(version: Version, root: Root) -> None:
    draft = scored_round(root, version, YEAR, DAY)
    assert (draft.state, draft.rules.period.first, draft.rules.cut_off) == ("draft", date(2025, 10, 1), DAY)
    running = scored_round(adopted(root), version, YEAR, DAY)
    assert (running.state, running.rules.period, running.rules.cut_off) == ("adopted", YEAR.period, DAY)
    # What is scored is what the sheet with that cut-off written into it scores.
    written = awards.scored(version, YEAR.model_copy(update={"cut_off": DAY}))
    assert running.scored.lines.equals(written.lines)
    # May to August, B late in August: three of four on time; the day before August was not due yet.
    assert figure(running.scored, B, "on_time") == 0.75
    assert figure(scored_round(root, version, YEAR, date(2026, 9, 9)).scored, B, "on_time") == 1.0


def test_the_path_due_ends_with_the_last_month_over_on_the_day(version: Version, root: Root) -> None:
    """May to December 7 months; 35 % of A's households in August, due 20 + 30 x 3/7; B has 22.5 of 27.1 %."""
    summer = YEAR.model_copy(
        update={"period": YEAR.period.model_copy(update={"first": date(2026, 6, 1)})}
    )  # the baseline of May is known before it
    award_stages.adopt(root, summer, "Quyết định số 5", "lan", LATE)
    found = known_round(root, version, YEAR, DAY)
    assert found.rules.period.first == date(2026, 6, 1) and found.rules.cut_off > AUGUST
    assert figure(found.scored, A, "access") == 1.0
    assert figure(found.scored, B, "access") == pytest.approx(0.125 / (0.4 * 3 / 7))


def test_after_the_cut_off_a_later_day_changes_nothing(version: Version, root: Root) -> None:
    found = scored_round(adopted(root), version, YEAR, date(2027, 3, 1))
    assert found.rules == YEAR


def test_an_adopted_sheet_counts_as_it_was_adopted_whatever_its_file_says_now(version: Version, root: Root) -> None:
    adopted(root)
    changed = YEAR.model_copy(update={"total": 90.0})
    assert rules_in_use(root, changed) == YEAR
    assert known_round(root, version, changed, DAY).rules.total == 100


def test_a_round_is_kept_until_somebody_acts(version: Version, root: Root) -> None:
    adopted(root)
    before = known_round(root, version, YEAR, DAY)
    assert known_round(root, version, YEAR, DAY) is before
    award_stages.give(root, YEAR, A, "signed", "board", 5, by="lan")
    after = known_round(root, version, YEAR, DAY)
    assert after is not before
    assert after.stages[A, "signed"]["board"].points == 5 and not before.stages


def test_other_weights_are_those_of_a_sheet_written_with_them(version: Version, root: Root) -> None:
    adopted(root)
    award_stages.give(root, YEAR, A, "signed", "board", 5, by="lan")
    of, tried = (
        known_round(root, version, YEAR, DAY),
        {"access": 30.0, "usable": 2.5, "groups": 0.0, "submitted": 14.0, "signed": 4.0},
    )
    again = with_weights(of, tried)
    written = [one.model_copy(update={"points": tried.get(one.id, one.points)}) for one in of.rules.criteria]
    rules = of.rules.model_copy(update={"criteria": tuple(written)})
    fresh = awards.scored(version, rules, {(A, "signed"): 5.0})
    assert again.standings.equals(fresh.standings) and again.lines.equals(fresh.lines)
    points = dict(again.lines.filter(pl.col("commune") == A).select("criterion", "points").iter_rows())
    own = dict(of.scored.lines.filter(pl.col("commune") == A).select("criterion", "points").iter_rows())
    assert points["submitted"] == own["submitted"], "steps bring their own points, up to the maximum"
    assert points["signed"] == 4.0, "points given count up to the maximum"
    assert with_weights(of, {}).standings.equals(of.scored.standings)
