"""Reads counts: the column says that a cell counts whole things, so "1.986" is 1986; what cannot be known is asked."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from etl.workbook.cells import Cell, ErrorValue, NoValue, Share, is_blank, key, shown, text


class Problem(NamedTuple):
    """Why a cell cannot be read: a letter's code, what stood there, more words for the sentence."""

    code: str
    found: str
    why: str = ""


MISSING = {
    "", "-", "--", "---", "–", "—", "―", "_", "…", "...", "..", ".", "/", "//", "?", "n/a", "na", "null", "none",
    "khong", "khong co", "chua", "chua co", "chua ro", "khong ro", "chua biet", "chua thong ke", "chua bao cao",
    "chua cap nhat", "dang cap nhat", "cap nhat sau", "bo sung sau", "dang tong hop", "dang ra soat", "dang thong ke",
    "chua co du lieu", "chua co so lieu", "chua co so", "khong co du lieu", "khong co so lieu", "khong bao cao",
    "chua co bao cao", "chua du so lieu", "cho so lieu",
}  # fmt: skip
_UNIT = r"(?:hộ gia đình|hộ|người|thành viên|lượt người|lượt|lớp|tổ|vụ|ý kiến|kiến nghị|phản ánh)"
_APPROXIMATE = re.compile(
    r"khoảng|khoang|\bgần\b|\bhơn\b|\btrên\b|\bdưới\b|\bước\b|\btầm\b|\bchừng\b|\bđộ\b|\bcả\b|nghìn|nghin|ngàn|trăm|triệu|chục"
    r"|[~≈±<>≤≥+]|\d\s*(?:k|tr|ng)\b|\d\s*[-–—]\s*\d|\d\s*(?:đến|tới|hoặc|hay)\s*\d",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"\d+")
_DOTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,0+)?")
_BLANK_GROUPS = re.compile(r"[1-9]\d{0,2}(?:[ '’]\d{3})+(?:,0+)?")
_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.0+)?")
DUST = 1e-6  # what a formula leaves behind: 86.99999999999999 is shown as 87
_WHOLE = re.compile(r"\d+,0{1,2}")
_DECIMAL = re.compile(r"\d+(?:\.\d{3})*,\d+|\d+\.\d+")
_DECIMALS = (
    (",", re.compile(r"0,\d+|\d+,(?:\d{1,2}|\d{4,})")),
    (".", re.compile(r"0\.\d+|\d+\.(?:\d{1,2}|\d{4,})")),
)
_ERROR = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE)

_TWO = re.compile(r"\d\s*[\n\r\t]\s*\d|\d[^\S\n]{2,}\d")
PERCENT = " (đây là tỷ lệ phần trăm)"
DATE = " (Excel đã hiểu thành ngày)"
SPLIT = " (có thể Excel đã hiểu dấu chấm hàng nghìn thành dấu thập phân)"
LOST = " (trong cột này Excel đã hiểu dấu chấm hàng nghìn thành dấu thập phân, nên chưa rõ là {0} hay {0}.000)"
DOT = " (chưa rõ dấu chấm là hàng nghìn hay thập phân)"
TWO = " (có thể là hai số trong một ô)"
COMMA = " (chưa rõ dấu phẩy là hàng nghìn hay thập phân)"


def counts(column: Sequence[Cell], limit: int) -> tuple[list[int | None], dict[int, Problem]]:
    """The counts of one column, None where missing, and by position the cells that cannot be read."""
    whole = _whole(column, limit)
    if whole is not None:
        return whole, {}
    values: list[int | None] = []
    odd: list[int] = []
    for position, cell in enumerate(column):
        if type(cell) is float and cell.is_integer() and 0 <= cell <= limit:
            values.append(int(cell))
        else:
            values.append(None)
            if cell != "":
                odd.append(position)
    problems = {}
    written = [text(column[i]) for i in odd if isinstance(column[i], str)]
    decimal = "".join(mark for mark, used in _DECIMALS if any(map(used.fullmatch, written)))
    for position in odd:
        read = count(column[position], limit, decimal)
        if isinstance(read, Problem):
            problems[position] = read
        else:
            values[position] = read
    if any(problem.why == SPLIT for problem in problems.values()):
        _doubt_small(column, values, problems)
    return values, problems


def _doubt_small(column: Sequence[Cell], values: list[int | None], problems: dict[int, Problem]) -> None:
    """Where 1.986 became a fraction, 2.000 became 2: a small number may stand for thousands."""
    for position, value in enumerate(values):
        if value is not None and 0 < value < 10 and not isinstance(column[position], str):
            values[position] = None
            problems[position] = Problem("bad_number", str(value), LOST.format(value))


def _whole(column: Sequence[Cell], limit: int) -> list[int | None] | None:
    """The column where every cell is a whole number within the limit, the usual case; else None."""
    if not column or set(map(type, column)) != {float}:
        return None
    numbers = cast("Sequence[float]", column)
    different = set(numbers)  # a column of counts says the same few numbers again and again
    is_whole = all(map(float.is_integer, different)) and min(different) >= 0 and max(different) <= limit
    return list(map(int, numbers)) if is_whole else None


def count(cell: Cell, limit: int, decimal: str = "") -> int | None | Problem:
    """One count; `decimal` holds the marks that the rest of its column uses for decimals."""
    read = _not_text(cell) if not isinstance(cell, str) else _text(cell, decimal)
    if isinstance(read, int) and read > limit:
        return Problem("out_of_range", shown(cell))
    return read


def _not_text(cell: Cell) -> int | None | Problem:
    if isinstance(cell, Share):
        return Problem("bad_number", shown(cell), PERCENT)
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return Problem("bad_number", shown(cell), "" if isinstance(cell, bool) else DATE)
    if not math.isfinite(cell):
        return Problem("bad_number", shown(cell))
    if cell < 0:
        return Problem("negative", shown(cell))
    if abs(cell - round(cell)) < DUST:
        return round(cell)
    return Problem("bad_number", shown(cell), SPLIT) if _lost_its_dot(cell) else Problem("fraction", shown(cell))


def _lost_its_dot(number: float) -> bool:
    """Three decimals and at most three digits before: 1.986 once meant 1986, or did it."""
    return 1 <= number < 1000 and round(number, 3) == number != round(number, 2)


def _text(cell: str, decimal: str) -> int | None | Problem:
    if isinstance(cell, NoValue):
        return Problem("formula_without_value", shown(cell))
    bare = re.sub(rf"\s*{_UNIT}$", "", text(cell), flags=re.IGNORECASE)
    if isinstance(cell, ErrorValue) or _ERROR.fullmatch(bare):
        return Problem("error_value", shown(cell))
    if is_missing(cell):
        return None
    if _TWO.search(cell.strip()):
        return Problem("bad_number", shown(cell), TWO)
    if _PLAIN.fullmatch(bare):
        return int(bare) if len(bare) < 16 else Problem("bad_number", shown(cell))
    if "." in decimal and _DOTS.fullmatch(bare):
        return Problem("bad_number", shown(cell), DOT)
    if _DOTS.fullmatch(bare) or _BLANK_GROUPS.fullmatch(bare) or _WHOLE.fullmatch(bare):
        return int(re.sub(r"[^\d]", "", bare.split(",")[0]))
    if _COMMAS.fullmatch(bare):
        if "," in decimal:
            return Problem("bad_number", shown(cell), COMMA)
        return int(re.sub(r"[^\d]", "", bare.split(".")[0]))
    return _unreadable(cell, bare)


def _unreadable(cell: str, bare: str) -> Problem:
    if "%" in bare:
        return Problem("bad_number", shown(cell), PERCENT)
    if _DECIMAL.fullmatch(bare):
        return Problem("fraction", shown(cell))
    if re.fullmatch(r"[-–−]\s*\d[\d.,]*", bare):
        return Problem("negative", shown(cell))
    if _APPROXIMATE.search(bare) and re.search(r"\d|nghìn|ngàn|trăm|chục", bare):
        return Problem("approximate_number", shown(cell))
    return Problem("bad_number", shown(cell))


def is_missing(cell: Cell) -> bool:
    """True for a blank cell and for the marks that say "no figure": they are not 0."""
    if not isinstance(cell, str) or isinstance(cell, (ErrorValue, NoValue)):
        return False
    bare = text(cell).lower()
    return bare in MISSING or key(bare) in MISSING and not re.search(r"\d", bare)


def has_entry(cells: Iterable[Cell]) -> bool:
    return any(not is_blank(cell) for cell in cells)
