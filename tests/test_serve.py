"""The server: who may ask, what the browser may do, what goes over the wire, how it starts and ends."""

import asyncio
import gzip
import inspect
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import brotli
import pytest
from playwright.sync_api import Browser, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

import dashboard
import serve
from tests.browser import ROOT, Seen, Server, free_port, serving, settled, visiting

# The first page stands at the bare address, every other one under its name.
PAGES = [module.__name__.rpartition(".")[2] for module in dashboard.MENU]
ADDRESSES = ["/", *(f"/{name}" for name in PAGES[1:])]


def get(url: str, **headers: str) -> HTTPResponse:
    return urlopen(Request(url, headers=headers), timeout=20)


def status(url: str, **headers: str) -> int:
    try:
        return get(url, **headers).status
    except HTTPError as refusal:
        return refusal.code


def stream(server: Server) -> str:
    return server.url.replace("http", "ws") + "/_stcore/stream"


def messages_of_first_run(server: Server) -> list[ForwardMsg]:
    """What a visitor's websocket receives until the script has run once."""
    rerun = BackMsg()
    rerun.rerun_script.SetInParent()
    with connect(stream(server), subprotocols=[Subprotocol("streamlit")], max_size=None) as way:
        way.send(rerun.SerializeToString())
        received: list[ForwardMsg] = []
        while not (received and received[-1].HasField("script_finished")):
            received.append(ForwardMsg.FromString(way.recv(timeout=60, decode=False)))
    return received


@pytest.mark.parametrize("path", ["/", "/overview", "/_stcore/health", "/app/static/icon.png", "/static/none.js"])
def test_every_answer_carries_the_security_headers(server: Server, path: str) -> None:
    headers = get(server.url + path).headers if status(server.url + path) == 200 else serve.HEADERS
    assert {name: headers[name] for name in serve.HEADERS} == serve.HEADERS


def test_the_policy_allows_nothing_but_ourselves() -> None:
    policy = serve.HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy


def test_the_page_is_vietnamese_unless_asked_otherwise(server: Server) -> None:
    page = get(server.url + "/overview").read().decode()
    assert '<html lang="vi">' in page and "<title>Chỉ tiêu số</title>" in page
    assert '<html lang="en">' in get(server.url + "/overview?unit=1&lang=en").read().decode()
    assert '<html lang="vi">' in get(server.url + "/?lang=%3Cscript%3E").read().decode()


UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}


@pytest.mark.parametrize(
    ("asked", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("", "identity")],
)
def test_scripts_come_compressed_as_the_browser_can_and_stay_for_ever(
    server: Server, asked: str, encoding: str
) -> None:
    script = re.findall(r'src="\.(/static/js/[^"]+)"', serve.INDEX["vi"])[0]
    packed = get(server.url + script, **{"Accept-Encoding": asked})
    assert packed.headers.get("Content-Encoding", "identity") == encoding
    assert UNPACKED[encoding](packed.read()) == (serve.FRONTEND / script[1:]).read_bytes()
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert "immutable" in packed.headers["Cache-Control"] and "max-age=31536000" in packed.headers["Cache-Control"]
    assert packed.headers["Content-Type"].startswith("text/javascript")


def test_the_look_comes_with_the_first_page_and_without_a_type_nobody_reads(server: Server) -> None:
    style = re.findall(r'href="\.(/static/css/index[^"]+)"', serve.INDEX["vi"])[0]
    sent = get(server.url + style).read().decode()
    assert "Material Symbols" in sent and "Source Sans" not in sent
    page = get(server.url + "/").read().decode()
    assert ".cts-card {" in page.rpartition("<style>")[2], "last in the page, after what Streamlit writes"


def test_the_icon_browsers_ask_for_is_ours(server: Server) -> None:
    assert get(server.url + "/favicon.png").read() == serve.ICON.read_bytes()


def test_the_page_itself_is_asked_for_anew_each_time(server: Server) -> None:
    assert get(server.url + "/").headers["Cache-Control"] == "no-cache"


def test_fonts_are_ours_and_stay_for_ever(server: Server) -> None:
    for face in serve.config.get_option("theme.fontFaces"):
        answer = get(f"{server.url}/{face['url']}")
        assert answer.headers["Content-Type"] == "font/woff2" and "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/app/static/icon.png"])
def test_another_host_name_is_refused(server: Server, path: str) -> None:
    assert status(server.url + path, Host="evil.example") == 403
    assert status(server.url + path, Host=server.url.removeprefix("http://")) == 200


@pytest.mark.slow
def test_a_foreign_origin_gets_no_session(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refusal, connect(stream(server), origin=Origin("http://evil.example")):
        pass
    assert refusal.value.response.status_code == 403


def test_a_foreign_host_gets_no_session(server: Server) -> None:
    port = int(server.url.rsplit(":", 1)[1])
    way = socket.create_connection(("127.0.0.1", port))
    with pytest.raises(InvalidStatus) as refusal, connect(f"ws://evil.example:{port}/_stcore/stream", sock=way):
        pass
    assert refusal.value.response.status_code == 403


def test_below_a_page_there_is_no_other_page(server: Server) -> None:
    assert status(server.url + "/overview/_stcore/health") == 404


def test_the_first_visitor_finds_the_page(server: Server) -> None:
    received = messages_of_first_run(server)
    assert any(message.HasField("navigation") for message in received)
    assert not any(message.HasField("page_not_found") for message in received)


def test_what_must_stay_off_is_off() -> None:
    option = serve.config.get_option
    assert option("client.showErrorDetails") == "none"
    assert option("server.maxUploadSize") == 21
    assert not option("browser.gatherUsageStats")
    assert not option("runner.postScriptGC")
    assert not option("server.enableAgentApi")


def test_no_session_begins_while_the_libraries_are_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    async def session(*_: object) -> None:
        begun.append("visitor")

    async def story() -> list[int]:
        monkeypatch.setattr(serve, "WARM", asyncio.Event())
        visitor = asyncio.create_task(serve.hold_until_warm(session)({"type": "websocket"}, None, None))  # type: ignore
        await asyncio.sleep(0)
        before = len(begun)
        serve.WARM.set()
        await visitor
        return [before, len(begun)]

    # In a thread of its own, because Playwright's event loop runs in this one.
    with ThreadPoolExecutor() as threads:
        assert threads.submit(asyncio.run, story()).result(timeout=10) == [0, 1]


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "example.org", "0"])
def test_an_address_others_can_reach_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "listen", lambda *_: pytest.fail(f"listens on {address}"))
    with pytest.raises(serve.CannotServe, match="no accounts yet"):
        serve.run(address, free_port())


def test_a_taken_port_is_said_in_a_sentence(server: Server) -> None:
    port = server.url.rsplit(":", 1)[1]
    command = [sys.executable, str(ROOT / "cli.py"), "dashboard", "--port", port]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert f"Port {port} is taken" in second.stderr and "Traceback" not in second.stderr


@pytest.mark.alone
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_ctrl_c_ends_it_cleanly_and_the_port_is_free_at_once(province: Path, tmp_path: Path) -> None:
    port = free_port()
    for _ in range(2):
        with serving(province, tmp_path / "log.txt", port) as running:
            messages_of_first_run(running)
            with connect(stream(running), subprotocols=[Subprotocol("streamlit")]):
                running.process.send_signal(signal.SIGINT)
                assert running.process.wait(timeout=20) == 0
            assert "Traceback" not in running.written()


@pytest.mark.alone
def test_nothing_is_asked_outside(page: Page, seen: Seen) -> None:
    settled_at(page, "/")
    assert any(address.endswith(".woff2") for address in seen.addresses)
    assert seen.outside() == []


@pytest.mark.alone
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_first_visitor_of_a_fresh_server_may_follow_any_link(
    browser: Browser, province: Path, tmp_path: Path, address: str
) -> None:
    seen = Seen()
    with serving(province, tmp_path / "log.txt") as fresh, visiting(browser, fresh.url, seen) as page:
        settled_at(page, address)
        assert page.get_by_text("Page not found").count() == 0
        assert page.locator("html").get_attribute("lang") == "vi"
        assert seen.outside() == [] and seen.complaints == []
        assert "Page failed" not in fresh.written() and "Traceback" not in fresh.written()


def test_what_we_set_in_streamlit_is_what_it_reads() -> None:
    """A later version may name them otherwise, and nothing else would tell."""
    assert "MESSAGE_FLUSH_INTERVAL_SECS" in inspect.getsource(serve.runtime.Runtime._loop_coroutine)
    assert "uses_pages_directory" in inspect.getsource(serve.PagesManager)


@pytest.mark.alone
def test_the_language_stands_in_the_address(page: Page) -> None:
    settled_at(page, "/")
    page.get_by_text("EN", exact=True).click()
    page.wait_for_url("**/?lang=en")
    settled_at(page, "/?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"


def settled_at(page: Page, path: str) -> Page:
    page.goto(path)
    return settled(page)
