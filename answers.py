"""What the verbs that only look and hand out do: status, places match, methods, awards, audit, template."""

import csv
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from definitions import format
from definitions.award_rules import Sheet, sheets
from definitions.load import ACCESS, definitions
from definitions.places import Match, match_commune
from definitions.text import LANGUAGES, text
from etl import award_bundle, award_entries, award_stages, forms, handouts, store
from etl.build import build
from etl.workbook.package import Refused
from exports import award_check, award_papers, pdf_pages, signing, tables, words
from exports import award_workbook as council
from exports import measures as spoken
from exports.award_round import Round, scored_round
from methods.catalogue import ANSWERS, CATALOGUE, TABLES
from methods.equity_table import Answer
from methods.months import month_from_text
from methods.ranks import SEED
from methods.sample_check import PASS, SIZE, drawn
from metrics import audit as auditing
from metrics import award_reversals, published, targets, units
from metrics import awards as scoring
from warehouse.publish import CheckFailed
from warehouse.version import Version, current, open_version

WIDE = 220  # columns where no terminal limits them
FOUND = {"exact": "đúng tên", "alias": "tên khác", "ambiguous": "nhiều xã, phường cùng khớp", "none": "không khớp"}
EPOCHS = {"new": "hiện nay", "old": "trước 7/2025", "earlier": "tên trước đó", "": ""}
# Output columns of a method shown to people: head and how it is printed; --json gives all columns.
SHOWN: dict[str, dict[str, tuple[str, str]]] = {
    "progress": {
        "unit": ("Đơn vị", "text"),
        "month": ("Tháng", "text"),
        "share": ("Tỷ lệ", "share"),
        "goal": ("Chỉ tiêu", "share"),
        "verdict": ("Đánh giá của sản phẩm", "text"),
        "reason": ("Lý do", "text"),
        "F": ("F", "ratio"),
        "R": ("R", "ratio"),
        "left": ("Còn phải đạt", "count"),
        "needed_per_week_from_today": ("Cần mỗi tuần", "number"),
        "p_hat": ("Dự báo đến hạn", "share"),
        "growth_verdict": ("Quy tắc tốc độ tăng trưởng", "text"),
        "growth_R": ("R (tăng trưởng)", "ratio"),
        "rows_left_out": ("Dòng không dùng được", "count"),
    },
    "bounds": {
        "unit": ("Đơn vị", "text"),
        "coverage": ("Tỷ lệ chung", "share"),
        "group_share": ("Nhóm chiếm", "share"),
        "lower": ("Nhóm đạt ít nhất", "share"),
        "upper": ("Nhóm đạt nhiều nhất", "share"),
        "reason": ("Lý do", "why"),
    },
    "wilson": {
        "unit": ("Đơn vị", "text"),
        "numerator": ("Đạt", "count"),
        "denominator": ("Mẫu", "count"),
        "share": ("Tỷ lệ trong mẫu", "share"),
        "lower": ("Khoảng tin cậy từ", "share"),
        "upper": ("đến", "share"),
        "reason": ("Lý do", "why"),
    },
    "protect": {
        "unit": ("Đơn vị", "text"),
        "category": ("Nhóm (trống: tổng)", "text"),
        "numerator": ("Tử số", "count"),
        "denominator": ("Mẫu số", "count"),
        "numerator_reason": ("Lý do ẩn tử số", "text"),
        "denominator_reason": ("Lý do ẩn mẫu số", "text"),
    },
    "attack": {
        "unit": ("Đơn vị", "text"),
        "category": ("Nhóm", "text"),
        "measure": ("Số bị ẩn", "text"),
        "low": ("Ít nhất", "count"),
        "high": ("Nhiều nhất", "count"),
        "values": ("Số giá trị còn lại", "count"),
        "told": ("Đã lộ từ số tổng", "text"),
    },
    "trend": {
        "unit": ("Đơn vị", "text"),
        "n": ("Số lần đo", "count"),
        "direction": ("Xu hướng", "text"),
        "p": ("p", "ratio"),
        "slope": ("Độ dốc Sen", "ratio"),
        "lower": ("Khoảng tin cậy từ", "ratio"),
        "upper": ("đến", "ratio"),
        "per": ("Mỗi", "text"),
        "reason": ("Lý do", "why"),
    },
    "anomalies": {
        "unit": ("Đơn vị", "text"),
        "day": ("Ngày", "text"),
        "value": ("Giá trị", "ratio"),
        "expected": ("Dự kiến", "ratio"),
        "remainder": ("Chênh", "ratio"),
        "z": ("z", "ratio"),
        "flag": ("Bất thường", "text"),
        "reason": ("Lý do", "why"),
    },
    "overperforming": {
        "post": ("Bài", "text"),
        "account": ("Trang", "text"),
        "interactions": ("Tương tác", "count"),
        "expected": ("Thường đạt", "ratio"),
        "n": ("Số bài so sánh", "count"),
        "pooled": ("So với cụm", "text"),
        "score": ("Điểm", "ratio"),
        "reason": ("Lý do", "why"),
    },
    "ontime": {
        "unit": ("Đơn vị", "text"),
        "on_time": ("Đúng hạn", "count"),
        "late": ("Trễ hạn", "count"),
        "overdue": ("Chưa xong, quá hạn", "count"),
        "not_due": ("Chưa đến hạn", "count"),
        "without_due": ("Không có hạn", "count"),
        "rate": ("Tỷ lệ đúng hạn", "share"),
        "reason": ("Lý do", "why"),
    },
    "survival": {
        "unit": ("Đơn vị", "text"),
        "n": ("Số vụ việc", "count"),
        "done": ("Đã xong", "count"),
        "median": ("Trung vị", "ratio"),
        "lower": ("Khoảng tin cậy từ", "ratio"),
        "upper": ("đến", "ratio"),
        "reason": ("Lý do", "why"),
    },
}
# Why a count is hidden (methods.protect.REASONS), to somebody who sees exact counts.
HIDDEN = {
    "": "",
    "denominator": "mẫu số 1-9",
    "numerator": "tử số 1-4",
    "complement": "phần còn lại 1-4",
    "none_or_all": "không hộ nào hoặc tất cả, mẫu số dưới 20",
    "others": "để bảo vệ số khác",
    "earlier": "đã ẩn ở bản trước",
}
DIRECTIONS = {"rising": "tăng", "falling": "giảm", "none": "không rõ xu hướng", "": ""}
FLAGS = {"": "", "outlier": "khác thường", "jump_after_copies": "khác, trong khi phần lớn đúng như dự kiến"}
MOST_TOLD = 20  # units of a split shown to people; --json gives all
GROWTH = {
    "achieved": "đã đạt",
    "substantial": "tiến bộ nhiều",
    "moderate": "tiến bộ vừa",
    "limited": "tiến bộ ít",
    "deterioration": "giảm sút",
    "not_available": "chưa tính được",
}


class CannotAnswer(Exception):
    """What was asked cannot be done; the text is the sentence for the person who asked."""


# ---- which data ----------------------------------------------------------------------------------------------------


def chosen_root(is_demo: bool | None) -> store.Root:
    """The root asked for; else the real one, or the demonstration's while that alone has figures (as the pages do)."""
    if is_demo is not None:
        return store.root("demo" if is_demo else "real")
    real, demo = store.root("real"), store.root("demo")
    shown = published.published(real.path, demo.path)
    return demo if shown and shown.path.is_relative_to(demo.path) else real


def version_of(root: store.Root, as_of: date | None) -> Version:
    """The current version, or the one of what was known at the end of a past day."""
    if as_of is None:
        standing = current(root.path)
        if standing is None:
            raise CannotAnswer(
                "Chưa có bản số liệu nào được công bố; hãy nạp báo cáo (load) hoặc tạo dữ liệu minh hoạ (demo)."
            )
        return standing
    if as_of > store.now().date():
        raise CannotAnswer(f"Ngày {format.day(as_of)} chưa tới.")
    try:
        return open_version(root.published, build(root, as_of))
    except CheckFailed as wrong:
        raise CannotAnswer(f"Không dựng được số liệu đến ngày {format.day(as_of)}: {wrong}") from wrong


def version(origin: store.Origin, id: str) -> Version:
    """The published version of that id in the real or the demonstration root; what a page prints to be run again."""
    return open_version(store.root(origin).published, id)


# ---- status --------------------------------------------------------------------------------------------------------


def status(target: str, unit: str | None, as_of: date | None, as_json: bool, is_demo: bool | None) -> None:
    """The standing of all units, or of one, against a target: metrics.targets.status, as the pages show it."""
    if target not in definitions().targets:
        raise CannotAnswer(f"Không có chỉ tiêu “{target}”; các chỉ tiêu: {', '.join(definitions().targets)}.")
    version = version_of(chosen_root(is_demo), as_of)
    day = published.today(version, store.now())
    frame = targets.status(version, target, day, unit=unit)
    if unit and frame.is_empty():
        raise CannotAnswer(f"Không có đơn vị “{unit}”; dùng mã xã, phường, mã tỉnh hoặc cluster:<mã cụm>.")
    said = published.facts(version)
    is_access = definitions().targets[target].indicator == ACCESS
    about = {
        "target": target, "version": version.id, "origin": said["origin"], "as_of": said["as_of"], "today": day,
        "access_note": words.access_note() if is_access else None,
    }  # fmt: skip
    if as_json:
        show_json(about | {"units": frame.rows(named=True)})
        return
    show_standing(frame, target, about)


def show_standing(frame: Any, target: str, about: dict[str, Any]) -> None:
    """The answer in a sentence, the table the page shows, and what a careful reader has to know."""
    of = tables.standing(frame, target, "vi")
    first = of.frame.row(0, named=True)
    print(f"{first['full_name']}: {words.answer(first)}")
    rows = [[tables.printed(row[c.id], c.format, "vi") for c in of.columns] for row in of.frame.iter_rows(named=True)]
    show_table(of.title, [(c.head, c.format in tables.RIGHT) for c in of.columns], rows)
    if about["as_of"]:
        print(f"Như đã biết đến hết ngày {format.day(date.fromisoformat(about['as_of']))}, theo định nghĩa hiện nay.")
    if about["origin"] == "demo":
        print(forms.DEMO)
    notes = [
        *(words.notes(first) if len(rows) == 1 else [about["access_note"]]),
        f"tính đến ngày {format.day(about['today'])}",
    ]
    print(" · ".join([note for note in notes if note] + [f"phiên bản {about['version']}"]))


# ---- places match --------------------------------------------------------------------------------------------------


def match_places(text: str, epoch: Literal["old", "new"] | None, as_json: bool) -> bool:
    """Say which commune a name or code means, or each line of standard input for "-"; True when every one was sure."""
    names = [text]
    if text == "-":
        lines = [line.removeprefix("\ufeff").strip() for line in sys.stdin]
        names = [line for line in lines if line]
    if not any(name.strip() for name in names):
        raise CannotAnswer("Không có tên nào để tìm.")
    found = [(name, match_commune(name, epoch)) for name in names]
    if as_json:
        answers = [
            {"text": name, **asdict(match), "candidates": [c._asdict() for c in match.candidates]}
            for name, match in found
        ]
        show_json(answers if text == "-" else answers[0])
    else:
        for name, match in found:
            show_match(name, match)
    return all(match.code for _, match in found)


def show_match(name: str, match: Match) -> None:
    called = {commune.code: commune.full_name for commune in forms.communes()}
    meant = f"{match.code} {called[match.code]}" if match.code else "–"
    print(f"{name} → {meant} ({FOUND[match.verdict]})")
    if match.verdict != "exact":
        for candidate in match.candidates:
            heir = f" → nay {candidate.new_code} {called[candidate.new_code]}" if candidate.epoch != "new" else ""
            print(f"    {candidate.code or '–'} {candidate.full_name} [{EPOCHS[candidate.epoch]}]{heir}")


# ---- methods -------------------------------------------------------------------------------------------------------


def method(name: str, source: Path, as_json: bool, options: dict[str, Any]) -> None:
    """A method's answer on an analyst's own table; options left None or False are the method's own defaults."""
    given = {key: value for key, value in options.items() if value is not None and value is not False}
    columns, lines = read_csv(source)
    if not lines:
        raise CannotAnswer(f"{source} chỉ có dòng tên cột, không có số liệu.")
    try:
        result = (TABLES | ANSWERS)[name](columns, **given)
    except ValueError as problem:
        # The method counts rows; people look for lines of the file.
        said = re.sub(r"^row (\d+)", lambda row: f"line {lines[int(row[1]) - 1]}", str(problem))
        raise CannotAnswer(f"{source}: {said}") from problem
    tellers: dict[str, Callable[[Any, bool], None]] = {
        "equity": tell_equity, "decompose": tell_split, "composite": tell_composite, "ranks": tell_ranks
    }  # fmt: skip
    tellers.get(name, partial(tell_rows, name))(result, as_json)


def tell_rows(name: str, result: dict[str, list[Any]], as_json: bool) -> None:
    """A method with one row per unit."""
    rows = [dict(zip(result, values, strict=True)) for values in zip(*result.values(), strict=True)]
    if as_json:
        show_json({"method": name, "source": CATALOGUE[name].source, "rows": rows})
        return
    shown = SHOWN[name]
    cells = [[said(id, row[id], kind) for id, (_, kind) in shown.items()] for row in rows]
    show_table(spoken.name(name), [(head, kind not in ("text", "why")) for head, kind in shown.values()], cells)
    if name == "progress":
        print(f"Quy tắc tốc độ tăng trưởng để so sánh: {CATALOGUE['growth'].source}.")


def tell_equity(result: list[Answer], as_json: bool) -> None:
    """One object per combination, several as a list; for people a table with a sentence for each measure."""
    if as_json:
        content = [({"where": answer.where} if answer.where else {}) | answer.measures for answer in result]
        show_json(content[0] if len(content) == 1 else content)
        return
    heads = (("", False), ("Thước đo", False), ("Giá trị", True), ("Khoảng tin cậy 95%", True), ("Nghĩa là", False))
    for answer in result:
        title = ", ".join(f"{key} {value}" for key, value in answer.where.items())
        # Ordered groups have measures of their own, unordered ones theirs.
        told = [id for id, of in answer.measures.items() if of.get("reason") not in ("ordered", "unordered")]
        show_table(title or "Chênh lệch giữa các nhóm", heads, [equity_row(answer, id) for id in told])
    print(f"Nguồn: {CATALOGUE['d'].source}.")


def equity_row(answer: Answer, id: str) -> list[str]:
    """One measure: abbreviation, name, value, bounds, what it says or why it cannot be computed."""
    of = answer.measures[id]
    if "reason" in of:
        return [id, spoken.name(id), format.NONE, format.NONE, spoken.reason(of["reason"])]
    lower, upper = (spoken.number(id, of[part], answer.scale) for part in ("lower", "upper"))
    meaning = spoken.sentence(
        id, of["estimate"], scale=answer.scale, is_favourable=answer.is_favourable, is_ordered=answer.is_ordered,
        has_reference=answer.has_reference,
    )  # fmt: skip
    bounds = format.NONE if of["lower"] is None else f"{lower} – {upper}"
    return [id, spoken.name(id), spoken.number(id, of["estimate"], answer.scale), bounds, meaning]


def tell_split(result: dict[str, Any], as_json: bool) -> None:
    """The split of a gap; for people a sentence and the units that carry most of it first."""
    if as_json:
        show_json(result)
        return
    # A scale of 0: the rates are in a unit of their own.
    scale = 1.0 if result["rates"] == "shares" else 0.0
    if result["reason"]:
        print(f"{result['first']}, {result['second']}: {spoken.reason(result['reason'])}")
        return
    said_split = spoken.split(result["gap"], result["composition"], result["within"], scale)
    print(f"{result['first']} so với {result['second']}: {said_split}")
    parts = ("composition_from_mean", "within")
    told = [unit for unit in result["units"] if unit["within"] is not None]
    told.sort(key=lambda unit: -abs(sum(unit[part] for part in parts)))
    heads = (("Đơn vị", False), ("Do địa bàn cư trú (so với mức bình quân)", True), ("Trong cùng địa bàn", True))
    rows = [[unit["unit"], *(spoken.level(unit[part], scale) for part in parts)] for unit in told[:MOST_TOLD]]
    show_table("Các đơn vị đóng góp nhiều nhất vào chênh lệch", heads, rows)
    if result["left_out"]:
        print(f"Để ngoài vì thiếu số liệu: {', '.join(result['left_out'])}.")
    print(f"Nguồn: {CATALOGUE['kitagawa'].source}.")


def tell_composite(result: dict[str, Any], as_json: bool) -> None:
    """Scores and places, and how places shift under the other ways."""
    if as_json:
        show_json({"method": "composite", "source": CATALOGUE["composite"].source} | result)
        return
    heads = (("Đơn vị", False), ("Điểm", True), ("Thứ hạng", True), ("Lý do", False))
    rows = [
        [row["unit"], format.decimal(row["score"], 4), format.integer(row["place"]), why(row["reason"])]
        for row in result["rows"]
    ]
    show_table(f"{result['normalise']}, {result['aggregate']}", heads, rows)
    ways = (("Chuẩn hoá", False), ("Tổng hợp", False), ("Số bậc thay đổi bình quân", True))
    others = [[one["normalise"], one["aggregate"], format.decimal(one["mean_shift"], 2)] for one in result["variants"]]
    show_table(spoken.name("mean_shift"), ways, others)
    tell_left_out(result)


def tell_ranks(result: dict[str, Any], as_json: bool) -> None:
    """Each unit's place, its interval and how many it beats whatever the weights."""
    if as_json:
        show_json({"method": "ranks", "source": CATALOGUE["ranks"].source} | result)
        return
    counts = (("Thứ hạng", True), ("Khoảng 90%", True), ("Hơn ở mọi trọng số", True))
    heads = (("Đơn vị", False), *counts, ("Lý do", False))
    rows = [
        [row["unit"], format.integer(row["place"]), f"{row['low']} – {row['high']}" if row["place"] else format.NONE,
         format.integer(len(row["beats"] or [])), why(row["reason"])]
        for row in result["rows"]
    ]  # fmt: skip
    show_table(spoken.name("ranks"), heads, rows)
    tell_left_out(result)


def tell_left_out(result: dict[str, Any]) -> None:
    if result["left_out"]:
        print(f"Để ngoài vì mọi đơn vị như nhau: {', '.join(result['left_out'])}.")


def why(reason: str) -> str:
    return spoken.reason(reason) if reason else ""


def said(id: str, value: Any, kind: str) -> str:
    """One figure of a method as people read it."""
    spoken_as: dict[str, Any] = {"verdict": words.verdict, "reason": words.reason}
    spoken_as |= {"growth_verdict": GROWTH.__getitem__, "told": {True: "có", False: ""}.__getitem__}
    spoken_as |= {"pooled": {True: "có", False: ""}.__getitem__, "flag": FLAGS.__getitem__}
    spoken_as |= {"direction": DIRECTIONS.__getitem__, "per": {"day": "ngày", "month": "tháng"}.__getitem__}
    spoken_as |= {"numerator_reason": HIDDEN.__getitem__, "denominator_reason": HIDDEN.__getitem__}
    if kind == "ratio":
        return format.decimal(value, 2)
    if kind == "why":
        return spoken.reason(value) if value else ""
    return tables.printed(spoken_as[id](value) if id in spoken_as else value, kind, "vi")


# ---- awards --------------------------------------------------------------------------------------------------------


def draft(id: str, as_of: date | None, against: str | None, as_json: bool, is_demo: bool | None) -> None:
    """A score sheet tried on past data, and against another one; the standings as people read them, or as JSON."""
    version = version_of(chosen_root(is_demo), as_of)
    rules = scoring.as_of(sheet_of(id), as_of) if as_of else sheet_of(id)
    found = scoring.scored(version, rules, is_draft=True)
    decides = scoring.deciding(found) if rules.kind == "points" else None
    gains = None
    if against:
        other = scoring.as_of(sheet_of(against), as_of) if as_of else sheet_of(against)
        if "pass_fail" in (rules.kind, other.kind):
            raise CannotAnswer("Bảng đạt hay không đạt không có thứ hạng để so.")
        gains = scoring.gains(found, scoring.scored(version, other, is_draft=True))
    told = {"unmeasured": found.unmeasured, "standings": found.standings.to_dicts()}
    told |= {"deciding": decides.to_dicts()} if decides is not None else {}
    told |= {"gains": gains.to_dicts()} if gains is not None else {}
    if as_json:
        show_json({"sheet": id, "cut_off": rules.cut_off.isoformat()} | told)
        return
    tell_draft(rules, told, units.names(version))


def sheet_of(id: str) -> Sheet:
    if id not in sheets():
        raise CannotAnswer(f"Không có bảng điểm “{id}”; các bảng: {', '.join(sheets())}.")
    return sheets()[id]


def tell_draft(rules: Sheet, told: dict[str, Any], names: dict[str, str]) -> None:
    """The draft in tables: communes by cluster and place, then what decides and who gains."""
    if rules.kind == "pass_fail":
        yes = {True: "đạt", False: "không đạt", None: "chưa đủ số liệu"}
        rows = [[names[row["commune"]], yes[row["passed"]]] for row in told["standings"]]
        show_table(rules.title.vi, (("Xã, phường", False), ("Kết quả", False)), rows)
    else:
        called = {"": ""} | {grade.id: grade.label.vi for grade in rules.grades}
        called |= {award.id: award.label.vi for award in rules.awards}
        by_place = sorted(told["standings"], key=lambda row: (row["cluster"], row["place"] or 1000))
        rows = [
            [names.get(row["cluster"], ""), format.integer(row["place"]), names[row["commune"]],
             format.decimal(row["points"], 2), called[row["grade"] or ""], called[row["award"]]]
            for row in by_place
        ]  # fmt: skip
        heads = (("Cụm", False), ("Hạng", True), ("Xã, phường", False), ("Điểm", True), ("Xếp loại", False))
        show_table(rules.title.vi, (*heads, ("Đề nghị", False)), rows)
        labels = {one.id: one.label.vi for one in rules.criteria}
        shares = [[labels[one["criterion"]], format.percent(one["share"])] for one in told["deciding"]]
        if shares:
            show_table("Tiêu chí làm nên chênh lệch", (("Tiêu chí", False), ("Phần", True)), shares)
    for one in sorted(told.get("gains", []), key=lambda row: -abs(row["gain"]))[:MOST_TOLD]:
        print(f"{names[one['commune']]}: hạng {one['place_before']} → {one['place']}")
    if told["unmeasured"]:
        left_out = "; ".join(rules.criterion(id).label.vi for id in told["unmeasured"])
        print(f"Chưa đo được, để ngoài với mọi xã, phường: {left_out}.")


QUESTIONS = {
    "surge": "kỳ cuối tăng {gain:.0f} hộ, gấp {times:.0f} lần mức tăng thường thấy ({usual:.0f} hộ mỗi tháng)",
    "copied": "{same} trong {villages} thôn có số đúng bằng kỳ trước",
    "heaping": "{round} trong {figures} thôn có số tận cùng là 0 hoặc 5",
    "reversal": "số hộ đã báo khi chốt là {at_award:.0f}, nay chỉ còn {now:.0f}",
    "bunching": "“{criterion}”: {above} xã, phường đứng ngay trên mức {cut_off:.0%}, chỉ {below} ngay dưới mức ấy",
}
LETTER = """Kính gửi Ủy ban Mặt trận Tổ quốc Việt Nam {name}.
Khi xem số liệu thi đua đến ngày {day}, chúng tôi có câu hỏi sau và xin đơn vị cho biết lý do:
{asked}
Câu hỏi không phải là điểm trừ. Đơn vị trả lời ngay dưới tin này, hoặc gửi lại báo cáo nếu số liệu cần sửa.
Trân trọng cảm ơn.
"""


def questions(
    as_of: date | None, as_json: bool, is_demo: bool | None, sheet: str = "", letters: Path | None = None
) -> None:  # fmt: skip
    """What the figures up to a day make a council ask the communes, and a text to send each; none of it is a penalty.

    sheet: also those just above a line of that sheet, and figures that fell after its cut-off.
    """
    root = chosen_root(is_demo)
    version, day = version_of(root, as_of), as_of or store.now().date()
    found = scoring.questions(version, day)
    rows = [row | {"evidence": json.loads(row["evidence"])} for row in found.iter_rows(named=True)]
    rows += sheet_questions(root, version, sheet_of(sheet), day) if sheet else []
    if letters:
        write_letters(letters, rows, version, day, root.origin == "demo")
    if as_json:
        show_json({"questions": rows})
        return
    names = units.names(version)
    for row in rows:
        print(f"{names[row['commune']]}: {QUESTIONS[row['code']].format(**row['evidence'])}. Xin cho biết lý do.")
    print(f"{len(rows)} câu hỏi; không câu nào là điểm trừ.")


def sheet_questions(root: store.Root, version: Version, rules: Sheet, day: date) -> list[dict[str, Any]]:
    """What only a scoring round makes one ask: bunching at its lines, and falls since its cut-off."""
    crowd = scoring.crowding(scored_round(root, version, rules, day).scored, rules)
    rows = [
        {"commune": unit, "code": "bunching"}
        | {"evidence": json.loads(evidence) | {"criterion": rules.criterion(criterion).label.vi}}
        for unit, criterion, evidence in crowd.iter_rows()
    ]
    fallen = award_reversals.reversals(version, rules.cut_off)
    return rows + [row | {"evidence": json.loads(row["evidence"])} for row in fallen.iter_rows(named=True)]


def write_letters(folder: Path, rows: Sequence[dict[str, Any]], version: Version, day: date, is_demo: bool) -> None:
    """One text for each commune that is asked something; a file that exists is never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    names = units.names(version)
    for commune in sorted({row["commune"] for row in rows}):
        own = [QUESTIONS[row["code"]].format(**row["evidence"]) for row in rows if row["commune"] == commune]
        asked = "\n".join(f"{number}. {one[:1].upper()}{one[1:]}. Vì sao?" for number, one in enumerate(own, 1))
        said = LETTER.format(name=names[commune], day=format.day(day), asked=asked)
        write_once(folder / f"cau-hoi-{commune}.txt", (f"{forms.DEMO}\n{said}" if is_demo else said).encode())


def on_sheet(id: str, is_demo: bool | None, act: Callable[[store.Root, Sheet], object]) -> str:
    """Something a person does on a sheet; gives the sentence that it is kept."""
    rules, root = sheet_of(id), chosen_root(is_demo)
    try:
        act(root, rules)
    except award_stages.NotAllowed as fault:
        raise CannotAnswer(f"Không ghi nhận. {award_entries.sentence(fault)}") from fault
    except ValueError as fault:
        raise CannotAnswer(f"Không ghi nhận: {fault}.") from fault
    return "Đã ghi nhận."


def sample(commune: str, seed: int, as_of: date | None, as_json: bool, is_demo: bool | None) -> None:
    """The households of a commune to visit, by village and line of the village's own book; no names."""
    version = version_of(chosen_root(is_demo), as_of)
    claimed = scoring.claims(version, commune, as_of or store.now().date())
    lines = drawn(claimed, seed)
    if not lines:
        raise CannotAnswer(f"{commune}: chưa có thôn nào báo hộ đạt, không có gì để kiểm tra.")
    if as_json:
        show_json({"commune": commune, "seed": seed, "claimed": claimed, "lines": [one._asdict() for one in lines]})
        return
    rows = [[one.village, format.integer(one.line), format.integer(claimed[one.village])] for one in lines]
    heads = (("Thôn", False), ("Dòng trong sổ của thôn", True), ("Số hộ thôn báo", True))
    show_table(f"{units.names(version)[commune]}: {len(lines)} hộ, số gieo {seed}", heads, rows)
    print(f"Đạt khi xác minh được ít nhất {PASS} trong {SIZE} hộ.")


def freeze(id: str, bundle: Path, as_of: date | None, is_demo: bool | None) -> str:
    """Freeze a round at its cut-off into a new file; gives the sentence to print."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    if as_of:
        rules = scoring.so_far(rules, as_of) if award_stages.adopted(root, id) else scoring.as_of(rules, as_of)
    if rules.cut_off >= store.now().date():
        raise CannotAnswer(f"Chưa hết ngày chốt {format.day(rules.cut_off)}.")
    if bundle.exists():
        raise CannotAnswer(f"Tệp {bundle} đã có; không ghi đè.")
    standing = award_stages.adopted(root, id)
    if standing and not as_of and standing["rules_sha256"] != award_stages.digest(rules):
        raise CannotAnswer(f"Bảng điểm {id} đã khác bản được thông qua.")
    points = scored_points(root, rules)
    bundle.write_bytes(award_bundle.freeze(root, rules, points, SEED))
    return f"Đã chốt vào {bundle}; điểm SHA-256 {store.sha_of(points)}"


def award_workbook(id: str, out: Path, as_of: date | None, has_certificates: bool, is_demo: bool | None) -> str:
    """A round as the council's workbook in a new file; gives the sentence to print.

    Once the cut-off is over what was known then counts; before that a draft on what is known by now.
    """
    rules, root = sheet_of(id), chosen_root(is_demo)
    if out.exists():
        raise CannotAnswer(f"Tệp {out} đã có; không ghi đè.")
    day = as_of or (rules.cut_off if rules.cut_off < store.now().date() else None)
    version = version_of(root, day)
    seen = day or date.fromisoformat(version.manifest["today"] or store.now().date().isoformat())
    out.write_bytes(council.workbook(scored_round(root, version, rules, seen), has_certificates=has_certificates))
    return f"Đã ghi {out}"


def replay(bundle: Path, as_json: bool) -> bool:
    """Score a frozen round anew, apart from all data here; say whether it comes out the same."""
    with tempfile.TemporaryDirectory() as folder:
        frozen = thawed(bundle, Path(folder))
        points = scored_points(frozen.root, frozen.rules)
    found = award_bundle.differences(frozen.points, points)
    now = award_bundle.made_with()
    told: dict[str, Any] = {"points_sha256": frozen.facts["points_sha256"], "replayed_sha256": store.sha_of(points)}
    told |= {"is_same": points == frozen.points}
    told |= {f"is_same_{name}": frozen.facts[key] == now[key]
             for name, key in (("commit", "commit"), ("code", "code_sha256"))}  # fmt: skip
    told |= {"differences": [{"where": where, "frozen": was, "now": is_} for where, was, is_ in found]}
    if as_json:
        show_json(told)
    else:
        tell_replay(told)
    return bool(told["is_same"])


def thawed(bundle: Path, folder: Path) -> award_bundle.Bundle:
    try:
        return award_bundle.thaw(read_bytes(bundle), folder)
    except award_bundle.NotWhole as fault:
        raise CannotAnswer(f"{bundle} không còn nguyên vẹn: {fault}.") from fault


def scored_points(root: store.Root, rules: Sheet) -> bytes:
    """The canonical points of a round, from what was known at the end of the cut-off day."""
    version = open_version(root.published, build(root, rules.cut_off))
    return scoring.canonical(scored_round(root, version, rules).scored)


def tell_replay(told: dict[str, Any]) -> None:
    print(f"Điểm đã chốt {told['points_sha256']}\nTính lại     {told['replayed_sha256']}")
    print("Giống hệt." if told["is_same"] else f"Khác ở {len(told['differences'])} dòng:")
    if not told["is_same_code"]:
        print("Mã nguồn hoặc định nghĩa khác với lúc chốt.")
    for one in told["differences"][:MOST_TOLD]:
        print(f"  {one['where']}: {one['frozen']} → {one['now']}")


# ---- papers of a round ---------------------------------------------------------------------------------------------


def papers(id: str, folder: Path, as_of: date | None, kinds: Sequence[str], lang: str, is_demo: bool | None) -> str:
    """Write the papers of a round as new files; gives the sentence to print."""
    root = chosen_root(is_demo)
    of = round_of(root, id, as_of)
    folder.mkdir(parents=True, exist_ok=True)
    written = [
        write_once(folder / name, content).name
        for name, content in award_papers.papers(of, lang)
        if name.rpartition(".")[2] in kinds
    ]
    why = award_papers.draft(of, lang)
    return "\n".join([*written, *([why] if why else [])])


def round_of(root: store.Root, id: str, as_of: date | None) -> Round:
    """A sheet as known at the end of its cut-off day; before that day, or as of a past one, as it stands then."""
    standing = award_stages.adopted(root, id)
    rules = Sheet.model_validate(standing["rules"]) if standing else sheet_of(id)
    day = as_of or (rules.cut_off if rules.cut_off < store.now().date() else None)
    version = version_of(root, day)
    return scored_round(root, version, rules, day or published.today(version, store.now()))


UNSIGNED = {
    "no_key_file": "không đọc được tệp khoá ({why})",
    "wrong_password_or_file": "mật khẩu không đúng, hoặc tệp không phải PKCS#12",
    "no_library": "không có thư viện PKCS#11 ở chỗ đã cho",
    "no_token": "không mở được thiết bị “{label}”: chưa cắm, tên khác hoặc sai mã PIN",
    "no_key_on_token": "thiết bị “{label}” không có khoá kèm chứng thư",
    "no_certificate": "tệp khoá không có chứng thư",
    "expired": "chứng thư chưa hoặc không còn hiệu lực (đến {until:%d/%m/%Y})",
    "cannot_sign": "tệp không phải PDF hoặc không cho ký thêm",
}
STAMP = "Ký bởi: %(signer)s\nThời gian ký: {at}"


def sign(
    file: Path, out: Path, key: Path | None, library: Path | None, token: str, reason: str, is_visible: bool,
    secret: Callable[[], str],
) -> str:  # fmt: skip
    """Sign a PDF into a new file; secret gives password or PIN when it is needed. Gives the sentence to print."""
    if (key is None) == (library is None) or (library is not None and not token):
        raise CannotAnswer("Chọn một trong hai: --pkcs12 TỆP, hoặc --pkcs11 THƯ_VIỆN kèm --token TÊN.")
    pdf = read_bytes(file)
    if pdf.startswith(b"%PDF-") and any(
        text("award_paper.no_signature", lang) in page.words for page in award_check.pages(pdf) for lang in LANGUAGES
    ):
        raise CannotAnswer(f"{file} là bản nháp, không ký.")
    under = [text(f"award_paper.{id}", lang) for lang in LANGUAGES for id in ("vice_chair", "chair")]
    about: dict[str, Any] = {
        "reason": reason,
        "stamp": STAMP.format(at=format.moment(store.now())) if is_visible else "",
        "under": under,
    }
    try:
        if key:
            content = signing.signed(pdf, signing.file_signer(key, secret()), **about)
        else:
            with signing.token_signer(library or Path(), token, secret()) as signer:
                content = signing.signed(pdf, signer, **about)
    except signing.CannotSign as fault:
        raise CannotAnswer(f"Chưa ký: {UNSIGNED[fault.code].format(**fault.said)}.") from fault
    return f"Đã ký vào {write_once(out, content)}"


def read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise CannotAnswer(f"Không đọc được {file}: {fault.strerror}.") from fault


def verify(file: Path, bundle: Path | None, trust: Path | None, as_json: bool, is_demo: bool | None) -> bool:
    """Say who signed a paper and where it differs from its round; True only when everything agrees."""
    content, roots = read_bytes(file), certificates(trust)
    if content.startswith(b"PK") and file.suffix.lower() == ".xlsx":
        return verify_workbook(file, content, bundle, as_json, is_demo)
    try:
        read = award_check.pages(content)
        signed = signing.signatures(content, roots) if content.startswith(b"%PDF-") else None
    except (pdf_pages.NotReadable, ValueError) as fault:
        raise CannotAnswer(f"{file} không đọc được: không phải PDF hay docx nguyên vẹn.") from fault
    claims = award_check.claims(read)
    if len(claims) != 1:
        raise CannotAnswer(
            f"{file}: chân trang không có (hoặc có nhiều) dòng đối chiếu; không phải một văn bản của bảng điểm."
        )
    claim = claims[0]
    laid = pdf_pages.laid_on(content) if signed is not None else []
    with tempfile.TemporaryDirectory() as folder:
        of = claimed_round(claim, bundle, Path(folder), is_demo)
        if not 1 <= claim.number <= len(award_papers.KINDS):
            raise CannotAnswer(f"{file}: không có mẫu số {claim.number}.")
        paper = award_papers.described_one(of, claim.number, claim.lang)
        found = award_check.compare(read, paper, laid)
    faults = [*signature_faults(signed, content, trust), *((paper.draft,) if paper.draft else ())]
    told: dict[str, Any] = {"is_whole": not faults and not found.differences, "paper": paper.id, "claim": asdict(claim)}
    told |= {"signatures": [shown_signature(one) for one in signed or ()], "faults": faults}
    told |= {"differences": [asdict(one) for one in found.differences]}
    told |= {
        "filled": [list(one) for one in found.filled],
        "laid_on": [asdict(one) for one in laid if one.kind != "Widget"],
    }
    show_json(told) if as_json else tell_verified(told, paper.subject, signed is not None, trust is not None)
    return bool(told["is_whole"])


def certificates(trust: Path | None) -> list[Any]:
    try:
        return signing.certificates(read_bytes(trust)) if trust else []
    except ValueError as fault:
        raise CannotAnswer(f"{trust} không có chứng thư nào.") from fault


def verify_workbook(file: Path, content: bytes, bundle: Path | None, as_json: bool, is_demo: bool | None) -> bool:
    """Say in which cells a council's workbook differs from its round; True only when in none."""
    try:
        claim = council.claim(content)
        if claim is None:
            raise CannotAnswer(f"{file} không phải tệp Excel của bảng điểm.")
        with tempfile.TemporaryDirectory() as folder:
            of = claimed_round(claim, bundle, Path(folder), is_demo)
            found = council.differences(content, of, claim.lang)
    except (Refused, ValueError) as fault:
        raise CannotAnswer(f"{file} không đọc được: không phải tệp Excel nguyên vẹn.") from fault
    cells = [{"sheet": sheet, "cell": cell, "frozen": was, "now": now} for sheet, cell, was, now in found]
    if as_json:
        show_json({"is_whole": not cells, "claim": claim._asdict(), "differences": cells})
        return not cells
    for one in cells[:MOST_TOLD]:
        print(f"Khác ở {one['sheet']}!{one['cell']}: theo bản chốt “{one['frozen']}”, trong tệp “{one['now']}”.")
    print("Mọi ô khớp với bản chốt." if not cells else f"Không khớp: {len(cells)} ô.")
    return not cells


def claimed_round(
    claim: award_check.Claim | council.Claim, bundle: Path | None, folder: Path, is_demo: bool | None
) -> Round:
    """The round a paper says it is of: of the bundle, else of the data here."""
    if bundle:
        frozen = thawed(bundle, folder)
        version = open_version(frozen.root.published, build(frozen.root, frozen.rules.cut_off))
        return scored_round(frozen.root, version, frozen.rules)
    root = chosen_root(is_demo)
    standing = award_stages.adopted(root, claim.sheet)
    final = Sheet.model_validate(standing["rules"]).cut_off if standing else None
    if claim.cut_off == final or not (root.published / claim.version).is_dir():
        return round_of(root, claim.sheet, claim.cut_off)
    rules = Sheet.model_validate(standing["rules"]) if standing else sheet_of(claim.sheet)
    return scored_round(root, open_version(root.published, claim.version), rules, claim.cut_off)


def signature_faults(signed: Sequence[signing.Signature] | None, content: bytes, trust: Path | None) -> list[str]:
    """What is wrong with the signatures of a PDF, in sentences."""
    if signed is None:
        return []
    if not signed:
        return ["Tệp chưa có chữ ký số nào."]
    said = []
    for one in signed:
        if not one.is_whole:
            said.append(f"Chữ ký của {one.signer} không còn đúng: nội dung đã bị sửa sau khi ký.")
        if not one.is_current:
            said.append(f"Chứng thư của {one.signer} không có hiệu lực lúc ký.")
        if one.is_trusted is False:
            said.append(f"Chứng thư của {one.signer} không do gốc tin cậy trong {trust} cấp.")
    if all(one.is_whole for one in signed) and not all(one.covers_all for one in signed):
        said.append(added_words(signed[-1].revision, content))
    return said


def added_words(before: bytes, after: bytes) -> str:
    """What came into a PDF after its last signature."""
    old, new = pdf_pages.laid_on(before), pdf_pages.laid_on(after)
    laid = [f"{one.kind} ở trang {one.page}" for one in new if new.count(one) > old.count(one)]
    is_same = pdf_pages.words(before) == pdf_pages.words(after)
    what = f"thêm lên trang: {', '.join(dict.fromkeys(laid))}" if laid else "không thấy hình hay chú thích mới"
    words = "chữ trên trang không đổi" if is_same else "chữ trên trang đã đổi"
    return f"Sau chữ ký cuối, tệp được ghi thêm ({what}; {words}); phần thêm không được chữ ký nào bảo vệ."


def shown_signature(one: signing.Signature) -> dict[str, Any]:
    return {key: value for key, value in asdict(one).items() if key != "revision"} | {
        "at": one.at.isoformat() if one.at else None
    }


def tell_verified(told: dict[str, Any], subject: str, is_pdf: bool, has_roots: bool) -> None:
    print(f"{told['paper']}: {subject}")
    for one in told["signatures"]:
        at = format.moment(store.local(one["at"])) if one["at"] else "không ghi giờ"
        clock = "có dấu thời gian" if one["is_timed"] else "giờ do máy ký ghi"
        chain = {
            True: "chuỗi chứng thư tin cậy",
            False: "chuỗi chứng thư không tin cậy",
            None: "chưa kiểm được chuỗi chứng thư",
        }
        print(
            f"Ký bởi {one['signer']} (chứng thư do {one['issuer']} cấp) lúc {at} ({clock}); {chain[one['is_trusted']]}."
        )
    if not is_pdf:
        print("Tệp docx không mang chữ ký số; chỉ đối chiếu nội dung.")
    for before, said in told["filled"]:
        print(f"Chỗ trống đã điền, sau “{before}”: {said}")
    if told["laid_on"]:
        laid = ", ".join(dict.fromkeys(f"{one['kind']} ở trang {one['page']}" for one in told["laid_on"]))
        print(f"Có đặt thêm lên trang: {laid}. Máy không đọc hình, dấu: xin xem bằng mắt có che số nào không.")
    for sentence in told["faults"]:
        print(sentence)
    for one in told["differences"][:MOST_TOLD]:
        print(f"Khác ở {one['place']}: theo bản chốt “{one['expected']}”, trong tệp “{one['found']}”.")
    if len(told["differences"]) > MOST_TOLD:
        print(f"và {len(told['differences']) - MOST_TOLD} chỗ khác nữa.")
    print(
        "Mọi con số khớp với bản chốt." if not told["differences"] else f"Không khớp: {len(told['differences'])} chỗ."
    )


# ---- audit ---------------------------------------------------------------------------------------------------------


def audit(version: str | None, exports: Sequence[Path], as_json: bool, is_demo: bool | None) -> bool:
    """Say which hidden counts could be worked out from a version, the former ones and these files; True when none."""
    root = chosen_root(is_demo)
    try:
        chosen = open_version(root.published, version) if version else version_of(root, None)
    except FileNotFoundError:
        raise CannotAnswer(f"Không có phiên bản “{version}”.") from None
    found = auditing.audit(chosen, [one for path in exports for one in read_export(path)])
    narrowed, told = auditing.narrowed(found)
    counts = {"hidden": found.height, "narrowed": narrowed.height, "told_by_totals": told.height}
    if as_json:
        show_json({"version": chosen.id, **counts, "counts": narrowed.rows(named=True)})
    else:
        show_audit(narrowed, counts, chosen.id)
    return narrowed.is_empty()


def show_audit(narrowed: Any, counts: dict[str, int], version: str) -> None:
    """The counts that were worked out, if any, and the sum of it."""
    if counts["narrowed"]:
        left = [(head, False) for head in ("Tháng", "Đơn vị", "Nhóm", "Số bị ẩn")]
        right = [("Khoảng", True), ("Số giá trị còn lại", True), ("Phiên bản", False)]
        rows = [
            [format.month(row["month"]), row["unit"], row["category"], row["measure"], f"{row['low']}-{row['high']}",
             str(row["values"]), row["version"]]
            for row in narrowed.iter_rows(named=True)
        ]  # fmt: skip
        show_table("Những số bị ẩn mà người ngoài suy ra được", [*left, *right], rows)
    print(
        f"Phiên bản {version}: {counts['hidden']} số bị ẩn đã thử suy ra; {counts['narrowed']} số suy ra được "
        f"(còn dưới {auditing.ENOUGH} giá trị); {counts['told_by_totals']} số do chính số tổng đã công bố cho biết."
    )


def read_export(source: Path) -> list[auditing.Export]:
    """The figures of a file handed out: month (YYYY-MM), unit, category, measure, value; dimension where not ethnic."""
    columns, lines = read_csv(source)
    missing = {"month", "unit", "category", "measure", "value"} - columns.keys()
    if missing:
        raise CannotAnswer(f"{source}: thiếu cột {', '.join(sorted(missing))}.")
    dimension = columns.get("dimension", ["ethnic"] * len(lines))
    found = []
    for line, month, kind, *key, value in zip(
        lines, columns["month"], dimension, columns["unit"], columns["category"], columns["measure"], columns["value"],
        strict=True,
    ):  # fmt: skip
        if value.strip():
            try:
                index = month_from_text(month)
                day = date(index // 12, index % 12 + 1, 1)
                found.append(auditing.Export(day, kind, (key[0], key[1], key[2]), int(value)))
            except ValueError:
                raise CannotAnswer(f"{source}: dòng {line}: không đọc được “{month}” hoặc “{value}”.") from None
    return found


def read_csv(source: Path) -> tuple[dict[str, list[str]], list[int]]:
    """Column -> cells, and each row's line in the file; comma or semicolon between cells, UTF-8."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except OSError as problem:
        raise CannotAnswer(f"Không đọc được {source}: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise CannotAnswer(f"{source} không phải văn bản UTF-8; hãy lưu lại dưới dạng CSV UTF-8.") from problem
    except csv.Error as problem:
        raise CannotAnswer(f"{source} không phải tệp CSV: {problem}.") from problem
    if not rows:
        raise CannotAnswer(f"{source} không có dòng nào.")
    # N is the whole, n the part: the only names told apart by their case.
    names = ["N" if name.strip() == "N" else name.strip().lower() for name in rows[0][1]]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise CannotAnswer(f"{source}: cột {', '.join(sorted(twice))} xuất hiện hai lần.")
    for line, row in rows[1:]:
        if len(row) != len(names):
            raise CannotAnswer(f"{source}: dòng {line} có {len(row)} ô, dòng đầu có {len(names)} cột.")
    columns = {name: [row[place] for _, row in rows[1:]] for place, name in enumerate(names)}
    return columns, [line for line, _ in rows[1:]]


# ---- template ------------------------------------------------------------------------------------------------------


def template(
    commune: str | None, month: str, is_all: bool, is_slips: bool, output: Path | None, is_demo: bool | None
) -> Path:
    """Write the form of a commune, its village slips, or the forms of all communes as one zip; gives the file."""
    if is_all == bool(commune) or (is_all and is_slips):
        raise CannotAnswer("Chọn một trong hai: --commune MÃ hoặc --all; --slips đi với --commune.")
    first, root = month_of(month), chosen_root(is_demo)
    try:
        if not commune:
            name = f"bieu-mau-{first:%Y-%m}.zip"
            with Console(stderr=True).status("Đang vẽ biểu mẫu của tất cả xã, phường…"):
                content = handouts.templates(root, first)
        elif is_slips:
            content = handouts.slips(root, commune, first)
            name = forms.file_name(commune, first).replace("bao-cao", "phieu-thon").replace(".xlsx", ".pdf")
        else:
            content, name = handouts.template(root, commune, first), forms.file_name(commune, first)
    except KeyError:
        raise CannotAnswer(f'Không có xã, phường mang mã “{commune}”; tìm mã bằng: places match "TÊN".') from None
    if root.origin == "demo":
        print("Biểu của dữ liệu minh hoạ; dùng --real để lấy biểu thật.", file=sys.stderr)
    return write_once(output / name if output and output.is_dir() else output or Path(name), content)


def month_of(text: str) -> date:
    """The month of "2026-11"; not before the first month of the province."""
    try:
        index = month_from_text(text)
    except ValueError:
        raise CannotAnswer(f"Tháng viết là NĂM-THÁNG, ví dụ 2026-11; không đọc được “{text}”.") from None
    month, since = date(index // 12, index % 12 + 1, 1), definitions().province.epoch.replace(day=1)
    if month < since:
        raise CannotAnswer(
            f"Xã, phường hiện nay có từ tháng {format.month(since)}; không có biểu cho tháng {format.month(month)}."
        )
    return month


def write_once(path: Path, content: bytes) -> Path:
    """A new file: one that stands there may hold an officer's figures and is never overwritten."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise CannotAnswer(f"Đã có tệp {path}; hãy chọn tên khác bằng --output.") from None
    except OSError as problem:
        raise CannotAnswer(f"Không ghi được {path}: {problem.strerror}.") from problem
    return path


# ---- showing -------------------------------------------------------------------------------------------------------


def show_json(content: Any) -> None:
    """One document on standard output: dates as ISO text, null for what is missing."""
    print(json.dumps(content, ensure_ascii=False, default=iso, allow_nan=False))


def iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")


def show_table(title: str, heads: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> None:
    """heads: (words, is right-aligned)."""
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    table = Table(title=title, title_justify="left")
    for head, is_right in heads:
        table.add_column(head, justify="right" if is_right else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
