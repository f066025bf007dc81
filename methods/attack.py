"""What somebody could work out about hidden counts from published tables alone; shares no code with protection."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

ENOUGH = 5  # values an attacker must be left with
LOOKS = 12  # joint looks at all counts before single ones; each looks both ways
MOST = 1e7  # no count is larger
TOTAL = ""  # the category of a unit's total
Key = tuple[str, str, str]  # unit, category, measure; a complement's measure is "<denominator> - <measure>"
Table = Mapping[Key, int | None]  # None: published as hidden; a cell that is not in it has nobody


@dataclass(frozen=True)
class Rules:
    """What everybody may know about the tables.

    parts: unit -> the leaves it is the sum of, for units that are sums. relations: measures and coefficients whose sum
    is <= 0 in every cell. denominator: the measure all others are out of. adds_up: the categories add up to the total.
    """

    parts: Mapping[str, Sequence[str]]
    relations: Sequence[Mapping[str, int]]
    denominator: str
    adds_up: bool = True


@dataclass(frozen=True)
class Narrowed:
    """A hidden count and the whole values left for it; told: its unit's published total alone leaves no more.

    table: the place of the newest table that hides it among those given.
    """

    key: Key
    table: int
    low: int
    high: int
    told: bool

    @property
    def values(self) -> int:
        return self.high - self.low + 1


def attack(
    tables: Sequence[Table], rules: Rules, sums: Sequence[tuple[Sequence[Key], int]] = (), exactly: bool = False
) -> list[Narrowed]:
    """Every hidden count with the interval of whole values left for it, the most narrowed first.

    tables: what was published of one month, the newest first. A leaf whose counts agree wherever two tables both show
    them is taken to be unchanged between them. sums: further figures about the newest table, each the sum of these of
    its counts, as an export or a pooled group gives them. Intervals are those of linear programs over all counts at
    once: sums over categories and parts, relations, nothing below 0. exactly: to the last value for each count; else a
    count seen to have at least five values is not narrowed further, and its interval is what was seen.
    """
    program = _Program(tables, rules)
    for keys, value in sums:
        program.tie(0, [(key, 1.0) for key in keys], value, value)
    program.look(exactly)
    found = [program.narrowed(i) for i in range(program.watched)]
    return sorted(found, key=lambda one: (one.values, one.table, one.key))


class _Program:
    """One column per unknown count; known counts are numbers in the rows' bounds."""

    def __init__(self, tables: Sequence[Table], rules: Rules):
        self.rules, self.tables = rules, tables
        self.known: dict[tuple[int, Key], int] = {}
        self.column: dict[tuple[int, Key], int] = {}
        self.home: list[tuple[int, Key]] = []  # of each column, the newest table that hides it
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.soft: set[int] = set()  # rows nobody can be sure of
        self.groups: dict[tuple[int, str], int] = {}
        self.state = _states(tables, rules)
        self._read()
        self._add_up()
        for table, unit in self._leaves():
            self._relate(table, unit)
        self.watched = len(self.home)
        self.low, self.high = np.full(self.watched, np.inf), np.full(self.watched, -np.inf)

    # ---- what is known and what ties it together -------------------------------------------------------------------

    def _read(self) -> None:
        for table, content in enumerate(self.tables):
            for key, value in content.items():
                if value is not None:
                    self.known.setdefault((self.state[table, key[0]], key), value)
        for table, content in enumerate(self.tables):
            for key, value in content.items():
                place = (self.state[table, key[0]], key)
                if value is None and place not in self.column:
                    self.column[place] = len(self.home)
                    self.home.append((table, key))
        for (_, key), column in self.column.items():
            if (value := self.known.get((self.state[self.home[column][0], key[0]], key))) is not None:
                self._row({column: 1.0}, value, value)

    def _leaves(self) -> list[tuple[int, str]]:
        """The first table of each state of each leaf."""
        first: dict[tuple[str, int], int] = {}
        for (table, unit), state in self.state.items():
            if unit not in self.rules.parts:
                first.setdefault((unit, state), table)
        return [(table, unit) for (unit, _), table in first.items()]

    def _term(self, table: int, key: Key) -> tuple[int | None, int]:
        """(column, 0), or (None, the known count)."""
        place = (self.state[table, key[0]], key)
        if place in self.column:
            return self.column[place], 0
        return None, self.known.get(place, 0)

    def _row(self, terms: Mapping[int, float], low: float, high: float, is_soft: bool = False) -> None:
        if any(terms.values()):
            if is_soft:
                self.soft.add(len(self.rows))
            self.rows.append((dict(terms), low, high))

    def tie(self, table: int, terms: Sequence[tuple[Key, float]], low: float, high: float, soft: bool = False) -> None:
        """low <= the weighted sum of these counts <= high."""
        columns: dict[int, float] = defaultdict(float)
        shift = 0.0
        for key, weight in terms:
            column, known = self._term(table, key)
            shift += weight * known
            if column is not None:
                columns[column] += weight
        self._row(columns, low - shift, high - shift, soft)

    def _add_up(self) -> None:
        for table, content in enumerate(self.tables):
            cells: dict[tuple[str, str], list[str]] = defaultdict(list)
            for unit, category, measure in content:
                if category != TOTAL:
                    cells[unit, measure].append(category)
            for (unit, measure), categories in cells.items():
                if self.rules.adds_up and (unit, TOTAL, measure) in content:
                    terms = [((unit, category, measure), 1.0) for category in categories]
                    self.tie(table, [*terms, ((unit, TOTAL, measure), -1.0)], 0, 0)
                for category in categories if unit in self.rules.parts else ():
                    parts = [((leaf, category, measure), 1.0) for leaf in self.rules.parts[unit]]
                    there = [(key, weight) for key, weight in parts if (table, key[0]) in self.state]
                    self.tie(table, [*there, ((unit, category, measure), -1.0)], 0, 0)

    def _relate(self, table: int, unit: str) -> None:
        content, whole = self.tables[table], self.rules.denominator
        measures = {measure for at, _, measure in content if at == unit}
        for category in {category for at, category, _ in content if at == unit and category != TOTAL}:
            for relation in self.rules.relations:
                if relation.keys() <= measures:
                    terms = [((unit, category, measure), float(weight)) for measure, weight in relation.items()]
                    self.tie(table, terms, -math.inf, 0, soft=True)
            for measure in () if self.rules.adds_up else measures:
                most = content.get((unit, TOTAL, measure))
                out_of = content.get((unit, TOTAL, whole))
                if most is not None and out_of is not None:
                    self.tie(table, [((unit, category, measure), 1.0)], -math.inf, most, soft=True)
                    rest = [((unit, category, whole), 1.0), ((unit, category, measure), -1.0)]
                    self.tie(table, rest, -math.inf, out_of - most, soft=True)

    # ---- looking -----------------------------------------------------------------------------------------------------

    def look(self, exactly: bool) -> None:
        if not self.watched:
            return
        self._complements()
        self.highs = self._built()
        self._look(np.zeros(self.watched))
        chance = np.random.default_rng(0)
        for _ in range(LOOKS):
            signs = chance.choice([-1.0, 1.0], self.watched) * ~self._is_wide()
            if not signs.any():
                break
            self._look(signs)
            self._look(-signs)
        for one in range(self.watched):
            for sign in (1.0, -1.0) if exactly or not self._is_wide()[one] else ():
                self._look(np.where(np.arange(self.watched) == one, sign, 0.0))

    def _complements(self) -> None:
        """A column for denominator minus numerator where both are unknown."""
        whole = self.rules.denominator
        for (state, key), column in list(self.column.items()):
            unit, category, measure = key
            out_of = self.column.get((state, (unit, category, whole)))
            if measure != whole and out_of is not None:
                self._row({out_of: 1.0, column: -1.0, len(self.home): -1.0}, 0, 0)
                self.home.append((self.home[column][0], (unit, category, f"{whole} - {measure}")))
        self.watched = len(self.home)
        self.low, self.high = np.full(self.watched, np.inf), np.full(self.watched, -np.inf)

    def _built(self) -> highspy.Highs:
        highs = _solver(self.rows, self.watched)
        if _is_feasible(highs):
            return highs
        # Some published counts break a rule that everybody believes: an attacker drops it where it cannot hold.
        kept = _without(self.rows, _broken(self.rows, self.soft, self.watched))
        highs = _solver(kept, self.watched)
        if not _is_feasible(highs):
            raise ValueError("the published tables contradict each other")
        return highs

    def _look(self, cost: np.ndarray) -> None:
        columns = np.arange(self.watched, dtype=np.int32)
        self.highs.changeColsCost(self.watched, columns, cost)
        if not _is_feasible(self.highs):
            raise RuntimeError("HiGHS found no solution where there was one")
        seen = np.array(self.highs.getSolution().col_value)
        np.minimum(self.low, seen, out=self.low)
        np.maximum(self.high, seen, out=self.high)

    def _is_wide(self) -> np.ndarray:
        return np.floor(self.high + 1e-6) - np.ceil(self.low - 1e-6) + 1 >= ENOUGH

    def narrowed(self, one: int) -> Narrowed:
        table, key = self.home[one]
        low, high = math.ceil(self.low[one] - 1e-6), math.floor(self.high[one] + 1e-6)
        return Narrowed(key, table, low, max(low, high), self._is_told(table, key))

    def _is_told(self, table: int, key: Key) -> bool:
        """Whether the totals alone leave fewer than five values: only what leaves with other groups share is open."""
        unit, category, measure = key
        content, (whole, _, part) = self.tables[table], measure.partition(" - ")
        leaves = [leaf for leaf in self.rules.parts.get(unit, [unit]) if (leaf, category, whole) in content]
        shared = [leaf for leaf in leaves if not self.rules.adds_up or self._groups(table, leaf) > 1]
        total = [(content.get((leaf, TOTAL, whole)), content.get((leaf, TOTAL, part), 0)) for leaf in shared]
        return sum(MOST if most is None else most - (rest or 0) for most, rest in total) < ENOUGH - 1

    def _groups(self, table: int, unit: str) -> int:
        if (table, unit) not in self.groups:
            cells = {category for at, category, _ in self.tables[table] if at == unit and category != TOTAL}
            self.groups[table, unit] = len(cells)
        return self.groups[table, unit]


def _states(tables: Sequence[Table], rules: Rules) -> dict[tuple[int, str], int]:
    """(table, unit) -> its state: two tables share it where a leaf, or all leaves of a sum, did not change."""
    of_unit: list[dict[str, dict[Key, int | None]]] = [defaultdict(dict) for _ in tables]
    for table, content in enumerate(tables):
        for key, value in content.items():
            of_unit[table][key[0]][key] = value
    state: dict[tuple[int, str], int] = {}
    for table, units in enumerate(of_unit):
        for unit in units.keys() - rules.parts.keys():
            same = (t for t in range(table) if unit in of_unit[t] and _agree(of_unit[t][unit], units[unit]))
            state[table, unit] = state[earlier, unit] if (earlier := next(same, None)) is not None else table
    below = {(table, unit): _below(state, table, rules.parts[unit]) for table, units in enumerate(of_unit)
             for unit in units.keys() & rules.parts.keys()}  # fmt: skip
    for (table, unit), leaves in below.items():
        state[table, unit] = next(t for t in range(table + 1) if below.get((t, unit)) == leaves)
    return state


def _below(state: Mapping[tuple[int, str], int], table: int, leaves: Sequence[str]) -> list[tuple[str, int]]:
    return [(leaf, state[table, leaf]) for leaf in leaves if (table, leaf) in state]


def _agree(one: Mapping[Key, int | None], other: Mapping[Key, int | None]) -> bool:
    """Whether the counts both show are the same, and the same cells are there."""
    if one.keys() != other.keys():
        return False
    return all(value == other[key] for key, value in one.items() if value is not None and other[key] is not None)


def _solver(rows: Sequence[tuple[dict[int, float], float, float]], columns: int) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.addVars(columns, np.zeros(columns), np.full(columns, MOST))
    index = np.array([column for terms, _, _ in rows for column in terms], np.int32)
    weight = np.array([value for terms, _, _ in rows for value in terms.values()], float)
    start = np.cumsum([0, *(len(terms) for terms, _, _ in rows)])[:-1].astype(np.int32)
    low, high = (np.array([row[place] for row in rows], float) for place in (1, 2))
    highs.addRows(len(rows), low, high, len(index), start, index, weight)
    return highs


def _is_feasible(highs: highspy.Highs) -> bool:
    highs.run()
    return highs.getModelStatus() == highspy.HighsModelStatus.kOptimal


def _broken(rows: Sequence[tuple[dict[int, float], float, float]], soft: set[int], columns: int) -> set[int]:
    """The fewest soft rows (by the size of the breach) that cannot hold."""
    order = sorted(soft)
    loose = [
        ({**terms, columns + order.index(at): -1.0} if at in soft else terms, low, high)
        for at, (terms, low, high) in enumerate(rows)
    ]
    highs = _solver(loose, columns + len(order))
    highs.changeColsCost(len(order), np.arange(columns, columns + len(order), dtype=np.int32), np.ones(len(order)))
    if not _is_feasible(highs):
        return soft
    breach = np.array(highs.getSolution().col_value)[columns:]
    return {at for at, much in zip(order, breach, strict=True) if much > 1e-6}


def _without(rows: Sequence[tuple[dict[int, float], float, float]], gone: set[int]) -> list:
    return [row for at, row in enumerate(rows) if at not in gone]
