"""P7 and memory: many visitors at once on one server process."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import cycle
from statistics import median, quantiles

from bench.goals import BY_ID, PAGES, Outcome, outcome
from bench.scratch import ONE_TEXT, Province, Server, ours, plain
from bench.views import LIGHT, View, mixed, some
from bench.visitors import Failed, Visitor

SECONDS = 6.0
THINK = 10.0
CROWD, CROWD_SECONDS = 100, 40.0
OPEN, OPEN_PLAIN = 500, 100
HOME: list[View] = [("", "")]


def measure(province: Province, pairs: int) -> Iterator[Outcome]:
    version = province.version
    overview, light = some(version, "overview", 6), mixed(version, LIGHT, 200)
    with ours(province.base) as server, plain(ONE_TEXT) as yardstick:
        yield from capacities(server, yardstick, overview, light, pairs)
        yield from asyncio.run(crowded(server, mixed(version, PAGES, 300)))
    with ours(province.base) as server, plain(ONE_TEXT) as yardstick:
        mine = asyncio.run(sessions(server, mixed(version, PAGES, 60), OPEN))
        other = asyncio.run(sessions(yardstick, HOME, OPEN_PLAIN))
    yield outcome("P7.session", [mine], [other])


def capacities(server: Server, yardstick: Server, overview: list[View], light: list[View], pairs: int) -> list[Outcome]:
    """Updates/s of 10 users without think time; the three in turn, several times."""
    rates: dict[str, list[float]] = {"plotly": [], "light": [], "plain": []}
    for _ in range(pairs):
        rates["plotly"].append(asyncio.run(capacity(server, overview)))
        rates["light"].append(asyncio.run(capacity(server, light)))
        rates["plain"].append(asyncio.run(capacity(yardstick, HOME)))
    return [outcome(f"P7.{kind}", rates[kind], rates["plain"]) for kind in ("plotly", "light")]


async def capacity(server: Server, asked: list[View], users: int = 10) -> float:
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Visitor(server)) for _ in range(users)]
        for visitor in visitors:
            await visitor.ask(*asked[0])
        began = time.perf_counter()
        done = await asyncio.gather(
            *(busy(visitor, asked[place:] + asked[:place], began + SECONDS) for place, visitor in enumerate(visitors))
        )
        return sum(done) / (time.perf_counter() - began)


async def busy(visitor: Visitor, asked: list[View], until: float) -> int:
    count = 0
    for view in cycle(asked):
        if time.perf_counter() > until:
            break
        await visitor.ask(*view)
        count += 1
    return count


async def crowded(server: Server, asked: list[View]) -> list[Outcome]:
    """100 users who think about 10 s between two updates; before them one user alone on the same pages."""
    async with Visitor(server) as alone:
        await alone.ask(*asked[0])
        single = [await alone.ask(*view) * 1000 for view in asked[:60]]
    draw, waits, errors = random.Random(0), list[float](), list[str]()

    async def person(number: int) -> None:
        try:
            async with Visitor(server) as visitor:
                await asyncio.sleep(number * THINK / CROWD)
                await visitor.ask(*asked[number])
                until = time.perf_counter() + CROWD_SECONDS
                for view in cycle(asked[number:] + asked[:number]):
                    await asyncio.sleep(draw.uniform(0.5, 1.5) * THINK)
                    if time.perf_counter() > until:
                        break
                    waits.append(await visitor.ask(*view) * 1000)
        except (Failed, TimeoutError, OSError) as fault:
            errors.append(repr(fault))

    await asyncio.gather(*(person(number) for number in range(CROWD)))
    note = f"{len(waits)} updates, median {median(waits):.0f} ms; one user's p95 {quantiles(single, n=20)[-1]:.0f} ms"
    return [
        Outcome(BY_ID["P7.crowd"], quantiles(waits, n=20)[-1], median(single), note),
        Outcome(BY_ID["P7.errors"], len(errors) + server.complaints, 0, "; ".join(errors[:2])),
    ]


async def sessions(server: Server, asked: list[View], count: int) -> float:
    """MB of resident memory per open session, counted after the first twenty have warmed the process."""
    async with AsyncExitStack() as stack:
        before = 0.0
        for number, view in zip(range(20 + count), cycle(asked), strict=False):
            if number == 20:
                before = server.memory
            visitor = await stack.enter_async_context(Visitor(server))
            await visitor.ask(*view)
        return (server.memory - before) / count
