"""Tells a table's lines apart: villages' own lines from totals, groups, numbering, notes and signatures."""

import re
from collections.abc import Iterable
from functools import cache
from operator import itemgetter

from definitions.load import definitions
from etl.workbook.cells import Cell, ErrorValue, NoValue, is_blank, is_empty, key, text
from etl.workbook.grid import Sheet
from etl.workbook.headers import Table, kind_of

NAMING = ("village_id", "village_name", "category")
NEW_NAME = "text:new_name"  # in the list of villages a new one may have its name here alone
NEAR = 4  # lines under the header in which numbering and explanations stand
VILLAGE_ID = re.compile(r"\s*\d{5}-\d{3}\s*")
_NUMBERING = re.compile(r"\(?\d{1,2}\)?(?:\s*=.*)?|\(?[A-Z]\)?|\(\d{1,2}\).*")
_ROMAN = re.compile(r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V|X)|[A-H])[.)]?")
_TOTAL = re.compile(
    r"tổng(?:\s+(?:cộng|số|hợp|chung|toàn|xã|phường|các|hộ|thôn|\d+)\b.*)?"
    r"|cộng(?:\s+(?:dồn|chung|trang|toàn|xã|phường|các|mục|khu|thôn|tổ|số|[ivx]+|\d+|\(.*).*)?"
    r"|tong(?:\s+(?:cong|hop)\b.*|\s+so(?:\s+\D.*)?)?|cong(?:\s+(?:don|chung|toan|cac)\b.*|\s*\(.*)?"
    r"|(?:toàn|toan|cả)\s+(?:xã|xa|phường|phuong|tỉnh)\b.*|total|(?:lũy kế|bình quân|trung bình)\b.*"
)
_LIKE_TOTAL = re.compile(r"\W|t[oôổ]|c[oộả]|l[uũ]|b[iì]|tr", re.IGNORECASE)  # how any of them begins
SIGNATURE = re.compile(
    r"\bnguoi (?:lap|bao cao|tong hop)\b|\bt\.? ?/? ?m\.? (?:ban|uy ban|ubnd|ubmttq)|\b(?:pho )?chu tich\b"
    r"|\bky,? (?:ten|ghi)\b|^\(ky|\bban thuong truc\b|\bnoi nhan\b|\bxac nhan cua\b|\bthu truong\b"
    r"|\bngay\b.{0,12}\bthang\b.{0,12}\bnam\b|^het\.?/?$"
)
NOTE = re.compile(r"(?:ghi chu|luu y|chu thich|ghi chep|nguon)\b")


def sort_lines(sheet: Sheet, table: Table) -> tuple[list[int], dict[int, str]]:
    """The rows (from 0) that carry a village's or the commune's own line, and why each other non-empty row does not."""
    return Sorter(sheet, table).sort()


@cache
def _explanations() -> frozenset[str]:
    sheets = definitions().forms.sheets.values()
    return frozenset(key(column.explain.vi) for sheet in sheets for column in sheet.columns)


class Sorter:
    """One table while its lines are told apart; knows whether the signature has been passed."""

    def __init__(self, sheet: Sheet, table: Table):
        self.sheet, self.table = sheet, table
        kinds = kind_of(table.form_sheet)
        self.entries = sorted(at for id, at in table.columns.items() if kinds[id].kind not in NAMING)
        self.naming = [table.columns[id] for id in (*NAMING, NEW_NAME) if id in table.columns]
        self.labels = set(range(max(self.entries, default=0))) - set(self.entries) - set(table.unknown)
        self.is_commune = definitions().forms.sheets[table.form_sheet].grain == "commune"
        self.is_signed = False
        self._numbered: set[int] | None = None

    def sort(self) -> tuple[list[int], dict[int, str]]:
        passed: set[int] = set()
        ignored: dict[int, str] = {}
        for number in self.unsure():
            row = self.sheet.rows[number]
            if is_empty(row):
                passed.add(number)
            elif kind := self.kind(number, row):
                ignored[number] = kind
        numbers = range(self.table.body, self.table.end)
        return [n for n in numbers if n not in ignored and n not in passed] if passed or ignored else [
            *numbers
        ], ignored

    def unsure(self) -> list[int]:
        """The rows that may be something else than a line of figures. The others, nearly all, carry a village's id, or
        a number behind plain words; they are told column by column.
        """
        asked = list(range(self.table.body, self.table.end))
        if (at := self.table.columns.get("village_id")) is not None:
            ids = map(itemgetter(at), map(self.sheet.rows.__getitem__, asked))
            asked = [n for n, id in zip(asked, ids, strict=True) if not is_village_id(id)]
        odd = {n for n in asked if n - self.table.body < NEAR} | self.without_number(asked)
        lines = [self.sheet.rows[n] for n in asked]
        for at in sorted(self.labels) if lines else ():
            column = list(map(itemgetter(at), lines))
            if set(map(type, column)) == {float}:
                continue
            is_odd = _is_mark if at in self.numbered() else self.is_word
            if at in self.numbered() or self.has_word(column):
                odd.update(n for n, cell in zip(asked, column, strict=True) if cell and is_odd(cell))
        return sorted(odd)

    def has_word(self, column: list[Cell]) -> bool:
        """Whether `is_word` may hold anywhere: texts begin in few ways."""
        beginnings = {cell[:3] for cell in column if isinstance(cell, str)}
        return any(map(_LIKE_TOTAL.match, beginnings)) or not self.table.titles.isdisjoint(column)

    def without_number(self, asked: list[int]) -> set[int]:
        """The rows in which no entry is a plain number."""
        left = asked
        for at in self.entries:
            left = [n for n in left if type(self.sheet.rows[n][at]) is not float]
        return set(left)

    def is_word(self, cell: Cell) -> bool:
        """Whether a label may be that of a total, or a header's."""
        return isinstance(cell, str) and (_LIKE_TOTAL.match(cell) is not None or cell in self.table.titles)

    def kind(self, number: int, row: list[Cell]) -> str:
        """Why a line without a village's id is passed over, "" where it is a line of figures."""
        words = [text(cell) for cell in row if isinstance(cell, str) and not is_blank(cell)]
        if number - self.table.body < NEAR and self.is_numbering(row):
            return "numbering"
        if number - self.table.body < NEAR and sum(key(word) in _explanations() for word in words) >= 2:
            return "note"
        if len(words) >= 2 and self.table.titles.issuperset(c for c in row if isinstance(c, str) and c):
            return "header"
        if self.is_total(row):
            return "total"
        if not self.is_line(row) and any(SIGNATURE.search(key(word)) for word in words):
            self.is_signed = True
            return "signature"
        if self.is_group(row):
            return "group"
        return self.empty_kind(row, words)

    def is_line(self, row: list[Cell]) -> bool:
        """Figures beside a village's name: no remark in the row ("đã có xác nhận của xã") makes a signature of it."""
        figures = [row[at] for at in self.entries if _is_figure(row[at]) and not is_blank(row[at])]
        return any(not is_blank(row[at]) for at in self.naming) and any(
            not isinstance(cell, str) or not SIGNATURE.search(key(cell)) for cell in figures
        )

    def empty_kind(self, row: list[Cell], words: list[str]) -> str:
        """For a line without one figure: is it a village left blank, a heading or a note."""
        entries = [row[at] for at in self.entries if not is_blank(row[at])]
        if any(_is_figure(cell) for cell in entries):
            return ""
        named = any(not is_blank(row[at]) for at in self.naming)
        if self.is_signed:
            return "signature"
        if any(NOTE.match(key(word)) for word in words):
            return "note"
        if entries and (named or self.is_commune):
            return ""
        if entries:
            return "note"
        is_line = named and sum(not is_blank(cell) for cell in row) > 1
        return "blank_entry" if is_line or self.is_commune else "group" if named else "note"

    def is_numbering(self, row: list[Cell]) -> bool:
        """ "(1) (2) (3)", "A B 1 2 3", "(7)=(6)/(5)": every cell a number of a column, one after the other."""
        marks = [text(cell) for cell in row if not is_blank(cell)]
        if len(marks) < 3 or not all(_NUMBERING.fullmatch(mark) for mark in marks):
            return False
        numbers = [int(found[0]) for mark in marks if (found := re.search(r"\d+", mark))]
        in_order = all(b == a + 1 for a, b in zip(numbers, numbers[1:], strict=False))
        return in_order and numbers[:1] in ([], [1], [2], [3]) and len(numbers) >= 2

    def is_total(self, row: list[Cell]) -> bool:
        return any(is_total(text(row[at])) for at in sorted(self.labels) if isinstance(row[at], str) and row[at])

    def is_group(self, row: list[Cell]) -> bool:
        """A roman number or capital letter where the other lines count 1, 2, 3."""
        return any(
            isinstance(row[at], str) and _ROMAN.fullmatch(text(row[at])) is not None
            for at in self.numbered()
            if row[at] != ""
        )

    def numbered(self) -> set[int]:
        """The columns in front in which lines are counted."""
        if self._numbered is None:
            body = self.sheet.rows[self.table.body : self.table.end]
            free = self.labels - set(self.naming)
            self._numbered = {at for at in free if any(_is_arabic(row[at]) for row in body)}
        return self._numbered


def is_village_id(cell: Cell) -> bool:
    return isinstance(cell, str) and VILLAGE_ID.fullmatch(cell) is not None


def is_total(word: str) -> bool:
    return _TOTAL.fullmatch(re.sub(r"[:.*]+$", "", word.lower()).strip()) is not None


def _is_mark(cell: Cell) -> bool:
    """A text where lines are counted: it may be a roman number."""
    return isinstance(cell, str)


def _is_arabic(cell: Cell) -> bool:
    return type(cell) is float or (isinstance(cell, str) and text(cell).rstrip(".").isdigit())


def _is_figure(cell: Cell) -> bool:
    """A number, or a text that has one."""
    return not isinstance(cell, str) or isinstance(cell, (ErrorValue, NoValue)) or bool(re.search(r"\d", cell))


def filled(sheet: Sheet, table: Table, data: list[int], ignored: Iterable[int]) -> dict[str, list[Cell]]:
    """Village id, name and category of every line; merged cells hold for all their lines, and in a breakdown so does
    the village above for the lines that name only their category."""
    lines = [sheet.rows[row] for row in data]
    found = {id: [*map(itemgetter(table.columns[id]), lines)] for id in NAMING if id in table.columns}
    spots = {row: position for position, row in enumerate(data)} if sheet.merges else {}
    for first, left, last, right in sheet.merges:
        for id, at in table.columns.items():
            if id in found and left <= at <= right and first >= table.body and last > first:
                for row in range(first, last + 1):
                    if row in spots:
                        found[id][spots[row]] = sheet.rows[first][at]
    if "category" in found:
        _carry_village(found, data, set(ignored))
    return found


def _carry_village(found: dict[str, list[Cell]], data: list[int], ignored: set[int]) -> None:
    naming = [id for id in ("village_id", "village_name") if id in found]
    for position in range(1, len(data)):
        is_bare = all(is_blank(found[id][position]) for id in naming) and not is_blank(found["category"][position])
        if is_bare and not ignored.intersection(range(data[position - 1] + 1, data[position])):
            for id in naming:
                found[id][position] = found[id][position - 1]


def is_entered(sheet: Sheet, row: int, entries: Iterable[int]) -> bool:
    """True where the officer wrote anything in the line, a mark for "no figure" included."""
    return any(not is_blank(sheet.rows[row][at]) for at in entries)
