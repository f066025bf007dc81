"""Fills in the commune's form for one file: grids of cells under the headers of definitions/forms.toml."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import numpy as np

from definitions.load import Column, definitions, sheet_columns
from definitions.reference import ethnic_groups
from etl.demo.mess import Sending
from etl.demo.plan import dice, shape
from etl.demo.simulate import UNKNOWN, Numbers
from etl.forms import DEMO

Cell = int | str | date | None
MARKS = ("-", "chưa có dữ liệu", "đang cập nhật", "…")
YES, NO, TICK, NOT_KNOWN, TOTAL = "Có", "Chưa", "x", "Không rõ", "Tổng cộng"
STATED = ("group_women", "group_young", "group_minority")


@dataclass
class Sheet:
    """One sheet to write: rows above the headers, the columns, rows of cells by column id, rows below."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: list[dict[str, Cell]]
    notes: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    with_total: bool = False
    as_text: bool = False


@dataclass
class Book:
    """One workbook to write: label and value pairs of the cover, then the sheets."""

    cover: list[tuple[str, Cell]]
    sheets: list[Sheet]
    is_xls: bool = False


@dataclass
class Told:
    """What the commune has said so far: stock figures per village as last filled in, and which groups it stated."""

    stock: dict[str, dict[str, Cell]] = field(default_factory=dict)
    month: dict[str, int] = field(default_factory=dict)
    groups: dict[str, tuple[Cell, ...]] = field(default_factory=dict)
    flows: dict[str, Cell] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    has_baseline: bool = False


def book(
    whole: Numbers, sending: Sending, told: Told, old_name: str, strangers: list[tuple[str, str]]
) -> tuple[Book, list[dict[str, Cell]]]:
    """The workbook of one sending, and the village rows a careful reader would store from it (None: not told)."""
    chance = dice(whole.seed, "book", whole.plan.code, str(sending.month), str(sending.revision), sending.fault)
    month = whole.months[sending.month]
    rows = village_rows(whole, sending, told, chance)
    expected = [dict(row) for row in rows]
    if sending.fault in ("", "part_exceeds_whole", "approximate", "unknown_village"):
        tick(rows, told, chance, sending)
    spoil(rows, expected, sending, chance)
    sheets = [named("villages", month, rows), named("commune", month, [commune_row(whole, sending, told)])]
    if not told.has_baseline or month.month % 3 == 0:
        sheets.append(named("breakdown", month, breakdown_rows(whole, sending.month)))
    sheets += [sheet for sheet in changes(whole, sending, told) if sheet.rows]
    result = Book(cover(whole, sending), sheets)
    dress(result, sending, old_name, whole.plan.full_name, month, chance)
    if sending.look == "no_ids":
        names = [row["village_name"] for row in expected]
        expected = [blanked(row) if names.count(row["village_name"]) > 1 else row for row in expected]
    if sending.fault == "foreign":
        result.sheets[0].rows = [
            row | {"village_id": id, "village_name": name} for row, (id, name) in zip(rows, strangers, strict=False)
        ]
        del result.sheets[1:]
        expected = []
    return result, expected


def named(id: str, month: date, rows: list[dict[str, Cell]]) -> Sheet:
    sheet = definitions().forms.sheets[id]
    return Sheet(sheet.name, sheet.title.vi.upper(), sheet_columns(id, month), rows)


@cache
def counts(sheet: str, month: date) -> list[str]:
    """The ids of the numbers a sheet asks for in a month."""
    return [column.id for column in sheet_columns(sheet, month) if column.kind == "count"]


def blanked(row: dict[str, Cell]) -> dict[str, Cell]:
    return {id: value if id in ("village_id", "village_name") else None for id, value in row.items()}


def village_rows(whole: Numbers, sending: Sending, told: Told, chance: np.random.Generator) -> list[dict[str, Cell]]:
    """One row per village of the month: the true figures, or those of the month before where the commune copies."""
    m, rows = sending.month, []
    for v in np.flatnonzero(whole.valid[:, m]):
        village = whole.villages[v]
        row: dict[str, Cell] = {id: int(whole.values[id][v, m]) for id in counts("villages", whole.months[m])}
        if sending.copied and village.id in told.stock:
            row = dict(told.stock[village.id])
        rows.append({"village_id": village.id, "village_name": village.name, **row})
    if sending.look == "marks":
        for _ in range(3):
            row = rows[chance.integers(len(rows))]
            row[str(chance.choice(["households_skilled", "members_trained", "households_helped"]))] = None
    return rows


def tick(rows: list[dict[str, Cell]], told: Told, chance: np.random.Generator, sending: Sending) -> None:
    """Some officers tick "không thay đổi" in place of the same figures once more."""
    flow = {id for id, measure in definitions().measures.items() if measure.kind == "flow"}
    for row in rows:
        before = told.stock.get(str(row["village_id"]), {})
        known = told.month.get(str(row["village_id"])) == sending.month - 1
        same = known and all(before[id] == row[id] is not None for id in before if id not in flow)
        if same and not sending.copied and chance.random() < shape()["mess"]["unchanged_row"]:
            row.update({id: None for id in before if id not in flow}, unchanged=TICK)


def spoil(
    rows: list[dict[str, Cell]], expected: list[dict[str, Cell]], sending: Sending, chance: np.random.Generator
) -> None:
    """Puts the sending's fault into its rows, and what can be stored of them into `expected`."""
    full = [n for n, row in enumerate(rows) if row.get("unchanged") is None and row["households"]]
    hit = int(chance.choice(full)) if full else None
    if sending.fault in ("part_exceeds_whole", "approximate") and hit is not None:
        row = rows[hit]
        is_more = sending.fault == "part_exceeds_whole"
        row["households_any"] = whole_number(row["households"]) + 7 if is_more else f"khoảng {row['households_any']}"
        expected[hit] = blanked(expected[hit])
    if sending.fault == "unknown_village":
        rows.append(dict(rows[-1]) | {"village_id": None, "village_name": "Thôn Chưa Có Tên Trong Danh Mục"})
    for row, stored in zip(rows, expected, strict=False):
        if sending.fault == "people":
            row["households"] = stored["households"] = round(whole_number(row["households"]) * 4.4)
        if sending.fault == "spoiled" and chance.random() < 0.2:
            for id in ("households_all", "households_helped"):
                row[id] = stored[id] = whole_number(row[id]) // 2


def whole_number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def commune_row(whole: Numbers, sending: Sending, told: Told) -> dict[str, Cell]:
    if sending.copied and told.flows:
        return dict(told.flows)
    return {id: int(values[sending.month]) for id, values in whole.flows.items()}


def breakdown_rows(whole: Numbers, month: int) -> list[dict[str, Cell]]:
    """One row per village and group that has households in it, under the names officers use."""
    labels = {group.id: group.name for group in ethnic_groups()} | {UNKNOWN: NOT_KNOWN}
    labels |= {id: group.label.vi for id, group in definitions().priority_groups.items()}
    rows: list[dict[str, Cell]] = []
    for v, category, counts in whole.breakdown(month):
        village = whole.villages[v]
        rows.append({"village_id": village.id, "village_name": village.name, "category": labels[category], **counts})
    return rows


def changes(whole: Numbers, sending: Sending, told: Told) -> list[Sheet]:
    """The groups' sheet with villages whose group changed since last told, the registry's where villages merged."""
    month = whole.months[sending.month]
    rows = []
    for v in np.flatnonzero(whole.valid[:, sending.month]):
        now = group_row(whole, int(v), sending.month)
        if told.groups.get(whole.villages[v].id) != (now["group_formed"], *(now[id] for id in STATED)):
            rows.append(now)
    return [named("groups", month, rows), named("registry", month, registry_rows(whole, sending, told))]


def group_row(whole: Numbers, v: int, month: int) -> dict[str, Cell]:
    """What the groups' sheet says of one village: the decision stands where there is a group."""
    village, formed = whole.villages[v], whole.values["group_formed"][v]
    row: dict[str, Cell] = {"village_id": village.id, "village_name": village.name}
    if not formed[month]:
        return row | {"group_formed": NO, **dict.fromkeys(STATED, 0)}
    since = max(whole.months[int(np.argmax(formed))], village.valid_from)
    founded = since + timedelta(days=(v * 7) % 27)
    if since == whole.months[0]:
        founded = whole.villages[0].valid_from - timedelta(days=60 + (v * 37) % 900)
    row |= {"group_formed": YES, "text:decision_number": f"{v + 3}/QĐ-UBND", "text:decision_date": founded}
    row["text:issuing_body"] = f"UBND {whole.plan.full_name[0].lower()}{whole.plan.full_name[1:]}"
    return row | {id: int(whole.values[id][v, month]) for id in STATED}


def registry_rows(whole: Numbers, sending: Sending, told: Told) -> list[dict[str, Cell]]:
    """One row per village that ends with this month: both parts of a merger name the village they become."""
    ids = {village.id: village for village in whole.villages}
    return [
        {
            "village_id": village.id, "village_name": village.name, "text:change": "Sáp nhập",
            "text:new_name": ids[village.successors[0]].name, "households": ids[village.successors[0]].households,
            "text:effective": ids[village.successors[0]].valid_from, "text:decision_number": merger(whole),
        }
        for village in whole.villages
        if village.valid_to and village.valid_to <= whole.months[sending.month] and village.id not in told.merged
    ]  # fmt: skip


def merger(whole: Numbers) -> str:
    """The invented decision under which villages of the commune merge."""
    return f"{10 + int(whole.plan.code[-2:])}/NQ-HĐND"


def cover(whole: Numbers, sending: Sending) -> list[tuple[str, Cell]]:
    labels = definitions().forms.cover
    return [
        (labels.commune[0], whole.plan.full_name),
        (labels.commune_code[0], whole.plan.code),
        (labels.month[0], f"Tháng {whole.months[sending.month]:%m} năm {whole.months[sending.month]:%Y}"),
        (labels.revision[0], sending.revision),
        (labels.origin[0], DEMO),
    ]


def dress(result: Book, sending: Sending, old_name: str, name: str, month: date, chance: np.random.Generator) -> None:
    """Gives the workbook the look of its sending."""
    front, look = result.cover, sending.look
    for sheet in result.sheets:
        sheet.above = [sheet.title, f"Đơn vị: {name}", f"Kỳ báo cáo: Tháng {month:%m} năm {month:%Y}"]
    village_sheets = [sheet for sheet in result.sheets if "village_name" in {c.id for c in sheet.columns}]
    if look in ("totals", "dots"):
        result.sheets[0].with_total = True
        result.sheets[0].as_text = look == "dots"
        result.sheets[0].above.insert(0, "ỦY BAN MTTQ VIỆT NAM " + name.upper())
        result.sheets[0].notes = ["Người lập biểu", "TM. BAN THƯỜNG TRỰC"]
    if look == "reordered":
        columns = list(result.sheets[0].columns)
        result.sheets[0].columns = (*columns[:2], *(columns[n] for n in 2 + chance.permutation(len(columns) - 2)))
    if look == "old_name" and old_name:
        front[0] = (front[0][0], old_name)
        del front[1]
        for sheet in result.sheets:
            sheet.above = [sheet.title]
    if look == "no_ids":
        for sheet in village_sheets:
            sheet.columns = tuple(column for column in sheet.columns if column.id != "village_id")
    if look == "marks":
        for row in result.sheets[0].rows:
            missing = [id for id in row if row[id] is None and "unchanged" not in row]
            row.update({id: str(chance.choice(MARKS)) for id in missing})
    result.is_xls = look == "xls"
    if look == "nfd":
        decompose(result)


def decompose(result: Book) -> None:
    """All text of the workbook with its diacritics apart, as some phones write it."""

    def apart(cell: Cell) -> Cell:
        return unicodedata.normalize("NFD", cell) if isinstance(cell, str) else cell

    result.cover = [(str(apart(label)), apart(value)) for label, value in result.cover]
    for sheet in result.sheets:
        sheet.above = [str(apart(line)) for line in sheet.above]
        sheet.rows = [{id: apart(cell) for id, cell in row.items()} for row in sheet.rows]
        sheet.columns = tuple(
            column.model_copy(update={"header": apart(column.header), "group": apart(column.group)})
            for column in sheet.columns
        )


def remember(told: Told, result: Book, expected: Iterable[dict[str, Cell]], month: date, at: int) -> None:
    """What the next file builds on: the figures as stored, the groups as stated."""
    for row in expected:
        cells = {id: row[id] for id in counts("villages", month)}
        if any(cell is not None for cell in cells.values()):
            told.stock[str(row["village_id"])] = cells
            told.month[str(row["village_id"])] = at
    for sheet in result.sheets:
        ids = {column.id for column in sheet.columns}
        if "group_formed" in ids:
            for row in sheet.rows:
                formed = unicodedata.normalize("NFC", str(row["group_formed"]))
                told.groups[str(row["village_id"])] = (formed, *(row[id] for id in STATED))
        if "text:change" in ids:
            told.merged |= {str(row["village_id"]) for row in sheet.rows}
        told.has_baseline |= "category" in ids
        if "classes" in ids:
            told.flows = dict(sheet.rows[0])
