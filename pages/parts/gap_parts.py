"""What a gap between two ethnic groups is made of, and what is known where nobody counted them."""

from functools import partial
from html import escape

import streamlit as st

from exports import equity as told
from metrics import equity
from metrics.slice import ALL
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.gap_measures import Gap
from pages.parts.scope import may_leave
from pages.parts.view import View


def split(view: View, gap: Gap) -> None:
    """Kitagawa: due to where people live, and difference inside the same place."""
    frame.title(view.say("equity.gap"))
    if gap.seen != "exact":
        st.caption(view.say("equity.protected"))
        return
    groups, names = told.ethnic_names(view.version, view.lang), told.group_names(view.lang)
    if not groups:
        st.caption(view.say("equity.all_small", n=equity.LEAST["province"]))
        return
    left, right = st.columns(2)
    with left:
        a = choose("a", view.say("equity.a"), groups, next(iter(groups)))
    with right:
        b = choose("b", view.say("equity.b"), {ALL: view.say("equity.all")} | groups, ALL)
    parts = equity.split(view.version, gap.indicator, a, b, gap.month, gap.seen)
    st.html(f"<p>{escape(told.split_sentence(parts, view.lang))}</p>")
    left, right = st.columns(2, gap="large")
    with left:
        chart = told.gap_drawing(parts, names[a], names[b], view.lang)
        frame.svg(chart)
    with right:
        of = told.gap_table(parts, names[a], names[b], view.lang)
        take.table(view, of, (), lambda: chart, limit=12, may_leave=partial(may_leave, view))


def bounded(view: View, gap: Gap) -> None:
    """Duncan and Davis: an interval for the communes that sent no split."""
    groups = told.ethnic_names(view.version, view.lang)
    if gap.seen != "exact" or not groups:
        return
    frame.title(view.say("equity.bounds"))
    group = choose("group", view.say("equity.group"), groups, next(iter(groups)))
    silent = equity.bounds(view.version, gap.indicator, group, gap.month, gap.seen)
    if silent.is_empty():
        st.caption(view.say("equity.bounds_none", month=told.said_month(gap.month)))
        return
    take.table(view, told.bounds_table(silent, view.lang), may_leave=partial(may_leave, view))
