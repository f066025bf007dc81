"""Choices of several ids, kept in the address with commas between them."""

from collections.abc import Iterable, Sequence
from functools import partial

import streamlit as st

from pages.parts.view import SHORT, findable


def several(key: str, options: Iterable[str], default: Sequence[str] = ()) -> tuple[str, ...]:
    """The known ids the address asks for, the default where it names none."""
    known = set(options)
    asked = st.query_params.get(key, "").split(",")
    return tuple(dict.fromkeys(id for id in asked if id in known)) or tuple(default)


def choose_several(key: str, label: str, names: dict[str, str], default: Sequence[str] = ()) -> tuple[str, ...]:
    """A choice of several ids; where nothing is left the default counts. names: id -> what people read.

    The address alone is the widget's memory: it is shown what the address says at every run.
    """
    widget, current = f"choose-{key}", several(key, names, default)
    say = findable if len(names) > SHORT else str
    st.session_state[widget] = list(current)
    # A callback runs before the page is drawn: one run shows the choice everywhere.
    keep = partial(_keep, key, widget)
    # Its own words for an empty box are English.
    st.multiselect(
        label, list(names), format_func=lambda id: say(names[id]), key=widget, on_change=keep, placeholder="…"
    )
    return current


def _keep(key: str, widget: str) -> None:
    put({key: ",".join(st.session_state[widget])})


def put(choices: dict[str, str]) -> None:
    """Write choices into the address; an empty one leaves it."""
    for key, value in choices.items():
        if value:
            st.query_params[key] = value
        else:
            st.query_params.pop(key, None)
