"""Files and confirmations from two browsers at once and over links that break: nothing lost, no half states."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from definitions.text import text
from etl import proposals, registry, store
from etl.build import build
from etl.load import load
from tests.browser import Seen, Server, serving, settled, visiting
from tests.handmade import COMMUNE, NAMES, deliver, now, tables, three_villages
from tests.workbooks import workbook

pytestmark = pytest.mark.alone
SEND = text("deliveries.send")
OTHER, KHAO_MANG = "04456", "04465"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def empty(data: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of its own on a root of its own, whose log shows no error at the end."""
    with serving(data, tmp_path / "log.txt") as running:
        yield running
        assert "Traceback" not in running.written()
        assert "Page failed" not in running.written()


def opened(page: Page) -> Page:
    page.goto("/deliveries")
    page.get_by_role("button", name=SEND).wait_for(timeout=60_000)
    return settled(page)


def chosen(page: Page, *paths: Path) -> None:
    """Pick files and wait until they have arrived at the server: only then they can be sent."""
    page.locator('input[type="file"]').set_input_files(list(paths))
    for path in paths:
        expect(page.get_by_test_id("stFileUploader")).to_contain_text(path.name)
    expect(page.get_by_role("button", name=SEND)).to_be_enabled()


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def drafts(root: store.Root) -> list[str]:
    return [path.name for path in root.path.rglob("*") if path.name.startswith((".tmp-", "tmp-"))]


def test_two_browsers_that_send_at_once_lose_nothing(
    browser: Browser, empty: Server, data: Path, tmp_path: Path
) -> None:
    root = three_villages(data)
    rows = [(id, name, 100, 30 + n) for n, (id, name) in enumerate(NAMES.items())]
    july, august, both = (
        workbook(tmp_path / f"{name}.xlsx", rows, date(2025, month, 1), revision=revision)
        for name, month, revision in (("thang7", 7, 1), ("thang8", 8, 1), ("chung", 7, 2))
    )
    with visiting(browser, empty.url, Seen()) as one, visiting(browser, empty.url, Seen()) as two:
        for page, own in ((one, july), (two, august)):
            chosen(opened(page), own, both)
        for page in (one, two):
            page.get_by_role("button", name=SEND).click()
        for page, own in ((one, july), (two, august)):
            for file in (own, both):
                answer = page.get_by_test_id("stExpander").filter(has_text=f"{file.name}: ")
                expect(answer).to_contain_text(text("deliveries.accepted"), timeout=90_000)
    received = {receipt["file"]: datetime.fromisoformat(receipt["received_at"]) for receipt in store.receipts(root)}
    assert sorted(received) == ["chung.xlsx", "thang7.xlsx", "thang8.xlsx"]
    assert sorted(path.read_bytes() for path in root.inbox.iterdir()) == sorted(
        path.read_bytes() for path in (july, august, both)
    )
    alone = three_villages(tmp_path / "alone")
    load(alone, [july, august, both], way="page", received_at=received.__getitem__)
    build(alone)
    assert tables(now(root)) == tables(now(alone))
    assert drafts(root) == []


def test_what_cannot_be_sent_is_said_before_and_after_sending(browser: Browser, empty: Server, tmp_path: Path) -> None:
    (tmp_path / "anh.pdf").write_bytes(b"%PDF")
    largest = tmp_path / "lon.xlsx"
    largest.write_bytes(b"PK\x03\x04" + os.urandom(20 * 2**20))
    with visiting(browser, empty.url, Seen()) as page:
        chosen(opened(page), tmp_path / "anh.pdf")
        said = "getComputedStyle(document.querySelector('[data-testid=stFileUploader]'), '::after').content"
        assert "20 MB" in page.evaluate(said)
        page.get_by_role("button", name=SEND).click()
        expect(page.get_by_text(text("deliveries.nothing"))).to_be_visible()
        chosen(opened(page), largest)
        page.get_by_role("button", name=SEND).click()
        expect(page.get_by_test_id("stExpander").first).to_contain_text("Tệp quá lớn", timeout=90_000)


def test_a_link_cut_in_the_middle_of_an_upload_leaves_nothing_behind(
    browser: Browser, empty: Server, data: Path, tmp_path: Path
) -> None:
    root = store.root("real", data)
    (tmp_path / "lon.xlsx").write_bytes(b"PK\x03\x04" + os.urandom(19 * 2**20))
    with visiting(browser, empty.url, Seen()) as page:
        opened(page)
        link = page.context.new_cdp_session(page)
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 500_000}
        link.send("Network.enable")
        link.send("Network.emulateNetworkConditions", slow)
        with page.expect_request("**/upload_file/**"):
            page.locator('input[type="file"]').set_input_files(tmp_path / "lon.xlsx")
        page.wait_for_timeout(1500)
        expect(page.get_by_role("button", name=SEND)).to_be_disabled()
    with visiting(browser, empty.url, Seen()) as page:
        chosen(opened(page), workbook(tmp_path / "a.xlsx", [(None, "Lao Chải", 80, 20)]))
        page.get_by_role("button", name=SEND).click()
        expect(page.get_by_test_id("stExpander").first).to_contain_text("a.xlsx", timeout=90_000)
    assert [receipt["file"] for receipt in store.receipts(root)] == ["a.xlsx"]
    assert len(list(root.inbox.iterdir())) == 1 and drafts(root) == []


def test_who_closes_the_browser_after_sending_finds_the_file_read(
    browser: Browser, empty: Server, data: Path, tmp_path: Path
) -> None:
    root = three_villages(data)
    path = workbook(tmp_path / "a.xlsx", [(id, name, 100, 30) for id, name in NAMES.items()])
    with visiting(browser, empty.url, Seen()) as page:
        chosen(opened(page), path)
        page.get_by_role("button", name=SEND).click()
        until(lambda: len(list(root.inbox.iterdir())) > 0)
    until(lambda: (root.published / "CURRENT").exists())
    assert [receipt["verdict"] for receipt in store.receipts(root)] == ["accepted"]
    with visiting(browser, empty.url, Seen()) as page:
        opened(page)
        expect(page.locator(".cts-table").first).to_contain_text("a.xlsx")


def test_two_people_confirm_lists_at_once(browser: Browser, empty: Server, data: Path) -> None:
    root = store.root("real", data)
    figures = (300, 20, 10, 5, 6, 2, 3)
    for commune, size in ((OTHER, 1000), (KHAO_MANG, 600), (COMMUNE, 700)):
        deliver(root, date(2025, 7, 1), dict.fromkeys(NAMES.values(), (size, *figures)), commune=commune)
    deliver(root, date(2025, 7, 1), {"Bản Một": (9000, *figures)}, commune="02647")
    build(root)
    done = text("waiting.done", n="3")
    with visiting(browser, empty.url, Seen()) as one, visiting(browser, empty.url, Seen()) as two:
        for page in (one, two):
            opened(page).get_by_label(text("waiting.by")).fill("Nguyễn Thị B, chuyên viên")
            page.get_by_text(text("waiting.many", n=3)).click()
            button = page.get_by_role("button", name=text("waiting.confirm_many", n=3))
            button.scroll_into_view_if_needed()
            expect(page.locator(".cts-table").filter(has_text="Xã Khao Mang").first).to_contain_text("Xéo Dì Hồ")
        for page in (one, two):
            page.get_by_role("button", name=text("waiting.confirm_many", n=3)).dblclick()
        for page in (one, two):
            expect(page.get_by_test_id("stAlert").first).to_contain_text(done, timeout=90_000)
            expect(page.get_by_text(text("waiting.title", n="1"))).to_be_visible()
    confirmed = store.events(root, "adopt")
    assert sorted(event["commune"] for event in confirmed) == [OTHER, KHAO_MANG, COMMUNE]
    assert {event["by"] for event in confirmed} == {"Nguyễn Thị B, chuyên viên"}
    assert registry.registry(root).height == 9
    assert now(root).query("select count(*) from village_month where is_reported").item() == 9
    assert [one.commune for one in proposals.waiting(root)] == ["02647"]
