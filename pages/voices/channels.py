"""How our channels do: followers, views, interactions, posts and answer times, where each stands, who falls silent."""

from collections.abc import Callable
from datetime import date
from functools import partial
from html import escape

import streamlit as st

from charts.theme import NARROW
from definitions import format
from definitions.load import definitions, target_indicator
from exports import channels as told
from exports import words
from exports.channels import Asked
from metrics import channels, feedback, targets, units
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.view import View

PERIODS = {"6": 6, "12": 12, "24": 24, "all": 0}
EARLIEST = date(2000, 1, 1)
LONGEST = 12  # months over which channels and coverage are compared
WIDE = 640.0
SHOWN = 8  # rows of a table; the download has all


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
        leaderboard(view, asked)
        dead(view, silent)
    with right:
        late(view, asked)
    together(view, asked)


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


# ---- channels beside each other ------------------------------------------------------------------------------------


def leaderboard(view: View, asked: Asked) -> None:
    """Like channels only: of one platform and one level of owner; of the communes where a level has but one."""
    own = units.by_id(view.version)[asked.channel["unit"]]["level"]
    board = partial(channels.leaderboard, view.version, asked.channel["platform"])
    like = board(own, asked.metric, asked.until)
    level = own if len(like) > 1 else "commune"
    found = like if level == own else board(level, asked.metric, asked.until)
    about = {"platform": view.say(f"channels.platform_{asked.channel['platform']}"), "month": format.month(asked.until)}
    owner, what = view.say(f"channels.owner_{level}"), told.within(asked.what)
    title = view.say("channels.board", **about, owner=owner, what=what)
    make = lambda: told.leaderboard_table(found, asked.metric, title, view.lang)  # noqa: E731
    listed(view, title, found, make, "", told.standing(like, asked))


def late(view: View, asked: Asked) -> None:
    found = channels.late(view.version, definitions().province.code, asked.until, view.day)
    title = view.say("channels.late", month=format.month(asked.until))
    rule = view.say("channels.late_rule", day=format.day(view.day))
    listed(view, title, found, lambda: told.late_table(found, title, view.lang), view.say("channels.late_none"), rule)


def dead(view: View, found) -> None:
    none = view.say("channels.dead_none")
    listed(view, view.say("channels.dead"), found, lambda: told.dead_table(found, view.lang), none)


def listed(view: View, title: str, found, make: Callable[[], told.Table], none: str, rule: str = "") -> None:
    """A list under its title, or that there is nobody on it."""
    if found.is_empty():
        frame.title(title)
    else:
        take.table(view, make(), limit=SHOWN, above=frame.heading(title))
    if said := " ".join(part for part in (none if found.is_empty() else "", rule) if part):
        st.caption(said)


# ---- coverage ------------------------------------------------------------------------------------------------------


def together(view: View, asked: Asked) -> None:
    """Growth of followers beside change of coverage, by commune; two things that go together, or not."""
    names = {id: words.label(of, view.lang) for id, of in definitions().targets.items()
             if not targets.is_counted_in_villages(id)}  # fmt: skip
    title = view.say("channels.together")
    frame.title(title)
    left, right = st.columns([62, 38], gap="large")
    with right:
        target = choose("target", view.say("overview.choose_target"), names, next(iter(names)), segments=True)
    platform = channels.followed(asked.channel["platform"])
    since = max(feedback.before(asked.since), feedback.before(asked.until, LONGEST))
    found = channels.together(view.version, platform, target_indicator(target), since, asked.until)
    wide, narrow = (told.together_drawing(found, asked.channel["unit"], width, view.lang) for width in (760.0, NARROW))
    when = {"since": format.month(since), "until": format.month(asked.until)}
    about = {"platform": view.say(f"channels.platform_{platform}"), "target": names[target]}
    with left:
        frame.both(wide, narrow)
    with right:
        st.html(f"<p>{escape(told.together(channels.going_together(found), view.lang))}</p>")
        st.caption(view.say("channels.together_rule", **about, **when))
        take.folded_table(view, title, lambda: told.together_table(found, view.lang), (), lambda: wide)
