"""What the verbs of `awards` that hand out forms and decide appeals do."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from answers import CannotAnswer, chosen_root, sheet_of, version_of, write_once
from etl import award_entries, award_stages, store
from etl.award_stages import NotAllowed
from exports import award_forms, award_visit
from exports.award_round import Round, scored_round
from methods.months import last_full_month
from methods.sample_check import drawn
from metrics import awards as scoring
from metrics import published
from warehouse.version import Version


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
