"""How each post of a channel did against what its channel usually gets, and what works there."""

from datetime import date
from functools import lru_cache

import polars as pl

from definitions.spelling import fold
from methods.overperforming import MATURE_DAYS, overperforming
from metrics.feedback import before
from warehouse.version import Version

FEWEST = 5  # scored posts a median needs
MATURE = MATURE_DAYS  # the age at which all grown-up posts are compared
COUNTED = {"facebook": "interactions", "zalo_oa": "views"}
ORDERS = {"score": "score", "newest": "published_at", "counted": "counted", "weakest": "score"}
PATTERNS = ("kind", "hour", "weekday")


@lru_cache(maxsize=8)
def channels(version: Version) -> pl.DataFrame:
    """One row per channel that ever published a post we know of: channel, platform, unit, label_vi, label_en, posts."""
    return version.query(
        """select channel, platform, unit, label_vi, label_en, posts from channel where posts > 0
           order by label_vi, channel""",
        [],
    )


@lru_cache(maxsize=32)
def scored(version: Version, channel: str) -> pl.DataFrame:
    """One row per post of a channel, latest first: the columns of the mart; counted (interactions, of an OA's article
    its views); expected, n, is_pooled, score, reason: methods.overperforming, of posts under 28 days old at their age.
    """
    pools = alike(version, channel)
    # Named one by one: a list can be held against what a group of rows contains, a join cannot.
    named, ids = f"channel in ({', '.join('?' * len(pools))})", pools["channel"].to_list()
    asked = version.query(
        f"""with own as (from post where {named}),
           told as (
               select channel, post, age_days, interactions, views, true as is_last from own
               union all
               select r.channel, r.post, r.age_days, r.interactions, r.views, false
               from (from post_reading where {named} and age_days < ?) as r join own as p using (channel, post)
               where r.age_days <> p.age_days
           )
           select own.* exclude (age_days, interactions, views), told.age_days, told.interactions, told.views, is_last
           from told join own using (channel, post)
           order by published_at desc, channel, post, is_last, told.age_days""",
        [*ids, *ids, MATURE],
    )
    found = asked.join(pools, on="channel", maintain_order="left").with_columns(counted=_counted())
    return with_scores(found).filter(pl.col("is_last") & (pl.col("channel") == channel))


def alike(version: Version, channel: str) -> pl.DataFrame:
    """One row per channel of the same platform and cluster, itself among them: channel, pool."""
    return version.query(
        """with asked as (from channel where channel = ?)
           select c.channel, coalesce(c.platform || c.cluster, c.channel) as pool
           from channel as c, asked
           where c.channel = asked.channel or (c.platform = asked.platform and c.cluster = asked.cluster)
           order by c.channel""",
        [channel],
    )


def _counted() -> pl.Expr:
    of = pl.when(pl.col("platform") == "zalo_oa").then("views").otherwise("interactions")
    return of.cast(pl.Float64)


def with_scores(found: pl.DataFrame) -> pl.DataFrame:
    """Readings of posts with their score among those of the same age; all from 28 days on are of one age."""
    age = found["age_days"].clip(upper_bound=MATURE).cast(pl.String)
    kind = (found["kind"].fill_null("") + "\0" + age.fill_null("")).to_numpy()
    published = found["published_at"].to_numpy().astype("datetime64[m]")
    scores = overperforming(
        found["counted"].to_numpy(), published, found["channel"].to_numpy(), kind, found["pool"].to_numpy()
    )
    columns = {"expected": scores.expected, "score": scores.score}
    plain = {name: pl.Series(values).fill_nan(None) for name, values in columns.items()}
    reason = pl.Series(scores.reason.tolist(), dtype=pl.String)
    return found.with_columns(**plain, n=pl.Series(scores.n), is_pooled=pl.Series(scores.is_pooled), reason=reason)


def since(day: date, months: int) -> date:
    """The first day of the months up to that of a day; 0: of all time."""
    return before(day.replace(day=1), months - 1) if months else date.min


def within(found: pl.DataFrame, day: date, months: int) -> pl.DataFrame:
    """The posts published in so many months up to a day."""
    return found.filter(pl.col("day").is_between(since(day, months), day))


def search(found: pl.DataFrame, words: str) -> pl.DataFrame:
    """The posts whose title holds every word, diacritics or not."""
    for word in fold(words).split():
        found = found.filter(pl.col("title_key").fill_null("").str.contains(word, literal=True))
    return found


def ordered(found: pl.DataFrame, order: str) -> pl.DataFrame:
    """The posts best, newest, most counted or weakest first; those without a figure last."""
    is_falling = order != "weakest"
    return found.sort(
        ORDERS[order], "published_at", descending=[is_falling, True], nulls_last=True, maintain_order=True
    )


def pattern(found: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row per kind, hour or weekday with a scored post: it (as value), n, median (null below 5 posts).

    The lower of two middle scores: the mean of a score of 1.1 and one of -1.1 would say nothing.
    """
    middle = pl.col("score").quantile(0.5, interpolation="lower")
    known = found.filter(pl.col("score").is_not_null() & pl.col(by).is_not_null())
    grouped = known.group_by(pl.col(by).alias("value")).agg(n=pl.len().cast(pl.Int64), median=middle)
    return grouped.with_columns(median=pl.when(pl.col("n") >= FEWEST).then("median")).sort("value")


def best(found: pl.DataFrame, by: str) -> dict | None:
    """The row of `pattern` with the highest median, where at least two can be compared."""
    known = pattern(found, by).filter(pl.col("median").is_not_null())
    return known.sort("median", descending=True, maintain_order=True).row(0, named=True) if len(known) > 1 else None


def times(score: float) -> float:
    """A score as how many times the expected it is: 2 -> 2, -2 -> 0.5."""
    return score if score >= 0 else -1 / score
