"""Reads the content export of Meta Business Suite: one row a post, totals as of the day it was exported."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from definitions.channels import channel_metrics
from etl.delimited import NotDelimited, Row, beginning, columns, decoded, rows, separator_of, whole
from etl.landing import Ignored, Landed, Letter, refusal
from etl.letters import letter
from etl.readings import KIND, PUBLISHED_AT, TABLE, TITLE, URL, Reading, table
from etl.sources import version

SOURCE = "meta_content"
VERSION = version(1, "channel_metrics.toml")
PLATFORM = "facebook"
# Columns come and go from one month's export to the next; these are known by any of their names.
COLUMNS = {
    "post": ("Post ID", "ID bài viết", "Mã bài viết"),
    "account": ("Page ID", "ID trang", "Mã trang"),
    "title": ("Title", "Tiêu đề"),
    "description": ("Description", "Mô tả"),
    "published": ("Publish time", "Thời gian đăng", "Thời gian xuất bản"),
    "url": ("Permalink", "Liên kết cố định", "Liên kết vĩnh viễn"),
    "kind": ("Post type", "Loại bài viết"),
    "span": ("Date", "Ngày"),
}
REQUIRED = ("post", "account", "published", "kind")
KINDS = {
    "photo": ("photos", "photo", "ảnh"), "video": ("videos", "video"), "reel": ("reels", "reel", "thước phim"),
    "link": ("links", "link", "liên kết"), "text": ("text", "status", "văn bản"), "story": ("stories", "story", "tin"),
}  # fmt: skip
LIFETIME = ("", "lifetime", "trọn đời", "toàn thời gian")
TIMES = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")
_ID = re.compile(r"\d+")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
EXACT = 15  # digits Excel keeps of a number; the rest become zeros


class Layout(NamedTuple):
    """Where the columns of one export stand: those about a post, and those of its metrics, by id."""

    about: dict[str, int]
    metrics: dict[str, int]


def recognises(name: str, head: bytes) -> bool:
    """True where the first row names a post, its page, its time and its kind."""
    text = beginning(head)
    first = text.partition("\n")[0]
    about = columns([cell.strip().strip('"') for cell in first.split(separator_of(text))], COLUMNS)
    return all(id in about for id in REQUIRED)


@cache
def metric_names() -> dict[str, tuple[str, ...]]:
    metrics = channel_metrics().items()
    return {id: m.headers for id, m in metrics if m.platform == PLATFORM and m.of == "post" and m.headers}


def read(path: Path) -> Landed:
    """Every post's totals; what cannot be known for sure is held back row by row."""
    try:
        header, *body = rows(decoded(path.read_bytes()))
    except (NotDelimited, ValueError):
        return refusal(SOURCE, VERSION, letter("unreadable_text"))
    layout = Layout(columns(header.cells, COLUMNS), columns(header.cells, metric_names()))
    body = [Row(row.number, row.cells + [""] * (len(header.cells) - len(row.cells))) for row in body]
    posts, again = _once(body)
    letters = tuple(_problems(posts, layout))
    held = {told.row for told in letters}
    kept = [row for row in posts if row.number not in held]
    ignored = (Ignored("", header.number, "header"), *(Ignored("", row.number, "repeated") for row in again))
    cells = table(reading for row in kept for reading in _readings(row, layout))
    return Landed(SOURCE, VERSION, None, None, 1, None, None, cells, len(kept), letters, ignored, table=TABLE)


def _once(body: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that say something new, and those that repeat a row cell by cell."""
    first: dict[tuple[str, ...], int] = {}
    for row in body:
        first.setdefault(tuple(row.cells), row.number)
    again = [row for row in body if first[tuple(row.cells)] != row.number]
    return [row for row in body if first[tuple(row.cells)] == row.number], again


def _problems(posts: list[Row], layout: Layout) -> Iterator[Letter]:
    """One letter for each row that is not stored."""
    ids = [row.cells[layout.about["post"]] for row in posts]
    times, is_rounded = Counter(ids), _are_rounded(ids)
    for row, id in zip(posts, ids, strict=True):
        if _SCIENTIFIC.fullmatch(id) or (is_rounded and _looks_rounded(id)):
            yield _letter("destroyed_id", row, layout.about["post"], id)
        elif _SCIENTIFIC.fullmatch(account := row.cells[layout.about["account"]]):
            yield _letter("destroyed_id", row, layout.about["account"], account)
        elif not _ID.fullmatch(id) or not _ID.fullmatch(account):
            yield _letter("no_post_id", row, layout.about["post"], id or account)
        elif times[id] > 1:
            yield _letter("duplicate_post", row, layout.about["post"], id)
        elif told := _cell_problem(row, layout):
            yield told


def _are_rounded(ids: list[str]) -> bool:
    """Excel keeps 15 digits and makes the rest zeros: a file of such ids has lost them."""
    long = [id for id in ids if _ID.fullmatch(id) and len(id) > EXACT]
    return len(long) >= 3 and sum(map(_looks_rounded, long)) > len(long) / 2


def _looks_rounded(id: str) -> bool:
    return len(id) > EXACT and not id[EXACT:].strip("0")


def _cell_problem(row: Row, layout: Layout) -> Letter | None:
    if published_at(row.cells[layout.about["published"]]) is None:
        return _letter("bad_time", row, layout.about["published"], row.cells[layout.about["published"]])
    span = layout.about.get("span")
    if span is not None and row.cells[span].casefold() not in LIFETIME:
        return _letter("not_lifetime", row, span, row.cells[span])
    for position in layout.metrics.values():
        try:
            whole(row.cells[position])
        except ValueError:
            is_negative = row.cells[position].startswith("-")
            return _letter("negative" if is_negative else "bad_number", row, position, row.cells[position])
    return None


def _letter(code: str, row: Row, position: int, found: str) -> Letter:
    return letter(code, "", row.number, xl_col_to_name(position), found)


def published_at(cell: str) -> datetime | None:
    """The moment a post was published, as the export writes it: month first."""
    for form in TIMES:
        with suppress(ValueError):
            return datetime.strptime(cell, form)
    return None


def _readings(row: Row, layout: Layout) -> Iterator[Reading]:
    said = {id: row.cells[position] for id, position in layout.about.items()}
    place = (row.number, PLATFORM, said["account"], said["post"], None)
    published = published_at(said["published"])
    texts = {
        TITLE: max(said.get("title", ""), said.get("description", ""), key=len),  # either holds what people read
        KIND: kind(said["kind"]),
        URL: said.get("url", ""),
        PUBLISHED_AT: published.isoformat(timespec="minutes") if published else "",
    }
    for name, text in texts.items():
        yield Reading(*place, name, None, text)
    for id, position in layout.metrics.items():
        yield Reading(*place, id, whole(row.cells[position]))


def kind(written: str) -> str:
    """photo, video, reel, link, text, story, or the platform's own word."""
    word = written.casefold()
    return next((id for id, names in KINDS.items() if word in names), word)
