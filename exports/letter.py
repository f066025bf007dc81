""" "Thông tin nhanh" as a Word file to work on, laid out after Decree 30/2020/NĐ-CP."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from definitions import format
from definitions.load import definitions
from definitions.text import text
from exports.papers import Answer, Bulletin, Edition, Named

FACE = "Times New Roman"
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def bulletin_docx(bulletin: Bulletin) -> bytes:
    """The bulletin to edit, about one A4: the answers' sentences stand in its paragraphs. Same bytes always."""
    lang, edition = bulletin.edition.lang, bulletin.edition
    paper = blank(edition)
    if edition.band:
        line(paper, edition.band, bold=True, centre=True)
    letterhead(paper, bulletin)
    line(paper, text("exports.bulletin", lang), bold=True, centre=True, size=14)
    line(paper, text("exports.subject", lang, day=format.day(edition.as_of)), bold=True, centre=True, size=14)
    part(paper, "answers", [(answer_words(a, lang), a.left) for a in bulletin.answers], lang)
    side_by_side(paper, {"to_call": bulletin.calls, "to_praise": bulletin.praises}, lang)
    part(paper, "changed", [("", sentence) for sentence in bulletin.changes], lang)
    heading(paper, "to_paste", lang)
    for sentence in bulletin.paragraphs:
        line(paper, sentence, indent=True)
    return packed(paper)


def blank(edition: Edition) -> Any:
    """An empty A4 with the margins and type of the decree, the edition line in its footer."""
    paper = docx.Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FACE, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(0), 1.0
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(20), Mm(20), Mm(30), Mm(15)
    foot = page.footer.paragraphs[0].add_run(edition.line)
    foot.font.size = Pt(9)
    made = datetime(edition.as_of.year, edition.as_of.month, edition.as_of.day)
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = text("exports.bulletin", edition.lang), "", edition.line
    properties.created = properties.modified = made
    return paper


def letterhead(paper: Any, bulletin: Bulletin) -> None:
    """Body and number on the left, the nation's name, motto, place and date on the right."""
    lang, as_of = bulletin.edition.lang, bulletin.edition.as_of
    where = text("exports.place_date", lang, place=bulletin.place, month=f"{as_of:%m}", year=as_of.year)
    grid = paper.add_table(rows=1, cols=2)
    grid.autofit = False
    cells = grid.rows[0].cells
    above, own = bulletin.organisation
    for cell, width, lines in (
        (cells[0], Cm(6.9), [(above, False), (own, True), (text("exports.number", lang), False)]),
        (
            cells[1],
            Cm(9.6),
            [(text("exports.nation", lang), True), (text("exports.motto", lang), True), (where, False)],
        ),
    ):
        cell.width = grid.columns[cells.index(cell)].width = width
        cell.paragraphs[0]._element.getparent().remove(cell.paragraphs[0]._element)
        for words, bold in lines:
            line(cell, words, bold=bold, centre=True, size=12)
    line(paper, "", size=6)


def part(paper: Any, title: str, rows: Iterable[tuple[str, str]], lang: str) -> None:
    heading(paper, title, lang)
    for strong, words in rows:
        paragraph = line(paper, "- ", indent=True)
        paragraph.add_run(f"{strong}: " if strong and words else strong).bold = True
        paragraph.add_run(words)


def side_by_side(paper: Any, lists: dict[str, tuple[Named, ...]], lang: str) -> None:
    """Lists of communes beside one another, as short as the longest of them."""
    grid = paper.add_table(rows=1, cols=len(lists))
    for cell, (title, named) in zip(grid.rows[0].cells, lists.items(), strict=True):
        cell.paragraphs[0]._element.getparent().remove(cell.paragraphs[0]._element)
        heading(cell, title, lang)
        for one in named:
            paragraph = line(cell, f"- {one.name}", bold=True, size=12)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
            paragraph.add_run(f": {one.words}").font.size = Pt(12)


def heading(paper: Any, id: str, lang: str) -> None:
    line(paper, text(f"exports.{id}", lang), bold=True).paragraph_format.space_before = Pt(4)


def line(
    into: Any, words: str, bold: bool = False, centre: bool = False, size: float = 13, indent: bool = False
) -> Any:
    paragraph = into.add_paragraph()
    run = paragraph.add_run(words)
    run.bold, run.font.size = bold, Pt(size)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.JUSTIFY
    if indent:
        paragraph.paragraph_format.first_line_indent = Cm(1)
    return paragraph


def answer_words(a: Answer, lang: str) -> str:
    word = definitions().verdicts[a.verdict].label.said(lang)
    return f"{a.label} {a.figure} ({text('exports.goal', lang, goal=a.goal)}), {word.lower()}"


def packed(paper: Any) -> bytes:
    """The file with every entry dated alike: python-docx writes the clock into the zip."""
    raw, out = io.BytesIO(), io.BytesIO()
    paper.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
