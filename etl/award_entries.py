"""Takes scoring workbooks and visit forms: each line goes through the rules of stages, and what may not be is told."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from definitions.award_forms import COLUMNS
from definitions.award_rules import Criterion, Sheet, sheets
from definitions.format import day
from definitions.reference import communes
from definitions.spelling import fold
from etl import award_stages, store
from etl.award_stages import Given, NotAllowed, latest
from etl.landing import Letter, Packed, table_of
from etl.letters import letter
from etl.shape import LETTER_SCHEMA
from etl.store import Record, Root

POINTS, VISITS = "award_points", "award_visit"  # Landed.table of the two forms
POINTS_SCHEMA: dict[str, Any] = dict.fromkeys(
    ("award_sheet", "stage", "by", "sheet", "columns", "commune", "criterion", "name", "label"), pl.String
) | {"row": pl.Int32, "most": pl.Float64, "seen": pl.Float64, "points": pl.Float64}
POINTS_SCHEMA |= dict.fromkeys(("reason", "explanation", "evidence"), pl.String)
VISITS_SCHEMA: dict[str, Any] = dict.fromkeys(
    ("award_sheet", "by", "sheet", "commune", "minutes", "village", "result"), pl.String
)
VISITS_SCHEMA |= {"row": pl.Int32, "line": pl.Int32, "seed": pl.Int64}
_ARROW = {pl.String: pa.large_string(), pl.Int32: pa.int32(), pl.Int64: pa.int64(), pl.Float64: pa.float64()}
# Where in the file a fault stands: the column of the form.
PLACE = {"no_reason": "reason", "no_evidence": "evidence", "not_in_halves": "points", "label_changed": "label"}


class Brought(NamedTuple):
    """What a file brought: points and sample results that may be recorded, and what is said about the rest."""

    given: list[Record]
    sampled: list[Record]
    letters: list[Letter]


def table(rows: Sequence[Record], schema: Mapping[str, Any]) -> pa.Table:
    """Lines of a form as the cells of a landing."""
    arrow = pa.schema([(name, _ARROW[kind]) for name, kind in schema.items()])
    return table_of([tuple(row[name] for name in schema) for row in rows], arrow)


def placed(
    rows: pl.DataFrame, receipts: list[Record], origin: store.Origin, registry: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines of a form make no figures of the marts: what became of them is told by `said`."""
    return rows, pl.DataFrame(schema=LETTER_SCHEMA)


def take(root: Root, landed: Mapping[str, Packed], receipts: Sequence[Record], is_dry: bool) -> list[Record]:
    """Record what these files brought to award sheets; gives what is said about the rest, as rows of letters.

    A file sent again changes nothing, but for lines that may be recorded by now; one taken out never counts again.
    is_dry: nothing is kept.
    """
    heads = {sha: packed.head for sha, packed in landed.items()}
    gone = {event["sha256"] for event in store.events(root, "withdraw")}
    ours = [one for one in receipts if _is_ours(heads[one["sha256"]], root.origin) and one["sha256"] not in gone]
    letters, so_far = [], _SoFar(root, award_stages.entered(root)) if ours else None
    for receipt in ours:
        sha = receipt["sha256"]
        rows = pl.read_parquet(io.BytesIO(landed[sha].values)).to_dicts()
        assert so_far
        letters += _rows(sha, heads[sha]["commune"], _take(so_far, receipt, heads[sha], rows, is_dry))
    return letters


def _is_ours(head: Record, origin: store.Origin) -> bool:
    return head["table"] in (POINTS, VISITS) and not head["refused"] and head["origin"] == origin


def said(root: Root, as_of: date | None = None) -> list[Record]:
    """What was said about the lines of each file when it was taken last, as rows of letters."""
    last = {event["sha256"]: event for event in award_stages.entered(root, as_of)}
    return [row for sha, event in last.items() for row in _rows(sha, event["commune"], event["letters"])]


def sentence(fault: NotAllowed) -> str:
    """Why something was not recorded, for the person who asked."""
    return _letter(fault).message


def _rows(sha: str, commune: str | None, letters: Sequence[Record]) -> list[Record]:
    return [{"sha256": sha, "commune": commune, "month": None} | one for one in letters]


@dataclass
class _SoFar:
    """What stands on the sheets while the files of one batch are taken, one after the other; read from the log once."""

    root: Root
    entered: list[Record]
    histories: dict[str, award_stages.History] = field(default_factory=dict)
    faults: dict[str, NotAllowed | None] = field(default_factory=dict)

    def before(self, sha: str) -> list[Record]:
        """What the same file brought before."""
        return [one for one in self.entered if one["sha256"] == sha]

    def sheet(self, id: str) -> Sheet:
        """The rules of a sheet on which acts may be done; NotAllowed otherwise."""
        if id not in sheets():
            raise NotAllowed("no_such_sheet", found=id, known=", ".join(sheets()))
        if id not in self.faults:
            try:
                award_stages.check_open(self.root, sheets()[id])
                self.faults[id] = None
            except NotAllowed as fault:
                self.faults[id] = fault
        if standing := self.faults[id]:
            raise standing
        return sheets()[id]

    def history(self, id: str) -> award_stages.History:
        if id not in self.histories:
            self.histories[id] = award_stages.history(self.root, id)
        return self.histories[id]


def _take(so_far: _SoFar, receipt: Record, head: Record, rows: list[Record], is_dry: bool) -> list[Record]:
    before = so_far.before(receipt["sha256"])
    brought = (_points if head["table"] == POINTS else _visits)(so_far, before, rows)
    letters = [asdict(one) for one in brought.letters]
    is_new = brought.given or brought.sampled or not before or before[-1]["letters"] != letters
    if rows and is_new and not is_dry:
        kept = {"given": brought.given, "sampled": brought.sampled, "letters": letters, "commune": head["commune"]}
        by = rows[0]["by"] or receipt.get("sender", "")
        award_stages.enter(so_far.root, rows[0]["award_sheet"], receipt["sha256"], kept, by)
    return letters


# ---- points --------------------------------------------------------------------------------------------------------


def _points(so_far: _SoFar, before: Sequence[Record], rows: Sequence[Record]) -> Brought:
    given, letters = list[Record](), list[Letter]()
    if not rows:
        return Brought([], [], [])
    try:
        sheet = so_far.sheet(rows[0]["award_sheet"])
    except NotAllowed as fault:
        return Brought([], [], [_letter(fault)])
    history = so_far.history(sheet.id)
    done = {(one["commune"], one["criterion"]) for event in before for one in event["given"]}
    for row in rows:
        key = row["commune"], row["criterion"]
        if key in done:
            continue
        try:
            _check_shown(sheet, row, history.get(key, {}))
            given.append(award_stages.allowed(sheet, history, row))
        except NotAllowed as fault:
            letters.append(_letter(fault, row))
    for one in given:  # the next file of the batch meets it
        value = Given(*(one.get(name, "") for name in Given._fields))
        history.setdefault((one["commune"], one["criterion"]), {})[one["stage"]] = value
    return Brought(given, [], letters)


def _check_shown(sheet: Sheet, row: Record, so_far: award_stages.Stages) -> None:
    """NotAllowed where what the form shows is not what holds: somebody changed it, or the form is an old one."""
    rule = next((one for one in sheet.criteria if one.id == row["criterion"]), None)
    named = {unit.code: unit.full_name for unit in communes()}.get(row["commune"])
    if rule is None or named is None:
        return  # the rules of stages say so
    _check_label(rule, named, row)
    standing = latest(so_far)
    if row["seen"] != (standing.points if standing else None):
        raise NotAllowed("seen_changed", seen=_points_said(row["seen"]), now=_points_said(standing and standing.points))


def _check_label(rule: Criterion, named: str, row: Record) -> None:
    shown = (("name", named, row["name"]), ("label", rule.label.vi, row["label"]))
    for column, right, found in shown:
        if found and fold(found) != fold(right):
            raise NotAllowed("label_changed", found=found, right=right, column=column)
    if row["most"] != rule.points:
        raise NotAllowed(
            "label_changed", found=_points_said(row["most"]), right=_points_said(rule.points), column="most"
        )


def _points_said(points: float | None) -> str:
    return "(trống)" if points is None else f"{points:g}".replace(".", ",")


def _letter(fault: NotAllowed, row: Record | None = None) -> Letter:
    """The sentence of a fault, at its place where it is one line's."""
    words: dict[str, Any] = {("award" if n == "sheet" else n): _word(value) for n, value in fault.said.items()}
    found = words.pop("found", "")
    id = words.pop("column", PLACE.get(fault.code, "points"))
    if row is None:
        return letter(f"award_{fault.code}", found=found, **words)
    at = json.loads(row["columns"]).get(id)
    return letter(f"award_{fault.code}", row["sheet"], row["row"], at, found, COLUMNS[id] if at else "", **words)


def _word(value: object) -> str:
    if isinstance(value, date):
        return day(value)
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)


# ---- visits --------------------------------------------------------------------------------------------------------


def _visits(so_far: _SoFar, before: Sequence[Record], rows: Sequence[Record]) -> Brought:
    if not rows or any(event["sampled"] for event in before):
        return Brought([], [], [])
    first = rows[0]
    try:
        sheet = so_far.sheet(first["award_sheet"])
        drawn = award_stages.drawn(so_far.root, sheet.id, first["commune"], first["seed"])
        if not drawn:
            raise NotAllowed("not_drawn", commune=first["commune"], seed=first["seed"])
        if sorted(drawn) != sorted((row["village"], row["line"]) for row in rows):
            raise NotAllowed("other_list", seed=first["seed"])
        # Nobody at home is nothing verified: an empty house proves no claim.
        verified = sum(row["result"] == "found" for row in rows)
        result = award_stages.found(first["commune"], verified, len(rows), first["seed"], first["minutes"] or "")
    except NotAllowed as fault:
        return Brought([], [], [_letter(fault)])
    return Brought([], [result], [])
