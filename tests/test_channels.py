"""How channels do, on marts typed by hand: breaks, trends, odd days, who is silent or late, and coverage."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from charts import levels, scatter
from definitions import format
from definitions.text import LANGUAGES, text
from exports import channels as told
from exports import tables, words
from methods.association import REASONS, Association, spearman
from metrics import channels
from warehouse import db
from warehouse.publish import FILE
from warehouse.version import Version

TODAY = date(2026, 11, 5)
MONTHS = [date(2026, month, 1) for month in range(1, 11)]
SCHEMA = """
create table channel (channel text, platform text, account text, label_vi text, label_en text, unit text,
    unit_name text, cluster text, since date, until date, last_day date, is_measurable boolean,
    last_post date);
create table channel_day (channel text, metric text, day date, value double);
create table channel_month (channel text, platform text, unit text, month date, metric text, kind text, value double,
    days integer, days_in_month integer);
create table channel_break (platform text, channel text, metric text, day date, code text, successor text);
create table post (channel text, post text, day date, title text, url text, interactions double, views double);
create table unit (unit text, full_name text, level text, households bigint);
create table indicator_month (indicator text, unit text, full_name text, level text, month date, change double);
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Page p of A (2,000 households), page q of B (500), a small page s of C, and A's Zalo OA z."""
    path: Path = tmp_path_factory.mktemp("channels")
    with db.draft(path / FILE) as made:
        made.execute(SCHEMA)
        for id, platform, unit, last, sure in (
            ("p", "facebook", "A", "2026-11-04", True), ("q", "facebook", "B", "2026-09-06", True),
            ("s", "facebook", "C", "2026-11-04", False), ("z", "zalo_oa", "A", None, True),
        ):  # fmt: skip
            row = [id, platform, id, id, id, unit, f"Xã {unit}", "", date(2026, 1, 1), None, last, sure]
            made.execute("insert into channel values (?,?,?,?,?,?,?,?,?,?,?,?,null)", row)
        for unit, households in (("A", 2000), ("B", 500), ("C", 100)):
            made.execute("insert into unit values (?, ?, 'commune', ?)", [unit, f"Xã {unit}", households])
        for i, month in enumerate(MONTHS):
            month_of(made, "p", "A", month, "fb_followers", "stock", 1000 + 100 * i, 20)
            month_of(made, "p", "A", month, "fb_interactions", "flow", 600 + 60 * i, 30 if i else 12)
            month_of(made, "p", "A", month, "posts", "flow", 10 if i != 1 else 0, 30)
            month_of(made, "q", "B", month, "fb_followers", "stock", 1000, 20)
            month_of(made, "s", "C", month, "fb_followers", "stock", 80, 20)
            for unit, change in (("A", 0.02), ("B", 0.01), ("C", None if i == 4 else 0.01)):
                made.execute(
                    "insert into indicator_month values ('online', ?, 'Xã ' || ?, 'commune', ?, ?)",
                    [unit, unit, month, change],
                )
        for i, month in enumerate(MONTHS[:6]):
            month_of(made, "p", "A", month, "fb_reach", "people", 100 + 10 * i if i < 5 else 7, 30 if i < 5 else 14)
        for channel, told_on, followers in (
            ("p", "2026-10-01", 100), ("p", "2026-10-02", 104), ("p", "2026-10-04", 110), ("p", "2026-10-05", 109),
            ("q", "2026-05-30", 900), ("q", "2026-05-31", 901), ("q", "2026-06-01", 50), ("q", "2026-06-02", 53),
        ):  # fmt: skip
            made.execute("insert into channel_day values (?, 'fb_followers', ?, ?)", [channel, told_on, followers])
        month_of(made, "p", "A", MONTHS[-1], "fb_answer_minutes", "stock", 90, 30)
        month_of(made, "q", "B", MONTHS[-1], "fb_answer_minutes", "stock", 3000, 30)
        made.execute(
            "insert into channel_break values ('facebook', null, 'fb_interactions', '2026-05-15', 'since', null)"
        )
        made.execute(
            "insert into channel_break values ('facebook', 'q', 'fb_followers', '2026-06-01', 'retired', null)"
        )
        made.execute(
            "insert into post values ('p', '1', '2026-11-04', 'Ngày hội', '', 9, null), "
            "('q', '2', '2026-08-01', 'Cũ', '', 1, null)"
        )
        for i in range(56):
            day = date(2026, 9, 1) + timedelta(days=i)
            value = 100 + 50 * (day.isoweekday() == 7) + (i % 3) + (1000 if i == 30 else 0)
            made.execute("insert into channel_day values ('p', 'fb_interactions', ?, ?)", [day, value])
        made.execute(
            "insert into post values ('p', '3', '2026-10-01', 'Bài lan rộng', '', 900, null), "
            "('p', '4', '2026-10-01', 'Bài thường', '', 12, null)"
        )
        made.execute("update channel set last_post = (select max(day) from post where post.channel = channel.channel)")
    return Version("hand", path, {})


def month_of(
    made: db.Connection, channel: str, unit: str, month: date, metric: str, kind: str, value: float, days: int
) -> None:
    row = [channel, "facebook", unit, month, metric, kind, value, days, 30]
    made.execute("insert into channel_month values (?,?,?,?,?,?,?,?,?)", row)


def test_a_month_is_told_per_post_and_per_thousand_households(version: Version) -> None:
    found = channels.months(version, "p", "fb_interactions")
    assert found["per_post"].to_list()[:3] == [60.0, None, 72.0]  # nothing per post where there is no post
    assert found["per_1000"].to_list()[2] == 360.0
    assert channels.months(version, "p", "fb_followers")["per_post"].null_count() == 10  # followers are no post's


def test_no_growth_rate_goes_across_a_break_or_a_month_half_known(version: Version) -> None:
    change = channels.months(version, "p", "fb_interactions")["change"].to_list()
    assert [i for i, rate in enumerate(change) if rate is None] == [0, 1, 4, 5]  # January is half known, May broken
    assert change[2] == pytest.approx(60 / 660)


def test_a_break_on_the_first_of_a_month_spoils_only_the_step_over_it(version: Version) -> None:
    change = channels.months(version, "q", "fb_followers")["change"].to_list()
    assert [i for i, rate in enumerate(change) if rate is None] == [0, 5]
    assert channels.months(version, "p", "fb_followers")["change"].null_count() == 1  # q's own break is not p's


def test_the_trend_begins_after_the_last_break(version: Version) -> None:
    broken = channels.breaks(version, "p", "fb_interactions")["day"].to_list()
    found = channels.trend(channels.months(version, "p", "fb_interactions"), broken)
    assert (found.since, found.n, found.slope, found.direction) == (date(2026, 6, 1), 5, 60.0, "rising")
    assert found.p == pytest.approx(2 / 120)  # one of the 120 orders of five values, both sides
    few = channels.trend(channels.months(version, "p", "fb_interactions"), [date(2026, 8, 15)])
    assert (few.n, few.slope, few.reason) == (2, None, "too_few_values")


def test_an_odd_day_is_named_with_its_posts(version: Version) -> None:
    asked = version, "p", "fb_interactions", date(2026, 9, 1), date(2026, 10, 26)
    every, odd = channels.days(*asked), channels.odd_days(*asked)
    (row,) = odd.rows(named=True)
    assert (row["day"], row["flag"], row["value"]) == (date(2026, 10, 1), "outlier", 1100)
    assert (row["posts"], row["title"]) == (2, "Bài lan rộng")
    sundays = every.filter((pl.col("day").dt.weekday() == 7) & (pl.col("flag") == ""))
    assert len(sundays) == 8 and max(sundays["without_week"].to_list()) < 130  # 150 before


def test_too_few_days_have_no_week_and_no_odd_day(version: Version) -> None:
    every = channels.days(version, "p", "fb_interactions", date(2026, 10, 20), date(2026, 10, 28))
    assert len(every) == 7 and every["value"].null_count() == 0  # nothing is told after the 26th
    assert every["without_week"].null_count() == 7 and set(every["flag"]) == {""}


def test_of_a_stock_a_day_is_what_it_added_and_a_gap_adds_nothing(version: Version) -> None:
    every = channels.days(version, "p", "fb_followers", date(2026, 10, 2), TODAY)
    assert every.select("day", "value").rows() == [
        (date(2026, 10, 2), 4), (date(2026, 10, 3), None), (date(2026, 10, 4), None), (date(2026, 10, 5), -1),
    ]  # fmt: skip


def test_days_begin_after_the_last_break(version: Version) -> None:
    every = channels.days(version, "q", "fb_followers", date(2026, 5, 1), TODAY)
    assert every["day"].to_list() == [date(2026, 6, 1), date(2026, 6, 2)]
    assert every["value"].to_list() == [None, 3], "the first day is not held against the count before the break"


def test_one_more_or_less_of_a_few_is_not_odd() -> None:
    day = [date(2026, 9, 1) + timedelta(days=i) for i in range(56)]
    few = [1.0 + (i % 7 == 0) + 4 * (i == 30) for i in range(56)]
    found = channels.with_oddities(pl.DataFrame({"day": day, "value": few}))
    many = channels.with_oddities(pl.DataFrame({"day": day, "value": [value * 10 for value in few]}))
    assert set(found["flag"]) == {""} and many["flag"][30] != ""


def test_the_trend_of_a_figure_no_longer_told_ends_where_it_ended(version: Version) -> None:
    found = channels.trend(channels.months(version, "p", "fb_reach"), [date(2026, 6, 15)])
    assert (found.since, found.until, found.n, found.direction) == (MONTHS[0], MONTHS[4], 5, "rising")


def test_the_leaderboard_is_of_one_platform_and_a_small_page_has_no_figure(version: Version) -> None:
    found = channels.leaderboard(version, "facebook", "commune", "fb_followers", MONTHS[-1])
    rows = found.select("channel", "value", "per_1000", "place").rows()
    assert rows == [("q", 1000, 2000, 1), ("p", 1900, 950, 2), ("s", None, None, None)]
    assert (
        channels.leaderboard(version, "facebook", "commune", "fb_interactions", MONTHS[0])["value"].to_list()
        == [None] * 3
    )


def test_a_channel_is_dead_after_sixty_days_without_post_or_value(version: Version) -> None:
    assert channels.dead(version, TODAY).select("channel", "last", "days").rows() == [
        ("z", None, 308), ("q", date(2026, 9, 6), 60),
    ]  # fmt: skip
    assert channels.dead(version, date(2026, 11, 4))["channel"].to_list() == ["z"]


def test_the_fastest_answer_stands_first_and_is_of_no_household(version: Version) -> None:
    found = channels.leaderboard(version, "facebook", "commune", "fb_answer_minutes", MONTHS[-1])
    assert found.select("channel", "value", "per_1000", "place").rows()[:2] == [
        ("p", 90, None, 1),
        ("q", 3000, None, 2),
    ]
    assert channels.months(version, "p", "fb_answer_minutes")["per_1000"].to_list() == [None]


def test_channels_of_the_province_never_stand_among_those_of_communes(version: Version) -> None:
    assert channels.leaderboard(version, "facebook", "province", "fb_followers", MONTHS[-1]).is_empty()


def test_growth_stands_beside_coverage_without_breaks_and_small_pages(version: Version) -> None:
    found = channels.together(version, "facebook", "online", MONTHS[0], MONTHS[-1])
    (row,) = found.rows(named=True)  # q broke, s is not measurable
    assert row["unit"] == "A" and row["growth"] == pytest.approx(0.9) and row["change"] == pytest.approx(0.18)
    assert channels.together(version, "facebook", "online", MONTHS[6], MONTHS[-1])["unit"].to_list() == ["A", "B"]
    assert channels.going_together(found).reason == "too_few_values"


def test_people_and_actions_are_never_one_metric() -> None:
    for of in channels.MEASURES.values():
        shared = [metric for metric in of.values() if metric != "posts"]
        assert len(shared) == len(set(shared))


def test_spearman_by_hand_with_ties_and_its_interval() -> None:
    x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    y = [2, 1, 4, 3, 6, 5, 8, 7, 10, 9]  # each pair swapped: 1 - 6 * 10 / 990
    found = spearman([*x, np.nan], [*y, 3])
    assert (found.n, found.rho) == (10, pytest.approx(1 - 60 / 990))
    half = 1.959964 * (1.06 / 7) ** 0.5
    assert (found.lower, found.upper) == pytest.approx(
        (np.tanh(np.arctanh(found.rho) - half), np.tanh(np.arctanh(found.rho) + half))
    )
    assert spearman(x, [1, 1, *range(2, 10)]).rho == pytest.approx((82 / 82.5) ** 0.5)  # the tied at 1.5


def test_spearman_says_why_it_has_no_figure() -> None:
    x = list(range(10))
    assert spearman(x[:9], x[:9]).reason == "too_few_values"
    assert spearman(x, [1] * 10).reason == "no_variation"
    perfect = spearman(x, x[::-1])
    assert (perfect.rho, perfect.reason) == (-1, "no_interval") and np.isnan(perfect.lower)


# ---- words and drawings --------------------------------------------------------------------------------------------


def test_a_trend_is_said_with_its_months_and_how_sure_it_is(version: Version) -> None:
    found = channels.months(version, "p", "fb_interactions")
    rising = channels.trend(found, [date(2026, 5, 15)])
    assert told.trended("tương tác", rising, "vi").startswith(
        "Từ 06/2026 đến 10/2026, tương tác tăng khoảng 60,0 mỗi tháng"
    )
    assert "p = 0,017, 5 tháng" in told.trended("tương tác", rising, "vi")
    fallen = told.trended("views", rising._replace(direction="falling", slope=-60.0, p=0.0001), "en")
    assert "falls by about 60.0 a month" in fallen and "p < 0.001" in fallen
    assert "mới có 2 tháng" in told.trended("tương tác", channels.trend(found, [date(2026, 8, 15)]), "vi")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_goes_together_is_never_called_a_cause(lang: str) -> None:
    ids = ("more", "less", "unclear", "too_few_values", "no_variation", "no_interval")
    bounds = ((0.1, 0.5), (-0.5, -0.1), (-0.1, 0.5), *[(float("nan"),) * 2] * 3)
    for id, (low, high) in zip(ids, bounds, strict=True):
        said = told.together(Association(40, 0.3, low, high, id if id in REASONS else ""), lang)
        assert said == text(
            f"channels.together_{id}", lang, n=40, rho=format.decimal(0.3, 2, lang),
            lower=format.decimal(low, 2, lang), upper=format.decimal(high, 2, lang),
        )  # fmt: skip
    assert ("không có nghĩa" if lang == "vi" else "does not mean") in text("channels.together_more", lang)


def test_the_tables_show_no_zero_for_what_cannot_be_measured(version: Version) -> None:
    board = told.leaderboard_table(
        channels.leaderboard(version, "facebook", "commune", "fb_followers", MONTHS[-1]), "fb_followers", "x", "vi"
    )
    *_, small = board.frame.select("label", "value", "state").rows()
    assert small == ("s", None, text("channels.not_measurable"))
    months = channels.months(version, "p", "fb_followers")
    dead, told_of = channels.dead(version, TODAY), told.months_table(months, "fb_followers", "x", "en")
    for table in (board, told.dead_table(dead, "en"), told_of):
        assert "<table" in tables.html(table, "en")


def test_no_line_goes_across_a_break_which_is_a_mark_on_the_axis(version: Version) -> None:
    found = channels.months(version, "p", "fb_interactions")
    runs = list(levels.unbroken(found.rows(named=True), [date(2026, 5, 15)]))
    assert [len(run) for run in runs] == [1, 3, 1, 5]  # January is partly known, May mixes two counts
    drawn = levels.svg(found, [date(2026, 5, 15)], title="Tương tác")
    assert text("channels.break", day="15/05/2026") in drawn
    assert text("channels.break", day="15/05/2026") not in levels.svg(found, [], title="Tương tác")
    assert text("charts.no_data") in levels.svg(found.clear(), [], title="Tương tác")


def test_the_scatter_names_the_chosen_commune_and_its_table_says_points(version: Version) -> None:
    of = told.Together(version, "facebook", "online", MONTHS[6], MONTHS[-1], "A", "vi")
    for width in (640.0, 360.0):
        drawn = told.together_drawing(of, width)
        assert ">Xã A<" in drawn and ">Xã B<" not in drawn and "Xã B: 0%; 3,0" in drawn
    assert "+6,0" in tables.html(told.together_table(of.found, "vi"), "vi")  # three months of two points each


def test_few_of_many_households_are_not_none() -> None:
    assert [words.rate(value) for value in (0.035, 0.0, 0.26, 14.2)] == ["0,04", "0,0", "0,3", "14"]


def test_points_too_many_to_tell_apart_are_one_mark_and_the_chosen_one_stands_out() -> None:
    points = [{"name": f"Xã {n}", "x": n / 500, "y": 0.1, "is_named": n == 7} for n in range(500)]
    drawn = scatter.svg(pl.DataFrame(points), across="a", up="b", title="")
    assert drawn.count("h0") == 499 and drawn.count("<circle") == 1 and ">Xã 7<" in drawn
