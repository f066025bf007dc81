"""The village registry: folded from adoptions, append-only; a delivery's list is proposed and a person confirms it."""

from datetime import date, datetime
from typing import Any

import polars as pl

from definitions.load import definitions
from definitions.places import match_village
from definitions.spelling import normalise
from etl import store
from etl.landing import LANDING_SCHEMA, Landed, read_landing
from etl.sources import sources

REGISTRY_SCHEMA: dict[str, Any] = {
    "village": pl.String,
    "commune": pl.String,
    "name": pl.String,
    "name_key": pl.String,
    "aliases": pl.List(pl.String),
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "successors": pl.String,
    "households_reference": pl.Int64,
    "decision": pl.String,
}
Entry = dict[str, Any]


class NotAdoptable(Exception):
    """A delivery's list cannot be confirmed; the text says which row and why."""


def registry(root: store.Root, as_of: date | None = None) -> pl.DataFrame:
    """One row per village ever registered: its last entry. valid_to is the last month in which it counts; the ids in
    successors are separated by a blank.
    """
    rows = [_row(commune, entry) for commune, entries in _folded(root, as_of).items() for entry in entries.values()]
    return pl.DataFrame(rows, schema=REGISTRY_SCHEMA, orient="row").sort("village")


def valid_in(villages: pl.DataFrame, month: date) -> pl.DataFrame:
    """The villages of a registry that exist in a month."""
    return villages.filter(
        (pl.col("valid_from") <= month) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= month))
    )


def _folded(root: store.Root, as_of: date | None = None) -> dict[str, dict[str, Entry]]:
    """Commune -> village id -> its last entry."""
    folded: dict[str, dict[str, Entry]] = {}
    for event in store.events(root, "adopt", as_of):
        folded.setdefault(event["commune"], {}).update({entry["id"]: entry for entry in event["villages"]})
    return folded


def _row(commune: str, entry: Entry) -> Entry:
    return {
        "village": entry["id"],
        "commune": commune,
        "name": entry["name"],
        "name_key": normalise(entry["name"], village=True),
        "aliases": entry["aliases"],
        "valid_from": _month(entry["valid_from"]),
        "valid_to": _month(entry["valid_to"]) if entry["valid_to"] else None,
        "successors": " ".join(entry["successors"]),
        "households_reference": entry["households"],
        "decision": entry["decision"],
    }


def _month(text: str) -> date:
    return date(int(text[:4]), int(text[5:7]), 1)


def _text(month: date) -> str:
    return f"{month:%Y-%m}"


def adopt(
    root: store.Root, commune: str, villages: list[Entry], by: str = "", at: datetime | None = None, delivery: str = ""
) -> str | None:
    """Confirm entries of a commune's registry (proposed by `delivery`); the event's hash, None where nothing is new."""
    standing = _folded(root).get(commune, {})
    fresh = [entry for entry in villages if standing.get(entry["id"]) != entry]
    if not fresh:
        return None
    event = {"event": "adopt", "commune": commune, "villages": fresh, "delivery": delivery}
    return store.record_event(root, event | {"at": store.stamp(at or store.now()), "by": by})


def entry(id: str, name: str, valid_from: date, households: int | None = None, decision: str = "") -> Entry:
    """A new village of the registry."""
    return {
        "id": id, "name": name, "aliases": [], "valid_from": _text(valid_from), "valid_to": None,
        "successors": [], "households": households, "decision": decision,
    }  # fmt: skip


def propose(root: store.Root, sha: str, commune: str, month: date, values: pl.DataFrame) -> list[Entry]:
    """The entries that confirming this delivery would write: the first list of a commune, or the changes it reports.

    values: its landed cells. Empty where it was confirmed before. NotAdoptable names the row not understood.
    """
    if any(event.get("delivery") == sha for event in store.events(root, "adopt")):
        return []
    standing = _folded(root).get(commune, {})
    if not standing:
        return _first_list(commune, month, values)
    changes = _rows(values, "registry")
    return _changed(commune, month, standing, changes) if changes else []


def adopt_delivery(root: store.Root, sha: str, by: str = "", at: datetime | None = None) -> list[Entry]:
    """Confirm what a delivery proposes and give the entries written. LookupError where there is no such delivery."""
    commune, entries = proposal(root, sha)
    adopt(root, commune, entries, by, at, sha)
    return entries


def proposal(root: store.Root, sha: str) -> tuple[str, list[Entry]]:
    """A delivery's commune and the entries it proposes. NotAdoptable also where it was refused or withdrawn."""
    receipt = store.receipt(root, sha)
    if receipt is None:
        raise LookupError(sha)
    landed = read_landing(root.landing, receipt["source"], sha, sources()[receipt["source"]].VERSION)
    is_withdrawn = any(event["sha256"] == sha for event in store.events(root, "withdraw"))
    if (
        landed is None
        or landed.refused
        or landed.origin != root.origin
        or is_withdrawn
        or not landed.commune
        or not landed.month
    ):
        raise NotAdoptable("Tệp này đã bị từ chối hoặc đã rút nên không lập danh mục thôn từ đó được.")
    return landed.commune, propose(root, sha, landed.commune, landed.month, with_held(landed))


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


def _first_list(commune: str, month: date, values: pl.DataFrame) -> list[Entry]:
    """The villages of the first report, numbered in its order; they exist since the commune does."""
    since = min(month, definitions().province.epoch.replace(day=1))
    listed = _rows(values, "villages") or _rows(values, "registry")
    known: dict[str, Entry] = {}
    for row in listed:
        name = row["village_name"] or row.get("text:new_name")
        if not name:
            raise NotAdoptable(f"Dòng {row['row']}: chưa có tên thôn.")
        key = normalise(name, village=True)
        if key in known:
            raise NotAdoptable(f"Dòng {row['row']}: thôn “{name}” xuất hiện hai lần, cần tên phân biệt được.")
        id = (
            row["village_id"]
            if str(row["village_id"] or "").startswith(f"{commune}-")
            else f"{commune}-{len(known) + 1:03}"
        )
        known[key] = entry(id, name, since, row.get("households"))
    if len({e["id"] for e in known.values()}) < len(known):
        raise NotAdoptable("Một mã thôn xuất hiện hai lần.")
    return list(known.values())


# ---- changes -------------------------------------------------------------------------------------------------------


def _changed(commune: str, month: date, standing: dict[str, Entry], rows: list[Entry]) -> list[Entry]:
    """The standing entries after the changes of a "Danh mục thôn", those that differ only."""
    after = {id: dict(old) for id, old in standing.items()}
    for row in rows:
        effective = _effective(row.get("text:effective"), month)
        change = normalise(row.get("text:change") or "")
        if change not in _CHANGES:
            raise NotAdoptable(
                f"Dòng {row['row']}: loại thay đổi “{row.get('text:change') or ''}” không có trong danh sách."
            )
        _CHANGES[change](commune, after, row, effective)
    return [now for id, now in after.items() if now != standing.get(id)]


def _effective(text: str | None, month: date) -> date:
    """The month of a date as read (ISO or ngày/tháng/năm); the report's month where none stands."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text or "", form).date().replace(day=1)
        except ValueError:
            continue
    if text:
        raise NotAdoptable(f"Ngày hiệu lực “{text}” không đọc được.")
    return month


def _found(after: dict[str, Entry], row: Entry, effective: date) -> Entry:
    """The village a row of changes is about: by its id, else by its name among those that exist."""
    if row["village_id"]:
        if row["village_id"] not in after:
            raise NotAdoptable(f"Dòng {row['row']}: không có mã thôn {row['village_id']} trong danh mục.")
        return after[row["village_id"]]
    alive = [e for e in after.values() if not e["valid_to"] or e["valid_to"] >= _text(effective)]
    match = match_village(row["village_name"] or "", [(e["id"], e["name"], e["aliases"]) for e in alive])
    if not match.code:
        raise NotAdoptable(f"Dòng {row['row']}: không rõ “{row['village_name'] or ''}” là thôn nào trong danh mục.")
    return after[match.code]


def _new(commune: str, after: dict[str, Entry], name: str, row: Entry, effective: date, households: int | None) -> str:
    """Register a village of that name from that month on, unless an earlier row did; gives its id."""
    for id, known in after.items():
        if known["name"] == name and known["valid_from"] == _text(effective) and not known["valid_to"]:
            return id
    serial = max(int(id.rpartition("-")[2]) for id in after) + 1
    id = f"{commune}-{serial:03}"
    after[id] = entry(id, name, effective, households, row.get("text:decision_number") or "")
    return id


def _end(old: Entry, row: Entry, effective: date, successors: list[str]) -> None:
    last = date(effective.year - (effective.month == 1), (effective.month - 2) % 12 + 1, 1)
    old.update(valid_to=_text(last), successors=successors, decision=row.get("text:decision_number") or old["decision"])


def _new_name(row: Entry) -> str:
    name = (row.get("text:new_name") or "").strip()
    if not name:
        raise NotAdoptable(f"Dòng {row['row']}: chưa ghi tên mới.")
    return name


def _add(commune: str, after: dict[str, Entry], row: Entry, effective: date) -> None:
    name = (row.get("text:new_name") or row["village_name"] or "").strip()
    if not name:
        raise NotAdoptable(f"Dòng {row['row']}: chưa ghi tên thôn mới.")
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
        raise NotAdoptable(f"Dòng {row['row']}: chia tách thì ghi các tên mới, cách nhau bằng dấu chấm phẩy.")
    if not old["valid_to"]:
        _end(old, row, effective, [_new(commune, after, name, row, effective, None) for name in names])


def _dissolve(commune: str, after: dict[str, Entry], row: Entry, effective: date) -> None:
    old = _found(after, row, effective)
    if not old["valid_to"]:
        _end(old, row, effective, [])


_CHANGES = {"mới": _add, "đổi tên": _rename, "sáp nhập": _merge, "chia tách": _split, "giải thể": _dissolve}
