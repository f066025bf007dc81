"""How every post did against what its channel usually gets: worked out once per version, from its marts."""

from collections.abc import Callable

import polars as pl

from methods.overperforming import MATURE_DAYS, overperforming

SCORE = pl.Schema({
    "channel": pl.String, "post": pl.String, "expected": pl.Float64, "n": pl.Int64, "is_pooled": pl.Boolean,
    "score": pl.Float64, "reason": pl.String,
})  # fmt: skip
# Every post as it last stood, and as it stood when others that are as young now were as old.
READINGS = f"""
    with own as (
        select post.channel, post, kind, published_at, age_days, interactions, views, post.platform,
            coalesce(post.platform || cluster, post.channel) as pool
        from post join channel using (channel)
    ),
    told as (
        select channel, post, age_days, interactions, views, true as is_last from own
        union all
        select earlier.channel, earlier.post, earlier.age_days, earlier.interactions, earlier.views, false
        from post_reading as earlier join own using (channel, post)
        where earlier.age_days < {MATURE_DAYS} and earlier.age_days <> own.age_days
    )
    select told.channel, told.post, kind, published_at, pool, told.age_days, is_last,
        case platform when 'zalo_oa' then told.views else told.interactions end::double as counted
    from told join own using (channel, post)
    order by published_at desc, told.channel, told.post, is_last, told.age_days"""


def tables(ask: Callable[[str], pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Name -> rows for the mart of scores; ask: any query on the marts of posts."""
    found = ask(READINGS)
    return {"post_score": scored(found).filter(found["is_last"]).select(*SCORE).cast(SCORE)}


def scored(found: pl.DataFrame) -> pl.DataFrame:
    """Readings of posts with their score among those of the same age; all from 28 days on are of one age."""
    age = found["age_days"].clip(upper_bound=MATURE_DAYS).cast(pl.String)
    kind = (found["kind"].fill_null("") + "\0" + age.fill_null("")).to_numpy()
    published = found["published_at"].to_numpy().astype("datetime64[m]")
    counted, channel, pool = (found[name].to_numpy() for name in ("counted", "channel", "pool"))
    scores = overperforming(counted, published, channel, kind, pool)
    columns = {"expected": scores.expected, "score": scores.score}
    plain = {name: pl.Series(values).fill_nan(None) for name, values in columns.items()}
    reason = pl.Series(scores.reason.tolist(), dtype=pl.String)
    return found.with_columns(**plain, n=pl.Series(scores.n), is_pooled=pl.Series(scores.is_pooled), reason=reason)
