"""What the platforms' interfaces tell is fetched whole, kept once, and no token is spent twice or said."""

import json
import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import cli
from definitions import apis as settings
from definitions.channels import Channel, Owner
from etl import deliveries, store
from etl.build import build
from etl.load import land
from etl.registry import registry
from etl.sources import source_for, sources
from etl.sync import run
from etl.sync.archive import Archive, reached
from etl.sync.facebook import PACIFIC, midnight, platform_day, windows
from etl.sync.run import Kind, Synced
from metrics import deliveries as received
from tests.killed import sync_and_die
from tests.platforms import (
    APP,
    KEY,
    NINETY_DAYS,
    OA,
    PAGE,
    SMALL_PAGE,
    TOKEN,
    Facebook,
    Reply,
    Zalo,
    refused,
    running,
)  # fmt: skip
from tests.workbooks import read_here
from warehouse.version import open_version

NOW = datetime(2026, 11, 25, 6, tzinfo=store.zone())  # in California still the 24th
TODAY, YESTERDAY = date(2026, 11, 24), date(2026, 11, 23)
OWNERS = (Owner(unit="15", since=date(2025, 7, 1)),)


def channel(platform: str, account: str) -> Channel:
    return Channel.model_validate({"platform": platform, "account": account, "owners": OWNERS, "label": "a"})


CHANNELS = {
    "fb-15": channel("facebook", PAGE),
    "fb-small": channel("facebook", SMALL_PAGE),
    "oa-15": channel("zalo_oa", OA),
}
SECRETS = f"""
[facebook.{PAGE}]
token = "{TOKEN}"
[facebook.{SMALL_PAGE}]
token = "{TOKEN}"
[zalo.{OA}]
app_id = "{APP}"
secret_key = "{KEY}"
refresh_token = "refresh-0"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[store.Root]:
    """A root whose secrets are entered, in a province with two pages and an OA."""
    for module in ("etl.sync.run", "etl.readings", "etl.channel_tables"):
        monkeypatch.setattr(f"{module}.channels", lambda origin: CHANNELS)
    found = store.root("real", tmp_path)
    (found.path / "secrets.toml").write_text(SECRETS, encoding="utf-8")
    yield found
    settings.apis.cache_clear()


@pytest.fixture
def facebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Facebook]:
    platform = Facebook(TODAY)
    with running(platform):
        monkeypatch.setenv("CHI_TIEU_SO_FACEBOOK", platform.address)
        settings.apis.cache_clear()
        yield platform


@pytest.fixture
def zalo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zalo]:
    platform = Zalo()
    with running(platform):
        for name in ("CHI_TIEU_SO_ZALO", "CHI_TIEU_SO_ZALO_OAUTH"):
            monkeypatch.setenv(name, platform.address)
        settings.apis.cache_clear()
        yield platform


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited for, instead of waiting."""
    return []


Fetch = Callable[..., Synced]


@pytest.fixture
def fetch(root: store.Root, waits: list[float]) -> Fetch:
    def fetched(kind: Kind, at: datetime = NOW, since: date | None = None) -> Synced:
        return run.sync(root, kind, since, sleep=waits.append, now=lambda: at)

    return fetched


def ended(told: Synced) -> dict[str, str]:
    return {one.channel: one.status for one in told.outcomes}


def said(told: Synced, channel: str) -> str:
    return next(one.said for one in told.outcomes if one.channel == channel)


def archived(root: store.Root) -> list[dict[str, Any]]:
    """Every line of every delivery, in the order received."""
    paths = [store.inbox_path(root, one["sha256"], one["file"]) for one in store.receipts(root)]
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def readings(root: store.Root) -> pl.DataFrame:
    """What the deliveries give, the latest of each quantity."""
    tables = []
    for one in store.receipts(root):
        path = store.inbox_path(root, one["sha256"], one["file"])
        landed = source_for(path.name, path.read_bytes()[:4096]).read(path)
        assert landed.refused is None and landed.stored == len(path.read_text(encoding="utf-8").splitlines())
        tables.append(pl.DataFrame(landed.cells))
    key = ["platform", "account", "post", "day", "metric"]
    return pl.concat(tables).sort("measured_at").unique(key, keep="last", maintain_order=True)


def series(root: store.Root, metric: str, account: str = PAGE) -> dict[date, float | None]:
    rows = readings(root).filter((pl.col("metric") == metric) & (pl.col("account") == account)).sort("day")
    return dict(rows.select("day", "value").rows())


def secret_places(root: store.Root, *secrets: str) -> set[str]:
    """The files of a root in which one of these stands, and those named by them."""
    files = [path for path in root.path.rglob("*") if path.is_file()]
    return {str(p.relative_to(root.path)) for p in files for secret in secrets if secret.encode() in p.read_bytes()}


# ---- Facebook: days ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end_time", "day"),
    [
        ("2026-09-01T07:00:00+0000", date(2026, 8, 31)),  # summer time in California
        ("2026-12-01T08:00:00+0000", date(2026, 11, 30)),
        ("2026-03-08T08:00:00+0000", date(2026, 3, 7)),  # the night before the clocks change
        ("2026-03-09T07:00:00+0000", date(2026, 3, 8)),  # a day of 23 hours
    ],
)
def test_a_value_counts_the_day_that_ends_at_midnight_in_california(end_time: str, day: date) -> None:
    assert platform_day(end_time) == day


def test_windows_leave_no_day_out_and_are_never_too_long_for_the_platform() -> None:
    days = settings.apis().facebook.window_days
    for start in (date(2024, 8, 1) + timedelta(n) for n in range(120)):  # both changes of the clock fall in some window
        last = start + timedelta(400)
        found = list(windows(start, last, days))
        assert all(midnight(b + timedelta(1)) - midnight(a) <= NINETY_DAYS for a, b in found)
        covered = {a + timedelta(n) for a, b in found for n in range((b - a).days + 1)}
        assert covered == {start + timedelta(n) for n in range(401)}
    assert list(windows(last, start, days)) == []


def test_the_first_run_takes_two_years_in_as_many_calls_as_the_platform_needs(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    told = fetch("facebook")
    assert ended(told) == {"fb-15": "done", "fb-small": "unmeasurable"}
    # 2 x likes; 730 days in windows of 89 that share a day; 122 posts (one every sixth day) by 50.
    assert [len(facebook.asked(end)) for end in ("/insights", "/published_posts")] == [9, 3]
    assert told.calls == len(facebook.calls) == 14
    views = series(root, "fb_views")
    assert list(views) == [date(2024, 11, 24) + timedelta(n) for n in range(730)]
    assert views[date(2025, 3, 9)] == date(2025, 3, 9).toordinal() % 1000 + len("page_media_view")
    assert series(root, "fb_reactions")[YESTERDAY] == YESTERDAY.toordinal() % 1000 + 33 + 2  # kinds are added up


def test_a_later_run_asks_only_for_what_is_new_and_for_late_corrections(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    fetch("facebook")
    before = series(root, "fb_views")
    assert reached(root, "facebook") == {PAGE: YESTERDAY}
    facebook.today, facebook.calls = TODAY + timedelta(1), []
    told = fetch("facebook", NOW + timedelta(1))
    assert told.calls == 4  # 2 x likes, one window, the young posts
    (call,) = facebook.asked("/insights")
    assert int(call.params["since"]) == midnight(YESTERDAY - timedelta(3))
    (call,) = facebook.asked("/published_posts")
    assert int(call.params["since"]) == midnight(TODAY + timedelta(1) - timedelta(8))
    assert series(root, "fb_views") == before | {TODAY: TODAY.toordinal() % 1000 + len("page_media_view")}


def test_on_mondays_posts_are_followed_until_they_are_scored(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    fetch("facebook")
    facebook.calls, monday = [], date(2026, 11, 30)
    fetch("facebook", NOW + timedelta(days=6))
    (call,) = facebook.asked("/published_posts")
    assert int(call.params["since"]) == midnight(monday - timedelta(35))


def test_the_same_run_again_changes_no_figure(root: store.Root, facebook: Facebook, fetch: Fetch) -> None:
    fetch("facebook")
    before = readings(root).drop("row", "measured_at").sort(pl.all())
    fetch("facebook", NOW + timedelta(minutes=5))
    after = readings(root).drop("row", "measured_at").sort(pl.all())
    assert before.equals(after)


def test_since_asks_again_from_that_day_on(root: store.Root, facebook: Facebook, fetch: Fetch) -> None:
    fetch("facebook")
    facebook.calls = []
    fetch("facebook", NOW, date(2026, 10, 1))
    assert [int(call.params["since"]) for call in facebook.calls if "since" in call.params] == [
        midnight(date(2026, 10, 1)), midnight(date(2026, 10, 1)),
    ]  # fmt: skip


def test_what_was_withdrawn_is_fetched_again(root: store.Root, facebook: Facebook, fetch: Fetch) -> None:
    told = fetch("facebook")
    for sha in told.deliveries:
        store.withdraw(root, sha, "hỏng")
    assert reached(root, "facebook") == {}
    assert fetch("facebook").calls == 14


# ---- Facebook: pages and posts ----------------------------------------------------------------------------------


def test_a_page_with_few_likes_is_not_measurable_which_is_not_zero(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    told = fetch("facebook")
    assert "100" in said(told, "fb-small")
    assert series(root, "fb_views", SMALL_PAGE) == {YESTERDAY: None}
    assert len([call for call in facebook.calls if SMALL_PAGE in call.path]) == 1


def test_posts_are_followed_over_all_pages_with_their_totals(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    fetch("facebook")
    rows = readings(root).filter(pl.col("post") == "8")
    told = {row["metric"]: row["text"] or row["value"] for row in rows.iter_rows(named=True)}
    assert (told["text:title"], told["text:kind"]) == ("Bản tin số 8", "photo")
    assert told["text:published_at"] == "2026-10-07T02:00:00+0000"
    assert (told["post_comments"], told["post_shares"]) == (1, 3)
    reactions = sum(len(f"post_reactions_{kind}_total") for kind in ("like", "love", "wow", "haha", "sorry", "anger"))
    assert (told["post_views"], told["post_reactions"]) == (len("post_media_view"), reactions)
    assert told["post_interactions"] == reactions + 1 + 3
    assert readings(root)["post"].n_unique() == 122 + 1  # and the page itself
    assert "Nội dung dài" not in json.dumps(archived(root), ensure_ascii=False)


def test_a_platform_that_wants_to_give_less_is_asked_for_less(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    facebook.most_posts = 20
    assert ended(fetch("facebook"))["fb-15"] == "done"
    assert {call.params["limit"] for call in facebook.asked("/published_posts")} == {"50", "25", "12"}
    assert readings(root)["post"].n_unique() == 122 + 1


def test_a_retired_metric_is_found_dropped_recorded_and_told(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    facebook.retired = ("page_views_total", "post_reactions_wow_total")
    told = fetch("facebook")
    assert ended(told)["fb-15"] == "done"
    assert told.retired == ("fb_visits", "post_reactions")
    events = store.events(root, "retired metric")
    assert sorted((e["metric"], e["api_name"], e["version"], e["day"]) for e in events) == [
        ("fb_visits", "page_views_total", "v25.0", "2026-11-24"),
        ("post_reactions", "post_reactions_wow_total", "v25.0", "2026-11-24"),
    ]
    assert len(series(root, "fb_views")) == 730 and series(root, "fb_visits") == {}
    # A sum without one of its parts would be a wrong number.
    posts = readings(root).filter(pl.col("metric").is_in(["post_reactions", "post_interactions"]))
    assert posts.height == 2 * 122 and posts["value"].null_count() == posts.height
    # The 10 page metrics: 1 refused, 8 halves, 1 without it; then 8 windows.
    assert len(facebook.asked("/insights")) == 18
    facebook.calls = []
    again = fetch("facebook", NOW + timedelta(days=1))
    assert again.retired == () and len(facebook.asked("/insights")) == 1


def test_when_every_metric_is_refused_none_is_taken_for_retired(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    names = run.asked(root, TODAY, "v25.0")
    facebook.retired = tuple(names.page)
    told = fetch("facebook")
    assert ended(told)["fb-15"] == "failed" and told.retired == ()
    assert store.events(root, "retired metric") == []


@pytest.fixture
def five_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five answers a delivery, so that a run makes several."""
    monkeypatch.setattr(run, "Archive", lambda root, kind, size, now: Archive(root, kind, 5, now))


@pytest.mark.slow
@pytest.mark.usefixtures("five_a_file")
def test_what_facebook_answered_is_followed_to_the_marts(root: store.Root, facebook: Facebook, fetch: Fetch) -> None:
    told = fetch("facebook")
    made = open_version(root.published, build(root))
    day = "select value, unit from channel_day where channel = 'fb-15' and metric = 'fb_views' and day = ?"
    # The 739,943rd day, and the 15 letters of page_media_view; before the owner's first day nobody's.
    assert made.query(day, [YESTERDAY]).rows() == [(958, "15")]
    assert made.query(day, [date(2025, 6, 30)])["unit"].to_list() == [None]
    post = made.query("select channel, unit, published_at, interactions, age_days from post where post = '8'")
    assert post.rows() == [("fb-15", "15", datetime(2026, 10, 7, 9), 155, 48)]  # 151 reactions, 1 comment, 3 shares
    measurable = "select channel, is_measurable from channel where platform = 'facebook' order by channel"
    assert made.query(measurable).rows() == [("fb-15", True), ("fb-small", False)]
    (line,) = received.together(received.deliveries(made)).to_dicts()
    assert (line["file"], line["rows_stored"]) == (f"facebook 2026-11-25 × {len(told.deliveries)}", told.calls)


@pytest.mark.slow
@pytest.mark.usefixtures("five_a_file")
def test_what_was_withdrawn_stands_alone_among_what_was_fetched(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    shas = fetch("facebook").deliveries
    store.withdraw(root, shas[0], "hỏng")
    rows = received.together(received.deliveries(open_version(root.published, build(root))))
    assert sorted(file.partition(" × ")[2] for file in rows["file"]) == ["", str(len(shas) - 1)]
    assert rows["rows_stored"].sum() == len(archived(root))


# ---- Facebook: refusals that pass and that do not ----------------------------------------------------------------

BUSY = json.dumps({PAGE: [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 3}]})


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (refused(4, "Application request limit reached"), 2),
        (refused(17, "User request limit reached"), 2),
        (refused(613, "Calls to this api have exceeded the rate limit"), 2),
        (refused(32, "Page request limit reached", 403, x_business_use_case_usage=BUSY), 180),
        (refused(0, "Too many", 429, retry_after="7"), 7),
        (refused(2, "Service temporarily unavailable", 500), 2),
        (Reply(b"<html>Bad gateway</html>", 502), 2),
        (Reply({"data": [1] * 100}, cut=True), 2),
    ],
)
def test_what_may_pass_is_waited_for(
    root: store.Root, facebook: Facebook, fetch: Fetch, waits: list[float], fault: Reply, waited: float
) -> None:
    facebook.faults = [fault]
    assert ended(fetch("facebook"))["fb-15"] == "done"
    assert waits == [waited]
    assert len(series(root, "fb_views")) == 730


def test_a_quota_nearly_used_up_makes_us_pause(facebook: Facebook, fetch: Fetch, waits: list[float]) -> None:
    headers = {"x-app-usage": '{"call_count":95,"total_time":20,"total_cputime":20}'}
    facebook.faults = [Reply({"id": PAGE, "fan_count": 5400}, headers=headers)]
    assert ended(fetch("facebook"))["fb-15"] == "done"
    assert waits == [60]


def test_a_limit_that_does_not_pass_ends_one_channel_and_not_the_others(
    root: store.Root, facebook: Facebook, fetch: Fetch, waits: list[float]
) -> None:
    facebook.faults = [refused(4, "Application request limit reached")] * 6
    told = fetch("facebook")
    assert ended(told) == {"fb-15": "failed", "fb-small": "unmeasurable"}
    assert waits == [2, 4, 8, 16, 32]
    long = json.dumps({PAGE: [{"estimated_time_to_regain_access": 60}]})
    facebook.faults = [refused(80001, "limit", x_business_use_case_usage=long)]
    assert "60 phút" in said(fetch("facebook"), "fb-15")


def test_a_server_that_cannot_be_reached_is_said(
    root: store.Root, fetch: Fetch, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHI_TIEU_SO_FACEBOOK", "http://127.0.0.1:9")
    settings.apis.cache_clear()
    told = fetch("facebook")
    assert set(ended(told).values()) == {"failed"} and "ConnectError" in said(told, "fb-15")
    assert store.receipts(root) == []


def test_an_ended_token_is_said_and_never_quoted(root: store.Root, facebook: Facebook, fetch: Fetch) -> None:
    bad = "EAAG-an-old-token"
    (root.path / "secrets.toml").write_text(SECRETS.replace(TOKEN, bad, 1), encoding="utf-8")
    told = fetch("facebook")
    assert ended(told) == {"fb-15": "failed", "fb-small": "unmeasurable"}
    assert "hết hiệu lực" in said(told, "fb-15") and bad not in said(told, "fb-15")
    facebook.faults = [refused(803, f"Some of the aliases you requested do not exist: {bad}")]
    assert "***" in said(fetch("facebook"), "fb-15")


def test_an_answer_of_another_shape_ends_one_channel_and_keeps_what_came_before(
    root: store.Root, facebook: Facebook, fetch: Fetch
) -> None:
    facebook.faults = [Reply({"id": PAGE, "fan_count": 5400}), Reply({"unexpected": 1})]
    told = fetch("facebook")
    assert ended(told)["fb-15"] == "failed" and "KeyError" in said(told, "fb-15")
    assert [one["answer"] for one in archived(root)][0] == {"id": PAGE, "fan_count": 5400}


def test_a_channel_without_a_token_is_said_with_the_playbook(
    root: store.Root, facebook: Facebook, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root.path / "secrets.toml").unlink()
    assert "docs/playbooks/tokens.md" in said(fetch("facebook"), "fb-15")
    monkeypatch.setenv(f"CHI_TIEU_SO_FACEBOOK_{PAGE}_TOKEN", TOKEN + "\n")
    assert ended(fetch("facebook")) == {"fb-15": "done", "fb-small": "failed"}


def test_secrets_are_closed_to_others_and_a_faulty_file_is_not_quoted(root: store.Root, fetch: Fetch) -> None:
    path = root.path / "secrets.toml"
    path.write_text(f"[facebook]\ntoken = {TOKEN}", encoding="utf-8")
    path.chmod(0o644)
    told = fetch("facebook")
    assert "secrets.toml" in said(told, "fb-15") and TOKEN not in said(told, "fb-15")
    assert path.stat().st_mode & 0o777 == 0o600


# ---- Zalo ---------------------------------------------------------------------------------------------------------


def test_an_oa_gives_followers_people_and_articles_and_no_person(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    told = fetch("zalo")
    assert ended(told) == {"oa-15": "done"}
    assert told.calls == 6  # a pair of tokens, followers, people, 23 articles by 10
    assert series(root, "oa_followers", OA) == {date(2026, 11, 25): 12_000}
    assert series(root, "oa_people", OA) == {date(2026, 11, 24): 245}
    rows = readings(root).filter(pl.col("post") == "bai-22")
    told_of = {row["metric"]: row["text"] or row["value"] for row in rows.iter_rows(named=True)}
    assert (told_of["article_views"], told_of["article_shares"]) == (122, 22)
    assert told_of["text:published_at"].startswith("2026-08-06T10:00:00")
    kept = json.dumps(archived(root), ensure_ascii=False)
    assert "nguoi-" not in kept and "Nguyễn" not in kept and not zalo.asked("/user/detail")


@pytest.mark.slow
def test_what_zalo_answered_is_followed_to_the_marts(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    fetch("zalo")
    made = open_version(root.published, build(root))
    day = "select value, unit, day from channel_day where metric = ? order by day desc limit 1"
    assert made.query(day, ["oa_followers"]).rows() == [(12_000, "15", date(2026, 11, 25))]
    assert made.query(day, ["oa_people"]).rows() == [(245, "15", date(2026, 11, 24))]
    post = made.query("select views, shares, interactions, published_at, kind from post where post = 'bai-3'")
    assert post.rows() == [(103, 3, None, datetime(2026, 11, 9, 10), "article")]


def test_later_on_the_same_day_nobody_is_counted_again(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    fetch("zalo")
    zalo.calls, zalo.followers = [], 12_010
    fetch("zalo", NOW + timedelta(hours=3))
    assert [call.path for call in zalo.calls] == ["/v2.0/oa/getoa", *["/v2.0/article/getslice"] * 2]
    assert series(root, "oa_followers", OA) == {date(2026, 11, 25): 12_010}


def test_a_missed_day_stays_a_gap(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    fetch("zalo")
    fetch("zalo", NOW + timedelta(days=3))
    assert list(series(root, "oa_people", OA)) == [date(2026, 11, 24), date(2026, 11, 27)]


def test_a_token_that_ended_early_is_renewed_once(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    fetch("zalo")
    zalo.accepted = set()
    assert ended(fetch("zalo")) == {"oa-15": "done"}
    assert zalo.spent[0] == "refresh-0" and len(zalo.spent) == 2 and zalo.reused == []


def test_a_pair_serves_until_it_ends(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    fetch("zalo")
    fetch("zalo", NOW + timedelta(hours=24))
    assert len(zalo.spent) == 1
    fetch("zalo", NOW + timedelta(hours=25))
    assert len(zalo.spent) == 2 and zalo.reused == []


@pytest.mark.parametrize(("code", "words"), [(-201, "mã -201"), (-32, "giới hạn"), (-216, "không nhận mã truy cập")])
def test_a_refusal_inside_http_200_is_a_refusal(
    root: store.Root, zalo: Zalo, fetch: Fetch, code: int, words: str
) -> None:
    fetch("zalo")
    zalo.faults = [Reply({"error": code, "message": "no"})]
    zalo.answer = lambda call: Reply({"error": code, "message": "no"})  # type: ignore[method-assign]
    told = fetch("zalo")
    assert ended(told) == {"oa-15": "failed"}
    assert words in said(told, "oa-15") or "cấp" in said(told, "oa-15")


def test_the_token_of_another_oa_is_found_out(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    fetch("zalo")
    zalo.faults = [Reply({"error": 0, "data": {"oa_id": "999", "num_follower": 5}})]
    told = fetch("zalo", NOW + timedelta(minutes=1))
    assert "999" in said(told, "oa-15")
    assert series(root, "oa_followers", OA) == {date(2026, 11, 25): 12_000}


# ---- Zalo: one token, one use -------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for kill -9: nothing is tidied up."""


def test_killed_between_answer_and_store_it_says_so_and_never_tries_the_token_again(
    root: store.Root, zalo: Zalo, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path, content: bytes) -> None:
        if zalo.spent:
            raise Killed
        written(path, content)

    written = store.replace_private
    with monkeypatch.context() as patch:
        patch.setattr("etl.store.replace_private", killed)
        with pytest.raises(Killed):
            fetch("zalo")
    for _ in range(3):
        told = fetch("zalo")
        assert "phải được cấp quyền lại" in said(told, "oa-15")
    assert zalo.spent == ["refresh-0"] and zalo.reused == []
    (root.path / "secrets.toml").write_text(SECRETS.replace("refresh-0", zalo.authorise()), encoding="utf-8")
    assert ended(fetch("zalo")) == {"oa-15": "done"}
    assert zalo.reused == []


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_by_hand_waits_until_the_new_pair_is_kept(
    root: store.Root, zalo: Zalo, fetch: Fetch, way: signal.Signals
) -> None:
    stopped = list[int]()
    before = signal.signal(way, lambda number, frame: stopped.append(number))
    zalo.hook = lambda: os.kill(os.getpid(), way)
    try:
        fetch("zalo")
    finally:
        signal.signal(way, before)
    assert stopped == [way]
    assert "refresh-1-of" in (root.path / "secrets.zalo.json").read_text(encoding="utf-8")


def test_a_disk_that_is_full_after_the_answer_is_said(
    root: store.Root, zalo: Zalo, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        if zalo.spent:
            raise OSError(28, "No space left on device")
        written(path, content)

    written = store.replace_private
    monkeypatch.setattr("etl.store.replace_private", full)
    assert "No space left" in said(fetch("zalo"), "oa-15")
    assert "phải được cấp quyền lại" in said(fetch("zalo"), "oa-15") and zalo.reused == []


@pytest.mark.parametrize("fault", [Reply({"access_token": "a" * 99}, cut=True), Reply(b"<html>", 502)])
def test_an_answer_that_is_lost_on_the_way_costs_the_authorisation(
    root: store.Root, zalo: Zalo, fetch: Fetch, fault: Reply
) -> None:
    zalo.faults = [fault]
    assert "phải được cấp quyền lại" in said(fetch("zalo"), "oa-15")
    assert "phải được cấp quyền lại" in said(fetch("zalo"), "oa-15")
    assert len(zalo.asked("access_token")) == 1


def test_a_token_that_never_left_this_machine_is_not_spent(
    root: store.Root, zalo: Zalo, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("CHI_TIEU_SO_ZALO_OAUTH", "http://127.0.0.1:9")
        settings.apis.cache_clear()
        assert "không kết nối được" in said(fetch("zalo"), "oa-15")
    settings.apis.cache_clear()
    assert ended(fetch("zalo")) == {"oa-15": "done"}


def test_a_wrong_key_leaves_the_token_unspent_and_is_not_quoted(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    (root.path / "secrets.toml").write_text(SECRETS.replace(KEY, "wrong"), encoding="utf-8")
    told = said(fetch("zalo"), "oa-15")
    assert "secret_key" in told and "refresh-0" not in told
    (root.path / "secrets.toml").write_text(SECRETS, encoding="utf-8")
    assert ended(fetch("zalo")) == {"oa-15": "done"} and zalo.reused == []


def test_an_oa_nobody_entered_a_token_of_is_no_spent_one(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    (root.path / "secrets.toml").write_text(SECRETS.replace('refresh_token = "refresh-0"', ""), encoding="utf-8")
    assert "chưa có refresh_token" in said(fetch("zalo"), "oa-15")


def test_a_token_entered_anew_comes_before_the_stored_one(root: store.Root, zalo: Zalo, fetch: Fetch) -> None:
    fetch("zalo")
    (root.path / "secrets.toml").write_text(SECRETS.replace("refresh-0", zalo.authorise()), encoding="utf-8")
    fetch("zalo")
    assert len(zalo.spent) == 2
    fetch("zalo")  # once used it is an old token in the file
    assert len(zalo.spent) == 2 and zalo.reused == []


def test_no_secret_stands_anywhere_but_in_its_files(
    root: store.Root, facebook: Facebook, zalo: Zalo, fetch: Fetch
) -> None:
    fetch("facebook")
    fetch("zalo")
    secrets = [TOKEN, KEY, "refresh-", "access-1"]
    assert secret_places(root, *secrets) == {"secrets.toml", "secrets.zalo.json"}
    assert (root.path / "secrets.zalo.json").stat().st_mode & 0o777 == 0o600
    assert not any(TOKEN in str(call.params) for call in facebook.calls)  # no address holds it, so no log of one does


# ---- two at once, and killed -----------------------------------------------------------------------------------------

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.killed", "etl.sync.run"])


def started(root: store.Root, facebook: Facebook, zalo: Zalo, day: int = 0, **how: Any) -> Any:
    """A process of its own that syncs both platforms on some later day."""
    given = (root.path.parent, facebook.address, zalo.address, CHANNELS, NOW + timedelta(days=day))
    process = FORKS.Process(target=sync_and_die, args=given, kwargs=how)
    process.start()
    return process


def outcomes(root: store.Root) -> list[str]:
    """What the OA's channel came to in every process that was not killed before it could say."""
    path = root.path.parent / "outcomes"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.mark.alone
def test_processes_at_once_spend_one_token_between_them(root: store.Root, facebook: Facebook, zalo: Zalo) -> None:
    zalo.slow = 0.2
    processes = [started(root, facebook, zalo) for _ in range(4)]
    for process in processes:
        process.join()
    assert outcomes(root) == ["done"] * 4
    assert zalo.spent == ["refresh-0"] and zalo.reused == []


def lines_kept(root: store.Root) -> set[str]:
    """Every answer acknowledged so far; each delivery is whole."""
    contents = {one["sha256"]: store.inbox_path(root, one["sha256"], one["file"]) for one in store.receipts(root)}
    assert all(store.sha_of(path.read_bytes()) == sha for sha, path in contents.items())
    return {line for path in contents.values() for line in path.read_text(encoding="utf-8").splitlines()}


def authorised(root: store.Root, zalo: Zalo) -> None:
    """What the playbook asks of a person."""
    text = SECRETS.replace("refresh-0", zalo.authorise())
    (root.path / "secrets.toml").write_text(text, encoding="utf-8")


def days_kept(lines: set[str]) -> set[date]:
    answers = [json.loads(line)["answer"].get("days", {}) for line in lines]
    return {platform_day(end) for answer in answers for end, _ in answer.get("page_media_view", [])}


@pytest.mark.alone
def test_after_fifty_kills_no_row_is_lost_and_no_token_was_tried_twice(
    tmp_path: Path, root: store.Root, facebook: Facebook, zalo: Zalo
) -> None:
    """25 new roots: killed in the first load and on the next day, each time followed by a run that must go on."""
    chance = random.Random(20261125)
    zalo.lives, zalo.slow = 60, 0.01  # every run has to renew the pair
    killed, again = 0, 0
    for number in range(25):
        root = store.root("real", tmp_path / str(number))
        authorised(root, zalo)
        ways: list[dict[str, Any]] = [{"call": 1 + number}, {"seconds": chance.uniform(0.02, 0.4)}]
        for day, how in enumerate(ways if number % 2 else reversed(ways)):
            facebook.today = TODAY + timedelta(day)
            process = started(root, facebook, zalo, day, **how)
            process.join()
            killed += process.exitcode == -signal.SIGKILL
            kept = lines_kept(root)
            started(root, facebook, zalo, day).join()
            said = outcomes(root)[-1]
            if said != "done":
                assert "phải được cấp quyền lại" in said
                again += 1
                authorised(root, zalo)
                started(root, facebook, zalo, day).join()
            assert outcomes(root)[-1] == "done", (number, day, how, outcomes(root))
            assert kept <= lines_kept(root)
        assert days_kept(lines_kept(root)) == {TODAY - timedelta(n) for n in range(301)}
        secrets = (TOKEN, KEY, "refresh-", *(f"access-{n}" for n in range(200)))
        assert secret_places(root, *secrets) == {"secrets.toml", "secrets.zalo.json"}
    assert zalo.reused == []
    assert killed >= 25 and again < killed  # some ways end after the run does; most kills cost nothing


# ---- as deliveries ------------------------------------------------------------------------------------------------


def test_the_archive_is_an_ordinary_delivery(
    root: store.Root, facebook: Facebook, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    told = fetch("facebook")
    receipts = store.receipts(root)
    assert [one["sha256"] for one in receipts] == list(told.deliveries)
    judged = deliveries.judge(deliveries.in_hand(receipts, land(root, receipts)), registry(root), root.origin)
    assert judged.deliveries.select("source", "verdict", "rows_held").unique().rows() == [("facebook", "accepted", 0)]
    assert judged.others["reading"].filter(pl.col("metric") == "fb_views")["channel"].unique().sort().to_list() == [
        "fb-15",
        "fb-small",
    ]


@pytest.mark.parametrize("kind", ["facebook", "zalo"])
def test_a_broken_archive_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.jsonl"
    whole = {"kind": kind, "account": "1", "call": "/x", "fetched_at": "2026-11-25T06:00:00+07:00", "answer": {}}
    path.write_text(json.dumps(whole, separators=(",", ":"))[:-9], encoding="utf-8")
    assert kind == source_for(path.name, path.read_bytes()).SOURCE
    landed = sources()[kind].read(path)
    assert landed.refused and landed.refused.code == "broken_archive" and landed.stored == 0


# ---- the verb --------------------------------------------------------------------------------------------------------


@pytest.fixture
def verb(root: store.Root, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(root.path.parent))
    monkeypatch.setattr("etl.load.intake.read_many", read_here)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return lambda *arguments: CliRunner().invoke(cli.app, ["sync", *arguments])


def test_the_verb_fetches_publishes_and_says_what_it_did(
    root: store.Root, facebook: Facebook, verb: Callable[..., Any]
) -> None:
    facebook.today = datetime.now(PACIFIC).date()
    told = verb("facebook")
    assert told.exit_code == 0, told.stderr
    assert "fb-small" in told.stderr and "Đã lấy 1 kênh; 1 kênh không đo được; 0 kênh chưa lấy được" in told.stdout
    assert (root.published / "CURRENT").exists()


def test_the_verb_tells_the_maintainer_of_a_retired_metric(
    root: store.Root, facebook: Facebook, verb: Callable[..., Any]
) -> None:
    facebook.today, facebook.retired = datetime.now(PACIFIC).date(), ("page_views_total",)
    told = verb("facebook", "--since", f"{facebook.today - timedelta(3)}")
    assert told.exit_code == 0 and "fb_visits" in told.stderr and "channel_metrics.toml" in told.stderr


def test_the_verb_ends_with_a_fault_when_a_channel_could_not_be_fetched(
    root: store.Root, zalo: Zalo, verb: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    zalo.refresh = "another"
    told = verb("zalo")
    assert told.exit_code == 1 and "the OA must be authorised again" in told.stderr
    monkeypatch.setattr("etl.sync.run.channels", lambda origin: {})
    assert verb("zalo").exit_code == 1
