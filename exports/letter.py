"""Papers as Word files to work on, laid out after Decree 30/2020/NĐ-CP: "Thông tin nhanh", papers of an office."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

from definitions import format
from definitions.load import definitions
from definitions.text import text
from exports.papers import Answer, Bulletin, Edition, Grid, Line, Named, Official, Signer

FACE = "Times New Roman"
WIDE = 16.5  # cm between the margins of a paper of an office
SIDES = {"l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}
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


# ---- papers of an office -------------------------------------------------------------------------------------------


def official_docx(of: Official) -> bytes:
    """The paper to number, date and sign; the same bytes always."""
    paper = blank(of.edition)
    page = paper.sections[0]
    page.top_margin, page.bottom_margin, page.right_margin = Mm(25), Mm(23), Mm(15)
    page.header_distance = page.footer_distance = Mm(9)
    paper.core_properties.title = f"{of.kind} {of.subject}"
    paper.core_properties.comments = " ".join(of.foot)
    _running(page, of)
    _head(paper, of)
    line(paper, of.kind, bold=True, centre=True, size=14).paragraph_format.space_before = Pt(10)
    line(paper, of.subject, bold=True, centre=True, size=14)
    _rule(paper, WIDE / 3, WIDE)
    for part in of.body:
        _grid(paper, part) if isinstance(part, Grid) else _line(paper, part)
    paper.paragraphs[-1].paragraph_format.keep_with_next = True  # no signature alone on a page
    _ending(paper, of)
    for number, part in enumerate(of.annex):
        _grid(paper, part) if isinstance(part, Grid) else _line(paper, part, starts_page=not number)
    return packed(paper)


def _running(page: Any, of: Official) -> None:
    """Marks of what is no final or no real paper on top of every page, the number from the second on, the foot."""
    page.different_first_page_header_footer = True
    for header, has_number in ((page.first_page_header, False), (page.header, True)):
        header.paragraphs[0]._element.getparent().remove(header.paragraphs[0]._element)
        for words in of.marks:
            line(header, words, bold=True, centre=True, size=10).runs[0].font.color.rgb = RGBColor(0xA6, 0x1B, 0x1B)
        if has_number or not of.marks:
            field = line(header, "", centre=True)
            if has_number:
                number = OxmlElement("w:fldSimple")
                number.set(qn("w:instr"), "PAGE")
                field._element.append(number)
    for footer in (page.first_page_footer, page.footer):
        footer.paragraphs[0]._element.getparent().remove(footer.paragraphs[0]._element)
        for words in of.foot:
            line(footer, words, size=8).alignment = WD_ALIGN_PARAGRAPH.LEFT


def _head(paper: Any, of: Official) -> None:
    lang = of.edition.lang
    grid = paper.add_table(rows=2, cols=2)
    left, right = Cm(6.8), Cm(WIDE - 6.8)
    above, own = of.organisation
    nation, motto = text("exports.nation", lang), text("exports.motto", lang)
    for cell, width, first, second, size, rule in (
        (grid.cell(0, 0), left, (above, False), (own, True), 12, 2.4),
        (grid.cell(0, 1), right, (nation, True), (motto, True), 13, 5.2),
    ):
        cell.width = width
        _emptied(cell)
        line(cell, first[0], bold=first[1], centre=True, size=12)
        line(cell, second[0], bold=second[1], centre=True, size=size)
        _rule(cell, rule, width.cm)
    for cell, words in zip(grid.rows[1].cells, (of.number, of.place_date), strict=True):
        _emptied(cell)
        line(cell, words, centre=True).runs[0].italic = words == of.place_date
    for column, width in zip(grid.columns, (left, right), strict=True):
        column.width = width


def _emptied(cell: Any) -> None:
    cell.paragraphs[0]._element.getparent().remove(cell.paragraphs[0]._element)


def _rule(into: Any, length: float, room: float) -> None:
    """A line in the middle of the room, both in cm: the lower border of a paragraph without words."""
    paragraph = line(into, "", size=2)
    style = paragraph.paragraph_format
    style.left_indent = style.right_indent = Cm((room - length) / 2)
    style.space_after, style.line_spacing = Pt(6), Pt(3)
    border, borders = OxmlElement("w:bottom"), OxmlElement("w:pBdr")
    for key, value in (("val", "single"), ("sz", "5"), ("space", "1"), ("color", "000000")):
        border.set(qn(f"w:{key}"), value)
    borders.append(border)
    paragraph._element.get_or_add_pPr().append(borders)


def _line(paper: Any, of: Line, starts_page: bool = False) -> None:
    is_centred = of.style in ("to", "centre")
    head, dot, rest = of.words.partition(". ") if of.style == "article" else (of.words, "", "")
    paragraph = line(paper, head + dot, bold=of.style in ("centre", "heading", "article"), centre=is_centred,
                     indent=not is_centred)  # fmt: skip
    paragraph.runs[0].italic = of.style == "ground"
    if rest:
        paragraph.add_run(rest)
    paragraph.paragraph_format.space_after, paragraph.paragraph_format.page_break_before = Pt(6), starts_page
    paragraph.paragraph_format.keep_with_next = of.style in ("heading", "centre")


def _grid(paper: Any, of: Grid) -> None:
    grid = paper.add_table(rows=0, cols=len(of.heads))
    grid.style, grid.autofit = "Table Grid", False
    widths = [Cm(WIDE * share / sum(of.widths)) for share in of.widths]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    _row(grid, of.heads, "c" * len(of.heads), widths, is_head=True)
    for row in of.rows:
        _row(grid, row, of.sides, widths)
    line(paper, "", size=6)


def _row(grid: Any, words: tuple[str, ...], sides: str, widths: list[Any], is_head: bool = False) -> None:
    row = grid.add_row()
    settings = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if is_head else ())):
        settings.append(OxmlElement(name))
    cells = list(row.cells)
    if len(words) == 1:
        cells = [cells[0].merge(cells[-1])]
    for cell, said, side, width in zip(cells, words, sides, widths, strict=False):
        if len(words) > 1:
            cell.width = width
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(said)
        run.font.size, run.bold = Pt(12), is_head or len(words) == 1
        paragraph.alignment = SIDES["l" if len(words) == 1 else side]
        paragraph.paragraph_format.keep_with_next = is_head or len(words) == 1


def _ending(paper: Any, of: Official) -> None:
    """Who receives it on the left, who signs on the right; two who sign stand side by side."""
    line(paper, "", size=8).paragraph_format.keep_with_next = True
    grid = paper.add_table(rows=1, cols=2)
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    left, right = grid.rows[0].cells
    _emptied(left)
    _emptied(right)
    for number, words in enumerate(of.recipients):
        paragraph = line(left, words, bold=not number, size=11 if number else 12)
        paragraph.runs[0].italic, paragraph.alignment = not number, WD_ALIGN_PARAGRAPH.LEFT
    for cell, signer in zip((right,) if len(of.signers) == 1 else (left, right), of.signers, strict=True):
        _signer(cell, signer)
    if not left.paragraphs:
        line(left, "")


def _signer(cell: Any, signer: Signer) -> None:
    for words in signer.lines:
        line(cell, words, bold=True, centre=True)
    for _ in range(4):
        line(cell, "", size=13)


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
