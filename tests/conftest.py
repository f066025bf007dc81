"""What the tests share: a province, a server on it, a browser and a page."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import machine
from etl.demo import small
from tests.browser import FLAGS, Seen, Server, serving, visiting


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script as the main module, which processes started later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the tests: the demonstration's five communes over four months, made once per run."""
    folder = tmp_path_factory.mktemp("data")
    small(folder)
    return folder


@pytest.fixture(scope="session")
def server(province: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not need a fresh one."""
    with serving(province, tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; while it is open, no test in the same thread can call asyncio.run."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=machine.chromium(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def seen() -> Seen:
    """What the `page` of the same test asked for."""
    return Seen()


@pytest.fixture
def page(browser: Browser, server: Server, seen: Seen) -> Iterator[Page]:
    """A new visitor of `server`; the test fails when anything is asked outside, forbidden or crashes."""
    before = len(server.written())
    with visiting(browser, server.url, seen) as opened:
        yield opened
    assert seen.outside() == []
    assert seen.complaints == []
    assert "Traceback" not in server.written()[before:]
