"""Parts of the page of feedback: a drawing with its table, what is stuck, where nobody speaks, the month's paper."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import streamlit as st

from charts.theme import NARROW
from definitions import format
from exports import digest
from exports import feedback as told
from exports.feedback_drawings import Asked, drawing
from metrics import feedback
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.view import View, file_stem

WIDE = {"topics": 900.0, "silence": 640.0}
SHOWN = 15  # stuck cases; the download has all


def drawn(view: View, kind: str, asked: Asked, make: Callable[[], told.Table], **values: str) -> None:
    """A drawing under its title, smaller on a phone, its table folded below it."""
    title = view.say(f"feedback.{kind}", **values)
    wide, narrow = drawing(kind, asked, WIDE.get(kind, 480.0)), drawing(kind, asked, NARROW)
    frame.both(wide, narrow, title)
    take.folded_table(view, title, make, (), lambda: wide)


def stuck(view: View, asked: Asked) -> None:
    title, held = view.say("feedback.stuck"), feedback.stuck(asked.cases)
    if held.is_empty():
        frame.title(title)
        st.caption(view.say("feedback.stuck_none"))
    else:
        take.table(view, told.stuck_table(held, view.lang), limit=SHOWN, above=frame.heading(title))


def silent(view: View, asked: Asked) -> None:
    """Where nobody says anything, over the last full months."""
    until = min(asked.until, feedback.before(view.day.replace(day=1)))
    asked = replace(asked, since=feedback.first_silent(until), until=until)
    if len(asked.silence) == 1:
        frame.title(view.say("feedback.silence", span=asked.when))
        st.caption(told.silence_of(asked.silence.row(0, named=True), view.lang))
        return
    drawn(view, "silence", asked, lambda: told.silence_table(asked.silence, view.lang), span=asked.when)
    st.caption(told.silence_answer(asked.silence, view.lang))


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
