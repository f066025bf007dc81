"""Channels beside each other: where one stands, which are dead, who answers late, and growth beside coverage."""

from collections.abc import Callable
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

LONGEST = 12  # months over which channels and coverage are compared
SHOWN = 8  # rows of a table; the download has all


def leaderboard(view: View, asked: Asked) -> None:
    """Like channels only: of one platform and one level of owner; of the communes where a level has but one."""
    own = units.by_id(view.version)[asked.unit]["level"]
    board = partial(channels.leaderboard, view.version, asked.channel["platform"])
    like = board(own, asked.metric, asked.compared)
    level = own if len(like) > 1 else "commune"
    found = like if level == own else board(level, asked.metric, asked.compared)
    about = {
        "platform": view.say(f"channels.platform_{asked.channel['platform']}"),
        "month": format.month(asked.compared),
    }
    owner, what = view.say(f"channels.owner_{level}"), told.within(asked.what)
    title = view.say("channels.board", **about, owner=owner, what=what)
    make = lambda: told.leaderboard_table(found, asked.metric, title, view.lang)  # noqa: E731
    listed(view, title, found, make, "", told.standing(like, asked))


def late(view: View, asked: Asked) -> None:
    found = channels.late(view.version, definitions().province.code, asked.until, view.day)
    title = view.say("channels.late", month=format.month(asked.until))
    rule = view.say("channels.late_rule", day=format.day(view.day))
    listed(view, title, found, lambda: told.late_table(found, title, view.lang), view.say("channels.late_none"), rule)


def dead(view: View) -> None:
    found, none = channels.dead(view.version, view.day), view.say("channels.dead_none")
    listed(view, view.say("channels.dead"), found, lambda: told.dead_table(found, view.lang), none)


def listed(view: View, title: str, found, make: Callable[[], told.Table], none: str, rule: str = "") -> None:
    """A list under its title, or that there is nobody on it."""
    if found.is_empty():
        frame.title(title)
    else:
        take.table(view, make(), limit=SHOWN, above=frame.heading(title))
    if said := " ".join(part for part in (none if found.is_empty() else "", rule) if part):
        st.caption(said)


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
    of = told.Together(view.version, platform, target_indicator(target), since, asked.until, asked.unit, view.lang)
    when = {"since": format.month(since), "until": format.month(asked.until)}
    about = {"platform": view.say(f"channels.platform_{platform}"), "target": names[target]}
    wide = partial(told.together_drawing, of, 760.0)
    with left:
        frame.both(wide(), told.together_drawing(of, NARROW))
    with right:
        st.html(f"<p>{escape(told.together_said(of))}</p>")
        st.caption(view.say("channels.together_rule", **about, **when))
        take.folded_table(view, title, lambda: told.together_table(of.found, view.lang), (), wide)
