"""The verbs that look and hand out: what they print, what they refuse, and with which exit status."""

import json
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

import answers
import cli
from definitions.award_rules import sheets
from etl import store
from etl.store import Root
from exports.award_round import scored_round
from methods import equity_table
from methods.catalogue import ANSWERS, TABLES
from methods.equity import MEASURES
from methods.progress_table import PER_UNIT, REQUIRED
from metrics import awards, targets
from tests.award_rounds import LATE
from tests.tiny import TODAY, A, B, C, tiny
from warehouse.version import Version, current

METHODS = sorted(get_command(cli.methods).commands)  # type: ignore[attr-defined]
VERBS = [
    "",
    *sorted(get_command(cli.app).commands),  # type: ignore[attr-defined]
    "places match",
    "places adopt",
    *(f"methods {name}" for name in METHODS),
    *(f"awards {name}" for name in get_command(cli.awards).commands),  # type: ignore[attr-defined]
]


def run(*arguments: object, stdin: str = "") -> Result:
    result = CliRunner().invoke(cli.app, [str(argument) for argument in arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def answer(*arguments: object, stdin: str = "") -> Any:
    """The one JSON document on standard output."""
    return json.loads(run(*arguments, "--json", stdin=stdin).stdout)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and a folder of its own to stand in."""
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny province's demonstration, made once."""
    folder = tmp_path_factory.mktemp("made") / "published"
    tiny(folder, origin="demo")
    return folder


@pytest.fixture
def demo(data: Path, made: Path) -> Version:
    shutil.copytree(made, data / "demo" / "published")
    standing = current(data / "demo")
    assert standing
    return standing


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    result = run(*verb.split(), "--help")
    assert result.exit_code == 0 and "Usage" in result.stdout


# ---- status --------------------------------------------------------------------------------------------------------


def test_status_gives_the_figures_of_the_page(demo: Version) -> None:
    told = answer("status", "--target", "access_2026")
    frame = targets.status(demo, "access_2026", TODAY)
    assert [list(row) for row in told["units"]] == [frame.columns] * frame.height
    own = next(row for row in told["units"] if row["unit"] == A)
    assert (own["share"], own["left"], own["verdict"], own["deadline"]) == (0.35, 30, "on_track", "2026-12-31")
    assert own["per_week_today"] == pytest.approx(30 / 16)
    assert own["change_year"] is None
    assert (told["origin"], told["today"], told["version"]) == ("demo", "2026-09-10", demo.id)
    assert "chưa có văn bản quy định" in told["access_note"]


def test_status_for_people_is_a_sentence_and_a_table(demo: Version) -> None:
    shown = run("status", "--target", "access_2026", "--unit", A)
    assert shown.exit_code == 0
    for words in (
        "Xã Mù Cang Chải",
        "35,0%",
        "▲ Đúng tiến độ",
        "30/11/2026",
        "Dữ liệu minh hoạ",
        "tính đến ngày 10/09/2026",
    ):
        assert words in shown.stdout, words
    assert C not in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "access_2099"], "Không có chỉ tiêu “access_2099”; các chỉ tiêu: groups_2026"),
        (["--target", "access_2026", "--unit", "99999"], "Không có đơn vị “99999”"),
        (["--target", "access_2026", "--as-of", "2099-01-01"], "Ngày 01/01/2099 chưa tới."),
        (["--target", "access_2026", "--real"], "Chưa có bản số liệu nào được công bố"),
    ],
)
def test_status_says_what_it_cannot_answer(demo: Version, arguments: list[str], sentence: str) -> None:
    result = run("status", *arguments, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


def test_status_speaks_of_real_data_as_soon_as_there_are_any(demo: Version, data: Path) -> None:
    real = tiny(data / "real" / "published")
    assert answer("status", "--target", "access_2026")["version"] == real.id
    assert answer("status", "--target", "access_2026", "--demo")["version"] == demo.id


def test_a_past_day_is_built_from_what_was_known_then(
    demo: Version, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = tiny(data / "demo" / "published", origin="demo", factor=3, as_of=date(2026, 9, 4), is_current=False)
    asked = []

    def build(root: Root, as_of: date) -> str:
        asked.append((root.origin, as_of))
        return past.id

    monkeypatch.setattr(answers, "build", build)
    told = answer("status", "--target", "access_2026", "--unit", A, "--as-of", "2026-09-04")
    assert asked == [("demo", date(2026, 9, 4))]
    assert (told["as_of"], told["today"], told["version"]) == ("2026-09-04", "2026-09-04", past.id)
    assert told["units"][0]["numerator"] == 210
    shown = run("status", "--target", "access_2026", "--unit", A, "--as-of", "2026-09-04")
    assert "Như đã biết đến hết ngày 04/09/2026" in shown.stdout


def test_a_day_before_anything_arrived_is_a_list_without_figures(data: Path) -> None:
    tiny(data / "real" / "published", is_empty=True)
    told = answer("status", "--target", "groups_2026")
    assert {row["verdict"] for row in told["units"]} == {"not_assessable"} and len(told["units"]) == 110
    assert run("status", "--target", "groups_2026").exit_code == 0


# ---- places match --------------------------------------------------------------------------------------------------


def test_a_sure_name_gives_its_code() -> None:
    told = answer("places", "match", "Xã Mù Cang Chải")
    assert (told["text"], told["verdict"], told["code"]) == ("Xã Mù Cang Chải", "exact", A)
    assert "04456 Xã Mù Cang Chải (đúng tên)" in run("places", "match", "Xã Mù Cang Chải").stdout


def test_a_name_that_may_mean_several_gives_none_and_names_them() -> None:
    result = run("places", "match", "Lao Chải", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["verdict"], told["code"]) == (1, "ambiguous", None)
    assert {candidate["new_code"] for candidate in told["candidates"]} == {"04474", "03037"}
    assert answer("places", "match", "Lao Chải", "--epoch", "new")["code"] == "04474"


def test_names_are_read_one_a_line_and_one_unsure_name_is_enough_for_status_1() -> None:
    sure = run("places", "match", "-", "--json", stdin="\ufeffXã Mù Cang Chải\n\n04474\n")
    assert (sure.exit_code, [told["code"] for told in json.loads(sure.stdout)]) == (0, [A, "04474"])
    assert run("places", "match", "-", stdin="Xã Mù Cang Chải\nXã Không Có\n").exit_code == 1
    empty = run("places", "match", "-", "--json", stdin="\n")
    assert (empty.exit_code, empty.stdout, "Không có tên" in empty.stderr) == (1, "", True)


# ---- methods -------------------------------------------------------------------------------------------------------


def table(folder: Path, *rows: str, head: str = "unit,month,numerator,denominator,goal,deadline") -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8-sig")
    return path


HALFWAY = [f"a,2026-{month:02},{2 * month},100,0.5,2026-09" for month in range(1, 6)]


def test_two_to_ten_per_cent_halfway_is_limited_here_and_on_track_by_growth(tmp_path: Path) -> None:
    told = answer("methods", "progress", "--input", table(tmp_path, *HALFWAY))
    (row,) = told["rows"]
    assert (row["verdict"], row["growth_verdict"], row["left"]) == ("limited", "substantial", 40)
    assert (row["F"], row["growth_R"]) == (pytest.approx(1 / 3), pytest.approx(1.0))
    shown = run("methods", "progress", "--input", table(tmp_path, *HALFWAY)).stdout
    assert "▬ Chậm tiến độ" in shown and "0,33" in shown and "tiến bộ nhiều" in shown


def test_semicolons_and_options_in_place_of_columns(tmp_path: Path) -> None:
    rows = [f"a;2026-{month:02};{2 * month};100" for month in range(1, 6)]
    path = table(tmp_path, *rows, head="unit;month;numerator;denominator")
    told = answer(
        "methods", "progress", "--input", path, "--goal", "0.5", "--deadline", "2026-09-30", "--baseline", "0"
    )
    assert (told["rows"][0]["verdict"], told["rows"][0]["baseline"]) == ("limited", 0.0)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["", "a,2026-01,x,100,0.5,2026-09"], "line 3: numerator: 'x' is not a number"),
        (["a,2026-13,1,100,0.5,2026-09"], "line 2: month: a month is written YYYY-MM"),
        (["a,2026-01,1,100,50,2026-09"], "goal is a share between 0 and 1"),
        (["a,2026-01,1,100,0.5,9/2026"], "deadline: a day is written YYYY-MM-DD"),
        (["a,2026-01,1,100,0.5"], "dòng 2 có 5 ô, dòng đầu có 6 cột"),
    ],
)
def test_a_bad_table_is_told_by_line_and_column(tmp_path: Path, rows: list[str], sentence: str) -> None:
    result = run("methods", "progress", "--input", table(tmp_path, *rows), "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Không đọc được"),
        (b"", "không có dòng nào"),
        (b"unit\xff", "UTF-8"),
        (b"unit,unit\n", "hai lần"),
        (b"unit,month\n", "không có số liệu"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "other.csv"
    if content is not None:
        path.write_bytes(content)
    result = run("methods", "progress", "--input", path)
    assert result.exit_code == 1 and sentence in result.stderr


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    result = run("methods", "magic", "--input", table(tmp_path, *HALFWAY))
    assert (result.exit_code, result.stdout) == (2, "") and "magic" in result.stderr


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("progress", (*REQUIRED, *PER_UNIT)),
        ("equity", (*equity_table.REQUIRED, *equity_table.OPTIONAL, *equity_table.PER_ANSWER, *equity_table.UNUSED)),
        ("decompose", ("unit", "group", "denominator", "numerator", "rate")),
        ("bounds", ("unit", "group_share", "coverage", "numerator", "denominator")),
        ("wilson", ("numerator", "denominator", "unit")),
        ("trend", ("day", "month", "value", "unit", "YYYY-MM-DD")),
        ("anomalies", ("day", "value", "unit", "YYYY-MM-DD")),
        ("overperforming", ("published", "interactions", "post", "account", "type", "cluster", "age_days")),
        ("ontime", ("due", "closed", "unit", "YYYY-MM-DD")),
        ("survival", ("received", "answered", "duration", "done", "unit", "days")),
        ("composite", ("unit", "mean_shift")),
        ("ranks", ("unit", "weight_ranges", "beaten_by")),
    ],
)
def test_the_help_names_every_column_of_the_table(name: str, columns: tuple[str, ...]) -> None:
    shown = run("methods", name, "--help").stdout
    assert [column for column in columns if column not in shown] == []


def test_every_table_method_is_a_sub_command() -> None:
    assert set(METHODS) == set(TABLES) | set(ANSWERS)


def test_a_composite_and_how_firm_its_places_are(tmp_path: Path) -> None:
    path = table(tmp_path, "A,21,1", "B,6,6", "C,5,0", head="unit,x,y")
    told = answer("methods", "composite", "--input", path, "--normalise", "none", "--weight", "x=1", "--weight", "y=3")
    assert [(row["score"], row["place"]) for row in told["rows"]] == [(6.0, 1), (6.0, 1), (1.25, 3)]
    geometric = next(v for v in told["variants"] if (v["normalise"], v["aggregate"]) == ("none", "geometric"))
    assert (geometric["places"], geometric["mean_shift"]) == ([2, 1, 3], pytest.approx(1 / 3))
    firm = answer("methods", "ranks", "--input", path, "--goalposts", "x=0:24", "--goalposts", "y=0:8")
    a, b, c = firm["rows"]
    assert (a["place"], b["place"], a["beats"], c["beaten_by"]) == (1, 1, ["C"], ["A", "B"])
    # A 0.875 x + 0.125 y, B 0.25 x + 0.75 y: level where both weigh the same.
    assert (c["low"], c["high"], a["weight_ranges"]["x"]) == (3, 3, [pytest.approx(1.0), None])
    assert "Khoảng 90%" in run("methods", "ranks", "--input", path).stdout
    assert "Số bậc" in run("methods", "composite", "--input", path).stdout
    assert "normalise: magic" in run("methods", "composite", "--input", path, "--normalise", "magic").stderr


HEAT = ("subgroup,estimate,se,population,subgroup_order,reference_subgroup,favourable_indicator,indicator_scale,"
        "ordered_dimension")  # fmt: skip
GROUPS = ["Kinh,70,1,300,,0,1,100,0", "Mông,40,2,500,,0,1,100,0", "Dao,55,1.5,200,,0,1,100,0"]


def test_equity_answers_under_the_abbreviations_of_heat(tmp_path: Path) -> None:
    told = answer("methods", "equity", "--input", table(tmp_path, *GROUPS, head=HEAT))
    assert list(told) == list(MEASURES)
    assert set(told["d"]) == {"estimate", "lower", "upper"}
    assert (told["d"]["estimate"], told["par"]["estimate"]) == (30, pytest.approx(18))
    assert told["d"]["lower"] == pytest.approx(30 - 1.959964 * 5**0.5)
    assert told["sii"] == {"estimate": None, "lower": None, "upper": None, "reason": "unordered"}


def test_equity_of_several_months_is_a_list_that_says_where(tmp_path: Path) -> None:
    rows = [f"{month},{row}" for month in ("2026-09", "2026-10") for row in GROUPS]
    told = answer("methods", "equity", "--input", table(tmp_path, *rows, head=f"Date,{HEAT}"))
    assert [one["where"] for one in told] == [{"date": "2026-09"}, {"date": "2026-10"}]
    assert {key: value for key, value in told[0].items() if key != "where"} == answer(
        "methods", "equity", "--input", table(tmp_path, *GROUPS, head=HEAT)
    )


def test_equity_for_people_is_a_sentence_for_each_measure(tmp_path: Path) -> None:
    path = table(tmp_path, *(row.replace("Dao,55", "Dao,0") for row in GROUPS), head=HEAT)
    shown = run("methods", "equity", "--input", path).stdout
    assert "Nếu mọi nhóm đạt như nhóm cao nhất thì mức chung thêm 29,0 điểm." in shown
    assert "phải chia cho mức bằng 0" in shown and "aci" not in shown


SPLIT = ["x,A,1,10", "x,B,2,10", "y,A,9,30", "y,B,2,5"]


def test_the_split_adds_up_and_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = table(tmp_path, *SPLIT, head="unit,group,numerator,denominator")
    told = answer("methods", "decompose", "--input", path)
    assert told["gap"] == pytest.approx(told["composition"] + told["within"])
    assert answer("methods", "decompose", "--input", path, "--first", "B")["gap"] == pytest.approx(-told["gap"])
    shown = run("methods", "decompose", "--input", path).stdout
    assert "A so với B: Chênh −1,7 điểm:" in shown and "do địa bàn cư trú" in shown
    empty = table(tmp_path, "x,A,0,0", "x,B,2,10", head="unit,group,numerator,denominator")
    assert "không có hộ nào của nhóm thứ nhất" in run("methods", "decompose", "--input", empty).stdout


def test_bounds_and_wilson_are_rows_with_their_source(tmp_path: Path) -> None:
    told = answer(
        "methods", "bounds", "--input", table(tmp_path, "x,0.6,0.7", "y,0.5,0", head="unit,coverage,group_share")
    )
    assert [row["reason"] for row in told["rows"]] == ["", "nobody"]
    assert (told["rows"][0]["lower"], told["rows"][1]["upper"]) == (pytest.approx(3 / 7), None)
    path = table(tmp_path, "81,263", head="n,N")
    (row,) = answer("methods", "wilson", "--input", path)["rows"]
    assert (row["lower"], row["upper"]) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert answer("methods", "wilson", "--input", path, "--z", "1")["rows"][0]["lower"] > row["lower"]
    assert "25,5%" in run("methods", "wilson", "--input", path).stdout


def test_the_methods_of_voices_answer_on_an_own_table(tmp_path: Path) -> None:
    cases = ["2026-09-10,2026-09-09"] * 40 + ["2026-09-10,2026-09-11"] * 2 + ["2026-09-10,"] * 30
    path = table(tmp_path, *cases, head="due,closed")
    (row,) = answer("methods", "ontime", "--input", path, "--as-of", "2026-09-30")["rows"]
    assert (row["on_time"], row["late"], row["overdue"], row["rate"]) == (40, 2, 30, pytest.approx(40 / 72))
    assert "55,6%" in run("methods", "ontime", "--input", path, "--as-of", "2026-09-30").stdout
    path = table(tmp_path, "2026-09-01,2026-09-03", "2026-09-02,", "2026-09-02,2026-09-08", head="received,answered")
    (row,) = answer("methods", "survival", "--input", path, "--as-of", "2026-09-30")["rows"]
    assert (row["n"], row["done"], row["median"], row["upper"]) == (3, 2, 6, None)
    path = table(tmp_path, *(f"2026-{month:02},{month}" for month in range(1, 6)), head="month,value")
    (row,) = answer("methods", "trend", "--input", path)["rows"]
    assert (row["direction"], row["slope"], row["per"], row["n"]) == ("rising", 1, "month", 5)
    assert "tăng" in run("methods", "trend", "--input", path).stdout
    days = [f"2026-09-{day:02},{100 * (day == 20) + 9 * (day % 7) + day * day % 5}" for day in range(1, 29)]
    rows = answer("methods", "anomalies", "--input", table(tmp_path, *days, head="day,value"))["rows"]
    assert [row["day"] for row in rows if row["flag"]] == ["2026-09-20"]
    posts = [f"2026-07-{day:02},20" for day in range(1, 12)] + ["2026-07-30,60", "2026-08-27,5"]
    path = table(tmp_path, *posts, head="published,interactions")
    rows = answer("methods", "overperforming", "--input", path)["rows"]
    assert (rows[11]["score"], rows[11]["n"], rows[12]["reason"]) == (3, 11, "too_young")


def test_a_bad_table_of_groups_is_told_by_line_and_column(tmp_path: Path) -> None:
    result = run(
        "methods", "equity", "--input", table(tmp_path, *GROUPS, "", "Tày,x,1,9,,0,1,100,0", head=HEAT), "--json"
    )
    assert (result.exit_code, result.stdout) == (1, "")
    assert "line 6: estimate: 'x' is not a number" in result.stderr


# ---- template ------------------------------------------------------------------------------------------------------


def test_a_first_form_is_written_where_one_stands_and_never_over_it(data: Path, tmp_path: Path) -> None:
    made = run("template", "--commune", A, "--month", "2026-11")
    name = "bao-cao-2026-11-04456-mu-cang-chai.xlsx"
    assert (made.exit_code, made.stdout.strip()) == (0, name)
    first = (tmp_path / name).read_bytes()
    assert "Xã Mù Cang Chải" in {
        cell.value for row in openpyxl.load_workbook(tmp_path / name).worksheets[0] for cell in row
    }
    again = run("template", "--commune", A, "--month", "2026-11")
    assert again.exit_code == 1 and "Đã có tệp" in again.stderr
    assert (tmp_path / name).read_bytes() == first


def test_a_form_of_the_demonstration_says_so_and_the_real_one_can_be_asked_for(demo: Version, tmp_path: Path) -> None:
    made = run("template", "--commune", A, "--month", "2026-11")
    assert made.exit_code == 0 and "dùng --real" in made.stderr
    real = run("template", "--commune", A, "--month", "2026-11", "--real", "--output", "that.xlsx")
    assert (real.exit_code, real.stdout.strip(), real.stderr) == (0, "that.xlsx", "")


def test_slips_and_the_zip_of_all(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slips = run("template", "--commune", B, "--month", "2026-11", "--slips", "--output", tmp_path)
    assert Path(slips.stdout.strip()).read_bytes()[:5] == b"%PDF-"
    two = [answers.forms.unit(A), answers.forms.unit(B)]
    monkeypatch.setattr(answers.forms, "communes", lambda: two)
    made = run("template", "--all", "--month", "2026-11")
    with zipfile.ZipFile(tmp_path / made.stdout.strip()) as archive:
        assert [name.split("-")[4] for name in archive.namelist()] == [A, B]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--commune", "99999", "--month", "2026-11"], "Không có xã, phường mang mã “99999”"),
        (["--commune", A, "--month", "11/2026"], "ví dụ 2026-11"),
        (["--commune", A, "--month", "2025-06"], "không có biểu cho tháng 06/2025"),
        (["--month", "2026-11"], "Chọn một trong hai"),
        (["--all", "--commune", A, "--month", "2026-11"], "Chọn một trong hai"),
        (["--commune", A, "--month", "2026-11", "--output", "no/such/folder.xlsx"], "Không ghi được"),
    ],
)
def test_template_says_what_it_cannot_write(data: Path, arguments: list[str], sentence: str) -> None:
    result = run("template", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


# ---- awards --------------------------------------------------------------------------------------------------------


def test_a_draft_names_standings_what_decides_and_what_cannot_be_measured(demo: Version) -> None:
    told = answer("awards", "draft", "ninety_ten", "--demo", "--against", "2026")
    assert told["unmeasured"] == ["campaigns", "cadres", "bonus"]
    assert len(told["standings"]) == 99 and sum(one["share"] for one in told["deciding"]) == pytest.approx(1)
    assert "gains" in told
    assert "Tiêu chí làm nên chênh lệch" in run("awards", "draft", "ninety_ten", "--demo").stdout
    # Everybody's first report lies within the period: no path, so nobody has a place and nothing decides.
    shown = run("awards", "draft", "2026", "--demo").stdout
    assert "Tỷ lệ văn bản ký số" in shown and "chênh lệch" not in shown
    assert "chưa đủ số liệu" in run("awards", "draft", "pass_fail", "--demo").stdout


def test_a_draft_before_the_cut_off_is_scored_as_its_page_is(demo: Version, tmp_path: Path) -> None:
    """On the day looked at: held against a path due in a month to come everybody would be behind."""
    told = answer("awards", "draft", "2026", "--demo")
    page = scored_round(store.root("demo"), demo, sheets()["2026"], TODAY)
    assert told["cut_off"] == TODAY.isoformat() and told["standings"] == page.scored.standings.to_dicts()


def test_a_sheet_nobody_declared_is_refused(demo: Version) -> None:
    result = run("awards", "draft", "2031", "--demo")
    assert result.exit_code == 1 and "2026, ninety_ten, pass_fail" in result.stderr
    result = run("awards", "draft", "2026", "--demo", "--against", "pass_fail")
    assert result.exit_code == 1 and "không có thứ hạng" in result.stderr


def test_questions_are_sentences_with_their_evidence(demo: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "0 câu hỏi; không câu nào là điểm trừ" in run("awards", "questions", "--demo").stdout
    rows = {"commune": [A] * 3, "code": ["surge", "copied", "heaping"], "evidence": [
        '{"gain": 42.0, "usual": 2.0, "times": 21.0}',
        '{"same": 6, "villages": 6, "usual_share": 0.125, "chance": 0.0001}',
        '{"round": 40, "figures": 40, "chance": 0.0}'
    ]}  # fmt: skip
    monkeypatch.setattr(awards, "questions", lambda version, day: pl.DataFrame(rows))
    shown = run("awards", "questions", "--demo").stdout
    assert (
        "tăng 42 hộ, gấp 21 lần" in shown
        and "6 trong 6 thôn" in shown
        and "khoảng 12,5%" in shown
        and "40 trong 40 thôn" in shown
    )
    told = answer("awards", "questions", "--demo")["questions"][1]["evidence"]
    assert (told["same"], told["usual_share"]) == (6, 0.125)


def test_a_sample_names_villages_and_lines_and_can_be_drawn_again(demo: Version) -> None:
    told = answer("awards", "sample", A, "--seed", "7", "--demo")
    assert told == answer("awards", "sample", A, "--seed", "7", "--demo") and len(told["lines"]) == 19
    assert told["claimed"] == {f"{A}-001": 35, f"{A}-002": 35}
    assert "ít nhất 13 trong 19 hộ" in run("awards", "sample", A, "--seed", "7", "--demo").stdout
    assert run("awards", "sample", "04474", "--seed", "7", "--demo").exit_code == 1


def test_whom_a_sample_check_visits_is_proposed_or_drawn_by_lot(demo: Version) -> None:
    told = answer("awards", "visits", "2026", "--seed", "7", "--count", "4", "--demo")
    assert told == answer("awards", "visits", "2026", "--seed", "7", "--count", "4", "--demo")
    assert len(told["drawn"]) == 4 and not {*told["drawn"]} & {*told["proposed"]}
    found = answer("awards", "draft", "2026", "--demo")["standings"]
    assert told["proposed"] == [row["commune"] for row in found if row["award"]]
    shown = run("awards", "visits", "pass_fail", "--seed", "7", "--count", "1", "--demo").stdout
    assert shown.count("bốc thăm") == 1


def test_a_sheet_is_adopted_scored_by_stages_and_published(
    demo: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = ("--by", "lan", "--demo")
    give = ("awards", "give", "2026", A, "signed")
    assert "chưa được thông qua" in run(*give, "board", "5", *who).stderr
    assert (
        run("awards", "adopt", "2026", "--decision", "Quyết định số 5", "--reason", LATE, *who).stdout
        == "Đã ghi nhận.\n"
    )
    assert "minh chứng" in run(*give, "commune", "5", *who).stderr
    paper = ("--explanation", "37/40", "--evidence", "12/BC-MTTQ")
    assert run(*give, "commune", "5", *paper, *who).exit_code == 0
    assert "lý do" in run(*give, "council", "4.5", *who).stderr
    assert run(*give, "council", "4.5", "--reason", "đếm lại", *who).exit_code == 0
    visits = ("awards", "sampled", "2026", A, "--seed", "7", "--evidence", "Biên bản 3", *who)
    assert run(*visits, "20", "19").exit_code == 1
    assert run(*visits, "9", "19").exit_code == 0
    cut_off = sheets()["2026"].cut_off
    monkeypatch.setattr(store, "now", lambda: store.end_of(cut_off))
    assert "Chưa hết ngày chốt" in run("awards", "publish", "2026", *who).stderr
    monkeypatch.setattr(store, "now", lambda: store.end_of(cut_off) + timedelta(hours=1))
    assert "chưa chốt" in run("awards", "publish", "2026", *who).stderr
    assert run("awards", "freeze", "2026", tmp_path / "round.zip", "--demo").exit_code == 0
    assert run("awards", "publish", "2026", *who).exit_code == 0
    assert "đã công bố" in run(*give, "standing_committee", "4.5", *who).stderr
