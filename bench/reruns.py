"""P5: a rerun on the server against Streamlit's default one-text page."""

import asyncio
from collections.abc import Iterator

from bench.goals import PAGES, Outcome, outcome
from bench.scratch import ONE_TEXT, Province, Server, ours, plain
from bench.views import View, views
from bench.visitors import Visitor

WARM_UP = 4.0  # seconds
VIEWS = 24  # of a page, where it has as many: the first few also load what views of their kind need
WARMING: View = ("definitions", "")


def measure(province: Province, pairs: int) -> Iterator[Outcome]:
    with ours(province.base) as server, plain(ONE_TEXT) as yardstick:
        for page in PAGES:
            asked = views(province.version, page)[: max(pairs, VIEWS)]
            first, again = asyncio.run(both(server, yardstick, asked, [("", "")] * len(asked)))
            yield outcome(f"P5.{page}", *first)
            yield outcome(f"P5.{page}.again", *again)
        server.must_be_content()


async def both(
    server: Server, yardstick: Server, asked: list[View], beside: list[View], rest: float = WARM_UP
) -> list[tuple[list[float], list[float]]]:
    """(ours, yardstick) in ms, interleaved; once over views not shown before, once over the same again."""
    rounds: list[tuple[list[float], list[float]]] = []
    async with Visitor(server) as visitor, Visitor(yardstick) as other:
        # The session's own first run is no rerun, and the first reader of a version sets its drawings off.
        await visitor.ask(*WARMING)
        await other.ask(*(WARMING if beside == asked else beside[0]))
        await asyncio.sleep(rest)
        for _ in range(2):
            mine, plain_page = [], []
            for view, plain_view in zip(asked, beside, strict=True):
                mine.append(await visitor.ask(*view) * 1000)
                plain_page.append(await other.ask(*plain_view) * 1000)
            rounds.append((mine, plain_page))
    return rounds
