"""Channels and posts as marts: small stories of readings, each expected figure typed by hand."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from definitions.channels import Owner, channels
from etl import store
from etl.build import build
from etl.channel_tables import tables
from etl.landing import Landed, write_landing
from etl.load import load
from etl.readings import PUBLISHED_AT, TABLE, TITLE, Reading, table
from etl.sources import meta_content
from etl.sync.run import RETIRED
from tests import channel_files
from tests.handmade import moment, now
from warehouse.publish import CheckFailed
from warehouse.version import open_version

pytestmark = pytest.mark.slow

PAGE, PROVINCE, OA = "fb-02683", "fb-15", "oa-02683"
MARCH = date(2026, 3, 1)


@pytest.fixture
def root(tmp_path: Path) -> store.Root:
    return store.root("demo", tmp_path)


def one(metric: str, value: float | None, day: date | None = MARCH, channel: str = PAGE, **more: Any) -> Reading:
    known = channels("demo")[channel]
    return Reading(more.pop("row", 2), known.platform, known.account, more.pop("post", ""), day, metric, value, **more)


def arrives(root: store.Root, readings: Sequence[Reading], received: str = "2026-03-05", sha: str = "a") -> str:
    """A file of readings, landed and acknowledged; gives its hash."""
    hash = sha * 64
    about = {"size": 1, "source": "meta_content", "file": f"{sha}.csv", "sender": "", "way": "test"}
    cells = table(readings)
    landed = Landed("meta_content", meta_content.VERSION, None, None, 1, None, None, cells, len(readings), table=TABLE)
    write_landing(root.landing, hash, landed)
    store.acknowledge(root, about | {"sha256": hash, "received_at": store.stamp(moment(received))})
    return hash


def told(root: store.Root, sql: str) -> list[tuple[Any, ...]]:
    build(root)
    return now(root).query(sql).rows()


def days(root: store.Root, metric: str = "fb_views") -> list[tuple[Any, ...]]:
    return told(root, f"select day, value from channel_day where metric = '{metric}' order by day")


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_newest_measurement_wins_in_whichever_order_files_come(root: store.Root, order: str) -> None:
    """File a was fetched later than b, whichever arrives first and whatever its hash."""
    at = {"a": datetime(2026, 3, 4, 9), "b": datetime(2026, 3, 3, 9)}
    for turn, sha in enumerate(order):
        arrives(root, [one("fb_views", 10 if sha == "a" else 99, measured_at=at[sha])], f"2026-03-0{5 + turn}", sha)
    assert days(root) == [(MARCH, 10)]


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_of_files_as_old_as_one_another_the_higher_hash_counts(root: store.Root, order: str) -> None:
    for sha in order:
        arrives(root, [one("fb_views", {"a": 1, "b": 2}[sha])], sha=sha)
    assert days(root) == [(MARCH, 2)]


def test_a_blank_is_no_figure_and_zero_is_one(root: store.Root) -> None:
    second = date(2026, 3, 2)
    arrives(root, [one("fb_views", 7), one("fb_views", 0, second), one("fb_views", None, date(2026, 3, 3))])
    assert days(root) == [(MARCH, 7), (second, 0)]
    arrives(root, [one("fb_views", None)], "2026-03-06", "b")
    assert days(root) == [(MARCH, 7), (second, 0)], "a later blank takes no figure away"


def test_a_day_belongs_to_who_owned_the_channel_that_day(root: store.Root) -> None:
    last, first, before = date(2025, 6, 30), date(2025, 7, 1), date(2024, 10, 31)
    arrives(root, [one("fb_views", n, day, PROVINCE) for n, day in enumerate((before, last, first), 1)])
    assert told(root, "select day, unit from channel_day order by day") == [(before, None), (last, "10"), (first, "15")]
    assert told(root, "select unit, unit_name, last_day from channel where channel = 'fb-15'") == [
        ("15", "Tỉnh Lào Cai", first)
    ]


def test_a_withdrawn_export_counts_no_more(root: store.Root) -> None:
    arrives(root, [one("fb_views", 7)])
    later = arrives(root, [one("fb_views", 70)], "2026-03-06", "b")
    assert days(root) == [(MARCH, 70)]
    store.withdraw(root, later, "nhầm trang")
    assert days(root) == [(MARCH, 7)]


def test_a_view_of_the_past_knows_what_was_known(root: store.Root) -> None:
    arrives(root, [one("fb_views", 7)])
    arrives(root, [one("fb_views", 70)], "2026-03-08", "b")
    build(root)
    past = build(root, date(2026, 3, 6))
    assert open_version(root.published, past).query("select value from channel_day").item() == 7
    assert days(root) == [(MARCH, 70)]


# ---- months ----------------------------------------------------------------------------------------------------------


def test_a_month_is_the_last_of_a_stock_the_sum_of_a_flow_and_the_mean_of_people(root: store.Root) -> None:
    figures = {"fb_followers": (100, 130, 120), "fb_views": (10, 0, 5), "fb_viewers": (8, 0, 4)}
    arrives(root, [one(id, v, date(2026, 3, day)) for id, of in figures.items() for day, v in enumerate(of, 2)])
    rows = told(root, "select metric, kind, value, days, days_in_month, unit from channel_month order by metric")
    assert rows == [
        ("fb_followers", "stock", 120, 3, 31, "02683"), ("fb_viewers", "people", 4, 3, 31, "02683"),
        ("fb_views", "flow", 15, 3, 31, "02683"),
    ]  # fmt: skip


def test_a_month_of_two_owners_is_the_sum_of_neither(root: store.Root, monkeypatch: pytest.MonkeyPatch) -> None:
    owners = (Owner(unit="02683", since=date(2025, 7, 5)), Owner(unit="02686", since=date(2026, 3, 15)))
    known = channels("demo") | {PAGE: channels("demo")[PAGE].model_copy(update={"owners": owners})}
    monkeypatch.setattr("etl.channel_tables.channels", lambda origin: known)
    dated = {date(2026, 3, 14): 5, date(2026, 3, 15): 6, date(2026, 4, 1): 7}
    arrives(root, [one(id, v, day) for id in ("fb_views", "fb_followers") for day, v in dated.items()], "2026-04-05")
    assert told(root, "select day(day), unit from channel_day where metric = 'fb_views' order by day") == [
        (14, "02683"), (15, "02686"), (1, "02686"),
    ]  # fmt: skip
    rows = told(root, "select metric, month(month), value, unit from channel_month order by metric, month")
    assert rows == [
        ("fb_followers", 3, 6, "02686"), ("fb_followers", 4, 7, "02686"),
        ("fb_views", 3, 11, None), ("fb_views", 4, 7, "02686"),
    ]  # fmt: skip
    assert told(root, f"select unit from channel where channel = '{PAGE}'") == [("02686",)]


def test_nobody_is_told_what_a_channel_did_while_it_was_anothers(
    root: store.Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrives(root, [one("fb_views", 5)])
    monkeypatch.setattr("etl.build.channel_tables.tables", owned_twice)
    with pytest.raises(CheckFailed):
        build(root)


def owned_twice(*given: Any) -> dict[str, Any]:
    """The tables with a second owner of every channel at the same time."""
    made = tables(*given)
    owners = made["channel_owner"]
    return made | {"channel_owner": owners.vstack(owners.with_columns(unit=owners["unit"].reverse()))}


# ---- channels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("likes", "is_measurable"), [((99,), False), ((100,), True), ((120, 80), False), ((80, 120), True), ((), True)]
)
def test_a_page_whose_last_count_is_below_100_is_not_measurable(
    root: store.Root, likes: tuple[int, ...], is_measurable: bool
) -> None:
    arrives(root, [one("fb_likes", n, date(2025, 11, day)) for day, n in enumerate(likes, 1)] + [one("fb_views", 3)])
    assert told(root, f"select is_measurable from channel where channel = '{PAGE}'") == [(is_measurable,)]


def test_an_oa_with_few_followers_is_measurable(root: store.Root) -> None:
    arrives(root, [one("oa_followers", 12, channel=OA)])
    assert told(root, "select count(*) from channel where not coalesce(is_measurable, false)") == [(0,)]


def test_every_channel_is_there_without_a_figure_too(root: store.Root) -> None:
    assert told(root, "select count(*), count(last_day), count(unit_name) from channel") == [(99, 0, 99)]


def test_breaks_are_the_ends_of_metrics_and_what_sync_found_retired(root: store.Root) -> None:
    event = {"event": RETIRED, "metric": "fb_visits", "api_name": "page_views_total", "version": "v25.0"}
    for day in ("2026-10-02", "2026-10-01"):
        store.record_event(root, event | {"day": day, "at": store.stamp(moment(day))})
    rows = told(root, "select platform, channel, metric, day, code, successor from channel_break")
    assert ("facebook", None, "fb_impressions", date(2025, 11, 15), "until", "fb_views") in rows
    assert [row for row in rows if row[4] == "retired"] == [
        ("facebook", None, "fb_visits", date(2026, 10, 1), "retired", None)
    ]


# ---- posts -----------------------------------------------------------------------------------------------------------


def post(
    id: str = "7", at: str | None = "2026-03-01T19:30", title: str = "Đường về bản", **figures: Any
) -> list[Reading]:
    more = {"post": id, "day": None, "channel": figures.pop("channel", PAGE), "row": figures.pop("row", 2)}
    texts = {TITLE: title, PUBLISHED_AT: at}
    return [one(name, None, text=text, **more) for name, text in texts.items()] + [
        one(f"post_{name}", value, **more) for name, value in figures.items()
    ]


def test_a_post_has_its_texts_its_figures_and_its_age(root: store.Root) -> None:
    arrives(root, post(views=90, reactions=5, comments=0, shares=2), "2026-03-08T19:29")
    rows = told(
        root, "select unit, day, weekday, hour, title_key, views, reach, comments, interactions, age_days from post"
    )
    assert rows == [("02683", MARCH, 7, 19, "duong ve ban", 90, None, 0, 7, 6)]
    assert told(root, "select posts, last_post from channel where posts > 0") == [(1, MARCH)]


def test_interactions_are_those_given_or_the_sum_of_all_known_parts(root: store.Root) -> None:
    arrives(root, post("1", reactions=5, comments=1) + post("2", interactions=9, reactions=5, row=3))
    assert told(root, "select post, interactions from post order by post") == [("1", None), ("2", 9)]


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_newest_export_of_a_post_wins_with_its_blanks(root: store.Root, order: str) -> None:
    rows = {"a": post(views=90, clicks=4, title="Cũ"), "b": post(views=95, clicks=None, title="Mới")}
    for sha in order:
        arrives(root, rows[sha], {"a": "2026-03-05", "b": "2026-03-09"}[sha], sha)
    assert told(root, "select title, views, clicks, measured_at::date from post") == [
        ("Mới", 95, None, date(2026, 3, 9))
    ]
    assert told(root, "select measured_on, age_days, views from post_reading order by measured_on") == [
        (date(2026, 3, 5), 3, 90), (date(2026, 3, 9), 7, 95),
    ]  # fmt: skip


def test_an_export_without_any_figure_of_a_post_takes_none_away(root: store.Root) -> None:
    arrives(root, post(views=90))
    arrives(root, post(views=None), "2026-03-09", "b")
    assert told(root, "select views, age_days from post") == [(90, 3)]


def test_a_moment_with_an_offset_is_told_in_the_provinces_time(root: store.Root) -> None:
    arrives(root, post(at="2026-02-28T18:00:00+0000"))
    assert told(root, "select published_at, day from post") == [(datetime(2026, 3, 1, 1), MARCH)]


def test_posts_of_a_month_are_zero_only_where_one_delivery_spans_it(root: store.Root) -> None:
    """One export lists December and February; April came alone: nothing is known of March."""
    arrives(root, post("1", "2025-12-01T08:00") + post("2", "2026-02-02T08:00", row=3), "2026-02-20")
    arrives(root, post("3", "2026-04-01T08:00"), "2026-04-10", "b")
    rows = told(root, "select month, value, days, unit from channel_month where metric = 'posts' order by month")
    assert rows == [
        (date(2025, 12, 1), 1, 31, "02683"), (date(2026, 1, 1), 0, 31, "02683"), (date(2026, 2, 1), 1, 28, "02683"),
        (date(2026, 4, 1), 1, 10, "02683"),
    ]  # fmt: skip


# ---- from the file to the mart ---------------------------------------------------------------------------------------


def loaded(root: store.Root, name: str, content: bytes, received: str = "2026-03-16T09:00") -> None:
    path = root.path.parent / name
    path.write_bytes(content)
    (answer,) = load(root, [path], received_at=lambda file: moment(received))
    assert answer["verdict"] == "accepted"


def test_a_post_of_a_content_export_is_followed_to_the_mart(root: store.Root) -> None:
    loaded(root, "March.csv", channel_files.content(channel_files.post()))
    rows = told(
        root,
        """select channel, unit, post, published_at, weekday, hour, kind, title_key, views, viewers, reach, reactions,
                  comments, shares, clicks, interactions, measured_at, age_days, "row" from post""",
    )
    title = 'ra quan huong dan cai vneid, tai thon muong vi: "di tung ngo"'
    when, measured = datetime(2026, 3, 14, 19, 30), datetime(2026, 3, 16, 9)
    about = (PAGE, "02683", "122158004467012345", when, 6, 19, "photo", title)
    assert rows == [(*about, 5410, None, 3120, 180, 37, 14, 402, 231, measured, 1, 2)]


def test_a_day_of_a_daily_export_is_followed_to_the_mart(root: store.Root) -> None:
    loaded(root, f"{PAGE} Views.csv", channel_files.daily({"Views": {"2026-03-01": "1204", "2026-03-02": "0"}}))
    rows = told(root, "select channel, unit, day, metric, value, measured_at, row from channel_day order by day")
    came = datetime(2026, 3, 16, 9)
    assert rows == [
        (PAGE, "02683", MARCH, "fb_views", 1204, came, 4), (PAGE, "02683", date(2026, 3, 2), "fb_views", 0, came, 5),
    ]  # fmt: skip


def test_a_figure_typed_by_hand_is_followed_to_the_mart(root: store.Root) -> None:
    typed = "date;oa_id;followers;people;answer_minutes\n01/03/2026;9000000000000002683;1240;;12,5\n"
    loaded(root, "kenh.csv", typed.encode("utf-8-sig"))
    rows = told(root, "select channel, metric, day, value from channel_day order by metric")
    assert rows == [(OA, "oa_answer_minutes", MARCH, 12.5), (OA, "oa_followers", MARCH, 1240)]
