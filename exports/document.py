"""The papers as PDF and picture: "Thông tin nhanh", the commune's page, the last-mile list, papers of an office."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from charts import marks
from definitions import format
from definitions.load import definitions
from definitions.text import text
from exports import typeset
from exports.papers import Answer, Bulletin, CommuneSheet, Edition, Named, Official, Task

WORDS = (
    "bulletin", "answers", "to_call", "to_praise", "changed", "to_paste", "tasks", "no_tasks", "missing",
    "none_missing", "ladder", "platforms", "more_villages", "more_units", "more_changes", "done",
)  # fmt: skip
HEADS = ("task_village", "task_left", "task_week", "task_note")


def bulletin_pdf(bulletin: Bulletin) -> bytes:
    """One A4."""
    lang = bulletin.edition.lang
    data = common(bulletin.edition, text("exports.subject", lang, day=format.day(bulletin.edition.as_of)))
    data |= {
        "organisation": bulletin.organisation,
        "draft": text("exports.draft", lang),
        "answers": [answer(a, lang) for a in bulletin.answers],
        "calls": named(bulletin.calls, lang),
        "praises": named(bulletin.praises, lang),
        "changes": bulletin.changes,
        "paragraphs": bulletin.paragraphs,
    }
    return typeset.pdf("bulletin", data, bulletin.edition.as_of)


def official_pdf(paper: Official) -> bytes:
    """A4, as many pages as it takes; number, day and signature are left blank."""
    lang = paper.edition.lang
    data = asdict(paper) | {"title": f"{paper.kind} {paper.subject}", "lang": lang, "marks": paper.marks}
    data |= {"nation": text("exports.nation", lang), "motto": text("exports.motto", lang)}
    data["signers"] = [signer.lines for signer in paper.signers]
    data["edition"] = None
    return typeset.pdf("official", data, paper.edition.as_of)


def commune_pdf(sheet: CommuneSheet) -> bytes:
    """One A4; lists too long end with how many more there are."""
    return typeset.pdf("commune", commune(sheet), sheet.edition.as_of)


def commune_png(sheet: CommuneSheet) -> bytes:
    """1080 x 1350 pixels for Zalo."""
    return typeset.png("zalo", commune(sheet))


def tasks_pdf(sheet: CommuneSheet) -> bytes:
    """The last-mile list as one A4 with boxes to tick."""
    return typeset.pdf("tasks", commune(sheet), sheet.edition.as_of)


def tasks_text(sheet: CommuneSheet, most: int = 15) -> str:
    """The last-mile list as a message for Zalo."""
    lang = sheet.edition.lang
    head = text("exports.zalo_tasks", lang, unit=sheet.name, day=format.day(sheet.edition.as_of))
    lines = [f"{i}. {task.village}: {said(task, lang)}" for i, task in enumerate(sheet.tasks[:most], 1)]
    more = [text("exports.more_villages", lang, n=len(sheet.tasks) - most)] if len(sheet.tasks) > most else []
    body = [*lines, *more] or [text("exports.no_tasks", lang)]
    return "\n".join(line for line in [sheet.edition.band, head, sheet.lead, *body, sheet.edition.wording] if line)


def commune(sheet: CommuneSheet) -> dict[str, Any]:
    lang = sheet.edition.lang
    return common(sheet.edition, sheet.name) | {
        "name": sheet.name,
        "facts": sheet.facts,
        "answers": [answer(a, lang) for a in sheet.answers],
        "lead": sheet.lead,
        "heads": [text(f"exports.{id}", lang) for id in HEADS],
        "tasks": [row(task, lang) for task in sheet.tasks],
        "missing": sheet.missing,
        "ladder": sheet.ladder,
        "platforms": sheet.platforms,
    }


def common(edition: Edition, title: str) -> dict[str, Any]:
    words = {id: text(f"exports.{id}", edition.lang) for id in WORDS}
    return {"title": title, "lang": edition.lang, "line": edition.line, "band": edition.band, "words": words}


def answer(a: Answer, lang: str) -> dict[str, str]:
    goal = text("exports.goal", lang, goal=a.goal)
    return verdict(a.verdict, lang) | {
        "label": a.label, "figure": a.figure, "goal": goal, "sentence": a.sentence, "left": a.left, "chart": a.chart,
    }  # fmt: skip


def named(rows: Sequence[Named], lang: str) -> list[dict[str, str]]:
    return [verdict(row.verdict, lang) | {"name": row.name, "words": row.words} for row in rows]


def verdict(id: str, lang: str) -> dict[str, str]:
    return {"badge": marks.badge(id, lang), "word": definitions().verdicts[id].label.said(lang)}


def row(task: Task, lang: str) -> dict[str, str]:
    figures = {name: format.integer(getattr(task, name), lang) for name in ("left", "per_week")}
    return figures | {"village": task.village, "note": task.note, "said": said(task, lang)}


def said(task: Task, lang: str) -> str:
    """ "thêm 12 hộ/tuần (còn 96 hộ); chưa có tổ"."""
    figures = {name: format.integer(getattr(task, name), lang) for name in ("left", "per_week")}
    known = [name for name in ("per_week", "left") if getattr(task, name) is not None]
    words = [text(f"exports.task_said_{name}", lang, n=figures[name]) for name in known]
    return "; ".join([*words, *([task.note] if task.note else [])])
