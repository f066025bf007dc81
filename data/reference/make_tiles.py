"""Lay equal hexagonal tiles so that neighbouring communes stay neighbours: centroids in, tiles.csv out."""

# Run from anywhere, for any province: `python make_tiles.py communes.csv tiles.csv` (columns code, lat, lon are read).

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Iterable
from pathlib import Path

Cell = tuple[int, int]
Point = tuple[float, float]

NEAREST = 8
SEEDS = range(10)
STEPS = 600_000
HOT, COLD = 0.6, 0.005
OTHER, FAR, DENT = 0.4, 0.02, 0.5  # worth of a wrong neighbour (a right one: 1); weights of distance from home, of dents


def neighbours(cell: Cell) -> list[Cell]:
    """The six cells around one; rows are horizontal and odd rows stand half a tile to the right ("odd-r")."""
    col, row = cell
    side = col + (1 if row % 2 else -1)
    return [(col - 1, row), (col + 1, row), (col, row - 1), (side, row - 1), (col, row + 1), (side, row + 1)]


def centre(cell: Cell) -> Point:
    """Where a cell's middle lies, in tile widths, x to the east and y to the south."""
    col, row = cell
    return col + 0.5 * (row % 2), row * math.sqrt(3) / 2


def nearest(points: dict[str, Point], count: int = NEAREST) -> dict[str, set[str]]:
    """For each code the codes of its nearest others by centroid, (lat, lon) taken as a plane at its middle latitude."""
    plane = flat(points)
    order = {a: sorted((b for b in plane if b != a), key=lambda b: math.dist(plane[a], plane[b])) for a in plane}
    return {a: set(others[:count]) for a, others in order.items()}


def flat(points: dict[str, Point]) -> dict[str, Point]:
    """(lat, lon) -> (x east, y south) in degrees of latitude."""
    shrink = math.cos(math.radians(sum(lat for lat, _ in points.values()) / len(points)))
    return {code: (lon * shrink, -lat) for code, (lat, lon) in points.items()}


def kept(tiles: dict[str, Cell], points: dict[str, Point]) -> tuple[float, float]:
    """(average over tiles, share over all neighbour pairs) of tile neighbours among the commune's nearest ones."""
    near, at = nearest(points), {cell: code for code, cell in tiles.items()}
    counts = []
    for code, cell in tiles.items():
        beside = [at[n] for n in neighbours(cell) if n in at]
        counts.append((sum(b in near[code] for b in beside), len(beside)))
    pairs = sum(n for _, n in counts)
    return sum(good / n for good, n in counts if n) / len(counts), sum(good for good, _ in counts) / pairs


def holes(cells: Iterable[Cell]) -> int:
    """Empty cells that cannot be reached from outside, and tiles cut off from the rest."""
    taken = set(cells)
    cols, rows = [c for c, _ in taken], [r for _, r in taken]
    box = {(c, r) for c in range(min(cols) - 1, max(cols) + 2) for r in range(min(rows) - 1, max(rows) + 2)}
    outside = _reach((min(cols) - 1, min(rows) - 1), box - taken)
    islands = len(taken - _reach(next(iter(taken)), taken))
    return len(box - taken - outside) + islands


def _reach(start: Cell, allowed: set[Cell]) -> set[Cell]:
    seen, todo = {start}, [start]
    while todo:
        for cell in neighbours(todo.pop()):
            if cell in allowed and cell not in seen:
                seen.add(cell)
                todo.append(cell)
    return seen


def homes(points: dict[str, Point]) -> dict[str, Point]:
    """Each commune's place on the grid before tiles are pulled apart: one tile is as wide as communes stand apart."""
    plane = flat(points)
    x0, y0 = (min(p[i] for p in plane.values()) for i in (0, 1))
    area = _hull_area(list(plane.values()))
    width = math.sqrt(area / len(plane) / (math.sqrt(3) / 2)) if area else 1.0
    return {code: ((x - x0) / width, (y - y0) / width) for code, (x, y) in plane.items()}


def _hull_area(points: list[Point]) -> float:
    def half(ordered: list[Point]) -> list[Point]:
        line: list[Point] = []
        for p in ordered:
            while len(line) > 1 and _turn(line[-2], line[-1], p) <= 0:
                line.pop()
            line.append(p)
        return line[:-1]

    ordered = sorted(points)
    ring = half(ordered) + half(ordered[::-1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def first_layout(home: dict[str, Point]) -> dict[Cell, str]:
    """Each commune on the free cell nearest to its home, from north to south."""
    at: dict[Cell, str] = {}
    for code in sorted(home, key=lambda c: (home[c][1], home[c][0])):
        x, y = home[code]
        around = [(round(x) + i, round(y / (math.sqrt(3) / 2)) + j) for i in range(-9, 10) for j in range(-9, 10)]
        at[min((c for c in around if c not in at), key=lambda c: math.dist(centre(c), (x, y)))] = code
    return at


class Layout:
    """A layout being improved: swaps and moves, each judged by the cells it touches only."""

    def __init__(self, points: dict[str, Point]) -> None:
        self.near, self.home = nearest(points), homes(points)
        self.at = first_layout(self.home)
        self.beside: dict[Cell, list[Cell]] = {}

    def around(self, cell: Cell) -> list[Cell]:
        if cell not in self.beside:
            self.beside[cell] = neighbours(cell)
        return self.beside[cell]

    def cost(self, cells: Iterable[Cell]) -> float:
        """Missing and wrong neighbours, distance from home and dents of these cells; the lower the better."""
        total = 0.0
        for cell in cells:
            code = self.at.get(cell)
            beside = [self.at[n] for n in self.around(cell) if n in self.at]
            if code is None:
                total += DENT * max(0, len(beside) - 3)
                continue
            right = sum(b in self.near[code] for b in beside)
            total += (6 - right - OTHER * (len(beside) - right)) / 6
            total += FAR * math.dist(centre(cell), self.home[code]) ** 2
        return total

    def swap(self, a: Cell, b: Cell) -> None:
        one, two = self.at.pop(a), self.at.pop(b, None)
        self.at[b] = one
        if two is not None:
            self.at[a] = two

    def anneal(self, rng: random.Random, steps: int) -> None:
        """Simulated annealing with local swaps; the temperature falls geometrically."""
        cells = list(self.at)
        for step in range(steps):
            heat = HOT * (COLD / HOT) ** (step / steps)
            index = rng.randrange(len(cells))
            a = cells[index]
            b = self.candidate(a, rng)
            if a == b:
                continue
            touched = {a, b, *self.around(a), *self.around(b)}
            before, filled = self.cost(touched), b in self.at
            self.swap(a, b)
            gain = before - self.cost(touched)
            if gain < 0 and rng.random() >= math.exp(gain / heat):
                self.swap(b, a)
            elif not filled:
                cells[index] = b

    def candidate(self, a: Cell, rng: random.Random) -> Cell:
        """A cell to try instead: one beside a commune that should be a neighbour, or one nearby."""
        if rng.random() < 0.5:
            return a[0] + rng.randint(-2, 2), a[1] + rng.randint(-2, 2)
        return rng.choice(self.around(rng.choice(self.around(a))))


def tiles(points: dict[str, Point], seed: int, steps: int = STEPS) -> dict[str, Cell]:
    """code -> (column, row), column 0 in the west, row 0 in the north; the same points and seed give the same."""
    layout = Layout(points)
    layout.anneal(random.Random(seed), steps)
    west, north = min(c for c, _ in layout.at), min(r for _, r in layout.at)
    north -= north % 2  # an even shift keeps odd rows odd
    return {code: (col - west, row - north) for (col, row), code in sorted(layout.at.items(), key=lambda kv: kv[1])}


def best(points: dict[str, Point], seeds: Iterable[int] = SEEDS, steps: int = STEPS) -> dict[str, Cell]:
    """Of the layouts of these seeds the one in one piece, without holes, that keeps most neighbours."""
    layouts = [tiles(points, seed, steps) for seed in seeds]
    return min(layouts, key=lambda laid: (holes(laid.values()), -sum(kept(laid, points))))


def main(source: Path, target: Path) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        points = {row["code"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}
    laid = best(points)
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["code", "col", "row"])
        out.writerows((code, *cell) for code, cell in laid.items())
    average, overall = kept(laid, points)
    print(f"{len(laid)} tiles, holes {holes(laid.values())}")
    print(f"neighbours kept: {average:.1%} averaged over tiles, {overall:.1%} of all pairs")


if __name__ == "__main__":
    here = Path(__file__).parent
    given = [Path(name) for name in sys.argv[1:3]]
    main(*(given if len(given) == 2 else [here / "communes.csv", here / "tiles.csv"]))
