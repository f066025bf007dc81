"""Syncs all channels of a platform: each by itself, so that one that fails does not stop the others."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from definitions.apis import Apis, apis
from definitions.channels import Channel, channel_metrics, channels
from etl import store
from etl.sync import facebook, zalo
from etl.sync.archive import Archive, reached
from etl.sync.client import Fault, Line, line, scrubbed
from etl.sync.tokens import Keys, needed

Kind = Literal["facebook", "zalo"]
Status = Literal["done", "unmeasurable", "failed"]
PLATFORMS: dict[Kind, str] = {"facebook": "facebook", "zalo": "zalo_oa"}
RETIRED = "retired metric"  # the event: from that day on the platform no longer gives a metric


@dataclass(frozen=True)
class Outcome:
    """What became of one channel: unmeasurable is a page with too few likes; said: why it failed, else ""."""

    channel: str
    account: str
    status: Status
    said: str = ""


@dataclass(frozen=True)
class Synced:
    """What became of all channels of a platform; retired: our ids of the metrics found to be none any more."""

    outcomes: tuple[Outcome, ...]
    retired: tuple[str, ...]
    deliveries: tuple[str, ...]
    calls: int


@dataclass(frozen=True)
class Visit:
    """What the fetching of every channel shares."""

    root: store.Root
    api: Apis
    archive: Archive
    since: date | None
    kept: dict[str, date]
    now: Callable[[], datetime]
    lines: tuple[Line, ...]

    @property
    def secrets(self) -> set[str]:
        return self.lines[0].secrets


def sync(
    root: store.Root,
    kind: Kind,
    since: date | None = None,
    report: Callable[[int, int, str], None] = lambda done, total, name: None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = store.now,
) -> Synced:
    """Fetch every channel of a platform from a day on, else from where its archive ends, and keep the answers.

    report(channels done, all, the next one's id). What is kept when this is killed stays kept; run again, it goes on.
    """
    chosen = {id: one for id, one in channels(root.origin).items() if one.platform == PLATFORMS[kind]}
    chosen = {id: one for id, one in chosen.items() if one.until is None or now().date() < one.until}
    api, secrets = apis(), set[str]()
    addresses = [api.facebook.address] if kind == "facebook" else [api.zalo.address, api.zalo.oauth]
    lines = tuple(line(address, api.patience, sleep, secrets) for address in addresses)
    archive = Archive(root, kind, api.answers_per_delivery, now)
    visit = Visit(root, api, archive, since, reached(root, kind), now, lines)
    names = asked(root, now().date(), api.facebook.version)
    outcomes = []
    with ExitStack() as open_lines:
        for one in lines:
            open_lines.enter_context(one.http)
        for done, (id, channel) in enumerate(chosen.items()):
            report(done, len(chosen), id)
            outcomes.append(outcome(visit, kind, id, channel, names))
    report(len(chosen), len(chosen), "")
    archive.keep()
    gone = tuple(dict.fromkeys(record(root, names, api.facebook.version, now())))
    return Synced(tuple(outcomes), gone, tuple(archive.kept), sum(one.calls for one in lines))


def outcome(visit: Visit, kind: Kind, id: str, channel: Channel, names: facebook.Names) -> Outcome:
    try:
        if kind == "zalo":
            fetch_oa(visit, channel)
        elif not fetch_page(visit, channel, names):
            few = visit.api.facebook.few_likes
            return Outcome(id, channel.account, "unmeasurable", f"trang có dưới {few} lượt thích nên không đo được")
    except Fault as fault:
        return Outcome(id, channel.account, "failed", str(fault))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as fault:
        said = scrubbed(f"trả lời không như tài liệu của nền tảng ({type(fault).__name__}: {fault})", visit.secrets)
        return Outcome(id, channel.account, "failed", said)
    return Outcome(id, channel.account, "done")


def fetch_page(visit: Visit, channel: Channel, names: facebook.Names) -> bool:
    token = needed(visit.root, "facebook", channel.account, "token")["token"]
    visit.lines[0].secrets.add(token)
    page = facebook.Page(channel.account, token, visit.lines[0], visit.api.facebook, visit.archive)
    return facebook.fetch(page, names, visit.since, visit.kept.get(channel.account), visit.now())


def fetch_oa(visit: Visit, channel: Channel) -> None:
    given = needed(visit.root, "zalo", channel.account, "app_id", "secret_key")
    keys = Keys(
        visit.root, channel.account, given["app_id"], given["secret_key"], given.get("refresh_token", ""),
        visit.lines[1], visit.api.zalo, visit.now,
    )  # fmt: skip
    oa = zalo.Account(channel.account, keys, visit.lines[0], visit.api.zalo, visit.archive)
    zalo.fetch(oa, visit.since, visit.kept.get(channel.account), visit.now())


# ---- metrics ---------------------------------------------------------------------------------------------------------


def asked(root: store.Root, day: date, version: str) -> facebook.Names:
    """The names Facebook is asked for: of the metrics given on a day, less those this version refused before."""
    gone = {event["api_name"] for event in store.events(root, RETIRED) if event["version"] == version}
    names = facebook.Names([], [], [])
    for of, name in given_names(day):
        if name not in gone:
            (names.page if of == "channel" else names.post).append(name)
    return names


def given_names(day: date) -> Iterator[tuple[str, str]]:
    for metric in channel_metrics().values():
        is_given = (metric.since is None or metric.since <= day) and (metric.until is None or day < metric.until)
        if metric.platform == "facebook" and is_given:
            yield from ((metric.of, name) for name in metric.api)


def record(root: store.Root, names: facebook.Names, version: str, now: datetime) -> Iterator[str]:
    """Our ids of the metrics that were refused, each kept as an event: a break of its series from this day on."""
    day = now.astimezone(facebook.PACIFIC).date().isoformat()
    for id, metric in channel_metrics().items():
        for name in names.retired:
            if metric.platform == "facebook" and name in metric.api:
                about = {"metric": id, "api_name": name, "version": version, "day": day}
                store.record_event(root, {"event": RETIRED, **about, "at": store.stamp(now)})
                yield id
