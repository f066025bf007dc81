"""What one sheet of the commune's form holds: its lines, its columns and where each stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from definitions.load import Column, Sheet, definitions

TITLE, UNIT, ASKED, GROUP, HEAD, EXPLAIN, BODY = range(7)


@dataclass(frozen=True)
class Line:
    """One line to fill in: what is printed, what stood last month, what the officer wrote and what is wrong with it."""

    village: str = ""
    name: str = ""
    category: str = ""
    is_open: bool = False  # the village's id and name can be entered
    last: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One sheet to draw: its columns asked this month and its lines."""

    sheet: Sheet
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @cached_property
    def with_last(self) -> bool:
        return any(line.last for line in self.lines)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each entry column stands; its "Tháng trước" column, if there is one, is the next."""
        places, at = {}, 1 if self.sheet.grain == "village" else 0
        for column in self.columns:
            places[column.id] = at
            at += 2 if self.has_last(column) else 1
        return places

    @cached_property
    def check_column(self) -> int:
        last = self.columns[-1]
        return self.places[last.id] + (2 if self.has_last(last) else 1)

    @cached_property
    def end(self) -> int:
        return self.check_column + (1 if self.sheet.rhythm == "quarter" else 0)

    @property
    def with_totals(self) -> bool:
        """False for the one line of a commune, and where only what changed is filled in."""
        return self.sheet.grain == "village" and self.sheet.rhythm != "change"

    @property
    def counts(self) -> list[Column]:
        return [column for column in self.columns if column.kind == "count"]

    def has_last(self, column: Column) -> bool:
        return self.with_last and column.kind in ("count", "yes_no")

    def cell(self, line: int, id: str, shift: int = 0) -> str:
        return xl_rowcol_to_cell(BODY + line, self.places[id] + shift)

    def cells(self, line: int, ids: list[str]) -> str:
        """Those cells of a line as a formula's arguments: a range where they stand side by side."""
        places = [self.places[id] for id in ids]
        if len(ids) > 1 and places == list(range(places[0], places[-1] + 1)):
            return f"{self.cell(line, ids[0])}:{self.cell(line, ids[-1])}"
        return ",".join(self.cell(line, id) for id in ids)

    def range(self, id: str, shift: int = 0, absolute: bool = False) -> str:
        """The cells of one column over all lines."""
        name, mark = xl_col_to_name(self.places[id] + shift, absolute), "$" if absolute else ""
        return f"{name}{mark}{BODY + 1}:{name}{mark}{BODY + len(self.lines)}"

    def is_entry(self, line: Line, column: Column) -> bool:
        """True where the officer writes: not in what is filled in already."""
        if column.kind in ("village_id", "village_name"):
            return line.is_open
        return not (column.kind == "category" and line.category)

    @cached_property
    def parts(self) -> list[tuple[str, str]]:
        """The (part, whole) pairs among the columns, as the measures declare them."""
        ids, measures = {column.id for column in self.columns}, definitions().measures
        return [(c.id, measures[c.id].of) for c in self.counts if measures[c.id].of in ids]

    def required(self, line: Line) -> list[str]:
        """The columns that make a line complete once it is begun."""
        names = [c.id for c in self.columns if c.kind in ("village_name", "category") and self.is_entry(line, c)]
        if self.sheet.rhythm != "change":
            return names + [c.id for c in self.counts]
        return names + [c.id for c in self.columns if c.kind == "yes_no" or c.choices]


def printed(line: Line, column: Column) -> object:
    """What stands in a cell: the officer's value, else what the form fills in itself."""
    own = {"village_id": line.village, "village_name": line.name, "category": line.category}
    return line.values.get(column.id, own.get(column.kind, ""))
