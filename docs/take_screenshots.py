"""Takes docs/images/ anew from a running server: `.venv/bin/python -m docs.take_screenshots ADDRESS [LANGUAGE]`."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

import machine
from tests.browser import DESKTOP, FLAGS, PHONE, Seen, settled, visiting

IMAGES = Path(__file__).parent / "images"
OTHERS = (
    "communes", "villages", "slices", "gaps", "channels", "posts", "feedback", "standings", "scoresheet", "weights",
    "checks", "rounds", "deliveries", "definitions",
)  # fmt: skip
PAGES = {"overview": "/"} | {name: f"/{name}" for name in OTHERS}
LARGEST = 120_000


def main(address: str, lang: str = "vi") -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=FLAGS)
        for name, path in PAGES.items():
            for ending, size in (("", DESKTOP), ("-phone", PHONE)):
                picture = compressed(taken(browser, address, f"{path}?lang={lang}", size))
                (IMAGES / f"{name}{ending}.png").write_bytes(picture)
                print(f"{name}{ending}.png {len(picture) / 1000:.0f} KB")
        browser.close()


def taken(browser: Browser, address: str, path: str, size: tuple[int, int]) -> bytes:
    """What a new visitor's window shows of a page when all of it is drawn."""
    with visiting(browser, address, Seen(), size) as page:
        page.goto(path, timeout=90_000)
        page.locator(".cts-answer, .cts-state").first.wait_for(timeout=60_000)
        drawn(settled(page))
        return page.screenshot()


def drawn(page: Page) -> None:
    """Wait for the fonts, for what Streamlit loads late, and for the map, which is drawn when it has come into view."""
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)
    page.wait_for_timeout(2500)


def compressed(png: bytes) -> bytes:
    """The picture with as many colours as fit into LARGEST bytes, 256 at most."""
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        small = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() <= LARGEST:
            return small.getvalue()
    raise ValueError(f"more than {LARGEST} bytes even with 32 colours")


if __name__ == "__main__":
    main(*sys.argv[1:3])
