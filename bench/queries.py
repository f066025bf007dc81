"""P4: the queries behind each page and its folded tables, recorded while drawn, then timed one by one."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl

import polars as pl
from streamlit.testing.v1 import AppTest

from bench.goals import BY_ID, PAGES, Outcome
from bench.national import nation
from bench.scratch import OUT, ROOT, Province
from bench.views import some
from warehouse import db
from warehouse.publish import FILE
from warehouse.version import Version

Query = tuple[str, Any]
Ask = Callable[[db.Connection, str, Any], object]
SCRIPT = """
import streamlit as st
import dashboard
st.session_state["pages"] = {{}}
st.query_params.update({choices})
shown = dashboard.view("vi")
from pages.parts import take
take.folded = lambda label, show: show()
import {module} as module
module.page(shown)
"""
SECTIONS = {
    "targets": ("overview", "communes", "villages"), "analysis": ("slices", "gaps"),
    "voices": ("channels", "posts", "feedback"), "awards": ("standings", "scoresheet", "weights", "checks"),
    "reporting": ("rounds", "deliveries"), "about": ("definitions",),
}  # fmt: skip
SECTION_OF = {page: section for section, pages in SECTIONS.items() for page in pages}


def measure(province: Province, pairs: int) -> list[Outcome]:
    """In a process of its own, where nothing is cached yet."""
    command = [sys.executable, "-m", "bench.queries", str(province.base), str(max(pairs, 5))]
    settings = os.environ | {"CHI_TIEU_SO_DATA": str(province.base)}
    asked = subprocess.run(command, cwd=ROOT, env=settings, check=True, stdout=subprocess.PIPE)
    here, there, slices = json.loads(asked.stdout)
    return [
        Outcome(BY_ID["P4.slowest"], max(here["ms"]), here["select_1"], said(here)),
        Outcome(BY_ID["P4.median"], median(here["ms"]), here["select_1"]),
        Outcome(BY_ID["P4.national"], max(there["ms"]), there["select_1"], said(there)),
        Outcome(BY_ID["P4.slices"], slices["many"], slices["once"], f"{slices['queries']} queries"),
        Outcome(BY_ID["P4.bare"], slices["many"], slices["bare"]),
    ]


def said(found: dict) -> str:
    by_page = ", ".join(f"{page} {ms:.1f}" for page, ms in found["slowest_by_page"].items())
    return f"{len(found['ms'])} queries; slowest by page in ms: {by_page}; slowest: {words(found['slowest'])}"


def words(sql: str, limit: int = 90) -> str:
    return " ".join(sql.split())[:limit]


def recorded(version: Version, page: str) -> list[Query]:
    """The queries a page asks while three views of it are drawn."""
    views = some(version, page, 3)  # before anything is noted: finding views asks too
    asked: list[Query] = []
    plain = Version.query

    def noting(self: Version, sql: str, params: Any = None) -> pl.DataFrame:
        asked.append((sql, params))
        return plain(self, sql, params)

    Version.query = noting  # type: ignore[method-assign]
    try:
        for _, choices in views:
            script = SCRIPT.format(choices=dict(parse_qsl(choices)), module=f"pages.{SECTION_OF[page]}.{page}")
            drawn = AppTest.from_string(script, default_timeout=120).run()
            assert not drawn.exception, drawn.exception
    finally:
        Version.query = plain  # type: ignore[method-assign]
    return asked


def milliseconds(connection: db.Connection, query: Query, ask: Ask) -> float:
    began = time.perf_counter()
    ask(connection, *query)
    return (time.perf_counter() - began) * 1000


def bare(connection: db.Connection, sql: str, params: Any) -> object:
    return connection.cursor().sql(sql, params=params).fetch_arrow_table()


def timed(version: Version, queries: list[Query], pairs: int, ask: Ask = db.frame) -> tuple[list[float], float]:
    """The median ms of each query and of `select 1`, asked in turn, as the product asks (warehouse/version.py) if not
    told otherwise.

    One warm read-only connection, a cursor for every query, the rows as a Polars frame; a first round only warms it.
    """
    of_each: list[list[float]] = [[] for _ in queries]
    floor: list[float] = []
    with db.reader(version.path / FILE) as connection:
        for turn in range(pairs + 1):
            for samples, query in zip([*of_each, floor], [*queries, ("select 1", None)], strict=True):
                took = milliseconds(connection, query, ask)
                if turn:
                    samples.append(took)
    return [median(samples) for samples in of_each], median(floor)


def asked_by_pages(version: Version) -> dict[str, list[Query]]:
    return {page: recorded(version, page) for page in PAGES}


def distinct(by_page: dict[str, list[Query]]) -> list[Query]:
    return list({repr(query): query for asked in by_page.values() for query in asked}.values())


def found(version: Version, by_page: dict[str, list[Query]], pairs: int) -> dict:
    """What each query took on a version: ms, the slowest of each page and of all, and the floor."""
    queries = distinct(by_page)
    each, select_1 = timed(version, queries, pairs)
    cost = {repr(query): ms for query, ms in zip(queries, each, strict=True)}
    slowest = {page: max(cost[repr(query)] for query in asked) for page, asked in by_page.items() if asked}
    worst = max(queries, key=lambda query: cost[repr(query)])
    return {"select_1": select_1, "ms": each, "slowest_by_page": slowest, "slowest": worst[0]}


def grown(once: Version, many: Version, queries: list[Query], pairs: int) -> dict:
    """All the queries once after another, in ms: on the larger version, on the smaller, and bare on the larger."""
    ways: dict[str, tuple[Version, Ask]] = {"many": (many, db.frame), "once": (once, db.frame), "bare": (many, bare)}
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(pairs):
        for name, (version, ask) in ways.items():
            took[name].append(sum(timed(version, queries, 3, ask)[0]))
    return {name: median(ms) for name, ms in took.items()} | {"queries": len(queries)}


def main(base: Path, pairs: int) -> None:
    version = Province(base).version
    by_page = asked_by_pages(version)
    here = found(version, by_page, pairs)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        there = found(nation(version, Path(folder) / "nation"), by_page, pairs)
        ten = nation(version, Path(folder) / "ten", 10)
        slices = grown(version, ten, distinct({"slices": by_page["slices"]}), pairs)
    print(json.dumps([here, there, slices]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
