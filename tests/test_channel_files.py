"""Exports of Meta and figures typed by hand: what is taken in, what is held back, and that every row is counted."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl import deliveries, load, store
from etl.landing import Packed, pack
from etl.readings import TABLE
from etl.registry import registry
from etl.sources import source_for
from tests.channel_files import BAT_XAT, CONTENT, content, daily, post

LONG = "12215800446701"  # the beginning of an 18-digit id


class Inbox:
    """What was sent, read and judged as `load` does, without its child processes."""

    def __init__(self, folder: Path):
        self.root, self.folder = store.root("demo", folder / "data"), folder
        self.receipts: list[store.Record] = []
        self.landed: dict[str, Packed] = {}

    def judged(self) -> deliveries.Judged:
        read = deliveries.in_hand(self.receipts, self.landed)
        return deliveries.judge(read, registry(self.root), self.root.origin)


@pytest.fixture
def root(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def sent(root: Inbox, name: str, content: bytes) -> dict[str, Any]:
    """The answer to one file."""
    sha = store.sha_of(content)
    path = root.folder / sha
    path.write_bytes(content)
    source = source_for(name, content)
    root.landed[sha] = pack(source.read(path))
    about = {"source": source.SOURCE, "file": name, "sender": "", "way": "test"}
    root.receipts.append({"sha256": sha, "received_at": "2026-04-02T08:00:00+07:00"} | about)
    return load._answers(root.judged())[sha]


def readings(root: Inbox) -> pl.DataFrame:
    return root.judged().others[TABLE]


def values(root: Inbox, metric: str) -> list[Any]:
    return readings(root).filter(metric=metric).sort("sha256", "row")["value"].to_list()


def texts(root: Inbox, metric: str) -> list[Any]:
    return readings(root).filter(metric=metric)["text"].to_list()


def codes(answer: dict[str, Any]) -> list[tuple[int | None, str]]:
    return [(told["row"], told["code"]) for told in answer["letters"]]


# ---- the content export -----------------------------------------------------------------


def test_a_content_export_gives_every_posts_totals(root: Inbox) -> None:
    answer = sent(root, "Mar-01-2026_Mar-31-2026_1578612080329235.csv", content(post(), post(Post_ID=LONG + "9999")))
    assert (answer["verdict"], answer["rows"]) == ("accepted", {"stored": 2, "held": 0, "ignored": 1})
    assert values(root, "post_views") == [5410, 5410]
    assert values(root, "post_interactions") == [231, 231]
    assert readings(root)["channel"].unique().to_list() == ["fb-02683"]
    assert texts(root, "text:published_at") == ["2026-03-14T19:30"] * 2
    assert texts(root, "text:kind")[0] == "photo"
    assert texts(root, "text:title")[0].endswith('"đi từng ngõ"')


def test_columns_come_and_go(root: Inbox) -> None:
    fewer = [name for name in CONTENT if name not in ("Negative feedback from users: Hide all", "Reach", "Date")]
    more = [*CONTENT[:5], "Negative feedback from users: Hide", *CONTENT[5:], "Viewers"]
    assert sent(root, "a.csv", content(post(), header=fewer))["verdict"] == "accepted"
    assert sent(root, "b.csv", content(post(Viewers="2000"), header=more))["verdict"] == "accepted"
    assert values(root, "post_reach") == [3120] and values(root, "post_viewers") == [2000]


def test_a_header_in_vietnamese_is_the_same_header(root: Inbox) -> None:
    names = {
        "Post ID": "ID bài viết", "Page ID": "ID trang", "Title": "Tiêu đề", "Publish time": "Thời gian đăng",
        "Post type": "Loại bài viết", "Views": "Lượt xem", "Reach": "Số người tiếp cận", "Comments": "Bình luận",
        "Date": "Ngày",
    }  # fmt: skip
    row = {names.get(name, name): value for name, value in post(Post_type="Ảnh", Date="Trọn đời").items()}
    header = [names.get(name, name) for name in CONTENT]
    assert sent(root, "a.csv", content(row, header=header))["verdict"] == "accepted"
    assert values(root, "post_views") == [5410] and values(root, "post_comments") == [37]
    assert texts(root, "text:kind") == ["photo"]


def test_a_blank_is_no_zero(root: Inbox) -> None:
    sent(root, "a.csv", content(post(Views="", Shares="0")))
    assert values(root, "post_views") == [None] and values(root, "post_shares") == [0]


HELD = [
    ({"Post_ID": "1.22158E+17"}, "destroyed_id"),
    ({"Post_ID": "1,22158E+17"}, "destroyed_id"),
    ({"Page_ID": "9E+14"}, "destroyed_id"),
    ({"Post_ID": ""}, "no_post_id"),
    ({"Post_ID": "bài 1"}, "no_post_id"),
    ({"Page_ID": "123"}, "unknown_channel"),
    ({"Publish_time": "14/03/2026 19:30"}, "bad_time"),
    ({"Publish_time": ""}, "bad_time"),
    ({"Date": "03/14/2026"}, "not_lifetime"),
    ({"Views": "nhiều"}, "bad_number"),
    ({"Views": "5.41"}, "bad_number"),
    ({"Shares": "-1"}, "negative"),
]


@pytest.mark.parametrize(("changed", "code"), HELD)
def test_a_row_that_cannot_be_known_is_held_and_the_others_stored(
    root: Inbox, changed: dict[str, str], code: str
) -> None:
    rest = [post(Post_ID=LONG + str(number)) for number in (1111, 2222)]
    answer = sent(root, "a.csv", content(rest[0], post(**changed), rest[1]))
    assert codes(answer) == [(3, code)]
    assert (answer["verdict"], answer["rows"]) == ("partly", {"stored": 2, "held": 1, "ignored": 1})


def test_ids_that_excel_rounded_are_known_by_their_zeros(root: Inbox) -> None:
    rounded = [post(Post_ID=id) for id in ("122158004467012000", "122158004467013000", "122158004467014000")]
    whole = post(Post_ID="122158004467012345")
    answer = sent(root, "a.csv", content(*rounded, whole))
    assert codes(answer) == [(row, "destroyed_id") for row in (2, 3, 4)]
    # One id may well end in zeros.
    assert sent(root, "b.csv", content(rounded[0], whole, post(Post_ID=LONG + "1111")))["verdict"] == "accepted"


def test_a_post_said_twice_with_other_figures_is_asked_and_a_repeated_row_passed_over(root: Inbox) -> None:
    once = post(Post_ID=LONG + "1111")
    answer = sent(root, "a.csv", content(post(), post(Views="9"), once, once))
    assert codes(answer) == [(2, "duplicate_post"), (3, "duplicate_post")]
    assert answer["rows"] == {"stored": 1, "held": 2, "ignored": 2}


def test_what_excel_in_vietnamese_saves_still_reads(root: Inbox) -> None:
    answer = sent(root, "a.csv", content(post(Views="5.410"), delimiter=";"))
    assert answer["verdict"] == "accepted" and values(root, "post_views") == [5410]


@pytest.mark.parametrize(
    "bytes_of",
    [
        lambda whole: whole.replace("Mặt".encode(), b"\xff\xfe"),
        lambda whole: whole + b'"122158004467012346","an open quote',
    ],
)
def test_a_file_that_is_torn_is_refused_with_a_sentence(root: Inbox, bytes_of: Any) -> None:
    answer = sent(root, "a.csv", bytes_of(content(post())))
    assert (answer["verdict"], codes(answer)) == ("refused", [(None, "unreadable_text")])
    assert readings(root).is_empty()


def test_a_csv_of_something_else_is_refused(root: Inbox) -> None:
    answer = sent(root, "a.csv", "Gender,Distribution\nMale,73.7\n".encode("utf-8-sig"))
    assert (answer["verdict"], codes(answer)) == ("refused", [(None, "not_a_workbook")])


# ---- a page's days -----------------------------------------------------------------


def test_a_pages_days_are_read_block_by_block(root: Inbox) -> None:
    blocks = {
        "Facebook follows": {"2026-03-01": "20", "2026-03-02": ""},
        "Lượt xem": {"2026-03-01": "1840"},
        "Instagram reach": {"2026-03-01": "7", "2026-03-02": "8"},
    }
    answer = sent(root, "fb-02683 Follows.csv", daily(blocks))
    # sep=, three titles, three headers, and two days of a metric of another platform
    assert answer["rows"] == {"stored": 3, "held": 0, "ignored": 9}
    assert codes(answer) == [(None, "unknown_metric")]
    assert values(root, "fb_new_followers") == [20, None] and values(root, "fb_views") == [1840]
    assert readings(root)["account"].unique().to_list() == [BAT_XAT]


def test_a_header_of_days_in_vietnamese_is_the_same(root: Inbox) -> None:
    sent(root, "fb-02683.csv", daily({"Người xem": {"2026-03-01": "9"}}, ("Ngày", "Chính")))
    assert values(root, "fb_viewers") == [9]


def test_a_pages_days_without_a_page_in_the_name_wait(root: Inbox) -> None:
    answer = sent(root, "Follows (1).csv", daily({"Views": {"2026-03-01": "20"}}))
    assert codes(answer) == [(4, "no_channel_in_name")] and answer["rows"]["held"] == 1


def test_bad_days_are_held_row_by_row(root: Inbox) -> None:
    days = {"2026-03-01": "20", "2026-02-30": "20", "2026-03-03": "-4", "2026-03-04": "x", "2026-05-01": "3"}
    answer = sent(root, "fb-02683.csv", daily({"Views": days}))
    assert codes(answer) == [(5, "bad_date"), (6, "negative"), (7, "bad_number"), (8, "future_day")]
    assert answer["rows"] == {"stored": 1, "held": 4, "ignored": 3}


def test_a_day_said_twice_is_held(root: Inbox) -> None:
    content = daily({"Views": {"2026-03-01": "20"}}) + '"2026-03-01T00:00:00","21"\n'.encode("utf-16-le")
    assert codes(sent(root, "fb-02683.csv", content)) == [(5, "duplicate_day")]


# ---- figures typed by hand -----------------------------------------------------------------

FIGURES = """\
date,platform,channel,followers,messages_in,messages_answered,answer_minutes,groups
01/03/2026,zalo_oa,oa-15,"18.420",34,31,"12,5",
2026-03-01,Nhóm Zalo,group-02683,2140,,,,55
2026-03-02,zalo_oa,9000000000000000015,-,0,,,
"""


def test_typed_figures_find_their_channel_by_either_id(root: Inbox) -> None:
    answer = sent(root, "a.csv", FIGURES.encode())
    assert (answer["verdict"], answer["rows"]) == ("accepted", {"stored": 3, "held": 0, "ignored": 1})
    assert values(root, "oa_followers") == [18420]  # a dash is no figure
    assert values(root, "oa_answer_minutes") == [12.5]
    assert values(root, "oa_messages_in") == [34, 0]
    assert values(root, "group_members") == [2140] and values(root, "group_count") == [55]


def test_an_oa_id_says_the_platform(root: Inbox) -> None:
    answer = sent(root, "a.csv", "oa_id;ngày;người quan tâm\noa-15;01/03/2026;18420\n".encode())
    assert answer["verdict"] == "accepted" and values(root, "oa_followers") == [18420]


FAULTS = [
    ("31/09/2026,zalo_oa,oa-15,5,,,,", "bad_date"),
    ("01/03/2026,zalo_oa,,5,,,,", "no_channel"),
    ("01/03/2026,telegram,oa-15,5,,,,", "unknown_platform"),
    ("01/03/2026,zalo_oa,oa-99,5,,,,", "unknown_channel"),
    ("01/03/2026,zalo_oa,oa-15,khoảng 5,,,,", "bad_number"),
    ("01/03/2026,zalo_oa,oa-15,-5,,,,", "negative"),
    ("01/03/2026,zalo_oa,oa-15,5,,,,7", "not_of_platform"),
    ("01/03/2026,zalo_oa,oa-15,18421,,,,", "duplicate_day"),
]


@pytest.mark.parametrize(("line", "code"), FAULTS)
def test_a_line_that_cannot_be_known_is_held(root: Inbox, line: str, code: str) -> None:
    answer = sent(root, "a.csv", f"{FIGURES}{line}\n".encode())
    assert codes(answer) == [(5, code)]
    assert answer["rows"] == {"stored": 3, "held": 1, "ignored": 1}


def test_a_column_nobody_knows_is_asked_about_and_not_read(root: Inbox) -> None:
    answer = sent(root, "a.csv", b"oa_id,date,followers,so dien thoai\noa-15,01/03/2026,5,0912345678\n")
    assert (answer["verdict"], codes(answer)) == ("accepted", [(1, "unknown_column")])
    assert readings(root).filter(pl.col("text").is_not_null()).is_empty()


@pytest.mark.slow
def test_files_of_all_kinds_go_through_the_readers_and_stay(tmp_path: Path) -> None:
    root, inbox = store.root("demo", tmp_path / "data"), tmp_path / "in"
    inbox.mkdir()
    files = {
        "Mar.csv": content(post()),
        "fb-02683.csv": daily({"Views": {"2026-03-01": "20"}}),
        "a.csv": FIGURES.encode(),
    }
    for name, bytes_of in files.items():
        (inbox / name).write_bytes(bytes_of)
    answers = load.load(root, [inbox])
    assert {Path(answer["file"]).name: answer["rows"]["stored"] for answer in answers} == {
        "Mar.csv": 1, "fb-02683.csv": 1, "a.csv": 3,
    }  # fmt: skip
    receipts = store.receipts(root)
    again = deliveries.in_hand(receipts, load.land(root, receipts)).others[TABLE]
    assert again.filter(metric="fb_views")["value"].to_list() == [20]
    assert sorted(receipt["source"] for receipt in receipts) == ["channel_figures", "meta_content", "meta_daily"]


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (content(post()), "meta_content"),
        (daily({"Views": {}}), "meta_daily"),
        (FIGURES.encode(), "channel_figures"),
        (b"PK\3\4", "commune_workbook"),
        (b"\xff\xfe\x00", "commune_workbook"),
        (b"", "commune_workbook"),
    ],
)
def test_a_source_knows_its_files_by_what_is_in_them(content: bytes, source: str) -> None:
    assert source == source_for("a", content[:4096]).SOURCE
