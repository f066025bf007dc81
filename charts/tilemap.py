"""The map of verdicts: equal hexagon tiles, or true boundaries where a file of them is given."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from charts import marks
from charts.marks import Point
from charts.theme import FAINT, FONT, INK, LABEL, PAPER, QUIET, SMALL, text_width, wrap
from definitions import format
from definitions.load import definitions
from definitions.text import text

EDGE = "#7b8794"
GAP = 0.96  # a tile's share of its cell, so that neighbours do not run together in print
ROW = math.sqrt(3) / 2
SIMPLE = 0.005  # degrees (about 500 m) a simplified boundary may differ
CATCH = 0.1  # degrees between the points of a true boundary that answer a click
FADE = {"high": 1.0, "fair": 1.0, "medium": 0.7, "low": 0.45}  # a tint fades with the trust in its number


@dataclass(frozen=True)
class Place:
    """A unit's outlines, and the points that answer a click (the first carries its sign); x east, y south."""

    rings: tuple[tuple[Point, ...], ...]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Look:
    """How a class of the map looks: a verdict, or "protected", or "not_reported"."""

    word: str
    sign: str
    tint: str
    hatched: bool


def look(verdict: str | None, lang: str = "vi") -> Look:
    if verdict is None or verdict in ("not_reported", "protected"):
        return Look(
            text(f"charts.{verdict or 'not_reported'}", lang),
            "×" if verdict == "protected" else "",
            PAPER,
            verdict == "protected",
        )
    known = definitions().verdicts[verdict]
    return Look(known.label.said(lang), known.sign, known.tint, known.hatched)


def places(tiles: pl.DataFrame, boundaries: dict | None = None) -> dict[str, Place]:
    """By unit: from tiles (code, col, row; odd rows half a tile right), or from a GeoJSON, features with a `code`."""
    if boundaries is not None:
        return {feature["properties"]["code"]: outline(feature["geometry"]) for feature in boundaries["features"]}
    found = {}
    for code, col, row in tiles.select("code", "col", "row").rows():
        x, y = col + 0.5 * (row % 2), row * ROW
        found[code] = Place((tuple(marks.hexagon(x, y, GAP)),), ((x, y),))
    return found


def outline(geometry: dict) -> Place:
    """A Polygon or MultiPolygon in degrees as a simplified Place; holes are left out."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = [tuple((lon, -lat) for lon, lat, *_ in polygon[0]) for polygon in polygons]
    largest = max(rings, key=lambda ring: abs(size(ring)))
    shrink = math.cos(math.radians(largest[0][1]))
    simple = tuple(tuple((x * shrink, y) for x, y in simplified(ring)) for ring in rings)
    return Place(simple, tuple((x * shrink, y) for x, y in inside(largest)))


def size(ring: Sequence[Point]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def simplified(line: Sequence[Point]) -> list[Point]:
    """Ramer-Douglas-Peucker, with a stack: a boundary of 10,000 points must not end the recursion."""
    keep, stack = {0, len(line) - 1}, [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        far, at = max(
            ((distance(line[i], line[first], line[last]), i) for i in range(first + 1, last)), default=(0.0, 0)
        )
        if far > SIMPLE:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [line[i] for i in sorted(keep)]


def distance(p: Point, a: Point, b: Point) -> float:
    """From a point to the line through a and b (to a, where they are one)."""
    long = math.dist(a, b)
    if long == 0:
        return math.dist(p, a)
    return abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / long


def inside(ring: Sequence[Point]) -> list[Point]:
    """Points of a grid inside a ring, the one farthest from its edge first."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    step = min(CATCH, (max(xs) - min(xs)) / 3, (max(ys) - min(ys)) / 3)
    grid = [
        (x, y)
        for x in marks.steps(min(xs), max(xs), step)
        for y in marks.steps(min(ys), max(ys), step)
        if within((x, y), ring)
    ]
    return sorted(grid, key=lambda p: -min(math.dist(p, corner) for corner in ring)) or [ring[0]]


def within(point: Point, ring: Sequence[Point]) -> bool:
    x, y = point
    edges = zip(ring, [*ring[1:], ring[0]], strict=True)
    return (
        sum((ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax for (ax, ay), (bx, by) in edges) % 2 == 1
    )


def words(row: Mapping, lang: str) -> str:
    """ "Xã Bắc Hà: 46,2% - Đúng tiến độ"."""
    figure = [format.percent(row["share"], 1, lang)] if row["share"] is not None else []
    return f"{row['name']}: {' - '.join([*figure, look(row['verdict'], lang).word])}"


def tint(row: Mapping, lang: str) -> str:
    """The verdict's tint, mixed with white where the number deserves less trust."""
    share = FADE.get(row.get("trust") or "high", 1.0)
    parts = [int(look(row["verdict"], lang).tint[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)


def svg(
    frame: pl.DataFrame,
    tiles: pl.DataFrame,
    *,
    title: str,
    desc: str = "",
    width: float = 640,
    lang: str = "vi",
    boundaries: dict | None = None,
) -> str:
    """Frame: unit, name, verdict (null: not reported; "protected"), share, trust where known. The legend is in it."""
    head, top = marks.heading(title, width)
    laid = laid_out(frame, tiles, top + 4, width, boundaries)
    parts = [head, *(tile(row, place, laid.cell, lang) for row, place in laid.units)]
    strip, bottom = legend_rows(frame, laid.bottom + 12, width, lang)
    return marks.svg("".join([*parts, strip]), width, bottom, title, desc)


class Laid(NamedTuple):
    """A map in its place: each unit's row and where it is drawn, how wide a tile is (0: true outlines), the y below."""

    units: Sequence[tuple[Mapping, Place]]
    cell: float
    bottom: float


def laid_out(frame: pl.DataFrame, tiles: pl.DataFrame, top: float, width: float, boundaries: dict | None) -> Laid:
    """The rows of a frame that have a place, in the order of their units, on a map of this width."""
    laid = places(tiles, boundaries)
    xs, ys = zip(*(corner for place in laid.values() for ring in place.rings for corner in ring), strict=True)
    scale = (width - 2) / (max(xs) - min(xs))
    rows = [row for row in frame.sort("unit").iter_rows(named=True) if row["unit"] in laid]
    units = [(row, shifted(laid[row["unit"]], min(xs), min(ys), scale, top)) for row in rows]
    return Laid(units, scale if boundaries is None else 0, top + (max(ys) - min(ys)) * scale)


def shifted(place: Place, left: float, upper: float, scale: float, top: float) -> Place:
    def move(points: Sequence[Point]) -> tuple[Point, ...]:
        return tuple((1 + (x - left) * scale, top + (y - upper) * scale) for x, y in points)

    return Place(tuple(move(ring) for ring in place.rings), move(place.points))


def tile(row: Mapping, place: Place, cell: float, lang: str) -> str:
    """One unit: tint, hatch, sign and, on a tile wide enough, its name; what it says when pointed at."""
    how = look(row["verdict"], lang)
    parts = [marks.area(ring, tint(row, lang), EDGE, 0.8) for ring in place.rings]
    parts += [marks.hatch(ring) for ring in place.rings if how.hatched and cell]
    x, y = place.points[0]
    lines = wrap(bare(row["name"]), cell * 0.94, cell * 0.185) if cell >= 44 else []
    parts.append(
        marks.sign(how.sign, x, y - cell * 0.28 if lines else y, max(7.0, cell * (0.2 if lines else 0.36)))
        if how.sign
        else ""
    )
    first = y + cell * (0.17 - 0.1 * (len(lines) - 1)) + cell * 0.04
    parts += [
        marks.text(x, first + i * cell * 0.21, line, cell * 0.185, INK, "middle", halo=how.hatched)
        for i, line in enumerate(lines)
    ]
    return marks.element("g", marks.tip(words(row, lang)) + "".join(parts))


def bare(name: str) -> str:
    """The name without "Xã" or "Phường" before it: on a tile there is no room for what all share."""
    kind, _, rest = name.partition(" ")
    return rest if kind in ("Xã", "Phường") and rest else name


def counts(frame: pl.DataFrame) -> list[tuple[str | None, int]]:
    """How many units each class has, in the order of verdicts.toml, those not reported last."""
    order = [*definitions().verdicts, "protected", "not_reported"]
    found = dict(frame.with_columns(pl.col("verdict").fill_null("not_reported")).group_by("verdict").len().rows())
    return [(verdict, found[verdict]) for verdict in order if verdict in found]


def legend(frame: pl.DataFrame, *, width: float = 640, lang: str = "vi") -> str:
    """The classes of the map with word, sign, tint and count, as a strip of its own."""
    drawn, bottom = legend_rows(frame, 2, width, lang)
    return marks.svg(drawn, width, bottom, ", ".join(f"{look(v, lang).word}: {n}" for v, n in counts(frame)))


def legend_rows(frame: pl.DataFrame, y: float, width: float, lang: str) -> tuple[str, float]:
    x, parts = 1.0, []
    for verdict, count in counts(frame):
        how = look(verdict, lang)
        label = f"{how.word} {count}"
        wide = 30 + text_width(label, LABEL) + 16
        if x > 1 and x + wide > width:
            x, y = 1.0, y + 27
        corners = [(x, y), (x + 24, y), (x + 24, y + 18), (x, y + 18)]
        parts.append(marks.area(corners, how.tint, FAINT) + (marks.hatch(corners) if how.hatched else ""))
        parts.append(marks.sign(how.sign, x + 12, y + 9, 10) if how.sign else "")
        parts.append(marks.text(x + 30, y + 14, label))
        x += wide
    return "".join(parts), y + 26


def figure(
    frame: pl.DataFrame,
    tiles: pl.DataFrame,
    *,
    selected: str | None = None,
    height: int = 440,
    lang: str = "vi",
    boundaries: dict | None = None,
) -> dict:
    """The map to click on, as a plain Plotly figure: one scatter trace (customdata = unit) over a shape per look.

    Markers have a size in pixels and shapes one in tiles: only shapes fill the page at every width. Every point
    answers for its unit: `event.selection.points[0]["customdata"][0]`. The same frame gives the same figure.
    """
    laid = places(tiles, boundaries)
    rows = [row for row in frame.sort("unit").iter_rows(named=True) if row["unit"] in laid]
    rows.sort(key=lambda row: row["unit"] == selected)  # drawn last, its outline lies above its neighbours'
    hits = [(row, point, i == 0) for row in rows for i, point in enumerate(laid[row["unit"]].points)]
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [round(x, 3) for _, (x, _), _ in hits],
        "y": [round(y, 3) for _, (_, y), _ in hits],
        "customdata": [[row["unit"]] for row, _, _ in hits],
        "text": [look(row["verdict"], lang).sign if first else "" for row, _, first in hits],
        "hovertext": [words(row, lang) for row, _, _ in hits],
        "hoverinfo": "text",
        "textfont": {"size": 15, "color": INK, "family": FONT},
        "marker": {"size": 26 if boundaries is None else 14, "opacity": 0, "symbol": "hexagon"},
        "unselected": {"marker": {"opacity": 0}, "textfont": {"color": INK}},
        "cliponaxis": False,
    }
    return {
        "data": [trace],
        "layout": layout(shapes(rows, laid, selected, lang), laid, height),
    }


def shapes(rows: Sequence[Mapping], laid: Mapping[str, Place], selected: str | None, lang: str) -> list[dict]:
    """One shape for all units that look alike: a browser draws a dozen sooner than 99."""
    drawn: dict[tuple, dict] = {}
    for row in rows:
        one = shape(row, laid[row["unit"]], row["unit"] == selected, lang)
        alike = drawn.setdefault((one["fillcolor"], *one["line"].values()), one | {"path": ""})
        alike["path"] += one["path"]
    return list(drawn.values())


def shape(row: Mapping, place: Place, is_selected: bool, lang: str) -> dict:
    """One outline; a dashed edge stands for the hatch, which Plotly's shapes do not have."""
    drawn = "".join("M" + "L".join(f"{x:.3f},{y:.3f}" for x, y in ring) + "Z" for ring in place.rings)
    edge = (
        {"color": INK, "width": 3}
        if is_selected
        else {"color": QUIET, "width": 1, "dash": "dot"}
        if look(row["verdict"], lang).hatched
        else {"color": EDGE, "width": 0.8}
    )
    return {"type": "path", "path": drawn, "fillcolor": tint(row, lang), "line": edge, "layer": "below"}


def layout(shapes: list[dict], laid: Mapping[str, Place], height: int) -> dict:
    """Fixed axes of one scale, nothing to zoom, no legend."""
    xs, ys = zip(*(corner for place in laid.values() for ring in place.rings for corner in ring), strict=True)
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return {
        "shapes": shapes,
        "xaxis": {**hidden, "range": [round(min(xs), 3), round(max(xs), 3)]},
        "yaxis": {**hidden, "range": [round(max(ys), 3), round(min(ys), 3)], "scaleanchor": "x"},
        "margin": {"l": 2, "r": 2, "t": 2, "b": 2},
        "height": height,
        "hovermode": "closest",
        "hoverdistance": 40,
        "dragmode": False,
        "clickmode": "event+select",
        "showlegend": False,
        "separators": ",.",
        "font": {"family": FONT, "size": SMALL, "color": INK},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": QUIET, "font": {"family": FONT, "size": LABEL, "color": INK}},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
    }


CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
