"""How the channels do: months with their breaks, trend, odd days, leaderboard, dead ones, late ones, and coverage."""

# Each question is about one metric of one platform: Facebook's actions and Zalo's people never meet in one figure.

from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from methods import anomalies, association, kendall, seasonal
from warehouse.version import Version

# What is shown -> the metric each platform counts it with; a platform that does not count it is not named.
MEASURES: dict[str, dict[str, str]] = {
    "followers": {"facebook": "fb_followers", "zalo_oa": "oa_followers", "zalo_group": "group_members"},
    "views": {"facebook": "fb_views"},
    "interactions": {"facebook": "fb_interactions", "zalo_oa": "oa_people", "mini_app": "app_visits"},
    "posts": {"facebook": "posts", "zalo_oa": "posts"},
    "answer_minutes": {"facebook": "fb_answer_minutes", "zalo_oa": "oa_answer_minutes"},
}
DEAD_DAYS = 60
LATE_MINUTES = 24 * 60


class Trend(NamedTuple):
    """since: its first month, after the last break; slope and bounds per month, None where the reason says why."""

    since: date | None
    n: int
    p: float | None
    slope: float | None
    lower: float | None
    upper: float | None
    direction: str
    reason: str


def channels(version: Version) -> pl.DataFrame:
    """One row per channel, as the mart `channel`."""
    return version.query("from channel order by platform, unit, channel")


def breaks(version: Version, channel: str, metric: str) -> pl.DataFrame:
    """One row per break of a channel's metric, of the whole platform's included: day, code, successor."""
    return version.query(
        """select day, code, successor from channel_break join channel on channel.platform = channel_break.platform
           where channel.channel = ? and metric = ?
               and coalesce(channel_break.channel, channel.channel) = channel.channel
           order by day, code""",
        [channel, metric],
    )


def months(version: Version, channel: str, metric: str) -> pl.DataFrame:
    """One row per month: month, kind, value, days, days_in_month, is_whole, posts, per_post, per_1000, change.

    per_post: flows only, null without a post; per_1000: of the households of the unit that owned it then. is_whole: a
    flow has every day, others any. change: the growth rate against the month before; null across a break or a gap, from
    nothing, or where a month is not whole.
    """
    found = version.query(
        """select own.month, own.kind, own.value, own.days, own.days_in_month, posts.value as posts, households
           from channel_month as own
           left join channel_month as posts on posts.channel = own.channel and posts.month = own.month
               and posts.metric = 'posts'
           left join unit on unit.unit = own.unit
           where own.channel = ? and own.metric = ? order by own.month""",
        [channel, metric],
    )
    return with_rates(found, breaks(version, channel, metric)["day"].to_list())


def with_rates(found: pl.DataFrame, broken: list[date]) -> pl.DataFrame:
    whole = (pl.col("kind") != "flow") | (pl.col("days") >= pl.col("days_in_month"))
    per_post = pl.when((pl.col("kind") == "flow") & (pl.col("posts") > 0)).then(pl.col("value") / pl.col("posts"))
    per_1000 = pl.when(pl.col("households") > 0).then(pl.col("value") * 1000 / pl.col("households"))
    found = found.with_columns(is_whole=whole, per_post=per_post, per_1000=per_1000)
    before, month = pl.col("value").shift(1), pl.col("month")
    follows = month.shift(1).dt.offset_by("1mo") == month
    # A break within a month mixes two counts: neither into it nor out of it is there a growth rate.
    crosses = pl.any_horizontal(
        pl.lit(False), *((month.shift(1) < day) & (pl.lit(day) < month.dt.offset_by("1mo")) for day in broken)
    )
    may = follows & ~crosses & pl.col("is_whole") & pl.col("is_whole").shift(1) & (before > 0)
    return found.with_columns(change=pl.when(may).then(pl.col("value") / before - 1))


def trend(found: pl.DataFrame, broken: list[date]) -> Trend:
    """Mann-Kendall and Sen's slope of the whole months after the last break (a month the break lies in left out)."""
    last = max(broken, default=date.min)
    after = found.filter(pl.col("is_whole") & (pl.col("month") >= last))
    at = after["month"].dt.year().cast(pl.Int64) * 12 + after["month"].dt.month()
    told = kendall.trend(after["value"].to_numpy(), at.to_numpy())
    p, slope, lower, upper = (
        None if np.isnan(of[0]) else float(of[0]) for of in (told.p, told.slope, told.lower, told.upper)
    )
    since = min(after["month"].to_list(), default=None)
    return Trend(since, int(told.n[0]), p, slope, lower, upper, str(told.direction[0]), str(told.reason[0]))


def days(version: Version, channel: str, metric: str, since: date, until: date) -> pl.DataFrame:
    """One row per day from since to until: day, value (null: none), without_week, expected, z, flag ("" or why odd)."""
    known = version.query(
        "select day, value from channel_day where channel = ? and metric = ? and day between ? and ? order by day",
        [channel, metric, since, until],
    )
    every = pl.DataFrame({"day": pl.date_range(since, until, eager=True)}).join(known, on="day", how="left")
    return with_oddities(every.sort("day"))


def with_oddities(every: pl.DataFrame) -> pl.DataFrame:
    """The weekly season taken off and the odd days flagged; all null where a weekday has fewer than two values."""
    values = every["value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    parts, told = seasonal.stl(values), anomalies.anomalies(values)
    figures = {"without_week": values - parts.season[0], "expected": told.expected[0], "z": told.z[0]}
    flags = pl.Series("flag", told.flag[0].tolist(), dtype=pl.String)
    return every.with_columns(*(pl.Series(name, of).fill_nan(None) for name, of in figures.items()), flags)


def odd_days(version: Version, channel: str, every: pl.DataFrame) -> pl.DataFrame:
    """One row per flagged day of `days` and post of that day (null: none): with post, title, url, interactions."""
    posts = version.query("select day, post, title, url, interactions from post where channel = ?", [channel])
    return (
        every.filter(pl.col("flag") != "")
        .join(posts, on="day", how="left")
        .sort("day", "interactions", nulls_last=True)
    )


def leaderboard(version: Version, platform: str, metric: str, month: date) -> pl.DataFrame:
    """One row per channel of a platform: channel, unit, value, per_1000, place (1 the most per 1,000 households).

    A page that is not measurable, or a month without its every day, has no figure and no place, never zero.
    """
    found = version.query(
        """select channel.channel, channel.label_vi, channel.label_en, channel.unit, unit_name, is_measurable,
                  case when is_measurable and (kind <> 'flow' or days >= days_in_month) then value end as value,
                  households
           from channel
           left join channel_month as own on own.channel = channel.channel and own.metric = ? and own.month = ?
           left join unit on unit.unit = channel.unit
           where channel.platform = ? and coalesce(until > ?, true) order by channel.channel""",
        [metric, month, platform, month],
    )
    rate = pl.when(pl.col("households") > 0).then(pl.col("value") * 1000 / pl.col("households"))
    found = found.with_columns(per_1000=rate).with_columns(place=pl.col("per_1000").rank("min", descending=True))
    return found.sort("place", nulls_last=True, maintain_order=True)


def dead(version: Version, day: date) -> pl.DataFrame:
    """The channels still kept with neither a post nor a value for 60 days: last (null: never), days, longest first."""
    found = version.query(
        """select channel.*, greatest(last_day, posted.day) as last
           from channel left join (select channel, max(day) as day from post where day <= ? group by channel) as posted
               on posted.channel = channel.channel
           where since <= ? and coalesce(until > ?, true) order by channel.channel""",
        [day, day, day],
    )
    silent = (pl.lit(day) - pl.coalesce("last", "since")).dt.total_days()
    return (
        found.with_columns(days=silent)
        .filter(pl.col("days") >= DEAD_DAYS)
        .sort("days", descending=True, maintain_order=True)
    )


def late(version: Version, platform: str, month: date) -> pl.DataFrame:
    """The channels of a platform whose answers took more than a day in a month, the slowest first: minutes."""
    found = leaderboard(version, platform, MEASURES["answer_minutes"][platform], month)
    return found.filter(pl.col("value") > LATE_MINUTES).sort("value", descending=True, maintain_order=True)


def together(version: Version, platform: str, indicator: str, since: date, until: date) -> pl.DataFrame:
    """One row per commune: unit, full_name, growth of its followers on a platform, change of its coverage (0-1).

    Only measurable channels it owned in both months, and no break of the metric in between; the change is chain-linked
    over villages that reported in both months of each step, null where a step is missing.
    """
    metric = MEASURES["followers"][platform]
    return version.query(
        """with grown as (
               select first.unit, sum(last.value) / nullif(sum(first.value), 0) - 1 as growth
               from channel_month as first
               join channel_month as last on last.channel = first.channel and last.metric = first.metric
                   and last.unit = first.unit
               join channel on channel.channel = first.channel and is_measurable
               where first.metric = ? and first.month = ? and last.month = ? and not exists (
                   from channel_break where channel_break.metric = first.metric
                       and channel_break.platform = first.platform
                       and coalesce(channel_break.channel, first.channel) = first.channel
                       and day > first.month and day <= last_day(last.month))
               group by first.unit
           ), covered as (
               select unit, case when count(*) = count(change) then sum(change) end as change
               from indicator_month where indicator = ? and month > ? and month <= ? group by unit
           )
           select unit.unit, full_name, growth, change from grown join unit using (unit) left join covered using (unit)
           where level = 'commune' order by unit.unit""",
        [metric, since, until, indicator, since, until],
    )


def going_together(found: pl.DataFrame) -> association.Association:
    """Spearman's rho of the communes of `together`; an association, whatever the cause."""
    growth, change = (found[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("growth", "change"))
    return association.spearman(growth, change)
