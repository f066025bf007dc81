"""The names of the villages without a group, without an active group, without a report."""

from definitions import format
from exports import tables
from metrics import groups, rounds, units
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.view import View


def page(view: View) -> None:
    month = rounds.months(view.version)[0]
    lacking = groups.lacking(view.version, month)
    counts = {what: format.integer(villages, view.lang) for what, villages in lacking.items()}
    frame.answer(view, view.say("villages.answer", day=format.day(view.day), month=format.month(month), **counts))
    labels = {what: f"{view.say(f'villages.{what}')} ({counts[what]})" for what in lacking}
    what = choose("list", view.say("villages.choose"), labels, "group", segments=True)
    listed = units.communes(view.version)
    names = {"": view.say("villages.all")} | dict(zip(listed["unit"], listed["full_name"], strict=True))
    unit = choose("unit", view.say("villages.commune"), names, "")
    rows = groups.missing(view.version, what, month, unit or None)
    take.table(view, tables.villages(rows, view.lang, f"villages-{what}", True, view.say(f"villages.{what}")))
