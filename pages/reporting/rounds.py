"""Who has not sent, who is late, whose figures cannot be used yet, and the message to each."""

import streamlit as st

from charts.theme import NARROW
from definitions import format
from exports import drawings, tables, words
from metrics import rounds
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.view import View


def page(view: View) -> None:
    months = {f"{month:%Y-%m}": month for month in rounds.months(view.version)}
    id = choose(
        "month", view.say("rounds.choose"), {id: format.month(m) for id, m in months.items()}, next(iter(months))
    )
    rates, communes = rounds.rates(view.version), rounds.communes(view.version, months[id])
    frame.answer(view, words.round_answer(rounds.rate(rates, months[id]), communes["due"][0], view.lang))
    left, right = st.columns([55, 45], gap="large")
    with left:
        states = tables.round_states(communes, view.lang)
        take.table(view, states, above=frame.heading(states.title))
    with right:
        chart = drawings.rates(view.version, view.lang)
        frame.both(chart, drawings.rates(view.version, view.lang, NARROW), view.say("rounds.rates"))
        take.folded_table(view, view.say("rounds.rates"), lambda: tables.rates(rates, view.lang), (), lambda: chart)
        reminders(view, communes, months[id])


def reminders(view: View, communes, month) -> None:
    """One message at a time, to copy to Zalo."""
    frame.title(view.say("rounds.reminder"))
    waiting = {row["commune"]: row for row in communes.iter_rows(named=True) if row["state"] != "ok"}
    if not waiting:
        st.caption(view.say("rounds.reminder_none"))
        return
    labels = {unit: f"{row['full_name']} ({view.say('rounds.' + row['state'])})" for unit, row in waiting.items()}
    unit = choose("unit", view.say("rounds.reminder_choose"), labels, next(iter(labels)))
    take.copy_box("", words.reminder(waiting[unit], month, rounds.ask_until(view.day), "vi"))
