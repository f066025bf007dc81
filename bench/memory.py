"""The server's memory: warm and empty, then after every page was visited once."""

import asyncio

from bench.goals import PAGES, Outcome, outcome
from bench.scratch import ONE_TEXT, Province, Server, ours, plain
from bench.views import View, some
from bench.visitors import Visitor


def measure(province: Province, pairs: int) -> list[Outcome]:
    every = [view for page in PAGES for view in some(province.version, page, 1)]
    with ours(province.base) as server, plain(ONE_TEXT) as yardstick:
        # A session is let in only when the warm-up is over.
        asyncio.run(visit(server, []))
        empty = server.memory, yardstick.memory
        asyncio.run(visit(server, every))
        asyncio.run(visit(yardstick, [("", "")]))
        visited = server.memory, yardstick.memory
    return [outcome("memory.empty", [empty[0]], [empty[1]]), outcome("memory.visited", [visited[0]], [visited[1]])]


async def visit(server: Server, asked: list[View]) -> None:
    async with Visitor(server) as visitor:
        for view in asked:
            await visitor.ask(*view)
