"""Writes what the demonstration's channels do as the files people export from the platforms and type themselves."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import numpy as np

from definitions.apis import apis
from definitions.channels import channel_metrics
from definitions.load import definitions
from etl.demo.channels import Post, Voice
from etl.demo.mess import at, today
from etl.store import Root
from etl.sync.archive import Archive
from etl.sync.zalo import ARTICLE, slice_call

SENDER = f"MTTQ Tỉnh {definitions().province.name} (minh hoạ)"
CONTENT = (
    "Post ID", "Page ID", "Page name", "Title", "Description", "Duration (sec)", "Publish time", "Caption type",
    "Permalink", "Post type", "Data comment", "Date", "Views", "Reach", "Reactions, Comments and Shares", "Reactions",
    "Comments", "Shares", "Total clicks",
)  # fmt: skip
KINDS = {"photo": "Photos", "video": "Videos", "reel": "Reels", "link": "Links", "text": "Text"}
# What a page's daily export tells.
DAILY = (
    "fb_followers", "fb_likes", "fb_new_followers", "fb_views", "fb_viewers", "fb_impressions", "fb_reach",
    "fb_interactions", "fb_visits", "fb_video_views",
)  # fmt: skip
TYPED = ("date", "platform", "channel", "followers", "people", "messages_in", "messages_answered", "answer_minutes",
         "articles", "broadcasts", "members", "groups", "users", "visits")  # fmt: skip
AT_ONCE = 10**6  # answers: one file a month
File = tuple[str, bytes, datetime]


def files(voices: Sequence[Voice], months: tuple[date, ...], small: Iterable[str]) -> Iterator[File]:
    """(name, bytes, moment) of every export and every list typed by hand, in no order."""
    pages = [one for one in voices if one.channel.platform == "facebook"]
    now, hidden = today(months), frozenset(small)
    for start, moment in spans(closings(months, now)):
        yield content(pages, start, moment, hidden)
        yield figures(voices, start, moment)
    for one in (one for one in pages if one.id not in hidden and one.posts):
        for start, moment in spans([*year_ends(months), now - timedelta(minutes=35)]):
            if told := [day for day in one.days if start <= day < moment.date()]:
                yield daily(one, told, moment)


def closings(months: tuple[date, ...], now: datetime) -> list[datetime]:
    """When the month's exports are made: the third of the next month, the last just before the present."""
    starts = [*months[1:], (months[-1] + timedelta(days=31)).replace(day=1)]
    return [at(first + timedelta(days=2), time(8, 30)) for first in starts[:-1]] + [now - timedelta(minutes=50)]


def year_ends(months: tuple[date, ...]) -> list[datetime]:
    return [at(first + timedelta(days=5), time(9, 5)) for first in months[1:] if first.month == 1]


def spans(moments: Sequence[datetime]) -> list[tuple[date, datetime]]:
    """From which day on an export tells what the one before did not, and its moment; the first from the beginning."""
    starts = [date.min, *(moment.date() for moment in moments[:-1])]
    return list(zip(starts, moments, strict=True))


def whole(value: float | None) -> str:
    return "" if value is None or np.isnan(value) else f"{value:.0f}"


# ---- content ---------------------------------------------------------------------------------------------------------


def content(pages: Sequence[Voice], start: date, moment: datetime, hidden: frozenset[str]) -> File:
    """The posts of the month that ended and of the one before, as they stand; the first export has all from before."""
    page = io.StringIO(newline="")
    writer = csv.DictWriter(page, CONTENT, restval="", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    since = start if start == date.min else (start.replace(day=1) - timedelta(days=1)).replace(day=1)
    local = moment.replace(tzinfo=None)
    for one in pages:
        listed = [post for post in one.posts if since <= post.published.date() and post.published < local]
        writer.writerows(row(one, post, local, one.id in hidden) for post in listed)
    return f"content {moment:%Y-%m-%d}.csv", page.getvalue().encode("utf-8-sig"), moment


def row(voice: Voice, post: Post, moment: datetime, is_hidden: bool) -> dict[str, str]:
    account, is_film = voice.channel.account, post.kind in ("video", "reel")
    said = {
        "Post ID": post.id, "Page ID": account, "Page name": voice.channel.label.vi, "Description": post.title,
        "Title": post.title if is_film else "", "Duration (sec)": "45" if is_film else "0",
        "Publish time": f"{post.published:%m/%d/%Y %H:%M}", "Post type": KINDS[post.kind], "Date": "Lifetime",
        "Permalink": f"https://facebook.invalid/{account}/posts/{post.id}",
    }  # fmt: skip
    return said if is_hidden else said | totals(post, moment)


def totals(post: Post, moment: datetime) -> dict[str, str]:
    got = post.figures(moment)
    names = {"Views": "views", "Reactions": "reactions", "Comments": "comments", "Shares": "shares"}
    figures = {column: got[name] for column, name in (names | {"Total clicks": "clicks"}).items()}
    figures["Reactions, Comments and Shares"] = got["reactions"] + got["comments"] + got["shares"]
    return {column: str(value) for column, value in figures.items()}


# ---- articles, as `sync zalo` keeps them -----------------------------------------------------------------------------


def articles(root: Root, voices: Sequence[Voice], months: tuple[date, ...]) -> None:
    """What the interface of Zalo would have told of every OA's articles, kept as `sync` keeps it."""
    api = apis().zalo
    for start, moment in spans(closings(months, today(months))):
        archive = Archive(root, "zalo", AT_ONCE, partial(stood, moment))
        since = start if start == date.min else (start.replace(day=1) - timedelta(days=1)).replace(day=1)
        for one in (one for one in voices if one.channel.platform == "zalo_oa"):
            listed = [post for post in one.posts if since <= post.published.date() and post.published < naive(moment)]
            for offset in range(0, len(listed), api.articles_per_call):
                told = [article(post, moment) for post in listed[::-1][offset : offset + api.articles_per_call]]
                archive.add(one.channel.account, slice_call(offset, api.articles_per_call), {"articles": told})
        archive.keep()


def stood(moment: datetime) -> datetime:
    return moment


def naive(moment: datetime) -> datetime:
    """The province's time without its offset, as posts tell it."""
    return moment.replace(tzinfo=None)


def article(post: Post, moment: datetime) -> dict[str, Any]:
    """One article of the list as it stands at a moment."""
    got = post.figures(naive(moment))
    created = int(post.published.replace(tzinfo=moment.tzinfo).timestamp() * 1000)
    values = (
        post.id,
        post.title,
        post.kind,
        created,
        got["views"],
        got["shares"],
        f"https://oa.invalid/d?id={post.id}",
    )
    return dict(zip(ARTICLE, values, strict=True))


# ---- daily -----------------------------------------------------------------------------------------------------------


def daily(voice: Voice, told: Sequence[date], moment: datetime) -> File:
    """A page's daily export: UTF-16, a block of days for every metric that has any."""
    place = {day: n for n, day in enumerate(voice.days)}
    lines = ["sep=,"]
    for id in DAILY:
        values = [(day, voice.figures[id][place[day]]) for day in told]
        if known := [f'"{day}T00:00:00","{value:.0f}"' for day, value in values if not np.isnan(value)]:
            lines += [f'"{channel_metrics()[id].headers[0]}"', '"Date","Primary"', *known, ""]
    return f"{voice.id} {moment:%Y-%m-%d}.csv", "\n".join(lines).encode("utf-16"), moment


# ---- typed by hand ---------------------------------------------------------------------------------------------------


def figures(voices: Sequence[Voice], start: date, moment: datetime) -> File:
    """What was typed in since the list before: one row a day and channel that has anything that day."""
    page = io.StringIO(newline="")
    writer = csv.DictWriter(page, TYPED, restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for one in voices:
        columns = {id: typed_as(id) for id in one.figures if id not in exported(one)}
        for n, day in enumerate(one.days):
            if start <= day < moment.date() and (told := figures_of(one, n, columns)):
                about = {"date": f"{day:%d/%m/%Y}", "platform": one.channel.platform, "channel": one.id}
                writer.writerow(about | told)
    name = f"kenh-{moment:%Y-%m-%d}.csv"
    return name, page.getvalue().encode("utf-8-sig"), moment + timedelta(minutes=5)


def exported(voice: Voice) -> Sequence[str]:
    """The metrics a page's daily export tells."""
    return DAILY if set(DAILY) <= voice.figures.keys() else ()


def typed_as(id: str) -> str:
    """The column a metric is typed into."""
    names = {name.casefold() for name in channel_metrics()[id].headers}
    return next(column for column in TYPED if column in names)


def figures_of(voice: Voice, n: int, columns: dict[str, str]) -> dict[str, str]:
    told = {column: voice.figures[id][n] for id, column in columns.items()}
    return {
        column: f"{value:.1f}".replace(".", ",") if column == "answer_minutes" else whole(value)
        for column, value in told.items()
        if not np.isnan(value)
    }
