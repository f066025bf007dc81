"""The boxes of the analysis page: what to cut, and how its rows stand; each writes its ids into the address."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from definitions import asked, format
from definitions.load import ACCESS, definitions
from exports import slice_words, words
from exports.slice_drawings import FEW
from metrics import slice as cut
from metrics.slice import Slice
from pages.parts import slicing
from pages.parts.choice import choose, choose_several
from pages.parts.slicing import Choice
from pages.parts.view import View


def boxes(view: View, choice: Choice) -> None:
    """What to cut, in two rows."""
    with st.container(key="choose"):
        places = st.columns([32, 18, 25, 25])
        with places[0]:
            indicators(view)
        with places[1]:
            levels = {level: view.say(f"slices.level_{level}") for level in cut.levels(view.version)}
            choose("level", view.say("slices.level"), levels, "commune")
        with places[2]:
            choose("by", view.say("slices.by"), {by: view.say(f"slices.by_{by}") for by in cut.BY}, "none")
        with places[3]:
            choose("within", view.say("slices.within"), within(view), "")
        second_row(view, choice.of)


def second_row(view: View, of: Slice) -> None:
    """Months, and what only some slices need: the wording, the groups, the units of the time."""
    months = {id: format.month(date.fromisoformat(f"{id}-01")) for id in slicing.all_months(view)}
    has_groups = of.by in asked.GROUPS
    places = st.columns([14, 14, 22, *([50] if has_groups else [32, 18])])
    with places[0]:
        choose("since", view.say("slices.since"), months, of.since)
    with places[1]:
        choose("until", view.say("slices.until"), months, of.until)
    with places[2]:
        labels = {id: view.say(f"slices.units_{id}") for id in ("today", "time")}
        choose("units", view.say("slices.units_of"), labels, "today")
    with places[3]:
        if has_groups:
            names = {id: slice_words.category(id, view.lang) for id in cut.categories(view.version, of.by)}
            whole = {cut.ALL: view.say("slices.all")} if of.by == "ethnic" else {}
            choose_several("groups", view.say("slices.groups"), whole | names, slicing.groups(view, of.by))
        elif ACCESS in of.indicators:
            wordings = {id: words.label(w, view.lang) for id, w in definitions().access.wordings.items()}
            choose("wording", view.say("slices.wording"), wordings, definitions().access.in_force)


def indicators(view: View) -> None:
    names = {id: slice_words.indicator(id, view.lang) for id in [ACCESS, *definitions().indicators]}
    choose_several("indicator", view.say("slices.indicator"), names, (ACCESS,))


def within(view: View) -> dict[str, str]:
    """The units a slice can be cut down to."""
    names = cut.names(view.version)
    return {"": view.say("slices.within_all")} | {
        id: name for id, name in names.items() if id != definitions().province.code
    }


def arrange(view: View, choice: Choice, columns: Callable[[], dict[str, str]]) -> None:
    """How the rows stand; the boxes come only when somebody opens them. columns: gives id -> head."""
    fold = st.popover(view.say("slices.arrange"), key="arrange", on_change="rerun")
    if not fold.open:
        return
    of, names = choice.of, dict(cut.listed(view.version, choice.of).select("unit", "name").iter_rows())
    with fold:
        heads = {id: view.say(f"slices.across_{id}") for id in slicing.acrosses(of)}
        choose("across", view.say("slices.across"), heads, slicing.acrosses(of)[0])
        choose(
            "show", view.say("slices.show"), {id: view.say(f"slices.show_{id}") for id in ("share", "counts")}, "share"
        )
        orders = {"": view.say("slices.sort_order")}
        orders |= {
            f"{way}:{id}": view.say(f"slices.sort_{way}", column=head)
            for id, head in columns().items()
            for way in ("down", "up")
        }
        choose("sort", view.say("slices.sort"), orders, "")
        choose_several("pin", view.say("slices.pin"), names)
        choose_several("hide", view.say("slices.hide"), names)
        limits = {"": view.say("slices.rows_some", n=FEW), "all": view.say("slices.rows_all")}
        choose("rows", view.say("slices.rows"), limits, "")
