"""Knows people's data in a column of a file, by its header or by what stands in it."""

import re
from collections.abc import Sequence

from definitions.feedback import names_people
from definitions.spelling import fold
from etl.workbook.cells import Cell, text

# A telephone, an e-mail address, a citizen's number (12 digits, the first 0) anywhere in a cell.
PERSONAL = {
    "số điện thoại": re.compile(r"(?<![\d.])(?:\+?84|0)(?:[\s.\-]?\d){9,10}(?!\d)"),
    "thư điện tử": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "số định danh": re.compile(r"(?<!\d)0\d{11}(?!\d)"),
}


def what_personal(header: Cell, cells: Sequence[Cell], is_known: bool) -> str:
    """Which data of people a column holds, by its header or by what stands in it; "" for none."""
    if not is_known and isinstance(header, str) and names_people(fold(text(header))):
        return "thông tin cá nhân"
    # Excel takes the first 0 off a telephone kept as a number.
    numbers = [f"0{cell:.0f}" for cell in cells if isinstance(cell, float) and not is_known and cell.is_integer()]
    written = [text(cell) for cell in cells if isinstance(cell, str)] + numbers
    return next((what for what, pattern in PERSONAL.items() if any(map(pattern.search, written))), "")
