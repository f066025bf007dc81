"""Overview: the three answers, the map, who is about to miss, what changed."""

import streamlit as st

from definitions.load import definitions
from exports import document, drawings, gather, letter, tables, words
from exports.papers import Bulletin
from metrics import changes, targets, voices
from pages.parts import cards, frame, take
from pages.parts.choice import choose, chosen
from pages.parts.view import View, file_stem

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def page(view: View) -> None:
    names = {id: words.label(of, view.lang) for id, of in definitions().targets.items()}
    rows = {id: targets.row(view.version, id, view.day, gather.province()) for id in names}
    target = chosen("target", list(names), gather.nearest(view.day))
    notes = words.notes(rows[target], view.lang)
    answer = frame.answered(view, words.answer(rows[target], view.lang), words.caution(rows[target], view.lang))
    answers = "".join(cards.target_card(view, row) for row in rows.values())
    strip = cards.voices_strip(view, voices.strip(view.version, gather.province(), view.day))
    frame.drawing(f'{answer}<div class="cts-cards">{answers}{cards.report_card(view)}</div>{strip}')
    with st.container(key="map-and-lists"):
        left, right = st.columns([56, 44], gap="medium")
        with left:
            the_map(view, target, names)
        with right:
            lists(view, target)
    handout(view)
    communes = targets.status(view.version, target, view.day, "commune")
    title = view.say("overview.map", target=names[target])
    make = lambda: tables.standing(communes, target, view.lang)  # noqa: E731
    take.folded_table(view, names[target], make, notes, lambda: drawings.the_map(communes, title, view.lang))


def the_map(view: View, target: str, names: dict[str, str]) -> None:
    """Equal tiles, neighbours stay neighbours; a click opens the commune without a reload."""
    choose("target", view.say("overview.choose_target"), names, target, segments=True)
    figure = drawings.clickable(view.version, target, view.day, view.lang, 300)
    title = view.say("overview.map", target=names[target])
    event = st.plotly_chart(figure, theme=None, key=f"map-{target}", on_select="rerun", config=CONFIG, alt=title)
    st.html(cards.legend(view, changes.verdict_counts(view.version, target, view.day).rows()))
    if event.selection.points:
        ids = {"unit": event.selection.points[0]["customdata"][0], "target": target, "lang": view.lang}
        st.switch_page(st.session_state["pages"]["communes"], query_params=ids)


def lists(view: View, target: str) -> None:
    """Who is about to miss, who moved most, what changed: each name leads to its commune."""
    behind = changes.about_to_miss(view.version, target, view.day)
    moved = changes.moved_most(view.version, target, view.day).head(3)
    parts = [
        frame.heading(view.say("overview.about_to_miss", n=len(behind))),
        cards.listing(view, target, behind.head(6).rows(named=True), words.need),
        frame.heading(view.say("overview.moved_most")),
        cards.listing(view, target, moved.rows(named=True), words.gain),
        frame.heading(view.say("overview.changes")),
        cards.sentences(gather.change_sentences(view.version, target, view.day, view.lang)),
    ]
    st.html("".join(parts))


def handout(view: View) -> None:
    """The bulletin as PDF and Word, made when clicked."""
    stem = file_stem(view, "thong-tin-nhanh")

    def paper() -> Bulletin:
        return gather.bulletin(view.version, view.day, view.edition)

    with st.container(horizontal=True, key="offer-bulletin", gap="small", vertical_alignment="center"):
        frame.title(view.say("overview.handout"))
        take.download("PDF", lambda: document.bulletin_pdf(paper()), f"{stem}.pdf", "application/pdf")
        take.download("Word", lambda: letter.bulletin_docx(paper()), f"{stem}.docx", take.DOCX)
