"""Choices kept in the address as ids, so that a link shows what its sender saw."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from urllib.parse import urlencode

import streamlit as st

from definitions.spelling import fold, normalise

SHORT = 16  # names nobody types into the box for


def chosen(key: str, options: list[str], default: str) -> str:
    """The id the address asks for, the default where it asks for none or for something unknown."""
    asked = st.query_params.get(key, default)
    return asked if asked in options else default


def choose(key: str, label: str, names: dict[str, str], default: str, segments: bool = False) -> str:
    """A choice of ids kept in the address under `key`; names: id -> what people read.

    The address alone is the widget's memory: it is shown what the address says at every run.
    """
    widget, options = f"choose-{key}", list(names)
    st.session_state[widget] = chosen(key, options, default)
    # A callback runs before the page is drawn: one run shows the choice everywhere.
    keep = partial(_keep, key, widget)
    if segments:
        st.segmented_control(
            label,
            options,
            format_func=names.__getitem__,
            key=widget,
            on_change=keep,
            label_visibility="collapsed",
            required=True,
            wrap=True,
        )
    else:
        say = findable if len(options) > SHORT else str
        st.selectbox(label, options, format_func=lambda id: say(names[id]), key=widget, on_change=keep)
    return chosen(key, options, default)


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
    keep = partial(_keep_several, key, widget)
    # Its own words for an empty box are English.
    st.multiselect(
        label, list(names), format_func=lambda id: say(names[id]), key=widget, on_change=keep, placeholder="…"
    )
    return current


def _keep_several(key: str, widget: str) -> None:
    put({key: ",".join(st.session_state[widget])})


def put(choices: dict[str, str]) -> None:
    """Write choices into the address; an empty one leaves it."""
    for key, value in choices.items():
        if value:
            st.query_params[key] = value
        else:
            st.query_params.pop(key, None)


def _keep(key: str, widget: str) -> None:
    st.query_params[key] = st.session_state[widget]


@lru_cache(maxsize=16384)
def findable(name: str) -> str:
    """Xã Lao Chải · lao chai: the box's own search knows no diacritics, so the plain name stands behind the name."""
    bare = normalise(name.partition(" (")[0])
    return name if fold(bare) == bare else f"{name} · {fold(bare)}"


@lru_cache(maxsize=4096)
def address(page: str, **ids: str) -> str:
    """The address of a view: page and ids, never labels."""
    return f"{page}?{urlencode(ids)}"
