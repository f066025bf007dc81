"""How a share and a missing figure look: one scheme of classes that never moves, one mark for each reason."""

from bisect import bisect_right

from charts import marks
from charts.theme import FAINT, INK, PAPER, QUIET, SHADE, SMALL, text_width
from definitions import format
from definitions.text import text

# Fixed for all months, indicators and places, so that two maps can be laid side by side.
EDGES = (0.2, 0.4, 0.6, 0.8)
TINTS = ("#EAF2F8", "#C6DDEC", "#93BFDB", "#5A9BC4", "#2B74A6")
REASONS = ("not_reported", "not_asked", "protected", "no_households")


def share_class(share: float) -> int:
    """0 for below 20 %, ... 4 for 80 % and more."""
    return bisect_right(EDGES, share)


def tint(share: float | None, state: str) -> str:
    """What a place is filled with; without a figure nothing that could be taken for one."""
    if share is None:
        return SHADE if state == "not_asked" else PAPER
    return TINTS[share_class(share)]


def ink(share: float | None) -> str:
    """The colour of text that is read on a class."""
    return PAPER if share is not None and share_class(share) == len(EDGES) else INK


def class_words(place: int, lang: str) -> str:
    """ "20–40%"."""
    ends = [0.0, *EDGES, 1.0]
    low, high = (format.percent(end, 0, lang) for end in ends[place : place + 2])
    return f"{low.removesuffix('%')}–{high}"


def reason_words(state: str, lang: str) -> str:
    return text(f"reason_empty.{state}", lang)


def reason_mark(state: str, x: float, y: float, size: float) -> str:
    """The mark of a reason around a middle: a ring, a dash, a cross on hatching, a dot."""
    match state:
        case "not_reported":
            return marks.sign("○", x, y, size, QUIET)
        case "not_asked":
            return marks.line((x - size / 2, y), (x + size / 2, y), QUIET, max(1.4, size / 7))
        case "protected":
            return marks.sign("✕", x, y, size * 0.8, INK)
    return marks.circle(x, y, max(1.2, size / 8), QUIET)


def legend(
    states: set[str], has_shared: bool, y: float, width: float, lang: str, with_classes: bool = True
) -> tuple[str, float]:
    """The classes in order, then the reasons that occur, then what hatching means; gives them and the y below."""
    entries = [(TINTS[i], "", class_words(i, lang)) for i in range(len(TINTS))] if with_classes else []
    entries += [(tint(None, state), state, reason_words(state, lang)) for state in REASONS if state in states]
    entries += [(TINTS[1], "shared", text("reason_empty.shared", lang))] if has_shared else []
    x, parts = 1.0, []
    for fill, state, words in entries:
        wide = 28 + text_width(words, SMALL) + 14
        if x > 1 and x + wide > width:
            x, y = 1.0, y + 23
        corners = [(x, y), (x + 22, y), (x + 22, y + 16), (x, y + 16)]
        parts.append(marks.area(corners, fill, FAINT))
        parts.append(marks.hatch(corners) if state in ("protected", "shared") else "")
        parts.append(reason_mark(state, x + 11, y + 8, 10) if state in REASONS else "")
        parts.append(marks.text(x + 28, y + 12.5, words, SMALL))
        x += wide
    return "".join(parts), y + 24 if entries else y
