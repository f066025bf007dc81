"""Draws the scoring workbooks: one for a commune's own points, one of all communes for each later stage."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from definitions import format
from definitions.award_forms import (
    BY,
    COLUMNS,
    COMMUNE,
    NAME,
    OF_COMMUNE,
    ORIGIN,
    READABLE,
    SCORING,
    SELF_CHECK,
    SHEET,
    STAGE,
    STAGES,
)  # fmt: skip
from definitions.award_rules import Criterion, Manual
from definitions.load import definitions
from definitions.reference import Commune, communes
from definitions.spelling import fold
from etl.award_stages import Given, latest
from etl.forms import DEMO
from etl.forms_check import BAD, GOOD, SHORT
from etl.forms_sheet import (
    ENTRY,
    HEADER,
    LINE,
    LOCKED,
    MUTED,
    PLAIN_LETTERS,
    TINTS,
    Heading,
    Paper,
    lines_needed,
    page,
    put,
)
from exports.award_round import Round
from exports.award_words import reason

HEAD, BODY = 3, 4  # rows of the header and of the first line, from 0
OWN = "commune"
FRAME = {"border": 1, "border_color": LINE}
WIDTHS = {
    "commune": 8, "criterion": 9, "name": 19, "label": 28, "most": 7, "seen": 7, "points": 7, "explanation": 34,
    "evidence": 18, "reason": 22, "check": 10, "of:explanation": 24, "of:evidence": 14,
} | {f"stage:{id}": 9 for id in STAGES}  # fmt: skip
STEPS = {
    OWN: (
        "Chỉ ghi vào ô vàng nhạt của biểu “Tự chấm điểm”; ô xám đã khóa. Không ghi tên, số điện thoại người dân.",
        "Điểm là bội của 0,5 (ví dụ 4,5), từ 0 đến điểm tối đa. Chưa tự chấm thì để trống cả dòng, không ghi 0.",
        "Mỗi điểm cần thuyết minh và số, ký hiệu tài liệu minh chứng. Khác điểm đã ghi thì ghi thêm lý do.",
        "Biểu “Số liệu tự tính” chỉ để xem: các điểm ấy tính từ báo cáo tháng, không sửa ở đây được.",
        "Nhìn cột “Tự kiểm tra”: “Được” là xong. Lưu tệp Excel (*.xlsx) và gửi về tỉnh; gửi lại tệp đã sửa được.",
    ),
    "": (
        "Mỗi biểu một tiêu chí, mỗi dòng một xã, phường. Chỉ ghi vào ô vàng nhạt; điểm các bước trước ở ô xám.",
        "Điểm là bội của 0,5, từ 0 đến điểm tối đa. Để trống là bước này không chấm: điểm bước trước vẫn còn giá trị.",
        "Điểm khác “Điểm đã ghi” thì phải ghi lý do. Nhìn cột “Tự kiểm tra”: “Được” là xong.",
        "Điểm đã ghi đổi sau khi lập biểu thì dòng ấy được trả lại để xem lại. Lưu tệp Excel (*.xlsx) và gửi đi.",
    ),
}  # fmt: skip


def template(of: Round, stage: str, commune: str | None = None, criteria: Sequence[str] = ()) -> bytes:
    """The workbook of a stage: of one commune for its own points, of all communes for a later stage, as .xlsx bytes.

    criteria: the manual ones the stage is in charge of, else all. KeyError: no such commune, stage or criterion.
    """
    asked, unit = manual(of, criteria), units()[commune] if commune else None
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": of.rules.title.vi, "created": datetime(of.rules.cut_off.year, 1, 1)})
    is_demo = of.version.manifest["origin"] == "demo"
    named = unit.full_name if unit else "Tất cả xã, phường"
    footer = f"{named} · {of.rules.id} · {STAGES[stage]}"
    paper, heading = Paper(book), Heading(named, "", DEMO if is_demo else "", footer)
    _cover(paper, heading, of, stage, unit)
    if unit:
        _lines(paper, heading, of, stage, "Tự chấm điểm", [(unit, one) for one in asked if applies(unit, one)])
        _computed(paper, heading, of, unit)
    else:
        names = sheet_names(asked)
        for one in asked:
            _lines(paper, heading, of, stage, names[one.id], [(u, one) for u in units().values() if applies(u, one)])
    book.close()
    return target.getvalue()


def template_zip(of: Round) -> bytes:
    """One zip with the workbook of every commune's own points."""
    packed, year = io.BytesIO(), of.rules.cut_off.year
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for code in units():
            entry = zipfile.ZipInfo(file_name(of.rules.id, OWN, code), (year, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, template(of, OWN, code))
    return packed.getvalue()


def file_name(sheet: str, stage: str, commune: str | None = None) -> str:
    """ "cham-diem-2026-04456-mu-cang-chai.xlsx", or "cham-diem-2026-council.xlsx"."""
    ending = f"{commune}-{'-'.join(fold(units()[commune].name).split())}" if commune else stage.replace("_", "-")
    return f"cham-diem-{sheet}-{ending}.xlsx"


def units() -> dict[str, Commune]:
    return {unit.code: unit for unit in communes()}


def manual(of: Round, criteria: Sequence[str] = ()) -> list[Criterion]:
    """The criteria people give points for: those named, else all."""
    found = {one.id: one for one in of.rules.criteria if isinstance(one.score, Manual)}
    return [found[id] for id in criteria or found]


def applies(unit: Commune, rule: Criterion) -> bool:
    of = {unit.code, *(f"cluster:{c.id}" for c in definitions().clusters if unit.code in c.communes)}
    return not of & set(rule.not_for)


def sheet_names(asked: Sequence[Criterion]) -> dict[str, str]:
    """Excel's name of each criterion's sheet: at most 31 letters, none of []:*?/\\, all different."""
    plain = {one.id: re.sub(r"[\[\]:*?/\\']", " ", one.label.vi) for one in asked}
    return {id: f"{number}. {name}"[:31].strip() for number, (id, name) in enumerate(plain.items(), 1)}


# ---- cover ---------------------------------------------------------------------------------------------------------


def _cover(paper: Paper, heading: Heading, of: Round, stage: str, unit: Commune | None) -> None:
    ws = paper.book.add_worksheet(SCORING)
    for at, wide in enumerate((24, 44, 18)):
        ws.set_column(at, at, wide)
    front = f"MẶT TRẬN TỔ QUỐC VIỆT NAM TỈNH {definitions().province.name.upper()}"
    ws.write(0, 0, front, paper.look(bold=True, font_color=MUTED))
    title = paper.look(bold=True, font_size=16, text_wrap=True, align="left")
    ws.merge_range(1, 0, 1, 2, f"{of.rules.title.vi}: {STAGES[stage].lower()}", title)
    ws.set_row(1, 46)
    if heading.origin:
        ws.write(2, 0, heading.origin.upper(), paper.look(bold=True, font_size=13, font_color=TINTS[BAD][1]))
    facts: list[tuple[str, object]] = [
        (SHEET, of.rules.id), (STAGE, STAGES[stage]), (COMMUNE, unit.code if unit else "tất cả"),
        (NAME, heading.unit), ("Số liệu tính đến ngày", format.day(of.rules.cut_off)),
        (ORIGIN, heading.origin or "Số liệu của tỉnh"), (BY, ""),
    ]  # fmt: skip
    for row, (label, value) in enumerate(facts, 4):
        ws.write(row, 0, label, paper.look(**FRAME, bg_color=HEADER, indent=1))
        entry = {"locked": False, "bg_color": ENTRY} if label == BY else {}
        put(ws, row, 1, value, paper.look(**FRAME, **entry, align="left", indent=1, bold=True, num_format="@"))
        ws.set_row(row, 20)
    row = 4 + len(facts) + 1
    ws.write(row, 0, "Cách điền", paper.look(bold=True, font_size=12))
    for number, step in enumerate(STEPS.get(stage, STEPS[""]), 1):
        said = f"{number}. {step}"
        ws.merge_range(row + number, 0, row + number, 2, said, paper.look(text_wrap=True))
        ws.set_row(row + number, 15 * lines_needed(said, 86 * PLAIN_LETTERS) + 5)
    ws.protect("", {"format_columns": True, "format_rows": True})
    page(ws, heading, landscape=False)


# ---- entry lines ---------------------------------------------------------------------------------------------------


def _lines(
    paper: Paper, heading: Heading, of: Round, stage: str, name: str, lines: Sequence[tuple[Commune, Criterion]]
) -> None:
    """One sheet to fill in: a line for each commune and criterion, what is known grey, what is asked open."""
    ws, columns = paper.book.add_worksheet(name), _columns(stage)
    heads = COLUMNS | {f"stage:{id}": name for id, name in STAGES.items()} | {"check": SELF_CHECK}
    heads |= {f"of:{id}": name for id, name in OF_COMMUNE.items()}
    _titles(paper, ws, heading, of, name if stage == OWN else lines[0][1].label.vi if lines else name, len(columns))
    for at, id in enumerate(columns):
        ws.set_column(at, at, WIDTHS[id])
        ws.write(
            HEAD,
            at,
            heads[id],
            paper.look(**FRAME, bold=True, font_size=10, bg_color=HEADER, text_wrap=True, align="center"),
        )
    ws.set_row(HEAD, 56)
    for row, (unit, rule) in enumerate(lines, BODY):
        _line(paper, ws, row, columns, unit, rule, stage, of.stages.get((unit.code, rule.id), {}))
    if lines:
        _rules(paper, ws, columns, len(lines), stage)
    ws.freeze_panes(BODY, columns.index("most"))
    ws.protect("", {"format_columns": True, "format_rows": True})
    page(ws, heading, landscape=True)
    ws.repeat_rows(HEAD)
    ws.print_area(0, 0, BODY + max(len(lines), 1) - 1, len(columns) - 1)


def _columns(stage: str) -> list[str]:
    if stage == OWN:
        return ["commune", "criterion", "label", "most", "seen", "points", "explanation", "evidence", "reason", "check"]
    before = [f"stage:{id}" for id in list(STAGES)[: list(STAGES).index(stage)]]
    paper = ["of:explanation", "of:evidence"]
    return ["commune", "criterion", "name", *paper, "most", *before, "seen", "points", "reason", "evidence", "check"]


def _titles(paper: Paper, ws: Worksheet, heading: Heading, of: Round, title: str, wide: int) -> None:
    ws.write(0, 0, title.upper(), paper.look(bold=True, font_size=14))
    ws.write(1, 0, f"{heading.unit} · {of.rules.title.vi}", paper.look(bold=True))
    if heading.origin:
        ws.write(1, wide - 1, heading.origin, paper.look(bold=True, font_color=TINTS[BAD][1], align="right"))
    said = "Ghi vào ô màu vàng nhạt. Điểm là bội của 0,5, từ 0 đến điểm tối đa; để trống là chưa chấm, không phải 0."
    ws.write(2, 0, said, paper.look(font_color=MUTED, font_size=10))


def _line(
    paper: Paper, ws: Worksheet, row: int, columns: Sequence[str], unit: Commune, rule: Criterion, stage: str,
    given: Mapping[str, Given],
) -> None:  # fmt: skip
    standing, own = latest(given), given.get(OWN)
    known: dict[str, object] = {
        "commune": unit.code, "criterion": rule.id, "name": unit.full_name, "label": rule.label.vi,
        "most": rule.points, "seen": standing.points if standing else "",
        "of:explanation": own.explanation if own else "", "of:evidence": own.evidence if own else "",
    } | {f"stage:{id}": value.points for id, value in given.items()}  # fmt: skip
    for at, id in enumerate(columns):
        if id == "check":
            formula = _check(columns, row, stage)
            ws.write_formula(row, at, formula, paper.look(**FRAME, align="center", font_size=10), "")
        elif id in ("points", "explanation", "reason", "evidence"):
            look = {"align": "right", "num_format": "0.0"} if id == "points" else {"text_wrap": True, "num_format": "@"}
            ws.write_blank(row, at, None, paper.look(**FRAME, **look, bg_color=ENTRY, locked=False))
        else:
            small = {"font_size": 9} if id in ("commune", "criterion", "of:explanation", "of:evidence") else {}
            number = {"align": "right", "num_format": "0.0"} if isinstance(known.get(id), float) else {}
            look = paper.look(**FRAME, **small, **number, bg_color=LOCKED, font_color=MUTED, text_wrap=True)
            put(ws, row, at, known.get(id, ""), look)
    tall = {"explanation": 34.0} if stage == OWN else {}
    said = max(lines_needed(str(known.get(id, "")), WIDTHS[id] * 1.2) for id in columns if id in known)
    ws.set_row(row, max(15.0 * said + 4, *tall.values(), 20))


def _check(columns: Sequence[str], row: int, stage: str) -> str:
    """The line's own judgement: empty until begun, then whether points, papers and the reason are there."""
    at = {id: xl_rowcol_to_cell(row, columns.index(id)) for id in columns}
    points, most, seen = at["points"], at["most"], at["seen"]
    begun = ",".join(at[id] for id in ("points", "explanation", "evidence", "reason") if id in at)
    wrong = f"NOT(ISNUMBER({points})),{points}<0,{points}>{most},{points}*2<>INT({points}*2)"
    lacking = [f'AND({seen}<>"",{points}<>{seen},{at["reason"]}="")']
    lacking += [f'{at["explanation"]}=""', f'{at["evidence"]}=""'] if stage == OWN else []
    # Excel reckons all arguments of OR: text times 2 must not make the whole an error.
    judged = f'IF(ISNUMBER({points}),IF(OR({wrong}),"{BAD}",IF(OR({",".join(lacking)}),"{SHORT}","{GOOD}")),"{BAD}")'
    return f'=IF(COUNTA({begun})=0,"",IF({points}="","{SHORT}",{judged}))'


def _rules(paper: Paper, ws: Worksheet, columns: Sequence[str], count: int, stage: str) -> None:
    """What the points' cells take, and the colours of the self-check."""
    at, last = columns.index("points"), BODY + count - 1
    here, most = (xl_rowcol_to_cell(BODY, columns.index(id)) for id in ("points", "most"))
    rule = f"=AND(ISNUMBER({here}),{here}>=0,{here}<={most},{here}*2=INT({here}*2))"
    ws.data_validation(BODY, at, last, at, {
        "validate": "custom", "value": rule, "error_title": "Chưa đúng",
        "error_message": "Chỉ ghi số là bội của 0,5, từ 0 đến điểm tối đa; không ghi chữ.",
        "input_title": COLUMNS["points"], "input_message": "Bội của 0,5, từ 0 đến điểm tối đa. Để trống là chưa chấm.",
    })  # fmt: skip
    check = columns.index("check")
    for word, (fill, ink) in TINTS.items():
        look = paper.book.add_format({"bg_color": fill, "font_color": ink})
        ws.conditional_format(
            BODY, check, last, check, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        )


# ---- computed criteria, to be read ---------------------------------------------------------------------------------


def _computed(paper: Paper, heading: Heading, of: Round, unit: Commune) -> None:
    """Today's figures and points of the criteria that are computed, and why there is none."""
    ws = paper.book.add_worksheet(READABLE)
    heads = (("Tiêu chí", 46), ("Điểm tối đa", 11), ("Số liệu", 14), ("Điểm", 11), ("Vì sao chưa có", 48))
    _titles(paper, ws, heading, of, READABLE, len(heads))
    ws.write(2, 0, "Chỉ để xem: tính từ báo cáo tháng và sổ của tỉnh.", paper.look(font_color=MUTED, font_size=10))
    for at, (head, wide) in enumerate(heads):
        ws.set_column(at, at, wide)
        ws.write(HEAD, at, head, paper.look(**FRAME, bold=True, font_size=10, bg_color=HEADER, align="center"))
    rules = [one for one in of.rules.criteria if not isinstance(one.score, Manual)]
    rows = {
        row["criterion"]: row for row in of.scored.lines.filter(pl.col("commune") == unit.code).iter_rows(named=True)
    }
    for number, rule in enumerate(rules, BODY):
        row = rows[rule.id]
        why = row["reason"] or ("not_applicable" if row["state"] == "not_applicable" else "")
        shown = (
            rule.label.vi,
            rule.points,
            row["figure"],
            row["points"],
            reason(why, "vi") if why else "",
        )
        for at, value in enumerate(shown):
            number_look = {"align": "right", "num_format": "#,##0.00"} if at in (1, 2, 3) else {"text_wrap": True}
            look = paper.look(**FRAME, **number_look, bg_color=LOCKED, font_color=MUTED)
            put(ws, number, at, "" if value is None else value, look)
        ws.set_row(number, 20)
    ws.protect("", {"format_columns": True, "format_rows": True})
    page(ws, heading, landscape=True)
