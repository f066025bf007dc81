"""Fetches a Zalo OA: its followers of today, how many people came yesterday, its articles; never a person."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from definitions.apis import Zalo
from etl import store
from etl.sync.archive import Archive
from etl.sync.client import Answer, Fault, Line, Passing, content, retry_after
from etl.sync.tokens import Keys

ARTICLE = ("id", "title", "type", "create_date", "total_view", "total_share", "link_view")


class TokenEnded(Fault):
    """The access token is not taken any more."""


@dataclass(frozen=True)
class Account:
    """One OA to fetch on one line, with the settings of definitions/apis.toml."""

    id: str
    keys: Keys
    line: Line
    api: Zalo
    archive: Archive

    def get(self, path: str, **params: Any) -> Answer:
        """`data` of an answer; an access token that has ended is renewed once."""
        token = self.keys.access()
        try:
            return self.ask(token, path, params)
        except TokenEnded:
            return self.ask(self.keys.access(refused=token), path, params)

    def ask(self, token: str, path: str, params: dict[str, Any]) -> Answer:
        return self.line.ask(self.judge, "GET", path, params=params, headers={"access_token": token})

    def judge(self, response: httpx.Response) -> Answer:
        """Zalo refuses with HTTP 200 and an `error` that is not 0."""
        found = content(response)
        code = int(found.get("error", 0))
        if code in self.api.token_codes:
            raise TokenEnded(f"Zalo không nhận mã truy cập (mã {code})")
        if response.status_code == 429 or code in self.api.limited_codes:
            raise Passing(f"Zalo giới hạn số lần gọi (mã {code})", retry_after(response))
        if response.status_code >= 500:
            raise Passing(f"Zalo báo lỗi tạm thời ({response.status_code})")
        if code or response.status_code != 200:
            raise Fault(f"Zalo từ chối (mã {code or response.status_code}): {found.get('message', '')}")
        return found.get("data", {})


def fetch(oa: Account, first: date | None, last_kept: date | None, now: datetime) -> None:
    """Fetch an OA; articles from a day on, else those that are young. Fault where the platform refuses."""
    today = now.astimezone(store.zone()).date()
    fetch_followers(oa)
    fetch_people(oa, today - timedelta(1), last_kept)
    days = oa.api.article_days if last_kept else oa.api.history_days
    fetch_articles(oa, first or today - timedelta(days))


def fetch_followers(oa: Account) -> None:
    found = oa.get("/v2.0/oa/getoa")
    if str(found.get("oa_id")) != oa.id:
        raise Fault(f"mã truy cập là của OA {found.get('oa_id')}, không phải của {oa.id}")
    oa.archive.add(oa.id, "/v2.0/oa/getoa", {"num_follower": found.get("num_follower")})


def fetch_people(oa: Account, yesterday: date, last_kept: date | None) -> None:
    """How many people came yesterday, asked once: somebody who comes again later moves out of an earlier day."""
    if last_kept and last_kept >= yesterday:
        return
    period = f"{yesterday:%Y_%m_%d}:{yesterday:%Y_%m_%d}"
    data = json.dumps({"offset": 0, "count": 1, "last_interaction_period": period}, separators=(",", ":"))
    total = oa.get("/v3.0/oa/user/getlist", data=data).get("total")
    answer = {"day": yesterday.isoformat(), "total": total}
    oa.archive.add(oa.id, f"/v3.0/oa/user/getlist?data={data}", answer, yesterday)


def fetch_articles(oa: Account, first: date) -> None:
    """The list is newest first: it is read until a whole answer is older than `first`."""
    for call, articles in slices(oa.get, oa.api.articles_per_call):
        oa.archive.add(oa.id, call, {"articles": [{key: one.get(key) for key in ARTICLE} for one in articles]})
        if all(one.get("create_date") and published_at(one).date() < first for one in articles):
            return


def slices(get: Callable[..., Answer], size: int) -> Iterator[tuple[str, list[Answer]]]:
    """The call and the articles of each slice of the list, up to its end."""
    offset, articles = 0, [Answer()] * size
    while len(articles) == size:
        articles = get("/v2.0/article/getslice", offset=offset, limit=size, type="normal").get("medias", [])
        yield slice_call(offset, size), articles
        offset += size


def slice_call(offset: int, size: int) -> str:
    """The call of a slice as it is kept beside its answer."""
    return f"/v2.0/article/getslice?offset={offset}&limit={size}&type=normal"


def published_at(article: Answer) -> datetime:
    """When an article was published, in the province's time; Zalo tells milliseconds."""
    return datetime.fromtimestamp(article["create_date"] / 1000, store.zone())
