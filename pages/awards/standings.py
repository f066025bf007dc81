"""Who stands where in which cluster, with how many points, and who is proposed for what."""

from functools import partial

import streamlit as st

from charts.theme import NARROW
from definitions.load import definitions
from exports import award_drawings as drawings
from exports import award_files, award_papers, award_workbook, words
from exports import award_tables as tables
from exports import award_words as told
from exports.award_round import known_certificates
from exports.award_words import Shown
from pages.parts import award_cards, award_choice, frame, take
from pages.parts.award_choice import leads
from pages.parts.choice import choose
from pages.parts.view import View, file_stem

WIDE, WHISKERS = 1290.0, 760.0


def page(view: View) -> None:
    clusters = {f"cluster:{of.id}": words.label(of, view.lang) for of in definitions().clusters}
    cluster_box = partial(choose, "cluster", view.say("award_page.cluster"), clusters, next(iter(clusters)))
    at, cluster = award_choice.with_one_more(view, award_choice.THREE, cluster_box)
    day = award_choice.day_of(view, at)
    frame.answer(view, told.answer(at.of, day, view.lang), told.notes(at.of, view.lang))
    if at.of.rules.kind == "pass_fail":
        take.table(view, tables.standings(at, cluster), above=frame.heading(at.names[cluster]), leads=leads)
        everybody(view, at)
        return
    if at.of.scored.standings["place"].is_not_null().any():
        proposed(view, at)
        one_cluster(view, at, cluster)
    everybody(view, at)
    still_open(view, at)


def proposed(view: View, at: Shown) -> None:
    """Who is proposed, cluster by cluster."""
    of = tables.proposals(at)
    if of.frame.is_empty():
        frame.title(of.title)
        st.caption(view.say("award_page.nobody_proposed"))
        return
    st.html(f'{frame.heading(of.title)}<div class="cts-cards">{award_cards.proposals(at)}</div>')
    take.folded_table(view, of.title, lambda: of, leads=leads)


def one_cluster(view: View, at: Shown, cluster: str) -> None:
    """The communes of one cluster side by side, and behind a fold how firm their places are."""
    wide, narrow = drawings.cluster(at, cluster, WIDE), drawings.cluster(at, cluster, NARROW)
    title = view.say("award_page.standing", cluster=at.names[cluster])
    frame.both(wide, narrow, title)
    take.folded_table(view, title, lambda: tables.standings(at, cluster), chart=lambda: wide, leads=leads)
    take.folded(view.say("award_page.annex"), lambda: annex(view, at, cluster))


def annex(view: View, at: Shown, cluster: str) -> None:
    """The internal annex: intervals, decided pairs, ties for the council to look at."""
    st.caption(view.say("award_page.annex_note"))
    of = tables.certificate(at, known_certificates(at.of), cluster)
    if of.frame.is_empty():
        st.html(frame.no_rows(view, of.title))
        return
    wide = drawings.whiskers(at, cluster, WHISKERS)
    frame.both(wide, drawings.whiskers(at, cluster, NARROW))
    leaves = award_choice.annex(view, "annex")
    take.table(view, of, (view.say("award_page.annex"),), lambda: wide, may_leave=lambda: leaves, leads=leads)


def everybody(view: View, at: Shown) -> None:
    """All clusters in one table; what the council works with, and the points for other software."""
    title = view.say("award_page.all_clusters")
    take.folded_table(view, title, lambda: tables.standings(at, ""), leads=leads)
    why = award_papers.draft(at.of, view.lang)
    kind, mark = ("", "ban-nhap-") if why else ("_final", "")
    with take.beside("points"):
        name = f"{file_stem(view, 'diem-tung-tieu-chi')}.csv"
        take.download(view.say("award_page.points_csv"), lambda: award_files.points_csv(at.of), name, "text/csv")
        book = lambda: award_workbook.workbook(at.of, view.lang)  # noqa: E731
        name = f"{file_stem(view, f'{mark}hoi-dong')}.xlsx"
        take.download(view.say(f"award_page.workbook{kind}"), book, name, take.XLSX)
        papers = lambda: award_files.papers_zip(at.of, view.lang)  # noqa: E731
        name = f"{file_stem(view, f'{mark}van-ban')}.zip"
        take.download(view.say(f"award_page.papers{kind}"), papers, name, "application/zip")
    st.caption(told.made_from(at, why))


def still_open(view: View, at: Shown) -> None:
    """Whose sheet is open, apart, with what is missing."""
    of = tables.open_sheets(at)
    if len(of.frame):
        take.table(view, of, above=frame.heading(of.title), leads=leads)
