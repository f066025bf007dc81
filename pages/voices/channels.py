"""How our channels do: followers, views, interactions, posts and answer times, where each stands, who falls silent."""

from datetime import date

import streamlit as st

from charts.theme import NARROW
from definitions import format
from exports import channels as told
from exports.channels import Asked
from metrics import channels, feedback, units
from pages.parts import channel_parts, frame, take
from pages.parts.choice import choose
from pages.parts.view import View

PERIODS = {"6": 6, "12": 12, "24": 24, "all": 0}
EARLIEST = date(2000, 1, 1)
WIDE = 640.0


def page(view: View) -> None:
    known = {row["channel"]: row for row in channels.channels(view.version).iter_rows(named=True)}
    if not known:
        frame.answer(view, view.say("channels.answer_nothing"))
        return
    asked = chosen(view, known)
    silent = channels.dead(view.version, view.day)
    frame.answer(view, told.answer(asked), told.notes(asked, silent))
    left, right = st.columns(2, gap="large")
    with left:
        by_month(view, asked)
    with right:
        by_day(view, asked)
    left, right = st.columns(2, gap="large")
    with left:
        channel_parts.leaderboard(view, asked)
        channel_parts.dead(view, silent)
    with right:
        channel_parts.late(view, asked)
    channel_parts.together(view, asked)


# ---- choices -------------------------------------------------------------------------------------------------------


def chosen(view: View, known: dict[str, dict]) -> Asked:
    """The channel, the figure and the months of the address."""
    left, middle, right = st.columns([34, 36, 30])
    with left:
        unit = place(view, known)
    own = {id: row for id, row in known.items() if row["unit"] == unit}
    with middle:
        names = {id: platform(view, row["platform"], id, own) for id, row in own.items()}
        id = choose("channel", view.say("channels.channel"), names, next(iter(own)), segments=True)
    with right:
        spans = {id: view.say(f"channels.months_{id}") for id in PERIODS}
        period = choose("months", view.say("channels.months"), spans, "12", segments=True)
    counted = {of: metrics[own[id]["platform"]] for of, metrics in channels.MEASURES.items()
               if own[id]["platform"] in metrics}  # fmt: skip
    labels = {of: told.metric(metric, view.lang) for of, metric in counted.items()}
    measure = choose("measure", view.say("channels.measure"), labels, next(iter(labels)), segments=True)
    since, until = span(view.day, PERIODS[period])
    return Asked(view.version, own[id], counted[measure], since, until, view.day, view.lang)


def place(view: View, known: dict[str, dict]) -> str:
    """Who keeps channels, the province first; the address may name a channel alone."""
    owners = {row["unit"] for row in known.values()}
    names = {id: name for id, name in units.names(view.version).items() if id in owners}
    asked = known.get(st.query_params.get("channel", ""), {}).get("unit")
    return choose("unit", view.say("channels.unit"), names, asked or next(iter(names)))


def platform(view: View, of: str, id: str, own: dict[str, dict]) -> str:
    """The platform's name, the channel's own where a place has two on one platform."""
    is_alone = [row["platform"] for row in own.values()].count(of) == 1
    return view.say(f"channels.platform_{of}") if is_alone else str(own[id][f"label_{view.lang}"])


def span(day: date, months: int) -> tuple[date, date]:
    """The first and the last of so many full months before a day; 0: all."""
    until = feedback.before(day.replace(day=1))
    return (feedback.before(until, months - 1) if months else EARLIEST), until


# ---- one channel ---------------------------------------------------------------------------------------------------


def by_month(view: View, asked: Asked) -> None:
    """The months with their breaks, and whether they rise or fall."""
    title = view.say("channels.by_month", what=asked.what)
    wide, narrow = (told.months_drawing(asked, width) for width in (WIDE, NARROW))
    frame.both(wide, narrow, title)
    st.caption(told.trend(asked.what, channels.trend(asked.months, asked.breaks), view.lang))
    make = lambda: told.months_table(asked.months, asked.metric, title, view.lang)  # noqa: E731
    take.folded_table(view, title, make, (), lambda: wide)


def by_day(view: View, asked: Asked) -> None:
    """The days, on request without their weekly season, and the odd ones with their posts."""
    is_stock = told.is_stock(asked.metric)
    title = view.say("channels.by_day_added" if is_stock else "channels.by_day", what=asked.what)
    is_by_month = asked.metric in channels.BY_MONTH
    if is_by_month or asked.days["value"].count() < channels.FEWEST_DAYS:
        frame.title(title)
        st.caption(view.say("channels.no_days" if is_by_month else "channels.few_days", n=channels.FEWEST_DAYS))
        return
    above, weeks = st.container(), {id: view.say(f"channels.week_{id}") for id in ("raw", "off")}
    is_off = choose("week", view.say("channels.week"), weeks, "raw", segments=True) == "off"
    wide, narrow = (told.days_drawing(asked, is_off, width) for width in (WIDE, NARROW))
    with above:
        frame.both(wide, narrow, title)
    take.folded_table(view, title, lambda: told.days_table(asked.days, title, view.lang), (), lambda: wide)
    odd_days(view, asked)


def odd_days(view: View, asked: Asked) -> None:
    title, found = view.say("channels.odd_days"), channels.odd_days(view.version, asked.id, asked.days)
    if found.is_empty():
        st.caption(view.say("channels.odd_none"))
        return
    st.caption(view.say("channels.odd_rule"))
    take.folded(
        f"{title}: {format.integer(len(found), view.lang)}",
        lambda: take.table(view, told.odd_table(found, view.lang), limit=30, leads=lambda url: url),
    )
