"""Fetches a Facebook page: its likes, its figures by day in windows of 89 days, its posts with their totals to date."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx

from definitions.apis import Facebook
from etl.sync.archive import Archive
from etl.sync.client import Answer, Fault, Line, Passing, content, retry_after

PACIFIC = ZoneInfo("America/Los_Angeles")
NO_METRIC, EXPIRED, BAD_PARAMETER, UNKNOWN = "valid insights metric", 190, 100, (1, 2)
ABOUT = ("id", "fan_count")
# Counts without their content: no comment, no name and no id of a person is asked for.
COUNTS = ("comments.limit(0).summary(total_count)", "shares")
MONDAY = 0
TITLE = 160  # characters of a post's first line

Params = dict[str, str | int]
Ask = Callable[[Sequence[str]], Answer]


class UnknownMetric(Fault):
    """Some metric of the call is none any more; the platform does not say which."""


class TooMuch(Fault):
    """The platform wants to give less at a time."""


@dataclass
class Names:
    """The platform's names of the metrics asked for, by level, and those it no longer knows."""

    page: list[str]
    post: list[str]
    retired: list[str]

    def drop(self, names: Sequence[str]) -> None:
        self.retired += names
        self.page = [name for name in self.page if name not in names]
        self.post = [name for name in self.post if name not in names]


@dataclass(frozen=True)
class Page:
    """One page to fetch on one line, with the settings of definitions/apis.toml."""

    id: str
    token: str
    line: Line
    api: Facebook
    archive: Archive

    def get(self, path: str, **params: str | int) -> Answer:
        """An answer of the Graph API; the token goes in a header, so that no address ever holds it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.line.ask(self.judge, "GET", self.path(path), params=params, headers=headers)

    def path(self, path: str) -> str:
        return f"/{self.api.version}/{self.id}{path}"

    def call(self, path: str, **params: str | int) -> str:
        """The call as the archive names it."""
        return self.path(path) + ("?" + urlencode(params, safe=",(){}.") if params else "")

    def judge(self, response: httpx.Response) -> Answer:
        found = content(response)
        if "error" in found:
            raise fault(found["error"], response, self.api)
        if usage(response) >= self.api.usage_limit:
            self.line.sleep(self.api.usage_wait)
        return found


def fault(error: Answer, response: httpx.Response, api: Facebook) -> Fault:
    """What a refusal means: wait, ask for less, a metric that is none any more, a token that has ended, or a bug."""
    code, said = int(error.get("code", 0)), str(error.get("message", ""))
    if response.status_code == 429 or code in api.limited_codes:
        return Passing(f"Facebook giới hạn số lần gọi (mã {code})", max(retry_after(response), regain(response)))
    if code == BAD_PARAMETER and NO_METRIC in said:
        return UnknownMetric(said)
    if code in UNKNOWN and "reduce the amount of data" in said:
        return TooMuch(said)
    if code in UNKNOWN or error.get("is_transient") or response.status_code >= 500:
        return Passing(f"Facebook báo lỗi tạm thời (mã {code})")
    if code == EXPIRED:
        return Fault("mã truy cập của trang đã hết hiệu lực; cần lấy mã mới (docs/playbooks/tokens.md)")
    return Fault(f"Facebook từ chối (mã {code}): {said}")


def usage(response: httpx.Response) -> float:
    """Per cent of the quota used, the highest of all that the headers tell."""
    shares = [block.get(key, 0) for block in quotas(response) for key in ("call_count", "total_time", "total_cputime")]
    return max(shares, default=0)


def regain(response: httpx.Response) -> float:
    """Seconds until the platform says it will answer again."""
    return 60 * max((block.get("estimated_time_to_regain_access", 0) for block in quotas(response)), default=0)


def quotas(response: httpx.Response) -> list[Answer]:
    """The blocks of X-App-Usage, X-Page-Usage and X-Business-Use-Case-Usage."""
    plain = [json.loads(response.headers.get(name, "{}")) for name in ("x-app-usage", "x-page-usage")]
    by_business = json.loads(response.headers.get("x-business-use-case-usage", "{}"))
    return plain + [block for blocks in by_business.values() for block in blocks]


# ---- days ----------------------------------------------------------------------------------------------------------


def platform_day(end_time: str) -> date:
    """The day a value counts: it ends at midnight in California, where the platform's days begin and end."""
    return (datetime.fromisoformat(end_time) - timedelta(seconds=1)).astimezone(PACIFIC).date()


def midnight(day: date) -> int:
    """The second at which a platform day begins."""
    return int(datetime.combine(day, time.min, PACIFIC).timestamp())


def windows(first: date, last: date, days: int) -> Iterator[tuple[date, date]]:
    """First and last day of each call; neighbours share a day, so that none falls between two of them."""
    while first <= last:
        end = min(first + timedelta(days - 1), last)
        yield first, end
        if end == last:
            return
        first = end


# ---- one page --------------------------------------------------------------------------------------------------------


def fetch(page: Page, names: Names, first: date | None, last_kept: date | None, now: datetime) -> bool:
    """Fetch a page from a day on (else from where the archive ends); False where it has too few likes to be measured.

    names is told of metrics found to be retired. Fault where the platform refuses.
    """
    likes = page.get("", fields=",".join(ABOUT))
    page.archive.add(page.id, page.call("", fields=",".join(ABOUT)), {key: likes.get(key) for key in ABOUT})
    if likes.get("fan_count") is not None and likes["fan_count"] < page.api.few_likes:
        return False
    today = now.astimezone(PACIFIC).date()
    oldest = today - timedelta(page.api.history_days)
    start = first or (last_kept - timedelta(page.api.again_days) if last_kept else oldest)
    for window in windows(max(start, oldest), today - timedelta(1), page.api.window_days):
        fetch_days(page, names, *window)
    # Every post of five weeks on every day would make the archive several times as large.
    days = page.api.post_days if today.weekday() == MONDAY else page.api.young_days
    followed = first or (today - timedelta(days) if last_kept else oldest)
    fetch_posts(page, names, max(followed, oldest))
    return True


def fetch_days(page: Page, names: Names, first: date, last: date) -> None:
    params: Params = {"period": "day", "since": midnight(first), "until": midnight(last + timedelta(1))}

    def ask(metrics: Sequence[str]) -> Answer:
        return page.get("/insights", metric=",".join(metrics), **params)

    if names.page:
        answer = without_retired(ask, names, names.page)
        series = {one["name"]: [[v["end_time"], v.get("value")] for v in one["values"]] for one in answer["data"]}
        days = [platform_day(end) for values in series.values() for end, value in values if value is not None]
        call = page.call("/insights", metric=",".join(names.page), **params)
        page.archive.add(page.id, call, {"days": series}, max(days, default=None))


def fetch_posts(page: Page, names: Names, first: date) -> None:
    params: Params = {"since": midnight(first), "limit": page.api.posts_per_call}
    is_last = False

    def ask(metrics: Sequence[str]) -> Answer:
        return page.get("/published_posts", fields=post_fields(metrics), **params)

    while not is_last:
        try:
            answer = without_retired(ask, names, names.post)
        except TooMuch as fault:
            params["limit"] = int(params["limit"]) // 2
            if not params["limit"]:
                raise Fault(str(fault)) from None
            continue
        call = page.call("/published_posts", fields=post_fields(names.post), **params)
        page.archive.add(page.id, call, {"posts": [cut(post) for post in answer["data"]]})
        paging = answer.get("paging", {})
        # `next` is an address with the token in it: only its cursor is taken.
        after = paging.get("cursors", {}).get("after", "")
        is_last = "next" not in paging or not answer["data"]
        if not is_last and after in ("", params.get("after")):
            raise Fault("Facebook không cho biết trang tiếp theo của danh sách bài đăng")
        params["after"] = after


def post_fields(metrics: Sequence[str]) -> str:
    figures = [f"insights.metric({','.join(metrics)}).period(lifetime){{name,values}}"] if metrics else []
    return ",".join(["id", "created_time", "message", "permalink_url", "attachments{media_type}", *COUNTS, *figures])


def cut(post: Answer) -> Answer:
    """A post as it is kept: its first line for a title, and counts."""
    title = next((line.strip() for line in post.get("message", "").splitlines() if line.strip()), "")
    told = {one["name"]: one["values"][0].get("value") for one in post.get("insights", {}).get("data", [])}
    comments = post.get("comments", {}).get("summary", {}).get("total_count")
    shares = post.get("shares", {"count": 0}).get("count")  # left out of the answer for a post nobody shared
    attached = post.get("attachments", {}).get("data", [])
    plain = {key: post.get(key) for key in ("id", "created_time", "permalink_url")}
    plain["media_type"] = attached[0].get("media_type") if attached else "status"
    return plain | {"title": title[:TITLE], "figures": {"comments": comments, "shares": shares, **told}}


# ---- metrics that are none any more ----------------------------------------------------------------------------------


def without_retired(ask: Ask, names: Names, metrics: Sequence[str]) -> Answer:
    """The answer for the metrics that are still known; names is told of the others."""
    try:
        return ask(metrics)
    except UnknownMetric as fault:
        gone = retired(ask, metrics)
        if not gone or len(gone) == len(metrics):
            raise Fault(f"Facebook không nhận chỉ số nào trong lời gọi: {fault}") from None
        names.drop(gone)
        return ask([name for name in metrics if name not in gone])


def retired(ask: Ask, metrics: Sequence[str]) -> list[str]:
    """Those of a refused call's metrics that are refused by themselves, found by halving."""
    if len(metrics) == 1:
        return list(metrics)
    half = len(metrics) // 2
    return [name for part in (metrics[:half], metrics[half:]) if is_refused(ask, part) for name in retired(ask, part)]


def is_refused(ask: Ask, metrics: Sequence[str]) -> bool:
    try:
        ask(metrics)
    except UnknownMetric:
        return True
    return False
