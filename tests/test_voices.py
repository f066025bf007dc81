"""The strip of the Overview: followers, interactions, overdue feedback, and what nobody measured."""

from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from definitions.channels import channel_metrics
from definitions.load import definitions
from definitions.text import text
from exports import words
from metrics import voices
from metrics.voices import Figure
from pages.parts import cards
from pages.parts.view import View
from tests.tiny import AUGUST, CLUSTER, JULY, JUNE, SILENT, TODAY, A, B, C, tiny
from warehouse import db
from warehouse.publish import CHECKS, FILE, MARTS
from warehouse.version import Version

SEPTEMBER = date(2026, 9, 1)
PROVINCE = definitions().province.code
# channel, platform, whose, measurable
CHANNELS = [("fb-a", "facebook", A, True), ("fb-b", "facebook", B, True), ("fb-c", "facebook", C, False)]
CHANNELS += [("fb-p", "facebook", PROVINCE, True), ("oa-p", "zalo_oa", PROVINCE, True)]
# channel, month, metric, value, days
TOLD: list[tuple[str, date, str, float, int]] = [
    ("fb-a", JULY, "fb_followers", 500, 31),
    ("fb-a", AUGUST, "fb_followers", 520, 31),
    ("fb-a", SEPTEMBER, "fb_followers", 999, 10),  # the month is not over
    ("fb-b", AUGUST, "fb_followers", 300, 31),  # began in August: no growth of 300
    ("fb-c", AUGUST, "fb_followers", 40, 31),  # too small to measure
    ("fb-p", JULY, "fb_followers", 1000, 31),
    ("fb-p", AUGUST, "fb_followers", 990, 31),
    ("fb-a", JULY, "fb_interactions", 310, 31),
    ("fb-a", AUGUST, "fb_interactions", 400, 20),  # 20 a day over the days told
    ("oa-p", JUNE, "oa_followers", 70, 30),
]


def with_months(version: Version, told: list[tuple[Any, ...]]) -> Version:
    columns = ("channel", "platform", "unit", "is_measurable")
    channel = pl.DataFrame(CHANNELS, schema=columns, orient="row")
    kinds = pl.col("metric").replace_strict({id: of.kind for id, of in channel_metrics().items()})
    months = pl.DataFrame(
        told,
        schema={"channel": pl.String, "month": pl.Date, "metric": pl.String, "value": pl.Float64, "days": pl.Int64},
        orient="row",
    ).with_columns(kind=kinds)
    (version.path / FILE).chmod(0o644)
    draft = db.draft(version.path / FILE)
    for name, frame in {"channel": channel, "channel_month": months}.items():
        db.keep(draft, f"made_{name}", frame)
        draft.execute(f"create or replace table {name} as from made_{name}")
    draft.execute(f"create or replace table voice_month as {(MARTS / 'voice_month.sql').read_text()}")
    wrong = db.drafted(draft, (CHECKS / "a_unit_hears_its_own_and_its_communes_channels.sql").read_text())
    draft.close()
    assert wrong.is_empty(), wrong
    return version


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return with_months(tiny(tmp_path_factory.mktemp("strip") / "published"), TOLD)


def strip(version: Version, unit: str = PROVINCE, day: date = TODAY) -> dict[str, Figure]:
    return {of.id: of for of in voices.strip(version, unit, day)}


def test_the_change_is_that_of_the_channels_measured_in_both_months(version: Version) -> None:
    # 520 + 300 + 990; +20 and -10.
    assert strip(version)["page_followers"] == Figure("page_followers", 1810, 10, AUGUST, 3)


def test_interactions_a_day_are_of_the_days_told(version: Version) -> None:
    assert strip(version)["interactions_a_day"] == Figure("interactions_a_day", 20, 10, AUGUST, 1)


def test_without_the_month_before_there_is_no_change(version: Version) -> None:
    found = strip(version)["oa_followers"]
    assert found == Figure("oa_followers", 70, None, JUNE, 1)
    assert words.voice(found, "vi") == ["06/2026 · 1 kênh", "05/2026 chưa đo"]


def test_what_nobody_measured_is_none_and_never_zero(version: Version) -> None:
    silent = strip(version, SILENT)
    assert [of.value for of in silent.values()] == [None] * 4
    assert words.voice(silent["overdue_feedback"], "en") == []


def test_a_commune_and_a_cluster_have_their_own_channels_only(version: Version) -> None:
    assert strip(version, A)["page_followers"].value == 520
    assert strip(version, CLUSTER)["page_followers"].value == 820
    assert strip(version, C)["page_followers"].value is None


def test_overdue_cases_stand_against_the_last_day_of_the_month_before(version: Version) -> None:
    # F3 was due on 25 August and is open; on the last of August it was overdue already.
    assert strip(version)["overdue_feedback"] == Figure("overdue_feedback", 1, 0, SEPTEMBER)
    # On 15 July F5, due on the 12th, was open; no case had come by the last of June.
    assert strip(version, day=date(2026, 7, 15))["overdue_feedback"] == Figure("overdue_feedback", 1, None, JULY)


def test_a_figure_says_its_month_its_channels_and_its_change() -> None:
    said = words.voice(Figure("page_followers", 12345, -1200.4, AUGUST, 61), "vi")
    assert said == ["08/2026 · 61 kênh", "−1.200 so với 07/2026"]


def test_overdue_feedback_leads_to_the_page_that_counts_all_months_as_it_does() -> None:
    view = SimpleNamespace(lang="vi", say=partial(text, lang="vi"))
    shown = cards.voice(cast(View, view), Figure("overdue_feedback", 310, 15, SEPTEMBER))
    assert 'href="feedback?months=all&amp;lang=vi"' in shown and "<b>310</b>" in shown
