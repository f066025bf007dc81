"""The ASGI app around dashboard.py: who may ask, what the browser may do, compression, warm-up."""

import argparse
import asyncio
import base64
import contextlib
import errno
import functools
import gzip
import hashlib
import importlib
import ipaddress
import logging
import re
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import brotli
import streamlit as st
import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, file_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import runtime
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from definitions.text import LANGUAGES, text

ROOT = Path(__file__).resolve().parent
FRONTEND = Path(file_util.get_static_dir())
NO_SCRIPT = "Trang này cần JavaScript. Hãy bật JavaScript trong trình duyệt rồi tải lại trang."
WEBSOCKET = "/_stcore/stream"
FOR_EVER = "public, max-age=31536000, immutable"
ICON = ROOT / "static" / "icon.png"
STYLE = ROOT / "pages" / "parts" / "style.css"
# The best first. Brotli 9 takes half a second for the largest script and saves 17 % over gzip; 11 would take 8 s.
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": functools.partial(brotli.compress, quality=9),
    "gzip": functools.partial(gzip.compress, compresslevel=9, mtime=0),
    "identity": bytes,
}
# Named here because a machine's own table may say otherwise.
COMPRESSIBLE = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".wasm": "application/wasm"}
# A page's address is one word; below a page there must be nothing, because the browser looks there for the server.
PAGE = re.compile(r"/(?!(?:_stcore|component|media|oauth2callback|static)$)[^/.]*")

log = logging.getLogger(__name__)

# A folder named pages/ wakes Streamlit's old page mechanism, which would run its files past dashboard.py.
PagesManager.uses_pages_directory = False
# How long the next messages of a run wait for each other: at Streamlit's 5 ms a view came 2 to 3 ms later.
runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0.001  # type: ignore[misc]


class CannotServe(Exception):
    """Why the server does not start, in a sentence for the person at the keyboard."""


# ---- the page the browser loads first


def index_html(language: str) -> str:
    """Streamlit's index.html in our language and under our name, without the fonts and links we do not use."""
    page = (FRONTEND / "index.html").read_text(encoding="utf-8")
    changes = [
        (r'<html lang="en">', f'<html lang="{language}">'),
        (r"<title>.*?</title>", f"<title>{text('app.title', language)}</title>"),
        (r"<noscript>.*?</noscript>", f"<noscript><p>{NO_SCRIPT}</p></noscript>"),
        (r'<link\s+rel="preload"[^>]*SourceSans[^>]*>', ""),
        (r'<link rel="service-desc"[^>]*>', ""),
        (r"<!--.*?-->\s*", ""),
        # Last in the page, so that it wins over what Streamlit writes into the head.
        (r"</body>", f"<style>{STYLE.read_text(encoding='utf-8')}</style></body>"),
    ]
    for pattern, replacement in changes:
        page = changed(page, pattern, replacement, "index.html")
    return page


def changed(content: str, pattern: str, replacement: str, file: str) -> str:
    """One of Streamlit's files with a part replaced; RuntimeError where it has no such part."""
    found, count = re.subn(pattern, replacement, content, flags=re.DOTALL)
    if not count:
        raise RuntimeError(f"Streamlit's {file} has no {pattern}: this was written for another version of it.")
    return found


def content_security_policy(page: str) -> str:
    """Only what this server sends may run or be loaded; the one inline script is allowed by its hash."""
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *(f"'sha256-{value}'" for value in hashes)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "media-src": "'self' blob:",
        "manifest-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


INDEX = {language: index_html(language) for language in LANGUAGES}
HEADERS = {
    "Content-Security-Policy": content_security_policy(INDEX[LANGUAGES[0]]),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


# ---- middleware


def protect(app: ASGIApp) -> ASGIApp:
    """Refuse requests for another host and put the security headers on every answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # Streamlit checks host and origin of its websocket by itself.
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                del headers["access-control-allow-origin"]
                if scope["path"].startswith("/app/static/fonts/") and message["status"] == 200:
                    headers["Cache-Control"] = FOR_EVER
            await send(message)

        allowed = is_host_allowed(Headers(scope=scope).get("host"))
        inner = app if allowed else PlainTextResponse("This host is not served here.", status_code=403)
        try:
            await inner(scope, receive, send_with_headers)
        except ClientDisconnect:
            # A link cut in the middle of an upload: nobody is there to be answered, and nothing was kept.
            log.info("Gone before the end: %s", scope["path"])

    return answer


def send_frontend(app: ASGIApp) -> ASGIApp:
    """Answer for the first page and for Streamlit's scripts and styles, which it would send uncompressed."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = await frontend(scope) if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} else None
        await (response or app)(scope, receive, send)

    return answer


async def frontend(scope: Scope) -> Response | None:
    """The compressed first page or asset, or None where Streamlit itself has to answer."""
    path = scope["path"]
    if path == "/favicon.png":
        return Response(ICON.read_bytes(), media_type="image/png", headers={"Cache-Control": "max-age=86400"})
    encoding = accepted(Headers(scope=scope).get("accept-encoding", ""))
    if PAGE.fullmatch(path):
        asked = re.search(r"(?:^|&)lang=(\w+)", scope["query_string"].decode("latin-1"))
        language = asked.group(1) if asked and asked.group(1) in LANGUAGES else LANGUAGES[0]
        return packed(ENCODERS[encoding](INDEX[language].encode()), encoding, "text/html; charset=utf-8", "no-cache")
    if path in assets():
        body = await asyncio.to_thread(compressed, path, encoding)
        return packed(body, encoding, COMPRESSIBLE[assets()[path].suffix], FOR_EVER)
    return None


def accepted(header: str) -> str:
    """The best of our encodings a browser takes; Chromium and Firefox take br from loopback and over https only."""
    offered = {token.partition(";")[0].strip() for token in header.split(",") if not token.rstrip().endswith(";q=0")}
    return next((encoding for encoding in ENCODERS if encoding in offered), "identity")


def packed(body: bytes, encoding: str, media_type: str, cache: str) -> Response:
    used = {} if encoding == "identity" else {"Content-Encoding": encoding}
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding", **used}
    return Response(body, media_type=media_type, headers=headers)


@functools.cache
def assets() -> dict[str, Path]:
    """Streamlit's compressible files by their address; each carries a hash of its content in its name."""
    files = (FRONTEND / "static").rglob("*")
    return {f"/{file.relative_to(FRONTEND).as_posix()}": file for file in files if file.suffix in COMPRESSIBLE}


@functools.cache
def compressed(path: str, encoding: str) -> bytes:
    """One asset, compressed at its first request and kept: all of them together take about 7 MB."""
    content = assets()[path].read_bytes()
    if assets()[path].match("index.*.css"):
        # Streamlit's own type is asked for before it hears of ours: 310 KB nobody reads.
        content = changed(content.decode(), r"@font-face\{font-family:Source Sans;[^}]*\}", "", "css").encode()
    return ENCODERS[encoding](content)


# ---- when a page fails


def apologise(problem: Exception) -> bool:
    """Say on the page what was kept and whom to tell, with a code that finds the error in the log."""
    code = secrets.token_hex(3)
    lang = st.session_state.get("language", LANGUAGES[0])
    log.error("Page failed, code %s: %r", code, problem)
    st.error(f"**{text('state.error_title', lang)}**\n\n{text('state.error_text', lang, code=code)}", icon="⚠️")
    return True


# ---- warm-up


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Make a first visit in the background; health answers meanwhile, visitors' sessions wait for it."""
    visit = asyncio.create_task(first_visit(app))
    yield
    visit.cancel()
    if ahead := sys.modules.get("exports.ahead"):  # loaded with the first page
        ahead.CLOSING.set()


def hold_until_warm(app: ASGIApp) -> ASGIApp:
    """Let no session begin while the libraries are loading: two threads importing pandas at once fail."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and "first_visit" not in scope:
            await WARM.wait()
        await app(scope, receive, send)

    return answer


async def first_visit(app: ASGIApp) -> None:
    """Load what pages load late, open a session inside this process, let the script run once, and leave."""
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    rerun = BackMsg()
    rerun.rerun_script.SetInParent()
    incoming.put_nowait({"type": "websocket.connect"})
    incoming.put_nowait({"type": "websocket.receive", "bytes": rerun.SerializeToString()})

    async def outgoing(message: Message) -> None:
        if message["type"] == "websocket.send" and ForwardMsg.FromString(message["bytes"]).HasField("script_finished"):
            incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})

    try:
        for library in LOADED_LATE:
            await asyncio.to_thread(importlib.import_module, library)
        await app(VISIT, incoming.get, outgoing)
    finally:
        WARM.set()


WARM = asyncio.Event()
LOADED_LATE = ["pandas", "plotly.graph_objects", "pyarrow", "polars"]
VISIT = {
    "first_visit": True,
    "type": "websocket",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "scheme": "ws",
    "path": WEBSOCKET,
    "raw_path": WEBSOCKET.encode(),
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"localhost"), (b"sec-websocket-protocol", b"streamlit")],
    "subprotocols": ["streamlit"],
    "client": ("127.0.0.1", 0),
    "server": ("127.0.0.1", 0),
}


# ---- start


app = st.App(
    ROOT / "dashboard.py",
    middleware=[Middleware(protect), Middleware(send_frontend), Middleware(hold_until_warm)],
    lifespan=lifespan,
    on_script_error=apologise,
)


class Server(uvicorn.Server):
    """Says where the dashboard is once it answers."""

    announce: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.announce()


def run(address: str = "127.0.0.1", port: int = 8501, prepare: Callable[[], object] = lambda: None) -> None:
    """Serve until Ctrl-C; raises CannotServe for an address that is not loopback and for a port in use.

    prepare: what has to be done before the first visitor, once the port is ours.
    """
    for asked in (address, config.get_option("server.address") or address):
        refuse_outside(asked)
    listener = listen(address, port)
    url = f"http://{address}:{port}"
    settings = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
    server = Server(settings)
    server.announce = lambda: print(f"{text('app.title')}: {url}   (Ctrl-C để dừng)", flush=True)
    # uvicorn raises the signal again after it has closed everything in order.
    with contextlib.suppress(KeyboardInterrupt), listener:
        prepare()
        server.run(sockets=[listener])


def refuse_outside(address: str) -> None:
    name = "127.0.0.1" if address == "localhost" else address
    try:
        loopback = ipaddress.ip_address(name).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise CannotServe(
            f"{address} can be reached from other machines, and there are no accounts yet: "
            "the dashboard is served on 127.0.0.1 only."
        )


def listen(address: str, port: int) -> socket.socket:
    """A bound socket whose connections send small answers at once instead of collecting them."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(256)
    except OSError as problem:
        listener.close()
        if problem.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise CannotServe(
                f"Port {port} is taken, perhaps by this dashboard itself: open http://{address}:{port}, "
                f"or choose another port with --port {port + 1 if port < 65535 else 8501}."
            ) from problem
        raise
    return listener


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    options = parser.parse_args()
    try:
        run(options.address, options.port)
    except CannotServe as problem:
        sys.exit(str(problem))
