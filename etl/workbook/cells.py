"""What stands in a cell: the kinds a plain value cannot tell, and clean text."""

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from definitions.spelling import fold

Cell = float | int | str | bool | date | datetime | time | timedelta


class ErrorValue(str):
    """An error such as #N/A, kept as its text."""


class NoValue(str):
    """A formula whose result was never stored; the text is the formula."""


class Share(float):
    """A number shown as a percentage."""


_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff\u00ad]+")
_BLANK_CHARS = "".join(chr(code) for code in range(0x10000) if _BLANKS.match(chr(code)))


def text(value: object) -> str:
    """A cell's text: NFC, one blank between words, no invisible characters; 12.0 reads "12"."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else shown(value)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def texts(column: Sequence[object]) -> list[str]:
    """`text` of every cell of a column; seen as one long text, an ordinary column costs next to nothing."""
    if set(map(type, column)) == {str}:
        whole = " ".join(column)  # type: ignore[arg-type]
        if whole.strip() == whole and _is_clean(whole):
            return list(column)  # type: ignore[arg-type]
    return [text(cell) for cell in column]


def _is_clean(value: str) -> bool:
    return value.isprintable() and "  " not in value and unicodedata.is_normalized("NFC", value)


@lru_cache(maxsize=16384)
def _clean(value: str) -> str:
    if _is_clean(value):
        return value.strip()  # nearly every text, and ten times as fast
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", value)).strip()


def shown(value: object) -> str:
    """A cell as Vietnamese Excel shows it, for a letter."""
    if isinstance(value, Share):
        return f"{value * 100:.10g}%".replace(".", ",")
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return _clean(str(value))[:80]


def dotted(number: int) -> str:
    """28123 -> "28.123", as a letter writes a count."""
    return f"{number:,}".replace(",", ".")


def megabytes(size: int) -> str:
    """Bytes for a letter, a tenth rounded up: what is beyond a limit also says more than the limit."""
    return f"{math.ceil(size / 2**20 * 10) / 10:g} MB".replace(".", ",")


def is_blank(value: object) -> bool:
    return value == "" or isinstance(value, str) and not value.strip(_BLANK_CHARS)


def is_empty(row: list[Cell]) -> bool:
    """Whether nothing stands in a row."""
    return row.count("") == len(row) or all(map(is_blank, row))


@lru_cache(maxsize=16384)
def key(value: str) -> str:
    """A text for comparing: no diacritics, no case, single blanks."""
    return fold(_BLANKS.sub(" ", value))


_NO_LETTERS = bytes(code for code in range(256) if chr(code) not in "abcdefghijklmnopqrstuvwxyz0123456789\n")


def bare_letters(names: Sequence[str]) -> list[str]:
    """The letters and digits of each text without case, diacritics and blanks; two spellings of a name share them."""
    whole = unicodedata.normalize("NFD", "\n".join(names).casefold()).replace("đ", "d")
    return whole.encode().translate(None, _NO_LETTERS).decode().split("\n")


def letter_of(column: int) -> str:
    """Excel's letter of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number_of(letters: str) -> int:
    """The column, counted from 0, of Excel's letters."""
    found = 0
    for char in letters.upper():
        found = found * 26 + ord(char) - 64
    return found - 1
