"""One figure of each kind of export and interface, from the bytes as they came to the text on the page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import xlsxwriter

from definitions import apis
from definitions.channels import Channel, Owner
from definitions.format import integer
from etl import store
from etl.build import build
from etl.load import load
from etl.sync import run
from tests import alone, channel_files, platforms
from tests.handmade import COMMUNE, HU, deliver, moment, three_villages
from tests.platforms import APP, KEY, OA, PAGE, TOKEN, running
from tests.test_feedback_cases import HEAD, ONE, written
from tests.workbooks import read_here

pytestmark = pytest.mark.slow

OTHER = "04456"
FETCHED, SHOWN = "2026-11-25", "2026-12-05"
SECRETS = f"""
[facebook.{PAGE}]
token = "{TOKEN}"
[zalo.{OA}]
app_id = "{APP}"
secret_key = "{KEY}"
refresh_token = "refresh-0"
"""
TYPED = """\
date;platform;channel;followers;members;users;visits
30/11/2026;zalo_oa;oa-xa;18.420;;;
30/11/2026;zalo_group;group-xa;;2140;;
30/11/2026;mini_app;app-15;;;333;777
"""


def channel(platform: str, account: str, unit: str = COMMUNE) -> Channel:
    owners = (Owner(unit=unit, since=date(2025, 7, 1)),)
    return Channel.model_validate({"platform": platform, "account": account, "owners": owners, "label": account})


CHANNELS = {
    "fb-15": channel("facebook", PAGE, "15"), "oa-15": channel("zalo_oa", OA, "15"),
    "app-15": channel("mini_app", "app", "15"), "fb-xa": channel("facebook", channel_files.BAT_XAT),
    "oa-xa": channel("zalo_oa", "4000000000000000002"), "group-xa": channel("zalo_group", "nhom"),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A province into which one file of each kind was loaded and both interfaces were asked."""
    base = tmp_path_factory.mktemp("kinds")
    facebook, zalo = platforms.Facebook(date(2026, 11, 24)), platforms.Zalo()
    with pytest.MonkeyPatch.context() as patch, running(facebook, zalo):
        for module in ("etl.sync.run", "etl.readings", "etl.channel_tables", "metrics.feedback"):
            patch.setattr(f"{module}.channels", lambda origin: CHANNELS)
        patch.setattr("etl.load.intake.read_many", read_here)
        patch.setenv("CHI_TIEU_SO_FACEBOOK", facebook.address)
        for name in ("CHI_TIEU_SO_ZALO", "CHI_TIEU_SO_ZALO_OAUTH"):
            patch.setenv(name, zalo.address)
        patch.setenv("CHI_TIEU_SO_DATA", str(base))
        apis.apis.cache_clear()
        build(filled(base))
        yield base
    apis.apis.cache_clear()


def filled(base: Path) -> store.Root:
    root = three_villages(base, "demo")
    deliver(root, date(2026, 10, 1), {HU: (100, 30, 20, 10, 5, 6, 2, 3)}, "2026-11-03")
    (root.path / "secrets.toml").write_text(SECRETS, encoding="utf-8")
    for kind in ("facebook", "zalo"):
        told = run.sync(root, kind, None, sleep=lambda seconds: None, now=lambda: moment(FETCHED))
        assert "done" in {one.status for one in told.outcomes}
    (base / "posts.csv").write_bytes(channel_files.content(channel_files.post(Publish_time="11/14/2026 19:30")))
    (base / "fb-xa.csv").write_bytes(channel_files.daily({"Total followers": {"2026-11-30": "1234"}}))
    (base / "kenh.csv").write_text(TYPED, encoding="utf-8-sig")
    late = ONE.replace("PA-1", "PA-2").replace("18/08/2025", "21/08/2025").replace("19/08/2025", "22/08/2025")
    written(base, ONE, late)
    workbook(base / f"phan-anh-{OTHER}.xlsx", ONE.replace("Hú Trù Lìn", ""))
    files = [path for path in base.iterdir() if path.is_file()]
    answers = load(root, files, received_at=lambda name: moment(SHOWN))
    assert [answer["verdict"] for answer in answers] == ["accepted"] * 5, answers
    return root


def workbook(path: Path, *rows: str) -> None:
    """A sheet of the feedback application: the columns of its CSV, days as days."""
    with xlsxwriter.Workbook(path) as book:
        sheet, as_day = book.add_worksheet("Phản ánh"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, HEAD.split(","))
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row.split(",")):
                if cell[:2].isdigit():
                    sheet.write_datetime(line, column, datetime.strptime(cell, "%d/%m/%Y"), as_day)
                else:
                    sheet.write(line, column, cell)


def views_of_october() -> str:
    """As the platform of the tests gives them: a day's ordinal number mod 1000, and the letters of page_media_view."""
    days = [date(2026, 10, 1) + timedelta(n) for n in range(31)]
    return integer(sum(day.toordinal() % 1000 + 15 for day in days), "vi")


KINDS = {
    "Facebook, a page's days": ("channels", {"channel": "fb-15", "measure": "views"}, f"lượt xem {views_of_october()}"),
    "Facebook, a post": ("posts", {"channel": "fb-15"}, ">155<"),  # 151 reactions, 1 comment, 3 shares
    "Zalo, followers": ("channels", {"channel": "oa-15", "measure": "followers"}, "người quan tâm Zalo OA 12.000"),
    "Zalo, an article": ("posts", {"channel": "oa-15"}, ">103<"),
    "Meta, content": ("posts", {"channel": "fb-xa"}, ">231<"),
    "Meta, days": ("channels", {"channel": "fb-xa", "measure": "followers"}, " 1.234"),
    "typed, an OA": ("channels", {"channel": "oa-xa", "measure": "followers"}, " 18.420"),
    "typed, village groups": ("channels", {"channel": "group-xa", "measure": "followers"}, " 2.140"),
    "typed, the mini app": ("channels", {"channel": "app-15", "measure": "interactions"}, " 777 "),
    "cases, CSV": ("feedback", {"unit": COMMUNE}, "2 phản ánh trong danh sách, 2 đã trả lời (100,0%), đúng hạn 50,0%"),
    "cases, workbook": ("feedback", {"unit": OTHER}, "1 phản ánh trong danh sách, 1 đã trả lời (100,0%), đúng hạn"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_of_each_kind_stands_on_its_page(kind: str) -> None:
    page, address, wanted = KINDS[kind]
    said = unescape(alone.said(alone.opened(f"voices.{page}", months="all", **address)))
    answer = said.partition('class="lead">')[2].partition("</p>")[0]
    assert wanted in (said if page == "posts" else answer), answer
