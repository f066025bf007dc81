"""The marks every chart is drawn with: SVG elements as strings, every text escaped."""

import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from xml.sax.saxutils import escape, quoteattr

from charts.theme import FONT, INK, LABEL, LINE, PAPER, QUIET, SMALL, TITLE, text_width, wrap
from definitions import format
from definitions.load import definitions

Point = tuple[float, float]

# XML 1.0 has no place for these; a name copied from a workbook may carry one.
CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def clean(text: str) -> str:
    """Fit to stand in an element: on one line (an empty line would end the HTML block in st.markdown), escaped."""
    return escape(" ".join(text.translate(CONTROL).split()))


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def element(tag: str, inner: str = "", **attributes: object) -> str:
    """One element; `stroke_width=2` becomes stroke-width="2", None is left out."""
    head = tag
    for name, value in attributes.items():
        if value is not None:
            head += f" {attribute(name)}={quoted(value)}"
    return f"<{head}>{inner}</{tag}>" if inner else f"<{head}/>"


@cache
def attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def quoted(value: object) -> str:
    if isinstance(value, float):
        return f'"{number(value)}"'
    return f'"{value}"' if isinstance(value, int) else quoted_text(str(value))


# Colours, anchors and dashes come again and again.
quoted_text = lru_cache(maxsize=4096)(quoteattr)


def tip(text: str) -> str:
    """What the mark says when pointed at, and to a screen reader."""
    return f"<title>{clean(text)}</title>" if text else ""


def linked(inner: str, href: str | None) -> str:
    """Marks that lead somewhere when clicked; as they are where there is nowhere to go."""
    return element("a", inner, href=href, target="_self") if href else inner


def text(
    x: float,
    y: float,
    words: str,
    size: float = LABEL,
    fill: str = INK,
    anchor: str = "start",
    bold: bool = False,
    halo: bool = False,
) -> str:
    """One line of text; y is its baseline. A halo keeps it readable over lines."""
    around = {"stroke": PAPER, "stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"} if halo else {}
    return element(
        "text", clean(words), x=x, y=y, font_size=size, fill=fill, text_anchor=None if anchor == "start" else anchor,
        font_weight=600 if bold else None, **around,
    )  # fmt: skip


def paragraph(
    x: float, y: float, words: str, width: float, size: float, fill: str = INK, bold: bool = False
) -> tuple[str, float]:
    """Wrapped text from the top edge y; gives it and the y below it."""
    lines = wrap(words, width, size, bold)
    drawn = [text(x, y + size + i * size * LINE, line, size, fill, bold=bold) for i, line in enumerate(lines)]
    return "".join(drawn), y + len(lines) * size * LINE


def line(a: Point, b: Point, stroke: str, width: float = 1, dash: str | None = None) -> str:
    return element("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], stroke=stroke, stroke_width=width, stroke_dasharray=dash)


def path(points: Sequence[Point], stroke: str, width: float = 1, dash: str | None = None) -> str:
    """An open line through the points."""
    return element(
        "polyline", points=joined(points), fill="none", stroke=stroke, stroke_width=width, stroke_dasharray=dash,
        stroke_linejoin="round", stroke_linecap=None if dash else "round",
    )  # fmt: skip


def area(points: Sequence[Point], fill: str, stroke: str | None = None, width: float = 1, inner: str = "") -> str:
    """A closed shape."""
    return element(
        "polygon", inner, points=joined(points), fill=fill, stroke=stroke, stroke_width=width if stroke else None
    )


def joined(points: Iterable[Point]) -> str:
    return " ".join([f"{number(x)},{number(y)}" for x, y in points])


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str,
    stroke: str | None = None,
    inner: str = "",
    **more: object,
) -> str:
    return element("rect", inner, x=x, y=y, width=width, height=height, fill=fill, stroke=stroke, **more)


def circle(
    x: float, y: float, r: float, fill: str, stroke: str | None = None, width: float = 1, inner: str = ""
) -> str:
    return element("circle", inner, cx=x, cy=y, r=r, fill=fill, stroke=stroke, stroke_width=width if stroke else None)


def dots(points: Iterable[Point], r: float, fill: str) -> str:
    """Many like circles as one mark, which says nothing when pointed at."""
    runs = "".join([f"M{number(x)},{number(y)}h0" for x, y in points])
    return element("path", d=runs, fill="none", stroke=fill, stroke_width=2 * r, stroke_linecap="round")


def diamond(x: float, y: float, r: float, fill: str, stroke: str | None = None, inner: str = "") -> str:
    return area([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], fill, stroke, 1.5, inner)


def hatch(corners: Sequence[Point], stroke: str = "#8a949e", gap: float = 6) -> str:
    """Diagonal lines inside a convex shape; not a pattern, whose id would clash between the charts of one page."""
    sums = [x + y for x, y in corners]
    cuts = (cut(corners, at) for at in steps(min(sums), max(sums), gap))
    return "".join(line(*ends, stroke=stroke, width=0.8) for ends in cuts if ends)


def steps(low: float, high: float, gap: float) -> list[float]:
    return [low + gap * (i + 0.5) for i in range(int((high - low) / gap))]


def cut(corners: Sequence[Point], at: float) -> tuple[Point, Point] | None:
    """Where the line x + y = at enters and leaves a convex shape."""
    found: list[Point] = []
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        before, after = ax + ay - at, bx + by - at
        if before * after < 0:
            share = before / (before - after)
            found.append((ax + (bx - ax) * share, ay + (by - ay) * share))
    return (found[0], found[1]) if len(found) == 2 else None


def hexagon(x: float, y: float, width: float) -> list[Point]:
    """The six corners of a tile standing on its point."""
    r = width / math.sqrt(3)
    return [(x + r * math.sin(math.pi / 3 * i), y - r * math.cos(math.pi / 3 * i)) for i in range(6)]


def sign(mark: str, x: float, y: float, size: float, fill: str = INK) -> str:
    """A verdict's sign around the middle (x, y), drawn as a shape: no font of a phone or a printer need have it."""
    r = size / 2
    stroke = max(1.6, size / 7)
    match mark:
        case "▲":
            return area([(x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)], fill)
        case "▼":
            return area([(x, y + r), (x + r, y - r * 0.8), (x - r, y - r * 0.8)], fill)
        case "◆":
            return diamond(x, y, r, fill)
        case "▬":
            return rect(x - r, y - r * 0.3, size, r * 0.6, fill)
        case "○":
            return circle(x, y, r * 0.8, PAPER, fill, stroke)
        case "✕":
            return line((x - r, y - r), (x + r, y + r), fill, stroke) + line(
                (x - r, y + r), (x + r, y - r), fill, stroke
            )
        case "…":
            return "".join(circle(x + r * step, y, r * 0.22, fill) for step in (-0.8, 0, 0.8))
        case "✓":
            return path([(x - r, y), (x - r * 0.3, y + r * 0.7), (x + r, y - r * 0.8)], fill, stroke)
        case "✓!":
            tick = sign("✓", x - r * 0.35, y, size * 0.85, fill)
            return (
                tick
                + line((x + r, y - r), (x + r, y + r * 0.3), fill, stroke)
                + circle(x + r, y + r * 0.8, stroke * 0.6, fill)
            )
    return text(x, y + size * 0.35, mark, size, fill, "middle")


def badge(verdict: str, lang: str = "vi", size: float = LABEL) -> str:
    """A verdict by word, sign and tint, as a small picture of its own."""
    known = definitions().verdicts[verdict]
    word = known.label.said(lang)
    width, height = text_width(word, size, True) + size * 2.6, size * 1.9
    parts = [
        rect(
            0.5,
            0.5,
            width - 1,
            height - 1,
            known.tint,
            QUIET if known.hatched else known.tint,
            rx=4,
            stroke_dasharray="3 2" if known.hatched else None,
        )
    ]
    parts += [
        sign(known.sign, size * 1.05, height / 2, size * 0.75),
        text(size * 2, height / 2 + size * 0.35, word, size, bold=True),
    ]
    return svg("".join(parts), width, height, word)


def svg(inner: str, width: float, height: float, title: str, desc: str = "") -> str:
    """The whole picture: its natural size, never wider than where it stands."""
    return element(
        "svg", tip(title) + (f"<desc>{clean(desc)}</desc>" if desc else "") + inner,
        xmlns="http://www.w3.org/2000/svg", role="img", width=number(width), height=number(height),
        viewBox=f"0 0 {number(width)} {number(height)}", font_family=FONT, style="max-width:100%;height:auto",
    )  # fmt: skip


def heading(title: str, width: float) -> tuple[str, float]:
    """The chart's title over its whole width; gives it and the y below it."""
    drawn, bottom = paragraph(0, 2, title, width, TITLE if width >= 420 else 14, bold=True)
    return drawn, bottom + 4


def footnotes(notes: Sequence[str], y: float, width: float) -> tuple[str, float]:
    """Small quiet lines under a chart; gives them and the y below them."""
    parts = []
    for note in notes:
        drawn, y = paragraph(0, y, note, width, SMALL, QUIET)
        parts.append(drawn)
    return "".join(parts), y + 4


def whole_percent(share: float, lang: str) -> str:
    """50% rather than 50,0%; other shares with one decimal."""
    is_whole = math.isclose(share * 100, round(share * 100), abs_tol=1e-9)
    return format.percent(share, 0 if is_whole else 1, lang)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights moved as little as needed so that labels stand `gap` apart, in the order wanted, inside [low, high]."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed: list[float] = []
    for i in order:
        placed.append(max(wanted[i], low, placed[-1] + gap if placed else low))
    ceiling = high
    for at in reversed(range(len(placed))):
        placed[at] = min(placed[at], ceiling)
        ceiling = placed[at] - gap
    back = dict(zip(order, placed, strict=True))
    return [back[i] for i in range(len(wanted))]
