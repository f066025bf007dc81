"""Posts: how each did against what its page usually gets, and which kind, hour and weekday work for this page."""

import streamlit as st

from charts.theme import NARROW
from exports import posts as told
from exports.posts import Asked
from metrics import posts
from pages.parts import frame, take
from pages.parts.choice import choose, put
from pages.parts.view import View

PERIODS = {"3": 3, "6": 6, "12": 12, "all": 0}
WIDE = 400.0
SHOWN = 50  # posts; the download has all


def page(view: View) -> None:
    if not posts.by_id(view.version):
        frame.answer(view, view.say("posts.answer_nothing"))
        return
    asked = chosen(view)
    frame.answer(view, told.answer(asked), told.notes(asked.found, view.lang) if len(asked.found) else ())
    if asked.found.is_empty():
        st.html(frame.no_rows(view, asked.when))
        return
    # What works here: medians of the scores by kind, hour and weekday, side by side.
    for place, by in zip(st.columns(3, gap="medium"), posts.PATTERNS, strict=True):
        with place:
            pattern(view, asked, by)
    listed(view, asked)


def chosen(view: View) -> Asked:
    left, right = st.columns(2, gap="large")
    with left:
        names, busiest = posts.labels(view.version, view.lang), posts.busiest(view.version)
        channel = choose("channel", view.say("posts.channel"), names, busiest)
    with right:
        spans = {id: view.say(f"posts.months_{id}") for id in PERIODS}
        period = choose("months", view.say("posts.months"), spans, "12", segments=True)
    return Asked(view.version, channel, PERIODS[period], view.day, view.lang)


def pattern(view: View, asked: Asked, by: str) -> None:
    title, wide = view.say(f"posts.{by}"), told.drawing(asked, by, WIDE)
    if wide:
        frame.both(wide, told.drawing(asked, by, NARROW), title)
    else:
        frame.title(title)
        st.caption(view.say("posts.too_few", fewest=posts.FEWEST))
    take.folded_table(view, title, lambda: told.pattern_table(asked, by), (), (lambda: wide) if wide else None)


def listed(view: View, asked: Asked) -> None:
    """Every post of the months, searched and sorted."""
    frame.title(view.say("posts.list"))
    left, right = st.columns(2, gap="large")
    with left:
        words = searched(view)
    with right:
        orders = {id: view.say(f"posts.sort_{id}") for id in posts.ORDERS}
        order = choose("sort", view.say("posts.sort"), orders, "score", segments=True)
    shown = posts.ordered(posts.search(asked.found, words), order)
    table = told.posts_table(shown, asked.platform, view.lang)
    if shown.is_empty():
        st.html(frame.no_rows(view, words))
    else:
        notes = told.notes(shown, view.lang)
        take.table(view, table, notes, limit=SHOWN, leads=str, only_in_file=("url",))


def searched(view: View) -> str:
    """Words of titles, kept in the address; diacritics make no difference."""
    st.session_state["search-posts"] = st.query_params.get("q", "")
    st.text_input(
        view.say("posts.search"),
        key="search-posts",
        max_chars=80,
        placeholder=view.say("posts.search_hint"),
        label_visibility="collapsed",
        on_change=lambda: put({"q": st.session_state["search-posts"].strip()}),
    )
    return st.query_params.get("q", "")
