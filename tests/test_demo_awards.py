"""The demonstration's acts on its score sheet are those people could have done by the same door, and come once."""

import json
from pathlib import Path

import pytest

from definitions.award_rules import sheets
from etl import award_stages, store
from etl.demo import awards, province
from etl.store import Record

SEED = province.SEED
WHOLE = {plan.code: plan.full_name for plan in province.chosen(None, SEED)}
COMMUNES = {code: WHOLE[code] for code in province.small_communes()}


def act(root: store.Root, event: Record) -> None:
    """Done by the door that people use."""
    sheet = sheets()[event["sheet"]]
    if event["event"] == award_stages.ADOPTED:
        award_stages.adopt(root, sheet, event["decision"], event["by"])
    elif event["event"] == award_stages.GIVEN:
        where = (event["commune"], event["criterion"], event["stage"], event["points"])
        why = {key: event[key] for key in ("by", "reason", "explanation", "evidence")}
        award_stages.give(root, sheet, *where, **why)
    else:
        found = {key: event[key] for key in ("seed", "by", "evidence")}
        award_stages.sampled(root, sheet, event["commune"], event["verified"], event["visited"], **found)


def without_moment(event: Record) -> str:
    left = {"at", "event_sha256", "name"}
    return json.dumps({key: value for key, value in event.items() if key not in left}, sort_keys=True)


def test_every_act_could_have_been_done_by_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, told = store.root("demo", tmp_path), list(awards.acts(COMMUNES, SEED))
    for event in sorted(told, key=lambda event: event["at"]):
        monkeypatch.setattr(store, "now", lambda at=event["at"]: store.local(at))  # in time for the period
        act(root, event)
    kinds = (award_stages.ADOPTED, award_stages.GIVEN, award_stages.SAMPLED)
    kept = [event for kind in kinds for event in store.events(root, kind)]
    assert sorted(map(without_moment, kept)) == sorted(map(without_moment, told))


def test_one_check_passes_and_one_fails_and_some_points_were_changed_with_a_reason(tmp_path: Path) -> None:
    root = store.root("demo", tmp_path)
    awards.hold(root, WHOLE, SEED)
    assert sorted(one.is_passed for one in award_stages.samples(root, "2026").values()) == [False, True]
    history = award_stages.history(root, "2026")
    assert 80 < len({commune for commune, _ in history}) < 99  # some have not scored themselves yet
    cut = [steps["specialist"] for steps in history.values() if "specialist" in steps and steps["specialist"].reason]
    assert 20 < len(cut) < 80
    assert {len(steps) for steps in history.values()} == {1, 2}


def test_the_acts_come_once_even_when_killed_on_the_way(tmp_path: Path) -> None:
    root = store.root("demo", tmp_path)
    awards.hold(root, COMMUNES, SEED)
    first = store.acts(root)
    assert first == len(list(awards.acts(COMMUNES, SEED))) > 10
    (root.path / awards.HELD).unlink()  # killed before it was done
    awards.hold(root, COMMUNES, SEED)
    awards.hold(root, COMMUNES, SEED)
    assert store.acts(root) == first
