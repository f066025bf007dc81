"""What cannot be: a part above its whole, platforms and skills that do not nest. One row that breaks a rule is held."""

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import starmap
from operator import gt, mul
from typing import Any, NamedTuple

import dataframely as dy
import polars as pl

from definitions.load import definitions, platforms_in_force
from etl.workbook.cells import dotted

ALL, THREE, ANY, WHOLE = "households_all", "households_three", "households_any", "households"
SKILLS, BOTH = ("households_skill_services", "households_skill_cashless"), "households_skilled"


class Term(NamedTuple):
    """A measure in a rule's sum; a missing figure silences the rule, or counts as 0 where the term says so."""

    measure: str
    weight: int
    or_zero: bool = False


@dataclass(frozen=True)
class Rule:
    """One thing that must hold in a row: the weighted sum of its terms is at most 0. The first term is the part."""

    code: str
    terms: tuple[Term, ...]
    sentence: str

    @property
    def column(self) -> str:
        """The measure whose cell the letter points at."""
        return self.terms[0].measure

    @cached_property
    def weights(self) -> tuple[int, ...]:
        return tuple(term.weight for term in self.terms)

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(term.measure for term in self.terms[1:])

    @property
    def name(self) -> str:
        return f"{self.code}__{self.column}__{'_'.join(self.others)}"

    @property
    def holds(self) -> pl.Expr:
        """The rule for the frame library."""
        figures = [pl.col(t.measure).fill_null(0) if t.or_zero else pl.col(t.measure) for t in self.terms]
        weighted = [figure * term.weight for figure, term in zip(figures, self.terms, strict=True)]
        return pl.sum_horizontal(weighted, ignore_nulls=False) <= 0

    def is_broken_in(self, figures: Mapping[str, Sequence[int | None]]) -> bool:
        """Whether any row of these columns breaks the rule: a few operations per row, where a frame costs more."""
        columns = [_zeros(figures[t.measure]) if t.or_zero else figures[t.measure] for t in self.terms]
        rows: Iterable[tuple[Any, ...]] = zip(*columns, strict=True)
        if any(None in column for column in columns):
            rows = (row for row in rows if None not in row)
        if self.weights == (1, -1):
            return any(starmap(gt, rows))
        return any(sum(map(mul, self.weights, row)) > 0 for row in rows)


def _zeros(column: Sequence[int | None]) -> list[int]:
    return [figure or 0 for figure in column]


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
    for part, measure in definitions().measures.items():
        if part in columns and measure.of in columns:
            yield _at_most(part, measure.of)
        if part in columns and measure.unit == "household" and part != WHOLE and WHOLE in columns:
            yield _at_most(part, WHOLE)


def _nested(columns: frozenset[str]) -> Iterator[Rule]:
    platforms = [id for id, measure in definitions().measures.items() if id in columns and measure.platform]
    pairs = [(THREE, ANY), (ALL, THREE), (ALL, ANY), *((ALL, platform) for platform in platforms)]
    for inner, outer in (*pairs, *((BOTH, skill) for skill in SKILLS)):
        if {inner, outer} <= columns:
            yield _at_most(inner, outer)


def _at_most(part: str, whole: str) -> Rule:
    code = "nesting" if whole.startswith(f"{WHOLE}_") else "part_exceeds_whole"
    return Rule(code, (Term(part, 1), Term(whole, -1)), f"{_name(part)} không thể lớn hơn {_name(whole)}")


def _sums(columns: frozenset[str], month: date) -> Iterator[Rule]:
    """A household counts once for each platform it uses: any + 2 three + (K-3) all <= the sum over the K in force.

    Of two skills: one + other - both <= all households.
    """
    by_platform = {m.platform: id for id, m in definitions().measures.items() if m.platform}
    running = [by_platform[platform] for platform in platforms_in_force(month) if platform in by_platform]
    if ANY in columns and running and set(running) <= columns:
        more = [Term(THREE, 2, or_zero=True), Term(ALL, max(len(running) - 3, 0), or_zero=True)]
        used = [term for term in more if term.measure in columns]
        sentence = "số hộ dùng ít nhất một nền tảng không thể lớn hơn tổng số hộ của từng nền tảng cộng lại"
        yield Rule("nesting", (Term(ANY, 1), *used, *(Term(id, -1) for id in running)), sentence)
    if {*SKILLS, BOTH, WHOLE} <= columns:
        sentence = (
            "số hộ có ít nhất một kỹ năng (hai kỹ năng cộng lại, trừ số hộ có cả hai) không thể lớn hơn tổng số hộ"
        )
        yield Rule("nesting", (Term(BOTH, -1), *(Term(id, 1) for id in SKILLS), Term(WHOLE, -1)), sentence)


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


def broken(figures: Mapping[str, Sequence[int | None]], month: date) -> list[Broken]:
    """The rules each row breaks, in the order of the rows; figures: measure -> its column.

    Nearly every table breaks none, and that is seen without a frame; where one is broken the schema says by which row.
    """
    columns = frozenset(figures)
    found = rules(columns, month)
    if not any(rule.is_broken_in(figures) for rule in found):
        return []
    frame = pl.DataFrame(figures, schema=dict.fromkeys(sorted(columns), pl.Int64)).with_row_index("row")
    _, failure = schema(columns, month).filter(frame, cast=True)
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
    return ", ".join(f"{_name(id)} là {dotted(value)}" for id, value in found.figures.items())
