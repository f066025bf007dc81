"""A month's digest of what people said, as PDF and as a Word file to work on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from definitions import format
from definitions.text import text
from exports import feedback as told
from exports import letter, typeset
from exports.feedback import say
from exports.feedback_drawings import Asked, drawing
from exports.papers import Edition
from metrics import feedback, units
from warehouse.version import Version

MOST = 10  # cases and places a digest names


@dataclass(frozen=True)
class Digest:
    """title and place head it; lead answers; parts: (title, lines); chart: the stages as SVG."""

    edition: Edition
    title: str
    place: str
    lead: str
    notes: tuple[str, ...]
    chart: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def digest(version: Version, unit: str, month: date, day: date, edition: Edition) -> Digest:
    """What the people of a place said in a month, as it stands on a day."""
    lang, name = edition.lang, units.names(version)[unit]
    found = feedback.cases(version, unit, month, month, day)
    counted, when = feedback.counted(version, unit, month, month), format.month(month)
    lead = told.answer(name, when, found, counted, feedback.times_of(version, unit, month, month, day), lang)
    stuck = feedback.stuck(feedback.cases(version, unit, date(1, 1, 1), month, day))
    quiet = feedback.silence(version, unit, month)
    parts = (
        (say("digest_topics", lang), topics(version, unit, month, day, lang)),
        (say("digest_stuck", lang), some([case(row, lang) for row in stuck.iter_rows(named=True)], lang)),
        (say("digest_silence", lang), (told.silence_answer(quiet, lang),)),
    )
    chart = "" if found.is_empty() else drawing("funnel", Asked(version, unit, month, month, day, lang))
    title = say("digest_title", lang, month=when)
    notes = tuple(told.notes(found, counted, lang))
    return Digest(edition, title, say("digest_place", lang, place=name), lead, notes, chart, parts)


def topics(version: Version, unit: str, month: date, day: date, lang: str) -> tuple[str, ...]:
    """The topics of the month, the most frequent first, each beside the month before."""
    before = feedback.before(month)
    found = feedback.topics(feedback.cases(version, unit, before, month, day))
    now = found.filter(pl.col("month") == month).sort("n", descending=True, maintain_order=True)
    last = dict(found.filter(pl.col("month") == before).select("topic", "n").iter_rows())
    lines = []
    for row in now.iter_rows(named=True):
        facts = {"topic": told.topic(row["topic"], lang), "n": format.integer(row["n"], lang)}
        facts |= {"share": format.percent(row["n"] / row["whole"], 0, lang)}
        facts |= {"before": format.integer(last.get(row["topic"], 0), lang)} if last else {}
        lines.append(say("digest_topic_before" if last else "digest_topic", lang, **facts))
    return some(lines, lang)


def case(row: dict, lang: str) -> str:
    """One stuck case: where, which, how long and with whom."""
    where = told.lies(row, lang)
    where = where.lower() if row["lies"] == feedback.COMMUNE else where
    has_due = row["overdue_days"] is not None
    facts = {"commune": row["full_name"], "case": row["case_id"], "topic": told.topic(row["topic"], lang)}
    facts |= {"days": told.days(row["overdue_days"] if has_due else row["age"], lang), "where": where}
    key = "digest_case" if has_due else "digest_case_long"
    return say(key, lang, **facts, here=told.days(row["here_days"], lang))


def some(lines: list[str], lang: str) -> tuple[str, ...]:
    """The first lines and how many more there are; "none" where there is no line."""
    more = [say("digest_more", lang, n=format.integer(len(lines) - MOST, lang))] if len(lines) > MOST else []
    return (*lines[:MOST], *more) or (say("digest_nothing", lang),)


def pdf(of: Digest) -> bytes:
    """A4, one or two pages."""
    lang, edition = of.edition.lang, of.edition
    data: dict[str, Any] = {
        "title": of.title,
        "lang": lang,
        "line": edition.line,
        "band": edition.band,
        "place": of.place,
    }
    data |= {"lead": of.lead, "notes": of.notes, "chart": of.chart, "chart_words": say("funnel", lang)}
    data |= {"parts": [{"title": title, "lines": lines} for title, lines in of.parts]}
    return typeset.pdf("digest", data, edition.as_of)


def docx(of: Digest) -> bytes:
    """The digest to edit, in the margins and type of the decree; the same bytes always."""
    lang = of.edition.lang
    paper = letter.blank(of.edition)
    paper.core_properties.title = of.title
    if of.edition.band:
        letter.line(paper, of.edition.band, bold=True, centre=True)
    letter.line(paper, of.title, bold=True, centre=True, size=14)
    letter.line(paper, of.place, bold=True, centre=True)
    for sentence in (of.lead, *of.notes):
        letter.line(paper, sentence, indent=True)
    for title, lines in of.parts:
        letter.line(paper, title, bold=True)
        for words in lines:
            letter.line(paper, f"- {words}", indent=True)
    letter.line(paper, text("exports.draft", lang), centre=True, size=11)
    return letter.packed(paper)
