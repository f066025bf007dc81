"""One commune's score sheet, criterion by criterion: figure, points, source, and what one point more would take."""

from functools import partial
from html import escape

import streamlit as st

from exports import award_tables as tables
from exports import award_words as told
from exports.award_round import known_certificates
from exports.award_words import Shown
from metrics import award_sheet
from pages.parts import award_cards, award_choice, frame, take
from pages.parts.choice import address, choose
from pages.parts.view import View


def page(view: View) -> None:
    names = award_choice.communes(view)
    commune_box = partial(choose, "unit", view.say("commune.choose"), names, next(iter(names)))
    at, unit = award_choice.with_one_more(view, award_choice.THREE, commune_box)
    row = told.standing(at, unit)
    sentence = told.sheet_answer(at, row, award_choice.day_of(view, at))
    frame.answer(view, sentence, told.notes(at.of, view.lang), told.sums(at.of.rules, row, view.lang))
    lines = award_sheet.sheet_of(at.of.version, at.of.rules, at.of.scored, unit, at.of.verified)
    title = view.say("award_page.how")
    of = tables.sheet(at, lines, sources(view, at, unit))
    st.html(f"{frame.heading(title)}{award_cards.sheet(at, of, lines)}")
    st.caption(told.worth(at.of.rules, row, view.lang))
    with take.beside(of.name):
        take.offer(view, of, (sentence,))
    checked(view, at, unit)
    if at.of.rules.kind == "points":
        take.folded(view.say("award_page.annex"), lambda: annex(view, at, unit))


def checked(view: View, at: Shown, unit: str) -> None:
    """What a sample check of the commune's claims found."""
    check = at.of.samples.get(unit)
    frame.title(view.say("award_page.sample"))
    st.caption(told.check(check, view.lang) if check else view.say("award_page.no_sample"))


def annex(view: View, at: Shown, unit: str) -> None:
    """The internal annex: how firm the commune's place is, and between which weights its medal stays."""
    st.caption(view.say("award_page.annex_note"))
    made = known_certificates(at.of)
    said, of = told.certificate(at, made, unit), tables.ranges(at, made, unit)
    st.html(f'<div class="cts-state"><p>{escape(said)}</p></div>')
    if len(of.frame):
        leaves = award_choice.annex(view, "annex-sheet")
        take.table(view, of, above=frame.heading(of.title), may_leave=lambda: leaves)


def sources(view: View, at: Shown, unit: str) -> dict[str, str]:
    """The page each criterion's figure comes from."""
    found = {}
    for one in at.of.rules.criteria:
        family, id = told.source(one)
        if family == "rounds":
            found[one.id] = address("rounds", lang=view.lang)
        elif family == "target":
            found[one.id] = address("communes", unit=unit, target=id, lang=view.lang)
        elif family == "indicator":
            found[one.id] = address("slices", indicator=id, lang=view.lang)
        elif family == "manual":
            found[one.id] = address("checks", sheet=at.of.rules.id, lang=view.lang)
    return found
