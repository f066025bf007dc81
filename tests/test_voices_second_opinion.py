"""Figures of channels, posts and feedback, worked out anew in slow plain Python from the demonstration's own files."""

import csv
import io
import json
import math
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import pytest
import python_calamine

from definitions.channels import channels as registered
from definitions.load import FOLDER, definitions
from metrics import channels, feedback, posts, voices
from warehouse.version import Version, current

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 5)
PROVINCE = definitions().province.code
Case = dict[str, Any]


@pytest.fixture(scope="module")
def version(province: Path) -> Version:
    found = current(province / "demo")
    assert found is not None
    return found


def files(province: Path, source: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The receipts of a source and their bytes, in the order they came."""
    receipts = [json.loads(path.read_text("utf-8")) for path in (province / "demo" / "log").glob("*.json")]
    own = [one for one in receipts if one.get("source") == source and one["verdict"] == "accepted"]
    for one in sorted(own, key=lambda one: (one["received_at"], one["sha256"])):
        (path,) = (province / "demo" / "inbox").glob(f"{one['sha256']}*")
        yield one, path.read_bytes()


# ---- feedback --------------------------------------------------------------------------------------------------------


def day(cell: Any) -> date | None:
    if isinstance(cell, date):
        return cell
    return datetime.strptime(cell, "%d/%m/%Y").date() if cell else None


def lines(content: bytes) -> list[list[Any]]:
    if content.startswith(b"PK"):
        return python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture(scope="module")
def cases(province: Path) -> list[Case]:
    """Every case as the newest list of its commune tells it."""
    names = {"received": "Ngày tiếp nhận", "forwarded": "Ngày chuyển", "due": "Hạn trả lời", "answered": "Ngày trả lời",
             "told": "Ngày thông báo cho dân", "closed": "Ngày đóng"}  # fmt: skip
    found: dict[tuple[str, str], Case] = {}
    for receipt, content in files(province, "feedback_cases"):
        rows = lines(content)
        head = next(n for n, row in enumerate(rows) if row and row[0] == "Mã phản ánh")
        for row in rows[head + 1 :]:
            told = dict(zip(rows[head], row, strict=True))
            days = {id: day(told[name]) for id, name in names.items()}
            found[receipt["commune"], told["Mã phản ánh"]] = days | {"settled": days["answered"] or days["closed"]}
    assert len(found) > 40
    return list(found.values())


@pytest.fixture(scope="module")
def asked(version: Version) -> pl.DataFrame:
    return feedback.cases(version, PROVINCE, date(2000, 1, 1), TODAY, TODAY)


def is_overdue(case: Case, on: date) -> bool:
    return bool(case["due"]) and case["due"] < on and (case["settled"] is None or case["settled"] > on)


def test_the_rate_on_time_counts_what_is_open_and_overdue(cases: list[Case], asked: pl.DataFrame) -> None:
    good = sum(1 for case in cases if case["due"] and case["settled"] and case["settled"] <= case["due"])
    late = sum(1 for case in cases if case["due"] and case["settled"] and case["settled"] > case["due"])
    overdue = sum(1 for case in cases if is_overdue(case, TODAY))
    told = feedback.on_time(asked)
    assert (told.on_time, told.late, told.overdue) == (good, late, overdue)
    assert told.rate == pytest.approx(good / (good + late + overdue)) and good and late and overdue


def test_open_cases_stand_in_the_class_of_their_age_and_where_they_lie(cases: list[Case], asked: pl.DataFrame) -> None:
    counts: dict[int | None, list[int]] = {up_to: [0, 0] for up_to in (7, 15, 30, 60, None)}
    for case in (case for case in cases if case["settled"] is None):
        age = (TODAY - case["received"]).days
        counts[next((up_to for up_to in (7, 15, 30, 60) if age <= up_to), None)][case["forwarded"] is not None] += 1
    assert [(row[0], [*row[1:]]) for row in feedback.ageing(asked).iter_rows()] == list(counts.items())


def half_done(lasted: list[tuple[int, bool]]) -> float | None:
    """When half are done by the product of (1 - done / at risk), the middle of where it rests at a half."""
    share, whens = 1.0, sorted({days for days, is_done in lasted if is_done})
    for place, when in enumerate(whens):
        at_risk = sum(1 for days, _ in lasted if days >= when)
        share *= 1 - lasted.count((when, True)) / at_risk
        if share < 0.5 + 1e-9:
            rests = abs(share - 0.5) < 1e-9 and place + 1 < len(whens)
            return (when + whens[place + 1]) / 2 if rests else when
    return None


def test_an_agency_s_delay_is_not_the_commune_s_own_time(cases: list[Case], asked: pl.DataFrame) -> None:
    def lasting(begin: str, *ends: str) -> float | None:
        begun = [(case[begin], next((case[end] for end in ends if case[end]), None)) for case in cases if case[begin]]
        return half_done([(((end or TODAY) - start).days, end is not None) for start, end in begun])

    told = {row["part"]: row["median"] for row in feedback.times(asked, TODAY).iter_rows(named=True)}
    assert told["whole"] == lasting("received", "settled")
    assert told["own"] == lasting("received", "forwarded", "settled") < told["whole"]
    assert told["telling"] == lasting("answered", "told", "closed")


# ---- channels --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def values(province: Path) -> dict[tuple[str, str], dict[date, float]]:
    """channel, metric -> day -> value, of what pages export and officers type."""
    metrics = tomllib.loads((FOLDER / "channel_metrics.toml").read_text("utf-8"))
    heads = {(of["platform"], name.casefold()): id for id, of in metrics.items() if of["of"] == "channel"
             for name in of.get("headers", ())}  # fmt: skip
    found: dict[tuple[str, str], dict[date, float]] = defaultdict(dict)
    for receipt, content in files(province, "meta_daily"):
        channel, metric = receipt["file"].split()[0], ""
        for cells in csv.reader(content.decode("utf-16").splitlines()[1:]):
            if len(cells) == 1:
                metric = heads["facebook", cells[0].casefold()]
            elif cells and cells[0] != "Date":
                found[channel, metric][date.fromisoformat(cells[0][:10])] = float(cells[1])
    for _, content in files(province, "channel_figures"):
        for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"):
            when, platform, channel = day(row.pop("date")), row.pop("platform"), row.pop("channel")
            assert when is not None
            for name, cell in row.items():
                if cell:
                    found[channel, heads[platform, name]][when] = float(cell.replace(",", "."))
    return found


def of_month(days: dict[date, float], month: date) -> list[float]:
    return [days[when] for when in sorted(days) if when.replace(day=1) == month]


def test_the_strip_is_the_sum_of_the_channels_measured_in_both_months(
    version: Version, values: dict[tuple[str, str], dict[date, float]], cases: list[Case]
) -> None:
    told = {of.id: of for of in voices.strip(version, PROVINCE, TODAY)}
    counted = {
        "oa_followers": "oa_followers",
        "page_followers": "fb_followers",
        "interactions_a_day": "fb_interactions",
    }
    for id, metric in counted.items():
        total, change, n = 0.0, 0.0, 0
        for (channel, _), days in ((key, days) for key, days in values.items() if key[1] == metric):
            now, before = of_month(days, date(2026, 10, 1)), of_month(days, date(2026, 9, 1))
            is_small = (
                metric != "oa_followers" and values[channel, "fb_followers"][max(values[channel, "fb_followers"])] < 100
            )
            if now and not is_small:
                of = (lambda days: sum(days) / len(days)) if metric == "fb_interactions" else (lambda days: days[-1])
                total, change, n = total + of(now), change + (of(now) - of(before) if before else 0), n + 1
        assert (told[id].channels, told[id].value, told[id].change) == (
            n,
            pytest.approx(total),
            pytest.approx(change),
        ), id
    late, earlier = (sum(is_overdue(case, on) for case in cases) for on in (TODAY, date(2026, 10, 31)))
    assert (told["overdue_feedback"].value, told["overdue_feedback"].change) == (late, late - earlier)


def test_the_trend_is_the_median_of_all_slopes_and_its_p_that_of_all_orders(
    version: Version, values: dict[tuple[str, str], dict[date, float]]
) -> None:
    for metric, of in (("fb_followers", lambda days: days[-1]), ("fb_interactions", sum)):
        days = values["fb-15", metric]
        months = [date(2026, month, 1) for month in range(4, 11)]
        told = channels.trend(channels.months(version, "fb-15", metric).filter(pl.col("month").is_in(months)), [])
        figures = [of(of_month(days, month)) for month in months]
        pairs = [(a, b) for b in range(len(months)) for a in range(b)]
        score = sum((figures[b] > figures[a]) - (figures[b] < figures[a]) for a, b in pairs)
        assert told.n == 7 and told.slope == pytest.approx(
            median((figures[b] - figures[a]) / (b - a) for a, b in pairs)
        )
        assert told.p == pytest.approx(min(1.0, orders(7, abs(score)) / math.factorial(7)))


def orders(n: int, score: int) -> int:
    """How many orders of n different values are at least as far from none as a score, either way."""
    ways = {0: 1}  # score -> orders; one value more stands before k and behind the others
    for count in range(1, n):
        more: dict[int, int] = defaultdict(int)
        for known, times in ways.items():
            for k in range(count + 1):
                more[known + count - 2 * k] += times
        ways = more
    return sum(times for known, times in ways.items() if abs(known) >= score)


# ---- posts -----------------------------------------------------------------------------------------------------------


def test_a_post_is_held_against_the_middle_half_of_the_hundred_before_it(province: Path, version: Version) -> None:
    accounts = {one.account: id for id, one in registered("demo").items()}
    last: dict[str, tuple[datetime, str, float, int]] = {}
    by_age: dict[tuple[str, int], float] = {}
    for receipt, content in files(province, "meta_content"):
        moment = datetime.fromisoformat(receipt["received_at"]).replace(tzinfo=None)
        for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
            if accounts[row["Page ID"]] == "fb-15":
                published = datetime.strptime(row["Publish time"], "%m/%d/%Y %H:%M")
                figure, age = float(row["Reactions, Comments and Shares"]), (moment - published) // timedelta(1)
                last[row["Post ID"]] = published, row["Post type"], figure, age
                by_age[row["Post ID"], age] = figure
    scored = {row["post"]: row for row in posts.scored(version, "fb-15").iter_rows(named=True)}
    assert scored.keys() == last.keys()
    for id, (published, kind, figure, age) in last.items():
        # A grown-up post stands among all grown-up ones, a young one among what others had at its age.
        at = {other: of[2] if age >= 28 else by_age.get((other, age)) for other, of in last.items()
              if of[1] == kind and (of[0], other) < (published, id) and (age < 28 or of[3] >= 28)}  # fmt: skip
        known = sorted((last[other][0], other, value) for other, value in at.items() if value is not None)[-100:]
        row, hundred = scored[id], sorted(value for *_, value in known)
        assert row["n"] == len(hundred), id
        if len(hundred) >= 10:
            middle = hundred[len(hundred) // 4 : len(hundred) - len(hundred) // 4]
            expected = sum(middle) / len(middle)
            assert row["expected"] == pytest.approx(expected) and row["score"] == pytest.approx(rule(figure, expected))


def rule(figure: float, expected: float) -> float:
    if expected < 10:
        return figure / 10
    if figure == 0:
        return -2 * expected
    return figure / expected if figure >= expected else -expected / figure
