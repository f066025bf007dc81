"""What waits for a person: the lists of villages, and changes of them, that deliveries propose."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from definitions import reference
from definitions.load import definitions
from definitions.places import match_village
from definitions.spelling import normalise
from definitions.text import text
from etl import store
from etl.landing import CELL, LANDING_SCHEMA, Landed, landing_path, read_landing
from etl.registry import Entry, adopt, entry, folded, is_known_to, month_of, part_of, text_of
from etl.shape import VILLAGE_ID
from etl.sources import sources
from etl.sources.commune_workbook import SOURCE, VERSION
from warehouse import publish

MOSTLY = 0.5  # of an old unit went to the commune: its list is asked for there, as in commune_partly_listed.sql
PEOPLE_A_HOUSEHOLD = (2.5, 7.0)  # beyond them a commune's list is looked at twice; 4.4 is usual


class Remark(NamedTuple):
    """Something to say about a proposal, by its sentence's id in definitions/locales/."""

    id: str
    values: dict[str, object]

    def said(self, lang: str = "vi") -> str:
        return text(f"proposal.{self.id}", lang, **self.values)


class NotAdoptable(Exception):
    """A delivery's list cannot be confirmed; the remark says which row and why."""

    def __init__(self, why: str, **values: object):
        self.remark = Remark(why, values)
        super().__init__(self.remark.said())


@dataclass(frozen=True)
class Proposal:
    """What confirming a delivery would write: its entries, empty where there is nothing (new) to confirm.

    before: the standing entries they replace, by id; none for the first list of a commune or of an old unit beside
    those of others. problem: why it cannot be
    confirmed. doubts: what to look at twice.
    """

    sha256: str
    file: str
    received_at: datetime
    commune: str
    month: date
    revision: int
    entries: tuple[Entry, ...]
    before: dict[str, Entry]
    is_first: bool
    part: str = ""  # the old unit it lists villages of, "" for a list of the whole commune
    problem: Remark | None = None
    doubts: tuple[Remark, ...] = ()


class Change(NamedTuple):
    """One change of a list: kind is new, renamed, merged, split, dissolved or counted (households only); now: the names
    afterwards; since: its first month where that is known.
    """

    village: str
    name: str
    kind: str
    now: tuple[str, ...]
    since: date | None
    households: int | None
    decision: str


# ---- what waits ----------------------------------------------------------------------------------------------------


def waiting(root: store.Root) -> tuple[Proposal, ...]:
    """Every proposal of a root that nobody has confirmed, oldest first.

    Of a commune's equal first lists only the first; of one month's changes only the latest file's.
    """
    return _waiting(root, frozenset(os.listdir(root.log)))


@lru_cache(maxsize=4)
def _waiting(root: store.Root, known: frozenset[str]) -> tuple[Proposal, ...]:
    """known: the names in the log, which never change, so the same names are the same proposals."""
    lists, done = folded(root), _done(root)
    receipts = [receipt for receipt in store.receipts(root) if receipt["sha256"] not in done]
    changing = _with_changes(root, receipts)
    whole = {commune for commune, entries in lists.items() if not all(e.get("part") for e in entries.values())}
    found: dict[object, Proposal] = {}
    for receipt in receipts:
        if receipt["sha256"] in changing or receipt.get("commune") not in whole:
            one = _proposal(root, receipt, lists)
            if one and (one.entries or one.problem):
                kept = found.setdefault(_alike(one), one)
                found[_alike(one)] = kept if one.is_first or _rank(kept) > _rank(one) else one
    return tuple(_with_doubts(list(found.values())))


def _done(root: store.Root) -> set[str]:
    """The deliveries nobody waits for any more: confirmed or withdrawn."""
    confirmed = {event["delivery"] for event in store.events(root, "adopt") if event.get("delivery")}
    return confirmed | {event["sha256"] for event in store.events(root, "withdraw")}


def _with_changes(root: store.Root, receipts: Iterable[store.Record]) -> set[str]:
    """The deliveries with rows on "Danh mục thôn"; only a commune's workbook has that sheet."""
    shas = [receipt["sha256"] for receipt in receipts if receipt["source"] == SOURCE]
    paths = {str(landing_path(root.landing, SOURCE, sha, VERSION)): sha for sha in shas}
    there = [path for path in paths if os.path.exists(path)]
    if not there:
        return set()
    rows = pl.scan_parquet(there, include_file_paths="path", glob=False).filter(pl.col("form_sheet") == "registry")
    return {paths[path] for path in rows.select("path").unique().collect()["path"]}


def _alike(one: Proposal) -> tuple[object, ...]:
    if one.is_first:
        names = frozenset(_key(entry["name"]) for entry in one.entries)
        return one.commune, one.part, one.problem.id if one.problem else "", names
    return one.commune, one.month


def _rank(one: Proposal) -> tuple[int, datetime, str]:
    return one.revision, one.received_at, one.sha256


def _with_doubts(proposals: list[Proposal]) -> Iterable[Proposal]:
    """The proposals with what a careful person would look at twice."""
    firsts = [one for one in proposals if one.is_first and not one.problem]
    for one in sorted(proposals, key=lambda one: (one.received_at, one.sha256)):
        lists = [len(other.entries) for other in firsts if (other.commune, other.part) == (one.commune, one.part)]
        differ = [Remark("lists_differ", {"counts": ", ".join(map(str, lists))})] if len(lists) > 1 else []
        yield replace(one, doubts=(*one.doubts, *_of_part(one), *differ, *_size_doubts(one))) if one in firsts else one


def _of_part(one: Proposal) -> list[Remark]:
    """That a list is of one old unit, and whose villages it does not hold."""
    if not one.part:
        return []
    here = [unit for unit in reference.old_units() if unit.new_code == one.commune and unit.share > MOSTLY]
    others = [unit.full_name for unit in here if unit.id != one.part]
    return [Remark("of_old_unit", {"unit": old_name(one.part), "others": ", ".join(others)})] if others else []


def _size_doubts(one: Proposal) -> list[Remark]:
    """Villages without households, and a list too small or too large for the commune's people."""
    sizes = [entry["households"] for entry in one.entries]
    unknown = sum(size is None for size in sizes)
    doubts = [Remark("households_unknown", {"villages": unknown})] if unknown else []
    people = next((c.population for c in reference.communes() if c.code == one.commune and not one.part), None)
    households = sum(size or 0 for size in sizes)
    if people and not unknown and not PEOPLE_A_HOUSEHOLD[0] <= people / max(households, 1) <= PEOPLE_A_HOUSEHOLD[1]:
        doubts.append(Remark("households_odd", {"households": households, "people": people}))
    return doubts


# ---- one proposal --------------------------------------------------------------------------------------------------


def proposal(root: store.Root, sha: str) -> Proposal:
    """What a delivery proposes; no entries where it was confirmed before. LookupError where there is no such delivery,
    NotAdoptable where it was refused or withdrawn or names a row not understood.
    """
    receipt = store.receipt(root, sha)
    if receipt is None:
        raise LookupError(sha)
    is_withdrawn = any(event["sha256"] == sha for event in store.events(root, "withdraw"))
    found = None if is_withdrawn else _proposal(root, receipt, folded(root))
    if found is None:
        raise NotAdoptable("refused")
    if any(event.get("delivery") == sha for event in store.events(root, "adopt")):
        return replace(found, entries=(), problem=None)
    if found.problem:
        raise NotAdoptable(found.problem.id, **found.problem.values)
    return found


def _proposal(root: store.Root, receipt: store.Record, lists: dict[str, dict[str, Entry]]) -> Proposal | None:
    """None for a delivery that can propose nothing: refused, of the other root, not landed."""
    sha, source = receipt["sha256"], receipt["source"]
    landed = read_landing(root.landing, source, sha, sources()[source].VERSION)
    if landed is None or landed.refused or landed.origin != root.origin or not landed.commune or not landed.month:
        return None
    if landed.table != CELL:
        return None
    standing, problem, entries = lists.get(landed.commune, {}), None, list[Entry]()
    part = part_of(landed.written)
    is_first = not any(is_known_to(part, entry) for entry in standing.values())
    try:
        entries = propose(landed.commune, landed.month, standing, with_held(landed), part)
    except NotAdoptable as fault:
        problem = fault.remark
    before = {entry["id"]: standing[entry["id"]] for entry in entries if entry["id"] in standing}
    left_out = len({(cell.sheet, cell.row) for cell in landed.held_cells if cell.form_sheet == "registry"})
    return Proposal(
        sha, receipt["file"], store.local(receipt["received_at"]), landed.commune, landed.month, landed.revision,
        tuple(entries), before, is_first, part if is_first else "", problem,
        (Remark("rows_left_out", {"rows": left_out}),) * bool(left_out),
    )  # fmt: skip


def propose(commune: str, month: date, standing: dict[str, Entry], values: pl.DataFrame, part: str = "") -> list[Entry]:
    """The entries a delivery would write: the first list of a commune, or the changes it reports of the standing one.

    values: its landed cells; part: the old unit it names: its first list stands beside those of other old units.
    NotAdoptable names the row not understood.
    """
    if not any(is_known_to(part, entry) for entry in standing.values()):
        return _first_list(commune, month, standing, values, part)
    changes = [row | {"part": part} for row in _rows(values, "registry")]
    return _changed(commune, month, standing, changes) if changes else []


def adopt_delivery(
    root: store.Root, sha: str, by: str = "", at: datetime | None = None, seen: Iterable[Entry] | None = None
) -> tuple[Entry, ...]:
    """Confirm what a delivery proposes and give the entries written, none where it was confirmed before.

    seen: what the person was shown; NotAdoptable where the list has changed since. LookupError: no such delivery. One
    at a time: two lists of one commune confirmed at once would mix.
    """
    with publish.turn(root.log):
        found = proposal(root, sha)
        if seen is not None and found.entries and list(found.entries) != list(seen):
            raise NotAdoptable("changed_since")
        adopt(root, found.commune, list(found.entries), by, at, sha)
    return found.entries


def changes(one: Proposal) -> list[Change]:
    """What the entries of a proposal change, one row per village."""
    names = {entry["id"]: entry["name"] for entry in (*one.before.values(), *one.entries)}
    return [_change(now, one.before.get(now["id"]), names) for now in one.entries]


def _change(now: Entry, old: Entry | None, names: dict[str, str]) -> Change:
    rest = now["households"], now["decision"]
    if old is None:
        return Change(now["id"], now["name"], "new", (), month_of(now["valid_from"]), *rest)
    if now["valid_to"] and now["valid_to"] != old["valid_to"]:
        heirs = tuple(names.get(id, id) for id in now["successors"])
        kind = ("dissolved", "merged")[len(heirs)] if len(heirs) < 2 else "split"
        return Change(now["id"], now["name"], kind, heirs, _next(month_of(now["valid_to"])), *rest)
    kind = "renamed" if now["name"] != old["name"] else "counted"
    return Change(now["id"], old["name"], kind, (now["name"],), None, *rest)


def _next(month: date) -> date:
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)


def _key(name: str) -> str:
    return normalise(name, village=True)


# ---- a first list --------------------------------------------------------------------------------------------------


def with_held(landed: Landed) -> pl.DataFrame:
    """The landed cells and, without their figures, the villages of the rows held back: a wrong figure is no reason to
    leave a village out of the list.
    """
    names = [
        {
            "form_sheet": c.form_sheet,
            "sheet": c.sheet,
            "row": c.row,
            "village_id": c.village_id,
            "village_name": c.village_name,
        }
        for c in landed.held_cells
        if c.form_sheet == "villages"
    ]
    held = pl.DataFrame(names, schema={name: LANDING_SCHEMA[name] for name in names[0]} if names else LANDING_SCHEMA)
    return pl.concat([landed.values, held], how="diagonal")


def _rows(values: pl.DataFrame, form_sheet: str) -> list[Entry]:
    """One dict per row of a sheet, in order: village_id, village_name, row and its cells by measure."""
    cells = values.filter(pl.col("form_sheet") == form_sheet).sort("sheet", "row")
    rows: dict[tuple[str, int], Entry] = {}
    for cell in cells.iter_rows(named=True):
        key = (cell["sheet"], cell["row"])
        row = rows.setdefault(key, {name: cell[name] for name in ("village_id", "village_name", "row")})
        if cell["measure"]:
            row[cell["measure"]] = cell["value"] if cell["text"] is None else cell["text"]
    return list(rows.values())


def _first_list(commune: str, month: date, standing: dict[str, Entry], values: pl.DataFrame, part: str) -> list[Entry]:
    """The villages of the first report, numbered in its order; they exist since the commune does.

    Beside the lists of other old units the numbers go on, a name that stands there already says whose it is, and a row
    with the id of a standing village is no news.
    """
    since, last = min(month, definitions().province.epoch.replace(day=1)), _last_serial(standing)
    taken = {_key(e["name"]) for e in standing.values()}
    listed = _rows(values, "villages") or _rows(values, "registry")
    known: dict[str, Entry] = {}
    for row in (row for row in listed if row["village_id"] not in standing):
        name = row["village_name"] or row.get("text:new_name")
        if not name:
            raise NotAdoptable("no_name", row=row["row"])
        if _key(name) in known:
            raise NotAdoptable("name_twice", row=row["row"], name=name)
        id = _first_id(commune, row, last + len(known) + 1)
        new = entry(id, name, since, row.get("households"), part=part)
        known[_key(name)] = new | _told_apart(name, part) if _key(name) in taken else new
    if len({e["id"] for e in known.values()}) < len(known):
        raise NotAdoptable("id_twice")
    return list(known.values())


def _told_apart(name: str, part: str) -> Entry:
    """Thôn 1 (xã Bản Qua), still known by its bare name to the files of its old unit."""
    return {"name": f"{name} ({old_name(part)})", "aliases": [name]}


def old_name(part: str) -> str:
    return next(unit.full_name for unit in reference.old_units() if unit.id == part)


def _last_serial(standing: dict[str, Entry]) -> int:
    return max((int(id.rpartition("-")[2]) for id in standing), default=0)


def _first_id(commune: str, row: Entry, serial: int) -> str:
    """The id that stands in the row, else the next; a row of another commune's village is no row of this list."""
    told = row["village_id"] or ""
    if VILLAGE_ID.fullmatch(told) and not told.startswith(f"{commune}-"):
        raise NotAdoptable("other_commune", row=row["row"], village=told)
    return told if VILLAGE_ID.fullmatch(told) else f"{commune}-{serial:03}"


# ---- changes -------------------------------------------------------------------------------------------------------


def _changed(commune: str, month: date, standing: dict[str, Entry], rows: list[Entry]) -> list[Entry]:
    """The standing entries after the changes of a "Danh mục thôn", those that differ only."""
    after = {id: dict(old) for id, old in standing.items()}
    for row in rows:
        effective = _effective(row, month)
        change = normalise(row.get("text:change") or "")
        if change not in _CHANGES:
            raise NotAdoptable("change_unknown", row=row["row"], change=row.get("text:change") or "")
        _CHANGES[change](commune, after, row, effective)
    return [now for id, now in after.items() if now != standing.get(id)]


def _effective(row: Entry, month: date) -> date:
    """The month of a date as read (ISO or ngày/tháng/năm); the report's month where none stands."""
    told = row.get("text:effective") or ""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(told, form).date().replace(day=1)
        except ValueError:
            continue
    if told:
        raise NotAdoptable("date_unread", row=row["row"], date=told)
    return month


def _found(after: dict[str, Entry], row: Entry, effective: date) -> Entry:
    """The village a row of changes is about: by its id, else by its name among those that exist."""
    if row["village_id"]:
        if row["village_id"] not in after:
            raise NotAdoptable("no_such_id", row=row["row"], village=row["village_id"])
        return after[row["village_id"]]
    here = [e for e in after.values() if is_known_to(row["part"], e)]
    alive = [e for e in here if not e["valid_to"] or e["valid_to"] >= text_of(effective)]
    match = match_village(row["village_name"] or "", [(e["id"], e["name"], e["aliases"]) for e in alive])
    if not match.code:
        raise NotAdoptable("which_village", row=row["row"], name=row["village_name"] or "")
    return after[match.code]


def _new(commune: str, after: dict[str, Entry], name: str, row: Entry, effective: date, households: int | None) -> str:
    """Register a village of that name from that month on, unless an earlier row did; gives its id."""
    for id, known in after.items():
        is_same = known["name"] == name and known["valid_from"] == text_of(effective) and not known["valid_to"]
        if is_same and is_known_to(row["part"], known):
            return id
    id = f"{commune}-{_last_serial(after) + 1:03}"
    after[id] = entry(id, name, effective, households, row.get("text:decision_number") or "", row["part"])
    return id


def _end(old: Entry, row: Entry, effective: date, successors: list[str]) -> None:
    last = date(effective.year - (effective.month == 1), (effective.month - 2) % 12 + 1, 1)
    old.update(
        valid_to=text_of(last), successors=successors, decision=row.get("text:decision_number") or old["decision"]
    )


def _new_name(row: Entry) -> str:
    name = (row.get("text:new_name") or "").strip()
    if not name:
        raise NotAdoptable("no_new_name", row=row["row"])
    return name


def _add(commune: str, after: dict[str, Entry], row: Entry, effective: date) -> None:
    name = (row.get("text:new_name") or row["village_name"] or "").strip()
    if not name:
        raise NotAdoptable("no_new_name", row=row["row"])
    _new(commune, after, name, row, effective, row.get("households"))


def _rename(commune: str, after: dict[str, Entry], row: Entry, effective: date) -> None:
    old, name = _found(after, row, effective), _new_name(row)
    if old["name"] != name:
        old.update(name=name, aliases=sorted({*old["aliases"], old["name"]} - {name}))
        old.update(
            households=row.get("households") or old["households"],
            decision=row.get("text:decision_number") or old["decision"],
        )


def _merge(commune: str, after: dict[str, Entry], row: Entry, effective: date) -> None:
    """One row per village that goes; the rows of one new name make one village, their households are its total."""
    old, name = _found(after, row, effective), _new_name(row)
    if old["valid_to"]:
        return
    new = after[_new(commune, after, name, row, effective, None)]
    added_up = sum(e["households"] or 0 for e in after.values() if e["successors"] == [new["id"]])
    if row.get("households"):
        new["households"] = row["households"]
    elif (new["households"] or 0) == added_up:
        new["households"] = added_up + (old["households"] or 0) or None
    _end(old, row, effective, [new["id"]])


def _split(commune: str, after: dict[str, Entry], row: Entry, effective: date) -> None:
    """One village becomes those named, separated by semicolons; how its households divide is not known."""
    old, names = _found(after, row, effective), [n.strip() for n in _new_name(row).split(";") if n.strip()]
    if len(names) < 2:
        raise NotAdoptable("split_names", row=row["row"])
    if not old["valid_to"]:
        _end(old, row, effective, [_new(commune, after, name, row, effective, None) for name in names])


def _dissolve(commune: str, after: dict[str, Entry], row: Entry, effective: date) -> None:
    old = _found(after, row, effective)
    if not old["valid_to"]:
        _end(old, row, effective, [])


_CHANGES = {"mới": _add, "đổi tên": _rename, "sáp nhập": _merge, "chia tách": _split, "giải thể": _dissolve}
