"""The furniture every page shares: style, demonstration band, answer, states, tables with their downloads."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from definitions import format
from exports import picture, tables, workbook
from exports.tables import Table
from pages.parts.view import View, address, file_stem

STYLE = Path(__file__).parent / "style.css"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def style() -> None:
    """The look of all pages."""
    st.html(STYLE)


def brand(view: View) -> None:
    """The product's name with its subtitle, and the quiet band on top of demonstration data."""
    band = f'<span class="cts-band">{escape(view.say("app.demo_long"))}</span>' if view.origin == "demo" else ""
    name = f"<b>{escape(view.say('app.title'))}</b> <i>{escape(view.say('app.subtitle'))}</i>"
    st.html(f'<div class="cts-brand"><span>{name}</span>{band}</div>')


def dated(view: View) -> str:
    """As of which day the figures are judged, and when the version shown was built."""
    if view.built_at is None:
        return ""
    updated = view.say("app.updated", moment=format.moment(view.built_at))
    return f"{view.say('app.as_of', day=format.day(view.day))} · {updated}"


def answer(view: View, sentence: str, notes: Sequence[str] = ()) -> None:
    """The sentence that answers the page's question, and in small print what a careful reader has to know."""
    small = " · ".join([*notes, dated(view)])
    st.html(f'<div class="cts-answer"><p class="lead">{escape(sentence)}</p><p class="note">{escape(small)}</p></div>')


def title(words: str) -> None:
    st.html(f'<h2 class="cts-h2">{escape(words)}</h2>')


def svg(markup: str) -> None:
    """A server-made drawing, scaled to its place."""
    drawing(f'<div class="cts-svg">{markup}</div>')


def drawing(markup: str) -> None:
    """Our own HTML with drawings in it: st.html would drop every SVG, st.markdown keeps them."""
    st.markdown(markup, unsafe_allow_html=True)


def empty(view: View) -> None:
    """Nothing loaded yet: what to do next."""
    st.html(
        f'<div class="cts-state"><h2>{escape(view.say("state.empty_title"))}</h2>'
        f"<p>{escape(view.say('state.empty_text'))}</p></div>"
    )


def no_rows(view: View, chosen: str) -> None:
    st.html(f'<div class="cts-state"><p>{escape(view.say("state.no_rows", filter=chosen))}</p></div>')


def table(view: View, of: Table, notes: Sequence[str] = (), chart: str | None = None, limit: int = 200) -> None:
    """A table in its own frame, and under it the downloads of exactly what it and its chart show."""
    if of.frame.is_empty():
        no_rows(view, of.title)
        return
    st.html(tables.html(of, view.lang, limit, lambda unit: address("communes", unit=unit, lang=view.lang)))
    offer(view, of, notes, chart)


def folded_table(view: View, of: Table, notes: Sequence[str] = (), chart: str | None = None) -> None:
    """The table behind a chart, folded away until asked for."""
    with st.expander(f"{view.say('table.show')}: {of.title}"):
        table(view, of, notes, chart)


def offer(view: View, of: Table, notes: Sequence[str] = (), chart: str | None = None) -> None:
    """The downloads of a table and its chart, built when clicked."""
    stem, about = file_stem(view, of.name), workbook.Notes(view.edition, filters=" · ".join(notes))
    with st.container(horizontal=True, key=f"offer-{of.name}", gap="small"):
        download(
            view.say("table.xlsx"),
            lambda: workbook.workbook(of.frame, of.columns, of.title, about),
            f"{stem}.xlsx",
            XLSX,
        )
        download(
            view.say("table.csv"),
            lambda: workbook.csv(of.frame, of.columns, of.title, about),
            f"{stem}.csv",
            "text/csv",
        )
        if chart:
            download(
                view.say("table.png"),
                lambda: picture.png(chart, view.edition, title=of.title, definition=" · ".join(notes)),
                f"{stem}.png",
                "image/png",
            )


def download(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    """One file, made only when it is asked for."""
    st.download_button(label, make, name, mime, key=f"download-{name}", on_click="ignore")


def copy_box(label: str, message: str) -> None:
    """A message to copy to Zalo; the code block brings its own copy button."""
    st.caption(label)
    st.code(message, language=None, wrap_lines=True)
