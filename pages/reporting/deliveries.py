"""Files in and templates out: what was stored, held back and ignored, the letters about it, the lists to confirm."""

from datetime import date
from functools import lru_cache
from html import escape

import streamlit as st

from definitions import format
from exports import tables, words
from exports.tables import Table
from metrics import deliveries, units
from metrics.published import Version
from pages.parts import delivery, frame, sending, take, templates, waiting
from pages.parts.choice import choose
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
        delivery.show(view, names)


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
