"""What a reader takes away of a slice: files, its address, its lines of Python, and views saved under a name."""

from collections.abc import Callable
from functools import partial
from html import escape
from urllib.parse import urlencode

import streamlit as st

from definitions import format
from definitions.asked import GROUPS
from etl import views
from exports import picture, slice_files, slice_words, workbook
from metrics import slice as cut
from metrics.slices import rows
from pages.parts import take
from pages.parts.choice import address, put
from pages.parts.scope import Scope, scope
from pages.parts.slice_views import PAGE, Chart
from pages.parts.slicing import Choice
from pages.parts.view import View, file_stem


def offer(view: View, choice: Choice, chart: Chart, seen: Scope) -> None:
    """The files of what the slice holds for whoever may be handed it, made when asked for; its address, its lines."""
    leaving = scope(view, is_shared=True) if choice.of.by in GROUPS else seen
    try:
        if leaving != seen:
            rows(view.version, choice.of, leaving)
            st.caption(view.say("protection.files"))
        files_of(view, choice, chart, leaving)
    except cut.NoSuchSlice as refused:
        st.caption(f"{view.say('protection.stays')} {view.say(f'slices.{refused.reason}', about=refused.about)}")
    lines_to_copy(view, choice)


def files_of(view: View, choice: Choice, chart: Chart, leaving: Scope) -> None:
    """The buttons; every file is made of the same frame, and of nothing else."""
    of, lang, stem = choice.of, view.lang, file_stem(view, "phan-tich")
    filters = slice_words.filters(of, cut.span(view.version, of), cut.names(view.version), lang)
    title = slice_words.title(view.version, of, lang)
    told = partial(rows, view.version, of, leaving)
    about = workbook.Notes(view.edition, slice_words.definitions_of(of, lang), filters)

    def table() -> slice_files.Table:
        return slice_files.table(told(), of, title, lang)

    def written(write: Callable) -> bytes:
        made = table()
        return write(made.frame, made.columns, made.title, about)

    files: dict[str, tuple[Callable[[], bytes], str]] = {
        "xlsx": (lambda: written(workbook.workbook), take.XLSX),
        "csv": (lambda: written(workbook.csv), "text/csv"),
        "parquet": (lambda: slice_files.parquet(told()), slice_files.PARQUET),
    }
    if chart:
        drawn = lambda: picture.png(chart(leaving), view.edition, title=title, definition=filters)  # noqa: E731
        files |= {"png": (drawn, "image/png"), "svg": (lambda: chart(leaving).encode(), "image/svg+xml")}
    with st.container(horizontal=True, key="offer-slice", gap="small"):
        for ending, (make, mime) in files.items():
            take.download(view.say(f"table.{ending}"), make, f"{stem}.{ending}", mime)


def lines_to_copy(view: View, choice: Choice) -> None:
    """The address and the three lines of Python, shown when somebody opens them."""
    fold = st.expander(view.say("slices.take"), key="take", on_change="rerun")
    if fold.open:
        with fold:
            take.copy_box(view.say("slices.address"), link(choice))
            st.caption(f"{view.say('slices.python')}. {view.say('slices.python_hint')}")
            st.code(slice_files.python(choice.of, view.origin, view.version.id), language="python", wrap_lines=True)


def link(choice: Choice) -> str:
    """The address of a slice, its months written out; a reader of another language gets his own."""
    return f"{(st.context.url or PAGE).partition('?')[0]}?{urlencode(choice.ids(), safe=',:~')}"


# ---- saved views -----------------------------------------------------------------------------------------------------


def open_asked(view: View) -> str:
    """Put the choices of the view that the address names into it; gives the id where there is no such view."""
    id = st.query_params.get("saved", "")
    if not id:
        return ""
    found = views.view(view.root, id)
    st.query_params.pop("saved")
    if found is None:
        return id
    put(found["choices"])
    st.rerun()


def saved(view: View, choice: Choice) -> None:
    """The views there are, and a box to save this one."""
    fold = st.expander(view.say("slices.saved"), key="saved", on_change="rerun")
    if not fold.open:
        return
    with fold:
        title = st.text_input(view.say("slices.saved_name"), key="view-title", max_chars=80)
        if st.button(view.say("slices.save"), disabled=not title.strip(), key="save-view"):
            views.save(view.root, title, PAGE, choice.ids())
            st.toast(view.say("slices.saved_done", name=title))
        known = views.saved(view.root, PAGE)
        items = [item(view, one) for one in known] or [f"<li>{escape(view.say('slices.saved_none'))}</li>"]
        st.html(f'<ul class="cts-said">{"".join(items)}</ul>')


def item(view: View, one: dict) -> str:
    to = escape(address(PAGE, saved=one["id"], lang=view.lang))
    day = format.day(views.day_of(one))
    return f'<li><a href="{to}" target="_self">{escape(one["title"])}</a> <span>{day} · {one["id"]}</span></li>'
