"""The reporting rounds: who sent, who is late, whose figures can be used."""

from datetime import date, timedelta

import polars as pl

from definitions.load import due_date, is_working_day, late_after
from warehouse.version import Version


def months(version: Version) -> list[date]:
    """The rounds there are, latest first."""
    return version.query("select distinct month from round order by month desc")["month"].to_list()


def rates(version: Version, unit: str | None = None) -> pl.DataFrame:
    """One row per month: expected, submitted, on_time, usable (communes) and the three rates as shares of expected."""
    return version.query(
        """select month, count(*)::bigint as expected, sum(is_submitted::int)::bigint as submitted,
                  coalesce(sum(is_on_time::int), 0)::bigint as on_time, sum(is_usable::int)::bigint as usable,
                  avg(is_submitted::int) as submitted_share, avg(coalesce(is_on_time, false)::int) as on_time_share,
                  avg(is_usable::int) as usable_share
           from round join unit_commune using (commune)
           where unit = coalesce(?, (select unit from unit where level = 'province')) group by month order by month""",
        [unit],
    )


def communes(version: Version, month: date) -> pl.DataFrame:
    """One row per commune in a round, with a state: missing, not_usable, late, ok (the first that applies)."""
    rows = version.query(
        """select commune, full_name, case when not is_submitted then 'missing' when not is_usable then 'not_usable'
                    when not is_on_time then 'late' else 'ok' end as state,
                  received_at,
                  days_late, villages_expected, villages_usable, usable_share, sha256,
                  (select count(*) from letter l join delivery d using (sha256)
                   where d.commune = r.commune and d.month = r.month and l.severity in ('held', 'refused')
                     and d.withdrawn is null and d.sha256 = r.sha256)::bigint as letters
           from round r join unit u on u.unit = r.commune where month = ? order by sort""",
        [month],
    )
    return rows.with_columns(due=pl.lit(due_date(month)), late_after=pl.lit(late_after(month)))


def rate(rates: pl.DataFrame, month: date) -> dict:
    """The row of one month."""
    return rates.filter(pl.col("month") == month).row(0, named=True)


def worst_first(communes: pl.DataFrame) -> pl.DataFrame:
    """The communes of a round: those missing first, then not usable, late, in order."""
    states = ["missing", "not_usable", "late", "ok"]
    return communes.sort(pl.col("state").replace_strict(states, range(4)), maintain_order=True)


def ask_until(today: date, working_days: int = 3) -> date:
    """The day a reminder asks for: so many working days from today."""
    day = today
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return day
