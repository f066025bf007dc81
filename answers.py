"""What the verbs that only look and hand out do: status, places match, methods, audit, template."""

import csv
import json
import re
import sys
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
from definitions.load import ACCESS, definitions
from definitions.places import Match, match_commune
from etl import forms, handouts, store
from etl.build import build
from exports import measures as spoken
from exports import tables, words
from methods.catalogue import ANSWERS, CATALOGUE, TABLES
from methods.equity_table import Answer
from methods.months import month_from_text
from metrics import audit as auditing
from metrics import published, targets
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
        raise CannotAnswer(f"Đã có tệp {path}, không ghi đè; hãy chọn tên khác.") from None
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
