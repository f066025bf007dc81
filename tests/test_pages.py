"""The pages in a real browser, as leadership, analyst and commune officer walk through them."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from definitions.spelling import fold
from definitions.text import LANGUAGES, text
from etl import store
from tests.browser import DESKTOP, PHONE, Seen, Server, serving, settled, visiting
from warehouse.version import current

pytestmark = pytest.mark.alone
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong

AWARDS = ("/standings", "/scoresheet", "/weights", "/checks")
ADDRESSES = (
    "/", "/communes", "/villages", "/slices", "/gaps", "/channels", "/posts", "/feedback", *AWARDS, "/rounds",
    "/deliveries", "/definitions",
)  # fmt: skip
ERROR = {lang: text("state.error_title", lang) for lang in LANGUAGES}
LEAD = ".cts-answer .lead"
LETTERS = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]")
STARTS = {".xlsx": b"PK\x03\x04", ".docx": b"PK\x03\x04", ".zip": b"PK\x03\x04", ".pdf": b"%PDF", ".png": b"\x89PNG"}
STARTS |= {".csv": b"\xef\xbb\xbf", ".html": b"<!doctype html>", ".parquet": b"PAR1", ".svg": b"<svg"}


def settled_at(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator(".cts-answer, .cts-state").first.wait_for(timeout=60_000)
    return settled(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_answers_and_fits(browser: Browser, server: Server, lang: str, size: tuple[int, int]) -> None:
    seen = Seen()
    with visiting(browser, server.url, seen, size) as page:
        for address in ADDRESSES:
            settled_at(page, f"{address}?lang={lang}")
            expect(page.locator(LEAD)).not_to_be_empty()
            expect(page.locator(".cts-band")).to_contain_text(text("app.demo_long", lang))
            # Something of ours stands at the foot of every page: none stopped halfway.
            expect(page.get_by_test_id("stDownloadButton").locator("visible=true").first).to_be_visible()
            assert page.get_by_text(ERROR[lang]).count() == 0, address
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], f"{address} scrolls sideways"
    assert seen.outside() == []
    assert seen.complaints == []
    assert "Page failed" not in server.written()


def test_english_pages_speak_english(page: Page, province: Path) -> None:
    version = current(province / "demo")
    assert version is not None
    own = "select title from post union select label_vi from channel union select document from household_count"
    titles = version.query(f"from ({own}) order by length(title) desc, title")["title"].to_list()
    for address in ADDRESSES:
        settled_at(page, f"{address}?lang=en")
        for folded in page.get_by_test_id("stExpander").all():
            folded.locator("summary").click()
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        settled(page)
        said = page.get_by_test_id("stMain").inner_text()
        # The product's name, messages to a commune, names of channels and documents and posts stay Vietnamese.
        for kept in (text("app.title"), *titles, *page.get_by_test_id("stCode").all_inner_texts()):
            said = said.replace(kept, "")
        assert vietnamese(said) == set(), address


def vietnamese(said: str) -> set[str]:
    """The Vietnamese words in a text that are no names (those have a capital), addresses, files or the mark of the
    demonstration's senders.
    """
    left = re.sub(r"https?://\S+|\S+\.xlsx?|\(minh hoạ\)", "", unicodedata.normalize("NFC", said))
    return {word for word in re.findall(r"[^\W\d_]+", left) if word[0].islower() and LETTERS.search(word)}


def test_the_test_of_english_knows_vietnamese() -> None:
    assert vietnamese("Xã Lao Chải (minh hoạ): 12 hộ/tuần, km², Tết, bao_cáo.xlsx, https://a.vn/tỉnh") == {"hộ", "tuần"}


A4_INSIDE = 703  # 210 mm less two margins of 12 mm, in pixels of 1/96 inch


@pytest.mark.parametrize("address", ADDRESSES)
def test_on_paper_nothing_is_cut_and_no_control_is_left(page: Page, address: str) -> None:
    settled_at(page, address)
    if address == "/":
        page.locator(".js-plotly-plot").wait_for()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_INSIDE, "height": 1000})
    expect(page.locator(".cts-band")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_INSIDE
    wide = "tables => tables.map(table => table.offsetWidth)"
    assert max(page.locator(".cts-table table").evaluate_all(wide), default=0) <= A4_INSIDE
    left = page.locator("button:visible, input:visible:not([role=combobox])")
    assert left.evaluate_all("all => all.filter(one => one.ariaChecked !== 'true').length") == 0
    if address == "/definitions":
        expect(page.locator(".cts-glossary p").first).to_be_visible()
    running = page.evaluate("[...document.styleSheets].flatMap(s => [...s.cssRules]).map(r => r.cssText).join()")
    assert text("exports.demo") in running and "counter(page)" in running
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_on_a_phone_the_map_comes_last(browser: Browser, server: Server) -> None:
    with visiting(browser, server.url, Seen(), PHONE) as page:
        settled_at(page, "/")
        page.locator(".js-plotly-plot").wait_for()
        places = [page.locator(what).first for what in (LEAD, ".cts-card", ".cts-list", ".js-plotly-plot")]
        tops = [place.bounding_box() for place in places]
    heights = [box["y"] for box in tops if box]
    assert len(heights) == 4
    assert heights == sorted(heights)


def test_a_click_on_a_tile_opens_the_commune_without_a_reload(page: Page) -> None:
    settled_at(page, "/?target=skills_2030&lang=en")
    page.evaluate("window.stillHere = true")
    page.locator(".js-plotly-plot").wait_for()
    tile = page.locator(".js-plotly-plot .points path").nth(40).bounding_box()
    assert tile
    page.mouse.click(tile["x"] + tile["width"] / 2, tile["y"] + tile["height"] / 2)
    page.wait_for_url(re.compile(r"/communes\?.*unit=\d{5}"))
    assert page.evaluate("window.stillHere") is True
    assert "target=skills_2030" in page.url and "lang=en" in page.url
    expect(page.locator(LEAD)).to_contain_text(re.compile("skills|No figures"))


def test_a_cell_of_a_slice_and_a_tile_open_the_villages_and_the_files_behind_them(page: Page) -> None:
    settled_at(page, "/slices?lang=en&until=2026-10")
    page.locator(".cts-pivot td a").first.click()
    behind = page.locator(".st-key-behind")
    expect(behind).to_contain_text("Behind the cell")
    behind.get_by_test_id("stExpander").locator("summary").click()
    expect(behind.locator(".cts-table").last).to_contain_text(".xlsx")
    assert "lang=en" in page.url and "cell=" in page.url
    settled_at(page, "/slices?view=map")
    page.locator(".cts-svg.wide svg a").first.click()
    expect(page.locator(".st-key-behind .cts-table").first).to_be_visible()


def test_on_a_phone_a_slice_is_drawn_for_the_phone(browser: Browser, server: Server) -> None:
    for size, is_narrow in ((PHONE, True), (DESKTOP, False)):
        with visiting(browser, server.url, Seen(), size) as page:
            settled_at(page, "/slices?view=lines")
            page.locator(".cts-svg svg").first.wait_for(state="attached")
            assert page.locator(".cts-svg.narrow svg").is_visible() == is_narrow
            assert page.locator(".cts-svg.wide svg").is_visible() != is_narrow
            shown = page.locator(".cts-svg svg").locator("visible=true").bounding_box()
            assert shown and 300 < shown["width"] <= size[0]


def test_the_same_link_shows_the_same_view_in_either_language(page: Page) -> None:
    said = {}
    for lang in LANGUAGES:
        settled_at(page, f"/communes?unit=04474&target=skills_2030&lang={lang}")
        expect(page.locator(LEAD)).to_contain_text("Xã Lao Chải")
        assert "unit=04474" in page.url and "target=skills_2030" in page.url
        said[lang] = re.findall(r"\d+", page.locator(LEAD).inner_text())
    assert len({tuple(figures) for figures in said.values()}) == 1, "the same figures in every language"


def test_a_commune_is_found_without_diacritics_and_with_them(page: Page) -> None:
    for typed in ("lao chai", "Bảo Ái"):
        settled_at(page, "/communes")
        page.get_by_role("combobox").first.click()
        page.keyboard.type(typed)
        page.get_by_role("option").first.click()
        name = {"lao chai": "Xã Lao Chải", "Bảo Ái": "Xã Bảo Ái"}[typed]
        expect(page.locator(LEAD)).to_contain_text(name)
        assert fold(typed) in fold(name)


def test_an_address_that_means_nothing_is_answered_kindly(page: Page) -> None:
    settled_at(page, "/communes?unit=99999&target=moon_2027")
    expect(page.locator(".cts-state").first).to_contain_text("99999")
    expect(page.locator(LEAD)).not_to_be_empty()
    odd = ("/?target=moon_2027", "/slices?level=moon&cell=x", "/rounds?month=1999-13", "/villages?list=x&unit=1")
    for address in (*odd, "/deliveries?file=zz"):
        settled_at(page, f"{address}&lang=xx")
        expect(page.locator(LEAD)).not_to_be_empty()
        assert page.get_by_text(ERROR["vi"]).count() == 0, address


def test_a_reminder_names_the_commune_and_the_round(page: Page) -> None:
    settled_at(page, "/rounds")
    expect(page.get_by_test_id("stCode")).to_contain_text("Kính gửi Ủy ban MTTQ Việt Nam")
    expect(page.get_by_test_id("stCode")).to_contain_text("10/2026")


OFFERING = ["/", "/communes?unit=04474", "/villages", "/slices?view=map", "/feedback", "/rounds", "/deliveries"]
OFFERING += ["/standings", "/scoresheet?unit=02680"]


@pytest.mark.parametrize("address", OFFERING)
def test_everything_offered_can_be_taken_away(page: Page, address: str) -> None:
    settled_at(page, address)
    for folded in page.get_by_test_id("stExpander").all():
        folded.locator("summary").click()
        folded.locator(".cts-table, .cts-state, .cts-said, [data-testid=stCode]").first.wait_for()
    popover = page.get_by_test_id("stPopoverButton")
    if popover.count():
        expect(popover.first).to_be_visible()
    offered = page.get_by_test_id("stDownloadButton").get_by_role("button")
    expect(offered.first).to_be_visible()
    kinds = set()
    for button in offered.all():
        page.wait_for_timeout(1500)  # Chromium takes a second click right after a download for the first one's
        with page.expect_download(timeout=120_000) as download:
            button.click()
        ending = Path(download.value.suggested_filename).suffix
        content = download.value.path().read_bytes()
        assert content.lower().startswith(STARTS[ending].lower()), download.value.suggested_filename
        assert "minh-hoa" in download.value.suggested_filename or address == "/deliveries"
        kinds.add(ending)
    assert kinds >= {".xlsx"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose data folder has nothing in it."""
    folder = tmp_path_factory.mktemp("empty")
    with serving(folder / "data", folder / "log.txt") as running:
        yield running


def test_without_data_every_page_says_what_to_do_next(browser: Browser, empty: Server) -> None:
    with visiting(browser, empty.url, Seen()) as page:
        for address in (*ADDRESSES[:6], *AWARDS, "/rounds", "/deliveries"):
            settled_at(page, address)
            said = "deliveries.next" if address == "/deliveries" else "state.empty_title"
            expect(page.locator(".cts-state")).to_contain_text(text(said))
            assert page.get_by_text(ERROR["vi"]).count() == 0


def test_demonstration_workbooks_dropped_on_real_pages_are_refused_and_nothing_is_lost(
    browser: Browser, empty: Server, province: Path
) -> None:
    book = sorted((province / "demo" / "inbox").glob("*.xlsx"))[0]
    real = store.root("real", empty.log.parent / "data")
    with visiting(browser, empty.url, Seen()) as page:
        settled_at(page, "/deliveries")
        page.locator('input[type="file"]').set_input_files(book)
        page.get_by_role("button", name=text("deliveries.send")).click()
        answer = page.get_by_test_id("stExpander").filter(has_text=book.name)
        expect(answer).to_contain_text(text("deliveries.refused"))
        expect(answer).to_contain_text("minh hoạ")
        assert page.get_by_text(ERROR["vi"]).count() == 0
    assert [kept.read_bytes() for kept in real.inbox.glob("*.xlsx")] == [book.read_bytes()]
    (receipt,) = store.receipts(real)
    assert (receipt["way"], receipt["verdict"]) == ("page", "refused")
