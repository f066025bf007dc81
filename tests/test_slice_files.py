"""What leaves the analysis pages (files, pictures, lines of Python, saved views) is the reader's view, never more."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from definitions import roles
from definitions.load import definitions
from definitions.text import text
from exports import slice_drawings
from exports.slice_drawings import Layout
from metrics.slice import ALL, NoSuchSlice, Slice
from metrics.slices import rows
from pages.parts import take
from tests.test_gaps_page import opened as gaps_opened
from tests.test_slices_page import of_demo, opened, said, shown
from warehouse.version import Version

pytestmark = pytest.mark.slow

MONTH = "2026-09"
Files = dict[str, Callable[[], bytes]]
GROUPS = {"by": "ethnic", "level": "commune", "since": MONTH, "until": MONTH}


@pytest.fixture(autouse=True)
def data(province: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(province))
    yield province
    rows.cache_clear()  # what it gives without a scope depends on the role


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Ending -> what makes the file, as the page last offered it."""
    offered: Files = {}
    keep = lambda label, make, name, mime: offered.__setitem__(name.rpartition(".")[2], make)  # noqa: E731
    monkeypatch.setattr(take, "download", keep)
    return offered


def visitors_are(role: str, monkeypatch: pytest.MonkeyPatch, shared: str = "reader") -> None:
    known = roles.roles().model_copy(update={"without_accounts": role, "shared": shared})
    monkeypatch.setattr(roles, "roles", lambda: known)
    rows.cache_clear()


def from_workbook(content: bytes) -> list[dict]:
    lines = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=4, values_only=True)
    heads = next(lines)
    return [dict(zip(heads, line, strict=True)) for line in lines]


def from_csv(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


COLUMNS = {"unit": "unit_id", "category": "group_id", "month": "month", "indicator": "indicator_id"}


def read_back(files: Files, ending: str) -> pl.DataFrame:
    """unit, category, month, indicator, numerator, denominator, share and why of every row of a file."""
    if ending == "parquet":
        found = pl.read_parquet(io.BytesIO(files[ending]()))
        return found.select(*COLUMNS, "numerator", "denominator", "share", why="state").with_columns(
            pl.col("month").dt.strftime("%Y-%m")
        )
    told = (from_workbook if ending == "xlsx" else from_csv)(files[ending]())
    heads = {id: text(f"column.{name}") for id, name in COLUMNS.items()} | {"why": text("column.why_empty")}
    begins = {"numerator": "Đã đạt", "denominator": "Tổng số", "share": "Tỷ lệ"}
    heads |= {id: next(head for head in told[0] if head.startswith(word)) for id, word in begins.items()}
    lines = [{id: line.get(head) for id, head in heads.items()} for line in told]
    number = lambda word: float(word) if word not in (None, "") else None  # noqa: E731
    for line in lines:
        line["month"] = str(line["month"])[:7]
        line |= {id: number(line[id]) for id in begins}
        line["share"] = line["share"] / 100 if ending == "csv" and line["share"] is not None else line["share"]
    frame = pl.DataFrame(lines, infer_schema_length=None)
    return frame.with_columns(pl.col("numerator", "denominator").cast(pl.Int64), pl.col("category").fill_null(""))


# ---- whose view it is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "shared", "carried"), [
    ("reader", "reader", "protected"), ("province_staff", "reader", "protected"),
    ("reader", "province_staff", "protected"), ("province_staff", "province_staff", "exact"),
])  # fmt: skip
@pytest.mark.parametrize("view", ["table", "map"])
def test_every_file_of_a_slice_carries_what_its_reader_may_be_handed(
    role: str, shared: str, carried: str, view: str, data: Path, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors_are(role, monkeypatch, shared)
    app = opened(**GROUPS, view=view, one="kinh")
    of = Slice(("access",), "commune", "ethnic", MONTH, MONTH, categories=slice_groups(app))
    told = {scope: rows(of_demo(data), of, scope) for scope in ("exact", "protected")}
    assert not told["exact"].equals(told["protected"])
    assert pl.read_parquet(io.BytesIO(files["parquet"]())).equals(told[carried])
    for ending in ("xlsx", "csv"):
        assert read_back(files, ending)["numerator"].to_list() == told[carried]["numerator"].to_list()
    if view == "map":
        pictures = {
            scope: slice_drawings.drawn(of_demo(data), of, scope, Layout("map", "category", one="kinh"), "vi")
            for scope in told
        }
        assert pictures["exact"] != pictures["protected"] and files["svg"]().decode() == pictures[carried]
    is_less = (role, carried) == ("province_staff", "protected")
    assert (text("protection.files") in [caption.value for caption in app.caption]) == is_less


def slice_groups(app: AppTest) -> tuple[str, ...]:
    return tuple(next(box for box in app.multiselect if box.label == text("slices.groups")).value)


def test_the_lines_of_python_give_what_roles_toml_lets_everybody_see(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = Slice(("access",), "commune", "ethnic", MONTH, MONTH)
    for role, scope in (("reader", "protected"), ("province_staff", "exact")):
        visitors_are(role, monkeypatch)
        assert rows(of_demo(data), of).equals(rows(of_demo(data), of, scope))
        lines = next(code.value for code in opened("vi", "take", **GROUPS).code if "rows(" in code.value)
        assert "exact" not in lines and "protected" not in lines


def test_a_view_saved_by_one_who_sees_all_shows_another_what_he_may_see(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl import views

    saved = {"id": "abc", "choices": dict(GROUPS)}
    monkeypatch.setattr(views, "view", lambda root, id: saved)
    visitors_are("province_staff", monkeypatch)
    mark = text("reason_empty.protected")
    assert mark not in said(opened(saved="abc"))
    visitors_are("reader", monkeypatch)
    assert mark in said(opened(saved="abc"))


def test_a_cut_that_cannot_be_protected_is_seen_but_not_taken_away(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors_are("province_staff", monkeypatch)
    app = opened(**GROUPS | {"level": "district"})
    assert "cts-pivot" in said(app) and not files
    assert any(caption.value.startswith(text("protection.stays")) for caption in app.caption)


def test_villages_behind_a_priority_group_are_refused_to_a_reader_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitors_are("reader", monkeypatch)
    app = opened(by="priority", level="commune", until=MONTH, cell=f"04693~poor~{MONTH}~access_any")
    assert text("slices.no_protected_cube") in [caption.value for caption in app.caption]
    closed = shown(app.button(key="close-cell").click().run())
    assert "cell" not in closed.query_params


@pytest.mark.parametrize(("shared", "is_offered"), [("reader", False), ("province_staff", True)])
def test_exact_gaps_leave_the_page_only_where_they_may_be_shared(
    shared: str, is_offered: bool, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors_are("province_staff", monkeypatch, shared)
    app = gaps_opened()
    assert bool(files) == is_offered
    assert (text("protection.stays") in [caption.value for caption in app.caption]) != is_offered


# ---- what adds up, on the screen and in every file -------------------------------------------------------------------


def summed(told: pl.DataFrame, *by: str) -> dict:
    known = told.filter(pl.col("numerator").is_not_null() & (pl.col("indicator") != "groups_formed"))
    sums = known.group_by(*by).agg(pl.col("numerator", "denominator").sum()).sort(by)
    return {row[: len(by)]: row[len(by) :] for row in sums.iter_rows()}


ASKED = {
    "none": ",".join(id for id in definitions().indicators if id != "groups_formed"),
    "ethnic": "access_any,skills_both,uses_vneid", "priority": "access_any,skills_both", "platform": "access_any",
}  # fmt: skip


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
@pytest.mark.parametrize("by", ASKED)
def test_the_province_is_the_sum_of_its_communes_in_every_file(
    by: str, ending: str, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors_are("province_staff", monkeypatch, "province_staff")
    sums = []
    for level in ("province", "cluster", "commune"):
        opened(level=level, by=by, indicator=ASKED[by], since="2026-08", until=MONTH, groups=every(by))
        sums.append(summed(read_back(files, ending), "indicator", "month", "category"))
    assert sums[0] and sums[0] == sums[1] == sums[2]


def every(by: str) -> str:
    from definitions.reference import ethnic_groups

    named = [ALL, *(group.id for group in ethnic_groups()), "unknown"]
    return ",".join(named) if by == "ethnic" else ",".join(definitions().priority_groups) if by == "priority" else ""


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
@pytest.mark.parametrize("level", ["province", "cluster", "commune"])
@pytest.mark.parametrize("role", ["province_staff", "reader"])
def test_groups_and_unknown_are_the_whole_in_every_file(
    role: str, level: str, ending: str, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where small cells are hidden, what is left is less than the whole, and the whole itself stands."""
    visitors_are(role, monkeypatch, role)
    opened(level=level, by="ethnic", since=MONTH, until=MONTH, groups=every("ethnic"))
    told = read_back(files, ending)
    whole, parts = told.filter(pl.col("category") == ALL), told.filter(pl.col("category") != ALL)
    open_, sums = summed(whole, "unit", "month"), summed(parts, "unit", "month")
    hidden = "protected" if ending == "parquet" else text("reason_empty.protected")
    has_hidden = set(parts.filter(pl.col("why") == hidden)["unit"])
    assert open_ and (has_hidden if (role, level) == ("reader", "commune") else role == "reader" or not has_hidden)
    for unit, counts in open_.items():
        left = sums.get(unit, (0, 0))
        assert left == counts or unit[0] in has_hidden
        assert left[0] <= counts[0] and left[1] <= counts[1]


@pytest.mark.parametrize("by", ["none", "ethnic"])
def test_the_province_on_the_screen_is_the_sum_of_the_communes_on_the_screen(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors_are("province_staff", monkeypatch)
    seen = [
        counted(said(opened(level=level, by=by, since=MONTH, until=MONTH, show="counts", rows="all", across="month")))
        for level in ("province", "commune")
    ]
    assert seen[0] and seen[0] == seen[1]
    if by == "ethnic":
        told = dict(seen[0])
        whole = told.pop(text("slices.all"))
        assert all(sum(counts[i] for counts in told.values()) <= whole[i] for i in (0, 1))


def counted(page: str) -> dict[str, tuple[int, int]]:
    """Of the table on the page, the counts of all units added up: by the group in the second column, else by ""."""
    table = page[page.index("cts-pivot") : page.index("</table>", page.index("cts-pivot"))]
    found: dict[str, tuple[int, int]] = {}
    for line in re.findall(r"<tr>(<th scope.*?)</tr>", table):
        heads, cell = re.findall(r"<th[^>]*>(.*?)</th>", line), re.search(r">([\d.]+)/([\d.]+)<", line)
        if cell:
            group = heads[1] if len(heads) > 1 else ""
            n, whole = (int(count.replace(".", "")) for count in cell.groups())
            found[group] = (found.get(group, (0, 0))[0] + n, found.get(group, (0, 0))[1] + whole)
    return found


def test_what_cannot_be_cut_for_a_reader_is_refused_without_a_page_too(data: Path) -> None:
    version: Version = of_demo(data)
    with pytest.raises(NoSuchSlice, match="no_protected_cube"):
        rows(version, Slice(("access",), "village", "priority"))
