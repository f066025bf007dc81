"""Runs the measurements asked for, prints each goal as it is known, and keeps the table in bench/out/."""

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from importlib import import_module
from importlib.metadata import version

from bench.goals import GROUPS, Outcome
from bench.scratch import OUT, Province, province

# Which module measures which group; imported when asked for, because each brings its own libraries.
MEASURES = {
    "P3": "bench.reading",
    "P4": "bench.queries",
    "P5": "bench.reruns",
    "P6": "bench.clicks",
    "P7": "bench.crowd",
    "P8": "bench.first_visit",
    "P9": "bench.ranking",
    "growth": "bench.growth",
    "archive": "bench.archive",
    "protection": "bench.protection",
    "sync": "bench.sync",
    "memory": "bench.memory",
}
LIBRARIES = ("streamlit", "duckdb", "polars", "plotly", "python-calamine", "pandas")
HEAD = "| goal | | measured | yardstick | ratio | goal | met |\n| --- | --- | --- | --- | --- | --- | --- |"

SAY = partial(print, flush=True)


class UnknownGoal(Exception):
    """A goal nobody declared."""


def run(asked: Sequence[str] = (), pairs: int = 5, say: Callable[[str], None] = SAY) -> list[Outcome]:
    """Measure the groups asked for (all by default); UnknownGoal for any other word."""
    unknown = set(asked) - set(GROUPS)
    if unknown:
        raise UnknownGoal(f"{', '.join(sorted(unknown))}: the goals are {', '.join(GROUPS)}")
    OUT.mkdir(parents=True, exist_ok=True)
    say(machine())
    where = province()
    # Everything measured speaks of the copy, whatever data folder the caller works with.
    os.environ["CHI_TIEU_SO_DATA"] = str(where.base)
    say(HEAD)
    found = [one for group in asked or GROUPS for one in measured(group, where, pairs, say)]
    kept = "\n".join([machine(), "", HEAD, *map(line, found)])
    (OUT / "results.md").write_text(kept + "\n", encoding="utf-8")
    return found


def measured(group: str, where: Province, pairs: int, say: Callable[[str], None]) -> Iterable[Outcome]:
    for one in import_module(MEASURES[group]).measure(where, pairs):
        say(line(one))
        yield one


def machine() -> str:
    """The day, the machine and the versions a result holds for."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    system = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"{date.today():%d/%m/%Y}, {system}, {libraries}"


def line(one: Outcome) -> str:
    """One row of the table."""
    goal = one.goal
    limit = {
        "ratio": f"<= {goal.limit:g}x",
        "faster": f">= {goal.limit:g}x faster",
        "at most": f"<= {goal.limit:g} {goal.unit}",
        "at least": f">= {goal.limit:g} {goal.unit}",
        "printed": "",
    }[goal.kind]
    met = {True: "met", False: "**not met**", None: ""}[one.is_met]
    says = f"{goal.says} ({one.note})" if one.note else goal.says
    ours, other = (f"{figure(value)} {goal.unit}" for value in (one.ours, one.yardstick))
    return f"| {goal.id} | {says} | {ours} | {other}: {goal.yardstick} | {one.ratio:.2f} | {limit} | {met} |"


def figure(value: float) -> str:
    """Three digits, never an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
