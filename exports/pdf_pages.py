"""What stands on the pages of a PDF: its words, where they stand, and what was laid over them."""

import io
from dataclasses import dataclass
from typing import Any

import pypdf
from pypdf.errors import PyPdfError

Box = tuple[float, float, float, float]  # left, low, right, high in points from the lower left


class NotReadable(Exception):
    """A file whose words cannot be read."""


@dataclass(frozen=True)
class Run:
    """Words drawn in one go; the box is as wide as such words are on average."""

    words: str
    box: Box


@dataclass(frozen=True)
class Laid:
    """A picture or a note on a page (from 1). kind: image, or the note's own (Stamp, FreeText, Widget).

    words: what a note says. over: the figures below it.
    """

    page: int
    kind: str
    words: str
    over: tuple[str, ...]


def words(content: bytes) -> list[str]:
    """The words of every page. NotReadable for what is no PDF, torn or locked."""
    try:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NotReadable(str(fault)) from fault


def runs(page: pypdf.PageObject) -> list[Run]:
    found = list[Run]()

    def seen(words: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if words.strip():
            left, foot = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            high = abs(size * tm[3] * cm[3])
            wide = 0.5 * high * len(words.strip())
            found.append(Run(words.strip(), (left, foot, left + wide, foot + high)))

    page.extract_text(visitor_text=seen)
    return found


def laid_on(content: bytes) -> list[Laid]:
    """Every picture and note of the file, links apart: our papers have none but the fields of signatures."""
    found = []
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(content)).pages, 1):
        below = [run for run in runs(page) if any(letter.isdigit() for letter in run.words)]
        for kind, said, box in (*_pictures(page), *_notes(page)):
            over = tuple(run.words for run in below if _meet(run.box, box))
            found.append(Laid(number, kind, said, over))
    return found


def _pictures(page: pypdf.PageObject) -> list[tuple[str, str, Box]]:
    names, found = set(page.images.keys()), list[tuple[str, str, Box]]()
    if not names:
        return found

    def seen(operator: bytes, operands: list[Any], cm: list[float], _tm: list[float]) -> None:
        if operator == b"Do" and operands and str(operands[0]) in names:
            found.append(("image", "", _straight([cm[4], cm[5], cm[4] + cm[0], cm[5] + cm[3]])))

    page.extract_text(visitor_operand_before=seen)
    return found


def _notes(page: pypdf.PageObject) -> list[tuple[str, str, Box]]:
    found = []
    for note in page.get("/Annots") or ():
        one = note.get_object()
        kind = str(one.get("/Subtype", "")).removeprefix("/")
        if kind != "Link":
            found.append((kind, str(one.get("/Contents") or ""), _straight(one.get("/Rect") or (0, 0, 0, 0))))
    return found


def _straight(corners: Any) -> Box:
    a, b, c, d = (float(one) for one in corners)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
