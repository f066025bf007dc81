"""Lists of villages that wait for a person: what is shown, what confirming writes, and that clicks at once are safe."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from definitions.text import text
from etl import acts, proposals, registry, store
from etl.build import build
from etl.landing import LANDING_SCHEMA, HeldCell, read_landing, with_values, write_landing
from etl.load import load
from etl.proposals import NotAdoptable, waiting
from etl.sources.commune_workbook import VERSION, read
from exports import tables
from metrics import deliveries
from tests.handmade import (
    AUGUST,
    COMMUNE,
    HU,
    JULY,
    LAO,
    NAMES,
    XEO,
    deliver,
    now,
    one_cell,
    three_villages,
)
from tests.ugly.writing import Cells, book

pytestmark = pytest.mark.slow

SEPTEMBER = date(2025, 9, 1)
OTHER, KHAO_MANG = "04456", "04465"  # the other one is xã Mù Cang Chải
ROW = (100, 30, 20, 10, 5, 6, 2, 3)
FIRST = {NAMES[HU]: ROW, NAMES[LAO]: ROW, NAMES[XEO]: ROW}
MERGED: dict[str, Any] = {"change": "Sáp nhập", "new_name": "Lao Chải Mới", "effective": "2025-08-01"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.Root:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path))
    return store.root("real", tmp_path)


def changes_sent(
    root: store.Root, received: str, village: str, held_cells: tuple[HeldCell, ...] = (), **cells: Any
) -> str:
    """A delivery whose sheet "Danh mục thôn" says one thing about a village."""
    import polars as pl

    sha = deliver(root, AUGUST, {village: ROW}, received, about=cells, held_cells=held_cells)
    place = one_cell("groups", 7, village, "", None) | {"form_sheet": "registry", "sheet": "Danh mục thôn"}
    told = [place | {"measure": f"text:{key}", "text": said} for key, said in cells.items()]
    before = read_landing(root.landing, "commune_workbook", sha, VERSION)
    assert before
    values = pl.concat([before.values, pl.DataFrame(told, schema=LANDING_SCHEMA, orient="row")])
    for path in (root.landing / "commune_workbook").glob(f"{sha}*"):
        path.unlink()
    write_landing(root.landing, sha, with_values(before, values))
    return sha


def shown(root: store.Root) -> list[tuple[str, int, list[str]]]:
    """commune, number of entries and remarks of what waits."""
    return [
        (one.commune, len(one.entries), [remark.id for remark in (*one.doubts, *filter(None, [one.problem]))])
        for one in waiting(root)
    ]


# ---- what waits ----------------------------------------------------------------------------------------------------


def test_a_first_list_waits_once_however_often_it_is_sent(root: store.Root) -> None:
    first = deliver(root, JULY, FIRST, "2025-08-04", commune=OTHER)
    deliver(root, AUGUST, FIRST, "2025-09-04", commune=OTHER)
    assert [one.sha256 for one in waiting(root)] == [first]
    (one,) = waiting(root)
    assert one.is_first and [entry["name"] for entry in one.entries] == list(FIRST)


def test_two_different_first_lists_of_a_commune_are_both_shown_with_a_doubt(root: store.Root) -> None:
    deliver(root, JULY, FIRST, "2025-08-04", commune=OTHER)
    deliver(root, AUGUST, {NAMES[HU]: ROW}, "2025-09-04", commune=OTHER)
    assert [(n, "lists_differ" in remarks) for _, n, remarks in shown(root)] == [(3, True), (1, True)]


def test_households_that_do_not_go_with_the_communes_people_are_looked_at_twice(root: store.Root) -> None:
    deliver(root, JULY, {NAMES[HU]: ROW}, commune="02647")  # 76,981 people
    deliver(root, JULY, {NAMES[HU]: (None, *ROW[1:])}, commune=OTHER)
    assert {commune: remarks for commune, _, remarks in shown(root)} == {
        "02647": ["households_odd"],
        OTHER: ["households_unknown"],
    }


def test_villages_of_another_commune_are_no_list_of_this_one(root: store.Root) -> None:
    deliver(root, JULY, {HU: ROW, LAO: ROW}, commune=OTHER)
    assert shown(root) == [(OTHER, 0, ["other_commune"])]
    with pytest.raises(NotAdoptable, match=f"mã thôn {HU} là của xã, phường khác"):
        proposals.adopt_delivery(root, waiting(root)[0].sha256)


def test_a_commune_with_a_list_waits_only_with_changes_and_only_with_the_latest(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: ROW})
    changes_sent(root, "2025-09-04", HU, change="Đổi tên", new_name="Hú Trù")
    latest = changes_sent(root, "2025-09-05", HU, change="Đổi tên", new_name="Hú Trù Mới")
    (one,) = waiting(root)
    (change,) = proposals.changes(one)
    assert one.sha256 == latest and not one.is_first
    assert (change.name, change.kind, change.now, change.since) == ("Hú Trù Lìn", "renamed", ("Hú Trù Mới",), None)


# ---- lists of old units ----------------------------------------------------------------------------------------------

COC_SAN, FIRST_PART, SECOND_PART = "02746", "old:02662", "old:02746"  # three communes until 07/2025


def two_parts(root: store.Root) -> None:
    """Two old units, both with a Thôn 1, send their first lists for August; the first comes first."""
    of = {
        FIRST_PART: {"Thôn 1": (100, 20), "Thôn 2": (100, 30)},
        SECOND_PART: {"Thôn 1": (200, 150), "Thôn 9": (50, 5)},
    }
    for day, (part, villages) in enumerate(of.items(), 4):
        figures = {name: (*some, *[0] * 6) for name, some in villages.items()}
        deliver(root, AUGUST, figures, f"2025-09-0{day}", commune=COC_SAN, written=part)


def counted(root: store.Root, month: date = AUGUST) -> dict[str, int | None]:
    build(root)
    sql = "select village_name, households_any from village_month where commune = ? and month = ? and is_reported"
    return dict(now(root).query(sql, [COC_SAN, month]).iter_rows())


def unlisted(root: store.Root) -> int:
    sql = "select communes_unlisted from indicator_month where indicator = 'groups_formed' and unit = ? and month = ?"
    return now(root).query(sql, [COC_SAN, AUGUST]).item()


def test_the_lists_of_two_old_units_stand_side_by_side(root: store.Root) -> None:
    """The second's Thôn 1 once took the place of the first's, figures and all."""
    two_parts(root)
    assert [(one.part, [remark.id for remark in one.doubts]) for one in waiting(root)] == [
        (FIRST_PART, ["of_old_unit"]),
        (SECOND_PART, ["of_old_unit"]),
    ]
    proposals.adopt_delivery(root, waiting(root)[0].sha256)
    assert counted(root) == {"Thôn 1": 20, "Thôn 2": 30} and unlisted(root) == 1
    notes = tables.deliveries(deliveries.deliveries(now(root), COC_SAN), "vi").frame["note"]
    assert notes.to_list() == ["Bìa ghi tên đơn vị cũ: Xã Cốc San.", "Bìa ghi tên đơn vị cũ: Xã Đồng Tuyển."]
    (second,) = waiting(root)
    assert second.is_first and [entry["id"] for entry in second.entries] == [f"{COC_SAN}-003", f"{COC_SAN}-004"]
    proposals.adopt_delivery(root, second.sha256)
    assert counted(root) == {"Thôn 1": 20, "Thôn 2": 30, "Thôn 1 (Xã Cốc San)": 150, "Thôn 9": 5}
    assert not waiting(root) and unlisted(root) == 1, "the third old unit has sent nothing"
    deliver(root, AUGUST, {"Thôn 1": (10, 1, *[0] * 6)}, "2025-09-06", commune=COC_SAN, written="old:02749")
    proposals.adopt_delivery(root, waiting(root)[0].sha256)
    assert counted(root)["Thôn 1 (Xã Tòng Sành)"] == 1 and unlisted(root) == 0


def test_a_name_two_old_units_share_is_asked_about_in_a_file_of_todays_commune(root: store.Root) -> None:
    two_parts(root)
    for _ in range(2):
        proposals.adopt_delivery(root, waiting(root)[0].sha256)
    rows = {name: (100, 7, *[0] * 6) for name in ("Thôn 1", "Thôn 9")}
    deliver(root, SEPTEMBER, rows, "2025-10-04", commune=COC_SAN)
    deliver(root, SEPTEMBER, {"Thôn 9": (100, 8, *[0] * 6)}, "2025-10-05", commune=COC_SAN, written=FIRST_PART)
    assert counted(root, SEPTEMBER) == {"Thôn 9": 7}
    letters = now(root).query("select code, message from letter where severity = 'held' order by code")
    (ambiguous, asked), (unknown, told) = letters.rows()
    assert (ambiguous, unknown) == ("ambiguous_village", "unknown_village")
    assert "Thôn 1 (02746-001), Thôn 1 (Xã Cốc San) (02746-003)" in asked
    assert "“Thôn 9” (02746-004) là thôn của Xã Cốc San cũ" in told


def test_the_ids_of_a_standing_list_under_another_old_name_propose_nothing(root: store.Root) -> None:
    two_parts(root)
    proposals.adopt_delivery(root, waiting(root)[0].sha256)
    deliver(
        root, SEPTEMBER, {f"{COC_SAN}-001": (100, 21, *[0] * 6)}, "2025-10-04", commune=COC_SAN, written="old:02749"
    )
    assert [one.part for one in waiting(root)] == [SECOND_PART] and counted(root, SEPTEMBER) == {"Thôn 1": 21}


def test_a_change_an_old_unit_reports_is_of_its_own_village(root: store.Root) -> None:
    two_parts(root)
    for _ in range(2):
        proposals.adopt_delivery(root, waiting(root)[0].sha256)
    standing = registry.folded(root)[COC_SAN]
    header = ["Thôn", "Loại thay đổi", "Tên mới", "Số hộ"]
    titles: Cells = [["Mã xã: 02746"], ["Tháng 9 năm 2025"]]
    rows: Cells = [*titles, header, ["Thôn 1", "Đổi tên", "Bản Xanh", None], [None, "Mới", "Bản Đỏ", 40]]
    book(rows, sheet="Danh mục thôn")(Path(root.path / "a.xlsx"))
    values = read(root.path / "a.xlsx").values
    renamed, new = proposals.propose(COC_SAN, SEPTEMBER, standing, values, SECOND_PART)
    assert (renamed["id"], renamed["name"]) == (f"{COC_SAN}-003", "Bản Xanh")
    assert (new["id"], new["part"]) == (f"{COC_SAN}-005", SECOND_PART)
    with pytest.raises(NotAdoptable, match="Thôn 1"):
        proposals.propose(COC_SAN, SEPTEMBER, standing, values)


def test_files_of_other_kinds_beside_the_workbooks_propose_nothing(tmp_path: Path) -> None:
    root = three_villages(tmp_path / "data")
    latest = changes_sent(root, "2025-09-04", HU, change="Đổi tên", new_name="Hú Trù")
    rows = "Mã xã;Nguồn;Số hộ;Ngày;Văn bản\n04474;công an;240;30/06/2025;CV 1"
    (tmp_path / "so-ho.csv").write_text(rows, encoding="utf-8")
    (answer,) = load(root, [tmp_path / "so-ho.csv"])
    assert answer["verdict"] == "accepted" and [one.sha256 for one in waiting(root)] == [latest]


def test_a_merger_says_what_becomes_of_whom_and_from_when(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    changes_sent(root, "2025-09-04", LAO, **MERGED)
    (one,) = waiting(root)
    assert [(c.name, c.kind, c.now, c.since) for c in proposals.changes(one)] == [
        ("Lao Chải", "merged", ("Lao Chải Mới",), AUGUST),
        ("Lao Chải Mới", "new", (), AUGUST),
    ]


def test_a_new_village_named_under_new_name_alone_is_proposed(tmp_path: Path) -> None:
    header = ["Thôn", "Loại thay đổi", "Tên mới", "Số hộ"]
    rows: Cells = [["Mã xã: 04474"], ["Tháng 8 năm 2025"], header, [None, "Mới", "Bản Xanh", 40]]
    book(rows, sheet="Danh mục thôn")(tmp_path / "a.xlsx")
    standing = {HU: registry.entry(HU, NAMES[HU], JULY)}
    (new,) = proposals.propose(COMMUNE, AUGUST, standing, read(tmp_path / "a.xlsx").values)
    assert (new["id"], new["name"], new["households"]) == (f"{COMMUNE}-002", "Bản Xanh", 40)


def test_changes_held_back_are_counted_beside_those_proposed(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    cell = HeldCell("registry", "Danh mục thôn", 8, "C", None, None, "text:change", "Mới")
    changes_sent(root, "2025-09-04", LAO, held_cells=(cell,), **MERGED)
    assert [remarks for *_, remarks in shown(root)] == [["rows_left_out"]]


def test_what_was_withdrawn_or_refused_does_not_wait(root: store.Root) -> None:
    store.withdraw(root, deliver(root, JULY, FIRST, commune=OTHER), "nhầm")
    deliver(root, JULY, FIRST, commune="02647", origin="demo")
    assert waiting(root) == ()


# ---- confirming ----------------------------------------------------------------------------------------------------


def test_confirming_keeps_who_and_when_and_brings_the_rows_in(root: store.Root) -> None:
    deliver(root, JULY, FIRST, commune=OTHER)
    done = acts.confirm(root, waiting(root), "Nguyễn Văn A, chuyên viên")
    (event,) = store.events(root, "adopt")
    assert (event["by"], event["delivery"], len(event["villages"])) == (
        "Nguyễn Văn A, chuyên viên", done.done[0].sha256, 3,
    )  # fmt: skip
    assert event["at"] and not done.refused and not done.unpublished
    assert now(root).query("select count(*) from village_month where is_reported").item() == 3
    assert waiting(root) == ()


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """What each job gave or raised, all started at the same moment."""
    gate, results = threading.Barrier(len(jobs), timeout=30), dict[int, Any]()

    def run(number: int, job: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[number] = job()
        except NotAdoptable as fault:
            results[number] = fault.remark.id

    threads = [threading.Thread(target=run, args=job) for job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(jobs))]


def test_one_list_confirmed_twice_at_once_is_written_once(root: store.Root) -> None:
    deliver(root, JULY, FIRST, commune=OTHER)
    (one,) = waiting(root)
    click = lambda: len(proposals.adopt_delivery(root, one.sha256, seen=one.entries))  # noqa: E731
    assert sorted(together(click, click, click)) == [0, 0, 3]
    assert len(store.events(root, "adopt")) == 1
    assert len(acts.confirm(root, [one], "B").done) == 1, "a third click says it is done"
    assert len(store.events(root, "adopt")) == 1


def test_two_lists_of_one_commune_confirmed_at_once_never_mix(root: store.Root) -> None:
    deliver(root, JULY, FIRST, "2025-08-04", commune=OTHER)
    deliver(root, AUGUST, {"Bản Khác": ROW, "Bản Lạ": ROW}, "2025-09-04", commune=OTHER)
    clicks = [lambda one=one: proposals.adopt_delivery(root, one.sha256, seen=one.entries) for one in waiting(root)]
    together(*clicks)
    names = [entry["name"] for entry in registry.folded(root)[OTHER].values()]
    assert sorted(names) in (sorted(FIRST), ["Bản Khác", "Bản Lạ"])


def test_a_list_that_changed_after_it_was_shown_is_not_confirmed_unseen(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    changes_sent(root, "2025-09-04", LAO, **MERGED)
    seen = waiting(root)
    registry.adopt(root, COMMUNE, [registry.entry(f"{COMMUNE}-004", "Bản Mới", JULY)])
    done = acts.confirm(root, seen, "A")
    assert [remark.id for _, remark in done.refused] == ["changed_since"] and not done.done
    assert acts.confirm(root, waiting(root), "A").done, "looked at again it can be confirmed"


def test_one_list_that_cannot_be_confirmed_does_not_stop_the_others(root: store.Root) -> None:
    deliver(root, JULY, FIRST, commune=OTHER)
    gone = deliver(root, JULY, FIRST, commune="02647")
    seen = waiting(root)
    store.withdraw(root, gone, "nhầm")
    done = acts.confirm(root, seen, "A")
    assert [one.commune for one in done.done] == [OTHER]
    assert [(one.commune, remark.id) for one, remark in done.refused] == [("02647", "refused")]


def test_a_version_that_fails_a_check_keeps_what_was_confirmed(
    root: store.Root, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deliver(root, JULY, FIRST, commune=OTHER)
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "there_are_no_villages.sql").write_text("from village")
    monkeypatch.setattr("warehouse.publish.CHECKS", tmp_path / "checks")
    done = acts.confirm(root, waiting(root), "A")
    assert len(done.done) == 1 and done.unpublished.startswith("there are no villages")
    assert registry.registry(root).height == 3


# ---- the page ------------------------------------------------------------------------------------------------------


def test_while_every_row_waits_the_pages_say_what_for(root: store.Root) -> None:
    deliver(root, JULY, FIRST, commune=OTHER)
    acts.publish(root)
    front = AppTest.from_file(str(Path(dashboard.__file__)), default_timeout=60).run()
    assert not front.exception and not front.error
    assert any(text("state.waiting_text", n="1") in block.proto.body for block in front.get("html"))


def page() -> None:
    from pages.parts.view import view
    from pages.reporting import deliveries

    deliveries.page(view("vi"))


@pytest.fixture
def app(root: store.Root) -> AppTest:
    """The page on a root in which two communes and a file to be corrected wait."""
    deliver(root, JULY, dict.fromkeys(FIRST, (1000, *ROW[1:])), "2025-08-04", commune=OTHER)
    deliver(root, JULY, dict.fromkeys(FIRST, (600, *ROW[1:])), "2025-08-05", commune=KHAO_MANG)
    deliver(root, JULY, {HU: ROW}, "2025-08-06", commune="02647")
    assert acts.publish(root) == ""
    return AppTest.from_function(page, default_timeout=60).run()


def said(app: AppTest) -> list[str]:
    return [message.value for kind in (app.success, app.warning, app.error) for message in kind]


def click(app: AppTest, id: str, **places: Any) -> AppTest:
    label = text(id, **places)
    return next(button for button in app.button if button.label == label).click().run()


def test_nothing_is_confirmed_without_a_name(app: AppTest, root: store.Root) -> None:
    assert said(click(app, "waiting.confirm")) == [text("waiting.by_missing")]
    assert store.events(root, "adopt") == []


def test_one_list_is_confirmed_with_a_click_and_the_next_is_shown(app: AppTest, root: store.Root) -> None:
    app.text_input(key="by").input("A")
    click(app, "waiting.confirm")
    assert said(app)[:1] == [text("waiting.done", n=1)]
    assert [event["commune"] for event in store.events(root, "adopt")] == [KHAO_MANG]
    assert [one.commune for one in waiting(root)] == [OTHER, "02647"]
    assert waiting(root)[1].sha256 in [box.value for box in app.selectbox], "the next in alphabetical order"


def test_a_list_that_cannot_be_confirmed_says_why_and_has_no_button(app: AppTest, root: store.Root) -> None:
    app.query_params["waits"] = waiting(root)[-1].sha256
    app.run()
    assert said(app) == [text("proposal.other_commune", row=7, village=HU)]
    assert text("waiting.confirm") not in [button.label for button in app.button]


def test_the_page_of_a_later_click_confirms_only_what_it_showed(app: AppTest, root: store.Root) -> None:
    app.text_input(key="by").input("A")
    registry.adopt(root, KHAO_MANG, [registry.entry(f"{KHAO_MANG}-001", "Bản Khác", JULY)])
    click(app, "waiting.confirm")
    assert registry.registry(root)["name"].to_list() == ["Bản Khác"]


def test_a_wrong_file_is_withdrawn_with_who_and_why(app: AppTest, root: store.Root) -> None:
    (sha,) = (one.sha256 for one in waiting(root) if one.commune == "02647")
    app.query_params["file"] = sha
    app.run()
    click(app, "deliveries.withdraw_confirm")
    assert text("deliveries.withdraw_missing") in said(app)
    for id, words in (("by", "A"), ("reason", "gửi nhầm")):
        label = text(f"deliveries.withdraw_{id}")
        next(place for place in app.text_input if place.label == label).input(words)
    click(app, "deliveries.withdraw_confirm")
    (event,) = store.events(root, "withdraw")
    assert (event["sha256"], event["by"], event["reason"]) == (sha, "A", "gửi nhầm")
    assert sha not in [one.sha256 for one in waiting(root)]
