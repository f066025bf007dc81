"""Households by source: whose verdict would be another, and what is refused."""

from datetime import date

import polars as pl
import pytest

from definitions.places import communes
from definitions.reference import HouseholdSource, household_sources
from definitions.text import LANGUAGES, text
from exports import ledger as told
from metrics import denominators, targets
from metrics.denominators import ledger
from tests.tiny import AUGUST, SILENT, TODAY, A, B, C, tiny
from warehouse.version import Version

ACCESS = "access_2026"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("real") / "published")


def given(monkeypatch: pytest.MonkeyPatch, *rows: tuple[str, str, int]) -> None:
    """Households of communes by another source, for this test."""
    entered = tuple(HouseholdSource(code, source, n, "2026-06-30", "Công văn 1", "") for code, source, n in rows)
    for module in (denominators, told):
        monkeypatch.setattr(module, "household_sources", lambda: entered)
    ledger.cache_clear()


def entry(frame: pl.DataFrame, unit: str, source: str) -> dict:
    return frame.filter((pl.col("unit") == unit) & (pl.col("source") == source)).row(0, named=True)


def test_by_the_report_everything_is_as_on_every_page(version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    frame = ledger(version, ACCESS, TODAY).filter(pl.col("source") == "report")
    shown = targets.status(version, ACCESS, TODAY, "commune").filter(pl.col("numerator").is_not_null())
    columns = ["unit", "numerator", "share", "verdict"]
    assert frame.select(columns).sort("unit").equals(shown.select(columns).sort("unit")) and frame.height == 3
    assert entry(frame, A, "report")["households"] == 200 and entry(frame, A, "report")["date"] == date(2026, 8, 31)
    assert entry(frame, C, "report")["date"] == date(2026, 6, 30), "the last month with figures of its own"
    assert SILENT not in frame["unit"].to_list()


def test_more_households_by_another_source_can_turn_a_verdict(version: Version, monkeypatch) -> None:
    given(monkeypatch, (A, "police", 300), (B, "police", 401))
    row = entry(ledger(version, ACCESS, TODAY), A, "police")
    # 40, 50, 60, 70 of 300: 3.3 points a month, 4 months to the goal: (0.3667 - 0.1333) / (0.5 - 0.1333) = 0.64.
    assert (row["numerator"], row["share"], row["verdict"]) == (70, pytest.approx(70 / 300), "acceleration_needed")
    assert row["is_flipped"] and not row["is_refused"] and row["document"] == "Công văn 1"
    assert not entry(ledger(version, ACCESS, TODAY), B, "police")["is_flipped"]
    assert "1 xã, phường" in told.said(ledger(version, ACCESS, TODAY), "vi")[0]


def test_a_source_with_fewer_households_than_reached_is_refused_with_both_numbers(
    version: Version, monkeypatch
) -> None:
    given(monkeypatch, (A, "statistics", 69), (B, "statistics", 90))
    frame = ledger(version, ACCESS, TODAY)
    row = entry(frame, A, "statistics")
    assert (row["is_refused"], row["share"], row["verdict"], row["is_flipped"]) == (True, None, None, False)
    assert not entry(frame, B, "statistics")["is_refused"], "as many as there are is possible"
    for lang in LANGUAGES:
        (sentence,) = [said for said in told.said(frame, lang) if "70" in said]
        assert "69" in sentence and text("ledger.source_statistics", lang) in sentence


def test_more_than_is_no_denominator(version: Version, monkeypatch) -> None:
    given(monkeypatch)
    printed = pl.DataFrame({
        "unit": [A], "source": ["printed"], "households": [300.0], "qualifier": ["more_than"], "date": [AUGUST],
        "document": ["https://example.vn"],
    })  # fmt: skip
    monkeypatch.setattr(denominators, "_printed", lambda version: printed)
    row = entry(ledger(version, ACCESS, TODAY), A, "printed")
    assert (row["households"], row["verdict"], row["is_flipped"], row["is_refused"]) == (300, None, False, False)
    ledger.cache_clear()


def test_what_nobody_has_entered_is_said_to_be_missing(version: Version, monkeypatch) -> None:
    given(monkeypatch, (A, "police", 300))
    said = told.said(ledger(version, ACCESS, TODAY), "vi")[-1]
    assert text("ledger.source_statistics") in said and text("ledger.source_police") not in said
    ledger.cache_clear()


def test_the_table_says_what_is_refused_and_who_is_flipped(version: Version, monkeypatch) -> None:
    given(monkeypatch, (A, "police", 300), (A, "statistics", 10))
    notes = told.table(ledger(version, ACCESS, TODAY), ACCESS, "vi").frame.select("unit", "source", "note")
    by = {(unit, source): note for unit, source, note in notes.iter_rows()}
    assert by[(A, "police")] == text("ledger.flipped") and "lớn hơn tổng số hộ" in by[(A, "statistics")]
    assert by[(A, "report")] == ""
    ledger.cache_clear()


def test_the_switchboard_lists_exactly_those_whose_verdict_changes(version: Version) -> None:
    changed = targets.wording_changes(version, ACCESS, TODAY)
    assert told.under(changed, "three")["unit"].to_list() == [A, B]
    assert told.under(changed, "any").equals(changed)
    same = changed.with_columns(three=pl.when(pl.col("unit") == A).then("any").otherwise("three"))
    assert told.under(same, "three")["unit"].to_list() == [B]
    assert [said.rpartition(" ")[0] != "" for said in told.wordings(changed, "vi")] == [True] * 3
    assert any("2 xã, phường" in said for said in told.wordings(changed, "vi"))


def test_every_source_entered_is_of_a_commune_has_a_day_and_a_document() -> None:
    codes = {commune.code for commune in communes()}
    for row in household_sources():
        assert row.code in codes and row.households > 0 and row.document
        assert date.fromisoformat(row.date) and text(f"ledger.source_{row.source}")
