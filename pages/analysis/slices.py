"""Any slice: indicators by place, month and group, as a table, lines, bars, small multiples or a map."""

from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from definitions import format
from definitions.load import definitions
from exports import slice_files, slice_words
from exports.slice_drawings import needed, of_province
from metrics import slice as cut
from metrics import slice_cells
from metrics.slices import rows
from pages.parts import frame, grounds, slice_boxes, slice_saved, slice_take, slice_views, slicing, take
from pages.parts.choice import put
from pages.parts.scope import Scope, may_leave, scope
from pages.parts.slicing import Choice
from pages.parts.view import View


def page(view: View) -> None:
    missing = slice_saved.open_asked(view)
    choice, seen = slicing.read(view), scope(view)
    of = choice.of
    try:
        said = slice_words.sentence(view.version, needed(of, choice.layout), seen, view.lang)
    except cut.NoSuchSlice as refused:
        frame.answer(view, view.say(f"slices.{refused.reason}", about=refused.about))
        slice_boxes.boxes(view, choice)
        return
    notes = [view.say("slices.saved_unknown", code=missing)] if missing else []
    frame.answer(view, said or view.say("slices.no_figure"), [*notes, *doubts(view, of, seen)])
    slice_boxes.boxes(view, choice)
    if choice.cell:
        behind(view, choice, choice.cell, seen)
    chart = slice_views.shown(view, choice, seen)
    slice_take.offer(view, choice, chart, seen)
    slice_saved.saved(view, choice)
    grounds.show(view, choice)


def doubts(view: View, of: cut.Slice, seen: Scope) -> list[str]:
    """What a careful reader has to know of this slice."""
    found = slice_words.wording(of, view.lang)
    if of.level == "district":
        found.append(slice_words.shared(cut.shared_communes(view.version), view.lang))
    if of.units_of == "time" and of.level in ("commune", "district"):
        epoch = definitions().province.epoch
        is_before = cut.is_of_before(view.version, of)
        found.append(view.say(f"slices.units_{'before' if is_before else 'same'}", month=format.month(epoch)))
    return [*found, *group_doubts(view, of, seen)] if of.by == "ethnic" else found


def group_doubts(view: View, of: cut.Slice, seen: Scope) -> list[str]:
    """That ethnic groups are not ranked, and which are not shown."""
    found = [view.say("slices.fixed_order")]
    hidden = tuple(id for id in cut.categories(view.version, "ethnic") if id not in of.categories)
    last = replace(of_province(of), since=of.until, categories=hidden)
    return [*found, slice_words.left_out(rows(view.version, last, seen), view.lang)] if hidden else found


def behind(view: View, choice: Choice, cell: slice_cells.Cell, seen: Scope) -> None:
    """The villages behind a figure, and where each was read."""
    what = slice_words.what(choice.of, cell.category, cell.indicator, view.lang)
    facts = {"unit": slicing.unit_name(view, choice.of, cell.unit), "what": what, "month": format.month(cell.month)}
    villages, cells = view.say("slices.cell_villages"), view.say("slices.cell_cells")
    with st.container(border=True, key="behind"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.html(f'<h2 class="cts-h2">{escape(view.say("slices.cell", **facts))}</h2>')
            if st.button(view.say("slices.cell_close"), key="close-cell"):
                put({"cell": ""})
                st.rerun()
        if choice.of.by == "ethnic":
            st.caption(view.say("slices.cell_whole"))
        try:
            told = slice_cells.villages(view.version, choice.of, cell, seen)
        except cut.NoSuchSlice as refused:
            st.caption(view.say(f"slices.{refused.reason}"))
            return
        leave = (lambda: may_leave(view)) if choice.of.by == "priority" else (lambda: True)
        of_villages = slice_files.villages(told, choice.of, villages, view.lang)
        take.table(view, of_villages, limit=60, may_leave=leave)
        read = partial(slice_cells.cells, view.version, choice.of, cell, seen)
        take.folded_table(view, cells, lambda: slice_files.cells(read(), cells, view.lang), may_leave=leave)
