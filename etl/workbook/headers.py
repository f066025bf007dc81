"""Finds the tables of a sheet and says which column is which, from the headers that forms.toml declares."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache

from definitions.load import Column, definitions
from etl.workbook.cells import Cell, is_blank, key, text
from etl.workbook.grid import Range, Sheet

SEARCHED = 100  # rows in which the first header must stand
DEEP = 4  # rows a header may have

PREVIOUS = re.compile(
    r"\b(?:thang|ky|quy|nam) truoc\b|\bcung ky\b|\bke hoach\b|\b(?:chi|muc) tieu\b|\bphan dau\b|\bdang ky\b|\bdu kien\b"
    r"|\bso voi\b|\btang giam\b"
)
# A heading over a column that makes it count some of the households only, or other ones.
PART = re.compile(
    r"\bngheo\b|\bdan toc\b|\bdtts\b|\bphu nu\b|\bcao tuoi\b|\bchinh sach\b|\bcong giao\b|\bkhuyet tat\b"
    r"|\bchua\b|\bkhong\b|\bcon lai\b|\btang\b|\bgiam\b|\bmoi\b|\bthem\b"
)
PERIOD = re.compile(r"(?:(thang)|quy|nam) (\d{1,2}|[ivx]+)(?: (?:nam )?(20\d\d))?|nam 20\d\d")
SINCE = re.compile(r"\b\d{1,2} thang\b|\b(?:ca|tu dau) nam\b|\btu thang\b")  # a flow of more than the month
RATIO = re.compile(r"%|\bty le\b|\bti le\b|\bdat ty\b")
NOW = {
    "thang nay",
    "ky nay",
    "so thang nay",
    "so lieu thang nay",
    "hien nay",
    "hien co",
    "so lieu",
    "ket qua",
    "thuc hien",
    "gia tri",
}
BARE = {"so luong", "sl", "tong so", "tong", "so ho", "ho", "so nguoi", "nguoi", "dien so"}  # of what, says the heading
PLAIN = BARE | {"tong so ho", "tong ho"}
BY_KIND = {
    "stock": {"luy ke", "cong don", "den nay"},
    "flow": {"trong thang", "trong ky", "phat sinh", "phat sinh trong thang"},
}
OTHER_LEAF = {
    "luy ke",
    "cong don",
    "den nay",
    "trong thang",
    "trong ky",
    "phat sinh",
    "phat sinh trong thang",
    "trong do",
}
NO_COLUMN = {"tt", "stt", "so tt", "so thu tu", "ghi chu", "tu kiem tra", "doi chieu", "kiem tra", ""}
_UNITS = r"(?:x|ho|ho gia dinh|nguoi|luot|luot nguoi|lop|vu|so|so ho|thanh vien|don vi:? ?\w*|\d{1,2}|[a-z])"
_IN_PARENTHESES = re.compile(rf"\(\s*{_UNITS}\s*\)")
# What is counted, as headers say it, and the units of a measure that go with it.
COUNTED = {
    **dict.fromkeys(("ho", "ho gia dinh", "so ho"), ("household",)),
    **dict.fromkeys(("nguoi", "so nguoi", "luot nguoi", "thanh vien"), ("person",)),
    "luot": ("person", "case"),
    "lop": ("class",),
    "vu": ("case",),
}
_COUNTED = re.compile(rf"\(\s*({'|'.join(COUNTED)})\s*\)")
_FIGURE = re.compile(r"[\d.,\s]*\d[\d.,\s]*|[-–—.…]+")
_VILLAGE_ID = re.compile(r"\d{5}-\d{3}")
_LEADING_NUMBER = re.compile(r"^(?:\(?\d{1,2}[.)]|[a-h][.)])\s+")


@dataclass(frozen=True)
class Table:
    """One table of a sheet; rows and columns count from 0, `body` to `end` (exclusive) are its lines."""

    form_sheet: str
    top: int
    body: int
    end: int
    columns: dict[str, int]
    twice: dict[str, tuple[int, ...]] = field(default_factory=dict)  # further columns of the same header
    unknown: dict[int, str] = field(default_factory=dict)  # headers that no column of the form has
    headed: frozenset[int] = frozenset()  # columns with any header
    periods: dict[int, str] = field(default_factory=dict)  # columns whose header names a month, quarter or year
    titles: frozenset[str] = frozenset()  # the header's own texts, to know it again further down
    placed: frozenset[tuple[int, str]] = frozenset()  # the same with the column each stands in
    turned: Sheet | None = None  # the one line of a record that stands down a column


@lru_cache(maxsize=8192)
def header_key(written: str) -> str:
    """A header without diacritics, units in parentheses, numbering and punctuation; ">=" is "≥"."""
    folded = key(written.replace(">=", "≥").replace("\n", " ")).replace("≥ ", "≥")
    folded = _IN_PARENTHESES.sub(" ", folded)
    folded = _LEADING_NUMBER.sub("", folded)
    return re.sub(r"[\s,.:;/()*\-–\"“”']+", " ", folded).strip()


@cache
def vocabulary(form_sheet: str) -> dict[str, str]:
    """The column id of every header and alias of a form's sheet."""
    found: dict[str, str] = {}
    for column in definitions().forms.sheets[form_sheet].columns:
        for written in (column.header, *column.aliases):
            found.setdefault(header_key(written), column.id)
    return found


@cache
def kind_of(form_sheet: str) -> dict[str, Column]:
    return {column.id: column for column in definitions().forms.sheets[form_sheet].columns}


@cache
def known_titles() -> frozenset[str]:
    return frozenset(name for sheet in definitions().forms.sheets for name in vocabulary(sheet))


@lru_cache(maxsize=8192)
def title(cell: str) -> str:
    """The column header a cell shows, "" where it is none."""
    name = header_key(cell)
    return name if name in known_titles() else ""


@cache
def known_groups() -> frozenset[str]:
    columns = [column for sheet in definitions().forms.sheets.values() for column in sheet.columns]
    return frozenset(header_key(column.group) for column in columns if column.group)


@cache
def sheet_named(name: str) -> str:
    """The form's sheet of that name or alias, or ""."""
    asked = header_key(name)
    for sheet in definitions().forms.sheets.values():
        if asked in {header_key(known) for known in (sheet.name, f"Biểu {sheet.name}", *sheet.aliases)}:
            return sheet.id
    return ""


def tables(sheet: Sheet) -> list[Table]:
    """The tables of a sheet, top to bottom; a header repeated lower down with other columns begins a new one."""
    found: list[Table] = []
    start = 0
    named = key(sheet.name)
    if PART.search(named) or PREVIOUS.search(named):  # "Hộ nghèo", "Kế hoạch": the villages' columns, other figures
        return found
    while (table := _next_table(sheet, start)) is not None:
        found.append(table)
        start = table.end
    if found and start < len(sheet.rows):
        found[-1] = replace(found[-1], end=len(sheet.rows))
    return found


def _next_table(sheet: Sheet, start: int) -> Table | None:
    at = start
    for top in range(start, min(len(sheet.rows), start + SEARCHED)):
        if top >= at and len(_titles_in(sheet.rows[top])) >= 2:
            first, last = _block(sheet, top, start)
            for bottom in range(last, top - 1, -1):  # what looked like a lower row of the header may be no part of it
                if not _is_divided(sheet, bottom) and (table := _table(sheet, first, bottom)):
                    return table
            at = last + 1
    return None


def _titles_in(row: Iterable[Cell]) -> set[str]:
    """The known column headers a row shows."""
    return {name for cell in row if cell.__class__ is str and cell and (name := title(cell))}


def _block(sheet: Sheet, top: int, start: int) -> tuple[int, int]:
    """First and last row of the header around a row that shows known titles."""
    first = last = top
    while first > start and top - first < DEEP - 1 and _is_upper(sheet.rows[first - 1]):
        first -= 1
    while last + 1 < len(sheet.rows) and last - first < DEEP - 1 and _is_lower(sheet, first, last + 1):
        last += 1
    return first, last


def _is_upper(row: list[Cell]) -> bool:
    names = [header_key(cell) for cell in row if isinstance(cell, str) and not is_blank(cell)]
    return any(name in known_titles() or name in known_groups() for name in names)


def _is_lower(sheet: Sheet, first: int, row: int) -> bool:
    """True for a further row of the header: words only, of which at least one is a title, or a part of one."""
    cells = [cell for cell in sheet.rows[row] if not is_blank(cell)]
    if not cells or not all(isinstance(cell, str) for cell in cells):
        return False
    if all(map(_is_unit, cells)):
        return True
    names = [header_key(text(cell)) for cell in cells]
    titles = [n for n in names if n in known_titles() or _is_part_of_title(n)]
    if any(_FIGURE.fullmatch(text(cell)) or _VILLAGE_ID.search(text(cell)) for cell in cells):
        return False
    if _names_a_village(sheet.rows[first:row], sheet.rows[row]):
        return False
    if _is_repeat(sheet.rows[first], sheet.rows[row]):
        return False
    return len(titles) >= max(1, len(names) // 3)


def _is_unit(cell: Cell) -> bool:
    """ "(hộ)" under a title."""
    return isinstance(cell, str) and _COUNTED.fullmatch(key(cell)) is not None


def _is_divided(sheet: Sheet, row: int) -> bool:
    """Whether a title of this row, merged over several columns, has words below: "Nam" and "Nữ" of "Thành viên tổ"."""
    below = sheet.rows[row + 1] if row + 1 < len(sheet.rows) else []
    if any(type(cell) is float for cell in below):
        return False
    wide = [range(c0, c1 + 1) for _, c0, r1, c1 in sheet.merges if r1 == row and c1 > c0]
    words = [text(cell) for columns in wide for cell in below[columns.start : columns.stop] if not is_blank(cell)]
    return bool(words) and not any(map(_FIGURE.fullmatch, words))


def _is_part_of_title(name: str) -> bool:
    """Words that stand under a title: whose month, added up or not, a share."""
    is_word = name in NOW | PLAIN | OTHER_LEAF or PERIOD.fullmatch(name)
    return bool(is_word or PREVIOUS.search(name) or RATIO.search(name))


def _names_a_village(above: list[list[Cell]], row: list[Cell]) -> bool:
    """True where something stands under "Tên thôn": that is a village, or the label of a total, and no header."""
    places = {at for cells in above for at, cell in enumerate(cells) if isinstance(cell, str) and _is_naming(cell)}
    return any(at in places and not is_blank(cell) and not _is_naming(str(cell)) for at, cell in enumerate(row))


@lru_cache(maxsize=1024)
def _is_naming(cell: str) -> bool:
    sheets = definitions().forms.sheets
    return any(vocabulary(sheet).get(header_key(cell)) in ("village_id", "village_name") for sheet in sheets)


def _is_repeat(upper: list[Cell], lower: list[Cell]) -> bool:
    return len(_titles_in(upper) & _titles_in(lower)) >= 3


def _table(sheet: Sheet, first: int, last: int) -> Table | None:
    """The table under a header, or None where its columns are those of no sheet of the form."""
    rows = tuple(tuple(cell if isinstance(cell, str) else "" for cell in row) for row in sheet.rows[first : last + 1])
    merges = tuple((r0 - first, c0, r1 - first, c1) for r0, c0, r1, c1 in sheet.merges if first <= r0 <= last)
    head = headed(sheet_named(sheet.name), rows, merges)
    if head is None:
        return None
    end = _end(sheet, last + 1, figures_at(head.form_sheet, head.columns), head.placed)
    return replace(head, top=first, body=last + 1, end=end)


@lru_cache(maxsize=256)
def headed(named: str, rows: tuple[tuple[str, ...], ...], merges: tuple[Range, ...]) -> Table | None:
    """The table that a header's rows promise on a sheet of that name; most workbooks share a few headers."""
    paths = header_paths(rows, merges)
    form_sheet, columns = matched(named, paths)
    if not form_sheet:
        return None
    taken = {at for places in columns.values() for at in places}
    one = {id: places[0] for id, places in columns.items()}
    return Table(
        form_sheet,
        *(0, len(rows), len(rows)),
        one,
        twice={id: tuple(places[1:]) for id, places in columns.items() if len(places) > 1},
        unknown={at: path[-1] for at, path in paths.items() if at not in taken and _is_unknown(path)},
        headed=frozenset(paths),
        periods={at: name for at in taken for name in map(header_key, paths[at]) if PERIOD.fullmatch(name)},
        titles=frozenset(cell for row in rows for cell in row if cell),
        placed=frozenset((at, cell) for row in rows for at, cell in enumerate(row) if cell),
    )


def of_month(table: Table, month: date) -> Table:
    """The table without the columns whose header names another month; asked about where none is left of a title."""
    if not table.periods:
        return table
    columns, twice, unknown = {}, {}, dict(table.unknown)
    for id, at in table.columns.items():
        places = (at, *table.twice.get(id, ()))
        now = [place for place in places if _is_month(table.periods.get(place, ""), month)]
        if now:
            columns[id], twice[id] = now[0], tuple(now[1:])
        else:
            unknown |= {place: f"{kind_of(table.form_sheet)[id].header}, {table.periods[place]}" for place in places}
    return replace(table, columns=columns, twice=twice, unknown=unknown)


def _is_month(period: str, month: date) -> bool:
    """True where a header names no period, or this month, with or without its year."""
    found = PERIOD.fullmatch(period)
    if not found:
        return True
    number, year = found[2] or "", found[3]
    return bool(found[1]) and number.isdigit() and int(number) == month.month and year in (None, str(month.year))


def figures_at(form_sheet: str, columns: dict[str, int]) -> int:
    """The first column of counts among those of a table."""
    kinds = kind_of(form_sheet)
    return next((at for id, at in columns.items() if kinds[id].kind == "count"), min(columns.values()))


def matched(named: str, paths: dict[int, list[str]]) -> tuple[str, dict[str, list[int]]]:
    """The form's sheet that these headers fit best ("" for none) and the places of its columns.

    A sheet's own name decides between equals.
    """
    best: tuple[float, str, dict[str, list[int]]] = (0, "", {})
    for form_sheet in definitions().forms.sheets:
        columns = columns_of(form_sheet, paths.items())
        score = len(columns) + (1.5 if named == form_sheet else 0)
        if score > best[0] and _is_enough(form_sheet, columns):
            best = score, form_sheet, columns
    return best[1], best[2]


def _end(sheet: Sheet, body: int, at: int, placed: frozenset[tuple[int, str]]) -> int:
    """Where the next table begins: a row whose titles are known but which is not this header once more, in its columns.

    at: a column of figures; where one stands in it there is no header.
    """
    titles = {cell for _, cell in placed}
    for row in [n for n in range(body, len(sheet.rows)) if type(sheet.rows[n][at]) is not float]:
        words = [(n, cell) for n, cell in enumerate(sheet.rows[row]) if cell.__class__ is str and cell]
        if len(words) >= 2 and not placed.issuperset(words):
            found = len(_titles_in(cell for _, cell in words))
            if found >= 3 or found == len(words) or titles.issuperset(cell for _, cell in words):
                return row
    return len(sheet.rows)


def header_paths(rows: Sequence[Sequence[str]], merges: Iterable[Range]) -> dict[int, list[str]]:
    """For every column the texts above it, top to bottom, merged cells (rows from the first of these) filled in."""
    width = max(map(len, rows), default=0)
    grid = [[text(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    for r0, c0, r1, c1 in merges:
        for r in range(r0, min(r1, len(grid) - 1) + 1):
            for c in range(c0, min(c1, width - 1) + 1):
                grid[r][c] = grid[r0][c0]
    _spread_groups(grid)
    paths: dict[int, list[str]] = {}
    for column in range(width):
        path = [row[column] for row in grid if row[column]]
        path = [name for i, name in enumerate(path) if i == 0 or name != path[i - 1]]
        if len(path) > 1 and _is_unit(path[-1]):
            path[-2:] = [" ".join(path[-2:])]
        if path:
            paths[column] = path
    return paths


def _spread_groups(grid: list[list[str]]) -> None:
    """A group title that was never merged stands over the nameless columns to its right that have a title below."""
    for upper, lower in zip(grid, grid[1:], strict=False):
        carried = ""
        for column, name in enumerate(upper):
            if name:
                carried = name if lower[column] and lower[column] != name else ""
            elif carried and lower[column] and (_needs_upper(lower[column]) or _makes_other(carried)):
                upper[column] = carried


def _needs_upper(name: str) -> bool:
    return _is_part_of_title(header_key(name))


def _makes_other(group: str) -> bool:
    """Whether a heading makes other figures of those below it: a plan, last month's, or those of some households."""
    folded = header_key(group)
    return bool(PREVIOUS.search(folded) or PART.search(folded))


def columns_of(form_sheet: str, paths: Iterable[tuple[int, Iterable[str]]]) -> dict[str, list[int]]:
    """The places of every column of a form's sheet that these headers show."""
    found: dict[str, list[int]] = {}
    for at, path in paths:
        id = column_id(form_sheet, path)
        if id:
            found.setdefault(id, []).append(at)
    return found


def column_id(form_sheet: str, path: Iterable[str]) -> str:
    """The column a header path names, or "": last month's, shares, plans, sums of months and people where households
    are counted are never entries.
    """
    path = list(path)
    names = [header_key(name) for name in path]
    id = _named(form_sheet, names)
    measure = definitions().measures.get(id)
    if measure and (measure.kind == "flow" and any(map(SINCE.search, names)) or _counts_other(path, measure.unit)):
        return ""
    return id


def _counts_other(path: list[str], unit: str) -> bool:
    """Whether a header says that it counts something else: "Ít nhất 1 nền tảng (người)" are no households."""
    said = [word for name in path for word in _COUNTED.findall(key(name))]
    leaf = header_key(path[-1])
    return any(unit not in COUNTED[word] for word in (*said, *([leaf] if leaf in COUNTED and leaf in BARE else [])))


def _named(form_sheet: str, names: list[str]) -> str:
    known = vocabulary(form_sheet)
    leaf, uppers = names[-1], names[-2::-1]
    if PREVIOUS.search(leaf) or RATIO.search(leaf):
        return ""
    if leaf in NOW | PLAIN or leaf in OTHER_LEAF or PERIOD.fullmatch(leaf):
        for upper in uppers:
            owner = known.get(upper, "")
            if owner and kind_of(form_sheet)[owner].kind in ("count", "yes_no"):
                return owner if leaf not in OTHER_LEAF or _says_the_same(leaf, owner) else ""
    if any(PREVIOUS.search(upper) or RATIO.search(upper) for upper in uppers):
        return ""
    if "category" not in kind_of(form_sheet) and any(_is_other(form_sheet, leaf, upper) for upper in uppers):
        return ""
    return known.get(leaf) or next((known[name] for name in _joined(names) if name in known), "")


def _is_other(form_sheet: str, leaf: str, upper: str) -> bool:
    """Whether a heading over a title makes it another figure: "Hộ nghèo" over "Số hộ" are not the households."""
    if upper in vocabulary(form_sheet) or upper in known_groups() or _is_part_of_title(upper):
        return False
    return leaf in BARE or PART.search(upper) is not None


def _says_the_same(leaf: str, owner: str) -> bool:
    """ "Lũy kế" is a stock's own figure, "Trong tháng" a flow's; the other way round it is another figure."""
    measure = definitions().measures.get(owner)
    return measure is not None and leaf in BY_KIND[measure.kind]


def _joined(names: list[str]) -> Iterator[str]:
    for first in range(len(names) - 1):
        yield header_key(" ".join(names[first:]))


def _is_enough(form_sheet: str, columns: dict[str, list[int]]) -> bool:
    """Whether these columns make a table of that sheet."""
    kinds = kind_of(form_sheet)
    counts = sum(kinds[id].kind in ("count", "yes_no") for id in columns)
    has_village = "village_id" in columns or "village_name" in columns
    if definitions().forms.sheets[form_sheet].grain == "commune":
        return counts >= 2 and not has_village
    if "category" in kinds:
        return has_village and "category" in columns and counts >= 1
    marks = {
        "groups": ("group_formed", "text:decision_number", "text:decision_date"),
        "registry": ("text:change", "text:new_name"),
    }
    needed = marks.get(form_sheet)
    return has_village and (any(id in columns for id in needed) if needed else counts >= 1)


def _is_unknown(path: list[str]) -> bool:
    leaf = header_key(path[-1])
    whole = " ".join(header_key(name) for name in path)
    return leaf not in NO_COLUMN and not PREVIOUS.search(whole) and not RATIO.search(whole) and not leaf.isdigit()
