"""The choices of the analysis page, as the address has them."""

from dataclasses import dataclass, replace

import streamlit as st

from definitions import asked
from definitions.load import ACCESS, definitions
from exports.slice_drawings import VIEWS, Layout
from metrics import slice as cut
from metrics.slice import Slice
from metrics.slice_cells import Cell, cell_of
from pages.parts.choice import chosen, several
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
    units = cut.listed(view.version, of)["unit"].to_list()
    return Layout(
        chosen("view", kinds(of), VIEWS[0]), chosen("across", acrosses(of), acrosses(of)[0]),
        chosen("show", ["share", "counts"], "share"), st.query_params.get("sort", ""), several("pin", units),
        several("hide", units), chosen("focus", units, ""), st.query_params.get("one", ""),
        chosen("rows", ["all"], "") == "all",
    )  # fmt: skip


def kinds(of: Slice) -> list[str]:
    """The views a slice can be shown in: the map's tiles are the communes of today."""
    is_before = of.units_of == "time" and of.until < f"{definitions().province.epoch:%Y-%m}"
    return [kind for kind in VIEWS if kind != "map" or (of.level == "commune" and not is_before)]


def dated(view: View, of: Slice) -> Slice:
    """The slice with its months: the last with a figure and those before it, unless the address names others."""
    known = [f"{month:%Y-%m}" for month in cut.months(view.version, of)]
    listed = all_months(view)
    until = chosen("until", listed, [*listed, *known][-1] if listed else "")
    back = listed[max(0, listed.index(until) - BACK)] if until else ""
    since = chosen("since", listed, back)
    return replace(of, since=min(since, until), until=until)


def unit_name(view: View, of: Slice, unit: str) -> str:
    listed = cut.listed(view.version, of)
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
