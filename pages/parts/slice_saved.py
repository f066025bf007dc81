"""Slices saved under a name: to open one, to save one, and the list of them."""

from html import escape

import streamlit as st

from definitions import format
from etl import views
from pages.parts.choice import address, put
from pages.parts.slice_views import PAGE
from pages.parts.slicing import Choice
from pages.parts.view import View


def open_asked(view: View) -> str:
    """Put the choices of the view that the address names into it; gives the id where there is no such view."""
    id = st.query_params.get("saved", "")
    if not id:
        return ""
    found = views.view(view.root, id)
    st.query_params.pop("saved")
    if found is None:
        return id
    put(found["choices"])
    st.rerun()


def saved(view: View, choice: Choice) -> None:
    """The views there are, and a box to save this one."""
    fold = st.expander(view.say("slices.saved"), key="saved", on_change="rerun")
    if not fold.open:
        return
    with fold:
        title = st.text_input(view.say("slices.saved_name"), key="view-title", max_chars=80)
        if st.button(view.say("slices.save"), disabled=not title.strip(), key="save-view"):
            views.save(view.root, title, PAGE, choice.ids())
            st.toast(view.say("slices.saved_done", name=title))
        known = views.saved(view.root, PAGE)
        items = [item(view, one) for one in known] or [f"<li>{escape(view.say('slices.saved_none'))}</li>"]
        st.html(f'<ul class="cts-said">{"".join(items)}</ul>')


def item(view: View, one: dict) -> str:
    to = escape(address(PAGE, saved=one["id"], lang=view.lang))
    day = format.day(views.day_of(one))
    return f'<li><a href="{to}" target="_self">{escape(one["title"])}</a> <span>{day} · {one["id"]}</span></li>'
