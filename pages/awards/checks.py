"""What a council asks before it signs: questions to communes, sample checks, and who did what on the sheet."""

import streamlit as st

from exports import award_tables as tables
from exports import award_words as told
from exports.award_round import known_acts
from exports.award_words import Shown
from pages.parts import award_choice, frame, take
from pages.parts.award_choice import leads
from pages.parts.choice import choose
from pages.parts.view import View

SHOWN = 25  # acts; the download has all


def page(view: View) -> None:
    at = award_choice.shown(view)
    asked = told.asked(at.of)
    acts = known_acts(view.root, at.of.rules.id)
    frame.answer(view, told.checks_answer(at, asked, len(acts.known)), told.notes(at.of, view.lang))
    put_to(view, at, asked)
    samples = tables.samples(at)
    if samples.frame.is_empty():
        frame.title(samples.title)
        st.caption(view.say("award_page.no_samples"))
    else:
        take.table(view, samples, above=frame.heading(samples.title), leads=leads)
    st.caption(view.say("award_page.sample_note"))
    history = tables.history(at, acts)
    if acts.known:
        take.table(view, history, limit=SHOWN, above=frame.heading(history.title))
    else:
        frame.title(history.title)
        st.caption(view.say("award_page.no_history"))


def put_to(view: View, at: Shown, asked) -> None:
    """The questions, and the message to one commune; they cost no points."""
    of = tables.questions(at, asked)
    if of.frame.is_empty():
        frame.title(of.title)
        st.caption(view.say("award_page.no_questions"))
        return
    take.table(view, of, above=frame.heading(of.title), leads=leads)
    names = {unit: at.names[unit] for unit in of.frame["commune"].unique(maintain_order=True)}
    unit = choose("unit", view.say("award_page.ask_whom"), names, next(iter(names)))
    take.copy_box(view.say("award_page.message"), told.message(at, asked, unit))
