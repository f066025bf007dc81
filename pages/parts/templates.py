"""The forms to hand out, offered for a month and a commune."""

from datetime import date

import streamlit as st

from definitions import format
from definitions.load import rounds_around
from etl import handouts
from metrics import units
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.view import View, file_stem


def offer(view: View) -> None:
    """The forms to hand out: one commune's, all communes', the slips of a commune's villages."""
    frame.title(view.say("deliveries.templates"))
    months = {f"{m:%Y-%m}": format.month(m) for m in rounds_around(view.day)}
    month = choose("month", view.say("deliveries.template_month"), months, next(iter(months)))
    names = units.named()
    commune = choose("unit", view.say("commune.choose"), names, next(iter(names)))
    first, stem = date.fromisoformat(f"{month}-01"), file_stem(view, f"bieu-mau-{month}")
    with st.container(horizontal=True, key="offer-templates"):
        one_form = lambda: handouts.template(view.root, commune, first)  # noqa: E731
        take.download(view.say("deliveries.template_commune"), one_form, f"{stem}-{commune}.xlsx", take.XLSX)
        take.download(
            view.say("deliveries.slip"),
            lambda: handouts.slips(view.root, commune, first),
            f"{stem}-{commune}-phieu-thon.pdf",
            "application/pdf",
        )
        take.download(
            view.say("deliveries.template_all"),
            lambda: handouts.templates(view.root, first),
            f"{stem}.zip",
            "application/zip",
        )
