"""The page of channels without a browser: its words, its boxes, and one number from a file's line to the page."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from definitions.channels import channels as registered
from definitions.load import definitions
from definitions.text import LANGUAGES, text
from etl import store
from etl.build import build
from etl.load import load
from exports import channels as told
from metrics import channels
from tests import alone, channel_files
from tests.alone import shown
from tests.handmade import HU, deliver, moment, now, three_villages
from tests.tiny import AUGUST, A, B, tiny
from warehouse import db
from warehouse.publish import FILE
from warehouse.version import Version

PAGE, SMALL, SILENT, OA = "fb-02683", "fb-15", "fb-02686", "oa-02683"
OWNER = "02683"
FIRST, LAST, ODD = date(2026, 7, 1), date(2026, 11, 4), date(2026, 10, 10)
DAYS = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]


def views(day: date) -> int:
    """More on Sundays, far more on the day of the post."""
    return 100 + 50 * (day.isoweekday() == 7) + day.day % 3 + 900 * (day == ODD)


def exported() -> bytes:
    """The page's daily export: views, followers (five more each day), interactions but for one day of October."""
    told = {"Views": {f"{day}": f"{views(day)}" for day in DAYS}}
    told["Total followers"] = {f"{day}": f"{1000 + 5 * i}" for i, day in enumerate(DAYS)}
    told["Content interactions"] = {f"{day}": "20" for day in DAYS if day != date(2026, 10, 15)}
    return channel_files.daily(told)


def typed() -> bytes:
    """The province's page has 50 followers; the commune's OA is slow to answer."""
    accounts = {id: registered("demo")[id].account for id in (SMALL, OA)}
    lines = ["date;channel;platform;followers;answer_minutes", f"31/10/2026;{accounts[SMALL]};facebook;50;"]
    lines.append(f"31/10/2026;{accounts[OA]};zalo oa;1200;2880")
    return "\n".join(lines).encode("utf-8-sig")


def filled(base: Path) -> store.Root:
    """A demonstration of one commune's report, a page's export and posts, and figures typed by hand."""
    root = three_villages(base, "demo")
    for month in (8, 9, 10):
        deliver(root, date(2026, month, 1), {HU: (100, 30 + month, 20, 10, 5, 6, 2, 3)}, f"2026-{month + 1:02}-03")
    posts = [("1", ODD, "Bài lan rộng"), ("2", date(2026, 10, 3), "Bài thường")]
    rows = [
        channel_files.post(Post_ID=id, Publish_time=f"{day:%m/%d/%Y} 19:30", Title=title, Description=title)
        for id, day, title in posts
    ]
    files = {f"{PAGE} Views.csv": exported(), "posts.csv": channel_files.content(*rows), "kenh.csv": typed()}
    for name, content in files.items():
        (base / name).write_bytes(content)
        (answer,) = load(root, [base / name], received_at=lambda file: moment("2026-11-05"))
        assert answer["verdict"] == "accepted", answer
    build(root)
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("channels")
    filled(data)
    return data


@pytest.fixture
def data(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(made))
    yield made


opened = partial(alone.opened, "voices.channels")


def said(app: AppTest) -> str:
    return unescape(alone.said(app))


def asked(app: AppTest, key: str) -> str:
    found = app.query_params[key]
    return found[0] if isinstance(found, list) else found


# ---- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_the_last_full_month_and_draws_it(data: Path, lang: str) -> None:
    page = said(opened(lang, channel=PAGE, measure="followers"))
    figures = {"vi": ("10/2026", "1.610", "+10,7%"), "en": ("10/2026", "1,610", "+10.7%")}[lang]  # 1000 + 5 * 122
    assert all(figure in page for figure in figures) and page.count("<svg") == 6
    for id in ("by_month", "by_day_added"):
        assert text(f"channels.{id}", lang, what=told.metric("fb_followers", lang)) in page
    assert text("channels.odd_rule", lang) in page or text("channels.odd_none", lang) in page
    assert text("channels.together_too_few_values", lang, n="0") in page


def test_a_page_of_few_likes_is_not_measurable_and_never_zero(data: Path) -> None:
    page = said(opened(channel=SMALL, measure="views"))
    assert "chưa đo được" in page and "không phải là bằng 0" in page and "lượt xem 0" not in page


def test_no_figure_is_told_apart_from_zero(data: Path) -> None:
    page = said(opened(channel=SILENT, measure="interactions"))
    assert "không có số liệu lượt tương tác từ 11/2025 đến 10/2026" in page
    assert text("charts.no_data") in page and text("channels.few_days", n=28) in page


def test_a_month_without_its_every_day_says_so_and_has_no_place(data: Path) -> None:
    page = said(opened(channel=PAGE, measure="interactions"))
    assert "09/2026: lượt tương tác 600" in page, "the last whole month answers"
    assert text("channels.board_without", channel="Mặt trận xã Bát Xát", n="0") in page


def test_a_retired_figure_says_until_when_and_what_came_instead(data: Path) -> None:
    page = said(opened(channel=PAGE, measure="reach"))
    assert "thôi cho số này từ 15/06/2026, thay bằng người xem" in page
    # Beside each other in its last full month: of October nobody has it.
    assert "Kênh Facebook của xã, phường, 05/2026: số người tiếp cận" in page


def test_the_odd_day_is_named_with_its_post(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.parts.take.folded", lambda label, show: show())
    page = said(opened(channel=PAGE, measure="views"))
    (row,) = re.findall(r"<tr><td>10/10/2026</td>.*?</tr>", page)[-1:]
    assert "Bài lan rộng" in row and "Bài thường" not in page
    assert "1.001" in row


def test_who_answers_after_more_than_a_day_is_late(data: Path) -> None:
    page = said(opened(channel=OA, measure="answer_minutes"))
    assert "Zalo OA xã Bát Xát, 10/2026: thời gian OA trả lời (phút) 2.880." in page
    (row,) = re.findall(r"<tr><td class=\"txt\"><a href=\"communes\?unit=02683[^>]*>.*?</tr>", page)
    assert "<td>48</td>" in row  # hours


def test_without_any_channel_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path))
    tiny(tmp_path / "demo" / "published", origin="demo")
    assert text("channels.answer_nothing") in said(opened())


# ---- its boxes -------------------------------------------------------------------------------------------------------


def test_the_box_of_places_writes_its_id_and_shows_the_place_s_channels(data: Path) -> None:
    app = opened()
    assert app.selectbox(key="choose-unit").value == definitions().province.code
    app = shown(app.selectbox(key="choose-unit").select(OWNER).run())
    assert asked(app, "unit") == OWNER and "Mặt trận xã Bát Xát" in said(app)
    app = shown(app.segmented_control(key="choose-channel").set_value(OA).run())
    assert asked(app, "channel") == OA and "người quan tâm Zalo OA 1.200" in said(app)


def test_a_channel_of_another_place_in_the_address_gives_way_to_the_place(data: Path) -> None:
    assert "Mặt trận xã Bát Xát" in said(opened(unit=OWNER, channel=SMALL))


def test_the_switches_of_figures_and_months_write_their_ids(data: Path) -> None:
    app = opened(channel=PAGE)
    app = shown(app.segmented_control(key="choose-measure").set_value("posts").run())
    assert asked(app, "measure") == "posts" and "bài đăng 2" in said(app)
    assert text("channels.no_days") in said(app)
    app = shown(app.segmented_control(key="choose-measure").set_value("views").run())
    app = shown(app.segmented_control(key="choose-months").set_value("6").run())
    assert asked(app, "months") == "6" and "Từ 07/2026 đến 10/2026" in said(app)


def test_the_weekly_season_goes_on_request(data: Path) -> None:
    app = opened(channel=PAGE, measure="views")
    before = said(app)
    app = shown(app.segmented_control(key="choose-week").set_value("off").run())
    assert asked(app, "week") == "off" and said(app).count("<polyline") > before.count("<polyline")


def test_the_switch_of_targets_writes_its_id(data: Path) -> None:
    app = shown(opened(channel=PAGE).segmented_control(key="choose-target").set_value("skills_2030").run())
    assert asked(app, "target") == "skills_2030"
    assert "“Kỹ năng số 2030”" in said(app)


def test_everything_drawn_can_be_taken_away(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.parts.take.folded", lambda label, show: show())
    labels = [button.proto.label for button in opened(channel=PAGE, measure="views").get("download_button")]
    tables = 6  # months, days, odd days, the place among others, who is late, who is dead
    assert labels.count("Excel") == labels.count("CSV") == tables and labels.count("Ảnh PNG") == 2


# ---- the figures behind it -------------------------------------------------------------------------------------------


def answering(version: Version) -> Version:
    """A takes an hour on its page, B three days on its OA."""
    told = pl.DataFrame(
        [("fb-a", "fb_answer_minutes", AUGUST, 60.0), ("oa-b", "oa_answer_minutes", AUGUST, 4320.0)],
        schema=["channel", "metric", "month", "value"], orient="row",
    )  # fmt: skip
    own = [("fb-a", "facebook", A, "Xã A", True), ("oa-b", "zalo_oa", B, "Xã B", True)]
    channel = pl.DataFrame(own, schema=["channel", "platform", "unit", "unit_name", "is_measurable"], orient="row")
    (version.path / FILE).chmod(0o644)
    draft = db.draft(version.path / FILE)
    for name, frame in {"channel": channel, "channel_month": told}.items():
        db.keep(draft, f"made_{name}", frame)
        draft.execute(f"create or replace table {name} as from made_{name}")
    draft.close()
    return version


def test_late_is_a_slow_channel_or_feedback_overdue_with_the_commune(tmp_path: Path) -> None:
    version = answering(tiny(tmp_path / "published"))
    found = channels.late(version, definitions().province.code, AUGUST, date(2026, 10, 5))
    rows = found.select("unit", "facebook", "zalo_oa", "overdue_commune").rows()
    assert rows == [(A, 60, None, 1), (B, None, 4320, None)]  # F4 was due on 30 September
    on_time = channels.late(version, definitions().province.code, AUGUST, date(2026, 9, 10))
    assert on_time["unit"].to_list() == [B]


# ---- one number ------------------------------------------------------------------------------------------------------


def test_one_number_from_a_line_of_an_export_to_the_page(data: Path, made: Path) -> None:
    """October's views, added up from the file by hand, in the mart and in words."""
    lines = list(csv.reader(io.StringIO((made / f"{PAGE} Views.csv").read_bytes().decode("utf-16"))))
    start = lines.index(["Views"]) + 2
    october = [int(line[1]) for line in lines[start : start + len(DAYS)] if line[0].startswith("2026-10")]
    assert len(october) == 31
    version = now(store.root("demo", made))
    sql = "select value from channel_month where channel = ? and metric = 'fb_views' and month = ?"
    assert version.query(sql, [PAGE, date(2026, 10, 1)]).item() == sum(october) == 4231
    page = said(opened(channel=PAGE, measure="views"))
    assert "Mặt trận xã Bát Xát, 10/2026: lượt xem 4.231," in page and "; 2.116 mỗi bài" in page
