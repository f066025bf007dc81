"""Months as whole numbers (year * 12 + month - 1), so that differences are numbers of months."""

from calendar import monthrange
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

_EPOCH = 1970 * 12


def month_index(day: date) -> int:
    """The index of the month a day lies in: 2026-10-31 -> 24321."""
    return day.year * 12 + day.month - 1


def month_from_text(text: str) -> int:
    """'2026-10' -> 24321. ValueError when the text is not YYYY-MM with a month from 01 to 12."""
    year, dash, month = text.strip().partition("-")
    digits = (year + month).isascii() and (year + month).isdigit()
    if not (dash and digits and len(year) == 4 and len(month) == 2 and 1 <= int(month) <= 12):
        raise ValueError(f"a month is written YYYY-MM, not {text!r}")
    return int(year) * 12 + int(month) - 1


def month_text(index: int) -> str:
    """24321 -> '2026-10'."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def month_ends(index: ArrayLike) -> NDArray[np.datetime64]:
    """The last day of each month index, as datetime64[D]."""
    following: NDArray[np.datetime64] = (np.asarray(index, dtype=np.int64) - _EPOCH + 1).astype("datetime64[M]")
    return np.asarray(following.astype("datetime64[D]") - np.timedelta64(1, "D"), dtype="datetime64[D]")


def month_end(index: int) -> date:
    """The last day of a month: 24321 -> 2026-10-31."""
    return date(index // 12, index % 12 + 1, monthrange(index // 12, index % 12 + 1)[1])


def month_of(days: ArrayLike | date) -> NDArray[np.int64]:
    """The month index of each day (datetime64 or date)."""
    return np.asarray(days, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64) + _EPOCH


def last_full_month(today: date) -> int:
    """The latest month that has ended by the end of the day `today`: 2026-10-31 -> October, 2026-11-05 -> October."""
    index = month_index(today)
    return index if month_end(index) == today else index - 1
