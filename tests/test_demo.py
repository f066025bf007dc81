"""The demonstration province: real places and sizes, invented figures that always fit together, told untidily."""

import io
import json
import unicodedata
import zipfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from definitions.load import definitions, is_dead, platforms_in_force
from etl import award_stages, store
from etl.demo import channel_files, truth
from etl.demo.channels import Voice, by_day, words
from etl.demo.files import Output
from etl.demo.mess import sendings, today
from etl.demo.plan import dealt, plans, shape
from etl.demo.province import BEGUN, LAST, MONTHS, SEED, SPOKEN, complete, outputs, small_communes, speaking, told
from etl.demo.simulate import Numbers, months_before, simulate
from etl.forms import DEMO
from etl.sync.run import RETIRED
from methods.progress import assess
from warehouse.version import current

RUN = months_before(LAST, 4)


@pytest.fixture(scope="module")
def made() -> list[Output]:
    return list(outputs(small_communes(), months=4, workers=1))


@pytest.fixture(scope="module")
def wholes() -> list[Numbers]:
    return [simulate(plan, RUN, SEED) for plan in plans(SEED) if plan.code in small_communes()]


def test_the_same_seed_gives_the_same_bytes(made: list[Output]) -> None:
    again = list(outputs(small_communes(), months=4, workers=1))
    assert [sent for one in again for sent in one.sent] == [sent for one in made for sent in one.sent]
    assert told(again).equals(told(made))


def test_another_seed_gives_other_figures() -> None:
    code = small_communes()[0]
    reached = []
    for seed in (SEED, SEED + 1):
        plan = next(plan for plan in plans(seed) if plan.code == code)
        reached.append(int(simulate(plan, RUN, seed).values["households_any"].sum()))
    assert reached[0] != reached[1]


def test_a_commune_is_the_same_alone_and_among_all() -> None:
    code = small_communes()[1]
    (alone,) = outputs([code], months=4, workers=1)
    among = next(one for one in outputs(small_communes(), months=4, workers=1) if one.truth[0]["commune"] == code)
    assert alone.truth == among.truth


def test_parts_never_exceed_their_whole_in_any_month(wholes: list[Numbers]) -> None:
    for whole in wholes:
        for id, table in whole.values.items():
            of = definitions().measures[id].of
            if of in whole.values:
                assert (table <= whole.values[of]).all(), id
        for id, row in whole.flows.items():
            if definitions().measures[id].of:
                assert (row <= whole.flows[definitions().measures[id].of]).all(), id
        answered = whole.flows["feedback_answered"] + whole.flows["feedback_forwarded"]
        assert (answered <= whole.flows["feedback_received"]).all()


def test_the_nesting_of_platforms_holds_in_every_village(wholes: list[Numbers]) -> None:
    for whole in wholes:
        names = platforms_in_force(RUN[-1])
        state, seat = whole.state(3), whole.seat(3)
        count = {id: np.bincount(seat[mask], minlength=len(whole.villages)) for id, mask in state.items()}
        each = np.array([count[f"households_{name}"] for name in names])
        any_, three, all_ = (count[f"households_{id}"] for id in ("any", "three", "all"))
        assert (each.max(axis=0) <= any_).all() and (all_ <= each.min(axis=0)).all()
        assert (any_ + 2 * three + (len(names) - 3) * all_ <= each.sum(axis=0)).all()
        both, services, cashless = (count[f"households_{id}"] for id in ("skilled", "skill_services", "skill_cashless"))
        assert (both <= services).all() and (both <= cashless).all()
        assert (services + cashless - both <= count["households"]).all()


def test_ethnic_rows_add_up_to_the_village_and_priority_groups_overlap(wholes: list[Numbers]) -> None:
    for whole in wholes:
        rows = whole.breakdown(2)
        for measure in ("households", "households_any", "households_skilled"):
            sums = Counter[int]()
            for village, group, counts in rows:
                sums[village] += counts[measure] if group not in definitions().priority_groups else 0
            valid = np.flatnonzero(whole.valid[:, 2])
            assert [sums[int(v)] for v in valid] == [int(whole.values[measure][v, 2]) for v in valid]
    assert sum((one & other).sum() for one, other in [list(wholes[0].homes.flags.values())[:2]]) > 0


def test_a_merger_keeps_the_households_and_ends_the_two_villages(wholes: list[Numbers]) -> None:
    whole = next(one for one in wholes if "merge" in one.plan.marks)
    gone = [v for v, village in enumerate(whole.villages) if village.valid_to]
    assert len(gone) == 2 and len({whole.villages[v].successors for v in gone}) == 1
    until = whole.months.index(whole.villages[gone[0]].valid_to)
    before, after = whole.values["households"][gone, until].sum(), whole.values["households"][-1, until + 1]
    assert before <= after <= before + 3
    assert whole.valid[:, until].sum() == whole.valid[:, until + 1].sum() + 1


def test_the_files_open_as_workbooks_and_carry_the_mark_of_the_demonstration(made: list[Output]) -> None:
    books = [sent for one in made for sent in one.sent if sent.name.endswith(".xlsx")]
    for sent in books:
        with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
            words = unicodedata.normalize("NFC", archive.read("xl/sharedStrings.xml").decode())
        assert DEMO in words


def test_every_file_arrives_before_the_present_and_one_of_them_today(made: list[Output]) -> None:
    moments = [sent.received_at for one in made for sent in one.sent]
    assert max(moments) <= today(RUN)
    assert max(moments).date() == today(RUN).date() == date(2026, 11, 5)


def test_a_correction_follows_what_it_corrects() -> None:
    run = months_before(LAST, MONTHS)
    for plan in plans(SEED):
        sent = sendings(plan, run, SEED)
        for second in (sending for sending in sent if sending.revision > 1):
            first = next(sending for sending in sent if sending.month == second.month)
            assert first.fault in ("spoiled", "people") and first.received_at < second.received_at


def test_dealing_out_keeps_the_total_and_the_least() -> None:
    parts = dealt(100, np.array([1.0, 2.0, 0.0, 5.0]), least=3)
    assert parts.sum() == 100 and parts.min() == 3 and parts.argmax() == 3


@pytest.mark.alone
def test_the_published_figures_of_every_village_are_those_a_careful_reader_stores(province: Path) -> None:
    version = current(province / "demo")
    assert version is not None
    published = version.query("select * from village_month")
    both = truth(province).join(published, on=["village", "month"], how="full", coalesce=True)
    assert both.filter(pl.col("is_told") != pl.col("is_reported")).is_empty()
    told_rows = both.filter("is_told")
    for name in (name for name in told_rows.columns if name.startswith("told_")):
        measure = name.removeprefix("told_")
        wrong = told_rows.filter(pl.col(name).is_not_null() & ~pl.col(measure).eq_missing(pl.col(name)))
        assert wrong.is_empty(), measure
    assert told_rows.height > 400 and both.filter(~pl.col("is_told")).height > 0


@pytest.mark.long
def test_the_whole_province_has_the_sizes_it_should_and_every_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    run = months_before(LAST, MONTHS)
    wholes = [simulate(plan, run, SEED) for plan in plans(SEED)]
    totals = {id: sum(int((w.values[id] * w.valid)[:, -1].sum()) for w in wholes) for id in wholes[0].values}
    groups = {name for w in wholes for name in w.plan.ethnic}
    verdicts = {id: counted(wholes, run, id) for id in definitions().targets}
    with capsys.disabled():
        print(f"\ncommunes {len(wholes)}, villages {sum(int(w.valid[:, -1].sum()) for w in wholes)}, {totals}")
        minority = sum(w.minority * w.plan.households for w in wholes) / totals["households"]
        print(f"ethnic groups {len(groups)}, minorities {minority:.4f}")
        print(f"files {sum(len(sendings(w.plan, run, SEED)) for w in wholes)}, verdicts {verdicts}")
    assert len(wholes) == 99 and len(groups) == 33 and totals["households"] == 403500
    assert totals["group_formed"] == 3131 and 19_500 < totals["group_members"] < 20_000
    assert abs(totals["households_any"] / totals["households"] - shape()["last_month_share"]["access"]) < 0.01
    for found in verdicts.values():
        assert len(found) == 7, found


def counted(wholes: list[Numbers], run: tuple[date, ...], target: str) -> Counter[str]:
    """How many communes stand where, judged on the true figures of the months they reported."""
    aim = definitions().targets[target]
    top = {"groups_2026": "group_formed", "access_2026": "households_any", "skills_2030": "households_skilled"}[target]
    reached, whole = np.full((len(wholes), len(run)), np.nan), np.full((len(wholes), len(run)), np.nan)
    for n, one in enumerate(wholes):
        for m in {sending.month for sending in sendings(one.plan, run, SEED)}:
            reached[n, m] = (one.values[top] * one.valid)[:, m].sum()
            whole[n, m] = one.valid[:, m].sum() if aim.finite else (one.values["households"] * one.valid)[:, m].sum()
    result = assess(
        reached,
        whole,
        first_month=run[0].year * 12 + run[0].month - 1,
        goal=aim.goal,
        deadline=np.datetime64(aim.deadline),
        today=today(run).date(),
        finite=aim.finite,
        dead=[is_dead(month) for month in run],
    )
    return Counter(str(verdict) for verdict in result.verdict)


def test_truth_says_what_was_sent_and_what_can_be_stored(made: list[Output]) -> None:
    rows = told(made)
    assert rows.filter(~pl.col("is_sent") & pl.col("is_told")).is_empty()
    same = rows.filter("is_told").select((pl.col("true_households") == pl.col("told_households")).mean()).item()
    assert same > 0.95


# ---- its channels ----------------------------------------------------------------------------------------------------

ABOUT = {"communes": small_communes(), "months": 4, "last": LAST.isoformat(), "seed": SEED}


@pytest.fixture(scope="module")
def spoken() -> list[Voice]:
    return speaking(ABOUT)


def test_the_channels_are_the_same_each_time_and_end_the_day_before_the_present(spoken: list[Voice]) -> None:
    again = speaking(ABOUT)
    files = [list(channel_files.files(one, RUN, words()["small"])) for one in (spoken, again)]
    assert files[0] == files[1] and len(files[0]) > 10
    assert max(voice.days[-1] for voice in spoken) == date(2026, 11, 4)
    assert {voice.id for voice in spoken} >= {"fb-15", "oa-15", "app-15", "fb-02725", "group-02725"}
    assert max(moment for *_, moment in files[0]) < today(RUN)


def test_what_posts_got_is_what_their_pages_days_add_up_to(spoken: list[Voice]) -> None:
    page = next(voice for voice in spoken if voice.id == "fb-15")
    old = [post for post in page.posts if post.published.date() < date(2026, 9, 1)]
    until = page.days.index(date(2026, 10, 31))
    shared = by_day(old, page.days)["shares"][:until].sum()
    assert shared == pytest.approx(sum(post.totals[3] for post in old), rel=0.05) and shared > 100
    assert all(post.figures(datetime(2026, 9, 1))["views"] <= post.totals[0] for post in old)


def test_a_page_ends_where_its_platform_does(spoken: list[Voice]) -> None:
    page = next(voice for voice in spoken if voice.id == "fb-15")
    last = {id: max(d for d, v in zip(page.days, of, strict=True) if v == v) for id, of in page.figures.items()}
    assert (last["fb_impressions"], last["fb_reach"]) == (date(2025, 11, 14), date(2026, 6, 14))
    assert (last["fb_visits"], last["fb_views"]) == (date(2026, 9, 13), date(2026, 11, 4))


@pytest.mark.slow
def test_the_published_figures_of_every_channel_are_those_it_was_made_with(province: Path, spoken: list[Voice]) -> None:
    version = current(province / "demo")
    assert version is not None
    wanted = {
        (voice.id, id, day): value
        for voice in spoken
        for id, values in voice.figures.items()
        for day, value in zip(voice.days, values, strict=True)
        if value == value
    }
    rows = version.query("select channel, metric, day, value from channel_day").rows()
    assert {row[:3]: row[3] for row in rows} == wanted and len(rows) == len(wanted) > 5000


@pytest.mark.slow
def test_the_published_posts_are_those_that_were_made_as_they_stood_when_last_exported(
    province: Path, spoken: list[Voice]
) -> None:
    version = current(province / "demo")
    assert version is not None
    told = version.query("select post, channel, title, views, comments, interactions, measured_at, hour from post")
    found = {row["post"]: row for row in told.iter_rows(named=True)}
    posts = {post.id: (voice, post) for voice in spoken for post in voice.posts}
    assert found.keys() == posts.keys()
    for id, (voice, post) in posts.items():
        row, got = found[id], post.figures(found[id]["measured_at"])
        assert (row["channel"], row["title"], row["hour"]) == (voice.id, post.title, post.published.hour)
        is_article = voice.channel.platform == "zalo_oa"  # of which Zalo tells no comments
        wanted = None if is_article else got["reactions"] + got["comments"] + got["shares"]
        assert (row["views"], row["interactions"]) == (got["views"], wanted)
    on = [voice.channel.platform for voice, _ in posts.values()]
    assert on.count("facebook") > 100 and on.count("zalo_oa") > 100


def test_an_oa_writes_as_many_articles_on_a_day_as_it_counts(spoken: list[Voice]) -> None:
    oa = next(voice for voice in spoken if voice.id == "oa-15")
    written = Counter(post.published.date() for post in oa.posts)
    told = {day: n for day, n in zip(oa.days, oa.figures["oa_articles"], strict=True) if n == n}  # typed in that day
    assert {day: written[day] for day in told} == told and len(oa.posts) > 50


@pytest.mark.slow
def test_an_earlier_demonstration_gets_channels_and_score_sheets_at_the_next_start(tmp_path: Path) -> None:
    root = store.root("demo", tmp_path)
    complete(root)
    assert store.receipts(root) == [], "what nobody began has no channels"
    about = ABOUT | {"communes": ["04585"]}
    (root.path / BEGUN).write_text(json.dumps(about), encoding="utf-8")
    complete(root)
    before = store.receipts(root)
    assert {one["source"] for one in before} == {
        "meta_content", "meta_daily", "channel_figures", "zalo", "household_counts",
    }  # fmt: skip
    assert {one["verdict"] for one in before} == {"accepted"}
    acts = store.acts(root)
    assert award_stages.adopted(root, "2026") and acts > 3
    (root.path / SPOKEN).write_text('{"channels": 1}', encoding="utf-8")  # one made before OAs had articles
    complete(root)
    assert (store.receipts(root), store.acts(root)) == (before, acts) and len(store.events(root, RETIRED)) == 1
