"""The front door: language, who you are, menu; nothing else."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

TITLE = "Chỉ tiêu số"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
ICON = Path(__file__).parent / "static" / "icon.png"


def overview() -> None:
    st.title(TITLE)


# A page is a function; its name is its address and the key of its title in definitions/locales/.
MENU: dict[str, list[Callable[[], None]]] = {"targets": [overview]}


def language() -> str:
    """The language of the address, else of this session, else Vietnamese; written back so that a link keeps it."""
    asked = st.query_params.get("lang", st.session_state.get("language"))
    chosen = asked if asked in LANGUAGES else "vi"
    st.session_state["language"] = chosen
    if chosen != "vi" or "lang" in st.query_params:
        st.query_params["lang"] = chosen
    return chosen


def choose_language(current: str) -> None:
    """The switch at the top right; the choice goes into the address as an id."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        options = list(LANGUAGES)
        picked = st.segmented_control(
            "Ngôn ngữ / Language", options, default=current, format_func=str.upper, label_visibility="collapsed"
        )
    if picked and picked != current:
        st.query_params["lang"] = picked
        st.rerun()


def main() -> None:
    st.set_page_config(page_title=TITLE, page_icon=str(ICON), layout="wide")
    current = language()
    sections = {
        section: [
            st.Page(page, title=page.__name__, url_path=page.__name__, default=page is overview) for page in pages
        ]
        for section, pages in MENU.items()
    }
    page = st.navigation(sections, position="top")
    choose_language(current)
    page.run()


main()
