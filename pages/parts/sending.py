"""Files dropped onto the page, and what became of each."""

from collections import Counter
from html import escape

import streamlit as st

from definitions import format
from etl import acts, store
from exports import tables, words
from pages.parts import frame, take
from pages.parts.view import View

FEW = 5  # files answered one by one


def upload(view: View) -> None:
    """Files dropped here go into the real root, as `load` does it."""
    frame.title(view.say("deliveries.upload"))
    if view.origin == "demo":
        st.caption(view.say("deliveries.goes_to_real"))
    with st.form("upload", clear_on_submit=True, border=False):
        files = st.file_uploader(
            view.say("deliveries.upload_hint"), type=["xlsx", "xls", "csv", "zip"], accept_multiple_files=True
        )
        sent = st.form_submit_button(view.say("deliveries.send"), type="primary")
    if sent and not files:
        st.warning(view.say("deliveries.nothing"))
    elif sent:
        with st.spinner(view.say("deliveries.busy", n=len(files))):
            named = [(file.name, file.getvalue()) for file in files]
            st.session_state["answers"] = acts.take_in(store.root("real"), named, "", "page")
        st.session_state.pop("confirmed", None)
        st.rerun()


def results(view: View, taken: acts.Taken) -> None:
    """What became of the files just sent: a few each with all that is said about it, many as a table."""
    frame.unpublished(view, taken.unpublished)
    if len(taken.answers) <= FEW:
        for answer in taken.answers:
            result(view, answer)
        return
    counted = Counter(tables.answer_state(answer, view.lang) for answer in taken.answers)
    counts = " · ".join(f"{state}: {format.integer(n, view.lang)}" for state, n in counted.items())
    st.markdown(view.say("deliveries.answered", n=len(taken.answers), counts=counts))
    take.table(view, tables.answers(taken.answers, view.lang))


def result(view: View, answer: dict) -> None:
    """What became of one file: its verdict, its rows, its letters."""
    rows = " · ".join(
        f"{view.say(f'deliveries.{kind}')}: {format.integer(n, view.lang)}" for kind, n in answer["rows"].items()
    )
    title = f"{answer['file']}: {tables.answer_state(answer, view.lang)}"
    with st.expander(title, expanded=answer["verdict"] != "accepted"):
        st.caption(rows)
        items = "".join(f"<li>{escape(said)}</li>" for said in words.letters(answer["letters"], view.lang))
        st.html(f'<ul class="cts-said">{items}</ul>')


def has_sent(sha: str) -> bool:
    """Whether this visitor has sent the file: he knows what it says."""
    taken = st.session_state.get("answers")
    return taken is not None and sha in {answer["sha256"] for answer in taken.answers}
