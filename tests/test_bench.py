"""The bench: goals declared, held right against made-up figures; never the timings themselves."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bench.clicks import CHANGES
from bench.goals import BY_ID, FASTER, GOALS, GROUPS, PAGES, PRINTED, Goal, Outcome, outcome
from bench.run import MEASURES, UnknownGoal, line, run
from warehouse import version
from warehouse.version import Version

ROOT = Path(__file__).parents[1]


def test_every_goal_has_its_own_name_a_yardstick_and_somebody_who_measures_it() -> None:
    assert len(BY_ID) == len(GOALS)
    named = {"P3", "P4", "P5", "P6", "P7", "P8", "P9", "growth", "archive", "protection", "sync", "memory"}
    assert set(GROUPS) == set(MEASURES) == named
    assert all(goal.says and goal.yardstick for goal in GOALS)
    assert all(goal.limit > 0 for goal in GOALS if goal.kind != PRINTED and goal.id != "P7.errors")


def test_every_page_of_the_menu_is_measured() -> None:
    import dashboard

    assert {module.__name__.rpartition(".")[2] for module in dashboard.MENU} == set(PAGES)


@pytest.mark.parametrize(
    ("id", "ours", "yardstick", "ratio", "met"),
    [
        ("P3.month", 0.6, 0.1, 6.0, True),
        ("P3.month", 0.61, 0.1, 6.1, False),
        ("P3.pandas", 1.0, 3.0, 3.0, True),
        ("P3.pandas", 1.0, 2.9, 2.9, False),
        ("P4.slowest", 3.0, 0.1, 30.0, True),
        ("P4.slowest", 3.1, 9.0, 3.1 / 9, False),
        ("P7.light", 80.0, 10.0, 8.0, True),
        ("P7.light", 79.0, 10.0, 7.9, False),
        ("P9.ranks", 0.81, 0.1, 8.1, False),
        ("P3.load", 5.0, 1.0, 5.0, None),
    ],
)
def test_a_figure_is_held_against_its_goal(id: str, ours: float, yardstick: float, ratio: float, met: bool) -> None:
    found = Outcome(BY_ID[id], ours, yardstick)
    assert found.ratio == pytest.approx(ratio)
    assert found.is_met is met


def test_samples_count_by_their_median_so_that_one_hiccup_of_the_machine_does_not() -> None:
    found = outcome("P8.start", [1.0, 90.0, 1.2], [1.0, 1.0, 1.1])
    assert (found.ours, found.yardstick) == (1.2, 1.0)


def test_a_line_says_what_was_measured_beside_what_and_whether_it_is_enough() -> None:
    faster = Goal("P3.x", "reading", "pandas", FASTER, 3.0)
    assert line(Outcome(faster, 2.0, 5.0, "99 files")) == (
        "| P3.x | reading (99 files) | 2 s | 5 s: pandas | 2.50 | >= 3x faster | **not met** |"
    )


def test_a_goal_nobody_declared_is_refused_before_anything_starts() -> None:
    with pytest.raises(UnknownGoal, match="P99"):
        run(["P99"])


def test_help_names_the_goals() -> None:
    asked = [sys.executable, str(ROOT / "cli.py"), "bench", "--help"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, env={"COLUMNS": "200", "PATH": ""}).stdout
    assert "P3" in said and "--pairs" in said


def test_a_version_answers_the_same_question_once_and_a_different_one_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(connection: object, sql: str, params: object = None) -> pl.DataFrame:
        asked.append((sql, params))
        return pl.DataFrame({"n": [len(asked)]})

    monkeypatch.setattr(version.db, "frame", answer)
    monkeypatch.setattr(version, "_connection", lambda path: None)
    one, other = (Version(id, Path(f"nowhere/{id}"), {}) for id in ("test-a", "test-b"))
    day = date(2026, 10, 1)
    first = one.query("q", [day, None])
    first[0, "n"] = 99  # what a caller does to its rows stays with the caller
    assert one.query("q", [day, None])["n"].to_list() == [1]
    assert one.query("q", [day, "02686"])["n"].to_list() == [2]
    assert other.query("q", [day, None])["n"].to_list() == [3]
    assert [one.query("q", [True])["n"].item(), one.query("q", [1])["n"].item()] == [4, 5]
    assert [one.query("q", [["list"]])["n"].item() for _ in range(2)] == [6, 7]


def test_clicks_know_how_to_change_every_page() -> None:
    assert set(CHANGES) == set(PAGES)
