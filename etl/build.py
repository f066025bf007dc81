"""Makes a published version from the receipts, the landed rows, the registry and the definitions alone."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from definitions.asked import is_monthly
from definitions.load import definitions, due_date, is_dead, late_after
from definitions.reference import communes
from definitions.spelling import sort_key
from etl import award_entries, channel_tables, deliveries, ledger, post_scores, readings, slices, store
from etl.letters import letter
from etl.load import land
from etl.protection import Protected, protected
from etl.registry import registry
from etl.sources import printed_figures
from etl.sync.run import RETIRED
from warehouse import publish, version

CODE = Path(__file__).resolve().parent.parent
READ_BY_BUILD = ("definitions", "data/reference", "etl", "methods", "warehouse")
# Counts that only grow: a group, once formed, and a member, once trained, stay so.
CUMULATIVE = ("members_trained", "group_formed")
QUESTIONS = (
    "falls", "jump", "copied_forward", "ethnic_sum", "households_reference", "breakdown_kept", "breakdown_part",
    "earlier_sending", "above_village", "unchanged_from_nothing",
)  # fmt: skip
INPUTS = ("origin", "as_of", "today", "due_until", "receipts", "receipts_hash", "ledger_hash", "definitions_hash")
Tables = dict[str, pl.DataFrame]
Facts = dict[str, Any]


def build(root: store.Root, as_of: date | None = None) -> str:
    """Publish what is known now, or what was known at the end of a past day; gives the version's id.

    Nothing new: the version that stands. A past view never becomes current. warehouse.publish.CheckFailed names the
    check and the wrong rows; the version before stays.
    """
    with publish.turn(root.published):
        facts = facts_of(root, as_of)
        standing = version.current(root.path)
        if standing and not as_of and standing.manifest["fingerprint"] == facts["fingerprint"]:
            return standing.id
        if as_of and (same := publish.published_as(root.published, facts["fingerprint"])):
            return same
        later = from_marts(root, as_of, facts)
        return publish.publish(root.published, tables(root, as_of, facts), facts, later, is_current=as_of is None)


def with_questions(root: store.Root, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers of `load` with the questions the current version puts to their figures."""
    standing = version.current(root.path)
    if standing is None:
        return answers
    asked = standing.query(
        'select sha256, sheet, row, "column", code, message from question where sha256 in (select unnest(?))',
        [[answer["sha256"] for answer in answers]],
    )
    told: dict[str, list[dict[str, Any]]] = {}
    for row in asked.iter_rows(named=True):
        told.setdefault(row.pop("sha256"), []).append(row)
    return [answer | {"letters": answer["letters"] + told.get(answer["sha256"], [])} for answer in answers]


# ---- what a version is made from -----------------------------------------------------------------------------------


def facts_of(root: store.Root, as_of: date | None) -> Facts:
    """What names a version: its inputs by hash. The same fingerprint gives the same tables."""
    receipts = store.receipts(root, as_of)
    last = max((store.local(receipt["received_at"]).date() for receipt in receipts), default=None)
    # The demonstration lives on the day of its last delivery; real data live today.
    day = as_of or (last if root.origin == "demo" and last else store.now().date())
    facts: Facts = {
        "origin": root.origin,
        "as_of": as_of.isoformat() if as_of else None,
        "today": day.isoformat() if root.origin == "demo" else None,
        "due_until": last_due(day).isoformat(),
        "receipts": len(receipts),
        "receipts_hash": digest(*store.known_names(root, as_of)),
        "ledger_hash": digest(*ledger.names(root, as_of)),
        "definitions_hash": digest(*file_hashes("definitions", "data/reference")),
    }
    return facts | {"fingerprint": fingerprint(facts), "commit": commit(), "built_at": store.stamp(store.now())}


def fingerprint(facts: Facts) -> str:
    """The hash of everything a version is made from."""
    inputs = {key: facts[key] for key in INPUTS}
    return digest(*file_hashes(*READ_BY_BUILD), json.dumps(inputs, sort_keys=True))


def digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def file_hashes(*folders: str) -> tuple[str, ...]:
    """Name and hash of every file of ours that can change a table."""
    files = sorted(
        p for folder in folders for p in (CODE / folder).rglob("*") if p.suffix in (".py", ".sql", ".toml", ".csv")
    )
    return tuple(f"{p.relative_to(CODE).as_posix()} {store.sha_of(p.read_bytes())}" for p in files)


@cache
def commit() -> str:
    """The commit of the code, "" where it does not come from a repository."""
    try:
        asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=CODE, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def last_due(day: date) -> date:
    """The last month whose report is due by a day."""
    month = day.replace(day=1)
    while due_date(month) > day:
        month = before(month)
    return month


def before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def after(month: date) -> date:
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)


# ---- the tables the marts are made from ------------------------------------------------------------------------


def tables(root: store.Root, as_of: date | None, facts: Facts) -> Tables:
    """Name -> rows; the marts see them as given_<name>."""
    receipts, villages = store.receipts(root, as_of), registry(root, as_of)
    withdrawn = {event["sha256"]: event["reason"] for event in store.events(root, "withdraw", as_of)}
    retired = store.events(root, RETIRED, as_of)
    said = award_entries.said(root, as_of)
    judged = deliveries.judge_all(receipts, land(root, receipts), villages, root.origin, withdrawn, said)
    dated = calendar(judged.cells, date.fromisoformat(facts["due_until"]))
    return {
        "cell": judged.cells,
        "delivery": judged.deliveries,
        "letter": judged.letters,
        "registry": villages.drop("aliases", "name_key"),
        "unit": units(),
        "unit_commune": units_of_communes(),
        "calendar": dated,
        "measure": measures(),
        "indicator": indicators(),
        "question": questions(),
        "printed_figure": printed_figures.read(),
        "meta": meta(facts),
        **slices.tables(villages, dated["month"].to_list()),
        **channel_tables.tables(root.origin, judged.others[readings.TABLE], retired, as_of),
        **judged.others,
    }


def from_marts(root: store.Root, as_of: date | None, facts: Facts) -> publish.Later:
    """The scores of posts, and the protected figures: the ledger holds these before anybody can see them."""
    made: list[Protected] = []

    def make(ask: Callable[[str], pl.DataFrame]) -> Tables:
        known = ledger.revisions(root, as_of)
        due, province = date.fromisoformat(facts["due_until"]), definitions().province.code
        exact, parts = ask("from breakdown_month"), ask("from unit_commune")
        made.append(protected(exact, parts, known, due, store.now(), province, is_past=as_of is not None))
        return made[-1].tables | post_scores.tables(ask)

    def seal() -> Facts:
        for revision in made[-1].new:
            ledger.write(root, revision)
        now = facts | {"ledger_hash": digest(*ledger.names(root, as_of))}
        return now | {"fingerprint": fingerprint(now)}

    return publish.Later(make, seal)


def units() -> pl.DataFrame:
    """One row per unit: the province first, then clusters and communes in alphabetical order."""
    loaded = definitions()
    rows = [(loaded.province.code, "province", loaded.province.name, f"Tỉnh {loaded.province.name}")]
    rows += [(f"cluster:{cluster.id}", "cluster", cluster.label.vi, cluster.label.vi) for cluster in loaded.clusters]
    rows += [(c.code, "commune", c.name, c.full_name) for c in sorted(communes(), key=lambda c: sort_key(c.name))]
    frame = pl.DataFrame(rows, schema=["unit", "level", "name", "full_name"], orient="row")
    return frame.with_row_index("sort")


def units_of_communes() -> pl.DataFrame:
    rows = [(unit, c.code) for c in communes() for unit in (definitions().province.code, c.code)]
    rows += [(f"cluster:{cluster.id}", code) for cluster in definitions().clusters for code in cluster.communes]
    return pl.DataFrame(rows, schema={"unit": pl.String, "commune": pl.String}, orient="row")


def calendar(cells: pl.DataFrame, due_until: date) -> pl.DataFrame:
    """One row per month from the first with data to the last that has data or is due."""
    rows = []
    first, last = cells["month"].min(), cells["month"].max()
    if isinstance(first, date) and isinstance(last, date):
        month = first
        while month <= max(last, due_until):
            rows.append((month, month.year * 12 + month.month - 1, is_dead(month), due_date(month), late_after(month)))
            month = after(month)
    days = dict.fromkeys(("due", "late_after"), pl.Date)
    return pl.DataFrame(rows, schema={"month": pl.Date, "index": pl.Int32, "is_dead": pl.Boolean, **days}, orient="row")


def measures() -> pl.DataFrame:
    """One row per measure; form_sheet is "villages" for those of the monthly village sheet."""
    asked = {column.id for column in definitions().forms.sheets["villages"].columns}
    rows = [
        (id, m.kind, m.of, "villages" if id in asked else "", id in CUMULATIVE, m.label.vi)
        for id, m in definitions().measures.items()
    ]
    return pl.DataFrame(rows, schema=["measure", "kind", "of", "form_sheet", "is_cumulative", "label"], orient="row")


def indicators() -> pl.DataFrame:
    """One row per indicator the monthly report tells; those of the breakdown alone are told by slices."""
    rows = [(id, i.numerator, i.denominator) for id, i in definitions().indicators.items() if is_monthly(id)]
    return pl.DataFrame(rows, schema=["indicator", "numerator", "denominator"], orient="row")


def questions() -> pl.DataFrame:
    """One row per code: the letter's sentence with {value} and {reference} still to be filled."""
    places = {"found": "{value}", **dict.fromkeys(("before", "whole", "reference"), "{reference}")}
    of_village = {code: "" if code == "earlier_sending" else "{village}{measure}: " for code in QUESTIONS}
    rows = [(code, begin + letter(code, **places).message) for code, begin in of_village.items()]  # type: ignore[arg-type]
    return pl.DataFrame(rows, schema=["code", "template"], orient="row")


def meta(facts: Facts) -> pl.DataFrame:
    kept = ("origin", "as_of", "today", "built_at", "commit", "definitions_hash", "receipts_hash")
    rows = [(key, facts[key]) for key in kept] + [("province", definitions().province.code)]
    rows += [("epoch", definitions().province.epoch.isoformat())]
    return pl.DataFrame(rows, schema={"key": pl.String, "value": pl.String}, orient="row")
