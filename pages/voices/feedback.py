"""What became of what people said: how far it came, how long it took, where it lies, and where nobody says anything."""

from datetime import date

import streamlit as st

from definitions import format
from definitions.load import definitions
from exports import feedback as told
from exports.feedback_drawings import Asked, answered
from metrics import feedback, units
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.feedback_parts import digests, drawn, silent, stuck
from pages.parts.view import View

PERIODS = {"3": 3, "6": 6, "12": 12, "all": 0}


def page(view: View) -> None:
    known = feedback.months(view.version)
    left, right = st.columns(2, gap="large")
    with left:
        places = units.names(view.version)
        unit = choose("unit", view.say("feedback.unit"), places, definitions().province.code)
    with right:
        spans = {id: view.say(f"feedback.months_{id}") for id in PERIODS}
        period = choose("months", view.say("feedback.months"), spans, "12", segments=True)
    if not known:
        frame.answer(view, view.say("feedback.answer_none", place=places[unit], span=format.month(view.day)))
        return
    asked = Asked(view.version, unit, *span(known, PERIODS[period]), view.day, view.lang)
    frame.answer(view, *answered(asked))
    if asked.cases.is_empty():
        st.html(frame.no_rows(view, asked.when))
    else:
        listed(view, asked)
    silent(view, asked)
    digests(view, unit, known)


def span(known: list[date], months: int) -> tuple[date, date]:
    """The first and last month looked at, of those that tell anything."""
    return (known[min(months, len(known)) - 1] if months else known[-1]), known[0]


def listed(view: View, asked: Asked) -> None:
    """All that the case lists of a place tell."""
    left, right = st.columns(2, gap="large")
    with left:
        drawn(view, "funnel", asked, lambda: told.funnel_table(asked.cases, view.lang))
    with right:
        drawn(view, "on_time", asked, lambda: told.on_time_table(asked.cases, view.lang))
        st.caption(view.say("feedback.rate_note"))
    left, right = st.columns([56, 44], gap="large")
    with left:
        take.table(view, told.times_table(asked.times, view.lang), above=frame.heading(view.say("feedback.times")))
        st.caption(view.say("feedback.times_note"))
    with right:
        drawn(view, "ageing", asked, lambda: told.ageing_table(asked.ages, view.lang))
    stuck(view, asked)
    drawn(view, "topics", asked, lambda: told.topics_table(asked.topics, view.lang))
    by_commune = lambda: told.commune_table(feedback.communes(asked.cases), view.lang)  # noqa: E731
    take.folded_table(view, view.say("feedback.communes"), by_commune)
