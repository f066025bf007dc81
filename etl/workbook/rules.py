"""What cannot be: a part above its whole, platforms and skills that do not nest. One row that breaks a rule is held."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import dataframely as dy
import polars as pl

from definitions.format import integer
from definitions.load import definitions, platforms_in_force

ALL, THREE, ANY, WHOLE = "households_all", "households_three", "households_any", "households"
SKILLS, BOTH = ("households_skill_services", "households_skill_cashless"), "households_skilled"


@dataclass(frozen=True)
class Rule:
    """One thing that must hold in a row; where a figure is missing it says nothing."""

    code: str
    column: str  # the measure whose cell the letter points at
    others: tuple[str, ...]
    holds: pl.Expr
    sentence: str

    @property
    def name(self) -> str:
        return f"{self.code}__{self.column}__{'_'.join(self.others)}"


@dataclass(frozen=True)
class Broken:
    """A rule that a row breaks, with the figures that stood there; row counts as in the frame given."""

    row: int
    rule: Rule
    figures: dict[str, int]


@cache
def rules(columns: frozenset[str], month: date) -> tuple[Rule, ...]:
    """The rules that can be judged on these measures in a month."""
    found = [*_parts(columns), *_nested(columns), *_sums(columns, month)]
    return tuple({rule.name: rule for rule in found}.values())


def _parts(columns: frozenset[str]) -> Iterator[Rule]:
    measures = definitions().measures
    for part in columns & measures.keys():
        if measures[part].of in columns:
            yield _at_most(part, measures[part].of)
        if measures[part].unit == "household" and part != WHOLE and WHOLE in columns:
            yield _at_most(part, WHOLE)


def _nested(columns: frozenset[str]) -> Iterator[Rule]:
    platforms = [id for id in columns if id in definitions().measures and definitions().measures[id].platform]
    pairs = [(THREE, ANY), (ALL, THREE), (ALL, ANY), *((ALL, platform) for platform in platforms)]
    for inner, outer in (*pairs, *((BOTH, skill) for skill in SKILLS)):
        if {inner, outer} <= columns:
            yield _at_most(inner, outer)


def _at_most(part: str, whole: str) -> Rule:
    code = "nesting" if whole.startswith(f"{WHOLE}_") else "part_exceeds_whole"
    return Rule(code, part, (whole,), pl.col(part) <= pl.col(whole), f"{_name(part)} không thể lớn hơn {_name(whole)}")


def _sums(columns: frozenset[str], month: date) -> Iterator[Rule]:
    """A household counts once for each platform it uses: any + 2 three + (K-3) all <= the sum over the K in force.

    Of two skills: one + other - both <= all households.
    """
    by_platform = {m.platform: id for id, m in definitions().measures.items() if m.platform}
    running = [by_platform[platform] for platform in platforms_in_force(month) if platform in by_platform]
    if ANY in columns and running and set(running) <= columns:
        weights = [(THREE, 2), (ALL, max(len(running) - 3, 0))]
        used = [(id, weight) for id, weight in weights if id in columns]
        least = pl.col(ANY) + sum((pl.col(id).fill_null(0) * weight for id, weight in used), pl.lit(0))
        holds = least <= pl.sum_horizontal([pl.col(id) for id in running], ignore_nulls=False)
        sentence = "số hộ dùng ít nhất một nền tảng không thể lớn hơn tổng số hộ của từng nền tảng cộng lại"
        yield Rule("nesting", ANY, (*(id for id, _ in used), *running), holds, sentence)
    if {*SKILLS, BOTH, WHOLE} <= columns:
        either = pl.col(SKILLS[0]) + pl.col(SKILLS[1]) - pl.col(BOTH)
        sentence = (
            "số hộ có ít nhất một kỹ năng (hai kỹ năng cộng lại, trừ số hộ có cả hai) không thể lớn hơn tổng số hộ"
        )
        yield Rule("nesting", BOTH, (*SKILLS, WHOLE), either <= pl.col(WHOLE), sentence)


def _name(measure: str) -> str:
    return f"“{definitions().measures[measure].label.vi}”"


@cache
def schema(columns: frozenset[str], month: date) -> type[dy.Schema]:
    """The rules as a schema: the row number and the counts, each of which may be missing."""
    body: dict[str, object] = {"row": dy.Int64(nullable=False)}
    body |= {column: dy.Int64(nullable=True) for column in sorted(columns)}
    for rule in rules(columns, month):
        body[rule.name] = _as_rule(rule)
    return types.new_class("Line", (dy.Schema,), exec_body=lambda space: space.update(body))


def _as_rule(rule: Rule) -> object:
    def holds(cls: type[dy.Schema]) -> pl.Expr:
        return rule.holds

    holds.__name__ = rule.name
    return dy.rule()(holds)


def broken(frame: pl.DataFrame, columns: frozenset[str], month: date) -> list[Broken]:
    """The rules each row of a frame of measures breaks, in the order of the rows."""
    found = rules(columns, month)
    if not found or frame.select(pl.all_horizontal([rule.holds for rule in found]).all()).item() is not False:
        return []  # nearly every workbook: one pass instead of a report per rule
    numbered = frame.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), *sorted(columns))
    _, failure = schema(columns, month).filter(numbered)
    rows = failure.details().sort("row").to_dicts()
    return [
        Broken(row["row"], rule, {id: row[id] for id in (rule.column, *rule.others) if row[id] is not None})
        for row in rows
        for rule in _one_per_part(rule for rule in found if row[rule.name] == "invalid")
    ]


def _one_per_part(rules: Iterator[Rule]) -> list[Rule]:
    """The first rule each measure breaks: one cell gets one letter."""
    first: dict[str, Rule] = {}
    for rule in rules:
        first.setdefault(rule.column, rule)
    return list(first.values())


def figures(found: Broken) -> str:
    """The figures of a broken rule, named: "Hộ dùng VNeID" là 45."""
    return ", ".join(f"{_name(id)} là {integer(value)}" for id, value in found.figures.items())
