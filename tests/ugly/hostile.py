"""Writes files that mean harm, or are broken: each must end as a refusal with a sentence."""

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import xlwt
from openpyxl import Workbook

from tests.ugly.writing import book, villages

HONEST = villages([1, "La Ve", 75, 20])


def honest() -> bytes:
    buffer = BytesIO()
    workbook = Workbook()
    for row in HONEST:
        workbook.active.append(row)
    workbook.save(buffer)
    return buffer.getvalue()


def repacked(change: Callable[[dict[str, bytes]], None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The honest workbook with its parts changed."""
    with zipfile.ZipFile(BytesIO(honest())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def replaced(part: str, old: bytes, new: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new)

    return repacked(change, method)


def added(name: str, content: bytes) -> bytes:
    return repacked(lambda parts: parts.update({name: content}))


def far_cell(reference: bytes) -> bytes:
    row = b'<row r="9"><c r="' + reference + b'"><v>1</v></c></row></sheetData>'
    return replaced(SHEET, b"</sheetData>", row)


def declaring(size: int) -> bytes:
    """A workbook with an entry of 5 MB of zeros that declares another size."""
    true = 5 * 1024 * 1024
    return added("xl/media/a.xml", b"\0" * true).replace(struct.pack("<I", true), struct.pack("<I", size))


def encrypted_package() -> bytes:
    """The shell Office writes around a workbook with a password: an OLE file with an EncryptedPackage stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1500


def old_with_macro() -> bytes:
    workbook = xlwt.Workbook()
    workbook.add_sheet("a").write(0, 0, "x")
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue() + "_VBA_PROJECT_CUR".encode("utf-16-le")


def many_entries() -> bytes:
    return repacked(lambda parts: parts.update({f"xl/media/{n}.png": b"x" for n in range(1_100)}))


def encrypted_entry() -> bytes:
    data = bytearray(honest())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def word_document() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


LINK = (
    b'<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    b'externalLinkPath" Target="file:///C:/x.xlsx" TargetMode="External"/></Relationships>'
)
NAME = b"<!DOCTYPE x [<!ENTITY a 'b'>]>"

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "one cell at XFD1048576": (lambda: far_cell(b"XFD1048576"), "too_many_cells"),
    "one cell in row 900000": (lambda: far_cell(b"A900000"), "too_many_cells"),
    "one cell in column GS": (lambda: far_cell(b"GS9"), "too_many_cells"),
    "a far cell written in small letters": (lambda: far_cell(b"xfd1048576"), "too_many_cells"),
    "a zip bomb that says so": (lambda: declaring(250 * 1024 * 1024), "zip_bomb"),
    "a zip bomb by ratio": (lambda: added("xl/media/a.xml", b"\0" * 5 * 1024 * 1024), "zip_bomb"),
    "a zip bomb that lies about its size": (lambda: declaring(1000), "zip_bomb"),
    "a thousand and a hundred parts": (many_entries, "zip_bomb"),
    "a macro part": (lambda: added("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "macro"),
    "a macro-enabled type": (
        lambda: replaced("[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
        "macro",
    ),
    "an old workbook with macros": (old_with_macro, "macro"),
    "a document type in a sheet": (lambda: replaced(SHEET, b"<worksheet", NAME + b"<worksheet"), "dtd"),
    "a link to another workbook": (lambda: added("xl/externalLinks/externalLink1.xml", b"<x/>"), "external_link"),
    "a relation that leads outside": (lambda: added("xl/worksheets/_rels/sheet1.xml.rels", LINK), "external_link"),
    "a password around the package": (encrypted_package, "password"),
    "encrypted entries": (encrypted_entry, "password"),
    "a truncated zip": (lambda: honest()[:-400], "unreadable"),
    "a zip with its middle torn out": (lambda: honest()[:900] + b"\0" * 400 + honest()[1300:], "unreadable"),
    "an .xls cut in half": (lambda: old_with_macro()[:700], "unreadable"),
    "a Word document": (word_document, "not_a_workbook"),
    "a PDF renamed to .xlsx": (lambda: b"%PDF-1.7 ...", "not_a_workbook"),
    "a web page renamed to .xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook"),
    "a CSV renamed to .xlsx": (lambda: "Thôn;Số hộ\nLa Ve;75\n".encode(), "not_a_workbook"),
    "nothing at all": (lambda: b"", "not_a_workbook"),
    "21 MB": (lambda: b"PK\x03\x04" + b"\0" * 21 * 1024 * 1024, "too_large"),
}


def write_honest(path: Path) -> None:
    book(HONEST)(path)
