"""One commune as one self-contained HTML page: no script, no request, well under 300 KB."""

from collections.abc import Callable
from html import escape

from charts import marks
from definitions import format
from definitions.text import text
from exports.papers import Answer, CommuneSheet, Task
from exports.typeset import TEMPLATES

LIMIT = 300_000
SHOWN = 12  # rows of a list before the rest is folded away


def commune_html(sheet: CommuneSheet) -> bytes:
    """The page as UTF-8; ValueError where it would pass 300 KB (a weak link is the reason it exists)."""
    page = html(sheet).encode()
    if len(page) > LIMIT:
        raise ValueError(f"the page of {sheet.name} takes {len(page)} bytes, more than {LIMIT}")
    return page


def html(sheet: CommuneSheet) -> str:
    lang = sheet.edition.lang
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    safe = "default-src 'none'; style-src 'unsafe-inline'"
    body = [
        f'<p class="band">{escape(sheet.edition.band)}</p>' if sheet.edition.band else "",
        f"<h1>{escape(sheet.name)}</h1>",
        f'<p class="facts">{escape(" · ".join(sheet.facts))}</p>',
        f'<div class="answers">{"".join(answer(a, lang) for a in sheet.answers)}</div>',
        section("tasks", tasks(sheet), lang),
        section("missing", missing(sheet), lang),
        f'<div class="pair">{chart(sheet.ladder)}{chart(sheet.platforms)}</div>',
        f"<footer>{escape(sheet.edition.line)}</footer>",
    ]
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{safe}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(sheet.name)} · {format.day(sheet.edition.as_of)}</title>\n"
        f"<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def section(id: str, inner: str, lang: str) -> str:
    return f"<h2>{escape(text(f'exports.{id}', lang))}</h2>\n{inner}"


def answer(a: Answer, lang: str) -> str:
    goal = text("exports.goal", lang, goal=a.goal)
    return (
        f'<section class="answer"><b>{escape(a.label)}</b> <span class="badge">{marks.badge(a.verdict, lang)}</span>'
        f'<p><span class="figure">{escape(a.figure)}</span> / {escape(goal)}</p>'
        f"<p>{escape(a.sentence)}</p>{chart(a.chart)}</section>"
    )


def chart(svg: str) -> str:
    return f'<div class="chart">{svg}</div>' if svg else ""


def tasks(sheet: CommuneSheet) -> str:
    lang = sheet.edition.lang
    if not sheet.tasks:
        return f"<p>{escape(sheet.lead or text('exports.no_tasks', lang))}</p>"
    heads = [("task_village", ""), ("task_left", ' class="n"'), ("task_week", ' class="n"'), ("task_note", "")]
    head = "".join(f"<th{kind}>{escape(text(f'exports.{id}', lang))}</th>" for id, kind in heads)
    rows = [row(task, lang) for task in sheet.tasks]

    def table(part: list[str]) -> str:
        whole = f"<table><thead><tr>{head}</tr></thead>\n<tbody>{''.join(part)}</tbody></table>"
        return f'<div class="table">{whole}</div>'

    return f"<p>{escape(sheet.lead)}</p>\n{folded(rows, table, lang)}"


def folded(rows: list[str], draw: Callable[[list[str]], str], lang: str) -> str:
    """The first rows, and the rest behind a line to tap: a phone's screen ends soon."""
    if len(rows) <= SHOWN:
        return draw(rows)
    more = escape(text("exports.more_villages", lang, n=len(rows) - SHOWN))
    return f"{draw(rows[:SHOWN])}<details><summary>{more}</summary>{draw(rows[SHOWN:])}</details>"


def row(task: Task, lang: str) -> str:
    numbers = "".join(f'<td class="n">{format.integer(value, lang)}</td>' for value in (task.left, task.per_week))
    return f"<tr><td>{escape(task.village)}</td>{numbers}<td>{escape(task.note)}</td></tr>"


def missing(sheet: CommuneSheet) -> str:
    if not sheet.missing:
        return f"<p>{escape(text('exports.none_missing', sheet.edition.lang))}</p>"
    lines = [f"<li>{escape(line)}</li>" for line in sheet.missing]
    return folded(lines, lambda part: f"<ul>{''.join(part)}</ul>", sheet.edition.lang)
