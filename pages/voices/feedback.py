"""What became of what people said: how far it came, how long it took, where it lies, and where nobody says anything."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import streamlit as st

from charts.theme import NARROW
from definitions import format
from definitions.load import definitions
from exports import digest
from exports import feedback as told
from exports.feedback_drawings import Asked, drawing
from metrics import feedback, units
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.view import View, file_stem

PERIODS = {"3": 3, "6": 6, "12": 12, "all": 0}
WIDE = {"topics": 900.0, "silence": 640.0}
SHOWN = 15  # stuck cases; the download has all


def page(view: View) -> None:
    known = feedback.months(view.version)
    left, right = st.columns(2, gap="large")
    with left:
        unit = choose("unit", view.say("feedback.unit"), places(view), definitions().province.code)
    with right:
        spans = {id: view.say(f"feedback.months_{id}") for id in PERIODS}
        period = choose("months", view.say("feedback.months"), spans, "12", segments=True)
    name = units.names(view.version)[unit]
    if not known:
        frame.answer(view, view.say("feedback.answer_none", place=name, span=format.month(view.day)))
        return
    asked = Asked(view.version, unit, *span(known, PERIODS[period]), view.day, view.lang)
    answered(view, asked, name)
    silent(view, asked)
    digests(view, unit, known)


def places(view: View) -> dict[str, str]:
    return {id: row["full_name"] for id, row in units.by_id(view.version).items()}


def span(known: list[date], months: int) -> tuple[date, date]:
    """The first and last month looked at, of those that tell anything."""
    return (known[min(months, len(known)) - 1] if months else known[-1]), known[0]


def answered(view: View, asked: Asked, name: str) -> None:
    """The answer, and all that the case lists of a place tell."""
    found, when = asked.cases, told.span(asked.since, asked.until, view.lang)
    counted = feedback.counted(view.version, asked.unit, asked.since, asked.until)
    times = feedback.times_of(view.version, asked.unit, asked.since, asked.until, view.day)
    said = told.answer(name, when, found, counted, times, view.lang)
    frame.answer(view, said, told.notes(found, counted, view.lang))
    if found.is_empty():
        st.html(frame.no_rows(view, when))
        return
    left, right = st.columns(2, gap="large")
    with left:
        drawn(view, "funnel", asked, lambda: told.funnel_table(found, view.lang))
    with right:
        drawn(view, "on_time", asked, lambda: told.on_time_table(found, view.lang))
        st.caption(view.say("feedback.rate_note"))
    left, right = st.columns([56, 44], gap="large")
    with left:
        take.table(view, told.times_table(times, view.lang), above=frame.heading(view.say("feedback.times")))
        st.caption(view.say("feedback.times_note"))
    with right:
        drawn(view, "ageing", asked, lambda: told.ageing_table(feedback.ageing(found), view.lang))
    stuck(view, found)
    drawn(view, "topics", asked, lambda: told.topics_table(feedback.topics(found), view.lang))
    communes = view.say("feedback.communes")
    take.folded_table(view, communes, lambda: told.commune_table(feedback.communes(found), view.lang))


def stuck(view: View, found) -> None:
    title, held = view.say("feedback.stuck"), feedback.stuck(found)
    if held.is_empty():
        frame.title(title)
        st.caption(view.say("feedback.stuck_none"))
    else:
        take.table(view, told.stuck_table(held, view.lang), limit=SHOWN, above=frame.heading(title))


def drawn(view: View, kind: str, asked: Asked, make: Callable[[], told.Table], **values: str) -> None:
    """A drawing under its title, smaller on a phone, its table folded below it."""
    title = view.say(f"feedback.{kind}", **values)
    wide, narrow = drawing(kind, asked, WIDE.get(kind, 480.0)), drawing(kind, asked, NARROW)
    frame.both(wide, narrow, title)
    take.folded_table(view, title, make, (), lambda: wide)


def silent(view: View, asked: Asked) -> None:
    """Where nobody says anything, over the last full months."""
    until = min(asked.until, feedback.before(view.day.replace(day=1)))
    when = told.span(feedback.first_silent(until), until, view.lang)
    quiet = feedback.silence(view.version, asked.unit, until)
    if len(quiet) == 1:
        frame.title(view.say("feedback.silence", span=when))
        st.caption(told.silence_of(quiet.row(0, named=True), view.lang))
        return
    asked = replace(asked, since=until, until=until)
    drawn(view, "silence", asked, lambda: told.silence_table(quiet, view.lang), span=when)
    st.caption(told.silence_answer(quiet, view.lang))


def digests(view: View, unit: str, known: list[date]) -> None:
    """The month's digest as a paper."""
    frame.title(view.say("feedback.digest"))
    full = {f"{month:%Y-%m}": month for month in known if month < view.day.replace(day=1)}
    if not full:
        st.caption(view.say("feedback.none"))
        return
    labels = {id: format.month(month) for id, month in full.items()}
    id = choose("digest", view.say("feedback.digest_month"), labels, next(iter(labels)))
    make = partial(digest.digest, view.version, unit, full[id], view.day, view.edition)
    stem = file_stem(view, f"y-kien-{unit.replace(':', '-')}-{id}")
    with st.container(horizontal=True, key="offer-digest", gap="small"):
        take.download(view.say("feedback.digest_pdf"), lambda: digest.pdf(make()), f"{stem}.pdf", "application/pdf")
        take.download(view.say("feedback.digest_docx"), lambda: digest.docx(make()), f"{stem}.docx", take.DOCX)
