"""A page drawn without a browser, at an address."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
import dashboard
st.session_state["pages"] = {{}}
shown = dashboard.view({lang!r})
from pages.{section} import {page}
{page}.page(shown)
"""


def opened(where: str, lang: str = "vi", *folds: str, **address: str) -> AppTest:
    """The page of that section and name ("analysis.gaps"), some of its folds open."""
    section, _, page = where.partition(".")
    app = AppTest.from_string(SCRIPT.format(lang=lang, section=section, page=page), default_timeout=60)
    for key, id in address.items():
        app.query_params[key] = id
    for fold in folds:
        app.session_state[fold] = True
    return shown(app.run())


def shown(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    """All the page shows of our own making, as markup: answer, tables, drawings, captions."""
    markup = [block.proto.body for block in app.get("html")]
    return "\n".join([*markup, *(block.value for block in (*app.markdown, *app.caption))])
