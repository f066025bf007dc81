"""The channels the Front speaks through and what their platforms count, read and validated from TOML."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from definitions.load import FOLDER, DefinitionError, Frozen, Label, Said, blocks, definitions
from definitions.reference import REFERENCE, communes

Platform = Literal["facebook", "zalo_oa", "zalo_group", "mini_app"]
FILE, METRICS = "channels.toml", "channel_metrics.toml"
DEMO_FILE = "demo_channels.toml"  # beside demo.toml, in data/reference


class Owner(Frozen):
    """Whose channel it is from a day on: a commune's or the province's code, in the codes of that day."""

    unit: str
    since: date


class Channel(Frozen):
    """One page, account, group or app. account: the platform's own id. until: the first day it is no longer kept."""

    platform: Platform
    account: str = Field(min_length=1)
    owners: tuple[Owner, ...] = Field(min_length=1)
    until: date | None = None
    label: Said

    @property
    def since(self) -> date:
        return self.owners[0].since

    @property
    def unit(self) -> str:
        """The owner of today."""
        return self.owners[-1].unit


class ChannelMetric(Frozen):
    """One quantity of one platform. `of`: counted for the whole channel or for a post.

    kind: a stock is a level, a flow adds up over days, people never add up. since (inclusive) and until (exclusive):
    when the platform gives it; both are breaks; successor: the metric it gives in its place. api: its names there,
    several are added up. headers: its names in the files people download or type, in any language.
    """

    platform: Platform
    of: Literal["channel", "post"]
    kind: Literal["stock", "flow", "people"]
    label: Label
    definition: Label
    source: Said
    since: date | None = None
    until: date | None = None
    successor: str | None = None
    api: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


@cache
def channels(origin: Literal["real", "demo"] = "real", folder: Path | None = None) -> dict[str, Channel]:
    """The channels of a root by id; DefinitionError where two are one account or an owner is no unit."""
    file, home = (DEMO_FILE, REFERENCE) if origin == "demo" else (FILE, FOLDER)
    loaded = blocks(Channel, file, folder or home)
    seen: dict[tuple[str, str], str] = {}
    for id, channel in loaded.items():
        if (other := seen.setdefault((channel.platform, channel.account), id)) != id:
            raise DefinitionError(file, id, "account", f"{channel.account} is the account of {other} too")
        _check_owners(file, id, channel)
    return loaded


def _check_owners(file: str, id: str, channel: Channel) -> None:
    province = definitions().province
    today = {province.code} | {commune.code for commune in communes()}
    before = {old.code for old in province.old_provinces}
    for owner in channel.owners:
        if owner.unit not in (today if owner.since >= province.epoch else today | before):
            raise DefinitionError(file, id, "owners", f"{owner.unit} was no unit on {owner.since}")
    days = [owner.since for owner in channel.owners] + ([channel.until] if channel.until else [])
    if days != sorted(set(days)):
        raise DefinitionError(file, id, "owners", "the days do not follow one another")


@cache
def channel_metrics(folder: Path = FOLDER) -> dict[str, ChannelMetric]:
    """What the platforms count, by id; DefinitionError where a name in a file or of an API means two of them."""
    loaded = blocks(ChannelMetric, METRICS, folder)
    for key in ("api", "headers"):
        seen: dict[tuple[str, str, str], str] = {}
        for id, metric in loaded.items():
            for name in getattr(metric, key):
                other = seen.setdefault((metric.platform, metric.of, name.casefold()), id)
                if other != id:
                    raise DefinitionError(METRICS, id, key, f'"{name}" stands in {other} too')
    for id, metric in loaded.items():
        if metric.since and metric.until and metric.until <= metric.since:
            raise DefinitionError(METRICS, id, "until", f"{metric.until} is not after {metric.since}")
        if metric.successor and not _may_follow(metric, loaded.get(metric.successor)):
            raise DefinitionError(METRICS, id, "successor", f"{metric.successor} counts nothing of the same kind")
    return loaded


def _may_follow(metric: ChannelMetric, next: ChannelMetric | None) -> bool:
    return next is not None and (next.platform, next.of, next.kind) == (metric.platform, metric.of, metric.kind)


def metric_named(platform: str, of: str, header: str) -> str | None:
    """The id of the metric a column or title of a file means, None where it is none we keep."""
    return _by_header().get((platform, of, header.strip().casefold()))


@cache
def _by_header() -> dict[tuple[str, str, str], str]:
    metrics = channel_metrics().items()
    return {(m.platform, m.of, name.casefold()): id for id, m in metrics for name in m.headers}
