"""The reporting rounds: who sent, who is late, whose figures can be used."""

from datetime import date, timedelta

import polars as pl

from definitions.load import is_working_day
from warehouse.version import Version


def months(version: Version) -> list[date]:
    """The rounds there are, latest first."""
    return rates(version)["month"].to_list()[::-1]


def rates(version: Version, unit: str | None = None) -> pl.DataFrame:
    """One row per month: expected, submitted, on_time, usable (communes) and the three rates as shares of expected."""
    where, given = ("level = 'province'", None) if unit is None else ("unit = ?", [unit])
    return version.query(
        f"""select month, expected, submitted, on_time, usable, submitted_share, on_time_share, usable_share
            from unit_round where {where}""",
        given,
    )


def communes(version: Version, month: date) -> pl.DataFrame:
    """One row per commune in a round, worst first; state: missing, not_usable, late, ok (the first that applies).

    villages_expected and villages_usable are null where the commune has no list of villages.
    """
    return version.query(
        """select commune, full_name, state, received_at, days_late, villages_expected, villages_usable, usable_share,
                  sha256, letters, due, late_after
           from round where month = ?""",
        [month],
    )


def rate(rates: pl.DataFrame, month: date) -> dict:
    """The row of one month."""
    return rates.row(rates["month"].to_list().index(month), named=True)


def ask_until(today: date, working_days: int = 3) -> date:
    """The day a reminder asks for: so many working days from today."""
    day = today
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return day
