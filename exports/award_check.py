"""A paper that comes back numbered, dated, stamped or signed, compared word by word with what its round says."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from definitions import format
from definitions.text import LANGUAGES, text
from exports import pdf_pages
from exports.award_papers import say
from exports.papers import DOTS, GAP, Grid, Line, Official
from exports.pdf_pages import Laid, NotReadable

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\s\w]|_")
BLANK = re.compile(f"[{GAP[0]}{DOTS[0]}]+|\\.{{3,}}")
SLOT = ""  # among what is expected: room for what people write in
ANCHOR = 3  # words in a row that show where both go on
REACH = 120  # words looked ahead for them, and the most a blank takes
CLAIM = {"n": r"\d+", "sheet": r"\w+", "version": r"[\w-]+", "day": r"[\d/]+", "hash": r"[0-9a-f]{64}"}


@dataclass(frozen=True)
class Claim:
    """What a paper says of itself in its foot: form, sheet, version, cut-off, hash of the points, language."""

    number: int
    sheet: str
    version: str
    cut_off: date
    points: str
    lang: str


@dataclass(frozen=True)
class Difference:
    """place: commune and column, or part of the paper; expected, found: words, "" for none."""

    place: str
    expected: str
    found: str


@dataclass(frozen=True)
class Compared:
    """differences: what is not as the round says. filled: (before it, words) of every blank written in."""

    differences: tuple[Difference, ...]
    filled: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """One page's words (a docx has one, and all its heads and feet in `running`)."""

    words: str
    running: tuple[str, ...] = ()


# ---- reading -------------------------------------------------------------------------------------------------------


def pages(content: bytes) -> list[Page]:
    """The words of a PDF page by page, or of a docx. NotReadable for anything else, torn or locked."""
    if content.startswith(b"%PDF-"):
        return [Page(words) for words in pdf_pages.words(content)]
    if content.startswith(b"PK"):
        return _docx(content)
    raise NotReadable("neither PDF nor docx")


def _docx(content: bytes) -> list[Page]:
    try:
        paper = docx.Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as fault:
        raise NotReadable(str(fault)) from fault
    running = [
        "\n".join(paragraph.text for part in parts for paragraph in part.paragraphs)
        for page in paper.sections
        for parts in ((page.first_page_header, page.first_page_footer), (page.header, page.footer))
    ]
    return [Page("".join(_words(paper.element.body)), tuple(running))]


def _words(element: object) -> Iterator[str]:
    """Everything shown in a part of a docx in its order, text boxes and insertions too; deletions are not shown."""
    for one in element.iterchildren():  # type: ignore[attr-defined]
        if one.tag == qn("w:t"):
            yield one.text or ""
        elif one.tag in (qn("w:tab"), qn("w:br"), qn("w:cr")):
            yield " "
        elif isinstance(one.tag, str) and not one.tag.endswith("}Fallback"):
            yield from _words(one)
            if one.tag == qn("w:p"):
                yield "\n"


# ---- what it claims ------------------------------------------------------------------------------------------------


def claims(read: Sequence[Page]) -> list[Claim]:
    """The different claims of a paper's feet: one on a paper of ours, none on another."""
    running = [words for page in read for words in (page.words, *page.running)]
    found = {claim for words in running for lang in LANGUAGES for claim in _claims(words, lang)}
    return sorted(found, key=lambda one: (one.number, one.points))


def _claims(words: str, lang: str) -> Iterator[Claim]:
    for said in _foot(lang).finditer(words):
        cut_off = datetime.strptime(said["day"], "%d/%m/%Y").date()
        yield Claim(int(said["n"]), said["sheet"], said["version"], cut_off, said["hash"], lang)


@cache
def _foot(lang: str) -> re.Pattern[str]:
    """Both lines of the foot, wherever their lines break."""
    words = f"{text('award_paper.foot', lang)} {text('award_paper.hash', lang)}"
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    for name, form in CLAIM.items():
        pattern = pattern.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>{form})")
    return re.compile(pattern)


# ---- comparing -----------------------------------------------------------------------------------------------------


def compare(read: Sequence[Page], paper: Official, laid: Sequence[Laid] = ()) -> Compared:
    """Every place where the words that were read are not those of the paper; blanks may be filled.

    laid: what was laid on the pages; a note that says something and anything over a figure are differences.
    """
    found, faults = _found(read, paper)
    differences, filled = _walk(list(_expected(paper)), found, [_cut(" ".join(one.heads)) for one in _grids(paper)])
    return Compared((*faults, *_claimed(read, paper), *differences, *_laid(laid, paper)), tuple(filled))


def _laid(laid: Sequence[Laid], paper: Official) -> Iterator[Difference]:
    feet = [word for words in paper.foot for word in words.split()]
    for one in laid:
        place = say("place_page", paper.edition.lang, n=one.page)
        if one.kind == "FreeText" and one.words.strip():
            yield Difference(place, "", one.words.strip())
        for words in one.over:
            if not set(words.split()) <= set(feet):
                yield Difference(f"{place}, {one.kind}", words, "")


def _claimed(read: Sequence[Page], paper: Official) -> Iterator[Difference]:
    """The hash in the feet against the round's: what all figures of the round come down to."""
    ours = next(_claims(" ".join(paper.foot), paper.edition.lang))
    for claim in claims(read):
        if claim.points != ours.points:
            yield Difference(say("place_foot", ours.lang), ours.points, claim.points)
        if (claim.sheet, claim.cut_off) != (ours.sheet, ours.cut_off):
            said = [f"{one.sheet} {format.day(one.cut_off)}" for one in (ours, claim)]
            yield Difference(say("place_foot", ours.lang), *said)


def _grids(paper: Official) -> list[Grid]:
    return [part for part in (*paper.body, *paper.annex) if isinstance(part, Grid)]


def _expected(paper: Official) -> Iterator[tuple[str, str]]:
    """(word, place) of everything on the paper but what runs on every page."""
    lang = paper.edition.lang
    head, end = say("place_head", lang), say("place_end", lang)
    nation, motto = text("exports.nation", lang), text("exports.motto", lang)
    first = (*paper.organisation, nation, motto, paper.number, paper.place_date, paper.kind, paper.subject)
    last = (*paper.recipients, *(words for signer in paper.signers for words in signer.lines))
    parts = [*((head, words) for words in first), *_said(paper.body), *((end, words) for words in last)]
    for place, words in (*parts, *_said(paper.annex)):
        yield from ((word, place) for word in _cut(words, has_slots=True))


def _said(parts: Sequence[Line | Grid]) -> Iterator[tuple[str, str]]:
    """(place, words)."""
    for part in parts:
        if isinstance(part, Line):
            yield part.place, part.words
            continue
        yield from zip(part.heads, part.heads, strict=True)
        for row in part.rows:
            if len(row) == 1:
                yield row[0], row[0]
            else:
                yield from ((f"{row[part.named]}, {head}", cell) for head, cell in zip(part.heads, row, strict=True))


def _cut(words: str, has_slots: bool = False) -> list[str]:
    """Words, numbers and marks; blanks as SLOT or left out."""
    plain = unicodedata.normalize("NFC", words)
    if not has_slots:
        return TOKEN.findall(BLANK.sub(" ", plain))
    parts = re.split(f"({BLANK.pattern})", plain)
    return [token for part in parts for token in ([SLOT] if BLANK.fullmatch(part) else TOKEN.findall(part))]


def _found(read: Sequence[Page], paper: Official) -> tuple[list[str], list[Difference]]:
    """The words of all pages without what runs on each; a fault for every page that lacks it."""
    found, faults = list[str](), list[Difference]()
    marks = [_cut(words) for words in paper.marks]
    foot = _foot(paper.edition.lang)
    for number, page in enumerate(read, 1):
        place = say("place_page", paper.edition.lang, n=number)
        for words in page.running or (page.words,):
            faults += [] if foot.search(words) else [Difference(place, " ".join(paper.foot), "")]
            told = _cut(words)
            faults += [Difference(place, " ".join(mark), "") for mark in marks if _at(told, mark) is None]
        tokens = _cut(foot.sub(" ", page.words))
        for mark in marks if not page.running else ():
            at = _at(tokens, mark)
            tokens = tokens if at is None else tokens[:at] + tokens[at + len(mark) :]
        found += _unnumbered(tokens, number)
    return found, faults


def _unnumbered(tokens: list[str], number: int) -> list[str]:
    """A page's words without its number, which stands first or last from the second page on."""
    if number > 1 and tokens[:1] == [str(number)]:
        return tokens[1:]
    return tokens[:-1] if number > 1 and tokens[-1:] == [str(number)] else tokens


def _at(tokens: Sequence[str], part: Sequence[str]) -> int | None:
    n = len(part)
    return next((at for at in range(len(tokens) - n + 1) if tokens[at : at + n] == part), None)


def _walk(
    expected: list[tuple[str, str]], found: list[str], heads: list[list[str]]
) -> tuple[list[Difference], list[tuple[str, str]]]:
    """Both from their beginnings to their ends; heads of tables may come again."""
    differences, filled = list[Difference](), list[tuple[str, str]]()
    i = j = 0
    while i < len(expected) or j < len(found):
        word, place = expected[i] if i < len(expected) else (None, expected[-1][1])
        if word == SLOT:
            i, taken = _filled(expected, i, found, j)
            written = _without(found[j : j + (taken or 0)], heads)
            filled += [(_before(expected, i), " ".join(written))] if written else []
            j += taken or 0
            continue
        if word is not None and (taken := _same(word, found, j)):
            i, j = i + 1, j + taken
        elif again := next((head for head in heads if _spelt(head, found, j)), None):
            j += _spelt(again, found, j)
        else:
            gone, come = _onward(expected, i, found, j)
            said = " ".join(one for one, _ in expected[i : i + gone] if one != SLOT)
            differences.append(Difference(place, said, " ".join(found[j : j + come])))
            i, j = i + gone, j + come
    return differences, filled


def _without(words: list[str], heads: list[list[str]]) -> list[str]:
    """What was written into a blank at the end of a page, without the table's heads on the next."""
    at, head = next(((at, head) for head in heads if (at := _at(words, head)) is not None), (None, []))
    return words if at is None else words[:at] + words[at + len(head) :]


def _same(word: str, found: list[str], j: int) -> int:
    """How many words found make up this one: a cell too narrow breaks a word, never two words into others; 0: none."""
    for n in range(1, 5):
        if "".join(found[j : j + n]) == word:
            return min(n, len(found) - j)
    return 0


def _spelt(words: list[str], found: list[str], j: int) -> int:
    """How many words found make up these in a row; 0 where they do not."""
    start = j
    for word in words:
        taken = _same(word, found, j)
        if not taken:
            return 0
        j += taken
    return j - start


def _filled(expected: list[tuple[str, str]], i: int, found: list[str], j: int) -> tuple[int, int | None]:
    """Where what follows a blank goes on, and how many words fill it; None where that cannot be told."""
    while i < len(expected) and expected[i][0] == SLOT:
        i += 1
    anchor = _anchor(expected, i)
    if not anchor:
        return i, len(found) - j if len(found) - j <= REACH else None
    return i, next((n for n in range(REACH + 1) if _spelt(anchor, found, j + n)), None)


def _anchor(expected: list[tuple[str, str]], i: int) -> list[str]:
    """The next few words, up to the next blank."""
    words = []
    for word, _ in islice(expected, i, i + ANCHOR):
        if word == SLOT:
            break
        words.append(word)
    return words


def _before(expected: list[tuple[str, str]], i: int) -> str:
    """The words a blank follows."""
    words = [word for word, _ in expected[max(i - 8, 0) : i]]
    while words and words[-1] == SLOT:
        words.pop()
    last = max((at for at, word in enumerate(words) if word == SLOT), default=-1)
    return " ".join(words[last + 1 :][-3:])


def _onward(expected: list[tuple[str, str]], i: int, found: list[str], j: int) -> tuple[int, int]:
    """How many expected and found words to pass so that both go on alike; all of both where they never do."""
    for away in range(1, 2 * REACH):
        for gone in range(max(away - REACH, 0), min(away, REACH) + 1):
            anchor = _anchor(expected, i + gone)
            if len(anchor) == ANCHOR and _spelt(anchor, found, j + away - gone):
                return gone, away - gone
    return len(expected) - i, len(found) - j
