"""Reads from inside the workbook whose report it is and of which month; the file's name says nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from definitions.load import definitions
from definitions.places import Match, match_commune
from definitions.reference import OLD
from etl.workbook.cells import Cell, is_blank, key, shown, text
from etl.workbook.dates import month, months_in
from etl.workbook.grid import Sheet
from etl.workbook.headers import Table, figures_at, header_key
from etl.workbook.package import Refused

OVER = 5  # rows over a further header in which its titles may stand
READ = 60  # rows of a sheet without a table in which the cover's facts may stand
_UNIT = re.compile(
    r"(?:^|\b)((?:xã|phường|thị trấn|xa|phuong|thi tran|x\.|p\.)\s+[^\d\s,;:()–-][^,;:()–\n]*)", re.IGNORECASE
)
_NOT_UNIT = re.compile(
    r"\b(?:xa|phuong),? (?:phuong|xa)\b|\bcap xa\b|\btoan (?:xa|phuong)\b|\bthuoc\b|\bcua (?:xa|phuong)\b"
)
_REVISION = re.compile(r"\D{0,20}?0?(\d{1,2})(?:[.,]0)?")  # "2", "Lần 2"; a year or a day is none
_COMPARED = re.compile(r"\bso voi\b|\bluy ke\b|\bcong don\b|\btu thang\b|\bdau nam\b|\btruoc\b|\bke hoach\b")


@dataclass(frozen=True)
class Cover:
    commune: str
    written: str  # the unit the cover names: "old:02716" where that can only be one of before the merger
    month: date
    revision: int
    origin: Literal["real", "demo"]
    other_months: tuple[date, ...] = ()  # that the titles name beside it


def cover(sheets: list[Sheet], tables: dict[str, list[Table]]) -> Cover:
    """The facts of a workbook; Refused(no_commune, ambiguous_commune, no_month) where they are missing or disagree."""
    facts, titles, further = Facts(), list[str](), list[str]()
    for sheet in _looked_at(sheets, tables):
        own = tables.get(sheet.name, [])
        top = min((table.top for table in own), default=READ)
        for told, rows in ((titles, sheet.rows[:top]), (further, _titles_between(sheet, own))):
            for row in rows:
                if cells := [cell for cell in row if not is_blank(cell)]:
                    facts.take(cells)
                    told.append(" ".join(text(cell) for cell in cells))
    found = month_of(facts, titles, further)
    code, written = commune_of(facts, titles, further)
    return Cover(code, written, found, facts.revision, origin_of(facts, titles), tuple(other_months(found, titles)))


def _looked_at(sheets: list[Sheet], tables: dict[str, list[Table]]) -> list[Sheet]:
    """The sheets an officer sees, and hidden ones that are read as well; all where nothing else is there."""
    seen = [sheet for sheet in sheets if not sheet.is_hidden or tables.get(sheet.name)]
    return seen or sheets


def _titles_between(sheet: Sheet, tables: list[Table]) -> list[list[Cell]]:
    """The rows of words over every header but the first: there another month or commune may begin."""
    tops = [table.top for table in tables[1:]]
    for table in (table for table in tables if table.turned is None):
        at = figures_at(table.form_sheet, table.columns)
        tops += [n for n in range(table.body, table.end) if sheet.rows[n][at] in table.titles]
    found: dict[int, list[Cell]] = {}
    for top in tops:
        for number in range(top - 1, max(top - 1 - OVER, tables[0].body - 1), -1):
            if any(type(cell) is float for cell in sheet.rows[number]):
                break
            found[number] = sheet.rows[number]
    return [found[number] for number in sorted(found)]


class Facts:
    """What the labelled cells say ("Kỳ báo cáo: 3/2026", or the value in the next cell)."""

    def __init__(self) -> None:
        self.communes: list[str] = []
        self.codes: list[str] = []
        self.months: list[Cell] = []
        self.origins: list[str] = []
        self.revision = 1

    def take(self, cells: list[Cell]) -> None:
        for label, value in labelled(cells):
            fact = facts_by_label().get(label, "")
            if not fact or is_blank(value):
                continue
            if fact == "commune_code":
                self.codes.append(text(value).zfill(5))
            elif fact == "month":
                self.months.append(value)
            elif fact == "commune":
                self.communes.append(text(value))
            elif fact == "origin":
                self.origins.append(text(value))
            elif fact == "revision" and (number := _REVISION.fullmatch(text(value))):
                self.revision = int(number[1])


def labelled(cells: list[Cell]) -> Iterator[tuple[str, Cell]]:
    """Every (label, value) a row may hold: "label: value" in one cell, or a label and the next cell."""
    for number, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        label, colon, rest = text(cell).partition(":")
        if colon and rest.strip():
            yield header_key(label), rest.strip()
        elif number + 1 < len(cells):
            yield header_key(label), cells[number + 1]


@cache
def facts_by_label() -> dict[str, str]:
    """What each label of the cover gives."""
    cover = definitions().forms.cover
    facts = ("origin", "revision", "commune", "month", "commune_code")  # of two that share a label the latter
    return {header_key(label): fact for fact in facts for label in getattr(cover, fact)}


# ---- the month -------------------------------------------------------------------------------------------------------


def month_of(facts: Facts, titles: list[str], further: list[str]) -> date:
    """The month beside its label, else the one month the title rows name; no further title may name another."""
    given = {found for value in facts.months if (found := month(value))}
    if not given:
        given = {found for words in titles for found in months_in(words)}
    given |= {found for words in further if not _COMPARED.search(key(words)) for found in months_in(words)}
    if len(given) == 1:
        return given.pop()
    if given:
        listed = ", ".join(f"{found:%m/%Y}" for found in sorted(given))
        raise Refused("no_month", why=f" (trong tệp có nhiều tháng khác nhau: {listed})", found=listed)
    said = next((shown(value) for value in facts.months), "")
    raise Refused("no_month", why=f" (đang ghi “{said}”)" if said else "", found=said)


def other_months(month: date, titles: list[str]) -> list[date]:
    """The months titles name that are not the report's; those it is compared with or added up from do not count."""
    told = (words for words in titles if "20" in words and not _COMPARED.search(key(words)))
    return sorted({found for words in told for found in months_in(words)} - {month})


# ---- the commune -----------------------------------------------------------------------------------------------------


def commune_of(facts: Facts, titles: list[str], further: list[str]) -> tuple[str, str]:
    """The commune by code and name together; without either, by the one commune the title rows name; no further title
    may name another. Beside it the unit as it is written there.
    """
    codes, names = list(dict.fromkeys(facts.codes)), list(dict.fromkeys(facts.communes))
    asked = [f"{name} {code}" for code in codes for name in names] or codes or names or units_in(titles)
    if not asked:
        raise Refused("no_commune")
    matches = {words: match_commune(words) for words in asked}
    found = {sure(match) for match in matches.values()}
    if len(found) != 1 or "" in found:
        raise _unclear(matches)
    (code,) = found
    written = as_written(code, list(matches.values()))
    told = units_in([*titles, *further])
    matches |= {words: match for words in told if sure(match := match_commune(words)) not in ("", code)}
    if len(matches) > len(asked):
        raise _unclear(matches)
    return code, written


def as_written(code: str, matches: list[Match]) -> str:
    """ "old:02716" where every text means that one unit of before the merger and no other, else the commune of today:
    of a name or code that both have nobody knows who wrote it.
    """
    named = {(unit.epoch, unit.code) for match in matches for unit in match.candidates}
    epoch, one = named.pop() if len(named) == 1 else ("new", code)
    return f"{OLD}{one}" if epoch == "old" else code


def sure(match: Match) -> str:
    """The commune of today, also where the text fits several units that are all one commune today."""
    if match.code:
        return match.code
    today = {candidate.new_code for candidate in match.candidates}
    return today.pop() if match.verdict == "ambiguous" and len(today) == 1 else ""


def _unclear(matches: dict[str, Match]) -> Refused:
    found = "; ".join(matches)
    candidates = [c for match in matches.values() for c in match.candidates]
    if not candidates:
        return Refused("no_commune", why=f" (đang ghi “{found}”)", found=found)
    listed = dict.fromkeys(f"{c.full_name} ({_epoch(c.epoch, c.code)})" for c in candidates)
    return Refused("ambiguous_commune", found=found, candidates="; ".join(listed))


def _epoch(epoch: str, code: str) -> str:
    return ", ".join(
        part for part in (f"mã {code}" if code else "", "tên trước sáp nhập" if epoch != "new" else "") if part
    )


def units_in(titles: list[str]) -> list[str]:
    """The communes title rows name: "ỦY BAN MTTQ VIỆT NAM XÃ BẢN HỒ", "Mã xã 03046 ..."."""
    found: dict[str, str] = {}
    for words in titles:
        for unit in _units_of(words):
            found.setdefault(key(unit), unit)
    return list(found.values())


@lru_cache(maxsize=4096)
def _units_of(words: str) -> tuple[str, ...]:
    if not _UNIT.search(words) or _NOT_UNIT.search(key(words)):
        return ()
    parts = re.split(r"[,;:()–]| - |\bCỘNG H|\bĐẢNG CỘNG|\btháng\b|\bTHÁNG\b|\bquý\b|\bQUÝ\b|\bnăm\b|\bNĂM\b", words)
    units = (unit[1].strip() for part in parts if (unit := _UNIT.search(part.strip())))
    return tuple(unit for unit in units if match_commune(unit).candidates)


def origin_of(facts: Facts, titles: list[str]) -> Literal["real", "demo"]:
    """Demonstration data says so on its cover and over its sheets."""
    return "demo" if any("minh ho" in key(words) for words in (*facts.origins, *titles)) else "real"
