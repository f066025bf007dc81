"""Every word and formula behind the figures, drawn from definitions/."""

from functools import partial
from html import escape

import streamlit as st

from definitions.load import definitions as defined
from exports import glossary, tables, words
from metrics import printed, targets
from pages.parts import frame, take
from pages.parts.view import View


def page(view: View) -> None:
    frame.answer(view, view.say("definitions.answer"))
    for title, rows in glossary.sections(view.lang):
        frame.title(title)
        st.html(glossary.html(rows))
        if title == view.say("definitions.access"):
            wording_changes(view)
    if not view.has_figures:
        return
    goals(view)
    frame.title(view.say("definitions.printed"))
    st.caption(view.say("definitions.printed_note"))
    take.table(view, tables.printed_figures(printed.printed(view.version), view.lang))


def goals(view: View) -> None:
    """Whether the communes' goals add up to the province's."""
    frame.title(view.say("definitions.goals"))
    for target in defined().targets:
        st.html(
            f"<p>{escape(words.goal_sum(target, *targets.goal_sums(view.version, target, view.day), view.lang))}</p>"
        )


def wording_changes(view: View) -> None:
    """Which communes would be judged otherwise under another wording of access."""
    if not view.has_figures:
        return
    for target in (id for id, of in defined().targets.items() if of.indicator == "access"):
        changed = targets.wording_changes(view.version, target, view.day)
        kind = "access_changes" if len(changed) else "access_changes_none"
        st.html(f"<p>{escape(view.say(f'definitions.{kind}', n=len(changed)))}</p>")
        if len(changed):
            title, note = view.say("definitions.access"), words.access_note(view.lang)
            take.folded_table(view, title, partial(tables.wordings, changed, view.lang), (note,))
