"""What other weights would do: tried on the points there are, kept in the address, stored nowhere."""

from functools import partial

import streamlit as st

from exports import award_tables as tables
from exports import award_words as told
from exports.award_words import Shown
from pages.parts import award_choice, frame, take
from pages.parts.award_choice import leads
from pages.parts.choice import put
from pages.parts.view import View

ACROSS, MOST = 4, 100.0


def page(view: View) -> None:
    at = award_choice.shown(view)
    rules = at.of.rules
    if rules.kind == "pass_fail":
        frame.answer(view, view.say("award_page.no_weights"))
        st.html(frame.no_rows(view, rules.title.said(view.lang)))
        return
    own = {
        one.id: one.points for one in rules.criteria if one.kind == "points" and one.id not in at.of.scored.unmeasured
    }
    tried = asked(own)
    if not any((own | tried).values()):
        frame.answer(view, view.say("award_page.no_weight_left"))
        boxes(view, at, own, tried)
        return
    of = tables.tried(at, tuple(tried.items()))
    frame.answer(view, told.tried(at, tried, of.frame), [view.say("award_page.tried_note")])
    if tried:
        st.warning(view.say("award_page.not_kept"))
    boxes(view, at, own, tried)
    said = told.weights(rules, tried, view.lang)
    if len(of.frame):
        take.table(view, of, (said,), above=frame.heading(of.title), leads=leads)
    elif tried:
        st.html(f'<p class="cts-note">{view.say("award_page.moved_none")}</p>')
    decides = tables.deciding(at)
    take.table(view, decides, above=frame.heading(decides.title))


def boxes(view: View, at: Shown, own: dict[str, float], tried: dict[str, float]) -> None:
    """A number for each criterion, and the way back."""
    with st.container(key="no-print-weights"):
        for row in rows(list(own.items())):
            for place, (id, points) in zip(st.columns(ACROSS, vertical_alignment="bottom"), row, strict=False):
                st.session_state[f"weight-{id}"] = tried.get(id, points)
                name = told.weight_label(at.of.rules, id, view.lang)
                change = partial(keep, own)
                place.number_input(name, 0.0, MOST, step=0.5, format="%g", key=f"weight-{id}", on_change=change)
        st.button(view.say("award_page.reset"), on_click=partial(put, {"w": ""}), disabled=not tried, key="reset")


def rows(weights: list[tuple[str, float]]) -> list[list[tuple[str, float]]]:
    return [weights[start : start + ACROSS] for start in range(0, len(weights), ACROSS)]


def asked(own: dict[str, float]) -> dict[str, float]:
    """The weights the address asks for that differ from the sheet's; what means nothing is left out."""
    found = {}
    for part in st.query_params.get("w", "").split(","):
        id, _, said = part.partition(":")
        try:
            points = float(said)
        except ValueError:
            continue
        if id in own and 0 <= points <= MOST and points != own[id]:
            found[id] = points
    return found


def keep(own: dict[str, float]) -> None:
    """Write the boxes that differ from the sheet into the address."""
    now = {id: st.session_state[f"weight-{id}"] for id in own}
    put({"w": ",".join(f"{id}:{now[id]:g}" for id in own if now[id] != own[id])})
