"""Posts: scores worked out by hand, what works for a page, and the page's boxes without a browser."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from definitions.spelling import fold
from definitions.text import LANGUAGES, text
from etl import post_scores
from exports import posts as told
from metrics import posts
from tests import alone
from tests.alone import shown
from tests.tiny import CLUSTER, TODAY, A, B, tiny
from warehouse import db
from warehouse.publish import CHECKS, FILE, MARTS
from warehouse.version import Version

PAGE, OTHER, EMPTY = "fb-a", "fb-b", "fb-c"
FIRST = datetime(2026, 6, 1, 19)
Row = dict[str, Any]


def post(number: int, interactions: int | None, age: int = 40, channel: str = PAGE, **more: Any) -> Row:
    """The post of a day after the first at 19 o'clock; the twelfth is a Saturday."""
    at = FIRST + timedelta(days=number)
    title = more.pop("title", f"Bài số {number}")
    return {
        "channel": channel, "platform": "facebook", "unit": A, "post": f"{channel}-{number}", "published_at": at,
        "day": at.date(), "weekday": at.isoweekday(), "hour": at.hour, "kind": "photo", "title": title,
        "title_key": fold(title), "url": None, "views": None, "interactions": interactions, "age_days": age,
    } | more  # fmt: skip


def told_posts() -> list[Row]:
    """Twelve posts of 20 interactions, then one of 50, one of 10 and one not known; of the other page thirty of 40."""
    rows = [post(n, 20, age=40 + n) for n in range(12)]  # all grown up: of one age
    rows += [post(12, 50, title="Đường về bản"), post(13, 10, kind="photo"), post(14, None)]
    rows += [post(30, 8, age=7, title="Bài mới")]
    return rows + [post(n, 40, channel=OTHER, kind="video") for n in range(40)] + [post(50, 20, kind="video")]


def readings(rows: list[Row]) -> list[Row]:
    """Each post as it last stood, and the first twelve when they were a week old, with 4 interactions."""
    names = ("channel", "post", "age_days", "interactions", "views")
    last = [{name: row[name] for name in names} for row in rows]
    return last + [row | {"age_days": 7, "interactions": 4} for row in last[:12]]


def with_channels(version: Version, rows: list[Row]) -> Version:
    """The version with three pages of one cluster and their posts."""
    places = {PAGE: A, OTHER: B, EMPTY: B}
    given = {
        "channel": pl.DataFrame([
            {"channel": id, "platform": "facebook", "unit": unit, "label_vi": f"Trang {id}", "label_en": f"Page {id}",
             "cluster": CLUSTER, "posts": sum(row["channel"] == id for row in rows)} for id, unit in places.items()
        ]),
        "post": pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"views": pl.Int64, "url": pl.String}),
        "post_reading": pl.DataFrame(readings(rows), infer_schema_length=None, schema_overrides={"views": pl.Int64}),
    }  # fmt: skip
    (version.path / FILE).chmod(0o644)
    draft = db.draft(version.path / FILE)
    for name, frame in given.items():
        db.keep(draft, f"made_{name}", frame)
        draft.execute(f"create or replace table {name} as from made_{name}")
    db.keep(draft, "given_post_score", post_scores.tables(partial(db.drafted, draft))["post_score"])
    draft.execute(f"create or replace table post_score as {(MARTS / 'post_score.sql').read_text()}")
    wrong = db.drafted(draft, (CHECKS / "every_post_is_scored_by_the_rules.sql").read_text())
    draft.close()
    assert wrong.is_empty(), wrong
    return version


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("posts")
    with_channels(tiny(data / "demo" / "published", origin="demo"), told_posts())
    return data


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return with_channels(tiny(tmp_path_factory.mktemp("figures") / "published"), told_posts())


@pytest.fixture
def data(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(made))
    yield made


def one(version: Version, number: int) -> Row:
    return posts.scored(version, PAGE).row(by_predicate=pl.col("post") == f"{PAGE}-{number}", named=True)


def test_a_grown_up_post_is_held_against_the_posts_before_it(version: Version) -> None:
    best, weak = one(version, 12), one(version, 13)
    assert (best["score"], best["expected"], best["n"], best["is_pooled"]) == (2.5, 20.0, 12, False)
    assert (weak["score"], weak["n"]) == (-2.0, 13)  # 20 / 10; the 50 is off the middle half
    assert one(version, 5)["reason"] == "too_few_posts" and one(version, 14)["reason"] == "no_value"


def test_a_young_post_is_held_against_others_when_they_were_as_young(version: Version) -> None:
    young = one(version, 30)
    assert (young["expected"], young["n"], young["score"]) == (4.0, 12, 0.8)  # 4 expected is below 10: 8 / 10


def test_where_a_page_has_few_posts_of_a_kind_the_cluster_stands_in(version: Version) -> None:
    video = one(version, 50)
    assert (video["is_pooled"], video["n"], video["expected"], video["score"]) == (True, 40, 40.0, -2.0)


def test_a_post_is_there_once_however_often_it_was_measured(version: Version) -> None:
    found = posts.scored(version, PAGE)
    assert len(found) == 17 and found["post"].is_unique().all() and found["post"].str.starts_with(PAGE).all()


def test_what_works_is_a_median_that_a_post_has_and_is_hidden_below_five() -> None:
    scores = pl.DataFrame({"hour": [19] * 6 + [8] * 4, "score": [-1.1, 1.1, 2.0, -3.0, 1.3, -1.2, 9.0, 9.0, 9.0, 9.0]})
    hours = posts.pattern(scores, "hour")
    assert hours.rows() == [(8, 4, None), (19, 6, -1.1)] and posts.best(hours) is None


def test_words_are_found_without_diacritics(version: Version) -> None:
    found = posts.search(posts.scored(version, PAGE), "duong BẢN")
    assert found["title"].to_list() == ["Đường về bản"]


def test_months_count_back_from_the_day() -> None:
    assert f"{posts.since(TODAY, 3)}" == "2026-07-01" and f"{posts.since(TODAY, 12)}" == "2025-10-01"


def test_posts_without_a_score_come_last_in_either_order(version: Version) -> None:
    found = posts.scored(version, PAGE)
    best, weak = posts.ordered(found, "score")["score"], posts.ordered(found, "weakest")["score"]
    assert best[0] == 2.5 and weak[0] == -2.0 and best[-1] is None and weak[-1] is None


opened = partial(alone.opened, "voices.posts")


def said(app: AppTest) -> str:
    return unescape(alone.said(app))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_answers_in_every_language(data: Path, lang: str) -> None:
    page = said(opened(lang, channel=PAGE))
    assert (">2,5<" if lang == "vi" else ">2.5<") in page and "Đường về bản" in page
    for id in ("kind", "hour", "weekday", "list", "of_cluster", "of_page"):
        assert text(f"posts.{id}", lang) in page
    assert text("posts.pooled", lang, n=1) in page
    assert text("posts.reason_too_few_posts", lang) in page


def test_the_box_of_channels_writes_its_id(data: Path) -> None:
    app = opened()
    assert app.selectbox(key="choose-channel").value == OTHER  # it has most posts
    app = shown(app.selectbox(key="choose-channel").select(PAGE).run())
    assert app.query_params["channel"] in (PAGE, [PAGE]) and "Đường về bản" in said(app)


def test_the_switch_of_months_leaves_out_older_posts(data: Path) -> None:
    app = opened(channel=PAGE, months="12")
    assert "17 bài" in said(app)
    app = shown(app.segmented_control(key="choose-months").set_value("3").run())
    assert app.query_params["months"] in ("3", ["3"]) and "2 bài" in said(app)


def test_the_search_keeps_its_words_in_the_address(data: Path) -> None:
    app = opened(channel=PAGE)
    app = shown(app.text_input(key="search-posts").set_value("duong ve").run())
    assert app.query_params["q"] in ("duong ve", ["duong ve"])
    assert "Đường về bản" in said(app) and "Bài số 3" not in said(app)
    app = shown(app.text_input(key="search-posts").set_value("không có gì").run())
    assert text("state.no_rows", filter="không có gì") in said(app)


def test_the_switch_of_orders_puts_the_weakest_first(data: Path) -> None:
    app = opened(channel=PAGE)
    app = shown(app.segmented_control(key="choose-sort").set_value("weakest").run())
    page = said(app)
    assert app.query_params["sort"] in ("weakest", ["weakest"]) and page.index("Bài số 13") < page.index("Đường về bản")


def test_the_posts_can_be_taken_away(data: Path) -> None:
    assert [button.proto.label for button in opened(channel=PAGE).get("download_button")] == ["Excel", "CSV"]


def test_what_works_is_drawn_where_two_can_be_compared(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.parts.take.folded", lambda label, show: show())
    page = said(opened(channel=OTHER))
    assert "<svg" in page and text("posts.usual") in page and "Thứ Năm (5)" in page
    assert text("posts.too_few", fewest=5) in page  # all of one kind, all at one hour
    assert text("column.median_score") in page


def test_a_platforms_own_word_for_a_kind_is_shown_as_it_is() -> None:
    assert told.kind("carousel", "vi") == "carousel" and told.kind(None, "vi") == "–"
    assert told.score(-2.04, "vi") == "−2,0×"


def test_without_any_post_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = with_channels(tiny(tmp_path / "demo" / "published", origin="demo"), told_posts()[:1])
    draft = db.draft(empty.path / FILE)
    draft.execute("delete from post; update channel set posts = 0")
    draft.close()
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path))
    assert text("posts.answer_nothing") in said(opened())
