"""The measures of a gap: the groups as marks, each measure in words, one of them over time."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from charts.theme import NARROW
from exports import drawings
from exports import equity as told
from exports import measures as spoken
from exports.equity import Told
from exports.tables import Table
from metrics import equity
from metrics import slice as cut
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.scope import Scope, may_leave
from pages.parts.view import View


class Gap(NamedTuple):
    """What is compared: an indicator among groups of a place in a month, for which eyes."""

    indicator: str
    among: str
    unit: str
    month: str
    seen: Scope

    def leaving(self, view: View) -> Callable[[], bool]:
        """What is asked before figures leave the page: communes are no groups of households."""
        return lambda: self.among == "commune" or may_leave(view, self.unit)


def pictured(view: View, gap: Gap) -> None:
    """The groups as marks: one line for the place chosen and, where they may be seen, one for each place in it."""
    chart = drawings.side_by_side(view.version, *gap, view.lang, drawings.WIDE)
    frame.both(chart, drawings.side_by_side(view.version, *gap, view.lang, NARROW))

    def levels() -> Table:
        names = told.group_names(view.lang) | cut.names(view.version)
        found = equity.levels(view.version, *gap[:3], gap.month, gap.month, gap.seen)
        return told.level_table(found, names, view.lang)

    take.folded_table(view, view.say("equity.levels"), levels, (), lambda: chart, gap.leaving(view))


def measured(view: View, gap: Gap, plain: Told) -> tuple[Sequence[str], str]:
    """The measures in words, against the average or the group the reader picks; gives those computed, and which."""
    names, heading = told.group_names(view.lang) | cut.names(view.version), frame.heading(view.say("equity.measures"))
    options = {"": view.say("equity.reference_mean")} | {id: names[id] for id in plain.groups if id in names}
    reference = choose("reference", view.say("equity.reference"), options, "")
    found = told.told(view.version, *gap, view.lang, reference) if reference else plain
    take.table(view, found.table, above=heading, may_leave=gap.leaving(view))
    return found.measures, reference


def over_time(view: View, gap: Gap, computed: Sequence[str], reference: str) -> None:
    """One measure over the rounds, the province's beside it, and each commune's level against its gap."""
    named = {id: spoken.name(id, view.lang) for id in computed}
    measure = choose("measure", view.say("equity.measure"), named, computed[0])
    of = (view.version, gap.indicator, gap.among, gap.unit, measure, gap.seen, view.lang)
    frame.both(drawings.over_time(*of, reference, drawings.WIDE), drawings.over_time(*of, reference, NARROW))
    if gap.among == "ethnic" and gap.seen == "exact":
        apart = equity.by_commune(view.version, gap.indicator, gap.month, measure, gap.seen, reference)
        frame.svg(told.benchmark(apart, measure, gap.unit, view.lang))
