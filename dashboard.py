"""The front door: language, who you are, menu; nothing else."""

from collections.abc import Callable
from functools import partial
from types import ModuleType

import streamlit as st

from definitions.text import LANGUAGES, text
from exports import ahead
from pages.about import definitions
from pages.analysis import gaps, slices
from pages.awards import checks, scoresheet, standings, weights
from pages.parts import frame
from pages.parts.view import View, view
from pages.reporting import deliveries, rounds
from pages.targets import communes, overview, villages
from pages.voices import channels, feedback, posts

# A page's file name is its address and the key of its title in definitions/locales/; the first is the front page.
AWARDS = [standings, scoresheet, weights, checks]
MENU = [overview, communes, villages, slices, gaps, channels, posts, feedback, *AWARDS, rounds, deliveries, definitions]
WITHOUT_DATA = (deliveries, definitions)


def main() -> None:
    lang = language()
    # The icon stands in the first page already (serve.py).
    st.set_page_config(page_title=text("app.title", lang), layout="wide")
    shown = view(lang)
    if shown.published and shown.has_figures:
        ahead.prepare(shown.root, shown.published, shown.day, lang)
    chosen = st.navigation(menu(shown), position="top")
    frame.brand(shown)
    chosen.run()


def language() -> str:
    """The language of the address, else of this session, else Vietnamese; written back so that a link keeps it."""
    asked = st.query_params.get("lang", st.session_state.get("language"))
    lang = asked if asked in LANGUAGES else LANGUAGES[0]
    st.session_state["language"] = lang
    if lang != st.query_params.get("lang", LANGUAGES[0]):
        st.query_params["lang"] = lang
    return lang


def menu(view: View) -> dict[str, list[st.Page]]:
    """The pages under their titles, those of the awards under one; kept for those who send a reader on."""
    pages = {module: page(module.__name__.rpartition(".")[2], module, view) for module in MENU}
    st.session_state["pages"] = {one.url_path or "overview": one for one in pages.values()}
    together = {module: one for module, one in pages.items() if module in AWARDS}
    alone = [one for module, one in pages.items() if module not in together]
    return {"": alone, text("page.awards", view.lang): list(together.values())}


def page(name: str, module: ModuleType, view: View) -> st.Page:
    """One page; without figures those that need them say what to do next."""
    shown: Callable = module.page if view.has_figures or module in WITHOUT_DATA else frame.empty
    title = text(f"page.{name}", view.lang)
    return st.Page(partial(shown, view), title=title, url_path=name, default=module is MENU[0])


if __name__ == "__main__":
    main()
