"""The choices of the analysis page: read from the address, offered as boxes, written back as ids."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from definitions import asked, format
from definitions.load import ACCESS, definitions
from exports import slice_words, words
from exports.slice_drawings import FEW, VIEWS, Layout
from metrics import slice as cut
from metrics.slice import Slice
from metrics.slice_cells import Cell, cell_of
from pages.parts.choice import choose, choose_several, chosen, several
from pages.parts.view import View

LARGE = 100  # households in the province from which an ethnic group is shown without being asked for
BACK = 11  # months before the last one, shown without being asked for


@dataclass(frozen=True)
class Choice:
    """What the reader looks at: the slice, how it is laid out, and the cell he opened."""

    of: Slice
    layout: Layout
    cell: Cell | None

    def ids(self) -> dict[str, str]:
        """The choice as it stands in an address; what is not chosen is left out."""
        of, how = self.of, self.layout
        told = {
            "indicator": ",".join(of.indicators), "level": of.level, "by": of.by, "within": of.within,
            "since": of.since, "until": of.until, "groups": ",".join(of.categories), "wording": of.wording,
            "units": of.units_of, "view": how.view, "across": how.across, "show": how.shown, "sort": how.sort,
            "pin": ",".join(how.pinned), "hide": ",".join(how.hidden), "focus": how.focus, "one": how.one,
            "rows": "all" if how.is_whole else "", "cell": self.cell.id if self.cell else "",
        }  # fmt: skip
        return {key: value for key, value in told.items() if value}


def read(view: View) -> Choice:
    """The choice in the address; what it does not say, or says wrongly, is the default."""
    level = chosen("level", list(cut.levels(view.version)), "commune")
    by = chosen("by", list(cut.BY), "none")
    indicators = several("indicator", [ACCESS, *definitions().indicators], (ACCESS,))
    names = cut.names(view.version)
    of = Slice(
        indicators, level, by, within=chosen("within", list(names), ""),
        wording=chosen("wording", list(definitions().access.wordings), "") if ACCESS in indicators else "",
        units_of=chosen("units", ["today", "time"], "today"), categories=groups(view, by),
    )  # fmt: skip
    of = dated(view, of)
    return Choice(of, layout(view, of), cell_of(st.query_params.get("cell", "")))


def layout(view: View, of: Slice) -> Layout:
    """How the address wants a slice laid out."""
    units = cut.units(view.version, of.level, of.within)["unit"].to_list()
    kinds = [kind for kind in VIEWS if kind != "map" or of.level == "commune"]
    return Layout(
        chosen("view", kinds, VIEWS[0]), chosen("across", acrosses(of), acrosses(of)[0]),
        chosen("show", ["share", "counts"], "share"), st.query_params.get("sort", ""), several("pin", units),
        several("hide", units), chosen("focus", units, ""), st.query_params.get("one", ""),
        chosen("rows", ["all"], "") == "all",
    )  # fmt: skip


def dated(view: View, of: Slice) -> Slice:
    """The slice with its months: the last with a figure and those before it, unless the address names others."""
    known = [f"{month:%Y-%m}" for month in cut.months(view.version, of)]
    listed = all_months(view)
    until = chosen("until", listed, [*listed, *known][-1] if listed else "")
    back = listed[max(0, listed.index(until) - BACK)] if until else ""
    since = chosen("since", listed, back)
    return replace(of, since=min(since, until), until=until)


def unit_name(view: View, of: Slice, unit: str) -> str:
    listed = cut.units(view.version, of.level, of.within)
    return dict(listed.select("unit", "full_name").iter_rows()).get(unit, cut.names(view.version).get(unit, unit))


def all_months(view: View) -> list[str]:
    return [f"{month:%Y-%m}" for month in cut.all_months(view.version)]


def groups(view: View, by: str) -> tuple[str, ...]:
    """The groups asked for; of the ethnic ones those with few households in the province wait until they are."""
    if by not in asked.GROUPS:
        return ()
    default = cut.categories(view.version, by, LARGE)
    default = (cut.ALL, *default) if by == "ethnic" else default
    return several("groups", [cut.ALL, *cut.categories(view.version, by)], default)


def acrosses(of: Slice) -> list[str]:
    """What can stand across a table: what there are several of."""
    found = ["category"] * (of.by != "none") + ["indicator"] * (len(of.ids) > 1 and of.by != "platform")
    return [*found, "month"]


# ---- the boxes -------------------------------------------------------------------------------------------------------


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
    months = {id: format.month(date.fromisoformat(f"{id}-01")) for id in all_months(view)}
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
            choose_several("groups", view.say("slices.groups"), whole | names, groups(view, of.by))
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
    of, names = (
        choice.of,
        dict(cut.units(view.version, choice.of.level, choice.of.within).select("unit", "name").iter_rows()),
    )
    with fold:
        heads = {id: view.say(f"slices.across_{id}") for id in acrosses(of)}
        choose("across", view.say("slices.across"), heads, acrosses(of)[0])
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
