"""What a reader can take away: tables with their downloads, papers, messages to copy."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from exports import picture, tables, workbook
from exports.tables import Table
from pages.parts import frame
from pages.parts.choice import address
from pages.parts.view import View, file_stem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def table(
    view: View,
    of: Table,
    notes: Sequence[str] = (),
    chart: Callable[[], str] | None = None,
    limit: int = 200,
    above: str = "",
    may_leave: Callable[[], bool] = lambda: True,
    more: Callable[[], None] = lambda: None,
    leads: Callable[[str], str] | None = None,
    only_in_file: Sequence[str] = (),
) -> None:
    """A table in its own frame under some markup, and below it the downloads of exactly what it and its chart show.

    may_leave: asked before a download is offered, of figures about groups of households (pages.parts.scope).
    more: puts others beside the downloads. leads: where cells of a linked column lead, a commune's page by default.
    only_in_file: columns too wide for a screen.
    """
    if of.frame.is_empty():
        st.html(above + frame.no_rows(view, of.title))
        return
    shown = replace(of, columns=tuple(column for column in of.columns if column.id not in only_in_file))
    rows = tables.html(shown, view.lang, limit, leads or (lambda unit: address("communes", unit=unit, lang=view.lang)))
    st.html(above + rows)
    leaves = may_leave()
    with beside(of.name):
        if leaves:
            offer(view, of, notes, chart)
        more()


def beside(name: str) -> DeltaGenerator:
    """A row for downloads."""
    return st.container(horizontal=True, key=f"offer-{name}", gap="small")


def folded_table(
    view: View,
    title: str,
    make: Callable[[], Table],
    notes: Sequence[str] = (),
    chart: Callable[[], str] | None = None,
    may_leave: Callable[[], bool] = lambda: True,
    leads: Callable[[str], str] | None = None,
) -> None:
    """A table folded away."""
    show = lambda: table(view, make(), notes, chart, may_leave=may_leave, leads=leads)  # noqa: E731
    folded(f"{view.say('table.show')}: {title}", show)


def folded(label: str, show: Callable[[], None]) -> None:
    """Something folded away; it is asked for, made and sent only when somebody opens it."""
    fold = st.expander(label, key=f"fold-{label}", on_change="rerun")
    if fold.open:
        with fold:
            show()


def offer(view: View, of: Table, notes: Sequence[str] = (), chart: Callable[[], str] | None = None) -> None:
    """The downloads of a table and its chart, built when clicked."""
    stem, about = file_stem(view, of.name), workbook.Notes(view.edition, filters=" · ".join(notes))
    content = of.frame, of.columns, of.title, about
    download(view.say("table.xlsx"), lambda: workbook.workbook(*content), f"{stem}.xlsx", XLSX)
    download(view.say("table.csv"), lambda: workbook.csv(*content), f"{stem}.csv", "text/csv")
    if chart:
        download(
            view.say("table.png"),
            lambda: picture.png(chart(), view.edition, title=of.title, definition=" · ".join(notes)),
            f"{stem}.png",
            "image/png",
        )


def download(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    """One file, made only when it is asked for."""
    st.download_button(label, make, name, mime, key=f"download-{name}", on_click="ignore")


def copy_box(label: str, message: str) -> None:
    """A message to copy to Zalo; the code block brings its own copy button."""
    if label:
        st.caption(label)
    st.code(message, language=None, wrap_lines=True)
