"""Makes everything one commune sends: its files with the moment each arrives, its registry, and the truth of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from definitions.places import match_commune
from definitions.reference import old_units
from definitions.spelling import fold
from etl.demo import feedback, workbook
from etl.demo.mess import Sending, sendings, today
from etl.demo.names import village_names
from etl.demo.plan import CommunePlan
from etl.demo.sheets import Book, Cell, Told, book, counts, merger, remember
from etl.demo.simulate import Numbers, Village, months_before, simulate


@dataclass(frozen=True)
class Sent:
    """One file as it arrives."""

    name: str
    content: bytes
    received_at: datetime
    sender: str


@dataclass(frozen=True)
class Adoption:
    """Entries of a commune's village registry, confirmed at a moment."""

    commune: str
    entries: list[dict[str, Any]]
    at: datetime


@dataclass(frozen=True)
class Output:
    """All that one commune gives; truth has one row per village and month it exists in (see `truth_rows`)."""

    sent: list[Sent]
    adoptions: list[Adoption]
    truth: list[dict[str, Any]]


def output(
    plan: CommunePlan, stranger: CommunePlan, months: tuple[date, ...], seed: int, is_newest: bool = False
) -> Output:
    """All a commune sends; `stranger` is the commune whose villages stand in the one file of the wrong unit.

    is_newest: its last file came just before the demonstration's present.
    """
    whole, told, sent = simulate(plan, months, seed), Told(), list[Sent]()
    told.merged = {v.id for v in whole.villages if v.valid_to and v.valid_to < months[0]}
    stored: dict[tuple[str, int], dict[str, Cell]] = {}
    kept: dict[int, Sending] = {}
    names = village_names(stranger, stranger.villages, seed)
    strangers = [(f"{stranger.code}-{n:03d}", name) for n, name in enumerate(names, 1)]
    for sending in sendings(plan, months, seed):
        if is_newest and sending.month == len(months) - 1:
            sending = replace(sending, received_at=today(months) - timedelta(minutes=20))
        if sending.received_at > today(months):
            continue
        filled, expected = book(whole, sending, told, old_name(plan), strangers)
        if sending.fault != "foreign":
            remember(told, filled, expected, months[sending.month], sending.month)
            kept[sending.month] = sending
        for row in expected:
            if any(row[id] is not None for id in counts("villages", months[sending.month])):
                stored[str(row["village_id"]), sending.month] = row
        before = stem(plan, months[sending.month])
        again = len([earlier for earlier in sent if earlier.name.startswith(before)])
        sent.append(
            Sent(
                file_name(plan, sending, months, filled, again),
                workbook.content(filled),
                sending.received_at,
                sender(plan),
            )
        )
    sent += [Sent(*file, sender(plan)) for file in feedback.lists(whole, seed)]
    return Output(sent, adoptions(whole, kept), truth_rows(whole, stored, kept))


def old_name(plan: CommunePlan) -> str:
    """A part's name from before the merger that means this commune and no other; empty where there is none."""
    names = [unit.full_name for unit in old_units() if unit.new_code == plan.code and unit.name not in plan.full_name]
    return next((name for name in names if match_commune(name).code == plan.code), "")


def sender(plan: CommunePlan) -> str:
    return f"MTTQ {plan.full_name} (minh hoạ)"


def stem(plan: CommunePlan, month: date) -> str:
    return f"BC_{month:%Y-%m}_{fold(plan.full_name).replace(' ', '_')}"


def file_name(plan: CommunePlan, sending: Sending, months: tuple[date, ...], filled: Book, again: int) -> str:
    """What officers call their files: mostly after form and commune, sometimes saying nothing; no name comes twice."""
    suffix = "xls" if filled.is_xls else "xlsx"
    if sending.look in ("nfd", "marks"):
        return f"Book1 ({plan.code}{sending.month:02d}{sending.revision}).{suffix}"
    return f"{stem(plan, months[sending.month])}{'_sua' * again}.{suffix}"


def adoptions(whole: Numbers, kept: dict[int, Sending]) -> list[Adoption]:
    """The first list, confirmed when the reports began, and the merger, confirmed after the report that told of it."""
    started = today(months_before(whole.months[0], 1)) - timedelta(days=20)
    first = [v for v in whole.villages if v.valid_from <= whole.months[0]]
    until = [v for v in whole.villages if v.valid_to and v.valid_to >= whole.months[0]]
    result = [Adoption(whole.plan.code, [entry(whole, v, ended=v not in until) for v in first], started)]
    if until and until[0].valid_to:
        heard = [kept[m].received_at for m in sorted(kept) if whole.months[m] >= until[0].valid_to]
        new = [v for v in whole.villages if v.valid_from > whole.months[0]]
        if heard:
            entries = [entry(whole, v, ended=True) for v in (*until, *new)]
            result.append(Adoption(whole.plan.code, entries, heard[0] + timedelta(days=2)))
    return result


def entry(whole: Numbers, village: Village, ended: bool) -> dict[str, Any]:
    """The registry's entry of a village; before the merger is confirmed it says nothing of the end."""
    last, next = (village.valid_to, list(village.successors)) if ended else (None, [])
    follows = ended and (last or village.valid_from > whole.months[0])
    return {
        "id": village.id, "name": village.name, "aliases": [], "valid_from": f"{village.valid_from:%Y-%m}",
        "valid_to": f"{last:%Y-%m}" if last else None, "successors": next, "households": village.households,
        "decision": merger(whole) if follows else "",
    }  # fmt: skip


def truth_rows(
    whole: Numbers, stored: dict[tuple[str, int], dict[str, Cell]], kept: dict[int, Sending]
) -> list[dict[str, Any]]:
    """One row per village and month: `true_` figures, and as `told_` what a careful reader stores (null: nothing)."""
    rows = []
    for m, month in enumerate(whole.months):
        for v, village in enumerate(whole.villages):
            if not whole.valid[v, m]:
                continue
            told = stored.get((village.id, m), {})
            row: dict[str, Any] = {"village": village.id, "commune": whole.plan.code, "month": month}
            row |= {"is_sent": m in kept, "is_told": bool(told), "formed": bool(whole.values["group_formed"][v, m])}
            for id in counts("villages", month):
                row |= {f"true_{id}": int(whole.values[id][v, m]), f"told_{id}": told.get(id)}
            rows.append(row)
    return rows
