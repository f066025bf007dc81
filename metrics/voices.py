"""How many follow the channels, how much they interact, and what waits for an answer, each with the month before."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from metrics import feedback
from warehouse.version import Version

FOLLOWED = {"oa_followers": "oa_followers", "page_followers": "fb_followers"}
INTERACTIONS = "fb_interactions"
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
    followed = [of_channels(version, unit, id, metric, "value", day) for id, metric in FOLLOWED.items()]
    a_day = of_channels(version, unit, "interactions_a_day", INTERACTIONS, "value / days", day)
    return (*followed, a_day, waiting(version, unit, day))


def of_channels(version: Version, unit: str, id: str, metric: str, figure: str, day: date) -> Figure:
    """The sum over the channels of a unit in the last full month with any, pages too small to measure left out."""
    row = version.query(
        f"""with told as (
                select channel, month, {figure} as figure
                from channel_month join channel using (channel)
                where metric = ? and month < ? and days > 0 and is_measurable
                    and (channel.unit = ? or channel.unit in (select commune from unit_commune where unit = ?))
            ),
            last as (select max(month) as month from told)
            select sum(now.figure) as value, sum(now.figure - before.figure) as change,
                   any_value(now.month) as month, count(*) as channels
            from told as now join last using (month)
            left join told as before
                on before.channel = now.channel and before.month = now.month - interval 1 month""",
        [metric, day.replace(day=1), unit, unit],
    ).row(0, named=True)
    return Figure(id, **row)


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
