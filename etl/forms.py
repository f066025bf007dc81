"""The workbooks handed out to communes: one form, drawn from definitions/forms.toml."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import polars as pl
import xlsxwriter

from definitions.asked import ends_quarter
from definitions.format import day
from definitions.load import FOLDER, Sheet, definitions, due_date, sheet_columns
from definitions.reference import Commune, communes, ethnic_groups
from definitions.spelling import fold
from etl.forms_cover import cover
from etl.forms_sheet import LISTS, UNKNOWN, Heading, Paper, category_choices, draw
from etl.forms_table import Line, Table

DEMO = "Dữ liệu minh hoạ"
NEW_VILLAGES, NEW_GROUPS, CHANGES = (
    60,
    120,
    15,
)  # open lines where nothing is known yet, and for changes of the registry
SPARE_GROUPS = 12  # open lines below the breakdown, for villages with more ethnic groups than lines
ETHNIC_LINES = 3  # empty lines a village gets for ethnic groups nobody has reported yet

Last = Mapping[tuple[str, str, str, str], int]  # (measure, unit, dimension, category) -> value


@dataclass(frozen=True)
class Handout:
    """One workbook to draw: whose, which month, which revision, and the lines of each sheet."""

    commune: str
    month: date
    lines: Mapping[str, Sequence[Line]]
    origin: str = "real"
    revision: int = 1
    due: date | None = None
    front: Callable[[Paper, Heading], None] | None = None  # draws a sheet in front of the cover


def template(
    commune: str,
    month: date,
    villages: pl.DataFrame,
    last: pl.DataFrame | None = None,
    origin: str = "real",
    revision: int = 1,
    due: date | None = None,
    baseline: bool = False,
) -> bytes:
    """The workbook a commune fills in for a month, as .xlsx bytes (same input, same bytes).

    villages: one row per village of the commune, `village` (id) and `name`; none for a first report, which names them.
    last: one row per figure of the month before: measure, unit, dimension, category, value.
    baseline: asks for the breakdown in any month; a first report always does.
    """
    named = [(row["village"], row["name"]) for row in villages.iter_rows(named=True)]
    known = figures(last)
    asked = sheets_asked(month, baseline or not named)
    lines = {sheet.id: blank_lines(sheet, month, commune, named, known) for sheet in asked}
    return workbook(Handout(commune, month, lines, origin, revision, due))


def template_zip(
    month: date, villages: pl.DataFrame, last: pl.DataFrame | None = None, origin: str = "real", baseline: bool = False
) -> bytes:
    """One zip with the workbook of every commune for a month; villages has a `commune` column as well."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for commune in communes():
            own = villages.filter(pl.col("commune") == commune.code)
            before = None if last is None else last.filter(pl.col("unit").str.starts_with(commune.code))
            book = template(commune.code, month, own, before, origin, baseline=baseline)
            entry = zipfile.ZipInfo(file_name(commune.code, month), (month.year, month.month, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, book)
    return packed.getvalue()


def file_name(commune: str, month: date) -> str:
    """ "bao-cao-2026-03-02683-bat-xat.xlsx": sorts by month, then code; safe on every system."""
    return f"bao-cao-{month:%Y-%m}-{commune}-{'-'.join(fold(unit(commune).name).split())}.xlsx"


def unit(code: str) -> Commune:
    return next(commune for commune in communes() if commune.code == code)


@cache
def form_version() -> str:
    """Names the form's layout: changes when definitions/forms.toml does."""
    return hashlib.sha256((FOLDER / "forms.toml").read_bytes()).hexdigest()[:8]


def sheets_asked(month: date, baseline: bool) -> list[Sheet]:
    """The sheets of a month: those of the month, of the quarter's last month (or a baseline), of changes."""
    quarter = baseline or ends_quarter(month)
    return [sheet for sheet in definitions().forms.sheets.values() if sheet.rhythm != "quarter" or quarter]


def figures(last: pl.DataFrame | None) -> Last:
    if last is None:
        return {}
    columns = ["measure", "unit", "dimension", "category", "value"]
    return {tuple(key): value for *key, value in last.select(columns).iter_rows() if value is not None}


def blank_lines(
    sheet: Sheet, month: date, commune: str, villages: Sequence[tuple[str, str]], last: Last
) -> tuple[Line, ...]:
    """The lines of a sheet before anybody has written in it."""
    if sheet.grain == "commune":
        return (Line(last=last_of(sheet, month, commune, last)),)
    if any(column.id == "text:change" for column in sheet.columns):
        return (Line(is_open=True),) * CHANGES
    if sheet.rhythm == "quarter":
        return breakdown_lines(villages, last)
    lines = tuple(Line(id, name, last=last_of(sheet, month, id, last)) for id, name in villages)
    return lines or (Line(is_open=True),) * NEW_VILLAGES


def last_of(sheet: Sheet, month: date, unit: str, last: Last) -> dict[str, int]:
    """Last month's figures of one unit, by column."""
    found = {column.id: last.get((column.id, unit, "none", "")) for column in sheet_columns(sheet.id, month)}
    return {id: value for id, value in found.items() if value is not None}


def breakdown_lines(villages: Sequence[tuple[str, str]], last: Last) -> tuple[Line, ...]:
    """Each village's ethnic groups as last reported and some empty lines, then its priority groups; open lines last."""
    if not villages:
        return (Line(is_open=True),) * NEW_GROUPS
    reported: dict[str, set[str]] = {}
    for (_, village, dimension, category), value in last.items():
        if dimension == "ethnic" and value:
            reported.setdefault(village, set()).add(category)
    names = [(group.id, group.name) for group in ethnic_groups()] + [("unknown", UNKNOWN)]
    lines = []
    for id, name in villages:
        groups = [label for group, label in names if group in reported.get(id, ())]
        empty = max(ETHNIC_LINES - len(groups), 1)
        lines += [Line(id, name, values={"category": label}) for label in groups] + [Line(id, name)] * empty
        lines += [Line(id, name, group.label.vi) for group in definitions().priority_groups.values()]
    return (*lines, *(Line(is_open=True),) * SPARE_GROUPS)


def workbook(handout: Handout) -> bytes:
    """Draws the cover and the sheets."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = definitions().forms.form.title.vi
    book.set_properties({"title": title, "created": datetime(handout.month.year, handout.month.month, 1)})
    paper, heading = Paper(book), heading_of(handout)
    tables = {id: table(id, handout.month, lines) for id, lines in handout.lines.items()}
    if handout.front:
        handout.front(paper, heading)
    cover(paper, heading, facts(handout), list(tables.values()))
    for drawn in tables.values():
        draw(paper, drawn, heading, tables.get("villages"))
    if "breakdown" in tables:
        lists(book)
    book.close()
    return target.getvalue()


def table(id: str, month: date, lines: Sequence[Line]) -> Table:
    return Table(definitions().forms.sheets[id], sheet_columns(id, month), tuple(lines))


def heading_of(handout: Handout) -> Heading:
    name, month = unit(handout.commune).full_name, f"Tháng {handout.month:%m} năm {handout.month:%Y}"
    origin = DEMO if handout.origin == "demo" else ""
    return Heading(name, month, origin, f"{name} · {month} · Phiên bản biểu {form_version()}")


def facts(handout: Handout) -> list[tuple[str, object]]:
    """The cover's lines: label (as the reader knows it) and value."""
    labels, name = definitions().forms.cover, unit(handout.commune).full_name
    return [
        ("Tỉnh", definitions().province.name),
        (labels.commune[0], name),
        (labels.commune_code[0], handout.commune),
        (labels.month[0], f"Tháng {handout.month:%m} năm {handout.month:%Y}"),
        (labels.revision[0], handout.revision),
        ("Hạn gửi", day(handout.due or due_date(handout.month))),
        (labels.origin[0], DEMO if handout.origin == "demo" else "Số liệu của xã, phường"),
        (labels.form_version[0], form_version()),
    ]


def lists(book: xlsxwriter.Workbook) -> None:
    """The choices of a breakdown row, on a hidden sheet: too many for a list inside the cell."""
    ws = book.add_worksheet(LISTS)
    ws.write_column(0, 0, category_choices())
    ws.protect()
    ws.hide()
