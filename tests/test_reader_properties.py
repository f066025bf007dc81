"""What holds for any table and any number, told by generated cases."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from definitions.spelling import clean
from etl.sources.commune_workbook import read
from etl.workbook.cells import Cell
from etl.workbook.dates import day, months_in
from etl.workbook.figures import same_names
from etl.workbook.numbers import Problem, count, counts
from etl.workbook.rules import broken, rules, schema
from tests.ugly.writing import HEADER, TITLES, book

CELLS = st.sampled_from(
    [
        None,
        None,
        5,
        40,
        75.5,
        -2,
        "1.986",
        "12,5",
        "-",
        "khoảng 4",
        "La Ve",
        "Hoàng Liên",
        "Tổng cộng",
        "I",
        "x",
        "#N/A",
    ]
    + [
        "Ghi chú: không",
        "NGƯỜI LẬP BIỂU",
        "(1)",
        "(2)",
        "(3)",
        "Tên thôn",
        "Tổng số hộ",
        "03046-001",
        "03046-002",
        True,
    ]
)


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.booleans())
def test_every_row_of_any_table_is_stored_or_held_or_passed_over_once(rows: list[list[object]], has_ids: bool) -> None:
    header = ["Mã thôn" if has_ids else "STT", *HEADER[1:]]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        book([*TITLES, header, *rows])(path)
        landed = read(path)
    assert landed.refused is None
    places = Counter((row["sheet"], row["row"]) for row in landed.values.select("sheet", "row").unique().to_dicts())
    places += Counter(landed.held) + Counter((line.sheet, line.row) for line in landed.ignored)
    there = [number for number, row in enumerate(rows, 5) if any(cell is not None for cell in row)]
    assert places == Counter(("Thôn", number) for number in (1, 2, 4, *there))


LABELS = st.sampled_from(
    [
        "Số lớp tập huấn",
        "Lượt người tham gia",
        "- Trong đó: nữ",
        "DTTS",
        "Tiếp nhận",
        "1. Số lớp",
        "Tập huấn",
        "CHỦ TỊCH",
    ]
)
BESIDE = st.sampled_from([None, 1, 2, 60, 70.5, "-", "khoảng 4", "1.060", "Lớp", "x"])


@settings(max_examples=100)
@given(st.lists(st.tuples(LABELS, BESIDE, BESIDE), min_size=1, max_size=12))
def test_every_row_down_a_column_is_stored_or_held_or_passed_over_once(rows: list[tuple[object, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        book([*TITLES, *map(list, rows)], sheet="Xã")(path)
        landed = read(path)
    if landed.refused is None:
        places = Counter({(row["sheet"], row["row"]) for row in landed.values.iter_rows(named=True)})
        places += Counter(landed.held) + Counter((line.sheet, line.row) for line in landed.ignored)
        assert places == Counter(("Xã", number) for number in (1, 2, *range(4, 4 + len(rows))))
        assert len(set(landed.values["measure"])) == landed.values.height


@given(st.integers(0, 99_999))
def test_a_count_reads_the_same_however_it_is_written(number: int) -> None:
    dots = f"{number:,}".replace(",", ".")
    ways: list[Cell] = [
        str(number),
        dots,
        f"{dots},0",
        dots.replace(".", " "),
        dots.replace(".", "\u00a0"),
        f" {number} hộ",
        float(number),
    ]
    assert {count(way, 99_999) for way in ways} == {number}


@given(st.decimals(0, 9_999, places=2).filter(lambda number: number % 1 != 0))
def test_a_fraction_is_never_a_count(number: Decimal) -> None:
    for way in (str(number), str(number).replace(".", ","), float(str(number))):
        assert isinstance(count(way, 99_999), Problem)


@given(st.text(max_size=12))
def test_a_text_without_a_digit_is_never_a_number(written: str) -> None:
    read_as = count("".join(c for c in written if not c.isdigit()), 99_999)
    assert read_as is None or isinstance(read_as, Problem)


def test_a_comma_means_thousands_only_where_its_column_never_uses_it_for_decimals() -> None:
    assert counts(["1,986", 40.0], 99_999) == ([1986, 40], {})
    values, problems = counts(["1,986", "0,5", 40.0], 99_999)
    assert values == [None, None, 40]
    assert {position: problem.code for position, problem in problems.items()} == {0: "bad_number", 1: "fraction"}


MEASURES = (
    *("households", "households_any", "households_three", "households_all", "households_skilled"),
    *("households_skill_services", "households_skill_cashless", "households_helped"),
    *(f"households_{platform}" for platform in ("national_portal", "vneid", "cashless", "zalo_oa")),
)
FIGURES = st.lists(
    st.lists(
        st.one_of(st.integers(0, 3), st.integers(0, 3), st.none()), min_size=len(MEASURES), max_size=len(MEASURES)
    ),
    max_size=4,
)


@given(FIGURES, st.one_of(st.just(set(MEASURES)), st.sets(st.sampled_from(MEASURES), min_size=2)))
def test_the_quick_look_at_a_rule_finds_just_the_rows_the_schema_finds(rows: list[list[int]], asked: set[str]) -> None:
    month, columns = date(2026, 3, 1), frozenset(asked)
    figures = {id: [row[MEASURES.index(id)] for row in rows] for id in MEASURES if id in asked}
    frame = pl.DataFrame(figures, schema=dict.fromkeys(sorted(asked), pl.Int64)).with_row_index("row")
    _, failure = schema(columns, month).filter(frame, cast=True)
    details = {row["row"]: row for row in failure.details().to_dicts()}
    for number in range(len(rows)):
        one = {id: [values[number]] for id, values in figures.items()}
        quick = {rule.name for rule in rules(columns, month) if rule.is_broken_in(one)}
        slow = {name for name, said in details.get(number, {}).items() if said == "invalid"}
        assert quick == slow
    assert bool(details) == bool(broken(figures, month))


@given(st.lists(st.text(alphabet="aáàAÁ đĐdD Hòa Hoà-'\u0301\u00a0", min_size=1, max_size=9), max_size=6))
def test_names_that_are_one_when_looked_at_closely_are_one_at_first_sight(names: list[str]) -> None:
    exact = [clean(name) for name in names]
    told = same_names(list(names))
    for i, one in enumerate(exact):
        for j, other in enumerate(exact):
            if one == other and one:
                assert told[i] == told[j]


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_back_and_the_day_of_signing_is_no_month(given_day: date) -> None:
    assert day(f"{given_day.day}/{given_day.month}/{given_day.year}") == given_day
    assert months_in(f"Bản Hồ, ngày {given_day.day} tháng {given_day.month} năm {given_day.year}") == set()
