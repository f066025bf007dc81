"""Which score sheet is looked at, and as of which day: kept in the address, the same on every page of the awards."""

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from definitions import format
from definitions.award_rules import sheets
from definitions.load import late_after
from exports import award_round as rounds_of
from exports.award_words import Shown
from metrics import rounds, units
from pages.parts.choice import choose
from pages.parts.view import View

BACK = 12  # rounds


def shown(view: View) -> Shown:
    """The boxes, and the round of what they say."""
    return with_one_more(view, (64, 36), lambda: "")[0]


def with_one_more(view: View, widths: tuple[int, ...], more: Callable[[], str]) -> tuple[Shown, str]:
    """The same with one box beside them, and what it says."""
    left, right, *rest = st.columns(widths, gap="small")
    with left:
        titles = {id: of.title.said(view.lang) for id, of in sheets().items()}
        used = rounds_of.in_use(view.root, titles)
        sheet = choose("sheet", view.say("award_page.sheet"), titles, next(iter([*used, *titles])))
    with right:
        asked = choose("day", view.say("award_page.day"), days(view), "")
    picked = ""
    for place in rest:
        with place:
            picked = more()
    day = date.fromisoformat(asked) if asked else view.day
    return Shown(known(view, sheet, day), asked, view.lang), picked


def known(view: View, sheet: str, day: date) -> rounds_of.Round:
    """The round of a sheet on a day; whoever looks first after its cut-off waits for the figures of that day."""
    of = view.root, view.version, sheets()[sheet], day
    final = rounds_of.cut_off_in_use(view.root, sheet)
    if final is None or day <= final:
        return rounds_of.known_round(*of)
    with st.spinner(view.say("award_page.closing")):
        return rounds_of.known_round(*of)


THREE = (36, 28, 36)


def day_of(view: View, at: Shown) -> date:
    return date.fromisoformat(at.day) if at.day else view.day


def days(view: View) -> dict[str, str]:
    """Today, the days after which a round counts, and the one the address asks for, the latest first."""
    found = {"": view.say("award_page.today", day=format.day(view.day))}
    for month in rounds.months(view.version)[:BACK]:
        day = late_after(month) + timedelta(days=1)
        if day < view.day:
            found[day.isoformat()] = view.say("award_page.after_round", day=format.day(day), month=format.month(month))
    asked = st.query_params.get("day", "")
    if asked not in found and is_past(asked, view.day):
        found[asked] = format.day(date.fromisoformat(asked))
    return found


def is_past(asked: str, today: date) -> bool:
    try:
        return date.fromisoformat(asked) <= today
    except ValueError:
        return False


def communes(view: View) -> dict[str, str]:
    listed = units.communes(view.version)
    return dict(zip(listed["unit"], listed["full_name"], strict=True))


def leads(address: str) -> str:
    """The linked columns of award tables hold addresses already."""
    return address


def annex(view: View, key: str) -> bool:
    """Whether the internal annex may leave in a file: off until somebody says so on this page."""
    with st.container(key=f"no-print-{key}"):
        return st.checkbox(view.say("award_page.annex_take"), key=key)
