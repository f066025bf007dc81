"""How our channels do: followers, views, interactions, posts and answer times, where each stands, who falls silent."""

from functools import partial

import streamlit as st

from charts.theme import NARROW
from definitions import format
from exports import channels as told
from exports.channels import Asked
from metrics import channels
from pages.parts import channel_parts, frame, take
from pages.parts.channel_choice import chosen
from pages.parts.choice import choose
from pages.parts.view import View

WIDE = 640.0


def page(view: View) -> None:
    if not channels.by_id(view.version):
        frame.answer(view, view.say("channels.answer_nothing"))
        return
    asked = chosen(view)
    frame.answer(view, told.answer(asked), told.notes(asked, channels.dead(view.version, view.day)))
    left, right = st.columns(2, gap="large")
    with left:
        by_month(view, asked)
    with right:
        by_day(view, asked)
    left, right = st.columns(2, gap="large")
    with left:
        channel_parts.leaderboard(view, asked)
        channel_parts.dead(view)
    with right:
        channel_parts.late(view, asked)
    channel_parts.together(view, asked)


def by_month(view: View, asked: Asked) -> None:
    """The months with their breaks, and whether they rise or fall."""
    title = view.say("channels.by_month", what=asked.what)
    wide = partial(told.months_drawing, asked, WIDE)
    frame.both(wide(), told.months_drawing(asked, NARROW), title)
    st.caption(told.trend(asked))
    make = lambda: told.months_table(asked.months, asked.metric, title, view.lang)  # noqa: E731
    take.folded_table(view, title, make, (), wide)


def by_day(view: View, asked: Asked) -> None:
    """The days, on request without their weekly season, and the odd ones with their posts."""
    title = view.say("channels.by_day_added" if told.is_stock(asked.metric) else "channels.by_day", what=asked.what)
    if without := told.without_days(asked):
        frame.title(title)
        st.caption(without)
        return
    above, weeks = st.container(), {id: view.say(f"channels.week_{id}") for id in ("raw", "off")}
    is_off = choose("week", view.say("channels.week"), weeks, "raw", segments=True) == "off"
    wide = partial(told.days_drawing, asked, is_off, WIDE)
    with above:
        frame.both(wide(), told.days_drawing(asked, is_off, NARROW), title)
    take.folded_table(view, title, lambda: told.days_table(asked.days, title, view.lang), (), wide)
    odd_days(view, asked)


def odd_days(view: View, asked: Asked) -> None:
    if asked.odd.is_empty():
        st.caption(view.say("channels.odd_none"))
        return
    st.caption(view.say("channels.odd_rule"))
    table = lambda: take.table(view, told.odd_table(asked.odd, view.lang), limit=30, leads=str)  # noqa: E731
    take.folded(f"{view.say('channels.odd_days')}: {format.integer(len(asked.odd), view.lang)}", table)
