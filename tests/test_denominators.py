"""Households by source: whose verdict would be another, and what is refused."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from definitions.text import LANGUAGES, text
from etl import store
from etl.build import build
from etl.demo import households
from etl.demo.simulate import months_before
from etl.load import load
from exports import ledger as told
from metrics import denominators, targets
from metrics.denominators import ledger
from tests.handmade import now
from tests.tiny import AUGUST, SILENT, TODAY, A, B, C, tiny
from tests.workbooks import read_here
from warehouse.version import Version, current

ACCESS = "access_2026"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("real") / "published")


def given(monkeypatch: pytest.MonkeyPatch, *rows: tuple[str, str, int]) -> None:
    """Households of communes by another source, for this test."""
    counted = [(code, source, n, "exact", date(2026, 6, 30), "Công văn 1") for code, source, n in rows]
    heads = ("unit", "source", "households", "qualifier", "date", "document")
    frame = pl.DataFrame(counted, schema={name: denominators.LEDGER[name] for name in heads}, orient="row")
    monkeypatch.setattr(denominators, "_counted", lambda version: frame)
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


def test_the_communes_with_another_verdict_or_a_refused_source_stand_first(version: Version, monkeypatch) -> None:
    for row, first in (((B, "police", 401), C), ((A, "police", 300), A), ((B, "statistics", 1), B)):
        given(monkeypatch, row)
        units = told.table(ledger(version, ACCESS, TODAY), ACCESS, "vi").frame["unit"].unique(maintain_order=True)
        assert units[0] == first and set(units) == {A, B, C}
    ledger.cache_clear()


def test_the_switchboard_lists_exactly_those_whose_verdict_changes(version: Version) -> None:
    changed = targets.wording_changes(version, ACCESS, TODAY)
    assert told.under(changed, "three")["unit"].to_list() == [A, B]
    assert told.under(changed, "any").equals(changed)
    same = changed.with_columns(three=pl.when(pl.col("unit") == A).then("any").otherwise("three"))
    assert told.under(same, "three")["unit"].to_list() == [B]
    assert [said.rpartition(" ")[0] != "" for said in told.wordings(changed, "vi")] == [True] * 3
    assert any("2 xã, phường" in said for said in told.wordings(changed, "vi"))


# ---- how other sources come in ---------------------------------------------------------------------------------------

LIST = """Mã xã;Nguồn;Số hộ;Ngày;Văn bản
02683;công an;1.986;30/06/2026;Công văn 12
Xã Nậm Xé;Thống kê;410;31/12/2025;Niên giám
02683;công an;1990;31/07/2026;Công văn 15
99999;công an;5;30/06/2026;Công văn 12
02683;báo chí;5;30/06/2026;Công văn 12
02683;thống kê;khoảng 5;30/06/2026;Công văn 12
02683;thống kê;5;31/06/2026;Công văn 12
02683;thống kê;5;30/06/2026;
02683;công an;7;30/06/2026;Công văn 12
02683;thống kê;5;30/06/2030;Công văn 12
"""
HELD = {5: "unknown_commune", 6: "unknown_source", 7: "bad_count", 8: "bad_date", 9: "no_document",
        10: "duplicate_count", 11: "future_day"}  # fmt: skip


def taken(root: store.Root, folder: Path, name: str, content: str, received: str) -> dict[str, Any]:
    (folder / name).write_text(content, encoding="utf-8")
    (answer,) = load(root, [folder / name], received_at=lambda name: datetime.fromisoformat(received))
    return answer


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)


@pytest.mark.slow
def test_a_list_of_another_source_is_taken_in_row_by_row_and_says_what_is_wrong(at_hand: None, tmp_path: Path) -> None:
    root = store.root("real", tmp_path / "data")
    answer = taken(root, tmp_path, "a.csv", LIST, "2026-08-02T08:00+07:00")
    assert (answer["verdict"], answer["rows"]) == ("partly", {"stored": 3, "held": 7, "ignored": 1})
    assert {one["row"]: one["code"] for one in answer["letters"]} == HELD
    assert all(one["message"].endswith(".") for one in answer["letters"])
    build(root)
    counted = now(root).query("select commune, source, households, day, document from household_count").rows()
    assert counted == [
        ("02683", "police", 1986, date(2026, 6, 30), "Công văn 12"),
        ("02683", "police", 1990, date(2026, 7, 31), "Công văn 15"),
        ("03085", "statistics", 410, date(2025, 12, 31), "Niên giám"),
    ]
    last = denominators._counted(now(root)).filter(pl.col("unit") == "02683")
    assert last.select("households", "date", "document").rows() == [(1990, date(2026, 7, 31), "Công văn 15")]


def test_a_later_list_corrects_and_a_made_up_one_is_refused_by_real_data(at_hand: None, tmp_path: Path) -> None:
    root, head = store.root("real", tmp_path / "data"), LIST.partition("\n")[0]
    for name, n, received in (("b", 20, "2026-08-03T08:00+07:00"), ("a", 10, "2026-08-02T08:00+07:00")):
        taken(root, tmp_path, f"{name}.csv", f"{head}\n02683;công an;{n};30/06/2026;CV {name}", received)
    made_up = taken(root, tmp_path, "c.csv", f"{head}\n02683;công an;9;30/06/2026;CV (minh hoạ)", received)
    assert made_up["verdict"] == "refused" and made_up["letters"][0]["code"] == "wrong_origin"
    build(root)
    assert now(root).query("select households, document from household_count").rows() == [(20, "CV b")]


def test_the_demonstration_s_other_sources_turn_verdicts_and_are_refused_where_too_small() -> None:
    counted = {f"{n:05}": 4000 for n in range(100)}
    months = months_before(date(2026, 10, 1), 16)
    files = {name: content.decode("utf-8-sig") for name, content, _ in households.files(counted, months, 1)}
    assert files == {name: content.decode("utf-8-sig") for name, content, _ in households.files(counted, months, 1)}
    assert all(line.endswith("(minh hoạ)") for told in files.values() for line in told.splitlines()[1:])
    found = {name: [int(row.split(";")[2]) for row in told.splitlines()[1:]] for name, told in files.items()}
    assert 0 < sum(n > 5000 for n in found["so-ho-cong-an.csv"]) < 20
    assert 0 < sum(n < 500 for n in found["so-ho-thong-ke.csv"]) < 10


def test_the_ledger_of_the_demonstration_has_every_source(province: Path) -> None:
    demo = current(province / "demo")
    assert demo is not None
    frame = ledger(demo, ACCESS, date(2026, 11, 5))
    assert set(frame["source"]) == {"report", "registry", "police", "statistics"}
    assert not any("docs/playbooks" in sentence for sentence in told.said(frame, "vi"))
