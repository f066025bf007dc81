"""P4: the queries behind each page and its folds, recorded while they are drawn, then timed one by one."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from streamlit.testing.v1 import AppTest

from bench.goals import BY_ID, PAGES, Outcome
from bench.scratch import ROOT, Province
from bench.views import some
from warehouse import db
from warehouse.publish import FILE
from warehouse.version import Version

Query = tuple[str, Any]
SCRIPT = """
import streamlit as st
import dashboard
st.session_state["pages"] = {{}}
st.query_params.update({choices})
shown = dashboard.view("vi")
from pages.parts import take
take.folded_table = lambda view, title, make, *rest: take.table(view, make(), *rest)
import {module} as module
module.page(shown)
"""
SECTIONS = {"overview": "targets", "communes": "targets", "villages": "targets", "rounds": "reporting",
            "deliveries": "reporting", "definitions": "about"}  # fmt: skip


def measure(province: Province, pairs: int) -> list[Outcome]:
    """In a process of its own, where nothing is cached yet."""
    command = [sys.executable, "-m", "bench.queries", str(province.base), str(max(pairs, 5))]
    settings = os.environ | {"CHI_TIEU_SO_DATA": str(province.base)}
    asked = subprocess.run(command, cwd=ROOT, env=settings, check=True, stdout=subprocess.PIPE)
    found = json.loads(asked.stdout)
    slowest = max(found["queries"], key=lambda one: one["ms"])
    by_page = ", ".join(f"{page} {ms:.1f}" for page, ms in found["slowest_by_page"].items())
    note = f"{len(found['queries'])} queries; slowest by page in ms: {by_page}; slowest: {words(slowest['sql'])}"
    middle = median(one["ms"] for one in found["queries"])
    return [
        Outcome(BY_ID["P4.slowest"], slowest["ms"], found["select_1"], note),
        Outcome(BY_ID["P4.median"], middle, found["select_1"]),
    ]


def words(sql: str, limit: int = 90) -> str:
    return " ".join(sql.split())[:limit]


def recorded(version: Version, page: str) -> list[Query]:
    """The queries a page asks while it is drawn once."""
    asked: list[Query] = []
    plain = Version.query

    def noting(self: Version, sql: str, params: Any = None) -> pl.DataFrame:
        asked.append((sql, params))
        return plain(self, sql, params)

    choices = dict(part.split("=") for part in some(version, page, 1)[0][1].split("&"))
    script = SCRIPT.format(choices=choices, module=f"pages.{SECTIONS[page]}.{page}")
    Version.query = noting  # type: ignore[method-assign]
    try:
        drawn = AppTest.from_string(script, default_timeout=120).run()
    finally:
        Version.query = plain  # type: ignore[method-assign]
    assert not drawn.exception, drawn.exception
    return asked


def milliseconds(connection: db.Connection, query: Query) -> float:
    began = time.perf_counter()
    db.frame(connection, *query)
    return (time.perf_counter() - began) * 1000


def timed(version: Version, queries: list[Query], pairs: int) -> tuple[list[float], float]:
    """The median ms of each query and of `select 1`, asked in turn as the product asks (warehouse/version.py).

    One warm read-only connection, a cursor for every query, the rows as a Polars frame; a first round only warms it.
    """
    of_each: list[list[float]] = [[] for _ in queries]
    floor: list[float] = []
    with db.reader(version.path / FILE) as connection:
        for turn in range(pairs + 1):
            for samples, query in zip([*of_each, floor], [*queries, ("select 1", None)], strict=True):
                took = milliseconds(connection, query)
                if turn:
                    samples.append(took)
    return [median(samples) for samples in of_each], median(floor)


def main(base: Path, pairs: int) -> None:
    version = Province(base).version
    by_page = {page: recorded(version, page) for page in PAGES}
    distinct = list({repr(query): query for asked in by_page.values() for query in asked}.values())
    each, select_1 = timed(version, distinct, pairs)
    cost = {repr(query): ms for query, ms in zip(distinct, each, strict=True)}
    print(
        json.dumps(
            {
                "select_1": select_1,
                "queries": [
                    {"sql": sql, "params": repr(params), "ms": cost[repr((sql, params))]} for sql, params in distinct
                ],
                "slowest_by_page": {
                    page: max(cost[repr(q)] for q in asked) for page, asked in by_page.items() if asked
                },
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
