"""One delivery: its letters, what goes back to its commune, and the way to take it out."""

from pathlib import Path

import streamlit as st

from etl import acts, handouts
from exports import tables
from metrics import deliveries
from pages.parts import frame, sending, take
from pages.parts.choice import choose
from pages.parts.scope import may_leave, scope
from pages.parts.view import View


def show(view: View, names: dict[str, str]) -> None:
    """One delivery's letters, what goes back to its commune, and the way to take it out.

    Counts of groups of households are for those who see exact counts, and for whoever has just sent the file.
    """
    frame.title(view.say("deliveries.letters"))
    sha = choose("file", view.say("deliveries.choose"), names, next(iter(names)))
    row = deliveries.delivery(view.version, sha) or {}
    commune = row["commune"] or ""
    seen = "exact" if sending.has_sent(sha) else scope(view, commune)
    letters = deliveries.letters(view.version, sha, seen)
    if letters.is_empty():
        st.caption(view.say("deliveries.letters_none"))
    else:
        leave = (lambda: may_leave(view, commune)) if letters["is_breakdown"].any() else (lambda: True)
        take.table(view, tables.letters(letters, view.lang), may_leave=leave)
        if seen == "exact" or not row["has_breakdown"]:
            take.folded(view.say("deliveries.send_back"), lambda: packet(view, sha, row["file"]))
        else:
            st.caption(view.say("protection.file"))
    if view.origin == "real" and not row["withdrawn"]:
        withdraw(view, sha, row["file"])


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
