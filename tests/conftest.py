"""What the tests share: a province, a server on it, a browser and a page."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

import machine
from etl import award_stages, store
from etl.build import build
from etl.demo import small
from exports.award_round import Round, scored_round
from tests.award_rounds import LATE, closed
from tests.browser import FLAGS, Seen, Server, serving, visiting
from warehouse.lock import alone
from warehouse.version import open_version

# How long an example takes says what else the machine is doing.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script as the main module, which processes started later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the tests: the demonstration's five communes over four months, made once per run."""
    here = tmp_path_factory.getbasetemp()
    # Tests run side by side by pytest-xdist have folders beside each other; each gets a copy of its own.
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    with alone(shared / "province.lock"):
        if not (made := shared / "province").exists():
            small(shared / "unfinished")
            (shared / "unfinished").rename(made)
    return Path(shutil.copytree(made, here / "data"))


@pytest.fixture(scope="session")
def award_root(province: Path, tmp_path_factory: pytest.TempPathFactory) -> store.Root:
    """The province with a sheet in use whose cut-off is over, in a folder of its own."""
    folder = tmp_path_factory.mktemp("awards")
    shutil.copytree(province / "demo", folder / "demo")
    root = store.root("demo", folder)
    for act in root.log.glob(store.EVENTS):
        if '"award_' in act.read_text(encoding="utf-8"):
            act.unlink()  # the demonstration's own sheet has another cut-off
    award_stages.adopt(root, closed(root), "Quyết định số 5/QĐ-HĐTĐKT ngày 05/01/2026", "lan", LATE)
    return root


@pytest.fixture(scope="session")
def award_round(award_root: store.Root) -> Round:
    """That round, from what was known at its cut-off."""
    rules = closed(award_root)
    return scored_round(award_root, open_version(award_root.published, build(award_root, rules.cut_off)), rules)


@pytest.fixture
def award_data(award_root: store.Root, monkeypatch: pytest.MonkeyPatch) -> store.Root:
    """The same root for the verbs."""
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(award_root.path.parent))
    return award_root


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
