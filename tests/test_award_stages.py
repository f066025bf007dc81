"""Stages of award points: each keeps its own value, a change says why, a sheet in use and one published stay."""

from datetime import timedelta
from pathlib import Path

import pytest

from definitions.award_rules import sheets
from etl import award_stages as stages
from etl import store
from etl.award_entries import sentence
from etl.store import Root
from tests.award_rounds import LATE, made_final
from tests.tiny import A, B

YEAR = sheets()["2026"]
PAPER = {"explanation": "37 trong 40 văn bản ký số", "evidence": "Báo cáo số 12/BC-MTTQ"}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    found = store.root("real", tmp_path)
    stages.adopt(found, YEAR, "Quyết định số 5", "lan", LATE)
    return found


def refused(code: str, root: Root, *what: object, **how: object) -> None:
    with pytest.raises(stages.NotAllowed) as fault:
        stages.give(root, YEAR, *what, **({"by": "lan"} | how))  # type: ignore[arg-type]
    assert fault.value.code == code


def test_each_stage_keeps_its_value_and_the_latest_counts(root: Root) -> None:
    stages.give(root, YEAR, A, "signed", "commune", 5, by="hoa", **PAPER)
    stages.give(root, YEAR, A, "signed", "specialist", 4.5, by="lan", reason="thiếu 3 văn bản")
    stages.give(root, YEAR, A, "signed", "council", 4.5, by="minh")
    kept = stages.history(root, "2026")[A, "signed"]
    assert {stage: given.points for stage, given in kept.items()} == {"commune": 5, "specialist": 4.5, "council": 4.5}
    assert (kept["commune"].evidence, kept["specialist"].reason) == (PAPER["evidence"], "thiếu 3 văn bản")
    assert stages.points(root, "2026") == {(A, "signed"): 4.5}
    assert stages.points(root, "ninety_ten") == {}


def test_what_may_not_be_recorded_is_refused(root: Root) -> None:
    refused("no_evidence", root, A, "signed", "commune", 5)
    refused("not_in_halves", root, A, "signed", "commune", 4.25, **PAPER)
    refused("not_in_halves", root, A, "signed", "commune", 5.5, **PAPER)
    refused("not_manual", root, A, "access", "commune", 5, **PAPER)
    refused("not_manual", root, A, "nothing", "commune", 5, **PAPER)
    refused("no_such_commune", root, "99999", "signed", "commune", 5, **PAPER)
    refused("no_such_stage", root, A, "signed", "clerk", 5, **PAPER)
    stages.give(root, YEAR, A, "signed", "board", 5, by="lan")
    refused("no_reason", root, A, "signed", "board", 3)
    refused("no_reason", root, A, "signed", "council", 3, reason="  ")
    refused("later_stage_spoke", root, A, "signed", "commune", 5, **PAPER)
    stages.give(root, YEAR, A, "signed", "board", 3, by="lan", reason="đếm lại")
    assert stages.points(root, "2026") == {(A, "signed"): 3}


def test_a_sheet_in_use_is_frozen_and_one_nobody_adopted_is_not_scored(root: Root) -> None:
    changed = YEAR.model_copy(update={"total": 101.0})
    for act in (
        lambda: stages.adopt(root, changed, "Quyết định số 6", "lan", LATE),
        lambda: stages.give(root, changed, A, "signed", "board", 5, by="lan"),
    ):
        with pytest.raises(stages.NotAllowed, match="sheet_in_use"):
            act()
    assert stages.adopt(root, YEAR, "Quyết định số 5", "lan", LATE) == stages.digest(YEAR)
    assert len(store.events(root, stages.ADOPTED)) == 1
    with pytest.raises(stages.NotAllowed, match="not_adopted"):
        stages.give(root, sheets()["ninety_ten"], A, "cadres", "board", 5, by="lan")
    with pytest.raises(stages.NotAllowed, match="no_decision"):
        stages.adopt(root, sheets()["ninety_ten"], " ", "lan", LATE)


def test_what_applies_to_whom_is_fixed_before_the_period_or_the_reason_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed = store.end_of(YEAR.applicability_fixed)
    monkeypatch.setattr(store, "now", lambda: fixed)
    early = store.root("real", tmp_path / "early")
    assert stages.adopt(early, YEAR, "Quyết định số 5", "lan") == stages.digest(YEAR)
    monkeypatch.setattr(store, "now", lambda: fixed + timedelta(seconds=1))
    late = store.root("real", tmp_path / "late")
    with pytest.raises(stages.NotAllowed, match="adopted_late") as refused:
        stages.adopt(late, YEAR, "Quyết định số 5", "lan", " ")
    assert "đến hết ngày 31/12/2025" in sentence(refused.value) and stages.adopted(late, "2026") is None
    stages.adopt(late, YEAR, "Quyết định số 5", "lan", LATE)
    assert (stages.adopted(late, "2026") or {})["reason"] == LATE


def test_published_is_final(root: Root) -> None:
    stages.give(root, YEAR, A, "signed", "board", 5, by="lan")
    made_final(root, YEAR)
    refused("published", root, B, "signed", "board", 5)
    with pytest.raises(stages.NotAllowed, match="published"):
        made_final(root, YEAR)


def test_what_was_frozen_is_what_is_published(root: Root) -> None:
    with pytest.raises(stages.NotAllowed, match="not_frozen"):
        stages.publish(root, YEAR, b"a", "minh")
    stages.freeze(root, YEAR, b"a", "")
    stages.freeze(root, YEAR, b"a", "")
    with pytest.raises(stages.NotAllowed, match="not_as_frozen"):
        stages.publish(root, YEAR, b"b", "minh")
    stages.freeze(root, YEAR, b"b", "")
    stages.publish(root, YEAR, b"b", "minh")
    assert [event["points"] for event in store.events(root, stages.FROZEN)] == ["a", "b"]


def test_what_does_not_apply_takes_no_points(tmp_path: Path) -> None:
    criteria = [
        one.model_copy(update={"not_for": ("cluster:mu_cang_chai",)}) if one.id == "signed" else one
        for one in YEAR.criteria
    ]
    rules, root = YEAR.model_copy(update={"criteria": tuple(criteria)}), store.root("real", tmp_path)
    stages.adopt(root, rules, "Quyết định số 5", "lan", LATE)
    with pytest.raises(stages.NotAllowed, match="not_applicable"):
        stages.give(root, rules, A, "signed", "board", 5, by="lan")
    stages.give(root, rules, "02680", "signed", "board", 5, by="lan")


def test_points_change_no_table_and_so_make_no_version(root: Root) -> None:
    before = store.known_names(root)
    stages.give(root, YEAR, A, "signed", "board", 5, by="lan")
    assert store.known_names(root) == before


def test_the_latest_sample_result_counts_and_scales_a_failed_claim(root: Root) -> None:
    stages.sampled(root, YEAR, A, 9, 19, seed=5, by="lan", evidence="Biên bản 3")
    stages.sampled(root, YEAR, B, 15, 19, seed=6, by="lan", evidence="Biên bản 4")
    stages.sampled(root, YEAR, A, 10, 19, seed=5, by="lan", evidence="Biên bản 5")
    found = stages.samples(root, "2026")
    assert {unit: (one.verified, one.is_passed) for unit, one in found.items()} == {A: (10, False), B: (15, True)}
    assert len(store.events(root, stages.SAMPLED)) == 3
    with pytest.raises(stages.NotAllowed, match="no_minutes"):
        stages.sampled(root, YEAR, A, 9, 19, seed=5, by="lan", evidence="")
    with pytest.raises(ValueError):
        stages.sampled(root, YEAR, A, 20, 19, seed=5, by="lan", evidence="x")
    made_final(root, YEAR)
    with pytest.raises(stages.NotAllowed, match="published"):
        stages.sampled(root, YEAR, A, 19, 19, seed=5, by="lan", evidence="x")
