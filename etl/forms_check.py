"""How a line of the form judges itself: the formula the officer sees, and its value for the cells as they stand."""

from xlsxwriter.utility import xl_rowcol_to_cell

from definitions.load import Column, definitions
from etl.forms_table import BODY, Line, Table, printed

GOOD, SHORT, BAD = "Được", "Còn thiếu", "Xem lại"


def check_formula(table: Table, number: int) -> str:
    """Empty until the line is begun; then "Xem lại", "Còn thiếu" or "Được"."""
    this = table.lines[number]
    entries = table.cells(number, [column.id for column in begun_by(table, this)])
    wrong, missing = either(impossible(table, number)), either(incomplete(table, number))
    verdict = f'IF({wrong},"{BAD}",IF({missing},"{SHORT}","{GOOD}"))'
    for tick in (column for column in table.columns if column.kind == "tick"):
        stocks, flows = (kept(table, kind) for kind in ("stock", "flow"))
        given = f"COUNTA({table.cells(number, stocks)})>0"
        asked = f"COUNT({table.cells(number, flows)})<{len(flows)}"
        unchanged = f'IF({given},"{BAD}",IF({asked},"{SHORT}","{GOOD}"))'
        verdict = f'IF({table.cell(number, tick.id)}<>"",{unchanged},{verdict})'
    return f'=IF(COUNTA({entries})=0,"",{verdict})'


def begun_by(table: Table, this: Line) -> list[Column]:
    """The columns any of which begins a line; a group chosen in advance does not."""
    return [column for column in table.columns if column.kind != "category" and table.is_entry(this, column)]


def either(conditions: list[str]) -> str:
    return f"OR({','.join(conditions)})" if conditions else "FALSE"


def kept(table: Table, kind: str) -> list[str]:
    """The ids of the stocks, or of the flows, among the columns."""
    return [column.id for column in table.counts if definitions().measures[column.id].kind == kind]


def impossible(table: Table, number: int) -> list[str]:
    """The conditions under which a line cannot be right: not a whole number, or a part above its whole."""
    if not table.counts:
        return []
    counts = table.cells(number, [column.id for column in table.counts])
    conditions = [f"COUNTA({counts})<>COUNT({counts})", f"MIN({counts})<0", f"SUM({counts})<>INT(SUM({counts}))"]
    pairs = [(table.cell(number, part), table.cell(number, whole)) for part, whole in table.parts]
    return conditions + [f'AND({whole}<>"",{part}>{whole})' for part, whole in pairs]


def incomplete(table: Table, number: int) -> list[str]:
    """The conditions under which a line that was begun lacks something."""
    asked = table.required(table.lines[number])
    counts = [column.id for column in table.counts if column.id in asked]
    lacking = [f"COUNT({table.cells(number, counts)})<{len(counts)}"] if counts else []
    return lacking + [f'{table.cell(number, id)}=""' for id in asked if id not in counts]


def judged(table: Table, number: int) -> str:
    """The value of `check_formula` for what stands in the line now."""
    this = table.lines[number]
    value = {c.id: printed(this, c) for c in table.columns}
    if not any(value[c.id] != "" for c in begun_by(table, this)):
        return ""
    counts = [value[c.id] for c in table.counts if value[c.id] != ""]
    if any(value[c.id] != "" for c in table.columns if c.kind == "tick"):
        return judged_unchanged(table, value)
    if any(not isinstance(v, int) or v < 0 for v in counts):
        return BAD
    pairs = [(value[p], value[w]) for p, w in table.parts]
    if any(isinstance(p, int) and isinstance(w, int) and p > w for p, w in pairs):
        return BAD
    return SHORT if any(value[id] == "" for id in table.required(this)) else GOOD


def judged_unchanged(table: Table, value: dict[str, object]) -> str:
    if any(value[id] != "" for id in kept(table, "stock")):
        return BAD
    return SHORT if any(value[id] == "" for id in kept(table, "flow")) else GOOD


def done(table: Table) -> tuple[str, str]:
    """Formula and value of the totals row's own check: "Xem lại" while any line is, else lines in order out of all."""
    first, last = (xl_rowcol_to_cell(row, table.check_column) for row in (BODY, BODY + len(table.lines) - 1))
    words = [judged(table, number) for number in range(len(table.lines))]
    lines = sum(1 for line in table.lines if not line.is_open) or len(table.lines)
    out_of = f"/{lines}" if table.sheet.rhythm == "month" else " dòng"
    formula = f'=IF(COUNTIF({first}:{last},"{BAD}")>0,"{BAD}",COUNTIF({first}:{last},"{GOOD}")&"{out_of}")'
    return formula, BAD if BAD in words else f"{words.count(GOOD)}{out_of}"


def summed(table: Table, column: Column, shift: int) -> tuple[str, int]:
    """Formula and value of one total (shift 1: of last month); overlapping priority groups are left out.

    A line ticked as unchanged counts with last month's figure.
    """
    formula = ethnic_sum(table, column.id, 0, len(table.lines) - 1, shift)
    value = sum(count(table, n, column.id, shift) for n in range(len(table.lines)))
    tick = next((c.id for c in table.columns if c.kind == "tick"), "")
    if not (tick and table.with_last and column.id in kept(table, "stock")) or shift:
        return f"={formula}", value
    unchanged = [line.last.get(column.id, 0) for line in table.lines if line.values.get(tick)]
    return f'={formula}+SUMIF({table.range(tick)},"<>",{table.range(column.id, 1)})', value + sum(unchanged)


def ethnic_sum(table: Table, id: str, first: int, last: int, shift: int = 0) -> str:
    """The sum over some lines, without those of a priority group."""
    cells = f"{table.cell(first, id, shift)}:{table.cell(last, id, shift)}"
    if "category" not in table.places:
        return f"SUM({cells})"
    groups = f"{table.cell(first, 'category')}:{table.cell(last, 'category')}"
    left_out = "".join(f',{groups},"<>{name}"' for name in priority_names())
    return f"SUMIFS({cells}{left_out})"


def count(table: Table, number: int, id: str, shift: int = 0) -> int:
    """What a line adds to a total."""
    this = table.lines[number]
    category = next((printed(this, c) for c in table.columns if c.kind == "category"), "")
    value = (this.last if shift else this.values).get(id)
    return value if isinstance(value, int) and category not in priority_names() else 0


def priority_names() -> list[str]:
    return [group.label.vi for group in definitions().priority_groups.values()]


def compared(table: Table, villages: Table) -> dict[int, tuple[str, str]]:
    """Formula and value by the first line of each village: its ethnic rows against its households."""
    found: dict[int, tuple[str, str]] = {}
    for at, village in enumerate(villages.lines):
        rows = [n for n, line in enumerate(table.lines) if line.village == village.village]
        if not (village.village and rows):
            continue
        name = f"'{villages.sheet.name}'!"
        whole = name + villages.cell(at, "households")
        if villages.with_last:
            whole = f'IF({whole}="",{name}{villages.cell(at, "households", 1)},{whole})'
        parts = ethnic_sum(table, "households", rows[0], rows[-1])
        formula = f'=IF(OR({parts}=0,{whole}=""),"",IF({parts}={whole},"{GOOD}","{BAD}"))'
        total = village.values.get("households", village.last.get("households", ""))
        sums = sum(count(table, n, "households") for n in rows)
        found[rows[0]] = formula, "" if not sums or total == "" else GOOD if sums == total else BAD
    return found
