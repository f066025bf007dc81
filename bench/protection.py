"""Protection: one month of the province against one solve of the same linear program; a correction; the attack."""

import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeVar

import numpy as np
import polars as pl

from bench.goals import Outcome, outcome
from bench.scratch import Province
from definitions.load import definitions
from etl import store
from etl.ledger import Revision
from etl.linked import ETHNIC, linked, totals
from etl.protection import Protected, protected
from methods import protect
from methods.movement import Movement
from metrics import audit
from warehouse.version import Version

Result = TypeVar("Result")


def measure(province: Province, pairs: int) -> list[Outcome]:
    """Processor seconds: the solver keeps one core busy, whatever else the machine does."""
    version = province.version
    month = hardest(version)
    counts, parts = version.query("from breakdown_month where month = $1", [month]), version.query("from unit_commune")
    times = min(pairs, 3)
    whole, solved, again, attacked = list[float](), list[float](), list[float](), list[float]()
    for _ in range(times):
        first, seconds = timed(partial(protect_month, counts, parts, []))
        whole.append(seconds)
        solved.append(one_solve(counts, parts))
        again.append(timed(partial(protect_month, corrected(counts), parts, first.new))[1])
    attacked.append(timed(partial(audit.attacked, version, month))[1])
    note = f"{month:%m/%Y}, {hidden(first)} counts hidden, {times} times"
    return [
        outcome("protection.month", whole, solved, note),
        outcome("protection.again", again, whole, f"{times} times"),
        outcome("protection.audit", attacked, whole, "once"),
    ]


def hardest(version: Version) -> date:
    return version.query("select month from protected_reason group by month order by count(*) desc, month").item(0, 0)


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def protect_month(counts: pl.DataFrame, parts: pl.DataFrame, former: list[Revision]) -> Protected:
    code = definitions().province.code
    return protected(counts, parts, former, counts["month"].max(), store.now(), code)  # type: ignore[arg-type]


def corrected(counts: pl.DataFrame) -> pl.DataFrame:
    """One household more in every group of the first commune."""
    here = (pl.col("commune") == counts["commune"].min()) & (pl.col("measure") == "households")
    return counts.with_columns(value=pl.when(here).then(pl.col("value") + 1).otherwise("value"))


def one_solve(counts: pl.DataFrame, parts: pl.DataFrame) -> float:
    """The linear program of all counts, made and solved once: every count that must be hidden pulled up by two."""
    communes = {
        unit: list(rows["commune"])
        for (unit,), rows in parts.filter(pl.col("unit") != pl.col("commune")).group_by("unit")
    }
    found = linked(counts, ETHNIC, communes, [])
    assert found
    cube = found[0].lattice(totals(counts))
    began = time.process_time()
    movement = Movement(cube, np.repeat(cube.cells[:, :, None], cube.values.shape[2], axis=2))
    small = movement.number[protect.primary(cube.values) > 0]
    movement.solve(small, np.full(len(small), 2.0), movement.value + 1)
    return time.process_time() - began


def hidden(result: Protected) -> int:
    return result.tables["protected_reason"].height
