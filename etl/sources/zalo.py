"""Reads the answers of Zalo's OA Open API that `sync zalo` kept."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from definitions.channels import channel_metrics
from etl import store
from etl.landing import Landed
from etl.readings import KIND, PUBLISHED_AT, TITLE, URL, Reading
from etl.sources import version
from etl.sync.archive import Kept, is_archive, landed
from etl.sync.zalo import published_at

SOURCE = "zalo"
PLATFORM = "zalo_oa"
VERSION = version(2, "channel_metrics.toml")
KINDS = {"normal": "article"}  # its other kind is video
TEXTS = {TITLE: "title", KIND: "type", URL: "link_view"}


def recognises(name: str, head: bytes) -> bool:
    """True for an archive of answers by its first bytes, whatever its name."""
    return is_archive(SOURCE, head)


def read(path: Path) -> Landed:
    """The readings of every answer in a file."""
    return landed(path, SOURCE, VERSION, readings)


def readings(kept: Kept) -> Iterator[Reading]:
    if "articles" in kept.answer:
        for article in kept.answer["articles"]:
            yield from of_article(kept, article)
    else:
        day = date.fromisoformat(kept.answer["day"]) if "day" in kept.answer else kept.at.date()
        yield from figures(kept, "channel", "", day, kept.answer)


def of_article(kept: Kept, article: dict[str, Any]) -> Iterator[Reading]:
    """An article's texts and its totals up to the moment it was fetched."""
    texts = {id: article[key] for id, key in TEXTS.items()}
    texts[KIND] = KINDS.get(texts[KIND], texts[KIND])
    texts[PUBLISHED_AT] = store.stamp(published_at(article)) if article["create_date"] else None
    for id, text in texts.items():
        if text:
            yield Reading(kept.row, PLATFORM, kept.account, str(article["id"]), None, id, None, text, kept.at)
    yield from figures(kept, "post", str(article["id"]), None, article)


def figures(kept: Kept, of: str, post: str, day: date | None, told: dict[str, Any]) -> Iterator[Reading]:
    """The metrics an answer tells under their names in the interface; null stays null."""
    for id, metric in channel_metrics().items():
        if metric.platform == PLATFORM and metric.of == of and set(metric.api) & told.keys():
            value = told[metric.api[0]]
            yield Reading(
                kept.row, PLATFORM, kept.account, post, day, id, None if value is None else float(value), None, kept.at
            )
