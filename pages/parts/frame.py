"""The furniture every page shares: name and language, demonstration band, answer, titles, drawings, states."""

import json
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from definitions import format
from definitions.text import LANGUAGES
from etl import proposals
from etl.store import root
from pages.parts.choice import address
from pages.parts.view import View


def brand(view: View) -> None:
    """The product's name, whether the data are real, and the same view in the other language."""
    band = f'<span class="cts-band">{escape(view.say("app.demo_long"))}</span>' if view.origin == "demo" else ""
    name = f"<b>{escape(view.say('app.title'))}</b> <i>{escape(view.say('app.subtitle'))}</i>"
    languages = "".join(in_language(lang, lang == view.lang) for lang in LANGUAGES)
    switch = f'<nav class="cts-languages" aria-label="{escape(view.say("app.language"))}">{languages}</nav>'
    st.html(f'<div class="cts-brand"><span>{name}</span>{band}{switch}</div>{running_head(view)}')


def running_head(view: View) -> str:
    """What stands at the head and foot of every printed page: product, demonstration, day, page."""
    named = view.say("app.title") + (f" · {view.say('exports.demo')}" if view.origin == "demo" else "")
    boxes = {box: json.dumps(said, ensure_ascii=False) for box, said in (("left", named), ("right", dated(view)))}
    face = "font: 8pt 'Be Vietnam Pro', sans-serif"
    heads = "".join(f"@top-{box} {{ content: {said}; {face} }} " for box, said in boxes.items())
    return f'<style>@page {{ {heads}@bottom-right {{ content: counter(page) " / " counter(pages); {face} }} }}</style>'


def in_language(lang: str, is_shown: bool) -> str:
    """A link, because the whole page changes its language then, its own description of itself included."""
    there = escape(urlencode(st.query_params.to_dict() | {"lang": lang}))
    current = ' aria-current="true"' if is_shown else ""
    return f'<a href="?{there}" target="_self" lang="{lang}"{current}>{lang.upper()}</a>'


def dated(view: View) -> str:
    """As of which day the figures are judged, and when the version shown was built."""
    if view.built_at is None:
        return ""
    updated = view.say("app.updated", moment=format.moment(view.built_at))
    return f"{view.say('app.as_of', day=format.day(view.day))} · {updated}"


def answer(view: View, sentence: str, notes: Sequence[str] = (), facts: str = "") -> None:
    st.html(answered(view, sentence, notes, facts))


def answered(view: View, sentence: str, notes: Sequence[str] = (), facts: str = "") -> str:
    """The sentence that answers the page's question, and in small print what a careful reader has to know."""
    small = " · ".join([*notes, dated(view)])
    below = f'<p class="facts">{escape(facts)}</p>' if facts else ""
    lead = f'<p class="lead">{escape(sentence)}</p><p class="note">{escape(small)}</p>'
    return f'<div class="cts-answer">{lead}{below}</div>'


def heading(words: str) -> str:
    """A title to put before other markup: one message to the browser is less work than two."""
    return f'<div class="cts-h2" role="heading" aria-level="2">{escape(words)}</div>' if words else ""


def title(words: str) -> None:
    st.html(heading(words))


def framed(markup: str, title: str = "") -> str:
    """A server-made drawing, scaled to its place, under a title."""
    return f'<div class="cts-svg">{heading(title)}{markup}</div>'


def both(wide: str, narrow: str, title: str = "") -> None:
    """A drawing for windows and one made for phones, where the letters of the wide one would be too small to read."""
    drawing(f'{heading(title)}<div class="cts-svg wide">{wide}</div><div class="cts-svg narrow">{narrow}</div>')


def svg(markup: str, title: str = "") -> None:
    drawing(framed(markup, title))


def drawing(markup: str) -> None:
    """Our own HTML with drawings in it: st.html would drop every SVG, st.markdown keeps them."""
    st.markdown(markup, unsafe_allow_html=True)


def empty(view: View) -> None:
    """No figures yet: what to do next, and the way there."""
    waiting = len(proposals.waiting(root("real"))) if view.published else 0
    state = "waiting" if waiting else "empty"
    link = escape(address("deliveries", lang=view.lang))
    said = view.say(f"state.{state}_text", n=format.integer(waiting, view.lang))
    st.html(
        f'<div class="cts-state"><h2>{escape(view.say(f"state.{state}_title"))}</h2><p>{escape(said)}</p>'
        f'<p><a href="{link}" target="_self">{escape(view.say(f"state.{state}_link"))}</a></p></div>'
    )


def no_rows(view: View, chosen: str) -> str:
    return f'<div class="cts-state"><p>{escape(view.say("state.no_rows", filter=chosen))}</p></div>'


def unpublished(view: View, why: str) -> None:
    """What was done is kept, but the figures are still those of the version before."""
    if why:
        st.error(view.say("state.unpublished", why=why))
