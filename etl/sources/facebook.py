"""Reads the answers of Facebook's Graph API that `sync facebook` kept."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from definitions.apis import apis
from definitions.channels import ChannelMetric, channel_metrics
from etl import store
from etl.landing import Landed
from etl.readings import KIND, PUBLISHED_AT, TITLE, URL, Reading
from etl.sources import version
from etl.sync.archive import Kept, is_archive, landed
from etl.sync.facebook import PACIFIC, platform_day

SOURCE = "facebook"
VERSION = version(1, "channel_metrics.toml", "apis.toml")
KINDS = {"album": "photo", "share": "link", "status": "text"}  # what the exports call these; photo, video, link too
# The interface counts these beside its metrics, under names of its own.
COUNTED = {"post_comments": ("comments",), "post_shares": ("shares",)}
PARTS = ("post_reactions", "post_comments", "post_shares")  # of post_interactions


def recognises(name: str, head: bytes) -> bool:
    """True for an archive of answers by its first bytes, whatever its name."""
    return is_archive(SOURCE, head)


def read(path: Path) -> Landed:
    """The readings of every answer in a file."""
    return landed(path, SOURCE, VERSION, readings)


def readings(kept: Kept) -> Iterator[Reading]:
    if "days" in kept.answer:
        yield from by_day(kept)
    elif "posts" in kept.answer:
        for post in kept.answer["posts"]:
            yield from of_post(kept, post)
    elif kept.answer["fan_count"] is not None and kept.answer["fan_count"] < apis().facebook.few_likes:
        yield from unmeasurable(kept)


def metrics(of: str) -> dict[str, ChannelMetric]:
    return {id: metric for id, metric in channel_metrics().items() if metric.platform == SOURCE and metric.of == of}


def unmeasurable(kept: Kept) -> Iterator[Reading]:
    """A page with too few likes: nothing can be known of the day before, which is not zero."""
    yesterday = kept.at.replace(tzinfo=store.zone()).astimezone(PACIFIC).date() - timedelta(1)
    for id, metric in metrics("channel").items():
        if metric.api and is_given(metric, yesterday):
            yield Reading(kept.row, SOURCE, kept.account, "", yesterday, id, None, None, kept.at)


def is_given(metric: ChannelMetric, day: date) -> bool:
    """Whether the platform gives a metric on a day."""
    return (metric.since is None or metric.since <= day) and (metric.until is None or day < metric.until)


def by_day(kept: Kept) -> Iterator[Reading]:
    told: dict[str, dict[date, Any]] = {
        name: {platform_day(end): value for end, value in values} for name, values in kept.answer["days"].items()
    }
    for id, metric in metrics("channel").items():
        for day in sorted({day for name in metric.api for day in told.get(name, {})}):
            value = total([told.get(name, {}).get(day) for name in metric.api])
            yield Reading(kept.row, SOURCE, kept.account, "", day, id, value, None, kept.at)


def of_post(kept: Kept, post: dict[str, Any]) -> Iterator[Reading]:
    """A post's texts and its totals up to the moment it was fetched."""
    place = (kept.row, SOURCE, kept.account, post["id"].rpartition("_")[2], None)  # <page>_<post>; exports say <post>
    texts = {TITLE: post["title"], KIND: kind(post), URL: post["permalink_url"], PUBLISHED_AT: post["created_time"]}
    for id, text in texts.items():
        if text:
            yield Reading(*place, id, None, text, kept.at)
    figures = post["figures"]
    names = {id: metric.api or COUNTED.get(id, ()) for id, metric in metrics("post").items()}
    values = {id: total([figures.get(name) for name in api]) for id, api in names.items() if set(api) & figures.keys()}
    values["post_interactions"] = total([values.get(part) for part in PARTS])
    for id, value in values.items():
        yield Reading(*place, id, value, None, kept.at)


def kind(post: dict[str, Any]) -> str:
    """photo, video, reel, link, text, or the platform's own word."""
    return "reel" if "/reel/" in (post["permalink_url"] or "") else KINDS.get(post["media_type"], post["media_type"])


def total(parts: list[Any]) -> float | None:
    """The sum of all parts, None where one is not known; a part may be told by kind ({"like": 3, "love": 1})."""
    sums = [sum(part.values()) if isinstance(part, dict) else part for part in parts]
    return None if None in sums else float(sum(sums))
