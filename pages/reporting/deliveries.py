"""Files in and templates out: what was stored, held back and ignored, the letters about it, the lists to confirm."""

from collections import Counter
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from definitions import format
from etl import acts, handouts, store
from exports import tables, words
from exports.tables import Table
from metrics import deliveries
from metrics.published import Version
from pages.parts import frame, take, templates, waiting
from pages.parts.choice import choose
from pages.parts.view import View

FEW = 5  # files answered one by one


def page(view: View) -> None:
    if view.published:
        frame.answer(view, words.received(deliveries.totals(view.version), view.lang))
    with st.container(key="no-print-files"):
        left, right = st.columns([58, 42], gap="large")
        with left:
            upload(view)
        with right:
            templates.offer(view)
    if taken := st.session_state.get("answers"):
        results(view, taken)
    waiting.show(view)
    if not view.published:
        st.html(f'<div class="cts-state"><p>{escape(view.say("deliveries.next"))}</p></div>')
        return
    listed = deliveries.deliveries(view.version)
    table = all_files(view.version, view.lang)
    take.table(view, table, limit=60, above=frame.heading(table.title))
    one(view, {row["sha256"]: row for row in listed.iter_rows(named=True)})


@lru_cache(maxsize=8)
def all_files(version: Version, lang: str) -> Table:
    return tables.deliveries(deliveries.deliveries(version), lang)


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


def one(view: View, files: dict[str, dict]) -> None:
    """One delivery's letters, what goes back to its commune, and the way to take it out."""
    frame.title(view.say("deliveries.letters"))
    named = {sha: f"{row['file']} · {sha[:8]}" for sha, row in files.items()}
    sha = choose("file", view.say("deliveries.choose"), named, next(iter(files)))
    letters = deliveries.letters(view.version, sha)
    if letters.is_empty():
        st.caption(view.say("deliveries.letters_none"))
    else:
        take.table(view, tables.letters(letters, view.lang))
        take.folded(view.say("deliveries.send_back"), lambda: packet(view, sha, files[sha]["file"]))
    if view.origin == "real" and not files[sha]["withdrawn"]:
        withdraw(view, sha, files[sha]["file"])


def packet(view: View, sha: str, file: str) -> None:
    """The workbook to send back, every error marked, and the text that goes with it."""
    back = handouts.returned(view.root, sha)
    if book := back.workbook:
        with st.container(horizontal=True, key="offer-packet"):
            take.download(view.say("deliveries.packet"), lambda: book, f"lam-ro-{Path(file).stem}.xlsx", take.XLSX)
    take.copy_box(view.say("commune.copy_zalo"), back.text)


def withdraw(view: View, sha: str, file: str) -> None:
    """Take a wrong file out, with who and why; folded away, and never by one click."""
    with st.expander(f"{view.say('deliveries.withdraw')}: {file}"), st.form(f"withdraw-{sha}", border=False):
        st.caption(view.say("deliveries.withdraw_text"))
        by = st.text_input(view.say("deliveries.withdraw_by"), max_chars=120).strip()
        reason = st.text_input(view.say("deliveries.withdraw_reason"), max_chars=300).strip()
        is_asked = st.form_submit_button(view.say("deliveries.withdraw_confirm"))
    if is_asked and not (by and reason):
        st.warning(view.say("deliveries.withdraw_missing"))
    elif is_asked:
        with st.spinner(view.say("deliveries.withdraw_busy")):
            unpublished = acts.withdraw(view.root, sha, reason, by)
        st.session_state["answers"] = acts.Taken([], unpublished)
        st.toast(view.say("deliveries.withdraw_done", file=file))
        st.rerun()
