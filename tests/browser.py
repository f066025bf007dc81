"""A server of ours and a real browser in front of it, which fails on anything asked outside."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = (1366, 768)
PHONE = (390, 844)
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@dataclass
class Server:
    """A running `serve.py`: its address, process and what it wrote so far."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    def written(self) -> str:
        return self.log.read_text(encoding="utf-8")


@dataclass
class Seen:
    """What one page asked for and complained about."""

    addresses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        hosts = {"127.0.0.1", "localhost", "::1"}
        web = (address for address in self.addresses if urlsplit(address).scheme not in {"data", "blob", "about"})
        return [address for address in web if urlsplit(address).hostname not in hosts]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(data: Path, log: Path, port: int | None = None, **settings: str) -> Iterator[Server]:
    """Start `serve.py` on a free loopback port with `data` as its data folder; ends it at the end."""
    port = port or free_port()
    command = [sys.executable, str(ROOT / "serve.py"), "--port", str(port)]
    environment = {**os.environ, "CHI_TIEU_SO_DATA": str(data), "PYTHONUNBUFFERED": "1", **settings}
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output, text=True)
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        wait_for_health(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for_health(server: Server, seconds: float = 60) -> None:
    """Return when the server answers; raises with its output when it ends or takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.process.poll() is None:
        with contextlib.suppress(URLError, OSError), urlopen(server.url + "/_stcore/health", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not come up:\n{server.written()}")


@contextlib.contextmanager
def visiting(browser: Browser, url: str, seen: Seen, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """A fresh visitor (own cookies and cache); what the page asks for and complains about goes into `seen`."""
    width, height = size
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    page = context.new_page()
    page.on("request", lambda request: seen.addresses.append(request.url))
    page.on("websocket", lambda websocket: seen.addresses.append(websocket.url))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("console", lambda message: _complaint(seen, message.text))
    try:
        yield page
    finally:
        context.close()


def _complaint(seen: Seen, text: str) -> None:
    if "Content Security Policy" in text:
        seen.complaints.append(text)


def settled(page: Page) -> Page:
    """Wait until the script has run; after a click, wait for what the click should show first."""
    page.locator(SETTLED).wait_for(state="attached", timeout=60_000)
    return page
