"""Every word and formula behind the figures, drawn from definitions/."""

from functools import cache, lru_cache, partial
from html import escape

import streamlit as st

from definitions.load import definitions as defined
from definitions.text import text
from exports import glossary, tables, words
from exports.tables import Table
from metrics import printed, targets
from metrics.published import Version
from pages.parts import frame, take
from pages.parts.view import View


def page(view: View) -> None:
    answer = frame.answered(view, view.say("definitions.answer"))
    first, rest = sections(view.lang)
    if not view.has_figures:
        st.html(answer + first + rest)
        return
    wording_changes(view, answer + first)
    figures, note = printed_figures(view.version, view.lang), view.say("definitions.printed_note")
    about = f'{frame.heading(figures.title)}<p class="cts-note">{escape(note)}</p>'
    take.table(view, figures, above=rest + goals(view) + about)


@cache
def sections(lang: str) -> tuple[str, str]:
    """The definitions as markup, those up to the wordings of access and those behind them."""
    drawn = {title: frame.heading(title) + glossary.html(rows) for title, rows in glossary.sections(lang)}
    first = list(drawn).index(text("definitions.access", lang)) + 1
    return "".join([*drawn.values()][:first]), "".join([*drawn.values()][first:])


@lru_cache(maxsize=8)
def printed_figures(version: Version, lang: str) -> Table:
    return tables.printed_figures(printed.printed(version), lang)


def goals(view: View) -> str:
    """Whether the communes' goals add up to the province's."""
    sums = ((id, targets.goal_sums(view.version, id, view.day)) for id in defined().targets)
    said = "".join(f"<p>{escape(words.goal_sum(id, *sum, view.lang))}</p>" for id, sum in sums)
    return frame.heading(view.say("definitions.goals")) + said


def wording_changes(view: View, above: str) -> None:
    """Which communes would be judged otherwise under another wording of access, below what was said before."""
    found = {id: targets.wording_changes(view.version, id, view.day) for id in targets.of_access()}
    kinds = {id: "access_changes" if len(changed) else "access_changes_none" for id, changed in found.items()}
    said = (escape(view.say(f"definitions.{kind}", n=len(found[id]))) for id, kind in kinds.items())
    st.html(above + "".join(f"<p>{words_}</p>" for words_ in said))
    for changed in found.values():
        if len(changed):
            title, note = view.say("definitions.access"), words.access_note(view.lang)
            take.folded_table(view, title, partial(tables.wordings, changed, view.lang), (note,))
