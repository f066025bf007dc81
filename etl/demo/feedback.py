"""Makes the case list of a commune's feedback application, as often as the commune hands it in."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import xlsxwriter

from definitions.feedback import feedback
from etl.demo.mess import at, today
from etl.demo.plan import CommunePlan, dice, is_quiet, shape
from etl.demo.simulate import Numbers

COLUMNS = tuple(id for id in feedback().columns if id != "commune")
DAYS = ("received", "forwarded", "due", "answered", "told", "closed")
MARK = "DỮ LIỆU MINH HOẠ"
Row = dict[str, Any]
File = tuple[str, bytes, datetime]


def lists(whole: Numbers, seed: int) -> list[File]:
    """(name, bytes, moment) of every list the commune hands in, the newest last; none where it only counts."""
    plan, of = whole.plan, shape()["feedback"]
    chance = dice(seed, "lists", plan.code)
    if "silent" in plan.marks or is_quiet(plan, seed) or chance.random() >= of["lists"]:
        return []
    is_csv, cases = chance.random() < 0.5, made(whole, seed)
    now = today(whole.months)
    days = [now.date() - timedelta(days=int(back)) for back in of["handed_in_days_ago"]]
    files = []
    for day in days:
        rows = [known_on(case, day) for case in cases if case["received"] <= day]
        if rows:
            content = as_csv(plan, rows) if is_csv else as_workbook(plan, rows)
            files.append((name(plan, day, is_csv), content, at(day, time(7, int(chance.integers(0, 60))))))
    return files


def name(plan: CommunePlan, day: date, is_csv: bool) -> str:
    return (
        f"phan-anh-{plan.code}-{day:%Y-%m-%d}.csv"
        if is_csv
        else f"PAKN {plan.full_name} {plan.code} {day:%d-%m-%Y}.xlsx"
    )


# ---- the cases -----------------------------------------------------------------------------------------------------


def made(whole: Numbers, seed: int) -> list[Row]:
    """Every case of the commune, in order of receipt, as it will stand when all is done: as many as its form counts."""
    plan, of = whole.plan, shape()["feedback"]
    chance = dice(seed, "cases", plan.code)
    slow = float(chance.choice([1.0, 1.0, 1.0, of["slow"]]))
    rows: list[Row] = []
    for m, month in enumerate(whole.months):
        villages = [village.id for v, village in enumerate(whole.villages) if whole.valid[v, m]]
        for turn in range(int(whole.flows["feedback_received"][m])):
            is_forwarded = turn < whole.flows["feedback_forwarded"][m]
            received = month + timedelta(days=int(chance.integers(0, 28)))
            rows.append(one(chance, received, villages, is_forwarded, slow))
    rows.sort(key=lambda row: row["received"])
    for number, row in enumerate(rows, 1):
        row["case_id"] = f"PA-{plan.code}-{number:04d}"
    return rows


def one(chance: np.random.Generator, received: date, villages: list[str], is_forwarded: bool, slow: float) -> Row:
    of = shape()["feedback"]
    row: Row = {"received": received, "due": received + timedelta(days=of["days_allowed"])}
    row |= {"channel": label("channels", chance), "topic": label("topics", chance)}
    row |= {"village": str(chance.choice(villages)) if chance.random() < 0.8 else None, "desk": None, "forwarded": None}
    begun, median = received, of["own_days"] * slow
    if is_forwarded:
        desk = picked("desks", chance)
        begun = row["forwarded"] = received + timedelta(days=int(chance.integers(0, 5)))
        row["desk"], median = feedback().desks[desk].label.vi, of["desk_days"][desk]
    row["answered"] = begun + timedelta(days=int(median * np.exp(0.6 * chance.standard_normal())))
    row["told"] = row["closed"] = row["agrees"] = None
    if chance.random() < of["told"]:
        row["told"] = row["answered"] + timedelta(days=int(chance.integers(0, 7)))
        row["agrees"] = str(chance.choice(["có", "chưa", ""], p=of["agrees"])) or None
        row["closed"] = row["told"] + timedelta(days=int(chance.integers(0, 4)))
    elif chance.random() < of["never_answered"]:
        row["answered"] = None
    return row


def label(block: str, chance: np.random.Generator) -> str:
    return getattr(feedback(), block)[picked(block, chance)].label.vi


def picked(block: str, chance: np.random.Generator) -> str:
    weights: dict[str, float] = shape()["feedback"][block]
    return str(chance.choice(list(weights), p=np.array(list(weights.values())) / sum(weights.values())))


def known_on(case: Row, day: date) -> Row:
    """The case as its list told it on a day: nothing that came later but the due day."""
    row = case | {id: None for id in DAYS if id != "due" and case[id] and case[id] > day}
    return row | ({} if row["told"] else {"agrees": None})


# ---- the files -----------------------------------------------------------------------------------------------------


def headers() -> list[str]:
    return [feedback().columns[id].label.vi for id in COLUMNS]


def as_csv(plan: CommunePlan, rows: list[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([f"{MARK}: phản ánh, kiến nghị, {plan.full_name} ({plan.code})"])
    writer.writerow(headers())
    for row in rows:
        cells = [row[id] for id in COLUMNS]
        writer.writerow(["" if c is None else f"{c:%d/%m/%Y}" if isinstance(c, date) else c for c in cells])
    return out.getvalue().encode("utf-8-sig")


def as_workbook(plan: CommunePlan, rows: list[Row]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as file:
        file.set_properties({"created": datetime(2025, 1, 1)})
        bold, day = file.add_format({"bold": True}), file.add_format({"num_format": "dd/mm/yyyy"})
        sheet = file.add_worksheet("Phản ánh")
        sheet.set_column(0, len(COLUMNS), 16)
        sheet.write(0, 0, MARK, bold)
        sheet.write(1, 0, f"DANH SÁCH PHẢN ÁNH, KIẾN NGHỊ - {plan.full_name} ({plan.code})", bold)
        sheet.write_row(3, 0, headers(), bold)
        for place, row in enumerate(rows, 4):
            for column, cell in enumerate(row[id] for id in COLUMNS):
                if isinstance(cell, date):
                    sheet.write_datetime(place, column, datetime.combine(cell, time()), day)
                elif cell is not None:
                    sheet.write(place, column, cell)
    return target.getvalue()
