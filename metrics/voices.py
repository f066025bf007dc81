"""How many follow the channels, how much they interact, and what waits for an answer, each with the month before."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from metrics import feedback
from warehouse.version import Version

# Facebook's alone are interactions: Zalo counts people, and the two are never one sum.
COUNTED = {"oa_followers": "oa_followers", "page_followers": "fb_followers", "interactions_a_day": "fb_interactions"}
OVERDUE = "overdue_feedback"


class Figure(NamedTuple):
    """One figure of a unit: value and change against the month before (None: not measured), month, channels told.

    The change is that of the channels measured in both months: one that begins or falls silent is no growth.
    """

    id: str
    value: float | None = None
    change: float | None = None
    month: date | None = None
    channels: int = 0


@lru_cache(maxsize=64)
def strip(version: Version, unit: str, day: date) -> tuple[Figure, ...]:
    """Followers of OAs and of pages, interactions a day, cases overdue, of all of a unit on a day."""
    figures = [of_channels(version, unit, id, metric, day) for id, metric in COUNTED.items()]
    return (*figures, waiting(version, unit, day))


def of_channels(version: Version, unit: str, id: str, metric: str, day: date) -> Figure:
    """What the channels of a unit counted in the last full month with any, pages too small to measure left out."""
    last = version.query(
        """select value, change, month, channels from voice_month where unit = ? and metric = ? and month < ?
           order by month desc limit 1""",
        [unit, metric, day.replace(day=1)],
    )
    return Figure(id, *last.row(0)) if len(last) else Figure(id)


def waiting(version: Version, unit: str, day: date) -> Figure:
    """Cases overdue on a day against the last day of the month before; None where no case list ever came."""
    asked = "select min(received) as first from feedback_case join unit_commune using (commune) where unit = ?"
    first = version.query(asked, [unit]).item()
    if first is None or first > day:
        return Figure(OVERDUE)
    before = day.replace(day=1) - timedelta(1)
    now = feedback.overdue(version, unit, day)
    change = now - feedback.overdue(version, unit, before) if first <= before else None
    return Figure(OVERDUE, now, change, day.replace(day=1))
