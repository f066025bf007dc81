"""One commune's score sheet, criterion by criterion: figure, points, source, and what one point more would take."""

import streamlit as st

from charts.theme import NARROW
from exports import award_drawings as drawings
from exports import award_tables as tables
from exports import award_words as told
from exports.award_round import known_certificates
from exports.award_words import Shown
from methods.sample_check import scale
from metrics import award_sheet
from pages.parts import award_choice, frame, take
from pages.parts.award_choice import leads
from pages.parts.choice import address, choose
from pages.parts.view import View

WIDE = 640.0


def page(view: View) -> None:
    at = award_choice.shown(view)
    names = award_choice.communes(view)
    unit = choose("unit", view.say("commune.choose"), names, next(iter(names)))
    row = told.standing(at, unit)
    sentence = told.sheet_answer(at, row, award_choice.day_of(view, at))
    frame.answer(view, sentence, told.notes(at.of, view.lang), told.sums(at.of.rules, row, view.lang))
    left, right = st.columns([58, 42], gap="large")
    with left:
        wide, narrow = drawings.criteria(at, unit, WIDE), drawings.criteria(at, unit, NARROW)
        frame.both(wide, narrow, view.say("award_page.criteria"))
    with right:
        checked(view, at, unit)
        if at.of.rules.kind == "points":
            take.folded(view.say("award_page.annex"), lambda: annex(view, at, unit))
    verified = {commune: scale(check) for commune, check in at.of.samples.items()}
    lines = award_sheet.sheet_of(view.version, at.of.rules, at.of.scored, unit, verified)
    of = tables.sheet(at, lines, sources(view, at, unit))
    take.table(view, of, above=frame.heading(view.say("award_page.how")), chart=lambda: wide, leads=leads)
    st.caption(told.worth(at.of.rules, row, view.lang))


def checked(view: View, at: Shown, unit: str) -> None:
    """What a sample check of the commune's claims found."""
    check = at.of.samples.get(unit)
    frame.title(view.say("award_page.sample"))
    st.caption(told.check(check, view.lang) if check else view.say("award_page.no_sample"))


def annex(view: View, at: Shown, unit: str) -> None:
    """The internal annex: how firm the commune's place is, and between which weights its medal stays."""
    st.caption(view.say("award_page.annex_note"))
    made = known_certificates(at.of)
    st.caption(told.certificate(at, made, unit))
    of = tables.ranges(at, made, unit)
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
