"""Case lists as applications export them: what is read, what is held, asked about or sent back; what the marts say."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from definitions import feedback as defined
from definitions.load import DefinitionError
from definitions.text import LANGUAGES, text
from etl import deliveries, load, registry, sources, store
from etl.build import build
from etl.cases import PLACED, TABLE, commune_named
from etl.demo import feedback as demo_lists
from etl.demo.plan import is_quiet, plans
from etl.demo.province import LAST, SEED
from etl.demo.simulate import months_before, simulate
from etl.landing import Landed, pack
from etl.letters import WORDS
from etl.sources import feedback_cases
from exports.words import letter
from tests.handmade import COMMUNE, HU, moment, now, three_villages
from tests.tiny import AUGUST, JULY, A, B, C, tiny
from tests.workbooks import read_here

HEAD = (
    "Mã phản ánh,Ngày tiếp nhận,Thôn,Lĩnh vực,Chuyển đến,Ngày chuyển,Hạn trả lời,Ngày trả lời,Ngày thông báo,Đồng tình"
)
ONE = "PA-1,05/08/2025,Hú Trù Lìn,Giao thông,UBND xã Lao Chải,06/08/2025,20/08/2025,18/08/2025,19/08/2025,có"


def written(folder: Path, *rows: str, head: str = HEAD, name: str = f"phan-anh-{COMMUNE}.csv", mark: str = "") -> Path:
    path = folder / name
    path.write_text("\n".join([*([mark] if mark else []), head, *rows]) + "\n", encoding="utf-8-sig")
    return path


def read(folder: Path, *rows: str, **more: Any) -> Landed:
    return feedback_cases.read(written(folder, *rows, **more))


def cases(landed: Landed) -> pl.DataFrame:
    return pl.DataFrame(landed.cells)


def told(landed: Landed) -> list[tuple[str, int | None, str | None, str]]:
    return [(letter.code, letter.row, letter.column, letter.severity) for letter in landed.letters]


# ---- what is read --------------------------------------------------------------------------------------------------


def test_a_case_is_read_by_its_vietnamese_headers_and_keeps_no_text(tmp_path: Path) -> None:
    (case,) = cases(read(tmp_path, ONE)).to_dicts()
    assert case == {
        "row": 2, "sheet": "", "commune": "", "case_id": "PA-1", "channel": None, "village_id": None,
        "village_name": "Hú Trù Lìn", "topic": "roads", "desk": "committee", "received": date(2025, 8, 5),
        "forwarded": date(2025, 8, 6), "due": date(2025, 8, 20), "answered": date(2025, 8, 18),
        "told": date(2025, 8, 19), "closed": None, "agrees": True,
    }  # fmt: skip


def test_a_workbook_under_a_title_is_the_same_as_its_csv(tmp_path: Path) -> None:
    path = tmp_path / "f3a9.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("PAKN")
        sheet.write(0, 0, "DANH SÁCH PHẢN ÁNH, KIẾN NGHỊ XÃ MÙ CANG CHẢI")
        for column, (head, cell) in enumerate(zip(HEAD.split(","), ONE.split(","), strict=True)):
            sheet.write(3, column, head.upper())
            is_day = cell[:2].isdigit()
            day = datetime.strptime(cell, "%d/%m/%Y") if is_day else cell
            sheet.write(4, column, day, book.add_format({"num_format": "dd/mm/yyyy"}) if is_day else None)
        sheet.write(6, 0, "Người lập biểu")
    assert sources.source_for(path.name, path.read_bytes()) is sources.sources()["feedback_cases"]
    landed = feedback_cases.read(path)
    own = {"row": 5, "sheet": "PAKN", "commune": A}
    assert cases(landed).to_dicts() == [cases(read(tmp_path, ONE)).to_dicts()[0] | own]
    assert [(one.row, one.kind) for one in landed.ignored] == [(1, "title"), (4, "header"), (7, "note")]


def test_a_monthly_workbook_with_a_sheet_on_feedback_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Bìa", "Phản ánh, kiến nghị"):
            book.add_worksheet(name)
    content = path.read_bytes()
    assert feedback_cases.first_sheet(content) == "Bìa" and not feedback_cases.recognises("phan-anh.xlsx", content)
    for torn in (content[:900], content.replace(b"xl/workbook.xml", b"xl/workbook.xmm"), b"PK\x03\x04xl/workbook.xml"):
        assert not feedback_cases.recognises("a.xlsx", torn)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_known_by_its_header_whatever_its_name(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text("\n".join([HEAD, ONE]).replace(",", mark), encoding=encoding)
    assert sources.source_for(path.name, path.read_bytes()).SOURCE == "feedback_cases"
    assert feedback_cases.read(path).rows == {"stored": 1, "held": 0, "ignored": 1}


def test_the_commune_stands_in_a_column_in_the_title_or_in_the_files_name(tmp_path: Path) -> None:
    column = read(tmp_path, "PA-1,05/08/2025,Xã Mù Cang Chải", head="Mã,Ngày nhận,Xã")
    assert cases(column)["commune"].to_list() == [A]
    assert cases(read(tmp_path, ONE, mark="Xã Mù Cang Chải,,,,,,,,,"))["commune"].to_list() == [A]
    # Two communes were called so: the file's name has to say which.
    assert cases(read(tmp_path, ONE, mark="Xã Lao Chải,,,,,,,,,"))["commune"].to_list() == [""]
    assert commune_named("Phản ánh 04456 T8.csv") == commune_named("phan_anh_xa_mu_cang_chai.xlsx") == A
    assert commune_named("phan anh 04456 04474.csv") == commune_named("phan anh.csv") == ""


def test_the_time_an_application_writes_beside_the_day_is_left_out(tmp_path: Path) -> None:
    rows = ["PA-1,05/08/2025 08:30,", "PA-2,2025-08-05T23:59:00.000Z,", "PA-3,08:30 05/08/2025,"]
    landed = read(tmp_path, *rows, head="Mã,Ngày nhận,Thôn")
    assert cases(landed)["received"].to_list() == [date(2025, 8, 5)] * 3


# ---- what is held, asked about, sent back --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (ONE.replace("05/08/2025", "31/09/2025"), "bad_date", "B"),
        (ONE.replace("18/08/2025", "04/08/2025"), "dates_out_of_order", "H"),
        (ONE.replace("19/08/2025", "17/08/2025"), "dates_out_of_order", "I"),
        (ONE.replace("PA-1", ""), "case_incomplete", "A"),
        (ONE.replace("05/08/2025", ""), "case_incomplete", "B"),
        (ONE.replace("có", "tạm được"), "bad_yes_no", "J"),
    ],
)
def test_a_row_that_cannot_be_right_is_held_with_a_letter(tmp_path: Path, row: str, code: str, column: str) -> None:
    landed = read(tmp_path, ONE.replace("PA-1", "PA-0"), row)
    assert told(landed) == [(code, 3, column, "held")]
    assert (cases(landed)["case_id"].to_list(), landed.rows["held"]) == (["PA-0"], 1)


def test_an_id_that_stands_twice_is_held_on_both_rows(tmp_path: Path) -> None:
    landed = read(tmp_path, ONE, ONE.replace("PA-1", "PA-2"), ONE)
    assert told(landed) == [("duplicate_case", 2, "A", "held"), ("duplicate_case", 4, "A", "held")]
    assert cases(landed)["case_id"].to_list() == ["PA-2"] and "2, 4" in landed.letters[0].message


def test_every_visible_list_of_a_workbook_is_read_and_a_case_on_two_of_them_held(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, ids in (("Phản ánh T8", ("1", "2")), ("Phản ánh T9", ("2", "3")), ("Ghi chú", ()), ("Cũ", ("4",))):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Mã", "Ngày nhận"] if ids else ["Xem lại"])
            for row, id in enumerate(ids, 1):
                sheet.write_row(row, 0, [id, "05/08/2025"])
        sheet.hide()
    landed = feedback_cases.read(path)
    assert cases(landed).select("sheet", "case_id").rows() == [("Phản ánh T8", "1"), ("Phản ánh T9", "3")]
    said = [(letter.sheet, letter.row, letter.code) for letter in landed.letters]
    assert said == [
        ("Phản ánh T8", 3, "duplicate_case"), ("Phản ánh T9", 2, "duplicate_case"), ("Ghi chú", None, "unknown_sheet"),
    ]  # fmt: skip
    assert landed.rows == {"stored": 2, "held": 2, "ignored": 5}


def test_communes_may_number_their_cases_alike(tmp_path: Path) -> None:
    rows = ["1,05/08/2025,Xã Mù Cang Chải", "1,05/08/2025,Xã Bát Xát"]
    landed = read(tmp_path, *rows, head="Mã,Ngày nhận,Xã")
    assert cases(landed)["commune"].to_list() == [A, "02683"] and landed.letters == ()


def test_a_topic_nobody_lists_is_other_and_asked_about_once(tmp_path: Path) -> None:
    rows = [ONE.replace("Giao thông", "Thể thao"), ONE.replace("Giao thông", "thể thao").replace("PA-1", "PA-2")]
    landed = read(tmp_path, *rows)
    assert cases(landed)["topic"].to_list() == ["other", "other"]
    assert told(landed) == [("unknown_word", 2, "D", "question")]


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("Họ và tên", "x"),
        ("Người phản ánh", "Giàng A Páo"),
        ("SĐT", "1"),
        ("Địa chỉ", "Bản Thác"),
        ("Nội dung", "Đường hỏng, gọi 0912 345 678"),
        ("Nội dung", "gọi +84.912.345.678"),
        ("Nội dung", "thư pao@mail.vn"),
        ("Ghi chú", "số 010203004567"),
    ],
)
def test_a_list_with_peoples_data_goes_back_and_the_letter_repeats_none_of_it(
    tmp_path: Path, head: str, cell: str
) -> None:
    landed = read(tmp_path, f'{ONE},"{cell}"', head=f"{HEAD},{head}")
    assert landed.refused and (landed.refused.code, landed.refused.column) == ("personal_column", "K")
    assert cases(landed).is_empty() and head in landed.refused.message
    assert len(cell) < 4 or cell not in str(pack(landed).head)


def test_a_telephone_kept_as_a_number_is_found_and_days_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for cell, code in ((912345678, "personal_column"), (12, None)):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Mã", "Ngày nhận", "Ghi thêm"])
            sheet.write_row(1, 0, ["2025080500001", "05.08.2025 08:30", cell])
        landed = feedback_cases.read(path)
        assert (landed.refused.code if landed.refused else None) == code
    # A column of people's data with nothing in it tells nothing.
    assert read(tmp_path, f"{ONE},", head=f"{HEAD},Số điện thoại").refused is None


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"Thon,So ho\n1,2\n", "not_a_case_list"), (HEAD.encode() + b"\n\xff\xfe\xfa", "unreadable_text")],
)
def test_what_is_no_case_list_is_sent_back(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    landed = feedback_cases.read(path)
    assert landed.refused and landed.refused.code == code
    assert not feedback_cases.recognises("a.csv", b"Thon,So ho\n1,2\n")


def test_a_column_that_stands_twice_is_sent_back(tmp_path: Path) -> None:
    landed = read(tmp_path, f"{ONE},01/09/2025", head=f"{HEAD},Ngày giải quyết")
    assert landed.refused and landed.refused.code == "not_a_case_list" and "hai cột" in landed.refused.message


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_letter_on_a_case_list_has_words(lang: str) -> None:
    codes = (
        "dates_out_of_order", "duplicate_case", "case_incomplete", "case_commune", "case_village", "unknown_word",
        "personal_column", "not_a_case_list",
    )  # fmt: skip
    assert all(code in WORDS and text(f"letter.{code}", lang) for code in codes)
    row = {"sheet": "", "row": 3, "column": "B", "code": "duplicate_case", "message": "x"}
    assert letter(row, "en") == "row 3, column B: a case on several rows"


# ---- where a case belongs ------------------------------------------------------------------------------------------


def judged(root: store.Root, path: Path) -> deliveries.Judged:
    receipt = {"sha256": "f" * 64, "source": "feedback_cases", "file": path.name, "sender": "", "way": "test"}
    packed = {"f" * 64: pack(feedback_cases.read(path))}
    read = deliveries.in_hand([receipt | {"received_at": "2025-09-01T09:00:00+07:00"}], packed)
    return deliveries.judge(read, registry.registry(root), root.origin)


def test_a_village_nobody_knows_is_asked_about_and_its_case_counts_for_the_commune(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    rows = [ONE, ONE.replace("PA-1", "PA-2").replace("Hú Trù Lìn", "Bản Lạ"), "PA-3,05/08/2025,,,,,,,,"]
    found = judged(root, written(tmp_path, *rows))
    placed = found.others[TABLE].select("commune", "case_id", "village").rows()
    assert placed == [(COMMUNE, "PA-1", HU), (COMMUNE, "PA-2", None), (COMMUNE, "PA-3", None)]
    assert found.letters.select("row", "code", "severity").rows() == [(3, "case_village", "question")]
    assert found.deliveries.select("verdict", "rows_stored", "rows_held").row(0) == ("accepted", 3, 0)


def test_a_list_of_no_commune_and_a_day_to_come_wait_with_a_letter(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    found = judged(root, written(tmp_path, ONE, name="phan-anh.csv"))
    assert found.letters["code"].to_list() == ["case_commune"] and found.others[TABLE].is_empty()
    later = ONE.replace("19/08/2025", "02/09/2025").replace("20/08/2025", "20/10/2025")
    found = judged(root, written(tmp_path, later))
    assert found.letters.select("code", "found").rows() == [("future_day", "02/09/2025")]
    assert found.deliveries["verdict"].item() == "refused"


def test_the_newest_list_wins_case_by_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    root = three_villages(tmp_path / "data")
    open_ = ONE.replace("18/08/2025", "").replace("19/08/2025", "").replace("có", "")
    first = written(tmp_path, open_, open_.replace("PA-1", "PA-2"), name=f"phan-anh-{COMMUNE}-1.csv")
    second = written(tmp_path, ONE, name=f"phan-anh-{COMMUNE}-2.csv")
    # In whatever order they come to hand.
    at = {second.name: moment("2025-09-02"), first.name: moment("2025-09-01")}
    for path in (second, first):
        (said,) = load.load(root, [path], received_at=lambda name: at[Path(name).name])
        assert said["verdict"] == "accepted"
    build(root)
    version = now(root)
    cases = version.query("select case_id, answered, agrees, deliveries from feedback_case order by case_id")
    assert cases.rows() == [("PA-1", date(2025, 8, 18), True, 2), ("PA-2", None, None, 1)]


# ---- the marts -----------------------------------------------------------------------------------------------------


def test_a_month_is_told_by_the_case_list_else_by_the_form_else_by_nobody(tmp_path: Path) -> None:
    version = tiny(tmp_path / "published")
    rows = version.query("select * from feedback_month where month in (?, ?)", [JULY, AUGUST])
    told = {(row["commune"], row["month"]): list(row.values())[2:] for row in rows.to_dicts()}
    assert told[A, JULY] == ["cases", 1, 1, 1, 1, 0, 1]
    assert told[A, AUGUST] == ["cases", 3, 2, 2, 1, 1, 0]
    assert told[B, AUGUST] == ["form", 6, 2, 4, None, None, None]
    assert told[B, JULY] == told[C, AUGUST] == ["", *[None] * 6]


def test_a_listed_month_without_a_case_is_no_feedback_and_not_no_report(tmp_path: Path) -> None:
    version = tiny(tmp_path / "published")
    row = version.query("from feedback_month where commune = ? and month = '2026-05-01'", [A])
    assert row["source"].item() == ""  # before the first case of the list nobody knows
    assert version.query("select count(*) from feedback_month where commune = ?", [A]).item() == 5


# ---- the definitions -----------------------------------------------------------------------------------------------


def test_the_words_of_a_case_list_mean_one_thing_each(tmp_path: Path) -> None:
    assert defined.meaning("desks", "so giao duc va dao tao") == "province"
    assert defined.meaning("topics", "the thao") is None
    assert defined.names_people("ho ten nguoi gui") and not defined.names_people("ngay thong bao")
    text = (Path(defined.FOLDER) / defined.FILE).read_text(encoding="utf-8")
    (tmp_path / defined.FILE).write_text(text.replace('"Rác thải"', '"Giao thông"'), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"topics\.roads"):
        defined.feedback(tmp_path)


def test_placed_cases_have_the_columns_the_marts_read(tmp_path: Path) -> None:
    found = judged(three_villages(tmp_path), written(tmp_path, ONE)).others[TABLE]
    assert found.schema == pl.Schema(PLACED)


# ---- the demonstration ---------------------------------------------------------------------------------------------


def test_the_demonstrations_lists_are_read_whole_and_agree_with_the_form(tmp_path: Path) -> None:
    months = months_before(LAST, 4)
    found = []
    for plan in plans(SEED)[:8]:
        whole = simulate(plan, months, SEED)
        for name, content, _ in demo_lists.lists(whole, SEED):
            (tmp_path / name).write_bytes(content)
        if sent := demo_lists.lists(whole, SEED):
            landed = feedback_cases.read(tmp_path / sent[-1][0])
            by_month = cases(landed).group_by(pl.col("received").dt.month_start()).len().sort("received")
            assert by_month["len"].to_list() == [n for n in whole.flows["feedback_received"].tolist() if n]
            assert (landed.origin, landed.letters, landed.rows["held"]) == ("demo", (), 0)
            found.append(cases(landed))
    every = pl.concat(found)
    states = every.select(
        is_open=pl.col("answered").is_null(), is_forwarded=pl.col("forwarded").is_not_null(),
        is_late=pl.col("answered") > pl.col("due"), disagrees=~pl.col("agrees"),
    )  # fmt: skip
    assert len(found) > 3 and all(states[name].any() for name in states.columns)


def test_some_communes_of_the_demonstration_hear_nothing() -> None:
    quiet = [plan for plan in plans(SEED) if is_quiet(plan, SEED)]
    assert 3 < len(quiet) < 20
    whole = simulate(quiet[0], months_before(LAST, 2), SEED)
    assert whole.flows["feedback_received"].sum() == 0 and demo_lists.lists(whole, SEED) == []
