"""What the verbs of `awards` that hand out forms and decide appeals do."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from answers import CannotAnswer, chosen_root, sheet_of, show_json, show_table, version_of, write_once
from definitions import format
from definitions.award_rules import Sheet
from etl import award_entries, award_stages, store
from etl.award_stages import Appeal, NotAllowed
from exports import award_forms, award_visit
from exports.award_round import Round, scored_round, with_appeal
from methods.months import last_full_month
from methods.sample_check import drawn
from metrics import awards as scoring
from metrics import published, units
from warehouse.version import Version

MOVED = {"points": "Điểm", "place": "Hạng", "grade": "Xếp loại", "award": "Đề nghị", "passed": "Kết quả"}
DECIDED = {
    "": "Đã ghi kiến nghị, chưa quyết định: điểm giữ nguyên; nếu được chấp nhận thì thay đổi như sau.",
    "accepted": "Đã chấp nhận: điểm thay đổi như sau.",
    "rejected": "Không chấp nhận, được giữ trong lịch sử: điểm giữ nguyên; nếu chấp nhận thì đã thay đổi như sau.",
}


def template(
    id: str, commune: str | None, is_all: bool, stage: str, criteria: Sequence[str], output: Path | None,
    is_demo: bool | None,
) -> Path:  # fmt: skip
    """Write the scoring workbook of a commune, those of all as one zip, or the one of a later stage; gives the file."""
    if sum((bool(commune), is_all, bool(stage) and stage != "commune")) != 1:
        raise CannotAnswer("Chọn một trong ba: --commune MÃ, --all, hoặc --stage BƯỚC (sau bước xã, phường tự chấm).")
    of = _round_in_use(id, is_demo)
    try:
        if is_all:
            content, name = award_forms.template_zip(of), f"cham-diem-{id}.zip"
        else:
            stage = "commune" if commune else stage
            content = award_forms.template(of, stage, commune, criteria)
            name = award_forms.file_name(id, stage, commune)
    except KeyError as fault:
        raise CannotAnswer(f"Không có xã, phường, bước chấm hay tiêu chí chấm tay “{fault.args[0]}”.") from fault
    return write_once(output / name if output and output.is_dir() else output or Path(name), content)


def visit_form(id: str, commune: str, seed: int, form: Path, as_of: date | None, is_demo: bool | None) -> Path:
    """Draw a commune's list, keep that it was drawn, and write the form for the visits; gives the file."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    if not 0 <= seed < 10**18:
        raise CannotAnswer("Số gieo là một số nguyên không âm, không quá 18 chữ số.")
    version, day = version_of(root, as_of), as_of or store.now().date()
    claimed = scoring.claims(version, commune, day)
    lines = drawn(claimed, seed)
    if not lines:
        raise CannotAnswer(f"{commune}: chưa có thôn nào báo hộ đạt, không có gì để kiểm tra.")
    named = version.query("select village, name from village where commune = ?", [commune])
    closed = _end_of_month(last_full_month(day))
    content = award_visit.form(
        id, commune, seed, lines, claimed, dict(named.iter_rows()), closed, root.origin == "demo"
    )
    if form.exists():
        raise CannotAnswer(f"Đã có tệp {form}; hãy chọn tên khác.")
    try:
        award_stages.draw(root, rules, commune, seed, lines, claimed)
    except NotAllowed as fault:
        raise CannotAnswer(f"Không ghi nhận. {award_entries.sentence(fault)}") from fault
    return write_once(form, content)


def appeal(
    id: str, commune: str, criterion: str, said: dict[str, Any], as_json: bool, is_demo: bool | None
) -> None:  # fmt: skip
    """Keep an appeal or its decision, and say what it changes, or would: the line's points, and everybody who moves."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    asked = Appeal(commune, criterion, at=store.stamp(store.now()), **said)
    is_over = store.now().date() > rules.cut_off
    version = version_of(root, rules.cut_off if is_over else None)
    day = rules.cut_off if is_over else today(version)
    before = scored_round(root, version, rules, day)
    try:
        award_stages.appeal(root, rules, asked)
    except NotAllowed as fault:
        raise CannotAnswer(f"Không ghi nhận. {award_entries.sentence(fault)}") from fault
    if asked.decision == "rejected":  # it may have been accepted before
        before = scored_round(root, version, rules, day)
    after = with_appeal(before, asked)
    told = {
        "sheet": id, "commune": commune, "criterion": criterion, "decision": asked.decision,
        "points_before": _points(before.scored, asked), "points_after": _points(after, asked),
        "moves": scoring.moves(before.scored, after).to_dicts(),
    }  # fmt: skip
    if as_json:
        show_json(told)
    else:
        _tell_appeal(rules, told, units.names(version))


def _points(found: scoring.Scored, asked: Appeal) -> float | None:
    where = (pl.col("commune") == asked.commune) & (pl.col("criterion") == asked.criterion)
    return found.lines.filter(where)["points"].item()


def _tell_appeal(rules: Sheet, told: dict[str, Any], names: dict[str, str]) -> None:
    """The appeal in a sentence, and a table of everybody it moves."""
    labels = {one.id: one.label.vi for one in rules.grades} | {one.id: one.label.vi for one in rules.awards}
    points = f"{_shown(told['points_before'], labels)} → {_shown(told['points_after'], labels)}"
    named = f"{names[told['commune']]}, {rules.criterion(told['criterion']).label.vi}"
    print(f"{named}: {points} điểm. {DECIDED[told['decision']]}")
    kept = [name for name in MOVED if any(f"{name}_after" in row for row in told["moves"])]
    rows = [
        [names[row["commune"]], *(_move(row[f"{name}_before"], row[f"{name}_after"], labels) for name in kept)]
        for row in told["moves"]
    ]
    if rows:
        show_table("Thay đổi", [("Xã, phường", False), *((MOVED[name], False) for name in kept)], rows)
    print(f"{len(rows)} xã, phường có điểm, hạng, xếp loại hoặc mức khen thay đổi.")


def _move(before: object, after: object, labels: dict[str, str]) -> str:
    return _shown(after, labels) if before == after else f"{_shown(before, labels)} → {_shown(after, labels)}"


def _shown(value: object, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "đạt" if value else "không đạt"
    if isinstance(value, float):
        return format.decimal(value, 2)
    return labels.get(str(value), str(value)) if value not in (None, "") else format.NONE


def _round_in_use(id: str, is_demo: bool | None) -> Round:
    """The round of a sheet in use and not published, as it stands today."""
    root, rules = chosen_root(is_demo), sheet_of(id)
    try:
        award_stages.check_open(root, rules)
    except NotAllowed as fault:
        raise CannotAnswer(award_entries.sentence(fault)) from fault
    version = version_of(root, None)
    return scored_round(root, version, rules, today(version))


def today(version: Version) -> date:
    return published.today(version, store.now())


def _end_of_month(index: int) -> date:
    return date.fromordinal(date((index + 1) // 12, (index + 1) % 12 + 1, 1).toordinal() - 1)
