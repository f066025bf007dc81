"""Which figures this reader may see and take away: pages and downloads ask here, definitions/roles.toml decides."""

import streamlit as st

from definitions.roles import sees_exact
from metrics.slices import Scope
from pages.parts.view import View


def scope(view: View, unit: str = "", is_shared: bool = False) -> Scope:
    """Exact counts of groups for those who may see them, the protected ones for everybody else.

    is_shared: of what leaves the page in a file, which is no more than the role that roles.toml shares with may see.
    """
    return "exact" if sees_exact(unit, is_shared=is_shared) else "protected"


def may_leave(view: View, unit: str = "") -> bool:
    """Whether figures of groups may leave in a file just as they are shown; says why where they may not."""
    is_same = scope(view, unit) == scope(view, unit, is_shared=True)
    if not is_same:
        st.caption(view.say("protection.stays"))
    return is_same
