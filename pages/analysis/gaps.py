"""How far apart groups are, what the gap is made of, and what is known where nobody counted the groups."""

from collections.abc import Callable, Sequence

import streamlit as st

from charts.theme import NARROW
from definitions import asked, format
from definitions.load import definitions
from exports import drawings, words
from exports import equity as told
from exports import measures as spoken
from exports.tables import Table
from metrics import equity
from metrics import slice as cut
from metrics.slice import NoSuchSlice, Slice
from pages.parts import frame, gap_parts, take
from pages.parts.choice import choose
from pages.parts.scope import Scope, may_leave, scope
from pages.parts.view import View


def page(view: View) -> None:
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
    if not month:
        frame.answer(view, view.say("slices.no_figure"))
        return
    try:
        between(view, indicator, among, unit, month, scope(view, unit))
    except NoSuchSlice as refused:
        frame.answer(view, view.say(f"slices.{refused.reason}", about=refused.about))


def between(view: View, indicator: str, among: str, unit: str, month: str, seen: Scope) -> None:
    """All that is told of one indicator in one place and month."""
    found = told.told(view.version, indicator, among, unit, month, seen, view.lang)
    notes = [view.say("equity.full_count")]
    notes += [view.say("equity.fixed_order"), pooled(view, unit)] if among == "ethnic" else []
    frame.answer(view, found.sentence, notes)
    left, right = st.columns([55, 45], gap="large")
    with left:
        pictured(view, indicator, among, unit, month, seen)
    with right:
        above, leave = frame.heading(view.say("equity.measures")), leaving(view, among, unit)
        take.table(view, found.table, above=above, may_leave=leave)
    if found.measures:
        over_time(view, indicator, among, unit, month, found.measures, seen)
    if among == "ethnic":
        gap_parts.split(view, indicator, month, seen)
        gap_parts.bounded(view, indicator, month, seen)


def pictured(view: View, indicator: str, among: str, unit: str, month: str, seen: Scope) -> None:
    """The groups as marks: one line for the place chosen and, where they may be seen, one for each place in it."""
    of = (view.version, indicator, among, unit, month, seen, view.lang)
    chart = drawings.side_by_side(*of, drawings.WIDE)
    frame.both(chart, drawings.side_by_side(*of, NARROW))

    def levels() -> Table:
        names = told.group_names(view.lang) | cut.names(view.version)
        return told.level_table(
            equity.levels(view.version, indicator, among, unit, month, month, seen), names, view.lang
        )

    take.folded_table(view, view.say("equity.levels"), levels, (), lambda: chart, leaving(view, among, unit))


def over_time(
    view: View, indicator: str, among: str, unit: str, month: str, computed: Sequence[str], seen: Scope
) -> None:
    """One measure over the rounds, and each commune's level against its gap."""
    named = {id: spoken.name(id, view.lang) for id in computed}
    measure = choose("measure", view.say("equity.measure"), named, computed[0])
    left, right = st.columns(2, gap="large")
    with left:
        frame.svg(drawings.over_time(view.version, indicator, among, unit, measure, seen, view.lang))
    if among == "ethnic" and seen == "exact":
        apart = equity.by_commune(view.version, indicator, month, measure, seen)
        with right:
            frame.svg(told.benchmark(apart, measure, unit, view.lang))


def leaving(view: View, among: str, unit: str) -> Callable[[], bool]:
    """What is asked before figures leave the page: communes are no groups of households."""
    return lambda: among == "commune" or may_leave(view, unit)


def indicators(view: View) -> dict[str, str]:
    """The indicators asked for by group."""
    return {id: words.label(definitions().indicators[id], view.lang) for id in asked.by_group()}


def places(view: View) -> dict[str, str]:
    """The province, its clusters and communes."""
    names = cut.names(view.version)
    return {id: name for id, name in names.items() if equity.level_of(id) in ("province", "cluster", "commune")}


def pooled(view: View, unit: str) -> str:
    return view.say("equity.pooled", n=equity.LEAST.get(equity.level_of(unit), equity.LEAST_ELSEWHERE))
