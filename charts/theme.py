"""The one place for the look: colours, type and how wide a text runs in it."""

import unicodedata
from functools import lru_cache

FONT = "Be Vietnam Pro, Segoe UI, Roboto, sans-serif"
INK = "#1f2933"
QUIET = "#52606d"  # 5.9 : 1 on white
FAINT = "#9aa5b1"
RULE = "#d9dee3"
PAPER = "#ffffff"
SHADE = "#f4f6f8"
ACCENT = "#0b5c8a"
BAND = "#b9d3e3"

TITLE = 15
LABEL = 13
SMALL = 11.5
NARROW = 360.0  # a drawing on a phone
LINE = 1.4  # of the text size; stacked diacritics need it

# Advance widths of Be Vietnam Pro Regular in thousandths of the text size, letters without their marks.
WIDTHS = {
    letter: width
    for width, letters in {
        270: " ilIj·!.:,;'|", 390: "1frt()", 460: "J", 510: "zs/", 580: "kxnuhvy?7", 610: "ec-+", 640: "ELF8agoPSđ",
        660: "bdpqT2YZ35BR", 700: "K069–HV4U", 740: "XDNA…", 790: "CGĐ", 840: "QOM%", 890: "mw", 1000: "W",
    }.items()
    for letter in letters
}  # fmt: skip


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = LABEL, bold: bool = False) -> float:
    """How many pixels a line of text takes, a little more rather than less."""
    letters = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return sum(WIDTHS.get(c, 700) for c in letters) / 1000 * size * (1.05 if bold else 1.0)


def wrap(text: str, width: float, size: float = LABEL, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width`, broken between words; a word too long stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def shorten(text: str, width: float, size: float = LABEL, bold: bool = False) -> str:
    """The text, or as many of its first letters as fit with "…" behind them."""
    if text_width(text, size, bold) <= width:
        return text
    while text and text_width(text + "…", size, bold) > width:
        text = text[:-1].rstrip()
    return text + "…"
