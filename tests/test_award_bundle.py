"""A round frozen and replayed: the same hash elsewhere, every change told, a torn file refused."""

import io
import json
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

import award_answers
from definitions.award_rules import sheets
from definitions.reference import communes
from etl import award_bundle, award_stages, store
from exports import award_papers, award_words
from methods.ranks import SEED
from metrics import awards
from tests.award_rounds import LATE, closed
from tests.test_cli import run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def last_day(province: Path) -> date:
    root = store.root("demo", province)
    return max(store.local(one["received_at"]).date() for one in store.receipts(root)) - timedelta(days=20)


@pytest.fixture
def root(province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.Root:
    """The tests' province in a folder of its own, so that its log may grow."""
    shutil.copytree(province / "demo", tmp_path / "data" / "demo")
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    return store.root("demo")


def test_a_replay_elsewhere_gives_the_same_hash_and_what_came_later_does_not_count(
    root: store.Root, last_day: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year, bundle = sheets()["2026"], tmp_path / "round.zip"
    award_stages.adopt(root, year, "Quyết định số 5", "lan", LATE)
    commune = next(one["commune"] for one in store.receipts(root, last_day) if one["commune"])
    award_stages.give(root, year, commune, "signed", "board", 4.5, by="lan")
    said = run("awards", "freeze", "2026", bundle, "--as-of", last_day, "--demo")
    assert said.exit_code == 0, said.stderr
    with zipfile.ZipFile(bundle) as archive:
        facts, points = json.loads(archive.read("manifest.json")), archive.read("points.csv")
        names = archive.namelist()
    assert facts["points_sha256"] == store.sha_of(points) and facts["seed"] == SEED
    assert f"{commune},signed,scored,4.5000\n".encode() in points
    assert {name.split("/")[0] for name in names} >= {"inbox", "landing", "log", "definitions"}
    late = {one["sha256"] for one in store.receipts(root)} - {one["sha256"] for one in store.receipts(root, last_day)}
    assert late and not [name for name in names if any(sha in name for sha in late)]

    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "elsewhere"))
    told = run("awards", "replay", bundle, "--json")
    answer = json.loads(told.stdout)
    assert (told.exit_code, answer["is_same"], answer["is_same_code"], answer["differences"]) == (0, True, True, [])
    assert answer["replayed_sha256"] == facts["points_sha256"]
    assert "không ghi đè" in run("awards", "freeze", "2026", bundle, "--as-of", last_day, "--demo").stderr


def test_a_file_taken_out_after_the_freeze_is_named_and_nothing_else_than_what_was_frozen_is_published(
    root: store.Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for act in root.log.glob(store.EVENTS):
        if '"award_' in act.read_text(encoding="utf-8"):
            act.unlink()  # the demonstration's own sheet has another cut-off
    rules = closed(root)
    monkeypatch.setattr(award_answers, "sheet_of", lambda id: rules)
    award_stages.adopt(root, rules, "Quyết định số 5", "lan", LATE)
    sha, commune = next((one["sha256"], one["commune"]) for one in store.receipts(root) if one["commune"])
    given = {"commune": commune, "criterion": "signed", "stage": "board", "points": 4.5, "reason": ""}
    given |= {"explanation": "", "evidence": ""}
    award_stages.enter(root, "2026", sha, {"given": [given], "sampled": [], "letters": [], "commune": None}, "lan")
    publish = ("awards", "publish", "2026", "--by", "lan", "--demo")
    assert "chưa chốt" in run(*publish).stderr
    assert run("awards", "freeze", "2026", tmp_path / "first.zip", "--demo").exit_code == 0

    store.withdraw(root, sha, "nhầm")
    named = next(one.full_name for one in communes() if one.code == commune)
    changed = f"{named}, {rules.criterion('signed').label.vi}: 4,5 → 0"
    assert any(changed in one for one in award_answers.withdrawn(root, sha))
    of = award_answers.round_of(root, "2026", None)
    assert any("KHÁC BẢN CHỐT ở 2 chỗ" in one and changed in one for one in award_words.notes(of, "vi"))
    assert "2 chỗ khác bản đã chốt" in award_papers.draft(of)
    refused = run(*publish)
    assert refused.exit_code == 1 and changed in refused.stderr and f"{named}, tổng điểm: " in refused.stderr
    assert not award_stages.is_published(root, "2026")

    assert run("awards", "freeze", "2026", tmp_path / "second.zip", "--demo").exit_code == 0
    assert award_papers.draft(award_answers.round_of(root, "2026", None)) == ""
    assert run(*publish).exit_code == 0
    assert run("awards", "replay", tmp_path / "first.zip").exit_code == 0, "the first bundle replays as it was"


def test_other_code_is_told_line_by_line(
    root: store.Root, last_day: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "round.zip"
    run("awards", "freeze", "ninety_ten", bundle, "--as-of", last_day, "--demo")
    real = awards.canonical

    def other(found: awards.Scored) -> bytes:
        head, first, *rest = real(found).decode().splitlines(keepends=True)
        return "".join([head, *rest, "99999,access,scored,1.0000\n"]).encode()

    monkeypatch.setattr(awards, "canonical", other)
    monkeypatch.setattr(award_bundle.build, "commit", lambda: "another")
    told = run("awards", "replay", bundle, "--json")
    answer = json.loads(told.stdout)
    assert (told.exit_code, answer["is_same"], answer["is_same_commit"]) == (1, False, False)
    assert [one["frozen"] == "" for one in answer["differences"]] == [False, True]
    assert "Khác ở 2 dòng" in run("awards", "replay", bundle).stdout


def test_one_digit_changed_is_refused(tmp_path: Path) -> None:
    rules = sheets()["2026"]
    whole = award_bundle.freeze(store.root("real", tmp_path / "a"), rules, b"commune,criterion,state,points\n", SEED)
    assert award_bundle.thaw(whole, tmp_path / "b").rules == rules
    for name, part in (("points.csv", b"1"), ("log/x.json", b"{}"), ("../x", b"")):
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            parts = {one: archive.read(one) for one in archive.namelist()} | {name: part}
        with pytest.raises(award_bundle.NotWhole, match=name.replace(".", r"\.")):
            award_bundle.thaw(award_bundle._zip(parts), tmp_path / "c")
    with pytest.raises(award_bundle.NotWhole):
        award_bundle.thaw(b"no zip", tmp_path / "c")


def test_what_is_not_over_or_no_bundle_is_refused(root: store.Root, tmp_path: Path) -> None:
    tomorrow = store.now().date() + timedelta(days=1)
    assert "Chưa hết ngày chốt" in run("awards", "freeze", "2026", tmp_path / "x", "--as-of", tomorrow, "--demo").stderr
    assert "Không đọc được" in run("awards", "replay", tmp_path / "nothing").stderr
    (tmp_path / "x").write_bytes(b"x")
    assert "không còn nguyên vẹn" in run("awards", "replay", tmp_path / "x").stderr
    assert award_answers.SEED == SEED
