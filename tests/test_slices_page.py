"""The analysis page without a browser: every box writes its id into the address and changes what is shown."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from definitions import roles
from definitions.load import definitions
from definitions.text import LANGUAGES, text
from etl import store, views
from etl.build import build
from exports import pivot, slice_files, slice_words
from exports.papers import Edition
from exports.workbook import csv, workbook
from metrics.slice import ALL, Slice, group_order
from metrics.slices import rows
from pages.parts import scope as who
from tests import alone
from tests.alone import said, shown
from tests.tiny import AUGUST, TODAY, A, tiny
from warehouse.version import Version, current

opened = partial(alone.opened, "analysis.slices")


@pytest.fixture(scope="module", autouse=True)
def data(province: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the tests' province: saved views are written into it. Its reader may see exact figures."""
    copy = tmp_path_factory.mktemp("slices") / "data"
    shutil.copytree(province, copy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHI_TIEU_SO_DATA", str(copy))
        patch.setattr(who, "sees_exact", lambda unit, **_: True)
        yield copy


def boxes(app: AppTest, kind: str) -> dict[str, Any]:
    """The boxes of a kind by their labels."""
    return {element.label: element for element in app.get(kind)}  # type: ignore[union-attr]


def asked(app: AppTest, key: str) -> str:
    found = app.query_params.get(key, "")
    return found if isinstance(found, str) else found[-1]


# ---- every box -------------------------------------------------------------------------------------------------------

ARRANGE = "arrange"
BOXES = [
    # kind, label, key in the address, value, address before, folds to open
    ("selectbox", "level", "level", "cluster", {}, ()),
    ("selectbox", "by", "by", "ethnic", {}, ()),
    ("selectbox", "within", "within", "cluster:wards", {}, ()),
    ("selectbox", "since", "since", "2026-09", {}, ()),
    ("selectbox", "until", "until", "2026-08", {}, ()),
    ("selectbox", "wording", "wording", "all", {}, ()),
    ("selectbox", "units_of", "units", "time", {"level": "village", "until": "2026-10"}, ()),
    ("multiselect", "indicator", "indicator", ["skills_both", "uses_vneid"], {}, ()),
    ("multiselect", "groups", "groups", ["mong", "unknown"], {"by": "ethnic"}, ()),
    ("button_group", "view", "view", "lines", {}, ()),
    ("button_group", "view", "view", "bars", {"by": "priority"}, ()),
    ("button_group", "view", "view", "multiples", {}, ()),
    ("button_group", "view", "view", "map", {}, ()),
    ("selectbox", "across", "across", "month", {"by": "ethnic"}, (ARRANGE,)),
    ("selectbox", "show", "show", "counts", {}, (ARRANGE,)),
    ("selectbox", "sort", "sort", "down:2026-10", {}, (ARRANGE,)),
    ("selectbox", "rows", "rows", "all", {}, (ARRANGE,)),
    ("multiselect", "pin", "pin", ["04474"], {}, (ARRANGE,)),
    ("multiselect", "hide", "hide", ["02686"], {}, (ARRANGE,)),
    ("selectbox", "focus", "focus", None, {"by": "ethnic", "view": "lines"}, ()),
    ("selectbox", "one", "one", "mong", {"by": "ethnic", "view": "map"}, ()),
]


def reporting(data: Path) -> str:
    """A commune with a breakdown."""
    told = rows(of_demo(data), Slice(("access",), "commune", "ethnic", categories=(ALL,)), "exact")
    return told.filter(pl.col("state") == "")["unit"][0]


def of_demo(data: Path) -> Version:
    found = current(data / "demo")
    assert found is not None
    return found


@pytest.mark.parametrize(("kind", "label", "key", "value", "address", "folds"), BOXES)
def test_a_box_writes_its_id_into_the_address_and_changes_what_is_shown(
    data: Path, kind: str, label: str, key: str, value: str | list | None, address: dict, folds: tuple
) -> None:
    value = value or reporting(data)
    before = opened("vi", *folds, **address)
    seen, choice = said(before), boxes(before, kind)[text(f"slices.{label}")]
    after = shown(choice.set_value(value).run())
    assert asked(after, key) == (value if isinstance(value, str) else ",".join(value))
    assert said(after) != seen
    # The address alone shows the same to whoever opens it.
    again = opened("vi", *folds, **{name: asked(after, name) for name in after.query_params})
    assert said(again) == said(after)


def test_all_boxes_have_a_test() -> None:
    ethnic = [opened("vi", ARRANGE, by="ethnic", view=view) for view in ("lines", "map")]
    kinds = ("selectbox", "multiselect", "button_group")
    found = {(kind, label) for app in (opened("vi", ARRANGE), *ethnic) for kind in kinds for label in boxes(app, kind)}
    assert found == {(kind, text(f"slices.{label}")) for kind, label, *_ in BOXES}


FOLDS = {"arrange": 5, "wordings": 1, "ledger-access_2026": 1, "take": 2, "saved": 1}


@pytest.mark.parametrize("fold", FOLDS)
def test_a_fold_brings_what_it_holds_when_somebody_opens_it(fold: str) -> None:
    kinds = ("selectbox", "multiselect", "code", "text_input")

    def held(app: AppTest) -> int:
        return sum(len(app.get(kind)) for kind in kinds) + said(app).count('<div class="cts-table"')

    assert held(opened("vi", fold)) >= held(opened()) + FOLDS[fold]


def test_all_folds_and_buttons_have_a_test(data: Path) -> None:
    app = opened("vi", "saved", level="commune", cell=f"{reporting(data)}~~2026-09~access_any")
    cells = f"{text('table.show')}: {text('slices.cell_cells')}"
    titles = ("ledger.wording_title", "slices.take", "slices.saved")
    named = {*(text(title) for title in titles), cells, f"{text('ledger.title')}: {target('access_2026')}"}
    assert {fold.label for fold in app.expander} == named
    assert {button.key for button in app.button} == {"close-cell", "save-view"}
    assert [box.key for box in app.text_input] == ["view-title"]
    assert not [*app.checkbox, *app.radio, *app.slider, *app.toggle]


def target(id: str) -> str:
    return definitions().targets[id].label.vi


def figures(app: AppTest) -> list[str]:
    """The numbers of the tables and drawings, whatever marks they are written with."""
    below = said(app).partition('class="note"')[2].partition("</p>")[2]
    words = unescape(re.sub(r"<[^>]*>", " ", below))
    return re.findall(r"\d+", words.replace(",", "").replace(".", ""))


ADDRESSES: list[dict[str, str]] = [
    {}, {"by": "ethnic"}, {"level": "district", "view": "bars"}, {"view": "map"},
    {"by": "platform", "view": "multiples"},
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_same_address_shows_the_same_figures_in_every_language(address: dict[str, str]) -> None:
    vi, en = (figures(opened(lang, **address)) for lang in LANGUAGES)
    assert vi == en and len(vi) > 10


# ---- what it shows ---------------------------------------------------------------------------------------------------


def test_a_cell_leads_to_its_villages_and_the_files_and_is_closed_again() -> None:
    links = re.findall(r'href="slices\?([^"]*cell=[^"]*)"', said(opened(by="ethnic", groups="all,mong")))
    mong = next(dict(parse_qsl(unescape(link))) for link in links if "~mong~" in link)
    fold = f"fold-{text('table.show')}: {text('slices.cell_cells')}"
    there = opened(mong.pop("lang"), fold, **mong)
    assert text("slices.cell_whole") in [caption.value for caption in there.caption]
    read = said(there)
    assert ".xlsx" in read and "Phân tổ" in read and text("column.row") in read
    closed = shown(there.button(key="close-cell").click().run())
    assert "cell" not in closed.query_params and ".xlsx" not in said(closed)


def test_the_three_reasons_have_three_marks(data: Path) -> None:
    app = said(opened(by="ethnic", across="month", since="2026-08", until="2026-10", groups="mong"))
    assert 'class="why not_reported"' in app
    asked_for = said(opened(indicator="access_three", by="ethnic", until="2026-09"))
    assert 'class="why not_asked"' in asked_for and 'class="why not_reported"' not in asked_for
    told = rows(of_demo(data), Slice(("access",), "commune", until="2026-10"), "exact").head(1)
    hidden = told.with_columns(state=pl.lit("protected"), share=pl.lit(None, pl.Float64))
    html = pivot.html(pivot.pivot(hidden, "month"), Slice(("access",), "commune"), "", "vi")
    assert 'class="why protected"' in html and text("reason_empty.protected") in html and ">0<" not in html


def test_ethnic_groups_stand_in_official_order_whatever_one_sorts_by() -> None:
    drawn = said(opened(by="ethnic", view="bars", sort="down:2026-09")).partition('class="cts-svg narrow"')[0]
    order = [slice_words.category(id, "vi") for id in (ALL, *group_order())]
    found = [name for name in re.findall(r"<title>([^<:]+): ", drawn) if name in order]
    assert len(found) > 4 and found == sorted(found, key=order.index)
    assert "#EFB4A8" not in drawn, "no verdict's red on a group"


def test_the_grounds_of_a_verdict_are_shown_when_somebody_opens_them() -> None:
    assert text("ledger.hint") not in said(opened())
    app = said(opened("vi", "wordings", "ledger-access_2026", wording="all"))
    assert text("ledger.hint") in app and text("ledger.source_registry") in app
    assert text("ledger.wording_in_force", wording="ít nhất một nền tảng") in app
    assert "cts-table" in app
    keys = [fold.label for fold in opened(indicator="groups_formed").expander]
    assert not any(text("ledger.title") in label for label in keys), "villages have no households to count"


@pytest.mark.parametrize("across", ["month", "category"])
def test_platforms_stand_beside_or_below_one_another(across: str) -> None:
    page = said(opened(by="platform", across=across, level="commune"))
    assert "cts-pivot" in page and "VNeID" in page


def test_an_ethnic_group_in_a_village_is_refused_in_a_sentence() -> None:
    assert text("slices.ethnic_village") in said(opened(level="village", by="ethnic"))


def test_without_the_right_to_see_all_small_cells_are_hidden(monkeypatch) -> None:
    monkeypatch.setattr(who, "sees_exact", roles.sees_exact)
    shown = said(opened(by="ethnic", level="commune"))
    assert "cts-pivot" in shown and text("reason_empty.protected") in shown
    assert text("slices.no_protected_cube") in said(opened(by="ethnic", level="district"))
    assert "cts-pivot" in said(opened())


def test_an_address_that_means_nothing_shows_the_default() -> None:
    odd = opened(
        cell="zz", level="moon", by="x", within="q", since="1", until="2", indicator="a,b", view="v", sort="up:x"
    )
    assert "cts-pivot" in said(odd)
    assert text("slices.saved_unknown", code="abc") in said(opened(saved="abc"))


def test_the_groups_not_shown_are_counted_only_where_all_of_them_are_known(data: Path, monkeypatch) -> None:
    def left_out(app: AppTest) -> str:
        return next(note for note in re.split(" · ", unescape(said(app))) if "nhóm khác" in note)

    groups = {"by": "ethnic", "groups": "all,kinh", "until": "2026-09"}
    told = rows(of_demo(data), Slice(("access",), by="ethnic", until="2026-09"), "exact")
    others = told.filter(~pl.col("category").is_in(["all", "kinh"]))["denominator"].sum()
    households = f"{int(others):,} hộ".replace(",", ".")
    assert households in left_out(opened(**groups))
    assert households in left_out(opened(**groups, indicator="access,skills_both")), "not once for each indicator"
    assert "0 hộ" not in left_out(opened(**groups | {"until": "2026-08"})), "a month in which nobody was asked"
    monkeypatch.setattr(who, "sees_exact", roles.sees_exact)
    assert not re.search(r"\d hộ", left_out(opened(**groups))), "some are hidden: the rest is not their sum"


# ---- saved views -----------------------------------------------------------------------------------------------------


def test_a_view_is_saved_under_a_name_and_shared_by_its_id(data: Path) -> None:
    app = opened("vi", "saved", by="ethnic", groups="mong,kinh", view="lines")
    version = of_demo(data).id
    shown(app.text_input(key="view-title").set_value("Mông & <b>Kinh</b>").run())
    app = shown(app.button(key="save-view").click().run())
    (view,) = views.saved(store.root("demo"), "slices")
    assert (view["title"], view["choices"]["groups"]) == ("Mông & <b>Kinh</b>", "mong,kinh")
    assert "Mông &amp; &lt;b&gt;Kinh" in said(app), "listed, and escaped"
    shared = opened("en", saved=view["id"])
    assert asked(shared, "groups") == "mong,kinh" and asked(shared, "view") == "lines"
    assert "saved" not in shared.query_params
    assert build(store.root("demo")) == version, "a saved view changes no figure"


def test_a_saved_view_is_never_changed_and_needs_a_name(tmp_path: Path) -> None:
    root = store.root("real", tmp_path)
    first = views.save(root, "A", "slices", {"by": "ethnic"})
    second = views.save(root, "A", "slices", {"by": "none"})
    assert [v["id"] for v in views.saved(root, "slices")] == [second, first] and views.saved(root, "communes") == []
    assert views.view(root, "0" * 12) is views.view(root, "../..") is None
    with pytest.raises(ValueError):
        views.save(root, "  ", "slices", {})


# ---- what leaves the page --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_lines_of_python_on_the_page_give_the_same_frame_without_a_page(data: Path) -> None:
    app = opened("vi", "take", by="ethnic", groups="mong,unknown", level="cluster")
    address, lines = (code.value for code in app.code)
    assert len(lines.splitlines()) == 3
    told = f"{lines}\nimport sys\nassert 'streamlit' not in sys.modules\nframe.write_parquet(sys.argv[1])"
    file = data / "frame.parquet"
    subprocess.run([sys.executable, "-c", told, str(file)], check=True, env=os.environ, cwd=Path(__file__).parents[1])
    of = Slice(("access",), "cluster", "ethnic", "2026-07", "2026-09", categories=("mong", "unknown"))
    assert pl.read_parquet(file).equals(rows(of_demo(data), of, "protected")), "whatever the page shows this reader"
    again = opened("en", **dict(parse_qsl(urlsplit(address).query)))
    assert asked(again, "groups") == "mong,unknown" and asked(again, "since") == "2026-07"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("real") / "published")


def taken(version: Version, write: Callable[..., bytes], of: Slice) -> bytes:
    table = slice_files.table(rows(version, of, "exact"), of, "=1+1", "vi")
    notes = slice_files.notes(of, "@lọc", Edition(TODAY, version.id, False, "cách tính đang dùng"))
    return write(table.frame, table.columns, table.title, notes)


OF = Slice(("uses_vneid",), "commune", "ethnic", "2026-06", "2026-08", categories=("mong", "kinh"))


def test_the_workbook_is_typed_says_what_it_is_out_of_and_carries_its_notes(version: Version) -> None:
    book = openpyxl.load_workbook(io.BytesIO(taken(version, workbook, OF)))
    sheet, notes = book.worksheets
    heads = [cell.value for cell in sheet[4]]
    assert {"Đã đạt (hộ)", "Tổng số (hộ)", "Tỷ lệ (% số hộ của nhóm)", "Vì sao không có số", "Mã nhóm"} <= set(heads)
    row = next(r for r in sheet.iter_rows(5, values_only=True) if r[0] == A and r[2] == "mong" and r[4].month == 6)
    shown_row = dict(zip(heads, row, strict=True))
    assert (shown_row["Đã đạt (hộ)"], shown_row["Tổng số (hộ)"], shown_row["Tỷ lệ (% số hộ của nhóm)"]) == (
        5,
        40,
        0.125,
    )
    empty = next(r for r in sheet.iter_rows(5, values_only=True) if r[0] == A and r[2] == "kinh")
    assert text("reason_empty.no_households") in empty and empty[heads.index("Đã đạt (hộ)")] is None
    told = {a.value: b.value for a, b in notes.iter_rows(max_col=2)}
    assert (
        told["Bộ lọc"] == "@lọc"
        and version.id in told.values()
        and any("Hộ dùng VNeID ÷ Tổng số hộ" in str(v) for v in told.values())
    )


@pytest.mark.parametrize("write", [workbook, csv])
@pytest.mark.parametrize("wording", ["", "all"])
def test_what_is_taken_away_names_the_wording_it_counts_by(version: Version, write: Callable, wording: str) -> None:
    of = Slice(("access",), until="2026-08", wording=wording)
    content = taken(version, write, of)
    if write is workbook:
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        told = " ".join(str(cell.value) for sheet in sheets for line in sheet.iter_rows() for cell in line)
    else:
        told = content.decode("utf-8-sig")
    named = {id: of.label.vi in told for id, of in definitions().access.wordings.items() if id != "three"}
    assert named == {"any": wording == "", "all": wording == "all"}
    assert "cách tính đang dùng" not in told, "the page's own is of the wording in force"
    assert "vi='" not in told and slice_words.filters(of, (AUGUST, AUGUST), {}, "vi").count("nền tảng") == 1


@pytest.mark.parametrize("write", [workbook, csv])
def test_no_cell_is_ever_a_formula(version: Version, write: Callable[..., bytes]) -> None:
    content = taken(version, write, OF)
    if write is csv:
        cells = [cell for line in content.decode("utf-8-sig").splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]
        return
    sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    found = [cell for sheet in sheets for line in sheet.iter_rows() for cell in line]
    assert [cell.value for cell in found if cell.data_type == "f"] == []
    assert any(cell.value == "=1+1" for cell in found)


def test_the_parquet_file_is_the_frame_itself(version: Version) -> None:
    told = rows(version, OF, "exact")
    assert pl.read_parquet(io.BytesIO(slice_files.parquet(told))).equals(told)


def test_what_is_offered_follows_the_view() -> None:
    def offered(**address: str) -> list[str]:
        return [button.proto.label for button in opened(**address).get("download_button")]

    assert offered() == [text(f"table.{ending}") for ending in ("xlsx", "csv", "parquet")]
    assert offered(view="map")[3:] == [text("table.png"), text("table.svg")]


# ---- the table's own order -------------------------------------------------------------------------------------------


def test_units_are_sorted_by_a_column_with_those_without_a_figure_last_pinned_first_hidden_gone(
    version: Version,
) -> None:
    told = rows(version, Slice(("access",), "commune", since="2026-08", until="2026-08"), "exact")
    known = told.filter(pl.col("share").is_not_null()).sort("share", descending=True)["unit"].to_list()
    down = pivot.arranged(told, "month", "down:2026-08")
    assert down[: len(known)] == known and len(down) == 99
    up = pivot.arranged(told, "month", "up:2026-08", pinned=["04474"], hidden=[known[0]])
    assert up[:2] == ["04474", known[-1]] and known[0] not in up
    assert pivot.arranged(told, "month") == told["unit"].unique(maintain_order=True).to_list()


def test_months_nobody_was_asked_in_have_no_column_and_are_named(version: Version) -> None:
    told = rows(version, Slice(("uses_vneid",), "commune", "ethnic", "2026-06", "2026-08", units=(A,)), "exact")
    table = pivot.pivot(told, "month")
    assert (table.columns, table.left_out) == (("2026-06",), ("07/2026", "08/2026"))
    assert [row["category"] for row, _ in table.rows] == ["tay", "mong"]
    cells = {row["category"]: of["2026-06"]["share"] for row, of in table.rows}
    assert cells == {"tay": 0.5, "mong": 0.125}


def test_every_indicator_and_group_has_a_name_in_every_language() -> None:
    for lang in LANGUAGES:
        assert all(slice_words.indicator(id, lang) for id in definitions().indicators)
        assert all(
            slice_words.category(id, lang)
            for id in [ALL, *group_order(), *definitions().priority_groups, *definitions().platforms]
        )
