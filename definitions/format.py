"""Numbers and dates as Vietnamese office people write them (and in English where asked)."""

import math
from datetime import date, datetime
from functools import cache
from typing import TypeGuard

from babel.numbers import get_decimal_symbol, get_group_symbol

from definitions.text import text

NONE = "–"


def is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


@cache
def marks(lang: str) -> dict[int, str]:
    """Python's thousands and decimal marks -> the language's."""
    locale = text("language.numbers", lang)
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


def integer(value: float | None, lang: str = "vi") -> str:
    """28123 -> "28.123"."""
    return f"{round(value):,}".translate(marks(lang)) if is_number(value) else NONE


def decimal(value: float | None, digits: int = 1, lang: str = "vi") -> str:
    """1.25 -> "1,3", halves away from zero as office people round."""
    if not is_number(value):
        return NONE
    shifted = math.floor(abs(value) * 10**digits + 0.5 + 1e-9) / 10**digits
    return f"{math.copysign(shifted, value) if shifted else 0:,.{digits}f}".translate(marks(lang))


def percent(share: float | None, digits: int = 1, lang: str = "vi") -> str:
    """0.462 -> "46,2%"; a share short of 100 % is never printed as 100 %, nor one above 0 as 0 %."""
    if not is_number(share):
        return NONE
    step = 10 ** -(digits + 2)
    if 0 < share < 1:
        share = min(max(share, step), 1 - step)
    return decimal(share * 100, digits, lang) + "%"


def points(change: float | None, lang: str = "vi", digits: int = 1) -> str:
    """0.013 -> "+1,3 điểm": a change of a share in percentage points."""
    if not is_number(change):
        return NONE
    number = decimal(abs(change) * 100, digits, lang)
    sign = "" if set(number) <= set("0,.") else "+" if change > 0 else "−"
    return f"{sign}{number} {text('unit.points', lang)}"


def signed(value: float | None, lang: str = "vi") -> str:
    """-12 -> "−12", 5 -> "+5"."""
    if not is_number(value):
        return NONE
    return ("+" if value > 0 else "−" if value < 0 else "") + integer(abs(value), lang)


def day(value: date | None) -> str:
    """31/10/2026."""
    return NONE if value is None else f"{value:%d/%m/%Y}"


def moment(value: datetime) -> str:
    """08:10 05/11/2026."""
    return f"{value:%H:%M %d/%m/%Y}"


def month(value: date | None) -> str:
    """10/2026."""
    return NONE if value is None else f"{value:%m/%Y}"
