"""The pages in a real browser, as leadership, analyst and commune officer walk through them."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESKTOP, PHONE, Seen, Server, settled, visiting

pytestmark = pytest.mark.slow

ADDRESSES = ("/", "/communes", "/villages", "/rounds", "/deliveries", "/definitions")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_answers_and_fits(browser: Browser, server: Server, address: str, lang: str, size) -> None:
    seen = Seen()
    with visiting(browser, server.url, seen, size) as page:
        settled_at(page, f"{address}?lang={lang}")
        expect(page.locator(".cts-answer .lead")).not_to_be_empty()
        expect(page.locator(".cts-band")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "sideways scrolling"
        assert page.get_by_text("Trang này gặp lỗi").count() == 0
    assert seen.outside() == []
    assert seen.complaints == []
    assert "Page failed" not in server.written()


def settled_at(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator(".cts-answer, .cts-state").first.wait_for(timeout=60_000)
    return settled(page)


def test_a_click_on_a_tile_opens_the_commune_without_a_reload(page: Page) -> None:
    settled_at(page, "/")
    page.evaluate("window.stillHere = true")
    page.locator(".js-plotly-plot").wait_for()
    with_points = page.locator(".js-plotly-plot .scatterlayer .point, .js-plotly-plot .points path")
    box = with_points.nth(40).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(r"/communes\?.*unit=\d{5}"))
    assert page.evaluate("window.stillHere") is True
    unit = re.search(r"unit=(\d{5})", page.url)
    assert unit


def test_the_same_link_shows_the_same_view_in_either_language(page: Page, province_communes: dict[str, str]) -> None:
    unit, name = next(iter(province_communes.items()))
    for lang in ("vi", "en"):
        settled_at(page, f"/communes?unit={unit}&target=skills_2030&lang={lang}")
        expect(page.locator(".cts-answer .lead")).to_contain_text(name)
        assert f"unit={unit}" in page.url and "target=skills_2030" in page.url


def test_a_commune_is_found_without_diacritics(page: Page, province_communes: dict[str, str]) -> None:
    from definitions.places import fold

    name = next(name for name in province_communes.values() if fold(name) != name.lower())
    settled_at(page, "/communes")
    page.get_by_role("combobox").first.click()
    page.keyboard.type(fold(name.partition(" ")[2]))
    page.get_by_role("option", name=name, exact=True).click()
    expect(page.locator(".cts-answer .lead")).to_contain_text(name)


def test_a_reminder_names_the_commune_and_the_round(page: Page) -> None:
    settled_at(page, "/rounds")
    expect(page.locator('[data-testid="stCode"]')).to_contain_text("Kính gửi Ủy ban MTTQ Việt Nam")
    expect(page.locator('[data-testid="stCode"]')).to_contain_text("10/2026")


@pytest.mark.parametrize("kind, starts", [("Excel", b"PK"), ("CSV", b"\xef\xbb\xbf"), ("Ảnh PNG", b"\x89PNG")])
def test_what_is_shown_can_be_taken_away(page: Page, kind: str, starts: bytes) -> None:
    settled_at(page, "/")
    page.get_by_text("Bảng số liệu").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    assert download.value.path().read_bytes().startswith(starts)


@pytest.mark.parametrize("kind, starts", [("PDF", b"%PDF"), ("Word", b"PK")])
def test_the_bulletin_is_made_when_asked_for(page: Page, kind: str, starts: bytes) -> None:
    settled_at(page, "/")
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    assert download.value.path().read_bytes().startswith(starts)
