"""A cluster's sheet: points, totals, places, grades and awards as formulas, each with the value it has in the round."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from xlsxwriter.utility import xl_col_to_name

from definitions.award_rules import Criterion, Sheet
from exports.award_criteria_sheet import Cells, Part, codes, parts, say
from exports.award_points_sheets import FIRST, Input, Line
from exports.award_round import Round
from exports.watched import Book, Grid, Value
from exports.workbook import LINE
from methods import award_points

NOISE = "0.000000001"
LEFT = 3  # number, code, name


@dataclass
class Table:
    """The columns of a cluster's sheet by what they hold ("points:access", "total", "grade_0" ...)."""

    grid: Grid
    rules: Sheet
    cells: Cells
    given: Input
    members: list[str]
    lang: str
    at: dict[str, int] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return FIRST + len(self.members) - 1

    def here(self, id: str, row: int) -> str:
        """The cell of a column in a row."""
        return f"${xl_col_to_name(self.at[id])}{row + 1}"

    def all(self, id: str) -> str:
        name = xl_col_to_name(self.at[id])
        return f"${name}${FIRST + 1}:${name}${self.last + 1}"

    def put(self, row: int, id: str, value: Value, look: str, formula: str) -> None:
        self.grid.put(row, self.at[id], value, look, formula=f"={formula}")

    def said(self, key: str) -> str:
        return f'"{say(key, self.lang)}"'


def write(
    book: Book, of: Round, cells: Cells, given: Input, known: dict[tuple[str, str], Line], cluster: str,
    members: list[str], names: dict[str, str], line: str, lang: str,
) -> Grid:  # fmt: skip
    """The sheet of one cluster, a row per commune in the order of the round's places."""
    ids, widths = _columns(of.rules, lang)
    shown = len(widths)
    helpers = list(_helpers(of.rules, cells))
    starts = {f"points:{part.criteria[0].id}" for part in parts(of.rules, lang) if part.criteria} | {"earned"}
    breaks = [at for at, id in enumerate(ids) if id in starts and at > LEFT]
    grid = book.grid(names.get(cluster, "") or say("no_cluster", lang), widths, LEFT, breaks)
    table = Table(grid, of.rules, cells, given, members, lang)
    table.at = {id: at for at, id in enumerate([*ids, *[""], *helpers]) if id}
    grid.ids(*ids, "", *helpers)
    grid.sheet.set_column(shown + 1, shown + len(helpers), 7, None, {"hidden": True, "level": 1})
    _heads(table, names.get(cluster, "") or say("no_cluster", lang), shown, line)
    standings = {row["commune"]: row for row in of.scored.standings.iter_rows(named=True)}
    told = [standings[commune] for commune in members]
    for row, commune in enumerate(members, FIRST):
        grid.put(row, 0, row - FIRST + 1, "count")
        grid.put(row, 1, commune)
        grid.put(row, 2, names[commune])
        _points(table, row, commune, known)
        grid.height(row, LINE + 5)  # twelve communes and the heads on a page
    fill = _passed if of.rules.kind == "pass_fail" else _standing
    fill(table, told, known)
    grid.across(table.last + 2, 0, shown - 1, say("marks", lang), "line")
    grid.printed(FIRST - 1, line)
    return grid


def _columns(rules: Sheet, lang: str) -> tuple[list[str], list[float]]:
    """The columns printed, and how wide they are."""
    found = [("number", 4.0), ("commune", 6.5), ("name", 19.0)]
    for part in parts(rules, lang):
        found += [(f"points:{one.id}", 5.6) for one in part.criteria]
        found += [(f"group:{part.id}", 6.0)] if part.kind == "points" and len(part.criteria) > 1 else []
    if rules.kind == "pass_fail":
        found += [("compulsory_failed", 11.0), ("extended_met", 11.0), ("extended", 11.0), ("passed", 20.0)]
    else:
        found += [(id, 6.2) for id in ("earned", "maximum", "base", "bonus", "deduction")]
        found += [("total", 8.5), ("place", 5.0), ("grade", 27.0), ("award", 13.0), ("capped_by", 5.0), ("note", 20.0)]
    return [id for id, _ in found], [width for _, width in found]


def _helpers(rules: Sheet, cells: Cells) -> Iterator[str]:
    """Columns that only serve the formulas, hidden beside the print."""
    if rules.kind == "pass_fail":
        return
    yield "key"
    yield from (f"tie_{number}" for number in range(len(cells.tie_breakers)))
    yield from (f"hit_{number}" for number in range(len(rules.limits)))
    yield "barred"
    yield from (f"grade_{number}" for number in range(len(rules.grades)))
    for number in range(len(rules.awards)):
        yield from (f"free_{number}", f"given_{number}")


def _heads(table: Table, name: str, shown: int, line: str) -> None:
    grid, lang, numbers = table.grid, table.lang, codes(table.rules, table.lang)
    grid.across(2, 0, shown - 1, f"{table.rules.title.said(lang)} - {name}", "title")
    grid.across(3, 0, shown - 1, line, "line")
    labels = {f"points:{one.id}": one.label.said(lang) for one in table.rules.criteria}
    labels |= {f"group:{part.id}": say("sum", lang) for part in parts(table.rules, lang)}
    upright = (
        "earned",
        "maximum",
        "base",
        "bonus",
        "deduction",
        "capped_by",
        "compulsory_failed",
        "extended_met",
        "extended",
    )
    for id, at in table.at.items():
        if at >= shown:
            continue
        is_upright = ":" in id or id in upright
        grid.put(5, at, labels.get(id) or say(f"column_{id}", lang), "upright" if is_upright else "head")
        criterion = id.removeprefix("points:") if id.startswith("points:") else ""
        grid.put(6, at, numbers[criterion] if criterion else "Σ" if ":" in id else "", "head")
        if criterion:
            grid.put(
                7, at, table.rules.criterion(criterion).points, "number", formula=f"={table.cells.weight[criterion]}"
            )
        else:
            grid.put(7, at, say("head_most", lang) if id == "name" else "", "head")
    _part_heads(table, shown)
    grid.height(5, 150)


def _part_heads(table: Table, shown: int) -> None:
    """Over the columns of each part its code and name."""
    covered = set()
    for part in parts(table.rules, table.lang):
        own = [table.at[f"points:{one.id}"] for one in part.criteria]
        own += [table.at[f"group:{part.id}"]] if f"group:{part.id}" in table.at else []
        if own:
            words = f"{part.code}. {part.label}" if part.code else part.label
            table.grid.across(4, min(own), max(own), words, "head" if len(own) > 1 else "upright")
            covered |= set(range(min(own), max(own) + 1))
    for at in set(range(shown)) - covered:
        table.grid.put(4, at, "", "head")
    table.grid.height(4, 110)


# ---- points ----------------------------------------------------------------------------------------------------------


def _share(table: Table, one: Criterion, commune: str, is_decided: bool) -> tuple[str, str]:
    """The input's cell and the share of the maximum it comes to."""
    x = table.given.ref(commune, one.id)
    if is_decided:
        return x, f"{x}/{table.cells.weight[one.id]}"
    share = f"MIN(1,{x}/{table.cells.weight[one.id]})" if award_points.is_in_points(one) else x
    return x, f"{share}*{table.given.verified(commune)}" if one.verified else share


def _points(table: Table, row: int, commune: str, known: dict[tuple[str, str], Line]) -> None:
    is_pass = table.rules.kind == "pass_fail"
    for part in parts(table.rules, table.lang):
        for one in part.criteria:
            x, share = _share(table, one, commune, known[commune, one.id].is_decided)
            scored, nothing = f"ROUND({share}*{table.cells.weight[one.id]},4)", "0"
            if is_pass:
                nothing = table.said("not_met")
                scored = f"IF({share}>=1-{NOISE},{table.said('met')},{nothing})"
            missing = f"IF({table.cells.missing[one.id]}={table.said('zero')},{nothing},{table.said('unranked')})"
            barred = f"IF({x}={table.said('not_applicable')},{table.said('not_applicable')},{missing})"
            value = _value(table, known[commune, one.id].row, is_pass)
            look = "centre" if isinstance(value, str) else "points"
            table.put(row, f"points:{one.id}", value, look, f"IF(ISNUMBER({x}),{scored},{barred})")
        id = f"group:{part.id}"
        if id in table.at:
            _sum_of_group(table, row, id, part, [known[commune, one.id].row for one in part.criteria])


def _sum_of_group(table: Table, row: int, id: str, part: Part, own: list[dict]) -> None:
    """A group in which nothing applies has no sum, and not 0."""
    cells = ":".join(table.here(f"points:{one.id}", row) for one in (part.criteria[0], part.criteria[-1]))
    barred = table.said("not_applicable")
    formula = f"IF(SUMPRODUCT(--({cells}<>{barred}))=0,{barred},ROUND(SUM({cells}),4))"
    applies = any(line["state"] != "not_applicable" for line in own)
    value = _rounded(sum(line["points"] or 0.0 for line in own)) if applies else say("not_applicable", table.lang)
    table.put(row, id, value, "sum", formula)


def _value(table: Table, line: dict, is_pass: bool) -> Value:
    if line["state"] in ("open", "not_applicable"):
        return say({"open": "unranked"}.get(line["state"], line["state"]), table.lang)
    if is_pass:
        return say("met" if line["share"] >= 1 - 1e-9 else "not_met", table.lang)
    return line["points"]


def _rounded(value: float | None) -> Value:
    return None if value is None else float(award_points.rounded(value))


# ---- totals, places, grades, awards ----------------------------------------------------------------------------------


def _standing(table: Table, told: list[dict], known: dict[tuple[str, str], Line]) -> None:
    """Everything right of the points, commune by commune."""
    stages = grade_stages(table.rules, told, known)
    for place, standing in enumerate(told):
        row = FIRST + place
        _sums(table, row, standing)
        _place(table, row, standing, known)
        _hits(table, row, standing, known)
        _grade(table, row, standing, [stage[place] for stage in stages])
        _note(table, row, standing, _award(table, row, standing))


def _sums(table: Table, row: int, standing: dict) -> None:
    def summed(kind: str) -> str:
        own = [table.here(f"points:{one.id}", row) for one in table.rules.criteria if one.kind == kind]
        return f"SUM({','.join(own)})" if own else "0"

    here = partial(table.here, row=row)
    counted = [one for part in parts(table.rules, table.lang) for one in part.criteria if one.kind == "points"]
    commune, grid = standing["commune"], table.given.grid
    first, last = table.given.at[counted[0].id], table.given.at[counted[-1].id]
    at = table.given.row[commune]
    inputs, weights = grid.area(at, first, at, last), grid.area(6, first, 6, last)
    table.put(row, "earned", _rounded(standing["earned"]), "sum", f"ROUND({summed('points')},4)")
    applies = f"({inputs}<>{table.said('not_applicable')})"
    table.put(row, "maximum", standing["maximum"], "sum", f"SUMPRODUCT({applies}*{weights})")
    base = f"{table.cells.total}*{here('earned')}/{here('maximum')}"
    table.put(row, "base", _rounded(standing["base"]), "sum", f'IF({here("maximum")}=0,"",ROUND({base},4))')
    bonus = f"ROUND(MIN({table.cells.bonus},{summed('bonus')}),4)"
    table.put(row, "bonus", _rounded(standing["bonus"]), "sum", bonus)
    table.put(row, "deduction", _rounded(standing["deduction"]), "sum", f"ROUND({summed('deduction')},4)")
    points = ":".join(here(end) for end in _ends(table))
    whole = f"ROUND(MAX(0,{base}+{here('bonus')}-{here('deduction')}),4)"
    unranked = f"COUNTIF({points},{table.said('unranked')})>0"
    table.put(row, "total", standing["points"], "total", f'IF({here("maximum")}=0,"",IF({unranked},"",{whole}))')


def _ends(table: Table) -> tuple[str, str]:
    """The first and the last column of points."""
    own = sorted((at, id) for id, at in table.at.items() if id.startswith("points:"))
    return own[0][1], own[-1][1]


def _place(table: Table, row: int, standing: dict, known: dict[tuple[str, str], Line]) -> None:
    here, whole = partial(table.here, row=row), standing["points"]
    table.put(row, "key", -1 if whole is None else whole, "helper", f'IF({here("total")}="",-1,{here("total")})')
    first, last = _ends(table)
    codes_ = f"${xl_col_to_name(table.at[first])}$7:${xl_col_to_name(table.at[last])}$7"
    beats = ""
    for number in reversed(range(len(table.cells.tie_breakers))):
        id, cell = f"tie_{number}", table.cells.tie_breakers[number]
        find = f"SUM(INDEX({here(first)}:{here(last)},1,MATCH({cell},{codes_},0)))"
        named = table.rules.tie_breakers[number] if number < len(table.rules.tie_breakers) else ""
        value = (known[standing["commune"], named].row["points"] or 0.0) if named else 0
        table.put(row, id, value, "helper", f'IF({cell}="",0,IFERROR({find},0))')
        more, level = f"({table.all(id)}>{here(id)})", f"({table.all(id)}={here(id)})"
        beats = f"({more}+{level}*{beats})" if beats else more
    more, level = f"({table.all('key')}>{here('key')})", f"({table.all('key')}={here('key')})"
    beats = f"({more}+{level}*{beats})" if beats else more
    formula = f'IF({here("total")}="","",1+SUMPRODUCT(--({beats}>0)))'
    table.put(row, "place", standing["place"], "centre", formula)


def hits(rules: Sheet, line: dict) -> list[bool]:
    """By limit whether a line of its criterion meets it."""
    share = 1.0 if line["share"] is None else line["share"]
    return [limit.criterion == line["criterion"] and share < limit.below - 1e-9 for limit in rules.limits]


def _hits(table: Table, row: int, standing: dict, known: dict[tuple[str, str], Line]) -> None:
    commune, vetoes = standing["commune"], []
    names = []
    for number, limit in enumerate(table.rules.limits):
        one = table.rules.criterion(limit.criterion)
        x, share = _share(table, one, commune, known[commune, one.id].is_decided)
        missing = f"IF(AND({x}<>{table.said('not_applicable')},{table.cells.missing[one.id]}={table.said('zero')}),0,1)"
        formula = f"IF(IF(ISNUMBER({x}),{share},{missing})<{table.cells.below[number]}-{NOISE},1,0)"
        value = int(hits(table.rules, known[commune, one.id].row)[number])
        table.put(row, f"hit_{number}", value, "helper", formula)
        own = table.here(f"hit_{number}", row)
        vetoes.append((f"{own}*({table.cells.at_most[number]}=0)", value * (not limit.at_most)))
        names.append(
            (f'IF({own}=1,{table.cells.code[one.id]}&" ","")', codes(table.rules, table.lang)[one.id] if value else "")
        )
    barred = "+".join(formula for formula, _ in vetoes) or "0"
    table.put(row, "barred", sum(value for _, value in vetoes), "helper", barred)
    capped = "&".join(formula for formula, _ in names) or '""'
    table.put(row, "capped_by", " ".join(code for _, code in names if code), "centre", f"TRIM({capped})")


def grade_stages(rules: Sheet, told: list[dict], known: dict[tuple[str, str], Line]) -> list[list[int | None]]:
    """Each commune's grade as a number from 1: by points and caps, then after the quota of each grade but the last."""
    order = [grade.id for grade in rules.grades]
    now: list[int | None] = []
    for standing in told:
        whole = standing["points"]
        number = next((n for n, grade in enumerate(rules.grades, 1) if (whole or 0.0) >= grade.least), len(order))
        for at, limit in enumerate(rules.limits):
            if limit.at_most and hits(rules, known[standing["commune"], limit.criterion].row)[at]:
                number = max(number, order.index(limit.at_most) + 1)
        now.append(None if whole is None else number)
    stages = [now]
    for number, grade in enumerate(rules.grades[:-1], 1):
        own = [one["place"] for one, has in zip(told, now, strict=True) if has == number]
        room = len(told) if grade.quota is None else int(grade.quota * len(told) + 1e-9)
        now = [has + 1 if has == number and sum(other < one["place"] for other in own) >= room else has
               for one, has in zip(told, now, strict=True)]  # fmt: skip
        stages.append(now)
    return stages


def _grade(table: Table, row: int, standing: dict, stages: list[int | None]) -> None:
    here, cells = partial(table.here, row=row), table.cells
    caps = [f"{here(f'hit_{n}')}*{cells.at_most[n]}" for n in range(len(table.rules.limits))]
    lowest = f"MIN({len(table.rules.grades)},1+SUMPRODUCT(--({cells.least}>{here('total')})))"
    table.put(row, "grade_0", stages[0], "helper", f'IF({here("total")}="","",MAX({",".join([lowest, *caps])}))')
    for number in range(1, len(table.rules.grades)):
        before, quota = f"grade_{number - 1}", cells.quota[number - 1]
        above = f'COUNTIFS({table.all(before)},{number},{table.all("place")},"<"&{here("place")})'
        is_beyond = f'AND({here(before)}={number},{quota}<>"",{above}>=INT({quota}*{len(table.members)}+{NOISE}))'
        formula = f'IF({here(before)}="","",IF({is_beyond},{number + 1},{here(before)}))'
        table.put(row, f"grade_{number}", stages[number], "helper", formula)
    label = next((one.label.said(table.lang) for one in table.rules.grades if one.id == standing["grade"]), "")
    last = here(f"grade_{len(table.rules.grades) - 1}")
    table.put(row, "grade", label, "text", f'IF({last}="","",INDEX({cells.grade_labels},{last},1))')


def _room(table: Table, number: int) -> str:
    """How many of an award a cluster has: as many as said, or the share of its communes rounded down."""
    cell = table.cells.room[number]
    return f"IF({cell}>=1,INT({cell}),INT({cell}*{len(table.members)}+{NOISE}))"


def _award(table: Table, row: int, standing: dict) -> str:
    """The award, the best first; gives the formula that tells whether it shares the last place there is room for."""
    here, cells, rules = partial(table.here, row=row), table.cells, table.rules
    last = here(f"grade_{len(rules.grades) - 1}")
    order, said, ties, earlier = [grade.id for grade in rules.grades], '""', list[str](), ""
    for number, award in enumerate(rules.awards):
        free, given = f"free_{number}", f"given_{number}"
        bound = _room(table, number)
        is_free = f"AND(ISNUMBER({last}),{last}<={cells.award_grade[number]},{here('barred')}=0{earlier})"
        had = {other.id for other in rules.awards[:number]}
        in_grade = standing["grade"] in order[: order.index(award.grade) + 1]
        value = in_grade and not table.grid.cells[row, table.at["barred"]] and standing["award"] not in had
        table.put(row, free, int(value), "helper", f"IF({is_free},1,0)")
        above = f'COUNTIFS({table.all(free)},1,{table.all("place")},"<"&{here("place")})'
        table.put(
            row, given, int(standing["award"] == award.id), "helper", f"IF({here(free)}=1,IF({above}<{bound},1,0),0)"
        )
        earlier += f",{here(given)}=0"
        worse = f'COUNTIFS({table.all(given)},1,{table.all("place")},">"&{here("place")})'
        ties.append(f"IF({here(given)}=1,IF(SUM({table.all(given)})>{bound},IF({worse}=0,1,0),0),0)")
    for number in reversed(range(len(rules.awards))):
        said = f"IF({here(f'given_{number}')}=1,{cells.award[number]},{said})"
    label = next((one.label.said(table.lang) for one in rules.awards if one.id == standing["award"]), "")
    table.put(row, "award", label, "text", said)
    return "+".join(ties) or "0"


def _note(table: Table, row: int, standing: dict, ties: str) -> None:
    """Why a commune has no place, or that the council must tell apart those level at the line of an award."""
    tied = f'IF({ties}>0,{table.said("tied")},"")'
    value = (
        say("no_place", table.lang)
        if standing["points"] is None
        else say("tied", table.lang)
        if standing["is_tied"]
        else ""
    )
    table.put(row, "note", value, "text", f'IF({table.here("total", row)}="",{table.said("no_place")},{tied})')


# ---- passed or not ---------------------------------------------------------------------------------------------------


def _passed(table: Table, told: list[dict], known: dict[tuple[str, str], Line]) -> None:
    """All compulsory criteria that apply, and the share asked for of the extended ones that apply."""
    first, last = _ends(table)
    met, applies = f"({{0}}={table.said('met')})", f"({{0}}<>{table.said('not_applicable')})"
    tests = {"compulsory_failed": f"({{0}}<>{table.said('met')})*{applies}", "extended_met": met, "extended": applies}
    for row, standing in enumerate(told, FIRST):
        for id, test in tests.items():
            table.put(row, id, standing[id], "count", _counted(table, row, id.partition("_")[0], test))
        here = partial(table.here, row=row)
        asked = f"{table.cells.extended_share}*{here('extended')}-{NOISE}"
        passes = f"AND({here('compulsory_failed')}=0,{here('extended_met')}>={asked})"
        unranked = f"COUNTIF({here(first)}:{here(last)},{table.said('unranked')})>0"
        verdict = f"IF({passes},{table.said('passed')},{table.said('failed')})"
        verdict = f"IF({unranked},{table.said('no_verdict')},{verdict})"
        value = {True: "passed", False: "failed", None: "no_verdict"}[standing["passed"]]
        table.put(row, "passed", say(value, table.lang), "text", verdict)


def _counted(table: Table, row: int, kind: str, test: str) -> str:
    """How many criteria of a kind pass a test; the kind is what the criteria sheet says now."""
    listed = [one for part in parts(table.rules, table.lang) for one in part.criteria]
    own = [(f"{table.cells.kind[one.id]}={table.said(kind)}", table.here(f"points:{one.id}", row)) for one in listed]
    return "+".join(f"({is_kind})*{test.format(cell)}" for is_kind, cell in own)
