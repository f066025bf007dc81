"""What a verdict rests on: the wording of access, and how many households there are by each source."""

import streamlit as st

from definitions.load import ACCESS, definitions, target_indicator
from exports import ledger, tables, words
from metrics import denominators, targets
from pages.parts import take
from pages.parts.cards import sentences
from pages.parts.slicing import Choice
from pages.parts.view import View


def show(view: View, choice: Choice) -> None:
    """Both folded away; only for slices of an indicator that a target of households is measured by."""
    if ACCESS in choice.of.indicators:
        wordings(view, choice.of.wording)
    for target in measured_by({*choice.of.indicators, *choice.of.ids}):
        sources(view, target)


def measured_by(indicators: set[str]) -> list[str]:
    """The targets of households measured by one of the indicators; "access" by the wording in force."""
    found = {id for id, of in definitions().targets.items() if {of.indicator, target_indicator(id)} & indicators}
    return [id for id in definitions().targets if id in found and not targets.is_counted_in_villages(id)]


def wordings(view: View, wording: str) -> None:
    """The switchboard: exactly the communes whose verdict changes under the wording chosen."""
    fold = st.expander(view.say("ledger.wording_title"), key="wordings", on_change="rerun")
    if not fold.open:
        return
    with fold:
        for target in (id for id, of in definitions().targets.items() if of.indicator == ACCESS):
            changed = targets.wording_changes(view.version, target, view.day)
            st.html(sentences(ledger.wordings(changed, view.lang)))
            take.table(
                view, tables.wordings(ledger.under(changed, wording), view.lang), (words.access_note(view.lang),)
            )


def sources(view: View, target: str) -> None:
    """The ledger of a target's denominators."""
    name = words.label(definitions().targets[target], view.lang)
    fold = st.expander(f"{view.say('ledger.title')}: {name}", key=f"ledger-{target}", on_change="rerun")
    if not fold.open:
        return
    with fold:
        told, hint = denominators.ledger(view.version, target, view.day), view.say("ledger.hint")
        notes = [hint, words.access_note(view.lang)] if definitions().targets[target].indicator == ACCESS else [hint]
        st.html(sentences([*ledger.said(told, view.lang), *notes]))
        take.table(view, ledger.table(told, target, view.lang), notes)
