"""Makes the demonstration province: every commune's files, put into the demo root by the same door as real ones."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl.demo.files import Output, output
from etl.demo.mess import today
from etl.demo.plan import CommunePlan, plans
from etl.demo.simulate import months_before

SEED = 20250701
LAST = date(2026, 10, 1)
MONTHS = 16
SMALL_MARKS = ("merge", "wrong_unit", "at_risk", "leads", "copies")
MADE = "made.json"
TRUTH = "truth.parquet"
Report = Callable[[int, int], None]


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
    """Five communes, the smallest with each of five marks, for tests."""
    whole = plans(seed)
    return [min((p for p in whole if mark in p.marks), key=lambda p: p.households).code for mark in SMALL_MARKS]


def truth(base: Path) -> pl.DataFrame:
    """One row per village and month it exists in: village, commune, month, is_sent (its commune's file came),
    is_told (a careful reader stores its row), formed (there is a group),
    true_<measure> and told_<measure> of the villages' sheet.
    """
    return pl.read_parquet(base / "demo" / TRUTH)


def made(base: Path) -> dict[str, Any] | None:
    """What the demonstration in this folder was made from, None where there is none."""
    path = base / "demo" / MADE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def told(results: Sequence[Output]) -> pl.DataFrame:
    rows = [row for result in results for row in result.truth]
    return pl.DataFrame(rows, infer_schema_length=None).sort("village", "month")


def present(months: int = MONTHS, last: date = LAST) -> str:
    return today(months_before(last, months)).isoformat()
