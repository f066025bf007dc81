"""How far apart groups are, what the gap is made of, and what is known where nobody counted the groups."""

import streamlit as st

from definitions import asked, format
from definitions.load import definitions
from exports import equity as told
from exports import words
from metrics import equity
from metrics import slice as cut
from metrics.slice import NoSuchSlice, Slice
from pages.parts import frame, gap_measures, gap_parts
from pages.parts.choice import choose
from pages.parts.gap_measures import Gap
from pages.parts.scope import scope
from pages.parts.view import View


def page(view: View) -> None:
    gap = chosen(view)
    if not gap.month:
        frame.answer(view, view.say("slices.no_figure"))
        return
    try:
        between(view, gap)
    except NoSuchSlice as refused:
        frame.answer(view, view.say(f"slices.{refused.reason}", about=refused.about))


def chosen(view: View) -> Gap:
    """The boxes above the answer; no month where no group has a figure."""
    with st.container(key="gap-choices"):
        left, middle, right = st.columns(3)
        with left:
            indicator = choose("indicator", view.say("equity.choose_indicator"), indicators(view), "access_any")
        with middle:
            unit = choose("unit", view.say("equity.unit"), places(view), definitions().province.code)
        listed = cut.months(view.version, Slice((indicator,), by="ethnic"))
        known = {f"{m:%Y-%m}": format.month(m) for m in reversed(listed)}
        with right:
            month = choose("month", view.say("equity.month"), known, next(iter(known), ""))
        kinds = {kind: view.say(f"equity.among_{kind}") for kind in equity.AMONG}
        among = choose("among", view.say("equity.among"), kinds, "ethnic", segments=True)
    return Gap(indicator, among, unit, month, scope(view, unit))


def between(view: View, gap: Gap) -> None:
    """All that is told of one indicator in one place and month."""
    plain = told.told(view.version, *gap, view.lang)
    frame.answer(view, plain.sentence, notes(view, gap))
    left, right = st.columns([55, 45], gap="large")
    with left:
        gap_measures.pictured(view, gap)
        below = st.container()
    with right:
        measures, reference = gap_measures.measured(view, gap, plain)
    if measures:
        with below:
            gap_measures.over_time(view, gap, measures, reference)
    if gap.among == "ethnic":
        gap_parts.split(view, gap)
        gap_parts.bounded(view, gap)


def notes(view: View, gap: Gap) -> list[str]:
    """What a careful reader has to know of these groups."""
    if gap.among != "ethnic":
        return [view.say("equity.full_count")]
    least = equity.LEAST.get(equity.level_of(gap.unit), equity.LEAST_ELSEWHERE)
    return [view.say("equity.full_count"), view.say("equity.fixed_order"), view.say("equity.pooled", n=least)]


def indicators(view: View) -> dict[str, str]:
    """The indicators asked for by group."""
    return {id: words.label(definitions().indicators[id], view.lang) for id in asked.by_group()}


def places(view: View) -> dict[str, str]:
    """The province, its clusters and communes."""
    names = cut.names(view.version)
    return {id: name for id, name in names.items() if equity.level_of(id) in ("province", "cluster", "commune")}
