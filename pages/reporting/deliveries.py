"""Files in and templates out: what was stored, held back and ignored, the letters about it, the lists to confirm."""

from datetime import date
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from definitions import format
from etl import acts, handouts
from exports import tables, words
from exports.tables import Table
from metrics import deliveries, units
from metrics.published import Version
from pages.parts import frame, sending, take, templates, waiting
from pages.parts.choice import choose
from pages.parts.scope import may_leave, scope
from pages.parts.view import View


def page(view: View) -> None:
    if view.published:
        frame.answer(view, words.received(deliveries.totals(view.version), view.lang))
    with st.container(key="no-print-files"):
        left, right = st.columns([58, 42], gap="large")
        with left:
            sending.upload(view)
        with right:
            templates.offer(view)
    if taken := st.session_state.get("answers"):
        sending.results(view, taken)
    waiting.show(view)
    if not view.published:
        st.html(f'<div class="cts-state"><p>{escape(view.say("deliveries.next"))}</p></div>')
        return
    table, names = files(view)
    take.table(view, table, limit=60, above=frame.heading(table.title))
    if names:
        one(view, names)


def files(view: View) -> tuple[Table, dict[str, str]]:
    """The files of the month and commune chosen, and what the box calls each; a link to one file shows its month."""
    asked = deliveries.delivery(view.version, st.query_params.get("file", ""))
    known = {month_id(month): month for month in deliveries.months(view.version)}
    months = {id: format.month(month) for id, month in known.items() if month != deliveries.UNKNOWN}
    months |= {id: view.say(f"deliveries.month_{id}") for id in ("unknown", "all") if id == "all" or id in known}
    first = month_id(asked["month"] or deliveries.UNKNOWN) if asked else next(iter(months))
    communes = {"": view.say("villages.all")} | units.named()
    left, right, _ = st.columns([1, 1, 2])
    with left:
        month = choose("files", view.say("deliveries.files_month"), months, first)
    with right:
        commune = choose("from", view.say("villages.commune"), communes, "")
    return listed(view.version, commune, known.get(month), view.lang)


def month_id(month: date) -> str:
    return "unknown" if month == deliveries.UNKNOWN else f"{month:%Y-%m}"


@lru_cache(maxsize=64)
def listed(version: Version, commune: str, month: date | None, lang: str) -> tuple[Table, dict[str, str]]:
    rows = deliveries.deliveries(version, commune or None, month)
    names = {sha: f"{file} · {sha[:8]}" for sha, file in rows.select("sha256", "file").rows()}
    return tables.deliveries(deliveries.together(rows), lang), names


def one(view: View, names: dict[str, str]) -> None:
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
