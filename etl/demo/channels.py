"""What the demonstration's pages, Zalo OAs, groups and app do day by day, and what its pages post."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from definitions.channels import Channel, channel_metrics, channels
from definitions.load import definitions
from definitions.reference import REFERENCE
from etl.demo.plan import CommunePlan, dice, shape
from etl.demo.simulate import months_before

Floats = NDArray[np.float64]
COUNTED = ("views", "reactions", "comments", "shares", "clicks")
SETTLED = 40  # days after which a post gets nothing more
LATE, PROMPT = (1500, 4200), (8, 600)  # minutes


class Post(NamedTuple):
    """One post, or an OA's article; totals: what it will have got in the end, by COUNTED."""

    id: str
    published: datetime
    kind: str
    title: str
    totals: tuple[int, ...]

    def figures(self, moment: datetime) -> dict[str, int]:
        """What it has got by a moment."""
        age = max((moment - self.published) / timedelta(1), 0.0)
        return {name: int(total * settled(age)) for name, total in zip(COUNTED, self.totals, strict=True)}


@dataclass(frozen=True)
class Voice:
    """One channel: its days, every metric by day (nan: nobody tells it), its posts in order."""

    id: str
    channel: Channel
    days: list[date]
    figures: dict[str, Floats]
    posts: list[Post]


@cache
def words() -> dict[str, Any]:
    """What the pages write about, and which of them do badly: demo_posts.toml beside the reference tables."""
    return tomllib.loads((REFERENCE / "demo_posts.toml").read_text(encoding="utf-8"))


def voices(plans: list[CommunePlan], months: tuple[date, ...], last: date, seed: int) -> Iterator[Voice]:
    """Every channel of the province and of these communes, from before the first month up to a day."""
    sizes = {plan.code: (plan.households, plan.full_name) for plan in plans}
    province = definitions().province
    sizes[province.code] = (sum(plan.households for plan in plans), f"tỉnh {province.name}")
    first = months_before(months[0], shape()["channels"]["months_before"] + 1)[0]
    for id, channel in channels("demo").items():
        if channel.unit in sizes:
            ends = [last, words()["dead"].get(id, last), (channel.until or date.max) - timedelta(1)]
            days = between(max(first, channel.since), min(ends))
            yield made(id, channel, days, *sizes[channel.unit], dice(seed, "channel", id))


def between(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def made(id: str, channel: Channel, days: list[date], households: int, name: str, chance: np.random.Generator) -> Voice:
    if channel.platform == "facebook":
        start = followers_at_first(channel, chance)
        posts = list(posted(id, channel, days, start, name[0].lower() + name[1:], chance))
        is_small = id in words()["small"]
        return Voice(id, channel, days, small(days, chance) if is_small else page(days, posts, start, chance), posts)
    figures = {"zalo_oa": oa, "zalo_group": groups, "mini_app": app}[channel.platform](days, households, chance)
    # Dice of their own: articles change no other figure.
    articles = list(written(channel, days, figures, name[0].lower() + name[1:], chance.spawn(1)[0]))
    return Voice(id, channel, days, figures if channel.platform == "zalo_group" else typed(figures, chance), articles)


def is_province(channel: Channel) -> bool:
    return channel.unit == definitions().province.code


# ---- posts -----------------------------------------------------------------------------------------------------------


def posted(
    id: str, channel: Channel, days: list[date], size: float, name: str, chance: np.random.Generator
) -> Iterator[Post]:
    """The posts of a page: how many depends on weekday and campaign, how well they do on kind, hour and topic."""
    of, number = shape()["channels"], 0
    pace = of["posts_a_day"]["province" if is_province(channel) else "commune"] * chance.uniform(0.6, 1.4)
    for day in days:
        campaign = campaign_of(day)
        often = pace * of["week"][day.weekday()] * (campaign["often"] if campaign else 1)
        for _ in range(chance.poisson(often)):
            number += 1
            yield post(f"90{channel.account[-6:]}{number:07d}1", day, size, campaign, name, chance)
    viral = words()["viral"]
    if id == viral["channel"] and viral["day"] in days:
        yield post(f"90{channel.account[-6:]}{number + 1:07d}1", viral["day"], size, viral, name, chance)


def campaign_of(day: date) -> dict[str, Any] | None:
    return next((one for one in words()["campaigns"] if one["since"] <= day < one["until"]), None)


def post(
    id: str, day: date, size: float, campaign: dict[str, Any] | None, name: str, chance: np.random.Generator
) -> Post:
    """One post of a day; of a campaign's days two of three are about it."""
    of = shape()["channels"]
    about = (
        campaign if campaign and (chance.random() < 0.67 or "title" in campaign) else drawn(words()["topics"], chance)
    )
    title = about.get("title") or about["titles"][chance.integers(len(about["titles"]))]
    (kind, (_, liked)), (hour, (_, read)) = (weighted(of[name], chance) for name in ("kinds", "hours"))
    spread = float(np.exp(of["noise"] * chance.standard_normal()))
    views = int(size * of["views"] * about["pull"] * liked * read * spread)
    parts = [int(chance.poisson(views * rate)) for rate in of["per_view"].values()]
    said = title.format(unit=name)
    moment = datetime.combine(day, time(int(hour), int(chance.integers(0, 60))))
    return Post(id, moment, kind, said[0].upper() + said[1:], (views, *parts))


def written(
    channel: Channel, days: list[date], figures: dict[str, Floats], name: str, chance: np.random.Generator
) -> Iterator[Post]:
    """The articles of an OA, as many on a day as it counts; who follows it by then may open them."""
    of = shape()["channels"]
    counts = figures.get("oa_articles", np.zeros(len(days))).astype(int)
    for number, n in enumerate(np.repeat(np.arange(len(days)), counts).tolist(), 1):
        at, size = f"{channel.account[-8:]}{number:05d}", float(figures["oa_followers"][n])
        one = post(at, days[n], size, campaign_of(days[n]), name, chance)
        views = int(one.totals[0] * of["article_views"])
        shares = int(chance.poisson(views * of["article_shares"]))
        yield one._replace(kind="normal", totals=(views, 0, 0, shares, 0))


def drawn(topics: dict[str, Any], chance: np.random.Generator) -> dict[str, Any]:
    return topics[weighted({id: (topic["weight"],) for id, topic in topics.items()}, chance)[0]]


def weighted(given: dict[str, Any], chance: np.random.Generator) -> tuple[str, Any]:
    """One of these by the first number of each."""
    weights = np.cumsum([of[0] for of in given.values()])
    return list(given.items())[int(np.searchsorted(weights, chance.random() * weights[-1], side="right"))]


def settled(age: Any) -> Any:
    """The part of a post's total that it has after so many days."""
    return 1 - np.exp(-np.maximum(age, 0) / shape()["channels"]["settles_days"])


def by_day(posts: list[Post], days: list[date]) -> dict[str, Floats]:
    """What the posts got on each day, by COUNTED, and the views of videos and reels."""
    result = {name: np.zeros(len(days) + SETTLED) for name in (*COUNTED, "video")}
    for one in posts:
        at = (one.published.date() - days[0]).days
        midnight = datetime.combine(one.published.date() + timedelta(1), time())
        share = settled((midnight - one.published) / timedelta(1) + np.arange(SETTLED))
        for name, total in zip(COUNTED, one.totals, strict=True):
            got = np.diff(np.floor(total * share), prepend=0)
            result[name][at : at + SETTLED] += got
            if name == "views" and one.kind in ("video", "reel"):
                result["video"][at : at + SETTLED] += got
    return {name: values[: len(days)] for name, values in result.items()}


# ---- pages -----------------------------------------------------------------------------------------------------------


def followers_at_first(channel: Channel, chance: np.random.Generator) -> float:
    of = shape()["channels"]["followers"]
    if is_province(channel):
        return float(of["province"])
    return float(of["commune"] * np.exp(of["spread"] * chance.standard_normal()).clip(0.2, 4))


def page(days: list[date], posts: list[Post], start: float, chance: np.random.Generator) -> dict[str, Floats]:
    """The figures of a page: those of its posts, those who open it anyway, and who begins to follow it."""
    of, got = shape()["channels"], by_day(posts, days)
    views = got["views"] + chance.poisson(start * 0.02, len(days))
    new = chance.poisson(start * chance.uniform(*of["growth"]) + views * 0.001)
    followers = np.floor(start + np.cumsum(new - chance.binomial(new, 0.18)))
    parts = {"fb_followers": followers, "fb_likes": np.floor(followers * of["likes"]), "fb_new_followers": new}
    parts |= {"fb_views": views, "fb_viewers": np.floor(views * of["viewers"])}
    parts |= {"fb_impressions": np.floor(views * of["impressions"]), "fb_reach": np.floor(views * of["reach"])}
    parts |= {"fb_interactions": got["reactions"] + got["comments"] + got["shares"] + got["clicks"]}
    parts |= {"fb_visits": chance.poisson(start * 0.006, len(days)), "fb_video_views": np.floor(got["video"] * 0.4)}
    parts |= {"fb_answer_minutes": weekly(days, answers(len(days), chance))}
    return {id: while_given(id, np.asarray(values, float), days) for id, values in parts.items()}


def while_given(id: str, values: Floats, days: list[date]) -> Floats:
    """The figures of the days on which the platform gives the metric."""
    metric, retired = channel_metrics()[id], words()["retired"]
    end = min(metric.until or date.max, retired["day"] if retired["metric"] == id else date.max)
    is_given = [(metric.since or date.min) <= day < end for day in days]
    return np.where(is_given, values, np.nan)


def small(days: list[date], chance: np.random.Generator) -> dict[str, Floats]:
    """A page of which the platform tells nothing: its followers, typed by hand."""
    of = shape()["channels"]["small_followers"]
    return {"fb_followers": weekly(days, np.floor(of + np.cumsum(chance.random(len(days)) * 0.04)))}


def weekly(days: list[date], values: Floats) -> Floats:
    """What is typed in on Mondays only."""
    return np.where([day.weekday() == 0 for day in days], values, np.nan)


def answers(count: int, chance: np.random.Generator) -> Floats:
    """Minutes to the first answer, day by day."""
    is_late = chance.random() < shape()["channels"]["late"]
    usual = chance.uniform(*(LATE if is_late else PROMPT))
    return np.round(usual * np.exp(0.25 * chance.standard_normal(count)), 1)


# ---- OAs, groups, the app --------------------------------------------------------------------------------------------


def grown(count: int, start: float, end: float) -> Floats:
    """A level that grows fast at first."""
    return np.floor(start + (end - start) * np.sqrt(np.arange(count) / max(count, 1)))


def season(days: list[date]) -> Floats:
    of = shape()["channels"]["week"]
    pulls = [(campaign_of(day) or {"pull": 1})["pull"] for day in days]
    return np.array([of[day.weekday()] for day in days]) * np.array(pulls)


def typed(figures: dict[str, Floats], chance: np.random.Generator) -> dict[str, Floats]:
    """What is left of a day's figures where officers now and then forget to type them in."""
    lost = chance.random(len(next(iter(figures.values())))) < shape()["channels"]["forgotten"]
    return {id: np.where(lost, np.nan, values) for id, values in figures.items()}


def oa(days: list[date], households: int, chance: np.random.Generator) -> dict[str, Floats]:
    end = households * shape()["channels"]["oa_followers"] * chance.uniform(0.5, 1.3)
    followers = grown(len(days), end * 0.15, end)
    people = chance.poisson(followers * 0.012 * season(days))
    inside = chance.binomial(people, 0.3)
    figures = {"oa_followers": followers, "oa_people": people, "oa_messages_in": inside}
    figures |= {"oa_messages_answered": chance.binomial(inside, 0.85), "oa_answer_minutes": answers(len(days), chance)}
    figures |= {"oa_articles": chance.poisson(0.3 * season(days)), "oa_broadcasts": chance.poisson(0.12, len(days))}
    return {id: np.asarray(values, float) for id, values in figures.items()}


def groups(days: list[date], households: int, chance: np.random.Generator) -> dict[str, Floats]:
    end = households * shape()["channels"]["group_members"] * chance.uniform(0.6, 1.2)
    members, count = grown(len(days), end * 0.6, end), np.full(len(days), float(max(households // 130, 1)))
    return {"group_members": weekly(days, members), "group_count": weekly(days, count)}


def app(days: list[date], households: int, chance: np.random.Generator) -> dict[str, Floats]:
    users = chance.poisson(grown(len(days), households * 0.0005, households * 0.004) * season(days))
    return {"app_users": users.astype(float), "app_visits": np.floor(users * 1.6)}
