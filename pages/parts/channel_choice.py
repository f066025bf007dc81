"""Which channel, which of its figures and which months a reader looks at."""

from datetime import date

import streamlit as st

from exports import channels as told
from exports.channels import Asked
from metrics import channels, feedback, units
from pages.parts.choice import choose
from pages.parts.view import View

PERIODS = {"6": 6, "12": 12, "24": 24, "all": 0}
EARLIEST = date(2000, 1, 1)


def chosen(view: View) -> Asked:
    """The channel, the figure and the months of the address."""
    left, middle, right = st.columns([34, 36, 30])
    with left:
        unit = place(view)
    with middle:
        id = channel(view, channels.by_owner(view.version)[unit])
    with right:
        spans = {id: view.say(f"channels.months_{id}") for id in PERIODS}
        period = choose("months", view.say("channels.months"), spans, "12", segments=True)
    since, until = span(view.day, PERIODS[period])
    return Asked(view.version, id, metric(view, id), since, until, view.day, view.lang)


def place(view: View) -> str:
    """Who keeps channels, the province first; the address may name a channel alone."""
    owners, names = channels.by_owner(view.version), units.by_id(view.version)
    asked = channels.by_id(view.version).get(st.query_params.get("channel", ""), {}).get("unit")
    labels = {id: names[id]["full_name"] for id in owners}
    return choose("unit", view.say("channels.unit"), labels, asked or next(iter(owners)))


def channel(view: View, own: list[str]) -> str:
    """One of a place's channels by its platform, by its own name where there are two on one platform."""
    rows = [channels.by_id(view.version)[id] for id in own]
    on = [row["platform"] for row in rows]
    names = {
        row["channel"]: row[f"label_{view.lang}"] if on.count(row["platform"]) > 1
        else view.say(f"channels.platform_{row['platform']}") for row in rows
    }  # fmt: skip
    return choose("channel", view.say("channels.channel"), names, own[0], segments=True)


def metric(view: View, id: str) -> str:
    """What the channel's platform counts of what people ask about."""
    on = channels.by_id(view.version)[id]["platform"]
    counted = {of: metrics[on] for of, metrics in channels.MEASURES.items() if on in metrics}
    labels = {of: told.metric(metric, view.lang) for of, metric in counted.items()}
    return counted[choose("measure", view.say("channels.measure"), labels, next(iter(labels)), segments=True)]


def span(day: date, months: int) -> tuple[date, date]:
    """The first and the last of so many full months before a day; 0: all."""
    until = feedback.before(day.replace(day=1))
    return (feedback.before(until, months - 1) if months else EARLIEST), until
