"""The sheet of the criteria: every cell a council may try another value in, and where the formulas find it."""

from dataclasses import dataclass, field

from definitions.award_rules import Criterion, Manual, Sheet, Steps
from definitions.format import decimal
from definitions.load import definitions
from definitions.text import text
from exports import words
from exports.watched import Book, Grid

WIDTHS = [8.0, 50.0, 12.0, 46.0, 13.0, 22.0, 44.0]
NUMBER = {"validate": "decimal", "criteria": ">", "value": 0}
NOT_NEGATIVE = {"validate": "decimal", "criteria": ">=", "value": 0}
SHARE = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
SLOTS = 3  # tie-breakers that can be named, at least


@dataclass(frozen=True)
class Part:
    """Criteria that stand together under a head: a group, the bonus, the deductions."""

    id: str
    code: str
    label: str
    kind: str
    criteria: tuple[Criterion, ...]
    points: float | None = None


@dataclass
class Cells:
    """Where the formulas find what may be changed, by id or in the order of the rules."""

    weight: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    kind: dict[str, str] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    total: str = ""
    bonus: str = "0"
    extended_share: str = ""
    below: list[str] = field(default_factory=list)
    at_most: list[str] = field(default_factory=list)  # number of the grade, 0: a veto
    grade_labels: str = ""
    grade_numbers: str = ""
    least: str = ""
    grade: list[str] = field(default_factory=list)
    quota: list[str] = field(default_factory=list)
    award: list[str] = field(default_factory=list)
    room: list[str] = field(default_factory=list)
    award_grade: list[str] = field(default_factory=list)
    tie_breakers: list[str] = field(default_factory=list)


def parts(rules: Sheet, lang: str) -> list[Part]:
    """The criteria as they stand on the sheets: by group, then bonus and deductions; one part where they are passed."""
    if rules.kind == "pass_fail":
        return [Part("", "", say("criteria", lang), "", rules.criteria)]
    found = [
        Part(group.id, roman(number), words.label(group, lang), "points", _of(rules, "points", group.id), group.points)
        for number, group in enumerate(rules.groups, 1)
    ]
    bonus, deduction = _of(rules, "bonus"), _of(rules, "deduction")
    found += [Part("bonus", say("bonus_code", lang), say("bonus", lang), "bonus", bonus, rules.bonus)] if bonus else []
    code = say("deduction_code", lang)
    found += [Part("deduction", code, say("deduction", lang), "deduction", deduction)] if deduction else []
    return [part for part in found if part.criteria or part.points]


def _of(rules: Sheet, kind: str, group: str = "") -> tuple[Criterion, ...]:
    return tuple(one for one in rules.criteria if one.kind == kind and (not group or one.group == group))


def roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    return "X" * tens + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][ones]


def codes(rules: Sheet, lang: str) -> dict[str, str]:
    """Criterion -> its number on the sheets: I.1, or 1 on a pass or fail sheet."""
    return {
        one.id: f"{part.code}.{number}" if part.code else str(number)
        for part in parts(rules, lang)
        for number, one in enumerate(part.criteria, 1)
    }


def say(id: str, lang: str, **values: object) -> str:
    return text(f"award_workbook.{id}", lang, **values)


def how(one: Criterion, lang: str) -> str:
    """How a criterion is scored, in words: the figure and the function with its parameters."""
    score = one.score
    if isinstance(score, Manual):
        return say("how_manual", lang)
    told = {key: _number(value, lang) for key, value in score.model_dump(exclude={"how", "figure", "steps"}).items()}
    if isinstance(score, Steps):
        told["steps"] = "; ".join(f"{_number(least, lang)} → {_number(points, lang)}" for least, points in score.steps)
    return f"{figure(score.figure, lang)}: {say(f'how_{score.how}', lang, **told)}"


def _number(value: float, lang: str) -> str:
    """Without idle decimals: 0,5."""
    return decimal(value, next((digits for digits in range(4) if round(value, digits) == value), 4), lang)


def figure(id: str, lang: str) -> str:
    """A published figure's name in words."""
    family, _, name = id.partition(":")
    if family not in ("target", "indicator"):
        return say(f"figure_{family}_{name}", lang)
    of = definitions().targets[name] if family == "target" else definitions().indicators[name]
    return say(f"figure_{family}", lang, label=words.label(of, lang))


# ---- writing -------------------------------------------------------------------------------------------------------


def write(book: Book, rules: Sheet, line: str, lang: str) -> tuple[Grid, Cells]:
    """The sheet, and where its cells are."""
    grid, cells = book.grid(say("sheet_criteria", lang), WIDTHS), Cells()
    grid.across(2, 0, len(WIDTHS) - 1, rules.title.said(lang), "title")
    grid.across(3, 0, len(WIDTHS) - 1, line, "line")
    grid.ids()
    grid.across(4, 0, len(WIDTHS) - 1, say("may_change", lang), "line")
    row = _criteria(grid, cells, rules, lang, 5)
    if rules.kind == "points":
        row = _grades(grid, cells, rules, lang, row + 1)
        row = _limits(grid, cells, rules, lang, row + 1)
        row = _awards(grid, cells, rules, lang, row + 1)
        _tie_breakers(grid, cells, rules, lang, row + 1)
    else:
        grid.put(row + 1, 1, say("extended_share", lang), "part")
        grid.put(row + 1, 4, rules.extended_share, "share", is_open=True)
        grid.sheet.data_validation(row + 1, 4, row + 1, 4, SHARE)
        cells.extended_share = grid.ref(row + 1, 4)
    grid.printed(4, line)
    return grid, cells


def _heads(grid: Grid, row: int, lang: str, *keys: str) -> int:
    for at, key in enumerate(keys):
        grid.put(row, at, say(key, lang) if key else "", "head")
    return row + 1


def _criteria(grid: Grid, cells: Cells, rules: Sheet, lang: str, row: int) -> int:
    """One row per part and per criterion; the last row the sheet's total."""
    kind = "head_kind" if rules.kind == "pass_fail" else ""
    row = _heads(
        grid, row, lang, "head_code", "head_criterion", kind, "head_how", "head_most", "head_missing", "head_check"
    )
    numbers, groups = codes(rules, lang), []
    for part in parts(rules, lang):
        if part.code:
            first, last = row + 1, row + len(part.criteria)
            _part(grid, part, row, grid.area(first, 4, last, 4), lang)
            groups += [grid.ref(row, 4)] if part.kind == "points" else []
            cells.bonus = grid.ref(row, 4) if part.kind == "bonus" else cells.bonus
            row += 1
        for one in part.criteria:
            _criterion(grid, cells, rules, one, numbers[one.id], row, lang)
            row += 1
    if rules.kind == "points":
        grid.put(row, 1, say("total", lang), "part")
        grid.put(row, 4, rules.total, "number", formula="=" + "+".join(groups))
        cells.total = grid.ref(row, 4)
        row += 1
    return row


def _part(grid: Grid, part: Part, row: int, area: str, lang: str) -> None:
    for at, value in enumerate((part.code, part.label, "", "", None, "", "")):
        grid.put(row, at, value, "part")
    if part.points is None:
        return
    grid.put(row, 4, part.points, "number", is_open=True)
    grid.sheet.data_validation(row, 4, row, 4, NOT_NEGATIVE)
    own, sum_ = grid.ref(row, 4), f"SUM({area})"
    if part.kind == "bonus":
        wrong, words_ = f"{sum_}<{own}", say("fault_bonus", lang)
    else:
        wrong, words_ = f"{sum_}>{own}", say("fault_group", lang)
    _check(grid, row, f'IF({wrong},"{words_}","")')


def _criterion(grid: Grid, cells: Cells, rules: Sheet, one: Criterion, code: str, row: int, lang: str) -> None:
    is_pass = rules.kind == "pass_fail"
    grid.put(row, 0, code, "centre")
    grid.put(row, 1, words.label(one, lang))
    grid.put(row, 2, say(one.kind, lang) if is_pass else "", "centre", is_open=is_pass)
    grid.put(row, 3, how(one, lang))
    grid.put(row, 4, one.points, "number", is_open=not is_pass)
    grid.put(row, 5, say(rules.missing_for(one), lang), "centre", is_open=True)
    grid.sheet.data_validation(row, 4, row, 4, NUMBER)
    _choice(grid, row, 5, [say("zero", lang), say("open", lang)])
    if is_pass:
        _choice(grid, row, 2, [say("compulsory", lang), say("extended", lang)])
    own = grid.ref(row, 4)
    fault = f'IF(MOD({own}*2,1)<>0,"{say("fault_halves", lang)}","")'
    if isinstance(one.score, Steps):
        fault = f'IF({own}<{one.score.steps[-1][1]:g},"{say("fault_steps", lang)}",{fault})'
    _check(grid, row, "" if is_pass else fault)
    where = (cells.code, 0), (cells.kind, 2), (cells.weight, 4), (cells.missing, 5)
    for found, at in where:
        found[one.id] = grid.ref(row, at)


def _check(grid: Grid, row: int, fault: str) -> None:
    """A sentence where the rules are not sound; the banner then says so on every sheet."""
    grid.put(row, 6, "", "fault", formula=f"={fault}" if fault else "")
    grid.book.checks += [grid.ref(row, 6)] if fault else []


def _choice(grid: Grid, row: int, at: int, source: str | list[str]) -> None:
    grid.sheet.data_validation(row, at, row, at, {"validate": "list", "source": source})


def _grades(grid: Grid, cells: Cells, rules: Sheet, lang: str, row: int) -> int:
    row = _heads(grid, row, lang, "head_number", "head_grade", "", "", "head_least", "head_quota", "head_check")
    first = row
    for number, grade in enumerate(rules.grades, 1):
        is_last = number == len(rules.grades)
        grid.put(row, 0, number, "centre")
        grid.put(row, 1, words.label(grade, lang))
        grid.put(row, 2, "")
        grid.put(row, 3, "")
        grid.put(row, 4, grade.least, "number", is_open=True)
        grid.put(row, 5, grade.quota, "share", is_open=not is_last)
        worse = "FALSE" if is_last else f"{grid.ref(row, 4)}<={grid.ref(row + 1, 4)}"
        _check(grid, row, f'IF({worse},"{say("fault_grade", lang)}","")')
        grid.sheet.data_validation(row, 4, row, 4, NOT_NEGATIVE)
        grid.sheet.data_validation(row, 5, row, 5, SHARE)
        cells.grade.append(grid.ref(row, 1))
        cells.quota.append(grid.ref(row, 5))
        row += 1
    cells.grade_numbers, cells.grade_labels, cells.least = (grid.area(first, at, row - 1, at) for at in (0, 1, 4))
    return row


def _number_of(cells: Cells, of: str) -> str:
    return f"=SUMPRODUCT(EXACT({cells.grade_labels},{of})*{cells.grade_numbers})"


def _limits(grid: Grid, cells: Cells, rules: Sheet, lang: str, row: int) -> int:
    """Caps and vetoes: one row each; the effect is a grade at most, or no award at all."""
    row = _heads(grid, row, lang, "head_code", "head_limit", "head_grade_number", "", "head_below", "head_effect", "")
    labels, numbers = _labels(rules, lang), codes(rules, lang)
    for limit in rules.limits:
        number = list(labels).index(limit.at_most) + 1 if limit.at_most else 0
        grid.put(row, 0, numbers[limit.criterion], "centre")
        grid.put(row, 1, words.label(limit, lang))
        grid.put(row, 2, number, "count", formula=_number_of(cells, grid.ref(row, 5)))
        grid.put(row, 3, words.label(rules.criterion(limit.criterion), lang))
        grid.put(row, 4, limit.below, "share", is_open=True)
        grid.put(row, 5, labels[limit.at_most] if limit.at_most else say("veto", lang), "text", is_open=True)
        grid.sheet.data_validation(row, 4, row, 4, SHARE)
        _choice(grid, row, 5, "=" + _choices(grid, rules, lang))
        cells.below.append(grid.ref(row, 4))
        cells.at_most.append(grid.ref(row, 2))
        row += 1
    return row


def _choices(grid: Grid, rules: Sheet, lang: str) -> str:
    """What a limit may do, in cells beside the print: the grades and the veto."""
    at = len(WIDTHS) + 1
    grid.sheet.set_column(at, at, 20, None, {"hidden": True})
    for row, value in enumerate([*_labels(rules, lang).values(), say("veto", lang)], 5):
        grid.put(row, at, value, "helper", is_watched=False)
    return grid.area(5, at, 5 + len(rules.grades), at)


def _labels(rules: Sheet, lang: str) -> dict[str, str]:
    return {grade.id: words.label(grade, lang) for grade in rules.grades}


def _awards(grid: Grid, cells: Cells, rules: Sheet, lang: str, row: int) -> int:
    row = _heads(
        grid, row, lang, "head_number", "head_award", "head_grade_number", "head_authority", "head_room", "head_for", ""
    )
    labels = _labels(rules, lang)
    for number, award in enumerate(rules.awards, 1):
        grid.put(row, 0, number, "centre")
        grid.put(row, 1, words.label(award, lang))
        grid.put(row, 2, list(labels).index(award.grade) + 1, "count", formula=_number_of(cells, grid.ref(row, 5)))
        grid.put(row, 3, f"{award.authority.said(lang)} ({award.legal.document.said(lang)})")
        grid.put(row, 4, award.in_cluster, "number", is_open=True)
        grid.put(row, 5, labels[award.grade], "text", is_open=True)
        _check(grid, row, f'IF({grid.ref(row, 2)}=0,"{say("fault_unknown", lang)}","")')
        grid.sheet.data_validation(row, 4, row, 4, NOT_NEGATIVE)
        _choice(grid, row, 5, "=" + cells.grade_labels)
        cells.award.append(grid.ref(row, 1))
        cells.room.append(grid.ref(row, 4))
        cells.award_grade.append(grid.ref(row, 2))
        row += 1
    return row


def _tie_breakers(grid: Grid, cells: Cells, rules: Sheet, lang: str, row: int) -> int:
    """The criteria that tell level communes apart, in order; some places are left empty for a trial."""
    row = _heads(grid, row, lang, "head_number", "head_tie_breaker", "head_code", "", "", "", "")
    numbers = codes(rules, lang)
    names = {numbers[one.id]: words.label(one, lang) for one in rules.criteria}
    known = f"{grid.area(6, 0, 5 + len(parts(rules, lang)) + len(names), 0)}"
    for number in range(max(SLOTS, len(rules.tie_breakers))):
        code = numbers[rules.tie_breakers[number]] if number < len(rules.tie_breakers) else ""
        own = grid.ref(row, 2)
        find = f"INDEX({known.replace('$A$', '$B$')},MATCH({own},{known},0))"
        grid.put(row, 0, number + 1, "centre")
        grid.put(row, 1, names.get(code, ""), "text", formula=f'=IF({own}="","",IFERROR({find},""))')
        grid.put(row, 2, code, "centre", is_open=True)
        _check(grid, row, f'IF({own}="","",IF(ISNUMBER(MATCH({own},{known},0)),"","{say("fault_unknown", lang)}"))')
        _choice(grid, row, 2, "=" + known)
        cells.tie_breakers.append(own)
        row += 1
    return row
