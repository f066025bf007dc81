"""Posts: how each did against what its page usually gets, and which kind, hour and weekday work for this page."""

import streamlit as st

from charts.theme import NARROW
from exports import posts as told
from metrics import posts
from pages.parts import frame, take
from pages.parts.choice import choose, put
from pages.parts.view import View

PERIODS = {"3": 3, "6": 6, "12": 12, "all": 0}
WIDE = 400.0
SHOWN = 50  # posts; the download has all


def page(view: View) -> None:
    known = {row["channel"]: row for row in posts.channels(view.version).iter_rows(named=True)}
    if not known:
        frame.answer(view, view.say("posts.answer_nothing"))
        return
    left, right = st.columns(2, gap="large")
    with left:
        names = {id: row[f"label_{view.lang}"] for id, row in known.items()}
        channel = choose("channel", view.say("posts.channel"), names, busiest(known))
    with right:
        spans = {id: view.say(f"posts.months_{id}") for id in PERIODS}
        period = choose("months", view.say("posts.months"), spans, "12", segments=True)
    found = posts.within(posts.scored(view.version, channel), view.day, PERIODS[period])
    said = told.answer(names[channel], spans[period].lower(), found, view.lang)
    frame.answer(view, said, told.notes(found, view.lang) if len(found) else ())
    if found.is_empty():
        st.html(frame.no_rows(view, spans[period]))
        return
    patterns(view, found)
    listed(view, found, known[channel]["platform"])


def busiest(known: dict[str, dict]) -> str:
    """The channel with most posts: there is most to learn from it."""
    return max(known, key=lambda id: known[id]["posts"])


def patterns(view: View, found) -> None:
    """What works here: medians of the scores by kind, hour and weekday, side by side."""
    for place, by in zip(st.columns(3, gap="medium"), posts.PATTERNS, strict=True):
        with place:
            pattern(view, found, by)


def pattern(view: View, found, by: str) -> None:
    title, draw = view.say(f"posts.{by}"), told.pattern(found, by, view.lang)
    chart = (lambda: draw(WIDE)) if draw else None
    if draw:
        frame.both(draw(WIDE), draw(NARROW), title)
    else:
        frame.title(title)
        st.caption(view.say("posts.too_few", fewest=posts.FEWEST))
    take.folded_table(view, title, lambda: told.pattern_table(found, by, view.lang), (), chart)


def listed(view: View, found, platform: str) -> None:
    """Every post of the months, searched and sorted."""
    frame.title(view.say("posts.list"))
    left, right = st.columns(2, gap="large")
    with left:
        words = searched(view)
    with right:
        orders = {id: view.say(f"posts.sort_{id}") for id in posts.ORDERS}
        order = choose("sort", view.say("posts.sort"), orders, "score", segments=True)
    shown = posts.ordered(posts.search(found, words), order)
    table = told.posts_table(shown, platform, view.lang)
    if shown.is_empty():
        st.html(frame.no_rows(view, words))
    else:
        notes = told.notes(shown, view.lang)
        take.table(view, table, notes, limit=SHOWN, leads=lambda url: url, only_in_file=("url",))


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
