"""What arrives is kept once, under its hash, with one receipt; what people do is kept beside it."""

import json
import multiprocessing
import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from etl import proposals, registry, store
from etl.load import incoming, load
from tests.handmade import AUGUST, COMMUNE, HU, JULY, LAO, XEO, moment, one_cell, three_villages
from tests.workbooks import read_here, workbook

ROWS = [(HU, "Hú Trù Lìn", 100, 30), (LAO, "Lao Chải", 80, 20), (XEO, "Xéo Dì Hồ", 60, 6)]


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: what the child processes are for is tested with them, and they take seconds to start."""
    monkeypatch.setattr("etl.load.intake.read_many", read_here)


def files(root: store.Root) -> dict[str, bytes]:
    """Everything that stands in a root, by its path."""
    return {str(p.relative_to(root.path)): p.read_bytes() for p in sorted(root.path.rglob("*")) if p.is_file()}


def test_acts_are_counted_anew_while_the_folder_is_young(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two acts within a tick of the clock leave the folder the same age."""
    root = store.root("real", tmp_path)
    told = [store.acts(root)]
    for n in range(3):
        store.record_event(root, {"event": "view", "n": n, "at": "2026-11-05T08:00:00+07:00"})
        told.append(store.acts(root))
    assert told == [0, 1, 2, 3]
    later = store.time_ns() + 10 * store.SETTLED
    monkeypatch.setattr(store, "time_ns", lambda: later)
    assert store.acts(root) == 3
    (root.log / "event-x.json").write_text("{}")
    os.utime(root.log, ns=(later, later))
    assert store.acts(root) == 4


def test_a_file_is_created_once_and_never_overwritten(tmp_path: Path) -> None:
    assert store.create_once(tmp_path / "a", b"first")
    assert not store.create_once(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def _acknowledge(base: str, second: int, gate: object) -> str:
    gate.wait()  # type: ignore[attr-defined]
    content = {"sha256": "a" * 64, "received_at": f"2025-08-04T09:00:{second:02}.000+07:00"}
    root = store.root("real", Path(base))
    store.acknowledge(root, content)
    standing = store.receipt(root, "a" * 64)
    return standing["received_at"] if standing else "none"


@pytest.mark.alone
def test_two_loaders_at_once_give_one_receipt_and_one_moment(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, spawn.Pool(4) as pool:
        gate = manager.Barrier(4)
        moments = pool.starmap(_acknowledge, [(str(tmp_path), second, gate) for second in range(4)])
    assert len(set(moments)) == 1
    assert [r["received_at"] for r in store.receipts(store.root("real", tmp_path))] == moments[:1]


def test_what_was_received_before_midnight_in_the_province_was_known_on_that_day(tmp_path: Path) -> None:
    root = store.root("real", tmp_path)
    for letter, at in (
        ("a", "2025-08-04T23:59:59.999+07:00"),
        ("b", "2025-08-05T00:00:00.000+07:00"),
        ("c", "2025-08-04T17:30:00.000+00:00"),
    ):
        store.acknowledge(root, {"sha256": letter * 64, "received_at": at})
    assert [r["sha256"][0] for r in store.receipts(root, date(2025, 8, 4))] == ["a"]
    assert [r["sha256"][0] for r in store.receipts(root, date(2025, 8, 5))] == ["a", "b", "c"]


def test_a_withdrawal_is_recorded_once_and_only_for_what_arrived(tmp_path: Path) -> None:
    root = store.root("real", tmp_path)
    with pytest.raises(LookupError):
        store.withdraw(root, "a" * 64, "nhầm")
    store.acknowledge(root, {"sha256": "a" * 64, "received_at": "2025-08-04T09:00:00.000+07:00"})
    store.withdraw(root, "a" * 64, "nhầm")
    store.withdraw(root, "a" * 64, "nhầm lần nữa")
    assert [(e["sha256"], e["reason"]) for e in store.events(root, "withdraw")] == [("a" * 64, "nhầm")]


def test_an_event_is_named_by_the_hash_of_its_content(tmp_path: Path) -> None:
    root = store.root("real", tmp_path)
    sha = store.record_event(root, {"event": "note", "at": "2025-08-04T09:00:00.000+07:00"})
    assert store.sha_of((root.log / f"event-{sha}.json").read_bytes()) == sha


# ---- loading -------------------------------------------------------------------------------------------------------


def test_a_workbook_is_kept_read_and_answered(tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    path = workbook(tmp_path / "bao cao.xlsx", ROWS)
    (answer,) = load(root, [path], sender="xã")
    assert (answer["file"], answer["verdict"], answer["letters"]) == (str(path), "accepted", [])
    assert answer["rows"]["stored"] == 3 and answer["rows"]["held"] == 0
    assert answer["sha256"] == store.sha_of(path.read_bytes())
    assert (root.inbox / f"{answer['sha256']}.xlsx").read_bytes() == path.read_bytes()
    receipt = store.receipt(root, answer["sha256"])
    assert receipt and (receipt["file"], receipt["sender"], receipt["commune"], receipt["month"]) == (
        "bao cao.xlsx",
        "xã",
        COMMUNE,
        "2025-07-01",
    )


def test_the_same_bytes_again_get_the_same_answer_and_change_nothing(at_hand: None, tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    path = workbook(tmp_path / "a.xlsx", ROWS)
    first, before = load(root, [path]), files(root)
    path.rename(tmp_path / "b.xlsx")
    again = load(root, [tmp_path / "b.xlsx"])
    assert again == [first[0] | {"file": str(tmp_path / "b.xlsx")}]
    assert files(root) == before


def test_a_dry_run_answers_alike_and_writes_nothing(at_hand: None, tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    path, before = workbook(tmp_path / "a.xlsx", [*ROWS, (None, "Không Rõ", 5, 5)]), files(root)
    dry = load(root, [path], dry_run=True)
    assert files(root) == before
    assert dry == load(root, [path])


def test_an_unknown_village_is_held_and_the_others_stay(at_hand: None, tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    rows = [(HU, "Hú Trù Lìn", 100, 30), (None, "lao chai", 80, 20), (HU, "Xéo Dì Hồ", 60, 6), (None, "Nậm Lạ", 9, 1)]
    (answer,) = load(root, [workbook(tmp_path / "a.xlsx", rows)])
    assert answer["verdict"] == "partly"
    assert (answer["rows"]["stored"], answer["rows"]["held"]) == (1, 3)
    codes = sorted(letter["code"] for letter in answer["letters"])
    assert codes == ["duplicate_village", "duplicate_village", "unknown_village"]


def test_an_id_and_a_name_that_contradict_are_held_with_both_named(at_hand: None, tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    (answer,) = load(root, [workbook(tmp_path / "a.xlsx", [(HU, "Lao Chải", 80, 20)])])
    (letter,) = answer["letters"]
    assert letter["code"] == "ambiguous_village" and HU in letter["message"] and LAO in letter["message"]
    assert (answer["verdict"], answer["rows"]["stored"]) == ("refused", 0)


def test_a_commune_without_a_list_waits_until_its_list_is_confirmed(at_hand: None, tmp_path: Path) -> None:
    root = store.root("real", tmp_path / "data")
    path = workbook(tmp_path / "a.xlsx", [(None, name, n, k) for _, name, n, k in ROWS])
    (first,) = load(root, [path])
    assert {letter["code"] for letter in first["letters"]} == {"village_list_not_adopted"}
    assert (first["verdict"], first["rows"]["held"]) == ("partly", 3)
    entries = proposals.adopt_delivery(root, first["sha256"])
    assert [(e["id"], e["name"], e["valid_from"], e["households"]) for e in entries] == [
        (HU, "Hú Trù Lìn", "2025-07", 100), (LAO, "Lao Chải", "2025-07", 80), (XEO, "Xéo Dì Hồ", "2025-07", 60),
    ]  # fmt: skip
    assert proposals.adopt_delivery(root, first["sha256"]) == ()
    (again,) = load(root, [path])
    assert (again["verdict"], again["rows"]["stored"], again["letters"]) == ("accepted", 3, [])


def test_a_wrong_figure_is_no_reason_to_leave_a_village_out_of_the_list(at_hand: None, tmp_path: Path) -> None:
    root = store.root("real", tmp_path / "data")
    path = workbook(tmp_path / "a.xlsx", [(None, "Hú Trù Lìn", 100, 130), (None, "Lao Chải", 80, 20)])
    (answer,) = load(root, [path])
    entries = proposals.adopt_delivery(root, answer["sha256"])
    assert [(e["id"], e["name"]) for e in entries] == [(HU, "Hú Trù Lìn"), (LAO, "Lao Chải")]


def test_a_month_that_has_not_begun_is_held(at_hand: None, tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    path = workbook(tmp_path / "a.xlsx", ROWS, month=AUGUST)
    (answer,) = load(root, [path], received_at=lambda name: moment("2025-07-31T23:00"))
    assert {letter["code"] for letter in answer["letters"]} == {"future_month"}
    assert (answer["rows"]["stored"], answer["rows"]["held"]) == (0, 3)


@pytest.mark.parametrize("origin", ["real", "demo"])
def test_the_two_roots_never_mix(at_hand: None, tmp_path: Path, origin: store.Origin) -> None:
    root = three_villages(tmp_path / "data", origin)
    path = workbook(tmp_path / "a.xlsx", ROWS, is_demo=origin == "real")
    (answer,) = load(root, [path])
    assert answer["verdict"] == "refused"
    assert [letter["code"] for letter in answer["letters"]] == ["wrong_origin"]
    assert (answer["rows"]["stored"], answer["rows"]["held"]) == (0, 3)


def test_folders_and_archives_are_taken_file_by_file(at_hand: None, tmp_path: Path) -> None:
    folder = tmp_path / "xã" / "2025"
    folder.mkdir(parents=True)
    (folder / "b.xlsx").write_bytes(b"b")
    (folder / "~$b.xlsx").write_bytes(b"lock")
    (tmp_path / "xã" / "a.xlsx").write_bytes(b"a")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("sub/c.xlsx", b"c")
        archive.writestr("__MACOSX/._c.xlsx", b"junk")
    names = [(file.name, file.content) for file in incoming([tmp_path / "xã", tmp_path / "c.zip"])]
    assert names == [
        (str(folder / "b.xlsx"), b"b"),
        (str(tmp_path / "xã" / "a.xlsx"), b"a"),
        (f"{tmp_path / 'c.zip'}/sub/c.xlsx", b"c"),
    ]


def test_what_is_no_archive_or_too_large_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no archive")
    (tmp_path / "b.xlsx").write_bytes(bytes(20 * 2**20 + 1))
    root = store.root("real", tmp_path / "data")
    answers = load(root, [tmp_path / "a.zip", tmp_path / "b.xlsx"])
    assert [a["letters"][0]["code"] for a in answers] == ["unreadable", "too_large"]
    assert "quá lớn (20,1 MB)" in answers[1]["letters"][0]["message"]
    assert all(a["verdict"] == "refused" and a["sha256"] and a["letters"][0]["message"] for a in answers)
    assert store.receipts(root) == []


# ---- the village registry ------------------------------------------------------------------------------------------


def change(row: int, village: str | None, name: str, **cells: str | int) -> list[dict[str, object]]:
    """One row of "Danh mục thôn"."""
    place = one_cell("groups", row, village or name, "", None) | {"form_sheet": "registry", "sheet": "Danh mục thôn"}
    place |= {"village_id": village, "village_name": name}
    told = [
        {"measure": key, "value": said} if key == "households" else {"measure": f"text:{key}", "text": said}
        for key, said in cells.items()
    ]
    return [place | one for one in told]


def changed(root: store.Root, *rows: list[dict[str, object]]) -> dict[str, tuple[object, ...]]:
    """id -> name, valid_from, valid_to, successors, households of what the rows propose."""
    import polars as pl

    from etl.landing import LANDING_SCHEMA

    values = pl.DataFrame([cell for row in rows for cell in row], schema=LANDING_SCHEMA, orient="row")
    entries = proposals.propose(COMMUNE, date(2026, 3, 1), registry.folded(root)[COMMUNE], values)
    return {e["id"]: (e["name"], e["valid_from"], e["valid_to"], e["successors"], e["households"]) for e in entries}


def test_a_merger_ends_its_villages_and_begins_a_new_one(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    merged = {"change": "Sáp nhập", "new_name": "Lao Chải", "effective": "2026-02-15"}
    assert changed(root, change(7, HU, "Hú Trù Lìn", **merged), change(8, LAO, "Lao Chải", **merged)) == {
        HU: ("Hú Trù Lìn", "2025-07", "2026-01", [f"{COMMUNE}-004"], 100),
        LAO: ("Lao Chải", "2025-07", "2026-01", [f"{COMMUNE}-004"], 80),
        f"{COMMUNE}-004": ("Lao Chải", "2026-02", None, [], 180),
    }


def test_rename_split_new_and_dissolved(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    assert changed(root, change(7, HU, "Hú Trù Lìn", change="Đổi tên", new_name="Hú Trù")) == {
        HU: ("Hú Trù", "2025-07", None, [], 100)
    }
    assert changed(
        root, change(7, None, "Lao Chải", change="Chia tách", new_name="Lao Chải 1; Lao Chải 2", effective="01/01/2026")
    ) == {
        LAO: ("Lao Chải", "2025-07", "2025-12", [f"{COMMUNE}-004", f"{COMMUNE}-005"], 80),
        f"{COMMUNE}-004": ("Lao Chải 1", "2026-01", None, [], None),
        f"{COMMUNE}-005": ("Lao Chải 2", "2026-01", None, [], None),
    }
    assert changed(root, change(7, None, "Bản Mới", change="Mới", households=40)) == {
        f"{COMMUNE}-004": ("Bản Mới", "2026-03", None, [], 40)
    }
    assert changed(root, change(7, XEO, "Xéo Dì Hồ", change="Giải thể"))[XEO][2] == "2026-02"


NOT_UNDERSTOOD = [
    change(7, None, "Nậm Lạ", change="Giải thể"),
    change(7, HU, "Hú Trù Lìn", change="Khác"),
    change(7, HU, "Hú Trù Lìn", change="Đổi tên"),
    change(7, HU, "Hú Trù Lìn", change="Giải thể", effective="mai"),
]


@pytest.mark.parametrize("row", NOT_UNDERSTOOD)
def test_a_change_that_is_not_understood_is_not_confirmed(tmp_path: Path, row: list[dict[str, object]]) -> None:
    with pytest.raises(proposals.NotAdoptable, match="Dòng 7"):
        changed(three_villages(tmp_path), row)


def test_the_registry_as_of_a_day_knows_only_what_was_confirmed(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    registry.adopt(root, COMMUNE, [registry.entry(f"{COMMUNE}-004", "Bản Mới", AUGUST)], at=moment("2025-09-01"))
    assert registry.registry(root, date(2025, 8, 31)).height == 3
    assert registry.registry(root, date(2025, 9, 1)).height == 4
    assert registry.valid_in(registry.registry(root), JULY).height == 3
    assert json.loads(next(root.log.glob("event-*")).read_bytes())["event"] == "adopt"
    assert isinstance(datetime.fromisoformat(store.events(root, "adopt")[0]["at"]), datetime)
