"""The ugly workbooks, one story each: what is stored, held, passed over and asked is what was typed by hand."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.landing import Landed, read_landing, write_landing
from etl.sources.commune_workbook import read
from tests.ugly.stories import STORIES
from tests.ugly.writing import Story, book, villages


def stored(landed: Landed) -> dict[tuple[str, int], dict[str, Any]]:
    """(sheet, row) -> measure -> value, with the village's name, group and what was ticked as unchanged."""
    found: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
    for row in landed.values.iter_rows(named=True):
        cells = found[row["sheet"], row["row"]]
        cells[row["measure"]] = row["text"] if row["measure"].startswith("text:") else row["value"]
        cells["name"] = row["village_name"]
        if row["dimension"] != "none":
            cells["category"] = f"{row['dimension']}/{row['category']}"
        if row["unchanged"]:
            cells.setdefault("unchanged", set()).add(row["measure"])
    return dict(found)


def expected(story: Story, found: dict[tuple[str, int], dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    """The story's rows; a name it does not mention may be any."""
    return {
        place: {"name": found.get(place, {}).get("name")} | cells for place, cells in story.places(story.stored).items()
    }


def held(landed: Landed) -> dict[tuple[str, int], set[str]]:
    """(sheet, row) -> the codes of its own letters; a record down a column is held whole, with few letters."""
    codes: dict[tuple[str, int], set[str]] = {place: set() for place in landed.held}
    for letter in landed.letters:
        if letter.severity == "held":
            assert letter.row is not None
            codes[letter.sheet, letter.row].add(letter.code)
    return codes


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_an_ugly_workbook_reads_as_its_story_says(story: Story, tmp_path: Path) -> None:
    path = tmp_path / f"khong noi gi{story.suffix}"
    story.write(path)
    landed = read(path)
    assert (landed.refused.code if landed.refused else "") == story.refused
    if story.refused:
        assert landed.refused and landed.refused.message.endswith(".")
        assert landed.values.is_empty()
        return
    assert (landed.commune, landed.month) == (story.commune, story.month)
    found = stored(landed)
    assert found == expected(story, found)
    assert held(landed) == story.places(story.held)
    assert {(x.sheet, x.row): x.kind for x in landed.ignored} == story.places(story.ignored)
    questions = {letter.code for letter in landed.letters if letter.severity == "question"}
    assert questions - {"missing_column"} == story.questions - {"missing_column"}
    for fact, value in story.more.items():
        assert getattr(landed, fact) == value


@pytest.mark.parametrize("story", [s for s in STORIES if s.suffix == ".xlsx"], ids=lambda story: story.name)
def test_every_row_with_anything_in_it_is_accounted_for_once(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    story.write(path)
    landed = read(path)
    there = [
        (page.title, row[0].row)
        for page in openpyxl.load_workbook(path).worksheets
        for row in page.iter_rows()
        if any(cell.value not in (None, "") for cell in row)
    ]
    accounted = [*stored(landed), *landed.held, *((x.sheet, x.row) for x in landed.ignored)]
    assert sorted(accounted) == sorted(there)
    assert sum(landed.rows.values()) == len(there)


def test_a_letter_says_where_what_stood_and_what_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book(villages([1, "La Ve", "5-6", 3]))(path)
    letter = next(x for x in read(path).letters if x.severity == "held")
    assert (letter.sheet, letter.row, letter.column, letter.found) == ("Thôn", 5, "C", "5-6")
    assert letter.message == (
        "Biểu “Thôn”, dòng 5, cột C (Tổng số hộ): “5-6” là số ước chừng. "
        "Đề nghị ghi đúng con số: một số nguyên từ 0 trở lên, hoặc để trống nếu chưa có số liệu."
    )


def test_a_landing_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book(villages([1, "La Ve", "5-6", 3], [2, "Hoàng Liên", 50, 3]))(path)
    landed = read(path)
    write_landing(tmp_path, "ab" * 32, landed)
    again = read_landing(tmp_path, "commune_workbook", "ab" * 32, landed.version)
    assert again is not None and again.values.equals(landed.values)
    assert replace(again, cells=landed.cells) == landed
    assert read_landing(tmp_path, "commune_workbook", "cd" * 32, landed.version) is None
