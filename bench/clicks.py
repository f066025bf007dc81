"""P6: from a click to the last change on the screen, in Chromium."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as Late

from bench.first_visit import SETTLED, chromium
from bench.goals import PAGES, Outcome, outcome
from bench.scratch import NAIVE, ONE_TEXT, OUT, Province, Server, ours, plain

# When the server was last heard of: until its first answer to a click the page looks as settled as after the last.
HEAR = """window.heard = 0;
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", () => { window.heard = performance.now(); });
  }
};"""
# From the click event to two frames after the last change of what is drawn; over after 300 ms without one.
WATCH = """() => {
  const drawn = ["d", "points", "transform", "src", "href", "x", "y", "width", "height", "aria-checked"];
  const element = node => node.nodeType == 1 ? node : node.parentElement;
  const isBusySign = node => element(node)?.closest(`[data-testid="stStatusWidget"]`);
  window.clicked = window.changed = 0;
  new MutationObserver(changes => {
    if (!window.clicked || changes.every(change => isBusySign(change.target))) return;
    const click = window.clicked;
    window.changed = Infinity;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (window.clicked == click) window.changed = performance.now();
    }));
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: drawn,
  });
  window.addEventListener("click", () => { window.clicked = performance.now(); window.changed = 0; }, true);
}"""
OVER = f"""() => window.heard > window.clicked && window.changed && document.querySelector('{SETTLED}')
  && performance.now() - Math.max(window.changed, window.heard) > 300 ? window.changed - window.clicked : false"""
MAIN = '[data-testid="stMain"]'
CONTROLS = ", ".join(f"[data-testid='{id}']" for id in ("stSelectbox", "stButtonGroup", "stButton", "stDownloadButton"))
SEGMENTS = f"{MAIN} [data-testid='stButtonGroup'] button"
MENU = "[data-testid='stTopNavLink']"
CHANGES = {
    "overview": "segment",
    "communes": "select",
    "villages": "segment",
    "slices": "segment",
    "gaps": "segment",
    "channels": "segment",
    "posts": "segment",
    "feedback": "segment",
    "standings": "select",
    "scoresheet": "select",
    "weights": "select",
    "checks": "select",
    "rounds": "select",
    "deliveries": "select",
    "definitions": "menu",
}


def measure(province: Province, pairs: int) -> Iterator[Outcome]:
    cells = OUT / "cells.parquet"
    export_cells(province, cells)
    with chromium() as browser:
        for page in PAGES:
            yield from of_page(browser, province, cells, page, pairs)
    cells.unlink()


def export_cells(province: Province, path: Path) -> None:
    """The long table a naive page would read: every cell with its commune."""
    province.version.query("from observation").write_parquet(path)


def of_page(browser: Browser, province: Province, cells: Path, page: str, pairs: int) -> list[Outcome]:
    """Ours cold and warm, the one-text page and the naive page, in turn on the same machine at the same time."""
    cold, warm, text, slow = list[float](), list[float](), list[float](), list[float]()
    with (
        plain(ONE_TEXT) as one_text,
        plain(NAIVE, BENCH_CELLS=str(cells)) as naive,
        opened(browser, one_text, "") as simple,
        opened(browser, naive, "") as pandas_page,
    ):
        press(simple)
        choose_segment(pandas_page, SEGMENTS, 1)
        while len(cold) < pairs:
            cold += first_times(browser, province, page, lambda: text.append(press(simple)))
        with ours(province.base) as server, opened(browser, server, page) as shown:
            places = elsewhere(shown, CHANGES[page])
            for turn in range(2 * pairs + 2):
                took = change(shown, CHANGES[page], places[turn % len(places)])
                # Both views have to be shown once before a change to one of them is warm.
                if turn >= 2:
                    warm.append(took)
                    text.append(press(simple))
                    slow.append(choose_segment(pandas_page, SEGMENTS, turn % 2))
    found = [outcome(f"P6.{page}.cold", cold, text), outcome(f"P6.{page}.warm", warm, text)]
    return [*found, outcome(f"P6.{page}.naive", warm, slow)]


def first_times(browser: Browser, province: Province, page: str, between: Callable[[], object]) -> list[float]:
    """Changes to views this fresh server has not shown to anybody, each followed by the yardstick."""
    took = []
    with ours(province.base) as server, opened(browser, server, page) as shown:
        for place in elsewhere(shown, CHANGES[page]):
            took.append(change(shown, CHANGES[page], place))
            between()
    return took


@contextmanager
def opened(browser: Browser, server: Server, page: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN", base_url=server.url)
    context.add_init_script(HEAR)
    shown = context.new_page()
    shown.goto("/" if page == PAGES[0] else f"/{page}")
    shown.locator(CONTROLS).last.wait_for(timeout=90_000)
    shown.locator(SETTLED).wait_for(state="attached", timeout=90_000)
    shown.wait_for_timeout(1500)
    shown.evaluate(WATCH)
    try:
        yield shown
    finally:
        context.close()


def elsewhere(shown: Page, how: str) -> list[int]:
    """The places of two views that are not the one shown; a page without choices has only itself."""
    if how != "segment":
        return [1, 2] if how == "select" else [0]
    checked = [button.get_attribute("aria-checked") == "true" for button in shown.locator(SEGMENTS).all()]
    return [place for place, is_shown in enumerate(checked) if not is_shown][:2]


def change(shown: Page, how: str, place: int) -> float:
    """Choose the view in that place of the page's own control; gives ms from click to pixels."""
    if how == "segment":
        return choose_segment(shown, SEGMENTS, place)
    if how == "menu":
        return come_back(shown)
    box = shown.locator(f"{MAIN} [data-testid='stSelectbox']").first
    box.locator("input").click()
    option = shown.locator("[role=option]").nth(place)
    option.wait_for(timeout=10_000)
    option.hover()
    shown.wait_for_timeout(400)
    return clicked(shown, option.click)


def choose_segment(shown: Page, buttons: str, place: int) -> float:
    button = shown.locator(buttons).nth(place)
    button.hover()
    shown.wait_for_timeout(400)
    return clicked(shown, button.click)


def come_back(shown: Page) -> float:
    """To another page, and by the menu back to this one."""
    links = {link.get_attribute("href") or "": link for link in shown.locator(MENU).all()}
    there = next(link for href, link in links.items() if href.endswith("rounds"))
    here = next(link for href, link in links.items() if href.endswith("definitions"))
    clicked(shown, there.click)
    here.hover()
    return clicked(shown, here.click)


def press(shown: Page) -> float:
    button = shown.get_by_role("button", name="Next")
    button.hover()
    shown.wait_for_timeout(400)
    return clicked(shown, button.click)


def clicked(shown: Page, click: Callable[[], None]) -> float:
    click()
    with suppress(Late):
        return float(shown.wait_for_function(OVER, timeout=60_000, polling=50).json_value())
    raise RuntimeError(f"nothing changed after a click on {shown.url}")
