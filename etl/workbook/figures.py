"""Reads one table: every line stored cell by cell, or held with its letters, or passed over with its reason."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter

from definitions.load import Column, definitions, sheet_columns
from definitions.places import match_ethnic
from definitions.spelling import clean
from etl.landing import Letter
from etl.letters import letter
from etl.workbook.cells import Cell, NoValue, bare_letters, dotted, is_blank, key, letter_of, shown, text, texts
from etl.workbook.dates import day, tick, yes_no
from etl.workbook.grid import Sheet
from etl.workbook.headers import Table, kind_of, of_month
from etl.workbook.lines import NEW_NAME, filled, is_entered, sort_lines
from etl.workbook.numbers import Problem, counts, is_missing
from etl.workbook.rules import Broken, broken, figures
from etl.workbook.upright import beside

LIMITS = {"village": 99_999, "commune": 9_999_999}
UNITS = {"household": "số hộ", "person": "số người", "class": "số lớp", "case": "số vụ", "village": "số thôn"}
UNKNOWN = {
    "khong ro",
    "chua ro",
    "khong xac dinh",
    "chua xac dinh",
    "khac",
    "dan toc khac",
    "dan toc khong ro",
    "con lai",
}
_SCALE = re.compile(
    r"\b(?:don vi(?: tinh)?|dvt)\b[\s:(]*"
    r"(?:(?:nghin|ngan|tram(?! tau)|chuc|trieu|phan tram)\b|%|(?:10{1,2}|1[., ]?000) (?:ho|nguoi|luot)\b)"
)
_OTHER = re.compile(r"\bho (?:can )?ngheo\b|\bke hoach\b|\b(?:giao|dang ky) (?:chi|muc) tieu\b|\bdu kien\b|\bcung ky\b")
_RESULT = re.compile(r"\b(?:ket qua|thuc hien|bao cao|tinh hinh|can cu|kem theo|ke hoach so|so voi)\b")
ONCE = ("villages", "groups", "breakdown")  # sheets on which a village, or a village's category, has one line


@dataclass
class Reading:
    """One table read; positions count the lines that carry figures."""

    sheet: Sheet
    table: Table
    month: date
    data: list[int]
    ignored: dict[int, str]
    columns: dict[str, Column] = field(default_factory=dict)
    naming: dict[str, list[Cell]] = field(default_factory=dict)
    ids: list[str | None] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    categories: list[tuple[str, str]] = field(default_factory=list)
    ticks: list[bool] = field(default_factory=list)
    numbers: dict[str, list[int | None]] = field(default_factory=dict)
    texts: dict[str, list[str | None]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    held: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lines = [self.sheet.rows[row] for row in self.data]

    def tell(self, code: str, position: int, column: str = "", found: object = "", **values: object) -> None:
        """A letter about a line, at a column of it; a held code takes the whole line out."""
        at = self.letter(column)
        header = kind_of(self.table.form_sheet)[column].header if at else ""
        said = letter(code, self.sheet.name, self.row(position, column), at or None, found, header, **values)
        self.letters.append(said)
        if said.severity == "held":
            self.held.add(position)

    def row(self, position: int, column: str = "") -> int:
        """The row of a line's cell, as Excel counts; without a column that in which the line begins."""
        if self.sheet.places:
            return self.sheet.places[self.table.columns.get(column, 0)][0] + 1
        return self.data[position] + 1

    def letter(self, column: str) -> str:
        """Excel's letter of a column, "" where the table has none of that name."""
        at = self.table.columns.get(column)
        if at is None:
            return ""
        return letter_of(self.sheet.places[at][1] if self.sheet.places else at)

    def rows(self, position: int) -> list[int]:
        """The rows of the sheet, from 0, that a line takes: one, or many where it stands down a column."""
        places = self.sheet.places
        taken = self.table.columns.values() or range(len(places))  # of another month's figures all
        return sorted({places[at][0] for at in taken}) if places else [self.data[position]]

    def cells(self, column: str) -> list[Cell]:
        return self.at(self.table.columns[column])

    def at(self, column: int) -> list[Cell]:
        """The cells of a column of the sheet, line by line."""
        return list(map(itemgetter(column), self.lines))

    def cell(self, position: int, column: str) -> Cell:
        return self.lines[position][self.table.columns[column]]

    @property
    def kept(self) -> Sequence[int]:
        """The lines that are stored."""
        everything = range(len(self.data))
        return [i for i in everything if i not in self.held] if self.held else everything

    @property
    def grain(self) -> str:
        return definitions().forms.sheets[self.table.form_sheet].grain


def read_table(sheet: Sheet, table: Table, month: date) -> Reading:
    """Everything one table says in a month."""
    table = of_month(table, month)
    if table.turned:
        ignored, unknown = beside(sheet, table)
        reading = Reading(table.turned, table, month, [0], ignored)
        reading.letters += [letter("unknown_row", sheet.name, row + 1, found=said) for row, said in unknown.items()]
    else:
        reading = Reading(sheet, table, month, *sort_lines(sheet, table))
    asked = {column.id: column for column in sheet_columns(table.form_sheet, month)}
    reading.columns = {id: asked[id] for id in table.columns if id in asked}
    read_columns(reading)
    check_scale(reading, sheet.rows[: table.top])
    check_titles(reading, sheet.rows[: table.top])
    check_merges(reading)
    drop_untouched(reading)
    name_lines(reading)
    check_names(reading)
    check_ticks(reading)
    check_rules(reading)
    check_repeats(reading)
    ask_about_sheet(reading)
    return reading


def read_columns(reading: Reading) -> None:
    """Counts, answers, dates and texts of every entry column."""
    for id, column in reading.columns.items():
        if column.kind == "count":
            _read_counts(reading, column)
        elif column.kind == "tick":
            cells = reading.cells(id)
            if any(cells):
                reading.ticks = [_told(reading, i, column, tick(cell)) is True for i, cell in enumerate(cells)]
        elif column.kind == "yes_no":
            answers = [_told(reading, i, column, yes_no(cell)) for i, cell in enumerate(reading.cells(id))]
            reading.numbers[id] = [answer if isinstance(answer, int) else None for answer in answers]
        elif column.kind == "date":
            days = [_told(reading, i, column, day(cell)) for i, cell in enumerate(reading.cells(id))]
            reading.texts[id] = [found.isoformat() if isinstance(found, date) else None for found in days]
            if id == "text:decision_date":
                _ask_about_later(reading, id, days)
        elif column.kind == "text":
            reading.texts[id] = [_read_text(reading, i, column, cell) for i, cell in enumerate(reading.cells(id))]
    reading.ticks = reading.ticks or [False] * len(reading.data)


def _ask_about_later(reading: Reading, id: str, days: Sequence[object]) -> None:
    """A group cannot have been set up, by the end of the month, by a decision of a later month."""
    for position, found in enumerate(days):
        if isinstance(found, date) and found.replace(day=1) > reading.month:
            reading.tell("later_decision", position, id, f"{found:%d/%m/%Y}", month=f"{reading.month:%m/%Y}")


def _read_counts(reading: Reading, column: Column) -> None:
    limit = LIMITS[reading.grain]
    values, problems = counts(reading.cells(column.id), limit)
    for position, problem in problems.items():
        _told(reading, position, column, problem)
    reading.numbers[column.id] = values
    for at in reading.table.twice.get(column.id, ()):
        _compare(reading, column, *counts(reading.at(at), limit))


def _compare(reading: Reading, column: Column, again: Sequence[int | None], problems: Mapping[int, Problem]) -> None:
    """What stands in another place under the same title must say the same, or nothing."""
    for position, first in enumerate(reading.numbers[column.id]):
        other = problems[position].found if position in problems else again[position]
        if other is not None and other != first:
            why = f" (hai chỗ ghi “{column.header}” khác nhau: {'để trống' if first is None else first} và {other})"
            reading.tell("bad_number", position, column.id, other, why=why)


def _told(reading: Reading, position: int, column: Column, read: object) -> object:
    """The value read, or None with a letter about what could not be."""
    if not isinstance(read, Problem):
        return read
    measure = definitions().measures.get(column.id)
    reading.tell(
        read.code,
        position,
        column.id,
        read.found,
        why=read.why,
        unit=UNITS[measure.unit] if measure else "",
        limit=dotted(LIMITS[reading.grain]),
        choices="x hoặc để trống" if column.kind == "tick" else "“Có” hoặc “Chưa”",
    )
    return None


def _read_text(reading: Reading, position: int, column: Column, cell: Cell) -> str | None:
    if isinstance(cell, NoValue):
        _told(reading, position, column, Problem("formula_without_value", shown(cell)))
    if isinstance(cell, str) and (is_blank(cell) or is_missing(cell)):
        return None
    written = text(cell)
    if not column.choices:
        return written
    chosen = next((choice for choice in column.choices if key(choice) == key(written)), None)
    if chosen is None:
        reading.tell("bad_yes_no", position, column.id, written, choices=", ".join(f"“{c}”" for c in column.choices))
    return chosen


def check_scale(reading: Reading, titles: Iterable[list[Cell]]) -> None:
    """Figures in thousands are no counts: how they were rounded nobody knows."""
    words = (text(cell) for row in titles for cell in row if isinstance(cell, str) and cell)
    said = next((word for word in words if is_scaled(word)), "")
    count_column = next((id for id, column in reading.columns.items() if column.kind == "count"), "")
    for position in range(len(reading.data)) if said and count_column else ():
        reading.tell("scaled_unit", position, count_column, said)


def check_titles(reading: Reading, titles: Iterable[list[Cell]]) -> None:
    """A title that speaks of a plan, or of poor households, over the columns of the form is a question."""
    words = (text(cell) for row in titles for cell in row if isinstance(cell, str) and cell)
    if reading.data and (said := next((word for word in words if is_of_others(word)), "")):
        reading.letters.append(letter("other_figures", reading.sheet.name, found=said))


@lru_cache(maxsize=4096)
def is_of_others(title: str) -> bool:
    folded = key(title)
    return _OTHER.search(folded) is not None and _RESULT.search(folded) is None


@lru_cache(maxsize=4096)
def is_scaled(title: str) -> bool:
    return _SCALE.search(key(title)) is not None


def check_merges(reading: Reading) -> None:
    """A figure merged over several lines or columns: nobody can say which of them it counts."""
    kinds = ("category", "village_id", "village_name")
    entries = {reading.table.columns[id]: id for id, column in reading.columns.items() if column.kind not in kinds}
    positions = {row: position for position, row in enumerate(reading.data)} if reading.sheet.merges else {}
    for first, left, last, right in reading.sheet.merges:
        lines = [positions[row] for row in range(first, last + 1) if row in positions]
        columns = [entries[at] for at in range(left, right + 1) if at in entries]
        written = reading.sheet.rows[first][left] if lines and columns else ""
        if len(lines) * len(columns) > 1 and left in entries and not is_blank(written):
            for position in lines:
                reading.tell("merged_cells", position, columns[0], text(written))


def drop_untouched(reading: Reading) -> None:
    """Lines in which nothing was entered, such as a prefilled village left blank, leave the data."""
    entries = [
        reading.table.columns[id]
        for id, column in reading.columns.items()
        if column.kind not in ("category", "village_id", "village_name")
    ]
    columns: list[Sequence[object]] = [*reading.numbers.values(), *reading.texts.values()]
    if any(None not in column for column in columns):
        return
    if columns:
        empty = [i for i, line in enumerate(zip(*columns, strict=True)) if line.count(None) == len(columns)]
        gone = {i for i in empty if not reading.ticks[i] and i not in reading.held}
        gone = {i for i in gone if not is_entered(reading.sheet, reading.data[i], entries)}
    else:  # every column of figures is another month's
        gone = set(range(len(reading.data))) - reading.held
    if not gone:
        return
    reading.ignored |= {row: "blank_entry" for i in gone for row in reading.rows(i)}
    keep = [i for i in range(len(reading.data)) if i not in gone]
    places = {old: new for new, old in enumerate(keep)}
    reading.held = {places[i] for i in reading.held}
    reading.data, reading.lines = [reading.data[i] for i in keep], [reading.lines[i] for i in keep]
    reading.ticks = [reading.ticks[i] for i in keep]
    reading.numbers = {id: [values[i] for i in keep] for id, values in reading.numbers.items()}
    reading.texts = {id: [values[i] for i in keep] for id, values in reading.texts.items()}


def name_lines(reading: Reading) -> None:
    """Village id and name of every line; a name that is a number reads as its digits."""
    found = reading.naming = filled(reading.sheet, reading.table, reading.data, reading.ignored)
    nothing: list[str | None] = [None] * len(reading.data)
    reading.ids, reading.names = (
        [written or None for written in texts(found[id])] if id in found else nothing
        for id in ("village_id", "village_name")
    )


def check_names(reading: Reading) -> None:
    """A village's line must name its village, a breakdown's line its group as well."""
    if reading.grain == "village":
        nameless = [i for i, name in enumerate(reading.names) if name is None and reading.ids[i] is None]
        for position in [i for i in nameless if not _is_new_village(reading, i)]:
            reading.tell("unknown_village", position, what="dòng có số nhưng không ghi thôn nào")
    reading.categories = [("none", "")] * len(reading.data)
    if "category" in reading.naming:
        reading.categories = [_category(reading, i, cell) for i, cell in enumerate(reading.naming["category"])]


def _is_new_village(reading: Reading, position: int) -> bool:
    """A line of the list of villages about one that is new: it may have no name but the new one."""
    change, name = (reading.texts.get(id) for id in ("text:change", NEW_NAME))
    return bool(change and change[position] == "Mới" and name and name[position])


def _category(reading: Reading, position: int, cell: Cell) -> tuple[str, str]:
    dimension, category, candidates = category_of(text(cell))
    if not category:
        near = f"; có thể là {candidates}" if candidates else ""
        reading.tell("unknown_category", position, "category", text(cell), candidates=near)
    return dimension, category


@lru_cache(maxsize=1024)
def category_of(written: str) -> tuple[str, str, str]:
    """(dimension, category, "") of a group's name, or ("none", "", names it may be)."""
    asked = key(written)
    for id, group in definitions().priority_groups.items():
        if asked in {key(name) for name in (group.label.vi, *group.aliases)}:
            return "priority", id, ""
    if asked in UNKNOWN:
        return "ethnic", "unknown", ""
    match = match_ethnic(written) if written else None
    if match and match.code:
        return "ethnic", match.code, ""
    return "none", "", ", ".join(candidate.full_name for candidate in match.candidates[:3]) if match else ""


def check_ticks(reading: Reading) -> None:
    """A tick beside figures is a question; the figures count and the tick does not."""
    stocks = [values for id, values in reading.numbers.items() if definitions().measures[id].kind == "stock"]
    for position in [i for i, is_ticked in enumerate(reading.ticks) if is_ticked]:
        if any(values[position] is not None for values in stocks):
            tick_column = next(id for id, column in reading.columns.items() if column.kind == "tick")
            reading.tell("unchanged_conflict", position, tick_column, shown(reading.cell(position, tick_column)))
            reading.ticks[position] = False


def check_rules(reading: Reading) -> None:
    """What cannot be true at once holds the line."""
    if reading.data and reading.numbers:
        for found in broken(reading.numbers, reading.month):
            tell_broken(reading, found.row, found)


def tell_broken(reading: Reading, position: int, found: Broken) -> None:
    """The letter about a rule that a line breaks, at the part that is too large."""
    part, rule, measures = found.rule.column, found.rule, definitions().measures
    if rule.code == "part_exceeds_whole":
        whole = rule.others[0]
        names = {"part": measures[part].label.vi, "whole": measures[whole].label.vi}
        reading.tell(rule.code, position, part, found.figures[part], whole_value=found.figures[whole], **names)
    else:
        reading.tell(rule.code, position, part, figures(found), rule=rule.sentence)


def check_together(readings: Sequence[Reading]) -> None:
    """Figures of one line that stand in several tables: what cannot be true at once holds them all."""
    whole = {id: values[0] for reading in readings for id, values in reading.numbers.items()}
    for found in broken({id: [value] for id, value in whole.items()}, readings[0].month):
        for reading in readings:
            reading.held.add(0)
            if found.rule.column in reading.numbers:
                tell_broken(reading, 0, found)


def check_repeats(reading: Reading) -> None:
    """One line for each village (and group); of two, nobody can say which is right, so both are held."""
    if reading.table.form_sheet in ONCE:
        for same in _repeated(reading):
            rows = ", ".join(str(reading.data[i] + 1) for i in same)
            for position in same:
                named = reading.names[position] or reading.ids[position] or ""
                if reading.categories[position][1]:
                    named = f"{named} - {text(reading.naming['category'][position])}"
                reading.tell("duplicate_village", position, "village_name", named, rows=rows)
    elif reading.grain == "commune" and len(reading.data) > 1:
        rows = ", ".join(str(row + 1) for row in reading.data)
        for position in range(len(reading.data)):
            reading.tell("duplicate_row", position, rows=rows)


def _repeated(reading: Reading) -> list[list[int]]:
    """Groups of lines that speak of the same village; by name only where a line has no id."""
    if None not in reading.ids and len(set(reading.ids)) == len(reading.ids):
        return []
    groups = _alike(reading, reading.ids)
    seen = {position for same in groups for position in same}
    if None in reading.ids:
        for same in _alike(reading, same_names(reading.names)):
            if any(reading.ids[i] is None for i in same) and not seen.issuperset(same):
                groups.append(same)
    return groups


def _alike(reading: Reading, named: list[str | None]) -> list[list[int]]:
    """The lines that share a name and a category, where there are several."""
    found: dict[object, list[int]] = defaultdict(list)
    if len(set(named)) < len(named):
        for position, (name, category) in enumerate(zip(named, reading.categories, strict=True)):
            if name:
                found[name, category].append(position)
    return [same for same in found.values() if len(same) > 1]


def same_names(names: list[str | None]) -> list[str | None]:
    """The names, of those written differently for one village the same way: case, tone placement, blanks.

    Bản Mới and Bản Môi are two villages. Names that not even letters without diacritics have in common are let be:
    that is seen for a whole column at once.
    """
    bare = bare_letters([name or "" for name in names])
    if len(set(bare)) == len(bare):
        return names
    counted = Counter(bare)
    return [clean(name) if name and counted[letters] > 1 else name for name, letters in zip(names, bare, strict=True)]


def ask_about_sheet(reading: Reading) -> None:
    """Questions about the sheet as a whole: hidden lines, columns nobody asked for, columns not there."""
    name, table = reading.sheet.name, reading.table
    if reading.sheet.hidden_rows:
        rows = [row for position in range(len(reading.data)) for row in reading.rows(position)]
        if hidden := [row + 1 for row in rows if row in reading.sheet.hidden_rows]:
            reading.letters.append(letter("hidden_rows", name, hidden[0], None, ", ".join(map(str, hidden[:20]))))
    ask_about_columns(reading)
    if not reading.data:
        return
    asked = [
        c for c in sheet_columns(table.form_sheet, reading.month) if c.kind == "count" and c.id not in table.columns
    ]
    if asked:
        named = ", ".join(f"“{column.header}”" for column in asked)
        reading.letters.append(letter("missing_column", name, table.body, None, named))


def ask_about_columns(reading: Reading) -> None:
    """Figures under a header that the form does not have, or under none, and figures in hidden columns."""
    name, table, lines = reading.sheet.name, reading.table, reading.lines
    if not reading.numbers and not reading.texts:  # every column of figures is another month's
        lines = reading.sheet.rows if reading.sheet.places else reading.sheet.rows[table.body : table.end]
    for at, header in table.unknown.items():
        if any(at < len(line) and not is_blank(line[at]) for line in lines):
            column = letter_of(reading.sheet.places[at][1] if reading.sheet.places else at)
            reading.letters.append(letter("unknown_column", name, table.body, column, f"“{header}”"))
    if reading.sheet.places or not reading.lines:
        return
    entries = {table.columns[id]: id for id, column in reading.columns.items() if column.kind == "count"}
    beyond = range(min(entries, default=0), len(reading.lines[0]))
    for at in [at for at in beyond if at not in table.headed]:
        if any(type(line[at]) is float for line in reading.lines):
            reading.letters.append(letter("unknown_column", name, table.body, letter_of(at), "không có tiêu đề"))
    hidden = [letter_of(at) for at in sorted(reading.sheet.hidden_columns & entries.keys()) if any(reading.at(at))]
    if hidden:
        reading.letters.append(letter("hidden_columns", name, table.body, hidden[0], ", ".join(hidden)))
