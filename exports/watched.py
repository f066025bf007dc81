"""A workbook with live formulas whose every sheet says at its head whether any cell differs from its frozen copy."""

import io
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from textwrap import wrap
from typing import Any

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from exports.workbook import LINE, cut

Value = str | float | None
FROZEN = "frozen"  # the very hidden sheet: the frozen copy of every watched sheet, one under the other
BANNER, IDS = 0, 1  # rows: the banner; what the columns hold, for programs (hidden)
BASE: dict[str, Any] = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
LINES: dict[str, Any] = {"border": 1, "border_color": "#9AA5B1"}
LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "line": {"italic": True, "font_size": 10},
    "strong": {"bold": True},
    "plain": {"text_wrap": True, "valign": "top"},
    "head": LINES | {"bold": True, "text_wrap": True, "align": "center", "bg_color": "#F4F6F8"},
    "upright": LINES | {"rotation": 90, "text_wrap": True, "align": "center", "bg_color": "#F4F6F8"},
    "text": LINES | {"text_wrap": True, "indent": 1},
    "centre": LINES | {"align": "center", "text_wrap": True},
    "part": LINES | {"bold": True, "text_wrap": True, "indent": 1, "bg_color": "#F4F6F8"},
    "count": LINES | {"num_format": "0", "align": "center"},
    "number": LINES | {"num_format": "#,##0.##"},
    "points": LINES | {"num_format": "0.00", "align": "right"},
    "sum": LINES | {"num_format": "0.00", "align": "right", "bg_color": "#F4F6F8"},
    "total": LINES | {"num_format": "0.00##", "align": "right", "bold": True},
    "share": LINES | {"num_format": "0.0%", "align": "right"},
    "fault": LINES | {"text_wrap": True, "font_color": "#B42318", "bold": True},
    "helper": {"font_color": "#6B7684", "font_size": 9},
}  # fmt: skip
OPEN = {"locked": False, "bg_color": "#FFF8DB"}  # cells people may change
PROTECTION = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "select_unlocked_cells": True}


SCALE = 80  # per cent in print, where pages stand beside each other: 11 points are 9
WIDE = 784 / SCALE * 100  # points between the margins of A4 landscape


def side_by_side(widths: list[float], kept: int, breaks: Collection[int]) -> list[tuple[int, int]]:
    """First and last column of each page, none broken but at breaks; on each the kept ones stand left of them."""
    if not kept:
        return [(0, len(widths) - 1)]
    size = [width * 6.7 for width in widths]  # points, as LibreOffice prints them; Excel takes less
    pages, first = list[tuple[int, int]](), kept
    for at in sorted({*breaks, len(widths)}):
        if sum(size[:kept]) + sum(size[first:at]) > WIDE and (last := max(b for b in breaks if b < at)) > first:
            pages.append((first, last - 1))
            first = last
    return [*pages, (first, len(widths) - 1)]


@dataclass
class Grid:
    """One sheet being written; `cells` keeps what stands in each cell that is watched."""

    book: "Book"
    name: str
    sheet: Any
    widths: list[float]  # of the columns printed
    pages: list[tuple[int, int]]  # first and last column of each page beside the other; the first ones on all of them
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    tall: set[int] = field(default_factory=set)  # rows whose height is given

    def put(
        self, row: int, at: int, value: Value, look: str = "text", *, formula: str = "", is_open: bool = False,
        is_watched: bool = True,
    ) -> None:  # fmt: skip
        """Write a cell: text stays text; a formula brings the value it has now; an open cell may be changed."""
        style = self.book.look(look, is_open)
        if is_watched and value not in (None, ""):
            self.cells[row, at] = cut(value) if isinstance(value, str) else value
        if formula:
            self.sheet.write_formula(row, at, formula, style, "" if value is None else value)
        elif value is None or value == "":
            self.sheet.write_blank(row, at, None, style)
        elif isinstance(value, str):
            self.sheet.write_string(row, at, cut(value), style)
        else:
            self.sheet.write_number(row, at, value, style)

    def across(self, row: int, first: int, last: int, value: str, look: str) -> None:
        """A text over several columns, or over all of them on every page; it does not make the row higher."""
        self.height(row, 20 if look == "title" else 15)
        for left, right in self.pages if (first, last) == (0, self.columns - 1) else [(first, last)]:
            style = self.book.look(look)
            if right > left:
                self.sheet.merge_range(row, left, row, right, "", style)
            self.sheet.write_string(row, left, cut(value), style)
            self.cells[row, left] = cut(value)

    def height(self, row: int, points: float) -> None:
        self.sheet.set_row(row, points)
        self.tall.add(row)

    def ids(self, *names: str) -> None:
        """What each column holds, in a hidden row for programs."""
        for at, name in enumerate(names):
            self.sheet.write_string(IDS, at, name, self.book.look("helper"))
        self.sheet.set_row(IDS, None, None, {"hidden": True})

    def ref(self, row: int, at: int) -> str:
        return f"{quote_sheetname(self.name)}!{xl_rowcol_to_cell(row, at, row_abs=True, col_abs=True)}"

    def area(self, row: int, at: int, last_row: int, last: int) -> str:
        return f"{quote_sheetname(self.name)}!{xl_range_abs(row, at, last_row, last)}"

    def printed(self, heads: int, footer: str) -> None:
        """A4 landscape, one page wide or the pages there are; rows up to `heads` on every page; page numbers."""
        sheet, last = self.sheet, max((row for row, _ in self.cells), default=heads)
        for row, lines in self._lines().items():
            sheet.set_row(row, LINE * lines + 1)
        sheet.set_paper(9)
        sheet.set_landscape()
        if len(self.pages) > 1:
            sheet.set_print_scale(SCALE)
            sheet.set_v_pagebreaks([first for first, _ in self.pages[1:]])
            sheet.repeat_columns(0, self.pages[0][0] - 1)
        else:
            sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.repeat_rows(BANNER, heads)
        sheet.print_area(BANNER, 0, last, self.columns - 1)
        sheet.freeze_panes(heads + 1, 0)
        sheet.set_footer(f"&L&8{footer.replace('&', '&&')}&R&8&P/&N")

    def _lines(self) -> dict[int, int]:
        """Rows whose text breaks; Excel would see to it when it opens the file, others do not."""
        found: dict[int, int] = {}
        for (row, at), value in self.cells.items():
            if isinstance(value, str) and row not in self.tall and at < self.columns:
                lines = sum(len(wrap(part, max(4, int(self.widths[at] * 1.12)))) or 1 for part in value.split("\n"))
                found[row] = max(found.get(row, 1), lines)
        return {row: lines for row, lines in found.items() if lines > 1}

    @property
    def columns(self) -> int:
        return len(self.widths)


@dataclass
class Book:
    """The workbook; quiet: what the banner says while nothing differs; loud: as soon as anything does."""

    title: str
    day: date
    quiet: str
    loud: str
    invalid: str  # added when a rule fails its check
    grids: list[Grid] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)  # cells that are empty while the rules are sound

    def __post_init__(self) -> None:
        self.out = io.BytesIO()
        plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self.book = xlsxwriter.Workbook(self.out, {"in_memory": True, "nan_inf_to_errors": False} | plain)
        created = {"title": self.title, "created": datetime(self.day.year, self.day.month, self.day.day)}
        self.book.set_properties(created)
        self._looks: dict[tuple[str, bool], Any] = {}

    def look(self, name: str, is_open: bool = False) -> Any:
        if (name, is_open) not in self._looks:
            self._looks[name, is_open] = self.book.add_format(BASE | LOOKS[name] | (OPEN if is_open else {}))
        return self._looks[name, is_open]

    def grid(self, name: str, widths: list[float], kept: int = 0, breaks: Collection[int] = ()) -> Grid:
        """A new sheet with its banner; its name cut to what a spreadsheet allows, told apart from the others.

        kept: how many columns every page repeats where the columns stand on several beside each other, and breaks:
        where a page may begin; without, everything is printed on the width of one.
        """
        taken = {grid.name.casefold() for grid in self.grids} | {FROZEN}
        cut_name = "".join(" " if letter in "[]:*?/\\" else letter for letter in name).strip("' ")[:31] or "-"
        number = 2
        while cut_name.casefold() in taken:
            cut_name, number = f"{cut_name[:27]} ({number})", number + 1
        found = Grid(self, cut_name, self.book.add_worksheet(cut_name), widths, side_by_side(widths, kept, breaks))
        for at, width in enumerate(widths):
            found.sheet.set_column(at, at, width)
        self._banner(found)
        self.grids.append(found)
        return found

    def _banner(self, grid: Grid) -> None:
        look = {"bold": True, "font_size": 13, "align": "center", "bg_color": "#EAF3EC", "font_color": "#14532D"}
        style = self.book.add_format(BASE | look | {"border": 1})
        for first, last in [*([(0, grid.pages[0][0] - 1)] if grid.pages[0][0] else []), *grid.pages]:
            if last > first:
                grid.sheet.merge_range(BANNER, first, BANNER, last, "", style)
            grid.sheet.write_formula(BANNER, first, f"={FROZEN}!$A$1", style, self.quiet)
        grid.sheet.set_row(BANNER, 24)
        alarm = self.book.add_format({"bold": True, "bg_color": "#FDE2E0", "font_color": "#B42318"})
        says = f'=LEFT($A$1,{len(self.loud)})="{self.loud}"'
        grid.sheet.conditional_format(BANNER, 0, BANNER, grid.columns - 1,
                                      {"type": "formula", "criteria": says, "format": alarm})  # fmt: skip

    def close(self) -> bytes:
        """Write the frozen copy, protect every sheet, and give the bytes."""
        frozen = self.book.add_worksheet(FROZEN)
        top, counts = 3, []
        for grid in self.grids:
            last_row, last = (max(place) for place in zip(*grid.cells, strict=True))
            for (row, at), value in grid.cells.items():
                write = frozen.write_string if isinstance(value, str) else frozen.write_number
                write(top + row, at, value)
            copy = xl_range_abs(top + IDS + 1, 0, top + last_row, last)
            # EXACT tells 0 from nothing and A from a, which <> does not; LibreOffice's takes texts alone.
            counts.append(f'SUMPRODUCT(--NOT(EXACT({grid.area(IDS + 1, 0, last_row, last)}&"",{copy}&"")))')
            top += last_row + 2
        frozen.write_formula(1, 0, f"=IFERROR({'+'.join(counts)},1)", None, 0)
        wrong = "+".join(f'({cell}<>"")' for cell in self.checks) or "0"
        frozen.write_formula(2, 0, f"=IFERROR({wrong},1)", None, 0)
        said = f'"{self.loud}"&IF($A$3>0," - {self.invalid}","")'
        frozen.write_formula(0, 0, f'=IF($A$2=0,"{self.quiet}",{said})', None, self.quiet)
        frozen.very_hidden()
        for sheet in [*(grid.sheet for grid in self.grids), frozen]:
            sheet.protect("", PROTECTION)
        self.grids[0].sheet.activate()
        self.book.close()
        return self.out.getvalue()
