"""The lists of villages that wait for a person: looked at one by one, or many first lists at once, and confirmed."""

from collections.abc import Sequence

import streamlit as st

from definitions import format
from definitions.text import text
from etl import acts, proposals, store
from etl.proposals import Proposal
from exports import tables
from metrics import units
from pages.parts import frame, take
from pages.parts.choice import choose
from pages.parts.view import View


def show(view: View) -> None:
    """Whatever is shown, lists are confirmed in the real root: the demonstration's stand already."""
    root = store.root("real")
    confirm(view, root)
    tell(view)
    order = list(units.named())
    found = sorted(proposals.waiting(root), key=lambda proposal: (not proposal.is_first, order.index(proposal.commune)))
    if not found:
        return
    frame.title(view.say("waiting.title", n=format.integer(len(found), view.lang)))
    st.caption(view.say("waiting.why"))
    st.text_input(view.say("waiting.by"), key="by", max_chars=120)
    one(view, found)
    many(view, [list for list in found if list.is_first])


def one(view: View, found: Sequence[Proposal]) -> None:
    """One list or one commune's changes, with what is odd about it."""
    shas = {proposal.sha256: called(view, proposal) for proposal in found}
    sha = choose("waits", view.say("waiting.choose"), shas, next(iter(shas)))
    chosen = next(proposal for proposal in found if proposal.sha256 == sha)
    st.caption(f"{chosen.file} · {format.moment(chosen.received_at)}")
    for remark in (*chosen.doubts, *filter(None, [chosen.problem])):
        st.warning(remark.said(view.lang))
    if chosen.problem:
        st.caption(view.say("waiting.sent_back"))
        about = {"name": units.named()[chosen.commune], "file": chosen.file, "why": chosen.problem.said()}
        take.copy_box(view.say("commune.copy_zalo"), text("waiting.to_commune", **about))
        return
    take.table(view, tables.proposal(chosen, view.lang))
    st.button(view.say("waiting.confirm"), on_click=ask, args=((chosen,),), type="primary", key="confirm")


def many(view: View, firsts: Sequence[Proposal]) -> None:
    """The first lists nothing is odd about, at once; the names are there to be looked at."""
    plain = {proposal.commune: proposal for proposal in firsts if not proposal.doubts and not proposal.problem}
    if len(plain) < 2:
        return
    fold = st.expander(view.say("waiting.many", n=len(plain)), key="fold-many", on_change="rerun")
    if not fold.open:
        return
    with fold:
        names = units.named()
        take.table(view, tables.first_lists(plain.values(), view.lang))
        left = st.multiselect(view.say("waiting.leave_out"), list(plain), format_func=names.__getitem__, placeholder="")
        picked = tuple(proposal for commune, proposal in plain.items() if commune not in left)
        said = view.say("waiting.confirm_many", n=len(picked))
        st.button(said, on_click=ask, args=(picked,), type="primary", key="confirm-many", disabled=not picked)


def called(view: View, proposal: Proposal) -> str:
    """Xã Lao Chải (10/2026, danh mục đầu tiên, 12 thôn)."""
    kind = "first" if proposal.is_first else "change"
    what = view.say("waiting.look" if proposal.problem else f"waiting.{kind}", n=len(proposal.entries))
    return f"{units.named()[proposal.commune]} ({format.month(proposal.month)}, {what})"


def ask(proposals: tuple[Proposal, ...]) -> None:
    """What the button was about when it was drawn: a list that has changed since is not confirmed unseen."""
    st.session_state["asked"] = proposals


def confirm(view: View, root: store.Root) -> None:
    """Confirm what was asked for, publish, and show the new state."""
    asked, by = st.session_state.pop("asked", ()), st.session_state.get("by", "").strip()
    if asked and not by:
        st.warning(view.say("waiting.by_missing"))
    elif asked:
        with st.spinner(view.say("waiting.busy", n=len(asked))):
            st.session_state["confirmed"] = acts.confirm(root, asked, by)
        st.session_state.pop("answers", None)
        st.rerun()


def tell(view: View) -> None:
    """What became of the last confirmation."""
    said = st.session_state.get("confirmed")
    if said is None:
        return
    if said.done:
        st.success(view.say(f"waiting.done{'_unpublished' * bool(said.unpublished)}", n=len(said.done)))
    for proposal, why in said.refused:
        st.warning(f"{called(view, proposal)}: {why.said(view.lang)}")
    frame.unpublished(view, said.unpublished)
