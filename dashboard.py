"""The front door: language, who you are, menu; nothing else."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from definitions.text import LANGUAGES, text

ICON = Path(__file__).parent / "static" / "icon.png"


def overview(lang: str) -> None:
    st.title(text("app.title", lang))
    st.caption(text("app.subtitle", lang))


# Section -> pages. A page is a function taking the language; its name is its address and the key of its title.
MENU: dict[str, list[Callable[[str], None]]] = {"targets": [overview]}


def main() -> None:
    lang = language()
    st.set_page_config(page_title=text("app.title", lang), page_icon=str(ICON), layout="wide")
    page = st.navigation(menu(lang), position="top")
    choose_language(lang)
    page.run()


def language() -> str:
    """The language of the address, else of this session, else Vietnamese; written back so that a link keeps it."""
    asked = st.query_params.get("lang", st.session_state.get("language"))
    lang = asked if asked in LANGUAGES else LANGUAGES[0]
    st.session_state["language"] = lang
    if lang != LANGUAGES[0] or "lang" in st.query_params:
        st.query_params["lang"] = lang
    return lang


def menu(lang: str) -> dict[str, list[st.Page]]:
    """The pages by section under their titles; the first page of all stands at the bare address."""
    return {
        text(f"menu.{section}", lang): [
            st.Page(partial(page, lang), title=text(f"page.{page.__name__}", lang), url_path=page.__name__)
            for page in pages
        ]
        for section, pages in MENU.items()
    }


def choose_language(lang: str) -> None:
    """The switch at the top right; the choice goes into the address as an id."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        picked = st.segmented_control(
            text("app.language", lang), LANGUAGES, default=lang, format_func=str.upper, label_visibility="collapsed"
        )
    if picked and picked != lang:
        st.query_params["lang"] = picked
        st.rerun()


if __name__ == "__main__":
    main()
