"""Gaps between groups, from the breakdown: recomputed by hand from the counts themselves."""

from pathlib import Path

import polars as pl
import pytest

from charts.theme import NARROW
from exports import ahead, drawings
from exports import equity as gaps
from metrics import equity
from metrics.slice import UNKNOWN
from warehouse.version import Version, current

PROVINCE = "15"
MONTH = "2026-09"


@pytest.fixture(scope="module")
def demo(province: Path) -> Version:
    found = current(province / "demo")
    assert found is not None
    return found


def counts(version: Version, numerator: str, commune: str = "") -> dict[str, tuple[int, int]]:
    """Ethnic group -> (reached, households) of the quarter, straight from the breakdown."""
    told = version.query(
        """select category, sum(value) filter (measure = $1)::bigint as n,
                  sum(value) filter (measure = 'households')::bigint as whole
           from breakdown_month
           where dimension = 'ethnic' and strftime(month, '%Y-%m') = $2 and ($3 = '' or commune = $3)
           group by category""",
        [numerator, MONTH, commune],
    )
    return {group: (n, whole) for group, n, whole in told.iter_rows() if group != UNKNOWN}


def by_hand(version: Version, numerator: str) -> dict[str, tuple[int, int]]:
    """The same with the groups below 100 households added up."""
    told = counts(version, numerator)
    small = [figures for figures in told.values() if figures[1] < equity.LEAST["province"]]
    kept = {group: figures for group, figures in told.items() if figures[1] >= equity.LEAST["province"]}
    return kept | {equity.OTHER: (sum(n for n, _ in small), sum(N for _, N in small))} if small else kept


def estimate(table: pl.DataFrame, measure: str) -> float:
    return float(table.filter(pl.col("measure") == measure)["estimate"][0])


def test_the_measures_are_those_of_the_counts(demo: Version) -> None:
    groups = by_hand(demo, "households_any")
    table = equity.measures(demo, "access_any", "ethnic", PROVINCE, MONTH, MONTH, scope="exact")
    shares = {group: 100 * n / whole for group, (n, whole) in groups.items()}
    people = sum(whole for _, whole in groups.values())
    mean = 100 * sum(n for n, _ in groups.values()) / people
    assert len(groups) >= 3 and set(table["groups"]) == {len(groups)}
    assert estimate(table, "d") == pytest.approx(max(shares.values()) - min(shares.values()))
    assert estimate(table, "par") == pytest.approx(max(shares.values()) - mean)
    apart = sum(groups[group][1] / people * abs(share - mean) for group, share in shares.items())
    assert estimate(table, "mdmw") == pytest.approx(apart)


def test_against_a_reference_the_measures_are_those_of_that_group(demo: Version) -> None:
    groups = by_hand(demo, "households_any")
    chosen = next(iter(groups))
    table = equity.measures(demo, "access_any", "ethnic", PROVINCE, MONTH, MONTH, chosen, scope="exact")
    shares = {group: 100 * n / whole for group, (n, whole) in groups.items()}
    apart = [abs(share - shares[chosen]) for share in shares.values()]
    assert estimate(table, "mdru") == pytest.approx(sum(apart) / len(apart))
    far = min(share for group, share in shares.items() if group != chosen)
    assert estimate(table, "d") == pytest.approx(shares[chosen] - far)


def test_against_a_group_that_does_not_live_there_nothing_is_computed(demo: Version) -> None:
    table = equity.measures(demo, "access_any", "ethnic", PROVINCE, MONTH, MONTH, "ngai", scope="exact")
    refused = dict(table.filter(pl.col("reason") != "").select("measure", "reason").iter_rows())
    assert refused == dict.fromkeys(("d", "r", "mdrw", "mdru"), "reference_missing")
    assert estimate(table, "par") == estimate(
        equity.measures(demo, "access_any", "ethnic", PROVINCE, MONTH, MONTH, scope="exact"), "par"
    )


def test_households_of_no_known_group_are_no_group(demo: Version) -> None:
    told = equity.levels(demo, "access_any", "ethnic", PROVINCE, MONTH, MONTH, scope="exact")
    assert len(told) > 1 and UNKNOWN not in told["group"].to_list()
    assert told["denominator"].sum() == sum(whole for _, whole in counts(demo, "households_any").values())


def test_the_parts_of_a_gap_add_up_and_change_sign_when_the_groups_change_places(demo: Version) -> None:
    gap = equity.split(demo, "access_any", "kinh", "mong", MONTH, scope="exact")
    back = equity.split(demo, "access_any", "mong", "kinh", MONTH, scope="exact")
    told = counts(demo, "households_any")
    rates = [told[group][0] / told[group][1] for group in ("kinh", "mong")]
    assert (gap.rate_a, gap.rate_b) == pytest.approx(rates)
    assert gap.composition + gap.within == pytest.approx(gap.gap) == pytest.approx(rates[0] - rates[1])
    assert (back.composition, back.within) == pytest.approx((-gap.composition, -gap.within))
    assert gap.communes["within"].sum() == pytest.approx(gap.within)


def test_the_communes_that_carry_most_of_a_gap_stand_first_and_their_parts_add_up(demo: Version) -> None:
    gap = equity.split(demo, "access_any", "kinh", "mong", MONTH, scope="exact")
    told = gaps.gap_table(gap, "Kinh", "Mông", "vi")
    parts = told.frame["part"]
    assert parts.abs().to_list() == sorted(parts.abs(), reverse=True) and parts.sum() == pytest.approx(gap.gap)
    assert "part" in [column.id for column in told.columns]


def test_where_nobody_counted_there_is_an_interval_that_holds_the_truth(demo: Version) -> None:
    """A commune that reports its split is asked as if it had not: the interval must hold what it reported."""
    commune = "04693"
    told = counts(demo, "households_any", commune)
    assert len(told) > 1
    everybody = [sum(figures[i] for figures in told.values()) for i in (0, 1)]
    n, whole = told["kinh"]
    lower, upper, _ = equity.duncan_davis(everybody[0] / everybody[1], whole / everybody[1])
    assert lower[0] - 1e-9 <= n / whole <= upper[0] + 1e-9


def test_a_month_without_a_breakdown_has_no_groups(demo: Version) -> None:
    table = equity.measures(demo, "access_any", "ethnic", PROVINCE, "2026-08", "2026-08", scope="exact")
    assert table["estimate"].null_count() == len(table)


def test_overlapping_groups_have_no_mean(demo: Version) -> None:
    table = equity.measures(demo, "access_any", "priority", PROVINCE, MONTH, MONTH, scope="exact")
    assert set(table["measure"]) == set(equity.OF_OVERLAPPING)


def test_gaps_of_the_province_are_told_before_a_reader_asks(demo: Version) -> None:
    for among in equity.AMONG:
        ahead._tell_gap(demo, "access_any", among, "vi")
    before = [kept.cache_info().misses for kept in (gaps.told, drawings.side_by_side, drawings.over_time)]
    found = gaps.told(demo, "access_any", "ethnic", PROVINCE, gaps.last_month(demo, "access_any"), "protected", "vi")
    for width in (drawings.WIDE, NARROW):
        drawings.side_by_side(demo, "access_any", "ethnic", PROVINCE, MONTH, "protected", "vi", width)
        drawings.over_time(demo, "access_any", "ethnic", PROVINCE, found.measures[0], "protected", "vi", "", width)
    assert [kept.cache_info().misses for kept in (gaps.told, drawings.side_by_side, drawings.over_time)] == before


def test_what_is_told_to_readers_is_not_told_to_those_who_see_exact_counts(demo: Version) -> None:
    told = [gaps.told(demo, "access_any", "ethnic", PROVINCE, MONTH, scope, "vi") for scope in ("protected", "exact")]
    levels = [
        equity.levels(demo, "access_any", "ethnic", PROVINCE, MONTH, MONTH, scope) for scope in ("protected", "exact")
    ]
    assert not levels[0].equals(levels[1])
    for one, shown in zip(told, levels, strict=True):
        assert f"{shown['share'].count()} nhóm" in one.sentence
