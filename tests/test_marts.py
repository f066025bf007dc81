"""Three villages, one commune: what the tables say, row by row."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from etl import registry, store
from etl.build import build
from exports import words
from methods.rounds import jumps
from metrics import rounds
from tests.handmade import (
    AUGUST,
    COMMUNE,
    HU,
    JULY,
    LAO,
    NAMES,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    XEO,
    deliver,
    held,
    moment,
    now,
    three_villages,
)  # fmt: skip
from warehouse import publish
from warehouse.version import Version

FIRST = {HU: (100, 30, 20, 10, 5, 6, 2, 3), LAO: (80, 20, 10, 0, 0, 5, 0, 0), XEO: (60, 6, 0, 0, 0, 4, 0, 0)}
MARTS = sorted(publish.MARTS.rglob("*.sql"))


def built(root) -> Version:
    build(root)
    return now(root)


def stock(version: Version, village: str, month: date) -> tuple:
    """is_reported, source_month, carried, households, households_any, households_helped of a village and month."""
    columns = "is_reported, source_month, carried, households, households_any, households_helped"
    return version.query(f"select {columns} from village_month where village = ? and month = ?", [village, month]).row(
        0
    )


def share(version: Version, indicator: str, unit: str, month: date, columns: str) -> tuple:
    sql = f"select {columns} from indicator_month where indicator = ? and unit = ? and month = ?"
    return version.query(sql, [indicator, unit, month]).row(0)


def test_one_month_of_three_villages(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    sha = deliver(root, JULY, FIRST, "2025-08-04")
    version = built(root)
    place = "village_name, commune, commune_name, month, is_reported, source_month, carried"
    here = (COMMUNE, "Xã Lao Chải", JULY, True, JULY, 0)
    assert version.query(f"select village, {place} from village_month order by village").rows() == [
        (HU, "Hú Trù Lìn", *here), (LAO, "Lao Chải", *here), (XEO, "Xéo Dì Hồ", *here),
    ]  # fmt: skip
    counts = "columns('households.*'), group_members, members_trained, group_formed, sheet, row"
    assert version.query(f"select {counts} from village_month order by village").rows() == [
        (100, 30, 20, 10, 5, 3, 100, 6, 2, None, "Thôn", 7),
        (80, 20, 10, 0, 0, 0, 80, 5, 0, None, "Thôn", 8),
        (60, 6, 0, 0, 0, 0, 60, 4, 0, None, "Thôn", 9),
    ]
    expected = (56, 240, 56 / 240, None, 3, 3, 240, 240, 56 / 240, 0, 1, JULY)
    columns = "numerator, denominator, share, change, villages_known, villages_expected, households_known, "
    columns += "households_reference, floor, villages_carried, rounds, last_reported"
    assert share(version, "access_any", COMMUNE, JULY, columns) == expected
    # 98 communes have registered no village: what the province's figure is out of is not known.
    of_province = (*expected[:7], None, None, 0, 1, JULY)
    assert share(version, "access_any", "15", JULY, columns) == of_province
    assert share(version, "access_any", "15", JULY, "communes_unlisted") == (98,)
    row = version.query("select * from round where commune = ? and month = ?", [COMMUNE, JULY]).row(0, named=True)
    assert (row["is_submitted"], row["is_on_time"], row["days_late"], row["villages_usable"]) == (True, True, 0, 3)
    assert (row["is_usable"], row["sha256"]) == (True, sha)


def test_without_a_list_of_villages_nobody_knows_how_many_are_usable(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    deliver(root, JULY, {"La Ve": FIRST[HU]}, commune="03046")
    version = built(root)
    (row,) = rounds.communes(version, JULY).filter(commune="03046").iter_rows(named=True)
    counts = [row[name] for name in ("state", "villages_expected", "villages_usable", "usable_share")]
    assert counts == ["not_usable", None, None, None]
    assert words.round_state(row) == "Chưa dùng được (chưa có danh mục thôn)"
    told = words.reminder(row, JULY, AUGUST)
    assert "chưa xác nhận danh mục thôn" in told and "0 thôn" not in told


def test_a_silent_village_is_carried_two_rounds_and_no_more(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    for month in (AUGUST, SEPTEMBER, OCTOBER):
        deliver(root, month, {HU: (100, 40, 20, 10, 5, 6, 2, 3)})
    version = built(root)
    assert stock(version, LAO, AUGUST) == (False, JULY, 1, 80, 20, None)
    assert stock(version, LAO, SEPTEMBER) == (False, JULY, 2, 80, 20, None)
    assert stock(version, LAO, OCTOBER) == (False, None, None, None, None, None)
    columns = "numerator, denominator, villages_known, villages_carried, households_known, households_reference"
    assert share(version, "access_any", COMMUNE, SEPTEMBER, columns) == (66, 240, 3, 2, 240, 240)
    assert share(version, "access_any", COMMUNE, OCTOBER, columns) == (40, 100, 1, 0, 100, 240)
    assert share(version, "access_any", COMMUNE, OCTOBER, "floor")[0] == pytest.approx(40 / 240)


def test_change_compares_only_villages_with_a_value_in_both_months(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: (100, 30, 0, 0, 0, 0, 0, 0)})
    deliver(root, AUGUST, {HU: (100, 40, 0, 0, 0, 0, 0, 0), LAO: (80, 80, 0, 0, 0, 0, 0, 0)})
    version = built(root)
    assert share(version, "access_any", COMMUNE, AUGUST, "share")[0] == pytest.approx(120 / 180)
    assert share(version, "access_any", COMMUNE, AUGUST, "change")[0] == pytest.approx(0.10)


def test_no_change_means_the_figures_last_reported(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    deliver(root, NOVEMBER, {HU: "x 7", LAO: "x"})
    version = built(root)
    assert stock(version, HU, NOVEMBER) == (True, NOVEMBER, 0, 100, 30, 7)
    assert stock(version, LAO, NOVEMBER) == (True, NOVEMBER, 0, 80, 20, None)
    assert stock(version, HU, OCTOBER)[:4] == (False, None, None, None)


def test_no_change_with_nothing_before_is_no_figure(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: "x"})
    version = built(root)
    assert stock(version, HU, JULY) == (True, JULY, 0, None, None, None)
    assert share(version, "access_any", COMMUNE, JULY, "numerator, share, villages_known") == (None, None, 0)


def test_figures_beside_no_change_never_make_a_part_larger_than_its_whole(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    deliver(root, AUGUST, {HU: (25, *(None,) * 6, 1, "x"), LAO: (79, *(None,) * 6, 1, "x")})
    version = built(root)
    assert stock(version, HU, AUGUST) == (True, AUGUST, 0, 25, None, 1)
    assert stock(version, LAO, AUGUST) == (True, AUGUST, 0, 79, 20, 1)


def test_a_flow_is_never_carried(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    deliver(root, AUGUST, {LAO: (80, 20, 10, 0, 0, 5, 0, 4)})
    assert stock(built(root), HU, AUGUST) == (False, JULY, 1, 100, 30, None)


def test_a_group_once_stated_stays_and_all_villages_are_the_whole(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, groups={HU: 1, LAO: 0})
    for month in (AUGUST, SEPTEMBER, OCTOBER, NOVEMBER):
        deliver(root, month, {HU: FIRST[HU]})
    version = built(root)
    columns = "numerator, denominator, villages_known, villages_carried, change"
    assert share(version, "groups_formed", COMMUNE, JULY, columns) == (1, 3, 2, 0, None)
    assert share(version, "groups_formed", COMMUNE, NOVEMBER, columns) == (1, 3, 2, 1, 0.0)
    assert share(version, "groups_formed", COMMUNE, NOVEMBER, "share, floor") == (1 / 3, 1 / 3)
    assert share(version, "groups_formed", "15", NOVEMBER, "share, floor") == (1 / 3, None)


def test_a_unit_that_said_nothing_is_not_zero(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    assert share(built(root), "groups_formed", COMMUNE, JULY, "numerator, share, floor, villages_known") == (
        None,
        None,
        None,
        0,
    )


def test_the_ladder_asks_for_three_reported_months_before_it_says_inactive(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    quiet = {id: (*figures[:7], 0) for id, figures in FIRST.items()}
    deliver(root, JULY, quiet | {XEO: (60, 6, 0, 0, 0, 4, 1, 2)}, groups={HU: 1, LAO: 0, XEO: 1})
    for month in (AUGUST, SEPTEMBER, OCTOBER):
        deliver(root, month, {HU: quiet[HU], XEO: quiet[XEO]})
    ladder = built(root).query("select village, month, is_formed, is_trained, activity from village_month").rows()
    assert (HU, AUGUST, True, True, "unknown") in ladder
    assert (HU, SEPTEMBER, True, True, "inactive") in ladder
    assert (LAO, SEPTEMBER, False, None, "") in ladder
    assert (XEO, SEPTEMBER, True, False, "active") in ladder
    assert (XEO, OCTOBER, True, False, "inactive") in ladder


def test_a_unit_adds_its_villages_up_rung_by_rung(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: FIRST[HU], LAO: FIRST[LAO]}, groups={HU: 1, LAO: 0})
    rungs = "villages, reported, formed, trained, active, inactive, unknown"
    sql = f"select {rungs} from unit_ladder where unit = ? and month = ?"
    assert [built(root).query(sql, [unit, JULY]).row(0) for unit in (COMMUNE, "15")] == [(3, 2, 1, 1, 1, 0, 0)] * 2


def test_a_unit_knows_its_cluster_and_its_size(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    version = built(root)
    size = "select cluster, cluster_name, villages, households from unit where unit = ?"
    assert version.query(size, [COMMUNE]).row(0) == (
        "cluster:mu_cang_chai", "Cụm Mù Cang Chải - Trạm Tấu", 3, 240,
    )  # fmt: skip
    assert version.query(size, ["15"]).row(0) == (None, None, 3, 240)
    assert version.query(size, ["02647"]).row(0)[2:] == (0, None)


def test_a_platforms_share_is_out_of_the_households_of_the_same_quarter(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, breakdown={HU: {"kinh": 60, "unknown": 40}})
    deliver(root, AUGUST, FIRST)
    shares = built(root).query("select unit, month, value, households, share from platform_share order by unit")
    whole = (JULY, 100, 100, 1.0)
    assert shares.rows() == [(COMMUNE, *whole), ("15", *whole), ("cluster:mu_cang_chai", *whole)]


def test_merged_villages_count_until_the_merger_and_their_heir_from_it_on(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    new = f"{COMMUNE}-004"
    for id, name, reference in ((HU, "Hú Trù Lìn", 100), (LAO, "Lao Chải", 80)):
        ended = registry.entry(id, name, JULY, reference) | {"valid_to": "2025-08", "successors": [new]}
        registry.adopt(root, COMMUNE, [ended], at=moment("2025-09-10"))
    registry.adopt(root, COMMUNE, [registry.entry(new, "Lao Chải", SEPTEMBER, 180)], at=moment("2025-09-11"))
    deliver(root, SEPTEMBER, {"Thôn Lao Chải": (180, 60, 0, 0, 0, 0, 0, 0), HU: (100, 50, 0, 0, 0, 0, 0, 0)})
    version = built(root)
    assert version.query("select village from village_month where month = ? order by 1", [AUGUST])[
        "village"
    ].to_list() == [HU, LAO, XEO]
    assert version.query("select village from village_month where month = ? order by 1", [SEPTEMBER])[
        "village"
    ].to_list() == [XEO, new]
    assert stock(version, new, SEPTEMBER)[:5] == (True, SEPTEMBER, 0, 180, 60)
    told = version.query("select code, message from letter").row(0)
    assert told[0] == "unknown_village" and "nay là Lao Chải" in told[1]


def test_a_round_is_late_after_the_days_of_grace_and_unusable_with_a_hole(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST | {HU: (100, None, 20, 10, 5, 6, 2, 3)}, "2025-08-10")
    version = built(root)
    row = version.query("select * from round where commune = ? and month = ?", [COMMUNE, JULY]).row(0, named=True)
    assert (row["is_on_time"], row["days_late"], row["is_usable"], row["villages_usable"]) == (False, 3, False, 2)
    assert (row["state"], row["letters"], row["due"], row["full_name"]) == (
        "not_usable", 0, date(2025, 8, 5), "Xã Lao Chải",
    )  # fmt: skip
    counts = version.query(
        "select expected, submitted, on_time, usable from unit_round where unit = '15' order by month"
    )
    assert counts.row(0) == (99, 1, 0, 0)


def test_every_commune_is_expected_every_month(tmp_path: Path) -> None:
    root = three_villages(tmp_path, "demo")
    deliver(root, JULY, FIRST, "2025-10-10")
    rounds = built(root).query(
        "select month, count(*) as n, count(*) filter (is_submitted) as sent from round group by month order by month"
    )
    assert rounds.rows() == [(JULY, 99, 1), (AUGUST, 99, 0), (SEPTEMBER, 99, 0)]


# ---- questions -----------------------------------------------------------------------------------------------------


def questions(version: Version) -> list[tuple]:
    return version.query("select code, unit, month, measure, value, reference from question order by all").rows()


def test_a_fall_in_members_trained_is_asked_about_across_a_gap(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, {HU: (100, 30, 20, 10, 5, 6, 4, 3)})
    deliver(root, SEPTEMBER, {HU: (100, 30, 20, 10, 5, 6, 1, 3)})
    deliver(root, OCTOBER, {HU: (100, 30, 20, 10, 5, 6, 1, 4)})
    version = built(root)
    assert questions(version) == [("falls", HU, SEPTEMBER, "members_trained", 1, 4.0)]
    place = version.query('select sheet, row, "column", message from question').row(0)
    assert place[:3] == ("Thôn", 7, "J") and "Hú Trù Lìn" in place[3] and "(4)" in place[3]


def test_households_far_from_the_reference_and_ethnic_rows_that_do_not_add_up(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    rows = {HU: (111, 1, 0, 0, 0, 0, 0, 0), LAO: (88, 1, 0, 0, 0, 0, 0, 0)}
    deliver(root, JULY, rows, breakdown={HU: {"kinh": 60, "unknown": 51}, LAO: {"mong": 80, "tay": 9}})
    assert questions(built(root)) == [
        ("ethnic_sum", LAO, JULY, "households", 89, 88.0),
        ("households_reference", HU, JULY, "households", 111, 100.0),
    ]


def test_three_rounds_alike_are_asked_about_unless_ticked(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    for month in (JULY, AUGUST, SEPTEMBER, OCTOBER):
        others = {
            LAO: "x" if month > JULY else FIRST[LAO],
            XEO: (60, 6 + (month == JULY), 0, 0, 0, 4, 0, month > AUGUST),
        }
        deliver(root, month, {HU: (100, 29 + (month > JULY), 20, 10, 5, 6, 2, 3)} | others)
    assert questions(built(root)) == [("copied_forward", HU, OCTOBER, "", None, 3.0)]


def test_a_jump_is_the_one_of_methods_rounds(tmp_path: Path) -> None:
    chance, root = np.random.default_rng(20251101), store.root("real", tmp_path)
    ids = [f"{COMMUNE}-{serial:03}" for serial in range(1, 61)]
    registry.adopt(root, COMMUNE, [registry.entry(id, NAMES.get(id, id), JULY) for id in ids], at=moment("2025-07-01"))
    months = [date(2025 + (6 + n) // 12, (6 + n) % 12 + 1, 1) for n in range(10)]
    paces = chance.choice([0, 0, 0, 2, 2, 3, 4, 8, 30, -20], (60, 10))
    counts = np.clip(20 + np.cumsum(paces, axis=1), 0, 190).astype(float)
    counts[chance.random(counts.shape) < 0.15] = np.nan
    for number, month in enumerate(months):
        sent = {id: n[number] for id, n in zip(ids, counts, strict=True) if not np.isnan(n[number])}
        deliver(root, month, {id: (200, int(n), 0, 0, 0, 6, 2, number) for id, n in sent.items()}, "2026-12-01")
    asked = {(unit, month) for code, unit, month, *_ in questions(built(root)) if code == "jump"}
    found = np.argwhere(jumps(counts, np.full(counts.shape, 200.0)))
    assert asked == {(ids[village], months[number]) for village, number in found}
    assert len(asked) > 20, "or nothing was compared"


def test_a_village_is_asked_about_one_thing_once(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    for number, month in enumerate((JULY, AUGUST, SEPTEMBER, OCTOBER)):
        usual = {HU: (100, 30 + number, 20 + number, 9 + number, 5 + number, 6, 2, number)}
        deliver(root, month, usual | {LAO: (80, 20 + number, 10, 5, 0, 5, 0, number)})
    people = {LAO: (352, 24, 10, 5, 0, 5, 0, 4)}
    deliver(root, NOVEMBER, {HU: (100, 93, 83, 70, 60, 6, 2, 3)} | people)
    assert questions(built(root)) == [
        ("households_reference", LAO, NOVEMBER, "households", 352, 80.0),
        ("jump", HU, NOVEMBER, "households_any", 93, 34.0),
    ]


# ---- the files themselves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mart", MARTS, ids=lambda path: path.stem)
def test_every_mart_says_what_one_row_is(mart: Path) -> None:
    text = mart.read_text(encoding="utf-8")
    assert re.match(r"-- One row per .+\.\n", text), "the first line says what one row is"
    assert len(text.splitlines()) <= 40


def test_a_mart_is_read_in_the_order_it_was_written_in(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    for month in (JULY, AUGUST):
        deliver(root, month, FIRST, groups={HU: 1}, breakdown={HU: {"kinh": 60, "unknown": 40}})
    version = built(root)
    for mart in publish.MARTS.glob("*.sql"):
        text = mart.read_text(encoding="utf-8")
        order = re.sub(r"\w+\.", "", text[text.rindex("order by") :])
        assert version.query(f'from "{mart.stem}"').equals(version.query(f'from "{mart.stem}" {order}')), mart.stem


def test_every_mart_is_made_after_those_it_reads() -> None:
    made: set[str] = set()
    names = {mart.stem for mart in MARTS}
    for mart in publish.in_order():
        read = set(re.findall(r'\b(?:from|join)\s+"?(\w+)', mart.read_text(encoding="utf-8"))) & names
        assert read <= made, mart.stem
        made.add(mart.stem)


def test_held_rows_leave_the_former_value_marked_as_carried(tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST)
    deliver(root, AUGUST, {HU: (100, 31, 20, 10, 5, 6, 2, 3), XEO: FIRST[XEO]}, held=[held(8)])
    version = built(root)
    assert stock(version, LAO, AUGUST) == (False, JULY, 1, 80, 20, None)
    assert version.query("select rows_stored, rows_held, verdict from delivery order by month").rows() == [
        (3, 0, "accepted"),
        (2, 1, "partly"),
    ]
