"""P8: what a first visit moves over the wire, and how long a cold start takes."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

import machine
from bench.goals import Outcome, outcome
from bench.scratch import ONE_TEXT, OUT, ROOT, Province, Server, free_port, ours, plain

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
QUIET = 1500  # ms without a change after which the page is whole


def measure(province: Province, pairs: int) -> list[Outcome]:
    data = {"CHI_TIEU_SO_DATA": str(province.base)}
    with chromium() as browser:
        with ours(province.base) as server, plain(ROOT / "dashboard.py", ROOT, **data) as default:
            wire = [(visit(browser, server), visit(browser, default)) for _ in range(2)]
        with plain(ONE_TEXT) as yardstick:
            least = visit(browser, yardstick)
    starts = [(start_ours(province), start_plain()) for _ in range(pairs)]
    note = f"Overview, Chromium, all bytes both ways; the one-text page takes {least:.2f} MB"
    return [
        outcome("P8.wire", [a for a, _ in wire], [b for _, b in wire], note),
        outcome("P8.start", [a for a, _ in starts], [b for _, b in starts]),
    ]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=FLAGS)
        yield browser
        browser.close()


def visit(browser: Browser, server: Server) -> float:
    """MB both ways until a fresh visitor's page is whole, counted on the way by a relay."""
    with relay(server.port) as counted:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{counted.port}/")
        page.locator(SETTLED).wait_for(state="attached", timeout=90_000)
        page.wait_for_timeout(QUIET)
        page.wait_for_load_state("networkidle")
        context.close()
        return counted.bytes / 1e6


def start_ours(province: Province) -> float:
    with ours(province.base) as server:
        return server.seconds_to_health


def start_plain() -> float:
    with plain(ONE_TEXT, OUT) as server:
        return server.seconds_to_health


# ---- the relay -------------------------------------------------------------------------------------------------------


@dataclass
class Counted:
    """A relay's port and the bytes that went through it."""

    port: int
    bytes: int = 0


@contextlib.contextmanager
def relay(target: int) -> Iterator[Counted]:
    """Listens on a free loopback port and passes everything on to the target's, counting, in a thread of its own."""
    counted, ready, stops = Counted(free_port()), threading.Event(), list[Callable[[], object]]()

    async def serve() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        stops.append(lambda: loop.call_soon_threadsafe(over.set))
        async with relaying(counted, target):
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield counted
    finally:
        stops[0]()
        thread.join(timeout=10)


@contextlib.asynccontextmanager
async def relaying(counted: Counted, target: int) -> AsyncIterator[None]:
    async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65536):
                counted.bytes += len(piece)
                sink.write(piece)
                await sink.drain()
        sink.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(pass_on(reader, their_writer), pass_on(their_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", counted.port)
    try:
        yield
    finally:
        # Not waiting for connections the browser keeps open.
        server.close()
