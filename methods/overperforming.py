"""How a post did against what its page usually reaches."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.columns import Columns, named, names, numbers, plain, times

LAST_POSTS = 100
POOL_BELOW = 30  # posts of the page itself; fewer are pooled with its cluster's
FEWEST = 10  # posts a benchmark needs at all
SMALL = 10.0  # interactions; below it a ratio says nothing
MATURE_DAYS = 28
AT_ONCE = 20_000  # posts whose former 100 stand in memory at once
REASONS = ("", "no_value", "too_young", "too_few_posts")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Per post; NaN with the reason where there is none. n: posts of the benchmark; pooled: the cluster's."""

    score: Floats
    expected: Floats
    n: NDArray[np.int64]
    is_pooled: NDArray[np.bool_]
    reason: NDArray[np.str_]


def overperforming(
    interactions: ArrayLike, published: ArrayLike, account: ArrayLike, kind: ArrayLike, cluster: ArrayLike | None = None
) -> Scores:
    """Score of posts of the same age (or all grown up): how often the expected it got, negative when it got less.

    Expected: mean of the middle half (a quarter, rounded down, off either end) of the last 100 posts before it of the
    same account and kind; where these are under 30, of the cluster and kind. Rules in this order: expected below 10:
    actual / 10; no interaction: -2 * expected; actual >= expected: actual / expected; else -(expected / actual).
    Interactions NaN: not known, no part of a benchmark. A benchmark has at least 10 posts. Source: CrowdTangle.
    """
    actual = np.asarray(interactions, float)
    order = np.asarray(published).astype("datetime64[m]").astype(np.int64)
    kinds, accounts = np.asarray(kind, str), np.asarray(account, str)
    expected, n = benchmark(actual, order, accounts, kinds)
    pooled = np.zeros(len(actual), bool)
    if cluster is not None:
        wide, wide_n = benchmark(actual, order, np.asarray(cluster, str), kinds)
        pooled = (n < POOL_BELOW) & (wide_n > n)
        expected, n = np.where(pooled, wide, expected), np.where(pooled, wide_n, n)
    reason = np.select([np.isnan(actual), n < FEWEST], ["no_value", "too_few_posts"], "")
    expected = np.where(reason == "", expected, np.nan)
    return Scores(np.where(reason == "", score(actual, expected), np.nan), expected, n, pooled, reason)


def score(actual: Floats, expected: Floats) -> Floats:
    """The four rules, in their order."""
    up = actual / np.where(expected > 0, expected, 1.0)
    down = -expected / np.where(actual > 0, actual, 1.0)
    steps = [expected < SMALL, actual == 0, actual >= expected]
    return np.select(steps, [actual / SMALL, -2 * expected, up], down)


def benchmark(
    actual: Floats, order: NDArray[np.int64], owner: NDArray[np.str_], kind: NDArray[np.str_]
) -> tuple[Floats, NDArray[np.int64]]:
    """Per post: the mean of the middle half of the last 100 posts before it of the same owner and kind, and their n."""
    expected, n = np.full(len(actual), np.nan), np.zeros(len(actual), np.int64)
    known = np.flatnonzero(~np.isnan(actual))
    place = known[np.lexsort((order[known], kind[known], owner[known]))]
    if not len(place):
        return expected, n
    new = np.r_[True, (owner[place][1:] != owner[place][:-1]) | (kind[place][1:] != kind[place][:-1])]
    begin = np.maximum.accumulate(np.where(new, np.arange(len(place)), 0))
    values = np.r_[np.full(LAST_POSTS, np.nan), actual[place]]
    for start in range(0, len(place), AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, len(place)))
        # The row's own figure would stand at rows + LAST_POSTS; the hundred before it, those of other groups blanked.
        former = rows[:, None] - LAST_POSTS + np.arange(LAST_POSTS)
        hundred = np.where(former >= begin[rows][:, None], values[former + LAST_POSTS], np.nan)
        expected[place[rows]], n[place[rows]] = middle_half(hundred)
    return expected, n


def middle_half(table: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Mean of each row without its lowest and highest quarter (rounded down), and how many values the row has."""
    count = (~np.isnan(table)).sum(axis=1)
    rank, off = np.arange(table.shape[1]), (count // 4)[:, None]
    kept = (rank >= off) & (rank < count[:, None] - off)
    total = np.where(kept, np.sort(table, axis=1), 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(kept.sum(axis=1), 1), np.nan), count


def overperforming_table(columns: Columns, *, as_of: date | None = None) -> dict[str, list[Any]]:
    """One row per post of an analyst's own table: its names, interactions, expected, n, pooled, score, reason.

    Input columns, one row per post: published (YYYY-MM-DD or with HH:MM), interactions (count; "" = not known); post,
    account, type, cluster: names, optional (one account, one type, no pooling). age_days (days between publication
    and count), optional: posts are compared at the same age; without it lifetime counts, and posts under 28 days old
    on as_of (the day of the export; else the day of the last post) are left out.
    """
    table = named(columns, ("published", "interactions"))
    rows = len(table["interactions"])
    actual, published = numbers(table, "interactions", rows, low=0), times(table, "published", rows)
    if np.isnat(published).any():
        raise ValueError(f"row {int(np.flatnonzero(np.isnat(published))[0]) + 1}: published: the cell is empty")
    account, kind = names(table, "account", rows, "1"), names(table, "type", rows, "")
    same_age = np.char.add(np.char.add(kind, "\0"), _ages(table, rows))
    young = np.zeros(rows, bool) if "age_days" in table or not rows else _young(published, as_of)
    cluster = names(table, "cluster", rows, "") if "cluster" in table else None
    found = overperforming(np.where(young, np.nan, actual), published, account, same_age, cluster)
    reason = np.where(young & ~np.isnan(actual), "too_young", found.reason)
    post = table.get("post") or [str(i + 1) for i in range(rows)]
    own = {"post": [str(id) for id in post], "account": plain(account), "type": plain(kind)}
    parts = {"interactions": actual, "expected": found.expected, "n": found.n, "pooled": found.is_pooled}
    parts |= {"score": found.score, "reason": reason}
    return own | {name: plain(values) for name, values in parts.items()}


def _ages(table: Columns, rows: int) -> NDArray[np.str_]:
    return numbers(table, "age_days", rows, low=0).astype(str) if "age_days" in table else np.array([""] * rows, str)


def _young(published: NDArray[np.datetime64], as_of: date | None) -> NDArray[np.bool_]:
    days = published.astype("datetime64[D]")
    return np.asarray((np.datetime64(as_of, "D") if as_of else days.max()) - days < np.timedelta64(MATURE_DAYS, "D"))
