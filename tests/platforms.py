"""Local servers that behave as the documented interfaces of Facebook and Zalo do, faults included."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
NINETY_DAYS = 7_776_000
PAGE, SMALL_PAGE, TOKEN = "1000000000000001", "1000000000000002", "EAAG-page-token-9f3a"
OA, APP, KEY = "4000000000000000001", "app-77", "the-secret-key-of-the-app"


@dataclass
class Reply:
    """What goes over the wire; cut: the connection ends in the middle of the body."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


@dataclass
class Call:
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]


class Platform:
    """A server's state. `faults`: replies given in place of the next answers; `calls`: all that was asked."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: list[Reply] = []
        self.address = ""
        self.lock = threading.Lock()

    def reply(self, call: Call) -> Reply:
        with self.lock:
            self.calls.append(call)
            if self.faults:
                return self.faults.pop(0)
            return self.answer(call)

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError

    def asked(self, ending: str) -> list[Call]:
        return [call for call in self.calls if call.path.endswith(ending)]


@contextmanager
def running(*platforms: Platform) -> Iterator[None]:
    """Each platform on a loopback port of its own."""
    servers = [_server(platform) for platform in platforms]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _server(platform: Platform) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._respond({})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            self._respond({name: values[0] for name, values in form.items()})

        def _respond(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            given = {name: values[0] for name, values in parse_qs(parts.query).items()} | form
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = platform.reply(Call(self.command, parts.path, given, headers))
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in ({"content-length": str(len(body))} | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # the asking process was killed
                self.wfile.write(body[: len(body) // 2] if reply.cut else body)
            self.close_connection = reply.cut

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # type: ignore[method-assign,assignment]
    platform.address = f"http://127.0.0.1:{server.server_address[1]}"
    return server


# ---- Facebook ------------------------------------------------------------------------------------------------------


def refused(code: int, message: str, status: int = 400, **headers: str) -> Reply:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return Reply({"error": error}, status, {name.replace("_", "-"): said for name, said in headers.items()})


class Facebook(Platform):
    """Two pages, one with 40 likes. Values of a day are its ordinal number mod 1000 plus the length of the name."""

    def __init__(self, today: date, posts: int = 130, retired: tuple[str, ...] = (), most_posts: int = 100) -> None:
        super().__init__()
        self.today, self.retired, self.most_posts = today, retired, most_posts
        self.likes = {PAGE: 5400, SMALL_PAGE: 40}
        self.posts = [self.post(number) for number in range(posts)]

    def post(self, number: int) -> dict[str, Any]:
        """Newest first, one every sixth day."""
        created = datetime(self.today.year, self.today.month, self.today.day, 2, tzinfo=UTC) - timedelta(6 * number)
        return {
            "id": f"{PAGE}_{number}",
            "created_time": f"{created:%Y-%m-%dT%H:%M:%S}+0000",
            "message": f"Bản tin số {number}\nNội dung dài của bài, không ai cần giữ lại.",
            "attachments": {"data": [{"media_type": "album"}]} if number % 3 else {"data": []},
            "permalink_url": f"https://example.invalid/{number}",
            "comments": {"data": [], "summary": {"total_count": number % 7}},
            **({"shares": {"count": number % 5}} if number % 5 else {}),
        }

    def answer(self, call: Call) -> Reply:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if token != TOKEN:
            return refused(190, f"Malformed access token {token}", 401)
        _, version, page, *rest = call.path.split("/")
        assert version == "v25.0"
        if not rest:
            return Reply({"id": page, "fan_count": self.likes[page]})
        return self.insights(call.params) if rest == ["insights"] else self.published(call.params)

    def insights(self, params: dict[str, str]) -> Reply:
        names, since, until = params["metric"].split(","), int(params["since"]), int(params["until"])
        if set(names) & set(self.retired):
            return refused(100, "(#100) The value must be a valid insights metric")
        if until - since > NINETY_DAYS:
            return refused(100, "(#100) There cannot be more than 90 days (7776000 s) between since and until")
        ends = [end for end in self.midnights(since) if since < end.timestamp() <= until]
        next = f"{self.address}/next?access_token={TOKEN}&since={until}"
        data = [{"name": name, "period": "day", "values": [self.value(name, end) for end in ends]} for name in names]
        return Reply({"data": data, "paging": {"previous": next, "next": next}})

    def midnights(self, since: int) -> Iterator[datetime]:
        """The ends of the platform's days after a moment that are over and not older than two years."""
        day = datetime.fromtimestamp(since, PACIFIC).date()
        while day < self.today:
            if (self.today - day).days <= 731:
                yield datetime(day.year, day.month, day.day, tzinfo=PACIFIC) + timedelta(1)
            day += timedelta(1)

    def value(self, name: str, end: datetime) -> dict[str, Any]:
        number = (end.date() - timedelta(1)).toordinal() % 1000 + len(name)
        told = {"like": number, "love": 2} if name == "page_actions_post_reactions_total" else number
        return {"value": told, "end_time": f"{end.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000"}

    def published(self, params: dict[str, str]) -> Reply:
        limit, after = int(params["limit"]), int(params.get("after") or 0)
        names = params["fields"].partition("insights.metric(")[2].partition(")")[0].split(",")
        if set(names) & set(self.retired):
            return refused(100, "(#100) The value must be a valid insights metric")
        if limit > self.most_posts:
            return refused(1, "Please reduce the amount of data you're asking for, then retry your request", 500)
        young = [p for p in self.posts if datetime.fromisoformat(p["created_time"]).timestamp() >= int(params["since"])]
        figures = {"data": [{"name": n, "period": "lifetime", "values": [{"value": len(n)}]} for n in names if n]}
        answer: dict[str, Any] = {"data": [post | {"insights": figures} for post in young[after : after + limit]]}
        if after + limit < len(young):
            answer["paging"] = {
                "cursors": {"after": str(after + limit)},
                "next": f"{self.address}/next?access_token={TOKEN}&after={after + limit}",
            }
        return Reply(answer)


# ---- Zalo ----------------------------------------------------------------------------------------------------------


class Zalo(Platform):
    """One OA. Every refresh gives a new pair and ends the token it was bought with; `reused`: those shown again."""

    def __init__(self, articles: int = 23, lives: int = 90_000, slow: float = 0) -> None:
        super().__init__()
        self.lives, self.slow = lives, slow
        self.refresh, self.accepted = "refresh-0", set[str]()
        self.spent: list[str] = []
        self.reused: list[str] = []
        self.followers = 12_000
        self.articles = [self.article(number) for number in range(articles)]
        self.hook: Callable[[], None] = lambda: None

    def article(self, number: int) -> dict[str, Any]:
        return {
            "id": f"bai-{number}", "type": "normal", "title": f"Bài {number}", "status": "show",
            "create_date": int(datetime(2026, 11, 24, 3, tzinfo=UTC).timestamp() - number * 5 * 86400) * 1000,
            "total_view": 100 + number, "total_share": number, "link_view": f"https://example.invalid/{number}",
            "author": "Nguyễn Văn A",
        }  # fmt: skip

    def authorise(self) -> str:
        """What a person gets who lets the app in again: wholly before or after what a killed process still asked."""
        with self.lock:
            self.refresh = f"refresh-authorised-{len(self.spent)}-{len(self.calls)}"
            return self.refresh

    def answer(self, call: Call) -> Reply:
        if call.path == "/v4/oa/access_token":
            return self.renew(call)
        if call.headers.get("access_token") not in self.accepted:
            return Reply({"error": -216, "message": "Access token is invalid"})
        if call.path == "/v2.0/oa/getoa":
            return Reply({"error": 0, "data": {"oa_id": OA, "name": "MTTQ", "num_follower": self.followers}})
        if call.path == "/v3.0/oa/user/getlist":
            data = json.loads(call.params["data"])
            people = [{"user_id": f"nguoi-{n}"} for n in range(data["count"])]
            return Reply({"error": 0, "data": {"total": 245, "count": len(people), "offset": 0, "users": people}})
        return self.slice(int(call.params["offset"]), int(call.params["limit"]))

    def slice(self, offset: int, limit: int) -> Reply:
        if limit > 10:
            return Reply({"error": -201, "message": "maximum limit is 10"})
        medias = self.articles[offset : offset + limit]
        return Reply({"error": 0, "data": {"medias": medias, "total": len(self.articles)}})

    def renew(self, call: Call) -> Reply:
        token = call.params["refresh_token"]
        if call.headers.get("secret_key") != KEY or call.params["app_id"] != APP:
            return Reply({"error": -14002, "error_name": "Invalid app", "error_description": f"for {token}"})
        if token in self.spent:
            self.reused.append(token)
        if token != self.refresh:
            return Reply({"error": -14014, "error_name": "Invalid refresh token"})
        self.spent.append(token)
        number = len(self.spent)
        self.refresh = f"refresh-{number}-of-{token[:9]}"
        self.accepted = {f"access-{number}"}
        self.hook()
        time.sleep(self.slow)
        pair = {"access_token": f"access-{number}", "refresh_token": self.refresh, "expires_in": str(self.lives)}
        return Reply(pair)
