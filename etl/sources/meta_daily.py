"""Reads the daily export of a page from Meta Business Suite: blocks of a metric's name, "Date","Primary" and days."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from definitions.channels import metric_named
from etl.delimited import UTF16, NotDelimited, Row, beginning, decoded, rows, whole
from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.readings import IN_NAME, TABLE, Reading, table
from etl.sources import version

SOURCE = "meta_daily"
VERSION = version(1, "channel_metrics.toml")
PLATFORM = "facebook"
HINT = "sep="
HEADER = (("date", "ngày"), ("primary", "chính"))
Found = Reading | Letter | Ignored


def recognises(name: str, head: bytes) -> bool:
    """True for UTF-16 whose first line tells Excel the separator."""
    return head.startswith(UTF16) and beginning(head).lstrip('"').startswith(HINT)


def read(path: Path) -> Landed:
    """Every day of every metric we keep. The file does not say whose page it is: its name does (etl/readings.py)."""
    try:
        text = decoded(path.read_bytes())
        lines = rows(text, text.partition("\n")[0].strip().strip('"')[len(HINT) :][:1] or ",")
    except (NotDelimited, TypeError):
        return refusal(SOURCE, VERSION, letter("unreadable_text"))
    found = list(_found(lines))
    readings = [one for one in found if isinstance(one, Reading)]
    letters = tuple(one for one in found if isinstance(one, Letter))
    ignored = tuple(one for one in found if isinstance(one, Ignored))
    cells, stored = table(readings), len(readings)
    return Landed(SOURCE, VERSION, None, None, 1, None, None, cells, stored, letters, ignored, table=TABLE)


def _found(lines: list[Row]) -> Iterator[Found]:
    """Row by row: a reading, a letter, or why it was passed over; a question besides for a metric nobody knows."""
    metric: str | None = None
    seen: set[tuple[str | None, str]] = set()
    for row, following in zip(lines, [*lines[1:], Row(0, [])], strict=True):
        if row.cells[0].startswith(HINT):
            yield Ignored("", row.number, "separator")
        elif _is_header(row):
            yield Ignored("", row.number, "header")
        elif _is_header(following):
            metric = metric_named(PLATFORM, "channel", row.cells[0])
            yield Ignored("", row.number, "title")
            if metric is None:
                yield letter("unknown_metric", "", None, None, row.cells[0])
        elif metric is None:
            yield Ignored("", row.number, "unknown_metric")
        else:
            yield _day(row, metric, (metric, row.cells[0]) in seen)
            seen.add((metric, row.cells[0]))


def _is_header(row: Row) -> bool:
    words = [cell.casefold() for cell in row.cells[:2]]
    return len(words) == 2 and all(word in names for word, names in zip(words, HEADER, strict=True))


def _day(row: Row, metric: str, is_repeated: bool) -> Reading | Letter:
    written, number = (row.cells + [""])[:2]
    try:
        day = date.fromisoformat(written.partition("T")[0])
    except ValueError:
        return letter("bad_date", "", row.number, "A", written)
    if is_repeated:
        return letter("duplicate_day", "", row.number, "A", written)
    try:
        return Reading(row.number, PLATFORM, IN_NAME, "", day, metric, whole(number))
    except ValueError:
        return letter("negative" if number.startswith("-") else "bad_number", "", row.number, "B", number)
