"""Reads the days, months, ticks and yes/no answers that officers write."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from etl.workbook.cells import Cell, ErrorValue, NoValue, is_blank, key, shown, text
from etl.workbook.numbers import Problem, is_missing

FIRST_SERIAL, LAST_SERIAL = 33_000, 73_000  # 1990 to 2099 as Excel counts days
_EXCEL_ZERO = date(1899, 12, 30)
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
_MONTH_WORDS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6,
    "bay": 7, "tam": 8, "chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_NAMED = "|".join(sorted(_MONTH_WORDS, key=len, reverse=True))
_MONTH = re.compile(
    rf"\bthang\s*:?\s*(\d{{1,2}}|{_NAMED})\s*(?:/|-|\.|,)?\s*(?:nam\s*)?:?\s*(20\d\d)\b|\bt\.?\s?(\d{{1,2}})\s*[/.\-]\s*(20\d\d)\b"
)
_BARE_MONTH = re.compile(r"(?:thang |ky )?(\d{1,2})\s*[/.\-]\s*(20\d\d)")
_BARE_ISO = re.compile(r"(20\d\d)\s*[/.\-]\s*(\d{1,2})")
_DATED = re.compile(r"\bngay\s*(?:\d{1,2}|\.+|…|_+)?\s*thang\s*\S+\s*nam\s*\S+")

YES = {"co", "da", "roi", "da co", "da thanh lap", "x", "v", "✓", "✔", "√", "1", "true", "yes", "da xong", "hoan thanh"}
NO = {"chua", "khong", "chua co", "khong co", "chua thanh lap", "0", "false", "no", "k"}
TICKED = YES | {"khong doi", "khong thay doi", "giu nguyen", "nhu thang truoc"}


def day(cell: Cell) -> date | None | Problem:
    """A date as dd/mm/yyyy, a real date, Excel's serial number or words; None where blank."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and not isinstance(cell, bool) and FIRST_SERIAL <= cell <= LAST_SERIAL:
        return _EXCEL_ZERO + timedelta(days=int(cell))
    if not isinstance(cell, str):
        return Problem("bad_date", shown(cell))
    if isinstance(cell, (ErrorValue, NoValue)):
        return Problem("formula_without_value" if isinstance(cell, NoValue) else "error_value", shown(cell))
    return None if is_missing(cell) else _day_in(text(cell)) or Problem("bad_date", shown(cell))


def _day_in(written: str) -> date | None:
    if written.isdigit() and FIRST_SERIAL <= int(written) <= LAST_SERIAL:
        return _EXCEL_ZERO + timedelta(days=int(written))
    if found := _ISO.fullmatch(written):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    found = _DAY.fullmatch(written) or _WORDS.fullmatch(key(written).replace(",", ""))
    if not found:
        return None
    year = int(found[3])
    return _date(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))


def _date(year: int, month: int, number: int) -> date | None:
    try:
        found = date(year, month, number)
    except ValueError:
        return None
    return found if 1990 <= year < 2100 else None


@lru_cache(maxsize=4096)
def months_in(words: str) -> frozenset[date]:
    """The months a running text names ("Tháng 3 năm 2026", "T3/2026"); the dates of signatures are not months."""
    folded = _DATED.sub(" ", key(words))
    found = set()
    for match in _MONTH.finditer(folded):
        number, year = match[1] or match[3], int(match[2] or match[4])
        month = _MONTH_WORDS.get(number) or (int(number) if number.isdigit() else 0)
        if 1 <= month <= 12:
            found.add(date(year, month, 1))
    return frozenset(found)


def month(cell: Cell) -> date | None:
    """The month a cell beside "Kỳ báo cáo" gives, or None."""
    if isinstance(cell, str):
        folded = key(cell)
        found = months_in(cell)
        if len(found) == 1:
            return next(iter(found))
        if bare := _BARE_MONTH.fullmatch(folded):
            return _date(int(bare[2]), int(bare[1]), 1)
        if iso := _BARE_ISO.fullmatch(folded.replace("_", "-")) or re.fullmatch(r"(20\d\d)[ -](\d{1,2})", folded):
            return _date(int(iso[1]), int(iso[2]), 1)
    written = day(cell) if not is_blank(cell) else None
    return written.replace(day=1) if isinstance(written, date) else None


def yes_no(cell: Cell) -> int | None | Problem:
    """1 for yes, 0 for no, None where blank."""
    if isinstance(cell, (ErrorValue, NoValue)):
        return Problem("formula_without_value" if isinstance(cell, NoValue) else "error_value", shown(cell))
    word = key(text(cell)) if not isinstance(cell, bool) else str(cell).lower()
    if word in YES:
        return 1
    if word in NO:
        return 0
    return None if isinstance(cell, str) and is_missing(cell) else Problem("bad_yes_no", shown(cell))


def tick(cell: Cell) -> bool | Problem:
    """True where the box is ticked."""
    if is_blank(cell):
        return False
    word = key(text(cell)) if not isinstance(cell, bool) else str(cell).lower()
    if word in TICKED:
        return True
    return False if word in NO or is_missing(cell) else Problem("bad_yes_no", shown(cell))
