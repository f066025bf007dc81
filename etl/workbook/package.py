"""Looks through a file before anything parses it: what it is, how large it gets, what it must not contain."""

import re
import struct
import zipfile
import zlib
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc

from etl.workbook.cells import megabytes

MAX_FILE = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MIN_RATIO, RATIO_FROM = 0.01, 100 * 1024
MAX_ENTRIES, MAX_ROWS, MAX_COLUMNS = 1_000, 200_000, 200
MAX_AREA = 10_000_000  # cells of the rectangle around the data: the reader lays it out in full

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
ZIP = b"PK\x03\x04"

_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>", re.IGNORECASE)
# It begins with plain letters: the search for those is what makes it fast on a large sheet.
_FAR = re.compile(
    rb"""r=["'](?:(?:[A-Za-z]{3,}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])\d+|[A-Za-z]{1,3}(?:[2-9]\d{5}|[1-9]\d{6,}))["']"""
)
LARGE = 4 * 1024 * 1024
_CELL_BEGIN = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*\s)?")
_CELL_END = re.compile(rb"[^>]*?(/?)>\s*(<(?:\w+:)?(?:v|is|f)\b)?")


class Refused(Exception):
    """A file that is not read; `code` names its letter, `values` fill it."""

    def __init__(self, code: str, **values: object):
        self.code, self.values = code, values
        super().__init__(code)


def kind(data: bytes) -> str:
    """ "xlsx" or "xls"; Refused for anything else, however its name ends."""
    if len(data) > MAX_FILE:
        raise Refused("too_large", found=megabytes(len(data)), limit=megabytes(MAX_FILE))
    if data.startswith(ZIP):
        return "xlsx"
    if data.startswith((OLE, *BIFF)):
        return "xls"
    raise Refused("not_a_workbook", why=_looks_like(data))


def _looks_like(data: bytes) -> str:
    head = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not data:
        return " (tệp trống)"
    for start, name in ((b"%pdf", "PDF"), (b"<html", "HTML"), (b"<!doctype html", "HTML"), (b"<table", "HTML")):
        if head.startswith(start):
            return f" (đây là tệp {name})"
    return ""


def check_xls(data: bytes) -> None:
    """Refuses an old workbook that carries macros, or an encrypted package in its shell."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("password")
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise Refused("macro", found="VBA")


def parts(data: bytes) -> dict[str, bytes]:
    """The XML parts of an .xlsx by name, all entries inflated and counted; Refused for what a workbook must not be."""
    try:
        entries = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, OSError) as fault:
        raise Refused("unreadable") from fault
    check_entries(entries, len(data))
    found, total = {}, 0
    for entry in entries:
        content = inflate(data, entry, MAX_UNPACKED - total)
        total += len(content)
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            check_xml(entry.filename, content)
            found[entry.filename.lstrip("/")] = content
    if "xl/workbook.xml" not in found:
        raise Refused("not_a_workbook", why=_package_of(found))
    return found


def _package_of(found: dict[str, bytes]) -> str:
    return " (đây là tệp Word)" if any(name.startswith("word/") for name in found) else ""


def check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """What the table of contents alone tells."""
    if len(entries) > MAX_ENTRIES:
        raise Refused("zip_bomb", found=f"{len(entries)} phần")
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise Refused("unreadable")
    if sum(entry.compress_size for entry in entries) > size:
        raise Refused("zip_bomb", found="các phần chồng lên nhau")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Refused("zip_bomb", found=f"{sum(e.file_size for e in entries) // 1048576} MB")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("password")
    for name in names:
        if "vbaproject" in name or "macrosheets/" in name:
            raise Refused("macro", found=name.rsplit("/", 1)[-1])
        if "externallinks/" in name:
            raise Refused("external_link", found=name.rsplit("/", 1)[-1])


def inflate(data: bytes, entry: zipfile.ZipInfo, room: int) -> bytes:
    """One entry's content, never more than its limit; what the archive declares is not believed."""
    start = entry.header_offset
    if data[start : start + 4] != ZIP:
        raise Refused("unreadable")
    name, extra = struct.unpack("<HH", data[start + 26 : start + 30])
    packed = data[start + 30 + name + extra :][: entry.compress_size]
    if len(packed) < entry.compress_size:
        raise Refused("unreadable")
    if entry.compress_type == zipfile.ZIP_STORED:
        return packed
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Refused("unreadable")
    limit = min(room, max(RATIO_FROM, int(len(packed) / MIN_RATIO)))
    engine = zlib.decompressobj(-15)
    try:
        content = engine.decompress(packed, limit + 1)
    except zlib.error as fault:
        raise Refused("unreadable") from fault
    if len(content) > limit:
        whole = f"{MAX_UNPACKED // 1048576} MB" if limit == room else f"{limit} byte"
        raise Refused("zip_bomb", found=f"{len(packed)} byte thành hơn {whole}")
    if not engine.eof:
        raise Refused("unreadable")
    return content


def check_xml(name: str, content: bytes) -> None:
    """No entity, no macro type, no link that leads out of the workbook (a hyperlink is only text)."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:200]:
        raise Refused("unreadable")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("dtd", found=name.rsplit("/", 1)[-1])
    if name == "[Content_Types].xml" and b"macroenabled" in content.lower():
        raise Refused("macro", found="macroEnabled")
    if name.endswith(".rels"):
        for relation in _RELATION.findall(content):
            if b'"external"' in relation.lower() and b"/hyperlink" not in relation.lower():
                raise Refused("external_link", found=name.rsplit("/", 1)[-1])


def check_extent(name: str, xml: bytes) -> None:
    """Refuses a sheet with content beyond the allowed rows and columns; empty formatted cells far away are harmless."""
    for far in _FAR.finditer(xml):
        tag = xml.rfind(b"<", 0, far.start())
        end = _CELL_END.match(xml, far.end())
        if end and not end[1] and end[2] and _CELL_BEGIN.fullmatch(xml, tag, far.start()):
            raise _too_far(name, "ô " + far[0].decode()[3:-1])


_REMARKABLE = (
    r"""hidden=|<f[ >/]|t=["']e|["'](?:[A-Za-z]{3}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])\d|[A-Za-z](?:[2-9]\d{5}|\d{7})["']"""
)


def is_remarkable(xml: bytes) -> bool:
    """Whether a sheet may have far cells, hidden rows, formulas or errors: what is then looked for one by one.

    A large sheet seldom has, and one pass of a matcher that never goes back takes a third of their time.
    """
    if len(xml) < LARGE:
        return True
    whole = pa.Array.from_buffers(
        pa.large_binary(), 1, [None, pa.py_buffer(struct.pack("<qq", 0, len(xml))), pa.py_buffer(xml)]
    )
    return bool(pc.match_substring_regex(whole, _REMARKABLE)[0].as_py())


def check_area(name: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_AREA:
        raise _too_far(name, f"{rows} dòng, {columns} cột")


def _too_far(name: str, found: str) -> Refused:
    return Refused("too_many_cells", part=name, found=found, rows="200.000", columns=MAX_COLUMNS)
