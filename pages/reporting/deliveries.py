"""Files in and templates out: what was stored, held back and ignored, and the letters about it."""

from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from definitions import format
from etl import handouts, store
from exports import tables, words
from exports.tables import Table
from metrics import deliveries
from metrics.published import Version
from pages.parts import frame, take, templates
from pages.parts.choice import choose
from pages.parts.view import View


def page(view: View) -> None:
    if view.published:
        frame.answer(view, words.received(deliveries.totals(view.version), view.lang))
    left, right = st.columns([58, 42], gap="large")
    with left:
        upload(view)
    with right:
        templates.offer(view)
    if not view.published:
        frame.empty(view)
        return
    listed = deliveries.deliveries(view.version)
    table = all_files(view.version, view.lang)
    take.table(view, table, limit=60, above=frame.heading(table.title))
    one(view, dict(zip(listed["sha256"], listed["file"], strict=True)))


@lru_cache(maxsize=8)
def all_files(version: Version, lang: str) -> Table:
    return tables.deliveries(deliveries.deliveries(version), lang)


def upload(view: View) -> None:
    """Files dropped here go into the real root, as `load` does it."""
    frame.title(view.say("deliveries.upload"))
    with st.form("upload", clear_on_submit=True, border=False):
        files = st.file_uploader(
            view.say("deliveries.upload_hint"), type=["xlsx", "xls", "zip"], accept_multiple_files=True
        )
        sent = st.form_submit_button(view.say("deliveries.send"), type="primary")
    if sent and files:
        with st.spinner(view.say("deliveries.busy", n=len(files))):
            named = [(file.name, file.getvalue()) for file in files]
            st.session_state["answers"] = handouts.take_in(store.root("real"), named, "", "page")
        st.rerun()
    for answer in st.session_state.get("answers", []):
        result(view, answer)


def result(view: View, answer: dict) -> None:
    """What became of one file: its verdict, its rows, its letters."""
    rows = " · ".join(
        f"{view.say(f'deliveries.{kind}')}: {format.integer(n, view.lang)}" for kind, n in answer["rows"].items()
    )
    with st.expander(
        f"{answer['file']}: {view.say('deliveries.' + answer['verdict'])}", expanded=answer["verdict"] != "accepted"
    ):
        st.caption(rows)
        items = "".join(f"<li>{escape(letter['message'])}</li>" for letter in answer["letters"])
        st.html(f'<ul class="cts-said">{items}</ul>')


def one(view: View, files: dict[str, str]) -> None:
    """One delivery's letters, and what goes back to its commune."""
    frame.title(view.say("deliveries.letters"))
    sha = choose(
        "file",
        view.say("deliveries.choose"),
        {sha: f"{name} · {sha[:8]}" for sha, name in files.items()},
        next(iter(files)),
    )
    letters = deliveries.letters(view.version, sha)
    if letters.is_empty():
        st.caption(view.say("deliveries.letters_none"))
        return
    take.table(view, tables.letters(letters, view.lang))
    take.folded(view.say("deliveries.send_back"), lambda: packet(view, sha, files[sha]))


def packet(view: View, sha: str, file: str) -> None:
    """The workbook to send back, every error marked, and the text that goes with it."""
    back = handouts.returned(view.root, sha)
    if book := back.workbook:
        with st.container(horizontal=True, key="offer-packet"):
            take.download(view.say("deliveries.packet"), lambda: book, f"lam-ro-{Path(file).stem}.xlsx", take.XLSX)
    take.copy_box(view.say("commune.copy_zalo"), back.text)
