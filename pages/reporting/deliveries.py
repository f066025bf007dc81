"""Files in and templates out: what was stored, held back and ignored, and the letters about it."""

import streamlit as st

from definitions import format
from etl import handouts, inbound
from exports import tables
from metrics import deliveries, rounds, units
from pages.parts import frame
from pages.parts.view import View, choose, file_stem


def page(view: View) -> None:
    listed = deliveries.deliveries(view.version)
    frame.answer(view, view.say("deliveries.answer", **counts(view, listed)))
    left, right = st.columns([60, 40], gap="large")
    with left:
        upload(view)
    with right:
        templates(view)
    frame.title(view.say("deliveries.list"))
    frame.table(view, tables.deliveries(listed, view.lang), limit=100)
    one(view, listed)


def counts(view: View, listed) -> dict[str, str]:
    standing = deliveries.totals(listed)
    return {
        "files": format.integer(standing["files"], view.lang),
        "moment": format.moment(standing["latest"]),
        "held": format.integer(standing["held"], view.lang),
        "refused": format.integer(standing["refused"], view.lang),
    }
