"""The linear program behind protection: the cheapest way to move counts while everything published stays as it is."""

from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from methods.lattice import Lattice

STEP = 1e-6  # less than this is no movement
REACH = 10.0  # no count has to move further to show that it cannot be told
PULL = 1e6  # what a target is worth per household moved; more than any movement can cost


class Rows(NamedTuple):
    """Linear constraints in triplets: row, number, coefficient; and the bounds of each row."""

    row: NDArray[np.int64]
    number: NDArray[np.int64]
    coefficient: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Movement:
    """The ways numbers can move off their true values; solving again starts from the last solution.

    `number[unit, category, measure]` numbers what may move at all (-1: fixed). Up and down are columns of their own, so
    that moving has a price per household either way.
    """

    def __init__(self, lattice: Lattice, movable: NDArray[np.bool_]):
        self.place = np.argwhere(movable)
        self.count = len(self.place)
        self.number = np.full(lattice.values.shape, -1)
        self.number[movable] = np.arange(self.count)
        self.value = lattice.values[movable].astype(float)
        self.most = np.minimum(_room(lattice)[movable], REACH)
        self.least = np.minimum(self.value, REACH)
        self._rows = _rows(lattice, self.number)
        self._highs = _program(self._rows, self.count)

    def solve(
        self, targets: NDArray[np.int64], reach: NDArray[np.float64], price: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How far each number moves when the targets are pulled to `reach` (< 0: down), at the least price."""
        highest = np.stack([self.most, self.least], axis=1).ravel()
        way = 2 * targets + (reach < 0)
        highest[way] = np.minimum(np.abs(reach), highest[way])
        highest[2 * targets + (reach > 0)] = 0
        cost = np.repeat(price, 2)
        cost[way] = -PULL
        return self._run(highest, cost)

    def sway(self, way: NDArray[np.float64], can_move: NDArray[np.bool_]) -> NDArray[np.float64]:
        """How far each number moves when all are drawn up (way > 0) or down at once; the others follow or stay."""
        highest = np.stack([self.most * can_move, self.least * can_move], axis=1).ravel()
        return self._run(highest, np.stack([-way, way], axis=1).ravel())

    def holds(self, moved: NDArray[np.float64]) -> bool:
        """Whether numbers that move like that break nothing that is published: a movement however it was found."""
        rows = self._rows
        sums = np.bincount(rows.row, rows.coefficient * moved[rows.number], len(rows.low))
        is_between = (sums >= rows.low - STEP) & (sums <= rows.high + STEP)
        return bool(is_between.all() and (moved <= self.most + STEP).all() and (moved >= -self.least - STEP).all())

    def _run(self, highest: NDArray[np.float64], cost: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), highest)
        self._highs.changeColsCost(len(columns), columns, cost)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS: {self._highs.modelStatusToString(status)}")
        solution = np.array(self._highs.getSolution().col_value)
        return solution[0::2] - solution[1::2]


def _room(lattice: Lattice) -> NDArray[np.float64]:
    """How far each number can rise before it reaches its unit's total, if it does not break that already."""
    room = (lattice.totals[:, None, :] - lattice.values).astype(float)
    return np.where(room < 0, np.inf, room)


def _rows(lattice: Lattice, number: NDArray[np.int64]) -> Rows:
    """Everything that holds between movements, without rows about what does not move."""
    kinds = [_sums(lattice, number), *(_relation(lattice, number, relation) for relation in lattice.relations)]
    if lattice.ceilings is None:
        kinds.append(_totals(lattice, number))
    else:
        kinds += [_complements(lattice, number, measure) for measure in range(1, number.shape[2])]
    first = np.cumsum([0] + [len(kind.low) for kind in kinds])
    joined = [np.concatenate(parts) for parts in zip(*kinds, strict=True)]
    joined[0] = np.concatenate([kind.row + start for kind, start in zip(kinds, first, strict=False)])
    return _used(Rows(*joined))


def _used(rows: Rows) -> Rows:
    moving = rows.number >= 0
    used, row = np.unique(rows.row[moving], return_inverse=True)
    return Rows(row, rows.number[moving], rows.coefficient[moving], rows.low[used], rows.high[used])


def _totals(lattice: Lattice, number: NDArray[np.int64]) -> Rows:
    """The categories of a leaf keep their sum, measure by measure."""
    leaves, categories, measures = number[: lattice.leaves].shape
    row = np.arange(leaves)[:, None, None] * measures + np.arange(measures)
    row = np.broadcast_to(row, (leaves, categories, measures)).ravel()
    return _equal_to_zero(row, number[: lattice.leaves].ravel(), np.ones(row.size), leaves * measures)


def _sums(lattice: Lattice, number: NDArray[np.int64]) -> Rows:
    """A sum moves with its leaves, category by category and measure by measure."""
    each = number.shape[1] * number.shape[2]
    place, leaf = np.nonzero(lattice.sums)
    row = (place[:, None] * each + np.arange(each)).ravel()
    own = np.arange(len(lattice.sums) * each)
    numbers = np.concatenate([number[leaf].ravel(), number[lattice.leaves :].ravel()])
    coefficients = np.concatenate([np.ones(row.size), -np.ones(own.size)])
    return _equal_to_zero(np.concatenate([row, own]), numbers, coefficients, own.size)


def _equal_to_zero(row: NDArray, number: NDArray, coefficient: NDArray, count: int) -> Rows:
    return Rows(row, number, coefficient, np.zeros(count), np.zeros(count))


def _relation(lattice: Lattice, number: NDArray[np.int64], relation: dict[int, int]) -> Rows:
    """The relation in every leaf cell whose true values keep it: nobody can rely on one that the figures break."""
    leaf, values = number[: lattice.leaves], lattice.values[: lattice.leaves]
    cells = leaf[:, :, 0].size
    slack = -(values[:, :, list(relation)] @ np.array(list(relation.values()))).ravel().astype(float)
    row = np.tile(np.arange(cells), len(relation))
    numbers = np.concatenate([leaf[:, :, measure].ravel() for measure in relation])
    coefficients = np.repeat(np.array(list(relation.values()), float), cells)
    return Rows(row, numbers, coefficients, np.full(cells, -np.inf), np.where(slack < 0, np.inf, slack))


def _complements(lattice: Lattice, number: NDArray[np.int64], measure: int) -> Rows:
    """Of overlapping categories: the households of one without the measure are at most all households without it."""
    assert lattice.ceilings is not None
    leaf, values = number[: lattice.leaves], lattice.values[: lattice.leaves]
    cells = leaf[:, :, 0].size
    most = (lattice.ceilings[:, 0] - lattice.ceilings[:, measure])[:, None]
    slack = (most - (values[:, :, 0] - values[:, :, measure])).ravel().astype(float)
    numbers = np.concatenate([leaf[:, :, 0].ravel(), leaf[:, :, measure].ravel()])
    coefficients = np.repeat([1.0, -1.0], cells)
    row = np.tile(np.arange(cells), 2)
    return Rows(row, numbers, coefficients, np.full(cells, -np.inf), np.where(slack < 0, np.inf, slack))


def _program(rows: Rows, count: int) -> highspy.Highs:
    """Columns: up and down of each number."""
    row = np.concatenate([rows.row, rows.row])
    column = np.concatenate([2 * rows.number, 2 * rows.number + 1])
    coefficient = np.concatenate([rows.coefficient, -rows.coefficient])
    order = np.lexsort((column, row))
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = 2 * count, len(rows.low)
    program.col_cost_, program.col_lower_ = np.zeros(2 * count), np.zeros(2 * count)
    program.col_upper_ = np.full(2 * count, np.inf)
    program.row_lower_, program.row_upper_ = rows.low, rows.high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.searchsorted(row[order], np.arange(program.num_row_ + 1)).astype(np.int32)
    program.a_matrix_.index_ = column[order].astype(np.int32)
    program.a_matrix_.value_ = coefficient[order]
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.passModel(program)
    return highs
