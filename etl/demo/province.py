"""Makes the demonstration province: every commune's files, put into the demo root by the same door as real ones."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from etl import store
from etl.build import build
from etl.demo import awards, channel_files, households
from etl.demo.channels import Voice, voices, words
from etl.demo.files import Output, Sent, output
from etl.demo.mess import today
from etl.demo.plan import CommunePlan, plans
from etl.demo.simulate import months_before
from etl.load import load
from etl.registry import adopt
from etl.sync.run import RETIRED

SEED = 20250701
LAST = date(2026, 10, 1)
MONTHS = 16
SMALL_MARKS = ("merge", "wrong_unit", "people_for_households", "not_yet_in")
SMALL_FATE = "limited"
BEGUN, MADE, SPOKEN = "begun.json", "made.json", "spoken.json"  # the last: its channels have their figures
SAID = {"channels": 1, "articles": 1}
BY = "MTTQ tỉnh (minh hoạ)"
TRUTH = "truth.parquet"
STEPS = ("workbooks", "load", "publish")
AT_ONCE = 400  # files
Report = Callable[[str, int, int], None]


class DifferentDemo(Exception):
    """Another demonstration lies in the folder; the two would mix."""


def chosen(communes: Sequence[str] | None, seed: int) -> list[CommunePlan]:
    """The plans of these communes, all of them by default; always cut out of the whole province's plan."""
    whole = plans(seed)
    unknown = set(communes or ()) - {plan.code for plan in whole}
    if unknown:
        raise ValueError(f"no such commune: {', '.join(sorted(unknown))}")
    return [plan for plan in whole if communes is None or plan.code in communes]


def outputs(
    communes: Sequence[str] | None = None,
    months: int = MONTHS,
    last: date = LAST,
    seed: int = SEED,
    workers: int | None = None,
) -> Iterator[Output]:
    """What each commune sends, in order of code."""
    picked, run = chosen(communes, seed), months_before(last, months)
    newest = next((plan.code for plan in picked if not plan.marks), picked[0].code)
    jobs = [(plan, picked[(n + 1) % len(picked)], run, seed, plan.code == newest) for n, plan in enumerate(picked)]
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count == 1:
        yield from (output(*job) for job in jobs)
        return
    with ProcessPoolExecutor(count) as pool:
        yield from pool.map(output, *zip(*jobs, strict=True))


def small_communes(seed: int = SEED) -> list[str]:
    """Five communes for tests: the smallest with each of four mishaps, and one that lacks groups."""
    whole = sorted(plans(seed), key=lambda plan: plan.households)
    lacking = next(plan.code for plan in whole if plan.fates["groups"] == SMALL_FATE)
    return sorted([lacking, *(next(plan.code for plan in whole if mark in plan.marks) for mark in SMALL_MARKS)])


def truth(base: Path | None = None) -> pl.DataFrame:
    """One row per village and month it exists in: village, commune, month, is_sent (its commune's file came),
    is_told (a careful reader stores its row), formed (there is a group),
    true_<measure> and told_<measure> of the villages' sheet.
    """
    return pl.read_parquet(store.root("demo", base).path / TRUTH)


def written(path: Path) -> dict[str, Any] | None:
    """What a demonstration was begun or made from, None where nothing says so."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def told(results: Sequence[Output]) -> pl.DataFrame:
    """The truth of several communes as one table."""
    rows = [row for result in results for row in result.truth]
    return pl.DataFrame(rows, infer_schema_length=None).sort("village", "month")


def make(
    base: Path | None = None,
    communes: Sequence[str] | None = None,
    months: int = MONTHS,
    last: date = LAST,
    seed: int = SEED,
    report: Report = lambda step, done, total: None,
    workers: int | None = None,
) -> str:
    """Make the demonstration in the data folder's demo root, load it and publish it; gives the version's id.

    report(step, done, of how many), step one of STEPS. Where the same one stands nothing is done again, a half-made one
    is gone on with; DifferentDemo where another was begun in that folder.
    """
    root, about = store.root("demo", base), {"communes": communes and sorted(communes), "months": months}
    about |= {"last": last.isoformat(), "seed": seed}
    begun = written(root.path / BEGUN)
    if begun and begun != about:
        raise DifferentDemo(f"{root.path} holds another demonstration; move it away first.")
    if written(root.path / MADE) == about:
        complete(root, report)
        return build(root)
    (root.path / BEGUN).write_text(json.dumps(about), encoding="utf-8")
    total, results = len(chosen(communes, seed)), list[Output]()
    for result in outputs(communes, months, last, seed, workers):
        results.append(result)
        report("workbooks", len(results), total)
    deliver(root, results, report)
    told(results).write_parquet(root.path / TRUTH)
    complete(root, report)
    report("publish", 0, 1)
    version = build(root)
    report("publish", 1, 1)
    (root.path / MADE).write_text(json.dumps(about), encoding="utf-8")
    return version


def complete(root: store.Root, report: Report = lambda step, done, total: None) -> None:
    """Give a demonstration that was begun, and may be an earlier code's, what it lacks: channels, households by other
    sources, score sheets."""
    about = written(root.path / BEGUN)
    if about is None:
        return
    speak(root, about, report)
    picked = chosen(about["communes"], about["seed"])
    count_otherwise(root, {plan.code: plan.households for plan in picked}, about)
    names = {plan.code: plan.full_name for plan in picked}
    awards.hold(root, names, about["seed"])


def small(base: Path) -> str:
    """The province of the tests: five communes, four months; gives the version's id."""
    return make(base, small_communes(), months=4, workers=1)


def deliver(root: store.Root, results: Sequence[Output], report: Report) -> None:
    """Confirm every commune's registry, then load all files, each with its own sender and moment of arrival."""
    for adoption in (adoption for result in results for adoption in result.adoptions):
        adopt(root, adoption.commune, adoption.entries, by=BY, at=adoption.at)
    take_in(root, [sent for result in results for sent in result.sent], report)


def take_in(root: store.Root, sent: Sequence[Sent], report: Report) -> None:
    files = {one.name: one for one in sent}
    for start in range(0, len(files), AT_ONCE):
        report("load", start, len(files))
        with TemporaryDirectory() as folder:
            for one in list(files.values())[start : start + AT_ONCE]:
                (Path(folder) / one.name).write_bytes(one.content)
            load(
                root,
                [Path(folder)],
                sender=lambda name: files[name].sender,
                way="demo",
                received_at=lambda name: files[name].received_at,
            )
    report("load", len(files), len(files))


def count_otherwise(root: store.Root, counted: dict[str, int], about: dict[str, Any]) -> None:
    """Give a demonstration the households that other sources count, where it has none yet."""
    months = months_before(date.fromisoformat(about["last"]), about["months"])
    told = [Sent(*file, channel_files.SENDER) for file in households.files(counted, months, about["seed"])]
    take_in(root, [one for one in told if store.receipt(root, store.sha_of(one.content)) is None], lambda *_: None)


# ---- its channels ----------------------------------------------------------------------------------------------------


def speaking(about: dict[str, Any]) -> list[Voice]:
    """The channels of a demonstration, given what it was made from."""
    months = months_before(date.fromisoformat(about["last"]), about["months"])
    yesterday = today(months).date() - timedelta(1)
    return list(voices(chosen(about["communes"], about["seed"]), months, yesterday, about["seed"]))


def speak(root: store.Root, about: dict[str, Any], report: Report) -> None:
    """Give the channels of a demonstration their figures and the OAs their articles, where they have none yet."""
    told = written(root.path / SPOKEN) or {}
    if SAID.items() <= told.items():
        return
    months, made = months_before(date.fromisoformat(about["last"]), about["months"]), speaking(about)
    if "channels" not in told:
        files = channel_files.files(made, months, words()["small"])
        take_in(root, [Sent(*file, channel_files.SENDER) for file in files], report)
        retired = words()["retired"]
        at = store.stamp(datetime.combine(retired["day"], time(5)))
        store.record_event(root, retired | {"event": RETIRED, "day": retired["day"].isoformat(), "at": at})
    channel_files.articles(root, made, months)
    (root.path / SPOKEN).write_text(json.dumps(SAID), encoding="utf-8")
