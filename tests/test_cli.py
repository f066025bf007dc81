"""The verbs that look and hand out: what they print, what they refuse, and with which exit status."""

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

import answers
import cli
from etl.store import Root
from methods.progress_table import PER_UNIT, REQUIRED
from metrics import targets
from tests.tiny import TODAY, A, B, C, tiny
from warehouse.version import Version, current

VERBS = ["", *sorted(get_command(cli.app).commands), "places match", "places adopt"]  # type: ignore[attr-defined]


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
    [(None, "Không đọc được"), (b"", "không có dòng nào"), (b"unit\xff", "UTF-8"), (b"unit,unit\n", "hai lần")],
)
def test_what_is_no_table_is_told_in_a_sentence(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "other.csv"
    if content is not None:
        path.write_bytes(content)
    result = run("methods", "progress", "--input", path)
    assert result.exit_code == 1 and sentence in result.stderr


def test_an_unknown_method_names_those_there_are(tmp_path: Path) -> None:
    result = run("methods", "magic", "--input", table(tmp_path, *HALFWAY))
    assert result.exit_code == 1 and "có: progress" in result.stderr


def test_the_help_names_every_column_of_the_table() -> None:
    shown = run("methods", "--help").stdout
    assert all(name in shown for name in (*REQUIRED, *PER_UNIT))


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
