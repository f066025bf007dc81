"""How firm a place is: over many draws of weights and methods, one weight at a time, and without any weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods.composite import TIE, Floats, minmax, zscore

DRAWS, SEED, SWAY = 10_000, 20_261_215, 0.25
BLOCK = 64  # draws ranked at once: 64 x 3,321 keys stay in the cache
LOW, HIGH = 0.05, 0.95
SHIFT = 100.0  # COINr's scale 1-100, on which a geometric mean of a score of 0 still tells units apart
METHODS = ("goalposts_arithmetic", "goalposts_geometric", "minmax_arithmetic", "minmax_geometric", "zscore_arithmetic")


@dataclass(frozen=True)
class Interval:
    """Per unit the places that 90 % of the draws lie between; 0 for a unit without a place."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    draws: int
    seed: int


def intervals(
    scores: ArrayLike, weights: ArrayLike, extra: ArrayLike = 0.0, *, methods: Sequence[str] = METHODS,
    draws: int = DRAWS, seed: int = SEED, sway: float = SWAY,
) -> Interval:  # fmt: skip
    """The 5-95 % interval of each unit's place.

    scores: units x criteria, 0-1 as the sheet's own goalposts give them, NaN where not applicable. weights: the
    criteria's points. extra: points beside the criteria (bonus, deductions), in the unit of the weights.
    Each draw takes every weight times a uniform number in [1 - sway, 1 + sway], renormalised to the same sum, and one
    of the methods: the scores as they are, min-max or z (arithmetic), or the geometric mean on a scale of 1-100.
    A z score is put back on the spread of the original so that extras keep their size. Source: COINr sensitivity
    analysis; Saisana, Saltelli and Tarantola 2005, JRSS A 168, 307-323.
    """
    s, w = np.asarray(scores, float), np.asarray(weights, float)
    added = np.broadcast_to(np.asarray(extra, float), len(s)) / w.sum()
    has_place = ~np.isnan(s).all(axis=1) & ~np.isnan(added)
    low, high = np.zeros(len(s), np.int64), np.zeros(len(s), np.int64)
    if has_place.any():
        found = _drawn(s[has_place], w, added[has_place], methods, draws, seed, sway)
        found.sort(axis=1)
        low[has_place] = found[:, int(np.floor(LOW * (draws - 1)))]
        high[has_place] = found[:, int(np.ceil(HIGH * (draws - 1)))]
    return Interval(low, high, draws, seed)


def weights_drawn(weights: Floats, draws: int, seed: int, sway: float) -> Floats:
    """draws x criteria: each weight within +-sway, renormalised to a sum of 1."""
    moved = weights * np.random.default_rng(seed).uniform(1 - sway, 1 + sway, (draws, len(weights)))
    return moved / moved.sum(axis=1, keepdims=True)


def _drawn(
    s: Floats, w: Floats, added: Floats, methods: Sequence[str], draws: int, seed: int, sway: float
) -> NDArray[np.uint16]:
    """The place of every unit in every draw, units x draws; equal units are ranked once."""
    told = np.column_stack([np.where(np.isnan(s), -np.inf, s), added])
    _, first, kind, counts = np.unique(told, axis=0, return_index=True, return_inverse=True, return_counts=True)
    if len(first) == len(s):
        first = np.arange(len(s))
    moved = weights_drawn(w, draws, seed, sway).astype(np.float32)
    found = np.empty((len(first), draws), np.uint16)
    for method, share in zip(methods, np.array_split(np.arange(draws), len(methods)), strict=True):
        table = _table(s, added, method, first)
        for start in range(0, len(share), BLOCK):
            block = share[start : start + BLOCK]
            found[:, block[0] : block[-1] + 1] = _places(table.scores(moved[block]), counts).T
    return found if len(first) == len(s) else found[kind.ravel()]


@dataclass(frozen=True)
class _Table:
    """One method's numbers: the parts put together by drawn weights, as shares of the whole, and the extras."""

    parts: NDArray[np.float32]  # criteria x units
    has: NDArray[np.float32] | None  # None where every criterion applies to every unit
    added: NDArray[np.float32] | None
    is_geometric: bool

    def scores(self, moved: NDArray[np.float32]) -> NDArray[np.float32]:
        found = moved @ self.parts
        if self.has is not None:
            found /= moved @ self.has
        # Without extras the logarithm ranks as the mean itself does.
        if self.added is None:
            return found
        return (np.exp(found) if self.is_geometric else found) + self.added


def _table(s: Floats, added: Floats, method: str, first: NDArray[np.intp]) -> _Table:
    """The method's numbers of the units `first`; mean and spread are those of all."""
    scale, how = method.split("_")
    scaled = {"goalposts": lambda: s, "minmax": lambda: minmax(s), "zscore": lambda: _on_mean_spread(s)}[scale]()
    known = ~np.isnan(s)[first]
    # Where all are equal a scale is not computable, and as good as any other.
    parts = np.where(np.isnan(scaled), s, scaled)[first]
    if how == "geometric":
        parts = np.log((1.0 + (SHIFT - 1.0) * parts) / SHIFT)
    has = None if known.all() else np.ascontiguousarray(known.T, np.float32)
    parts = np.ascontiguousarray(np.where(known, parts, 0.0).T, np.float32)
    return _Table(parts, has, added[first].astype(np.float32) if added.any() else None, how == "geometric")


def _on_mean_spread(s: Floats) -> Floats:
    """z scores times the criteria's mean standard deviation, so that extras beside them keep their size."""
    known = np.maximum((~np.isnan(s)).sum(axis=0), 1)
    mean = np.nansum(s, axis=0) / known
    spread = np.sqrt(np.nansum((s - mean) ** 2, axis=0) / np.maximum(known - 1, 1))
    return zscore(s) * spread.mean()


def _places(scores: NDArray[np.float32], counts: NDArray[np.intp]) -> NDArray[np.uint16]:
    """Places of each row, draws x units. One sort of 64-bit keys (score, unit) costs half an argsort."""
    bits = scores.view(np.int32)
    # The bits of a float in falling order as unsigned integers: those of a negative one count that way already.
    falling = (bits ^ (~bits >> 31 & 0x7FFFFFFF)).view(np.uint32)
    keys = falling.astype(np.int64)
    keys <<= 32
    keys |= np.arange(scores.shape[1])
    keys.view(np.uint64).sort(axis=1)
    keys &= 0xFFFFFFFF
    if counts.max() == 1:
        position = np.broadcast_to(np.arange(1, len(counts) + 1, dtype=np.uint16), keys.shape)
    else:
        position = (np.cumsum(counts[keys], axis=1) - counts[keys] + 1).astype(np.uint16)
    keys += np.arange(len(keys))[:, None] * keys.shape[1]
    found = np.empty(scores.size, np.uint16)
    found[keys.ravel()] = position.ravel()
    return found.reshape(scores.shape)


# ---- one weight at a time ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stay:
    """Between which weights a unit keeps its place; high is infinite where no weight is too much."""

    low: float
    high: float


def weight_range(
    scores: ArrayLike, weights: ArrayLike, unit: int, criterion: int, extra: ArrayLike = 0.0,
    lines: Sequence[int] | None = None,
) -> Stay:  # fmt: skip
    """The widest range of one criterion's weight, the other weights unchanged, in which a unit keeps its place.

    The sheet: sum of all weights * (sum w s / sum w over the criteria that apply) + extra, as `intervals` has it, the
    total being that of the weights as declared. lines: the last place of each medal, as (1, 3) for one first and two
    second prizes; then the medal counts instead of the place. Two units change order where the difference of their
    scores, a polynomial of degree 2 in the weight (1 where the same criteria apply), is 0: the roots are the only
    candidates, and the first on either side behind which the place is another one is the end. Exact to 9 decimals.
    """
    s, w = np.asarray(scores, float), np.asarray(weights, float)
    added = np.broadcast_to(np.asarray(extra, float), len(s))
    polynomials = _differences(s, w, added, unit, criterion)
    at = float(w[criterion])
    band = _band(_above(polynomials, at), lines)
    roots = _roots(polynomials)
    up = roots[roots > at + _NEAR * max(at, 1.0)]
    down = roots[roots < at - _NEAR * max(at, 1.0)][::-1]
    return Stay(_end(polynomials, at, down, 0.0, band), _end(polynomials, at, up, np.inf, band))


_NEAR = 10.0**-TIE


def _differences(s: Floats, w: Floats, added: Floats, unit: int, criterion: int) -> Floats:
    """Score of each other unit less the unit's, times both denominators, as polynomials of the weight: units x 3."""
    known = ~np.isnan(s)
    filled = np.where(known, s, 0.0)
    rest = np.where(np.arange(len(w)) == criterion, 0.0, w)
    a, b = filled @ rest, known @ rest  # numerator and denominator without the criterion
    x, m = filled[:, criterion], known[:, criterion].astype(float)
    total, gap = w.sum(), added - added[unit]
    ai, bi, xi, mi = a[unit], b[unit], x[unit], m[unit]
    constant = total * (a * bi - ai * b) + gap * b * bi
    linear = total * (x * bi + a * mi - xi * b - ai * m) + gap * (b * mi + bi * m)
    square = total * (x * mi - xi * m) + gap * m * mi
    found = np.stack([constant, linear, square], axis=1) / total**2
    has_place = known.any(axis=1) & ~np.isnan(added)
    return found[has_place & (np.arange(len(s)) != unit)]


def _value(polynomials: Floats, at: float) -> Floats:
    return polynomials @ np.array([1.0, at, at * at])


def _above(polynomials: Floats, at: float) -> int:
    """How many units stand strictly above at a weight."""
    return int((_value(polynomials, at) > _NEAR).sum())


def _roots(polynomials: Floats) -> Floats:
    """Every weight above 0 at which another unit draws level, the smallest first."""
    c, b, a = polynomials.T
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(b * b - 4 * a * c)
        q = -0.5 * (b + np.copysign(root, b))
        found = np.concatenate([q / a, c / q])
    return np.unique(found[np.isfinite(found) & (found > 0)])


def _band(above: int, lines: Sequence[int] | None) -> tuple[int, int]:
    """The least and most units above that leave the place, or the medal, what it is."""
    if lines is None:
        return above, above
    last = [0, *sorted(lines)]
    number = sum(above >= line for line in last[1:])
    return last[number], (last[number + 1] - 1 if number + 1 < len(last) else np.iinfo(np.int64).max)


def _end(polynomials: Floats, start: float, roots: Floats, last: float, band: tuple[int, int]) -> float:
    """Walk outward from root to root until the place between two of them is another one."""
    before = start
    for root in np.append(roots, last):
        beyond = 2 * max(before, 1.0) if np.isinf(root) else (before + root) / 2
        if not band[0] <= _above(polynomials, beyond) <= band[1]:
            return before
        before = float(root)
    return before


# ---- without any weights -------------------------------------------------------------------------------------------


def dominance(scores: ArrayLike, extra: ArrayLike = 0.0) -> NDArray[np.bool_]:
    """units x units: True where the row's unit stands above the column's whatever the weights.

    It is nowhere lower and somewhere higher, extras included, and the same criteria apply to both.
    """
    s = np.asarray(scores, float)
    every = np.column_stack([s, np.broadcast_to(np.asarray(extra, float), len(s))])
    lower, higher = np.zeros((2, len(s), len(s)), bool)
    for column in every.T:
        same = np.isnan(column)[:, None] == np.isnan(column)
        lower |= (column[:, None] < column) | ~same
        higher |= column[:, None] > column
    return ~lower & higher
