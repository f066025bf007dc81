"""How the channels do: months with their breaks, trend, odd days, leaderboard, dead ones, late ones, and coverage."""

# Each question is about one metric of one platform: Facebook's actions and Zalo's people never meet in one figure.

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl

from definitions.channels import channel_metrics
from methods import anomalies, association, kendall
from metrics import feedback, units
from warehouse.version import Version

# What is shown -> the metric each platform counts it with; a platform that does not count it is not named.
MEASURES: dict[str, dict[str, str]] = {
    "followers": {"facebook": "fb_followers", "zalo_oa": "oa_followers", "zalo_group": "group_members"},
    "views": {"facebook": "fb_views"},
    "viewers": {"facebook": "fb_viewers"},
    "reach": {"facebook": "fb_reach"},
    "interactions": {"facebook": "fb_interactions", "zalo_oa": "oa_people", "mini_app": "app_visits"},
    "posts": {"facebook": "posts", "zalo_oa": "posts", "zalo_group": "group_messages"},
    "articles": {"zalo_oa": "oa_articles"},
    "answer_minutes": {"facebook": "fb_answer_minutes", "zalo_oa": "oa_answer_minutes"},
}
TIMES = frozenset(MEASURES["answer_minutes"].values())  # the less the better, and of no household
BY_MONTH = TIMES | {"posts"}  # not told day by day
FEWEST_DAYS = 28  # with a figure, for a drawing by day
SMALL = 10  # a day that neither is nor was expected to be as many is never odd: one more or less is chance
DEAD_DAYS = 60
LATE_MINUTES = 24 * 60


class Trend(NamedTuple):
    """since, until: its first and last month, no break between; slope and bounds per month, None: see the reason."""

    since: date | None
    until: date | None
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


@lru_cache(maxsize=8)
def by_id(version: Version) -> dict[str, dict]:
    """The row of every channel by its id."""
    return {row["channel"]: row for row in channels(version).iter_rows(named=True)}


@lru_cache(maxsize=8)
def by_owner(version: Version) -> dict[str, list[str]]:
    """The channels of every unit that keeps any, the province first."""
    owned: dict[str, list[str]] = {}
    for id, row in by_id(version).items():
        owned.setdefault(row["unit"], []).append(id)
    return {unit: owned[unit] for unit in units.by_id(version) if unit in owned}


def measurable(version: Version) -> pl.DataFrame:
    """The channels not too small to be told of: channel, unit, unit_name (the owner's today)."""
    return channels(version).filter("is_measurable").select("channel", "unit", "unit_name")


def breaks(version: Version, channel: str, metric: str) -> pl.DataFrame:
    """One row per break of a channel's metric, of the whole platform's included: day, code, successor."""
    known = version.query("from channel_break order by day, code")
    its = pl.col("channel").is_null() | (pl.col("channel") == channel)
    platform = by_id(version)[channel]["platform"]
    return known.filter(its, platform=platform, metric=metric).select("day", "code", "successor")


@lru_cache(maxsize=128)
def months(version: Version, channel: str, metric: str) -> pl.DataFrame:
    """One row per month: month, kind, value, days, days_in_month, is_whole, posts, per_post, per_1000, change.

    per_post: flows only, null without a post; per_1000: of the households of the unit that owned it then, no times.
    is_whole: a flow has every day, others any. change: the growth rate against the month before; null across a break or
    a gap, from nothing, or where a month is not whole.
    """
    both = version.query(
        """select metric, month, kind, value, days, days_in_month, unit
           from channel_month where channel = ? and metric in (?, 'posts') order by month""",
        [channel, metric],
    )
    posts = both.filter(metric="posts").select("month", posts="value")
    found = (
        both.filter(metric=metric)
        .join(posts, on="month", how="left", maintain_order="left")
        .join(units.units(version).select("unit", "households"), on="unit", how="left", maintain_order="left")
        .select("month", "kind", "value", "days", "days_in_month", "posts", "households")
    )
    rated = with_rates(found, breaks(version, channel, metric)["day"].to_list())
    if metric in TIMES:
        return rated.with_columns(per_1000=pl.lit(None, pl.Float64))
    return rated.with_columns(per_post=pl.lit(None, pl.Float64)) if metric == "posts" else rated


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


def stretch(found: pl.DataFrame, broken: list[date]) -> pl.DataFrame:
    """The last whole months with no break before, within or between them."""
    whole = found.filter("is_whole")
    for day in sorted(broken, reverse=True):
        after = whole.filter(pl.col("month") >= day)
        if len(after):
            return after
        whole = whole.filter(pl.col("month").dt.offset_by("1mo") <= day)
    return whole


def trend(found: pl.DataFrame, broken: list[date]) -> Trend:
    """Mann-Kendall and Sen's slope of the last whole months without a break."""
    of = stretch(found, broken)
    at = of["month"].dt.year().cast(pl.Int64) * 12 + of["month"].dt.month()
    told = kendall.trend(of["value"].to_numpy(), at.to_numpy())
    p, slope, lower, upper = (
        None if np.isnan(of[0]) else float(of[0]) for of in (told.p, told.slope, told.lower, told.upper)
    )
    first, last = (of["month"].to_list() or [None])[0], (of["month"].to_list() or [None])[-1]
    return Trend(first, last, int(told.n[0]), p, slope, lower, upper, str(told.direction[0]), str(told.reason[0]))


@lru_cache(maxsize=64)
def days(version: Version, channel: str, metric: str, since: date, until: date) -> pl.DataFrame:
    """One row per day from since (or the last break) to the last with a figure: day, value (null: none), without_week,
    expected, z, flag ("" or why odd). Of a stock, which remembers every day before, value is what the day added.
    """
    known = version.query(
        "select day, value from channel_day where channel = ? and metric = ? and day between ? and ? order by day",
        [channel, metric, since - timedelta(1), until],
    )
    last = (known["day"].to_list() or [since])[-1]
    broken = max((day for day in breaks(version, channel, metric)["day"] if day <= last), default=date.min)
    known = known.filter(pl.col("day") >= broken)  # what the first day after a break added is not known
    begin = max([since, *known["day"].to_list()[:1]])
    every = pl.DataFrame({"day": pl.date_range(begin - timedelta(1), last, eager=True)})
    every = every.join(known, on="day", how="left").sort("day")
    added = pl.col("value").diff() if channel_metrics()[metric].kind == "stock" else pl.col("value")
    return with_oddities(every.select("day", value=added).filter(pl.col("day") >= begin))


def with_oddities(every: pl.DataFrame) -> pl.DataFrame:
    """The weekly season taken off and the odd days flagged, small ones never; all null where a weekday has fewer than
    two values.
    """
    values = every["value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    told = anomalies.anomalies(values)
    figures = {"without_week": values - told.season[0], "expected": told.expected[0], "z": told.z[0]}
    flags = pl.Series("flag", told.flag[0].tolist(), dtype=pl.String)
    told_of = every.with_columns(*(pl.Series(name, of).fill_nan(None) for name, of in figures.items()), flags)
    is_small = pl.max_horizontal(pl.col("value").abs(), pl.col("expected").abs()) < SMALL
    return told_of.with_columns(flag=pl.when(is_small).then(pl.lit("")).otherwise("flag"))


@lru_cache(maxsize=64)
def odd_days(version: Version, channel: str, metric: str, since: date, until: date) -> pl.DataFrame:
    """One row per flagged day of `days`, the oddest first, with its posts (how many, 0: none) and the title and url of
    the one with most interactions (of an article: views).
    """
    odd = days(version, channel, metric, since, until).filter(pl.col("flag") != "")
    posts = version.query(
        """select day, count(*) as posts, arg_max(title, counted) as title, arg_max(url, counted) as url
           from (select *, coalesce(interactions, views, 0) as counted from post where channel = ?) group by day""",
        [channel],
    )
    told = odd.join(posts, on="day", how="left").with_columns(pl.col("posts").fill_null(0))
    return told.sort(pl.col("z").abs(), "day", descending=True, nulls_last=True)


@lru_cache(maxsize=64)
def leaderboard(version: Version, platform: str, level: str, metric: str, month: date) -> pl.DataFrame:
    """One row per channel of a platform whose owner is of a level: channel, unit, value, per_1000, place.

    Place 1: the most per 1,000 households, of a time the shortest. A page that is not measurable, or a month without
    its every day, has no figure and no place, never zero.
    """
    told = version.query(
        """select channel, case when kind <> 'flow' or days >= days_in_month then value end as value
           from channel_month where metric = ? and month = ?""",
        [metric, month],
    )
    owners = units.units(version).filter(level=level).select("unit", "households")
    is_open = (pl.col("since").dt.truncate("1mo") <= month) & (pl.col("until") > month).fill_null(True)
    found = (
        channels(version).filter(is_open, platform=platform)
        .join(owners, on="unit", how="inner")
        .join(told, on="channel", how="left")
        .with_columns(value=pl.when("is_measurable").then("value"))
        .select("channel", "label_vi", "label_en", "unit", "unit_name", "is_measurable", "value", "households")
        .sort("channel")
    )  # fmt: skip
    is_time = metric in TIMES
    rate = pl.when((pl.col("households") > 0) & pl.lit(not is_time)).then(pl.col("value") * 1000 / pl.col("households"))
    place = pl.col("value").rank("min") if is_time else pl.col("per_1000").rank("min", descending=True)
    found = found.with_columns(per_1000=rate).with_columns(place=place)
    return found.sort("place", nulls_last=True, maintain_order=True)


@lru_cache(maxsize=8)
def dead(version: Version, day: date) -> pl.DataFrame:
    """The channels still kept with neither a post nor a value for 60 days: last (null: never), days, longest first."""
    return version.query(
        f"""select *, greatest(last_day, last_post::date) as last, ?::date - coalesce(last, since) as days
            from channel where since <= ? and coalesce(until > ?, true) and days >= {DEAD_DAYS}
            order by days desc, channel""",
        [day, day, day],
    )


@lru_cache(maxsize=8)
def late(version: Version, province: str, month: date, day: date) -> pl.DataFrame:
    """One row per unit that answers late: unit, unit_name, facebook and zalo_oa (minutes an answer took in a month, the
    slowest channel), received, rate on time and overdue_commune (metrics.feedback, cases of a year up to the day).

    Late: more than a day on a channel, or cases overdue that lie with the commune, the most of these first.
    """
    told = version.query(
        """select channel, metric, value from channel_month
           where month = ? and metric in ('fb_answer_minutes', 'oa_answer_minutes')""",
        [month],
    )
    slowest = {kind: pl.col("value").filter(metric=metric).max() for kind, metric in MEASURES["answer_minutes"].items()}
    minutes = told.join(measurable(version), on="channel").group_by("unit", "unit_name").agg(**slowest)
    cases = feedback.cases(version, province, feedback.before(day.replace(day=1), 12), day, day)
    heard = feedback.communes(cases).select(
        unit="commune", full_name="full_name", received="received", rate="rate", overdue_commune="overdue_commune"
    )
    both = minutes.join(heard, on="unit", how="full", coalesce=True)
    slow = pl.max_horizontal("facebook", "zalo_oa")
    return (
        both.with_columns(unit_name=pl.coalesce("unit_name", "full_name"))
        .filter((slow > LATE_MINUTES) | (pl.col("overdue_commune") > 0))
        .sort(pl.col("overdue_commune").fill_null(0), slow.fill_null(0), "unit", descending=[True, True, False])
    )


def followed(platform: str) -> str:
    """The platform whose followers are compared with coverage: of one that has none, Facebook."""
    return platform if platform in MEASURES["followers"] else "facebook"


@lru_cache(maxsize=16)
def together(version: Version, platform: str, indicator: str, since: date, until: date) -> pl.DataFrame:
    """One row per commune: unit, full_name, growth of its followers on a platform, change of its coverage (0-1).

    Only measurable channels it owned in both months, and no break of the metric in between; the change is chain-linked
    over villages that reported in both months of each step, null where a step is missing.
    """
    metric = MEASURES["followers"][platform]
    told = version.query(
        "select channel, unit, month, value from channel_month where metric = ? and month in (?, ?)",
        [metric, since, until],
    )
    ends = {name: pl.col("value").filter(month=month).max() for name, month in (("first", since), ("last", until))}
    own = told.join(measurable(version), on="channel", how="semi").group_by("channel", "unit").agg(**ends)
    broken = version.query(
        "select channel from channel_break where platform = ? and metric = ? and day > ? and day <= last_day(?::date)",
        [platform, metric, since, until],
    )["channel"]
    known = own.filter(pl.col("first").is_not_null() & pl.col("last").is_not_null())
    same = known.filter(~pl.col("channel").is_in(broken.drop_nulls().to_list()) & pl.lit(not broken.null_count()))
    grown = same.group_by("unit").agg(pl.col("first").sum(), pl.col("last").sum()).filter(pl.col("first") > 0)
    covered = version.query(
        """select unit, full_name,
                  case when count(change) = datediff('month', ?::date, ?::date) then sum(change) end as change
           from indicator_month where indicator = ? and level = 'commune' and month > ? and month <= ?
           group by all order by unit""",
        [since, until, indicator, since, until],
    )
    found = covered.join(grown.with_columns(growth=pl.col("last") / pl.col("first") - 1), on="unit", how="inner")
    return found.select("unit", "full_name", "growth", "change").sort("unit")


def going_together(found: pl.DataFrame) -> association.Association:
    """Spearman's rho of the communes of `together`; an association, whatever the cause."""
    growth, change = (found[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("growth", "change"))
    return association.spearman(growth, change)
