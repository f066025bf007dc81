"""What a reader takes away of a slice: files, its address, its lines of Python."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from definitions.asked import GROUPS
from exports import picture, slice_files, slice_words, workbook
from metrics import slice as cut
from metrics.slices import rows
from pages.parts import take
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
    about = slice_files.notes(of, filters, view.edition)

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
        drawn = lambda: picture.png(chart(leaving), about.edition, title=title, definition=filters)  # noqa: E731
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
