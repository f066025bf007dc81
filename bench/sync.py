"""sync: the first two years of one page, against its calls alone, on a local server that takes its time to answer."""

import os
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import httpx

from bench.goals import Outcome, outcome
from bench.reading import interleaved
from bench.scratch import OUT, Province
from definitions.apis import apis
from definitions.channels import Channel, Owner
from definitions.load import Label
from etl import store
from etl.sync import run
from etl.sync.facebook import PACIFIC
from tests.platforms import PAGE, TOKEN, Call, Facebook, Reply, running

ANSWERS_AFTER = 0.1  # seconds


class Slow(Facebook):
    """A platform as far away as a real one."""

    def answer(self, call: Call) -> Reply:
        time.sleep(ANSWERS_AFTER)
        return super().answer(call)


def measure(province: Province, pairs: int) -> Iterator[Outcome]:
    today = datetime.now(PACIFIC).date()
    page = Channel(
        platform="facebook", account=PAGE, owners=(Owner(unit="15", since=today),), label=Label(vi="", en="")
    )
    platform = Slow(today, posts=365)
    given = {f"CHI_TIEU_SO_FACEBOOK_{PAGE}_TOKEN": TOKEN}
    with running(platform), tempfile.TemporaryDirectory(dir=OUT) as folder:
        with patch.dict(os.environ, given | {"CHI_TIEU_SO_FACEBOOK": platform.address}):
            apis.cache_clear()
            with patch("etl.sync.run.channels", lambda origin: {"fb": page}):
                first_load(Path(folder))
                calls = list(platform.calls)
                samples = interleaved(pairs, lambda: first_load(Path(folder)), lambda: bare(platform, calls))
        apis.cache_clear()
    yield outcome("sync.first", *samples, f"{len(calls)} calls")


def first_load(folder: Path) -> None:
    """Two years of the page into a root of its own."""
    told = run.sync(store.root("real", Path(tempfile.mkdtemp(dir=folder))), "facebook")
    assert [one.status for one in told.outcomes] == ["done"]


def bare(platform: Slow, calls: list[Call]) -> None:
    """The same calls one after the other, their answers not even parsed."""
    with httpx.Client(base_url=platform.address) as client:
        for call in calls:
            client.get(call.path, params=call.params, headers={"authorization": call.headers["authorization"]})
