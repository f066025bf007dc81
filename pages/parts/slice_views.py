"""A slice laid out: the switch between the views, the boxes only some of them need, the view itself."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from charts.theme import NARROW
from definitions import format
from definitions.load import definitions
from exports import pivot, slice_drawings, slice_words
from exports.slice_drawings import MANY, VIEWS, facet
from metrics.slices import rows
from pages.parts import frame, slice_boxes, slicing
from pages.parts.choice import choose
from pages.parts.scope import Scope
from pages.parts.slicing import Choice
from pages.parts.view import View

PAGE = "slices"
Chart = Callable[[Scope], str] | None


def shown(view: View, choice: Choice, seen: Scope) -> Chart:
    """The view chosen; gives its drawing of what another may see, to be taken away, where it has one."""
    of, kind = choice.of, choice.layout.view
    told = rows(view.version, slice_drawings.needed(of, choice.layout), seen)
    left, right = st.columns([64, 36], vertical_alignment="bottom")
    with left, st.container(horizontal=True, key="views", vertical_alignment="center"):
        labels = {kind: view.say(f"slices.view_{kind}") for kind in slicing.kinds(of)}
        choose("view", view.say("slices.view"), labels, VIEWS[0], segments=True)
        slice_boxes.arrange(view, choice, partial(heads, view, choice, told))
    if told.is_empty():
        frame.no_rows(view, slice_words.level(of, view.lang))
        return None
    if choice.layout.hidden:
        st.caption(view.say("slices.hidden", n=len(choice.layout.hidden)))
    given = (view.version, of, seen, choice.layout, view.lang)
    if kind == "table":
        st.html(slice_drawings.table(*given, base=base(view, choice)))
        return None
    if facet(of):
        with right:
            one_of_many(view, choice, told)
    elif kind != "map" and not fits(view, choice, told):
        return None
    drawn = partial(slice_drawings.drawn, *given, base=base(view, choice))
    frame.both(drawn(), drawn(width=NARROW))
    return lambda leaving: slice_drawings.drawn(view.version, of, leaving, choice.layout, view.lang)


def base(view: View, choice: Choice) -> str:
    """The address of this view in the reader's language, without the cell opened."""
    kept = {key: id for key, id in choice.ids().items() if key != "cell"} | {"lang": view.lang}
    return f"{PAGE}?{urlencode(kept, safe=',:')}"


def heads(view: View, choice: Choice, told) -> dict[str, str]:
    """The columns rows can be sorted by; none where a unit has several rows."""
    across = choice.layout.across
    if facet(choice.of) and across == "month":
        return {}
    return {id: pivot.head(across, id, view.lang) for id in pivot.column_ids(told, across)}


def one_of_many(view: View, choice: Choice, told) -> None:
    """Which unit a chart of groups shows, or which group a map of units."""
    if choice.layout.view == "map":
        names = slice_drawings.facets(choice.of, told, view.lang)
        choose("one", view.say("slices.one"), names, next(iter(names)))
        return
    province, named = definitions().province.code, told.select("unit", "name").unique(maintain_order=True)
    units = {unit: name for unit, name in named.rows() if unit != province}
    choose("focus", view.say("slices.focus"), {"": view.say("slices.within_all")} | units, "")


def fits(view: View, choice: Choice, told) -> bool:
    """Whether the units fit into one picture; says it where only some or none do."""
    kind, many = choice.layout.view, MANY[choice.layout.view]
    n = told["unit"].n_unique() - len(choice.layout.hidden)
    if n > many:
        id = "first_of_many" if kind == "multiples" else "too_many"
        st.caption(view.say(f"slices.{id}", shown=many, n=format.integer(n, view.lang)))
    return n <= many or kind == "multiples"
