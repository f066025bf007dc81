"""What channels' platforms count lands beside the workbooks' cells, and finds its channel."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from definitions.channels import channel_metrics, channels, metric_named
from definitions.load import DefinitionError
from etl import deliveries, registry, store
from etl.landing import CELL, CELLS, Landed, Packed, pack, unpack
from etl.readings import READINGS, TABLE, Reading, table

PAGE = channels("demo")["fb-02683"].account
DAY = date(2026, 3, 1)
PROVINCE_15 = '{ unit = "15", since = 2025-07-01 }'


def landing(*readings: Reading) -> Packed:
    rows = len({one.row for one in readings})
    return pack(Landed("figures", "1", None, None, 1, None, None, table(readings), rows, table=TABLE))


def judged(root: store.Root, packed: Packed, file: str = "a.csv", **more: Any) -> deliveries.Judged:
    receipt = {"sha256": "f" * 64, "source": "figures", "file": file, "sender": "", "way": "test"}
    read = deliveries.in_hand([receipt | {"received_at": "2026-03-05T09:00:00+07:00"}], {"f" * 64: packed})
    return deliveries.judge(read, registry.registry(root), root.origin, **more)


def followers(row: int, value: float | None = 1200, account: str = PAGE, day: date = DAY) -> Reading:
    return Reading(row, "facebook", account, "", day, "fb_followers", value)


@pytest.fixture
def root(tmp_path: Path) -> store.Root:
    return store.root("demo", tmp_path)


def test_readings_survive_being_landed_and_blank_is_not_zero() -> None:
    rows = [followers(4), followers(5, None), followers(6, 0)]
    again = unpack(landing(*rows))
    assert again.table == TABLE and again.rows == {"stored": 3, "held": 0, "ignored": 0}
    assert table([]).schema == READINGS
    assert again.cells.column("value").to_pylist() == [1200, None, 0]


def test_a_reading_finds_its_channel_and_is_no_cell_of_a_workbook(root: store.Root) -> None:
    told = judged(root, landing(followers(4)))
    assert told.cells.is_empty()
    assert told.others[TABLE].select("channel", "day", "value").rows() == [("fb-02683", DAY, 1200)]
    assert told.deliveries.select("verdict", "rows_stored", "rows_held").row(0) == ("accepted", 1, 0)


def test_a_file_is_as_old_as_its_receipt(root: store.Root) -> None:
    lifetime = Reading(2, "facebook", PAGE, "7_1", None, "post_shares", 3)
    row = judged(root, landing(lifetime)).others[TABLE].row(0, named=True)
    assert (row["day"], row["measured_at"]) == (date(2026, 3, 5), datetime(2026, 3, 5, 9))


def test_rows_of_an_unknown_account_and_of_days_to_come_wait_with_a_letter(root: store.Root) -> None:
    told = judged(root, landing(followers(4), followers(5, account="123"), followers(6, day=date(2026, 3, 6))))
    assert told.letters.select("row", "code", "found").rows() == [
        (5, "unknown_channel", "123"),
        (6, "future_day", "06/03/2026"),
    ]
    assert told.deliveries.select("verdict", "rows_stored", "rows_held").row(0) == ("partly", 1, 2)


@pytest.mark.parametrize(
    ("file", "stored"),
    [
        ("fb-02683 Views.csv", 1),
        (f"Views {PAGE}.csv", 1),
        ("Views.csv", 0),
        ("fb-02683 fb-15.csv", 0),
        ("fb-026831.csv", 0),
    ],
)
def test_a_file_that_names_no_page_inside_is_known_by_its_name(root: store.Root, file: str, stored: int) -> None:
    told = judged(root, landing(followers(4, account="")), file)
    assert told.others[TABLE].height == stored
    assert told.letters["code"].to_list() == ([] if stored else ["no_channel_in_name"])


def test_the_real_root_knows_no_channel_of_the_demonstration(tmp_path: Path) -> None:
    told = judged(store.root("real", tmp_path), landing(followers(4)))
    assert told.deliveries["verdict"].item() == "refused"
    assert told.others[TABLE].is_empty()


def test_a_withdrawn_file_gives_no_readings(root: store.Root) -> None:
    told = judged(root, landing(followers(4)), withdrawn={"f" * 64: "sai"})
    assert told.others[TABLE].is_empty()
    assert told.deliveries["rows_stored"].item() == 1


def test_a_workbook_is_landed_as_cells() -> None:
    landed = Landed("commune_workbook", "1", None, None, 1, "real", None, CELLS.empty_table(), 0)
    assert pack(landed).head["table"] == CELL


# ---- what they are called ------------------------------------------------------------------------------------------


def fault(folder: Path, file: str, text: str) -> DefinitionError:
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as told:
        channels("real", folder) if file == "channels.toml" else channel_metrics(folder)
    return told.value


def block(id: str, account: str, owners: str = PROVINCE_15, more: str = "") -> str:
    return f'[{id}]\nplatform = "facebook"\naccount = "{account}"\nowners = [{owners}]\nlabel = "a"\n{more}\n'


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (block("a", "1") + block("b", "1"), ("b", "account")),
        (block("a", "1", '{ unit = "99999", since = 2026-01-01 }'), ("a", "owners")),
        (block("a", "1", '{ unit = "10", since = 2026-01-01 }'), ("a", "owners")),
        (block("a", "1", more="until = 2025-06-01"), ("a", "owners")),
        (block("a", ""), ("a", "account")),
    ],
)
def test_a_faulty_channel_is_named_by_file_block_and_key(tmp_path: Path, text: str, at: tuple[str, str]) -> None:
    told = fault(tmp_path, "channels.toml", text)
    assert (told.file, told.block, told.key) == ("channels.toml", *at)


def test_a_name_in_a_file_means_one_metric_of_its_platform(tmp_path: Path) -> None:
    words = 'label = "a"\ndefinition = "a"\nsource = "a"'.replace('"a"', '{ vi = "a", en = "a" }')
    one = '[{id}]\nplatform = "facebook"\nof = "post"\nkind = "flow"\nheaders = ["Views"]\n' + words + "\n"
    told = fault(tmp_path, "channel_metrics.toml", one.replace("{id}", "a") + one.replace("{id}", "b"))
    assert (told.file, told.block, told.key) == ("channel_metrics.toml", "b", "headers")


def test_views_are_no_impressions_and_people_are_no_actions() -> None:
    assert metric_named("facebook", "channel", " lượt xem ") == "fb_views"
    assert metric_named("facebook", "channel", "Impressions") == "fb_impressions"
    assert metric_named("facebook", "post", "Lượt xem") == "post_views"
    assert metric_named("zalo_oa", "channel", "Lượt xem") is None
    assert channel_metrics()["oa_people"].kind == "people" and channel_metrics()["fb_interactions"].kind == "flow"


def test_every_real_and_demonstration_channel_is_valid() -> None:
    assert channels("real") == {}
    assert channels("demo")["fb-15"].owners[0].unit == "10" and channels("demo")["fb-15"].unit == "15"
