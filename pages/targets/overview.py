"""Overview: the three answers, the map, who is about to miss, what changed."""

from html import escape

import streamlit as st

from charts import tilemap, trajectory
from definitions import format
from definitions.load import definitions
from exports import document, drawings, gather, tables, words
from exports.papers import Bulletin
from metrics import changes, groups, rounds, targets
from pages.parts import frame
from pages.parts.view import View, address, choose, file_stem


def page(view: View) -> None:
    figures = {id: gather.row_of(view.version, id, view.day, gather.province()) for id in definitions().targets}
    names = {id: words.label(of, view.lang) for id, of in definitions().targets.items()}
    target = choose("target", view.say("overview.choose_target"), names, gather.nearest(view.day), segments=True)
    frame.answer(view, words.answer(figures[target], view.lang), words.notes(figures[target], view.lang))
    st.html(f'<div class="cts-cards">{"".join(card(view, figures[id]) for id in names)}{report_card(view)}</div>')
    with st.container(key="map-and-lists"):
        left, right = st.columns([58, 42], gap="medium")
        with left:
            the_map(view, target, names[target])
        with right:
            lists(view, target)
    handouts(view)
    standing = tables.standing(targets.status(view.version, target, view.day, "commune"), target, view.lang)
    frame.folded_table(view, standing, words.notes(figures[target], view.lang))


def card(view: View, row: dict) -> str:
    """One target: figure of goal, verdict, what is left, projection, trust, and its line."""
    of = definitions().verdicts[row["verdict"]]
    label = words.label(definitions().targets[row["target"]], view.lang)
    path = targets.trajectory(view.version, row["target"], row["unit"], view.day)
    line = trajectory.sparkline(path, goal=row["goal"], deadline=row["deadline"], title=label, lang=view.lang)
    small = [words.left(row, view.lang), words.projection(row, view.lang)]
    if targets.is_counted_in_villages(row["target"]):
        small[1] = words.ladder(groups.rungs(view.version, row["unit"]), view.lang)
    trust = view.say("trust.label", grade=words.trust(row, view.lang))
    return (
        f'<section class="cts-card"><h3>{escape(label)}</h3>'
        f'<p class="figure">{words.share(row["share"], row["goal"], view.lang)} <span>/ {words.goal(row["goal"], view.lang)}</span>'
        f'<em style="background:{of.tint}">{escape(words.verdict(row["verdict"], view.lang))}</em></p>'
        f'<div class="row"><p>{"<br>".join(escape(s) for s in [*small, trust] if s)}</p>{line}</div></section>'
    )


def report_card(view: View) -> str:
    last = rounds.rates(view.version).tail(1)
    if last.is_empty():
        return ""
    row = last.row(0, named=True)
    lines = [view.say("overview.submitted", n=row["submitted"]), view.say("overview.usable", n=row["usable"])]
    on_time = view.say("overview.on_time", n=row["on_time"], N=row["expected"])
    link = escape(address("rounds", month=f"{row['month']:%Y-%m}", lang=view.lang))
    return (
        f'<section class="cts-card"><h3>{escape(view.say("overview.report_card", month=format.month(row["month"])))}</h3>'
        f'<p class="figure"><a href="{link}" target="_self">{escape(on_time)}</a></p><p>{escape(" · ".join(lines))}</p></section>'
    )


def the_map(view: View, target: str, name: str) -> None:
    """Equal tiles, neighbours stay neighbours; a click opens the commune without a reload."""
    frame.title(view.say("overview.map", target=name))
    rows = targets.status(view.version, target, view.day, "commune")
    figure = tilemap.figure(rows, drawings.tiles(), lang=view.lang, boundaries=drawings.boundaries(), height=400)
    event = st.plotly_chart(
        figure, theme=None, key=f"map-{target}", on_select="rerun", selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False}, alt=view.say("overview.map", target=name),
    )  # fmt: skip
    frame.svg(tilemap.legend(rows, width=640, lang=view.lang))
    if event.selection.points:
        unit = event.selection.points[0]["customdata"][0]
        st.switch_page(
            st.session_state["pages"]["communes"], query_params={"unit": unit, "target": target, "lang": view.lang}
        )
    whole = drawings.the_map(rows, view.say("overview.map", target=name), view.lang)
    frame.offer(view, tables.standing(rows, target, view.lang, "map"), (), whole)


def lists(view: View, target: str) -> None:
    """Who is about to miss, who moved most, what changed: each name leads to its commune."""
    behind = changes.about_to_miss(view.version, target, view.day)
    frame.title(view.say("overview.about_to_miss", n=len(behind)))
    if behind.is_empty():
        st.html(f"<p>{escape(view.say('overview.about_to_miss_none'))}</p>")
    st.html(listing(view, target, behind.head(8), words.need))
    frame.title(view.say("overview.moved_most"))
    st.html(listing(view, target, changes.moved_most(view.version, target, view.day).head(5), words.gain))
    frame.title(view.say("overview.changes"))
    said = gather.change_sentences(view.version, target, view.day, view.lang)
    st.html(f'<ul class="cts-said">{"".join(f"<li>{escape(s)}</li>" for s in said)}</ul>')


def listing(view: View, target: str, rows, say) -> str:
    items = "".join(
        f'<li><a href="{escape(address("communes", unit=row["unit"], target=target, lang=view.lang))}" target="_self">'
        f"{escape(row['full_name'])}</a> <span>{escape(say(row, view.lang))}</span></li>"
        for row in rows.iter_rows(named=True)
    )
    return f'<ol class="cts-list">{items}</ol>'


def handouts(view: View) -> None:
    """The bulletin as PDF and Word, made when clicked."""
    frame.title(view.say("overview.handout"))
    stem = file_stem(view, "thong-tin-nhanh")

    def paper() -> Bulletin:
        return gather.bulletin(view.version, view.day, view.edition)

    with st.container(horizontal=True, key="offer-bulletin", gap="small"):
        frame.download("PDF", lambda: document.bulletin_pdf(paper()), f"{stem}.pdf", "application/pdf")
        frame.download("Word", lambda: document.bulletin_docx(paper()), f"{stem}.docx", frame.DOCX)
