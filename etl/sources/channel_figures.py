"""Reads our own CSV of channel figures typed by hand: one row a channel and day, one column a metric."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from definitions.channels import channel_metrics, metric_named
from etl.delimited import NotDelimited, Row, beginning, columns, decimal, decoded, rows, separator_of, whole
from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.readings import TABLE, Reading, table
from etl.sources import version
from etl.workbook.dates import day as day_in
from etl.workbook.numbers import is_missing

SOURCE = "channel_figures"
VERSION = version(1, "channel_metrics.toml")
# oa_id is a channel column that says the platform as well.
COLUMNS = {
    "day": ("date", "ngày"),
    "oa": ("oa_id", "mã oa"),
    "channel": ("channel", "kênh", "mã kênh"),
    "platform": ("platform", "nền tảng"),
}
PLATFORMS = {
    "facebook": ("facebook", "fanpage"), "zalo_oa": ("zalo_oa", "zalo oa", "oa"),
    "zalo_group": ("zalo_group", "nhóm zalo", "nhóm zalo thôn"), "mini_app": ("mini_app", "mini app"),
}  # fmt: skip
MINUTES = ("fb_answer_minutes", "oa_answer_minutes")  # the only quantities with decimals


class Layout(NamedTuple):
    """Where the columns stand: those that say whose figures and of which day, and every other one that has a name."""

    about: dict[str, int]
    others: dict[int, str]


def recognises(name: str, head: bytes) -> bool:
    """True where the first row has a day and a channel, and the platform beside a channel that is no oa_id."""
    text = beginning(head)
    first = text.partition("\n")[0]
    about = columns([cell.strip().strip('"') for cell in first.split(separator_of(text))], COLUMNS)
    return "day" in about and ("oa" in about or {"channel", "platform"} <= about.keys())


def read(path: Path) -> Landed:
    """Every figure that is written; a blank is a figure nobody gave."""
    try:
        header, *body = rows(decoded(path.read_bytes()))
    except (NotDelimited, ValueError):
        return refusal(SOURCE, VERSION, letter("unreadable_text"))
    about = columns(header.cells, COLUMNS)
    others = {at: name for at, name in enumerate(header.cells) if at not in about.values() and name}
    unknown = [name for name in others.values() if name.casefold() not in names()]
    letters = [letter("unknown_column", "", header.number, None, f"“{name}”") for name in unknown]
    found = list(_found(body, Layout(about, {at: name for at, name in others.items() if name not in unknown})))
    letters += [one for one in found if isinstance(one, Letter)]
    kept = [one for one in found if not isinstance(one, Letter)]
    cells = table(reading for readings in kept for reading in readings)
    ignored = (Ignored("", header.number, "header"),)
    return Landed(SOURCE, VERSION, None, None, 1, None, None, cells, len(kept), tuple(letters), ignored, table=TABLE)


@cache
def names() -> frozenset[str]:
    """Every name of a metric of a whole channel."""
    return frozenset(name.casefold() for m in channel_metrics().values() if m.of == "channel" for name in m.headers)


def _found(body: list[Row], layout: Layout) -> Iterator[list[Reading] | Letter]:
    """For every row its readings, or the letter that holds it back."""
    width = max((*layout.about.values(), *layout.others)) + 1
    seen: set[tuple[str, ...]] = set()
    for row in body:
        full = Row(row.number, row.cells + [""] * (width - len(row.cells)))
        try:
            readings = _readings(full, layout, *_whose(full, layout.about), _day(full, layout.about["day"]))
            key = (readings[0].platform, readings[0].account, str(readings[0].day)) if readings else ()
            if key in seen:
                raise _Held("duplicate_day", layout.about["day"])
            seen |= {key} if key else set()
            yield readings
        except _Held as fault:
            found = full.cells[fault.position]
            yield letter(fault.code, "", row.number, xl_col_to_name(fault.position), found)


class _Held(Exception):
    """Why a row is held back, and in which column."""

    def __init__(self, code: str, position: int):
        self.code, self.position = code, position
        super().__init__(code)


def _whose(row: Row, about: dict[str, int]) -> tuple[str, str]:
    """The platform and the account or id of the channel."""
    if "oa" in about and row.cells[about["oa"]]:
        return "zalo_oa", row.cells[about["oa"]]
    if "channel" not in about or not row.cells[about["channel"]]:
        raise _Held("no_channel", about.get("channel", about.get("oa", 0)))
    word = row.cells[about["platform"]].casefold() if "platform" in about else ""
    platform = next((id for id, names in PLATFORMS.items() if word in names), None)
    if platform is None:
        raise _Held("unknown_platform", about.get("platform", about["channel"]))
    return platform, row.cells[about["channel"]]


def _day(row: Row, position: int) -> date:
    day = day_in(row.cells[position])
    if not isinstance(day, date):
        raise _Held("bad_date", position)
    return day


def _readings(row: Row, layout: Layout, platform: str, account: str, day: date) -> list[Reading]:
    """The figures written in a row; one its platform does not count holds the row back."""
    readings = []
    for position, name in layout.others.items():
        if not (written := row.cells[position]) or is_missing(written):
            continue
        if (metric := metric_named(platform, "channel", name)) is None:
            raise _Held("not_of_platform", position)
        try:
            value = decimal(written) if metric in MINUTES else whole(written)
        except ValueError:
            raise _Held("negative" if written.startswith("-") else "bad_number", position) from None
        readings.append(Reading(row.number, platform, account, "", day, metric, value))
    return readings
