"""How each post of a channel did against what its channel usually gets, and what works there."""

from datetime import date
from functools import lru_cache

import polars as pl

from definitions.spelling import fold
from methods.overperforming import MATURE_DAYS
from metrics.feedback import before
from warehouse.version import Version

FEWEST = 5  # scored posts a median needs
MATURE = MATURE_DAYS  # the age at which all grown-up posts are compared
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


@lru_cache(maxsize=8)
def by_id(version: Version) -> dict[str, dict]:
    """The row of every channel of `channels` by its id."""
    return {row["channel"]: row for row in channels(version).iter_rows(named=True)}


@lru_cache(maxsize=16)
def labels(version: Version, lang: str) -> dict[str, str]:
    """The name of every channel of `channels` in a language."""
    return {id: row[f"label_{lang}"] for id, row in by_id(version).items()}


@lru_cache(maxsize=8)
def busiest(version: Version) -> str:
    """The channel with most posts: there is most to learn from it."""
    return max(by_id(version), key=lambda id: by_id(version)[id]["posts"])


@lru_cache(maxsize=32)
def scored(version: Version, channel: str) -> pl.DataFrame:
    """One row per post of a channel, latest first: as in the mart; counted (interactions, of an OA's article its
    views); expected, n, is_pooled, score, reason: the mart of scores, of posts under 28 days old at their age.
    """
    return version.query(
        """select post, published_at, day, weekday, hour, kind, title, title_key, url, age_days,
                  case platform when 'zalo_oa' then views else interactions end::double as counted,
                  expected, n, is_pooled, score, reason
           from post join post_score using (channel, post) where channel = ?
           order by published_at desc, post""",
        [channel],
    )


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


def best(found: pl.DataFrame) -> dict | None:
    """The row of a `pattern` with the highest median, where at least two can be compared."""
    known = found.filter(pl.col("median").is_not_null())
    return known.sort("median", descending=True, maintain_order=True).row(0, named=True) if len(known) > 1 else None


def times(score: float) -> float:
    """A score as how many times the expected it is: 2 -> 2, -2 -> 0.5."""
    return score if score >= 0 else -1 / score
