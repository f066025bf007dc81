"""Decides which files a commune sends when, in which form and with which faults."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from definitions.load import definitions, due_date, late_after
from etl.demo.plan import CommunePlan, dice, shape
from etl.demo.simulate import before_last


@dataclass(frozen=True)
class Sending:
    """One file: its month (index), revision and moment of arrival, the look it has and the faults in it.

    look: template | totals | dots | reordered | old_name | nfd | marks | no_ids | xls.
    fault: "" | part_exceeds_whole | approximate | unknown_village (held rows), spoiled (wrong figures, put right by a
    second file), people (households given in people, likewise), foreign (the villages of another commune, likewise).
    """

    month: int
    revision: int
    received_at: datetime
    look: str = "template"
    fault: str = ""
    copied: bool = False


def today(months: tuple[date, ...]) -> datetime:
    """The demonstration's own present: the morning of the day on which the last month's reports are due."""
    return at(due_date(months[-1]), time(8, 10))


def at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(definitions().calendar.timezone))


def sendings(plan: CommunePlan, months: tuple[date, ...], seed: int) -> list[Sending]:
    """The files of one commune in order of arrival."""
    chance, sent = dice(seed, "sendings", plan.code), []
    for month in range(len(months)):
        draws = chance.random(8)
        if is_sent(plan, months, month, draws[0]):
            sent += one_month(plan, months, month, draws)
    return sorted(sent, key=lambda sending: (sending.received_at, sending.revision))


def is_sent(plan: CommunePlan, months: tuple[date, ...], month: int, draw: float) -> bool:
    rare, last = shape()["rare"], len(months) - 1
    if "silent" in plan.marks and month > last - rare["silent"]["since"]:
        return False
    if "starts_late" in plan.marks and month < rare["starts_late"]["after"]:
        return False
    if month == last:
        return "not_yet_in" not in plan.marks
    return month == 0 or draw >= shape()["mess"]["missing"] or bool(plan.marks)


def one_month(plan: CommunePlan, months: tuple[date, ...], month: int, draws: np.ndarray) -> list[Sending]:
    """The first file of a month and, where it was wrong, the one that puts it right."""
    mess, last = shape()["mess"], month == len(months) - 1
    look = picked(mess["styles"], draws[1]) or "template"
    fault = picked(mess["faults"], draws[2]) if month else ""
    due = special_fault(plan, months, month)
    if "same_name" in plan.marks and month == before_last(months, 3):
        look = "no_ids"
    elif not due and month and not last and draws[3] < mess["corrected"]:
        due = "spoiled"
    fault = due or fault
    received = arrival(months, month, draws[4], draws[5], late=draws[6] < mess["late"] and not last)
    first = Sending(month, 1, received, "template" if due else look, fault, is_copied(plan, months, month))
    if not due:
        return [first]
    days = 1 + int(draws[7] * 8)
    return [first, Sending(month, 1 if due == "foreign" else 2, received + timedelta(days=days, minutes=17), look)]


def picked(parts: dict[str, float], draw: float) -> str:
    """The name whose part of (0, 1) the draw falls into, "" beyond them all."""
    for name, part in parts.items():
        if draw < part:
            return name
        draw -= part
    return ""


def special_fault(plan: CommunePlan, months: tuple[date, ...], month: int) -> str:
    """The mishaps that happen once in the province."""
    mess = shape()["mess"]
    if "wrong_unit" in plan.marks and month == before_last(months, mess["wrong_unit"]):
        return "foreign"
    if "people_for_households" in plan.marks and month == before_last(months, mess["people_for_households"]):
        return "people"
    return ""


def is_copied(plan: CommunePlan, months: tuple[date, ...], month: int) -> bool:
    """In these months the commune sends the figures of the month before once more."""
    copies = shape()["mess"]["copies"]
    until = len(months) - 1 - (0 if "copies_still" in plan.marks else copies["until"])
    return "copies" in plan.marks and month > 0 and until - copies["months"] < month <= until


def arrival(months: tuple[date, ...], month: int, draw: float, hour: float, late: bool) -> datetime:
    """A moment between month's end and due day, in office hours; late ones up to twelve days after the grace."""
    first = months[month] + timedelta(days=32)
    first = first.replace(day=1)
    due = due_date(months[month])
    minutes = int(hour * 570)
    moment = time(7 + minutes // 60, minutes % 60, int(draw * 1e4) % 60)
    if late:
        return at(late_after(months[month]) + timedelta(days=1 + int(draw * 12)), moment)
    days = (due - first).days
    if month == len(months) - 1:
        return at(first + timedelta(days=int(draw * days)), moment)
    return at(first + timedelta(days=int(draw * (days + 1))), moment)
