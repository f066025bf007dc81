"""The scoring workbook and the visit form: handed out, filled in, taken in line by line; what may not be is told."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

import award_answers
from definitions.award_forms import SCORING, STAGES
from definitions.award_rules import sheets
from etl import award_stages as stages
from etl import deliveries, handouts, intake, load, registry, sources, store
from etl.award_entries import said
from etl.build import build
from etl.store import Root
from exports import award_forms, award_tables, award_visit
from exports.award_round import Round, known_acts, scored_round
from exports.award_words import Shown
from methods.sample_check import drawn
from tests.award_rounds import LATE, made_final
from tests.test_cli import run
from tests.tiny import TODAY, A, B, tiny
from tests.workbooks import read_here
from warehouse.version import Version, current

pytestmark = pytest.mark.slow

YEAR = sheets()["2026"]
OWN = "Tự chấm điểm"
HEAD, FIRST = 4, 5  # rows as Excel counts
Edit = Callable[[Workbook], object]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("forms") / "published")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    monkeypatch.setattr(intake, "read_many", read_here)
    found = store.root("real", tmp_path / "data")
    stages.adopt(found, YEAR, "Quyết định số 5", "lan", LATE)
    return found


def round_of(root: Root, version: Version) -> Round:
    return scored_round(root, version, YEAR, TODAY)


def columns(ws: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in ws[HEAD]}


def write(ws: Any, row: int, **cells: object) -> None:
    at = columns(ws)
    heads = {"points": "Điểm chấm", "explanation": "Thuyết minh", "reason": "Lý do (khi khác điểm đã ghi)",
             "evidence": "Số, ký hiệu tài liệu minh chứng", "most": "Điểm tối đa", "seen": "Điểm đã ghi",
             "code": "Mã xã, phường", "label": "Tiêu chí"}  # fmt: skip
    for name, value in cells.items():
        ws.cell(row, at[heads[name]]).value = value


def filled(root: Root, version: Version, path: Path, edit: Edit, stage: str = "commune") -> Path:
    """A form as it is handed out now, filled in with a spreadsheet program."""
    path.write_bytes(award_forms.template(round_of(root, version), stage, A if stage == "commune" else None))
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def taken(root: Root, path: Path, **how: Any) -> dict[str, Any]:
    (answer,) = load.load(root, [path], **({"sender": "hoa"} | how))
    return answer


def codes(answer: dict[str, Any]) -> list[tuple[str, int | None, str | None]]:
    return [(one["code"], one["row"], one["column"]) for one in answer["letters"]]


def honest(book: Workbook) -> None:
    write(book[OWN], FIRST, points=4.5, explanation="37 trong 40 văn bản ký số", evidence="Báo cáo số 12/BC-MTTQ")
    write(book[OWN], FIRST + 1, points="5", explanation="đủ 40 văn bản", evidence="Báo cáo số 13/BC-MTTQ")


# ---- a commune's own points ------------------------------------------------------------------------------------------


def test_a_communes_workbook_asks_its_manual_criteria_and_shows_the_computed_ones(
    root: Root, version: Version, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(award_forms.template(round_of(root, version), "commune", A))
    assert path.read_bytes() == award_forms.template(round_of(root, version), "commune", A)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [SCORING, OWN, "Số liệu tự tính"]
    asked = [book[OWN].cell(row, 2).value for row in range(FIRST, book[OWN].max_row + 1)]
    assert asked == ["signed", "ioffice", "initiative"]
    cells = [cell for row in book[OWN].iter_rows(min_row=FIRST) for cell in row if not cell.protection.locked]
    assert book[OWN].protection.sheet and len(cells) == 3 * 4
    assert all(cell.value is None for cell in cells)
    computed = {row[0].value: row[3].value for row in book["Số liệu tự tính"].iter_rows(min_row=FIRST)}
    assert len(computed) == 11 and "Tỷ lệ văn bản ký số" not in computed
    assert [ws.page_setup.paperSize for ws in book] == ["9", "9", "9"] or {ws.page_setup.paperSize for ws in book} == {
        9
    }


def test_what_a_commune_enters_counts_with_its_papers_and_the_same_bytes_change_nothing(
    root: Root, version: Version, tmp_path: Path
) -> None:
    path = filled(root, version, tmp_path / "a.xlsx", honest)
    dry = taken(root, path, dry_run=True)
    assert (dry["verdict"], stages.points(root, "2026")) == ("accepted", {})
    answer = taken(root, path)
    assert (answer["verdict"], answer["rows"]["stored"], answer["letters"]) == ("accepted", 2, [])
    assert stages.points(root, "2026") == {(A, "signed"): 4.5, (A, "ioffice"): 5.0}
    given = stages.history(root, "2026")[A, "ioffice"]["commune"]
    assert (given.explanation, given.evidence, given.by) == ("đủ 40 văn bản", "Báo cáo số 13/BC-MTTQ", "hoa")
    names = sorted(one.name for one in root.log.iterdir())
    assert taken(root, path) == answer and sorted(one.name for one in root.log.iterdir()) == names
    assert sources.source_for("f3a9.xlsx", path.read_bytes()).SOURCE == "award_points"


def test_a_wrong_cell_blocks_only_its_line_and_is_told_where_it_stands(
    root: Root, version: Version, tmp_path: Path
) -> None:
    def edit(book: Workbook) -> None:
        honest(book)
        write(book[OWN], FIRST, points="10 điểm")
        write(book[OWN], FIRST + 2, points=4.25, explanation="một mô hình", evidence="QĐ 3")

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    assert (answer["verdict"], answer["rows"]["stored"], answer["rows"]["held"]) == ("partly", 1, 2)
    assert codes(answer) == [("bad_points", FIRST, "F"), ("award_not_in_halves", FIRST + 2, "F")]
    said_of = answer["letters"][0]["message"]
    assert f"Biểu “{OWN}”, dòng {FIRST}, cột F (Điểm chấm)" in said_of and "“10 điểm”" in said_of and "0,5" in said_of
    assert "điểm 4,25" in answer["letters"][1]["message"] and "từ 0 đến 10" in answer["letters"][1]["message"]
    assert stages.points(root, "2026") == {(A, "ioffice"): 5.0}


WRONG: dict[str, tuple[str, dict[str, object]]] = {
    "over the maximum": ("award_not_in_halves", {"points": 5.5}),
    "no evidence": ("award_no_evidence", {"evidence": None}),
    "no points": ("award_no_points", {"points": "-"}),
    "a formula never worked out": ("formula_without_value", {"points": "=2+2"}),
    "a formula for words": ("formula_without_value", {"explanation": "=A1"}),
    "a number beyond all": ("bad_points", {"points": 1e308}),
    "a truth": ("bad_points", {"points": True}),
    "a maximum raised": ("award_label_changed", {"most": 50}),
    "another label": ("award_label_changed", {"label": "Xử lý văn bản trên iOffice"}),
    "another commune's code": ("award_other_commune", {"code": B}),
    "points on record invented": ("award_seen_changed", {"seen": 3}),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_fault_is_a_sentence(root: Root, version: Version, tmp_path: Path, what: str) -> None:
    code, cells = WRONG[what]

    def edit(book: Workbook) -> None:
        honest(book)
        write(book[OWN], FIRST, **cells)

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    assert [one for one, row, _ in codes(answer) if row == FIRST] == [code]
    assert stages.points(root, "2026") == {(A, "ioffice"): 5.0}


def test_merged_cells_and_a_criterion_twice_are_asked_about(root: Root, version: Version, tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        honest(book)
        book[OWN].merge_cells(start_row=FIRST, end_row=FIRST + 1, start_column=6, end_column=6)
        for cell in book[OWN][FIRST + 2]:
            book[OWN].cell(FIRST + 3, cell.column).value = cell.value
        for row in (FIRST + 2, FIRST + 3):
            write(book[OWN], row, points=3, explanation="x", evidence="y")

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    assert [(code, row) for code, row, _ in codes(answer)] == [
        ("merged_cells", FIRST), ("merged_cells", FIRST + 1), ("award_twice", FIRST + 2), ("award_twice", FIRST + 3)
    ]  # fmt: skip
    assert (answer["verdict"], stages.points(root, "2026")) == ("refused", {})


def on_cover(book: Workbook, label: str, value: object) -> None:
    row = next(row for row in book[SCORING].iter_rows() if row[0].value == label)
    row[1].value = value


@pytest.mark.parametrize("stage", [name for id, name in STAGES.items() if id != "commune"])
def test_a_communes_form_speaks_for_no_later_stage(root: Root, version: Version, tmp_path: Path, stage: str) -> None:
    def edit(book: Workbook) -> None:
        honest(book)
        on_cover(book, "Bước chấm", stage)

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    assert (answer["verdict"], codes(answer)[0][0]) == ("refused", "award_no_cover")
    assert stages.points(root, "2026") == {}


def test_a_form_whose_codes_are_another_communes_than_its_name_counts_for_neither(
    root: Root, version: Version, tmp_path: Path
) -> None:
    def edit(book: Workbook) -> None:
        honest(book)
        on_cover(book, "Mã xã, phường", B)
        for row in (FIRST, FIRST + 1):
            write(book[OWN], row, code=B)

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    assert [code for code, *_ in codes(answer)] == ["award_label_changed"] * 2
    assert stages.points(root, "2026") == {}


def second_column(book: Workbook) -> None:
    """Another "Điểm chấm" further right, out of sight, with more in it."""
    at = columns(book[OWN])["Điểm chấm"]
    for row, value in ((HEAD, "Điểm chấm"), (FIRST, 5), (FIRST + 1, 5)):
        book[OWN].cell(row, book[OWN].max_column + (row == HEAD)).value = value
    assert columns(book[OWN])["Điểm chấm"] != at


def hidden_row(book: Workbook) -> None:
    book[OWN].row_dimensions[FIRST].hidden = True


def hidden_column(book: Workbook) -> None:
    book[OWN].column_dimensions["F"].hidden = True


def hidden_sheet(book: Workbook) -> None:
    book[OWN].sheet_state = "hidden"


UNSEEN: dict[str, tuple[Edit, list[tuple[str, int | None]], int]] = {
    "a second column of points": (second_column, [("award_column_twice", FIRST), ("award_column_twice", FIRST + 1)], 0),
    "a hidden row": (hidden_row, [("award_hidden", FIRST)], 1),
    "a hidden column": (hidden_column, [("award_hidden", FIRST), ("award_hidden", FIRST + 1)], 0),
    "a hidden sheet": (hidden_sheet, [("award_hidden", FIRST), ("award_hidden", FIRST + 1)], 0),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_points_nobody_sees_on_the_form_do_not_count(root: Root, version: Version, tmp_path: Path, what: str) -> None:
    edit, letters, stored = UNSEEN[what]

    def both(book: Workbook) -> None:
        honest(book)
        edit(book)

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", both))
    assert ([(code, row) for code, row, _ in codes(answer)], len(stages.points(root, "2026"))) == (letters, stored)


def test_points_entered_again_need_a_reason_and_the_form_shows_what_stands(
    root: Root, version: Version, tmp_path: Path
) -> None:
    taken(root, filled(root, version, tmp_path / "a.xlsx", honest))
    paper = {"explanation": "đếm lại", "evidence": "BC 14"}

    def without(book: Workbook) -> None:
        assert book[OWN].cell(FIRST, columns(book[OWN])["Điểm đã ghi"]).value == 4.5
        write(book[OWN], FIRST, points=4, **paper)

    answer = taken(root, filled(root, version, tmp_path / "b.xlsx", without))
    assert codes(answer) == [("award_no_reason", FIRST, "I")] and "khác 4,5" in answer["letters"][0]["message"]
    again = filled(
        root, version, tmp_path / "c.xlsx", lambda b: write(b[OWN], FIRST, points=4, reason="đếm lại", **paper)
    )
    assert taken(root, again)["verdict"] == "accepted" and stages.points(root, "2026")[A, "signed"] == 4


# ---- whole files -----------------------------------------------------------------------------------------------------


def test_a_sheet_nobody_adopted_is_refused_until_it_is(root: Root, version: Version, tmp_path: Path) -> None:
    path = filled(root, version, tmp_path / "a.xlsx", honest)
    fresh = store.root("real", tmp_path / "other")
    answer = taken(fresh, path)
    assert (answer["verdict"], [one["code"] for one in answer["letters"]]) == ("refused", ["award_not_adopted"])
    stages.adopt(fresh, YEAR, "Quyết định số 5", "lan", LATE)
    assert taken(fresh, path)["verdict"] == "accepted" and len(stages.points(fresh, "2026")) == 2


def test_files_of_one_batch_meet_one_another_and_a_stage_goes_before_a_commune_that_comes_late(
    root: Root, version: Version, tmp_path: Path
) -> None:
    own = filled(root, version, tmp_path / "a.xlsx", honest)
    ws_row: dict[str, int] = {}

    def edit(book: Workbook) -> None:
        ws = book.worksheets[1]
        ws_row.update({ws.cell(row, 1).value: row for row in range(FIRST, ws.max_row + 1)})
        write(ws, ws_row[A], points=3)

    board = filled(root, version, tmp_path / "board.xlsx", edit, "board")
    answers = load.load(root, [board, own], dry_run=True)
    # The commune's form shows no points on record; by then the board had given 3.
    assert codes(answers[0]) == [] and codes(answers[1])[0][:2] == ("award_seen_changed", FIRST)
    assert stages.points(root, "2026") == {}
    load.load(root, [own, board])
    assert stages.points(root, "2026")[A, "signed"] == 4.5, "the board's form was drawn before the commune spoke"


def test_what_goes_back_to_the_sender_of_a_workbook_is_a_text(root: Root, version: Version, tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        write(book[OWN], FIRST, points=40, explanation="x", evidence="y")

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    assert "điểm 40" in handouts.returned(root, answer["sha256"]).text


def test_after_publication_nothing_is_taken_and_a_demonstration_stays_apart(
    root: Root, version: Version, tmp_path: Path
) -> None:
    path = filled(root, version, tmp_path / "a.xlsx", honest)
    made_final(root, YEAR)
    answer = taken(root, path)
    assert (answer["verdict"], answer["letters"][0]["code"]) == ("refused", "award_published")
    assert "đã công bố" in answer["letters"][0]["message"]
    demo = store.root("demo", tmp_path / "data")
    stages.adopt(demo, YEAR, "Quyết định số 5", "lan", LATE)
    assert taken(demo, path)["letters"][0]["code"] == "wrong_origin" and stages.points(demo, "2026") == {}


def test_a_cover_without_its_facts_is_sent_back(root: Root, version: Version, tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        honest(book)
        book[SCORING]["B6"] = "bước khác"

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    assert (answer["verdict"], answer["letters"][0]["code"]) == ("refused", "award_no_cover")
    assert "Bước chấm" in answer["letters"][0]["message"]


def test_the_version_tells_the_same_of_the_file_as_the_answer_did(root: Root, version: Version, tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        honest(book)
        write(book[OWN], FIRST, points=7)

    answer = taken(root, filled(root, version, tmp_path / "a.xlsx", edit))
    build(root)
    shown = current(root.path)
    assert shown
    row = shown.query("select verdict, rows_stored, rows_held from delivery").row(0)
    assert row == (answer["verdict"], answer["rows"]["stored"], answer["rows"]["held"]) == ("partly", 1, 1)
    assert shown.query("select code from letter")["code"].to_list() == ["award_not_in_halves"]
    landed = load.land(root, store.receipts(root))
    judged = deliveries.judge(
        deliveries.in_hand(store.receipts(root), landed), registry.registry(root), "real", told=said(root)
    )
    assert judged.deliveries["verdict"].to_list() == ["partly"]


# ---- files taken out -------------------------------------------------------------------------------------------------


def told(root: Root, version: Version, lang: str = "vi") -> list[tuple[str, str, str]]:
    """What, with what effect and why the history tells of the latest act."""
    frame = award_tables.history(Shown(round_of(root, version), "", lang), known_acts(root, "2026")).frame
    return frame.select("act", "what", "why").rows()


def test_points_of_a_workbook_taken_out_count_no_more_and_the_history_says_why(
    root: Root, version: Version, tmp_path: Path
) -> None:
    path = filled(root, version, tmp_path / "a.xlsx", honest)
    sha = taken(root, path)["sha256"]
    assert round_of(root, version).scored.lines.filter(of(A, "signed"))["points"].to_list() == [4.5]
    store.withdraw(root, sha, "gửi nhầm tệp của xã khác", "lan")
    assert stages.points(root, "2026") == {}
    line = round_of(root, version).scored.lines.filter(of(A, "signed")).row(0, named=True)
    assert (line["points"], line["state"], line["reason"]) == (0.0, "zero", "not_given")
    act, what, why = told(root, version)[0]
    assert act == "rút tệp chấm điểm" and what.startswith("2 điểm") and "không còn tính" in what
    assert why == "gửi nhầm tệp của xã khác" and len(told(root, version, "en")) == 3
    assert taken(root, path)["letters"] == [] and stages.points(root, "2026") == {}, "the same bytes never count again"


def of(commune: str, criterion: str) -> pl.Expr:
    return (pl.col("commune") == commune) & (pl.col("criterion") == criterion)


def test_what_was_given_before_stands_again_and_other_stages_stay(root: Root, version: Version, tmp_path: Path) -> None:
    own = taken(root, filled(root, version, tmp_path / "a.xlsx", honest))["sha256"]

    def board(points: float, reason: str) -> Edit:
        rows = dict[str, int]()

        def edit(book: Workbook) -> None:
            ws = book.worksheets[1]
            rows.update({ws.cell(row, 1).value: row for row in range(FIRST, ws.max_row + 1)})
            write(ws, rows[A], points=points, reason=reason)

        return edit

    first = taken(root, filled(root, version, tmp_path / "b.xlsx", board(4, "thiếu 3"), "board"))["sha256"]
    second = taken(root, filled(root, version, tmp_path / "c.xlsx", board(2, "đếm lại"), "board"))["sha256"]
    assert stages.points(root, "2026")[A, "signed"] == 2
    store.withdraw(root, second, "nhầm")
    assert stages.points(root, "2026")[A, "signed"] == 4, "the board's earlier value stands again"
    store.withdraw(root, own, "nhầm")
    assert {s: one.points for s, one in stages.history(root, "2026")[A, "signed"].items()} == {"board": 4}
    store.withdraw(root, first, "nhầm")
    assert stages.points(root, "2026") == {}


def test_visits_taken_out_scale_nothing(root: Root, tmp_path: Path) -> None:
    stages.sampled(root, YEAR, A, 15, 19, seed=7, by="lan", evidence="Biên bản 1")
    sha = taken(root, visits(root, tmp_path / "v.xlsx", visited))["sha256"]
    assert stages.samples(root, "2026")[A].verified == 9
    store.withdraw(root, sha, "nhầm xã")
    assert stages.samples(root, "2026")[A].verified == 15
    assert stages.acts(root, "2026")[-1]["sampled"] == 1


def test_what_was_published_stays_and_says_so(root: Root, version: Version, tmp_path: Path) -> None:
    sha = taken(root, filled(root, version, tmp_path / "a.xlsx", honest))["sha256"]
    made_final(root, YEAR)
    before = stages.points(root, "2026")
    store.withdraw(root, sha, "nhầm", "lan")
    assert stages.points(root, "2026") == before and len(before) == 2
    assert "vẫn giữ" in told(root, version)[0][1]
    assert (
        award_answers.withdrawn(root, sha)[0].startswith("Bảng điểm 2026: 2 điểm")
        and award_answers.withdrawn(root, "0" * 64) == []
    )


# ---- later stages ----------------------------------------------------------------------------------------------------


def test_a_later_stage_sees_what_came_before_and_gives_its_own(root: Root, version: Version, tmp_path: Path) -> None:
    taken(root, filled(root, version, tmp_path / "a.xlsx", honest))

    def edit(book: Workbook) -> None:
        ws = book.worksheets[1]
        rows = {ws.cell(row, 1).value: row for row in range(FIRST, ws.max_row + 1)}
        assert len(rows) == 99 and len(book.sheetnames) == 4
        at = columns(ws)
        assert ws.cell(rows[A], at["Xã, phường tự chấm"]).value == 4.5
        assert ws.cell(rows[A], at["Minh chứng của xã, phường"]).value == "Báo cáo số 12/BC-MTTQ"
        write(ws, rows[A], points=4, reason="thiếu 3 văn bản")
        write(ws, rows[B], points=3)

    answer = taken(root, filled(root, version, tmp_path / "board.xlsx", edit, "board"), sender="lan")
    assert (answer["verdict"], answer["rows"]["stored"]) == ("accepted", 2)
    history = stages.history(root, "2026")
    assert {stage: one.points for stage, one in history[A, "signed"].items()} == {"commune": 4.5, "board": 4.0}
    assert (history[B, "signed"]["board"].by, history[A, "signed"]["board"].reason) == ("lan", "thiếu 3 văn bản")


def test_an_old_form_of_a_stage_is_looked_at_again_and_no_stage_goes_back(
    root: Root, version: Version, tmp_path: Path
) -> None:
    def edit(book: Workbook) -> None:
        write(book.worksheets[1], FIRST, points=4)

    first = YEAR.id, round_of(root, version)
    code = next(iter(award_forms.units()))
    old = filled(root, version, tmp_path / "old.xlsx", edit, "specialist")
    stages.give(root, YEAR, code, "signed", "specialist", 2, by="lan")
    answer = taken(root, old)
    assert codes(answer)[0][:2] == ("award_seen_changed", FIRST) and "nay là 2" in answer["letters"][0]["message"]
    stages.give(root, YEAR, code, "signed", "council", 2, by="minh")
    late = filled(root, version, tmp_path / "late.xlsx", edit, "specialist")
    assert codes(taken(root, late))[0][0] == "award_later_stage_spoke"
    assert first and stages.points(root, "2026") == {(code, "signed"): 2}


# ---- visits ----------------------------------------------------------------------------------------------------------

CLAIMED = {f"{A}-001": 35, f"{A}-002": 35}


def visits(root: Root, path: Path, edit: Edit, is_drawn: bool = True) -> Path:
    lines = drawn(CLAIMED, 7)
    path.write_bytes(award_visit.form("2026", A, 7, lines, CLAIMED, {f"{A}-001": "Bản Một"}, TODAY, False))
    if is_drawn:
        stages.draw(root, YEAR, A, 7, lines, CLAIMED)
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def results(ws: Any) -> list[Any]:
    """The cells of the results."""
    top = next(cell.row for cell in ws["E"] if cell.value == "Kết quả")
    return [ws.cell(row, 5) for row in range(top + 1, top + 20)]


def visited(book: Workbook, found: int = 9, absent: int = 4) -> None:
    for number, cell in enumerate(results(book.active)):
        cell.value = "Đúng" if number < found else "Vắng nhà" if number < found + absent else "Không đúng"
    row = next(cell.row for cell in book.active["A"] if cell.value == "Số, ngày biên bản kiểm tra")
    book.active.cell(row, 2).value = "Biên bản số 3"


def test_visits_come_back_as_a_share_and_nobody_at_home_proves_nothing(root: Root, tmp_path: Path) -> None:
    answer = taken(root, visits(root, tmp_path / "v.xlsx", visited))
    assert (answer["verdict"], answer["rows"]["stored"]) == ("accepted", 19)
    check = stages.samples(root, "2026")[A]
    assert (check.verified, check.visited, check.is_passed) == (9, 19, False)
    names = sorted(one.name for one in root.log.iterdir())
    taken(root, tmp_path / "v.xlsx")
    assert sorted(one.name for one in root.log.iterdir()) == names


def test_a_list_not_filled_in_not_drawn_or_changed_does_not_count(root: Root, tmp_path: Path) -> None:
    def incomplete(book: Workbook) -> None:
        visited(book)
        results(book.active)[3].value = "có lẽ"
        results(book.active)[4].value = None

    answer = taken(root, visits(root, tmp_path / "i.xlsx", incomplete))
    assert answer["verdict"] == "refused"
    assert [one["code"] for one in answer["letters"]] == ["award_visit_incomplete", *["award_bad_result"] * 2]
    assert "“có lẽ”" in answer["letters"][1]["message"]

    def other(book: Workbook) -> None:
        visited(book)
        book.active.cell(results(book.active)[0].row, 4).value = 35

    assert taken(root, visits(root, tmp_path / "o.xlsx", other))["letters"][0]["code"] == "award_other_list"
    fresh = store.root("real", tmp_path / "other")
    stages.adopt(fresh, YEAR, "Quyết định số 5", "lan", LATE)
    answer = taken(fresh, visits(fresh, tmp_path / "n.xlsx", visited, is_drawn=False))
    assert answer["letters"][0]["code"] == "award_not_drawn" and stages.samples(fresh, "2026") == {}


@pytest.mark.parametrize(
    ("head", "value"),
    [("Chủ hộ", "Giàng A Páo"), (None, "Giàng A Páo"), ("Ghi chú", "0912 345 678"), (None, 912345678)],
)
def test_a_column_of_names_or_telephones_is_sent_back_and_not_quoted(
    root: Root, tmp_path: Path, head: str | None, value: object
) -> None:
    def edit(book: Workbook) -> None:
        visited(book)
        first = results(book.active)[0].row
        book.active.cell(first - 1, 6).value = head
        book.active.cell(first + 2, 6).value = value

    answer = taken(root, visits(root, tmp_path / "p.xlsx", edit))
    assert (answer["verdict"], answer["letters"][0]["code"]) == ("refused", "personal_column")
    assert str(value) not in str(answer["letters"]) and stages.samples(root, "2026") == {}


# ---- the verbs -------------------------------------------------------------------------------------------------------


def test_forms_are_handed_out_and_come_back_through_load(
    version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(version.path.parent, tmp_path / "data" / "real" / "published")
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    real = ("--real",)
    assert "chưa được thông qua" in run("awards", "template", "2026", "--commune", A, *real).stderr
    run("awards", "adopt", "2026", "--decision", "QĐ 5", "--reason", LATE, "--by", "lan", *real)
    assert run("awards", "template", "2026", "--commune", A, *real).exit_code == 0
    (path,) = tmp_path.glob("cham-diem-2026-*.xlsx")
    assert "Đã có tệp" in run("awards", "template", "2026", "--commune", A, *real).stderr
    assert run("awards", "template", "2026", "--commune", "99999", *real).exit_code == 1
    assert run("awards", "template", "2026", *real).exit_code == 1
    assert run("awards", "template", "2026", "--stage", "council", "--criterion", "signed", *real).exit_code == 0
    assert run("awards", "template", "2026", "--all", *real).stdout == "cham-diem-2026.zip\n"
    sample = ("awards", "sample", A, "--seed", "7", *real)
    assert run(*sample, "--form", "v.xlsx", "--sheet", "2026").exit_code == 0 and Path("v.xlsx").exists()
    assert len(stages.drawn(store.root("real"), "2026", A, 7)) == 19
    book = openpyxl.load_workbook(path)
    honest(book)
    write(book[OWN], FIRST, points=40)
    book.save(path)
    told = run("load", path, "--sender", "hoa", "--dry-run")
    assert told.exit_code == 3 and "từ 0 đến 5" in told.stdout
    assert run("load", path, "--sender", "hoa").exit_code == 3
    assert stages.points(store.root("real"), "2026") == {(A, "ioffice"): 5.0}
