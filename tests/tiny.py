"""A published province of three reporting communes and four months, small enough to work out by hand."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from definitions.load import definitions
from etl import build, channel_tables, post_scores, readings, slices
from etl.cases import PLACED
from etl.deliveries import CELL_SCHEMA, DELIVERY_SCHEMA
from etl.households import PLACED as COUNTED_ELSEWHERE
from etl.protection import protected
from etl.shape import LETTER_SCHEMA
from etl.sources import printed_figures
from warehouse import publish
from warehouse.version import Version, open_version

A, B, C, SILENT = "04456", "04462", "02680", "04474"  # A, B and SILENT in one cluster, C in another
CLUSTER = "cluster:mu_cang_chai"
MONTHS = MAY, JUNE, JULY, AUGUST = tuple(date(2026, month, 1) for month in (5, 6, 7, 8))
TODAY = date(2026, 9, 10)  # 16 weeks before the deadline of 2026-12-31; August was late after the 9th

VILLAGES = [
    (f"{A}-001", A, "Bản Thác", 100),
    (f"{A}-002", A, "Bản Ngài", 100),
    (f"{B}-001", B, "Bản Một", 100),
    (f"{B}-002", B, "Bản Hai", 300),
    (f"{C}-001", C, "Thôn Suối", 50),
]
# What each village reported month by month, None: no row.
# Households, with at least one platform, with at least three, helped.
REPORTS: dict[str, list[tuple[int, int, int, int] | None]] = {
    f"{A}-001": [(100, 20, 10, 0), (100, 25, 15, 0), (100, 30, 20, 4), (100, 35, 25, 0)],
    f"{A}-002": [(100, 20, 10, 0), (100, 25, 15, 0), (100, 30, 20, 0), (100, 35, 25, 0)],
    f"{B}-001": [(100, 10, 0, 0), (100, 20, 0, 0), (100, 30, 0, 0), (100, 40, 0, 0)],
    f"{B}-002": [(300, 30, 0, 0), (300, 40, 0, 0), (300, 50, 0, 0), None],
    f"{C}-001": [(50, 5, 0, 0), (50, 10, 0, 0), None, None],
}
GROUPS = {f"{A}-001": 1, f"{A}-002": 0, f"{B}-001": 1, f"{B}-002": 1}  # said in May; of C nothing is known
# Village A-001 by ethnic group in June: households, with VNeID.
ETHNIC = {"tay": (60, 30), "mong": (40, 5)}
# Feedback of A as its case list of 10 September tells it; B gives the three counts of the monthly form alone.
# id, village, topic, desk, received, forwarded, due, answered, told, closed, agrees
CASES: list[tuple[Any, ...]] = [
    ("F1", 1, "roads", "committee", "08-01", "08-03", "08-15", "08-13", "08-14", "08-14", True),
    ("F2", 2, "land", None, "08-05", None, "08-20", "08-22", None, None, None),
    ("F3", None, "roads", "province", "08-10", "08-12", "08-25", None, None, None, None),
    ("F4", 1, "digital", None, "09-01", None, "09-30", None, None, None, None),
    ("F5", 1, "land", "police", "07-02", "07-02", "07-12", "07-20", "07-22", None, False),
]
COUNTED = {"feedback_received": 6, "feedback_answered": 4, "feedback_forwarded": 2}  # of B in August
ARRIVED = {(B, AUGUST): datetime(2026, 9, 12, 8)}  # late; the others on the third of the next month

Cell = dict[str, Any]


def tiny(
    published: Path,
    origin: str = "real",
    factor: int = 1,
    due_until: date = AUGUST,
    as_of: date | None = None,
    is_current: bool = True,
    is_empty: bool = False,
) -> Version:
    """A version of these figures; factor multiplies every count of households, so that two versions differ."""
    published.mkdir(parents=True, exist_ok=True)
    cells = pl.DataFrame(_cells(factor), schema=_cell_schema(), orient="row")
    cells = cells.clear() if is_empty else cells
    facts = _facts(origin, as_of)
    given = {
        "cell": cells,
        "delivery": _deliveries(cells),
        "letter": pl.DataFrame([_letter()], schema=LETTER_SCHEMA, orient="row").with_columns(is_breakdown=False),
        "registry": _registry(factor),
        "unit": build.units(),
        "unit_commune": build.units_of_communes(),
        "calendar": build.calendar(cells, due_until),
        "measure": build.measures(),
        "indicator": build.indicators(),
        "question": build.questions(),
        "printed_figure": printed_figures.read(),
        "meta": build.meta(facts),
        "feedback": _feedback(is_empty),
        "reading": pl.DataFrame(schema=readings.PLACED),
        "household_count": pl.DataFrame(schema=COUNTED_ELSEWHERE),
    }
    given |= channel_tables.tables("real", given["reading"], [])
    given |= slices.tables(given["registry"], given["calendar"]["month"].to_list())
    later = publish.Later(lambda ask: _protected(ask, due_until) | post_scores.tables(ask), dict)
    return open_version(published, publish.publish(published, given, facts, later, is_current))


def _protected(ask: Callable[[str], pl.DataFrame], due_until: date) -> dict[str, pl.DataFrame]:
    """The protected figures as at the first publication: no ledger."""
    exact, parts = ask("from breakdown_month"), ask("from unit_commune")
    return protected(exact, parts, [], due_until, ARRIVED[B, AUGUST], definitions().province.code).tables


def _facts(origin: str, as_of: date | None) -> dict[str, Any]:
    day = (as_of or TODAY).isoformat() if origin == "demo" else None
    empty = dict.fromkeys(("commit", "definitions_hash", "receipts_hash", "fingerprint"), "")
    built = {"built_at": "2026-09-10T08:00:00.000+07:00"}
    return empty | built | {"as_of": as_of.isoformat() if as_of else None, "origin": origin, "today": day}


def _cell_schema() -> dict[str, Any]:
    left_out = ("received_on", "village_id", "village_name", "commune")
    return {name: kind for name, kind in CELL_SCHEMA.items() if name not in left_out} | {
        "unit": pl.String,
        "lacking": pl.String,
    }


def sha(commune: str, month: date) -> str:
    return f"{commune}{month:%Y%m}".ljust(64, "0")


def _cells(factor: int) -> list[Cell]:
    cells = [cell for village, reports in REPORTS.items() for cell in _villages(village, reports, factor)]
    cells += [_cell(v, MAY, "groups", 9, "group_formed", value) for v, value in GROUPS.items()]
    cells += [_cell(B, AUGUST, "commune", 9, measure, value) for measure, value in COUNTED.items()]
    for number, (group, (households, vneid)) in enumerate(ETHNIC.items()):
        for measure, value in (("households", households), ("households_vneid", vneid)):
            told = _cell(f"{A}-001", JUNE, "breakdown", 9 + number, measure, value * factor)
            cells.append(told | {"dimension": "ethnic", "category": group})
    return cells


def _villages(village: str, reports: list[tuple[int, int, int, int] | None], factor: int) -> list[Cell]:
    names = ("households", "households_any", "households_three", "households_helped")
    fixed = {"households_all": 0, "households_skilled": 0, "group_members": 5, "members_trained": 2}
    cells = []
    for month, report in zip(MONTHS, reports, strict=True):
        if report is not None:
            figures = {name: value * factor for name, value in zip(names, report, strict=True)} | fixed
            row = 8 + int(village[-3:])
            cells += [_cell(village, month, "villages", row, measure, value) for measure, value in figures.items()]
    return cells


def _cell(village: str, month: date, sheet: str, row: int, measure: str, value: int) -> Cell:
    return {
        "sha256": sha(village[:5], month), "month": month, "form_sheet": sheet, "sheet": sheet, "row": row,
        "column": "D", "measure": measure, "dimension": "none", "category": "", "value": value, "text": None,
        "unchanged": False, "unit": village, "lacking": "",
    }  # fmt: skip


def _feedback(is_empty: bool) -> pl.DataFrame:
    rows = []
    for row, (case, village, topic, desk, *days, agrees) in enumerate([] if is_empty else CASES, 6):
        told = [None if day is None else date(2026, int(day[:2]), int(day[3:])) for day in days]
        about = (sha(A, AUGUST), datetime(2026, 9, 10, 7), row, "Phản ánh", A, case, "zalo", topic, desk)
        rows.append((*about, *told, agrees, village and f"{A}-{village:03}"))
    return pl.DataFrame(rows, schema=PLACED, orient="row")


def _deliveries(cells: pl.DataFrame) -> pl.DataFrame:
    """One accepted delivery per commune and month with cells."""
    rows = []
    for hash, month in cells.select("sha256", "month").unique().sort("sha256").iter_rows():
        arrived = ARRIVED.get((hash[:5], month), datetime(month.year, month.month + 1, 3, 9))
        rows.append({
            "sha256": hash, "source": "commune_workbook", "file": f"{hash[:11]}.xlsx", "sender": "", "way": "cli",
            "received_at": arrived, "commune": hash[:5], "month": month, "revision": 1, "verdict": "accepted",
            "rows_stored": 1, "rows_held": 1 if hash == sha(B, AUGUST) else 0, "rows_ignored": 3,
            "withdrawn": None, "refusal": None,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=DELIVERY_SCHEMA, orient="row").with_columns(has_breakdown=False)


def _letter() -> dict[str, Any]:
    """Why village B-002 has no row in August."""
    return {
        "sha256": sha(B, AUGUST), "commune": B, "month": AUGUST, "sheet": "villages", "row": 10, "column": "D",
        "code": "bad_number", "severity": "held", "found": "ba trăm", "expected": "một số", "message": "…",
    }  # fmt: skip


def _registry(factor: int) -> pl.DataFrame:
    """B-002 has no reference households."""
    rows = [
        (id, commune, name, MAY, None, "", None if id == f"{B}-002" else households * factor, "", "")
        for id, commune, name, households in VILLAGES
    ]
    names = ["village", "commune", "name", "valid_from", "valid_to", "successors", "households_reference"]
    names += ["decision", "part"]
    kinds = {"valid_from": pl.Date, "valid_to": pl.Date, "households_reference": pl.Int64}
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String) for name in names}, orient="row")
