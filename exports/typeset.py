"""Typst at work: a template and its data in, the same bytes out on every run."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg
import typst

TEMPLATES = Path(__file__).parent / "templates"
SERIF = Path(__file__).parent / "fonts"  # Liberation Serif: the widths of Times New Roman, free to hand on
EPOCH = date(1970, 1, 1)


@cache
def fonts() -> typst.Fonts:
    """Be Vietnam Pro, Liberation Serif, typst's own: none of the machine, so that all machines give the same page."""
    folder = fontpkg.path("Be Vietnam Pro").parent
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder), str(SERIF)])


def seconds(day: date) -> int:
    return (day - EPOCH).days * 86400


def pdf(template: str, data: dict[str, Any], day: date) -> bytes:
    """PDF/A-2a, tagged; `day` stands in it as the day it was made, so two runs give identical bytes."""
    return made(template, data, format="pdf", pdf_standards=["a-2a"], timestamp=seconds(day))


def png(template: str, data: dict[str, Any], scale: int = 2) -> bytes:
    """The first page as a picture; one point of the template is `scale` pixels."""
    pages = made(template, data, format="png", ppi=72.0 * scale)
    return pages if isinstance(pages, bytes) else pages[0]


def made(template: str, data: dict[str, Any], **how: Any) -> Any:
    given = {"data": json.dumps(data, ensure_ascii=False)}
    file = TEMPLATES / f"{template}.typ"
    return typst.compile(str(file), root=str(TEMPLATES), font_paths=fonts(), sys_inputs=given, **how)
