"""Which commune, village or ethnic group a piece of text means; it would rather ask than guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz, process

from definitions.load import definitions
from definitions.reference import Commune, EarlierUnit, OldUnit, communes, earlier_units, ethnic_groups, old_units
from definitions.spelling import ROMAN, WORDS, agrees, clean, fold, loose, normalise, unit_type

Verdict = Literal["exact", "alias", "ambiguous", "none"]
Epoch = Literal["new", "old"]

LIKE_ENOUGH = 72  # of 100, for a name to be offered as a question; nothing is ever accepted on likeness
OFFERED = 5


class Candidate(NamedTuple):
    """One thing a text may mean. `epoch` is new, old, earlier (gone before the old list) or "" for what has none."""

    code: str
    full_name: str
    epoch: str
    why: str
    new_code: str


@dataclass(frozen=True)
class Match:
    """What a text means. `code` (of a commune of today, a group, a village) is set only for "exact" and "alias"."""

    verdict: Verdict
    code: str | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Unit:
    """A commune of any epoch as matching sees it; the names are normalised, the districts and the province folded."""

    code: str
    full_name: str
    epoch: str
    type: str
    names: tuple[str, ...]
    districts: tuple[str, ...]
    old_province: str
    new_code: str

    def candidate(self, why: str) -> Candidate:
        return Candidate(self.code, self.full_name, self.epoch, why, self.new_code)


@dataclass(frozen=True)
class Asked:
    """A text taken apart: the bare name, the type and code it states, the district and province it names."""

    name: str
    raw: str
    type: str
    code: str
    districts: tuple[str, ...]
    provinces: tuple[str, ...]
    unknown: tuple[str, ...]
    epoch: Epoch | None


_LEVEL = r"(?:huyện|huyen|h\.|thị xã|thi xa|tx\.?|thành phố|thanh pho|tp\.?|tỉnh|tinh)"
_SPLIT = re.compile(rf"[,;()/]|\s[-\u2010-\u2014]\s|\s(?={_LEVEL}\s)")
_TITLE = re.compile(r"^.*\s(?<!thị )(?<!thi )((?:xã|phường|thị trấn)\s+\S.*)$")
_CODE = re.compile(r"(?<!\d)\d{4,5}(?!\d)")
_NO_CONTEXT = {"", "viet nam", "vn", "cap xa", "ma"}
_AGE: dict[str, Epoch] = {"cu": "old", "truoc day": "old", "moi": "new", "nay": "new"}


# ---- communes ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def match_commune(text: str, epoch: Epoch | None = None) -> Match:
    """The commune of today that a name or a code means.

    "exact" is an official name or code of today, "alias" another sure way to it (an old part, a known other spelling,
    no diacritics), "ambiguous" fits several communes, "none" fits none in this epoch; candidates carry the reasons.
    """
    asked = take_apart(text, epoch)
    if not asked.name and not asked.code:
        return Match("none", None, ())
    found = _by_code(asked) if asked.code else _by_name(asked)
    if not found:
        return Match("none", None, _elsewhere(asked) or _alike(asked))
    if len({unit.new_code for unit, _ in found}) > 1 or (asked.code and _means_two(found)):
        return Match("ambiguous", None, tuple(unit.candidate(why) for unit, why in found))
    unit, why = found[0]
    sure = unit.epoch == "new" and why in ("name", "code")
    return Match("exact" if sure else "alias", unit.new_code, tuple(unit.candidate(why) for unit, why in found))


def take_apart(text: str, epoch: Epoch | None = None) -> Asked:
    """Name, stated type, code and the district or province named beside it ("Lao Chải, huyện Sa Pa (cũ)")."""
    head, *rest = [part.strip() for part in _SPLIT.split(_without_title(clean(text)))]
    codes = _CODE.findall(head) + [code for part in rest for code in _CODE.findall(part)]
    head, rest = _CODE.sub("", head).strip(" -:"), [_CODE.sub("", part).strip(" -:") for part in rest]
    words = fold(head).split()
    if len(words) > 1 and words[-1] in _AGE:
        rest.append(words[-1])
        head = head.rsplit(" ", 1)[0]
    if not head and rest:
        head, *rest = rest
    districts, provinces, unknown = _context(rest)
    age = next((_AGE[fold(part)] for part in rest if fold(part) in _AGE), None)
    code = codes[0].zfill(5) if codes else ""
    return Asked(normalise(head), head, unit_type(head), code, districts, provinces, unknown, epoch or age)


def _without_title(text: str) -> str:
    """ "Ủy ban MTTQ Việt Nam xã Bát Xát" -> "xã Bát Xát"; a text that begins with its type stays whole."""
    title = _TITLE.match(text)
    before = text[: title.start(1)] if title else ""
    return text if not title or unit_type(text) or _SPLIT.search(before) or _CODE.search(before) else title[1]


def _context(parts: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Districts, provinces and what is neither, of the parts behind a name; a name that is both counts as both."""
    districts, provinces, unknown = [], [], []
    for part in parts:
        key = fold(part)
        bare = re.sub(rf"^{_LEVEL}\s*", "", key)
        if key in _NO_CONTEXT or key in _AGE:
            continue
        is_district, is_province = bare in _known("districts"), bare in _known("provinces")
        if is_province and not re.match(r"(thanh pho|tp|huyen|thi xa|tx)\b", key):
            provinces.append(bare)
        elif is_district:
            districts.append(bare)
        else:
            unknown.append(part)
    return tuple(districts), tuple(provinces), tuple(unknown)


@cache
def _known(what: Literal["districts", "provinces"]) -> frozenset[str]:
    if what == "districts":
        return frozenset(district for unit in _units() for district in unit.districts)
    of = definitions().province
    return frozenset(fold(name) for name in (of.name, *(old.name for old in of.old_provinces)))


@cache
def _units() -> tuple[Unit, ...]:
    """All communes of today, of the old list and of the earlier names, in this order."""
    today = [_unit(c, c.code, "new", c.aliases, c.old_districts, c.code) for c in communes()]
    old = [_unit(o, o.code, "old", o.aliases, (o.old_district,), o.new_code) for o in old_units()]
    return (*today, *old, *(_unit(e, "", "earlier", (), (e.old_district,), e.new_code) for e in earlier_units()))


@cache
def _index() -> dict[str, list[Unit]]:
    """The units by the widest key under which a text may still mean them."""
    index: dict[str, list[Unit]] = {}
    for unit in _units():
        for key in {fold(loose(name)) for name in unit.names}:
            index.setdefault(key, []).append(unit)
    return index


def _named(asked: Asked) -> list[Unit]:
    keys = dict.fromkeys(fold(loose(name)) for name in (asked.name, asked.raw) if name)
    return [unit for key in keys for unit in _index().get(key, [])]


def _unit(
    row: Commune | OldUnit | EarlierUnit,
    code: str,
    epoch: str,
    aliases: tuple[str, ...],
    districts: tuple[str, ...],
    new_code: str,
) -> Unit:
    names = tuple(normalise(name) for name in (row.name, *aliases))
    old_province = fold(row.old_province)
    return Unit(code, row.full_name, epoch, row.type, names, _districts(districts), old_province, new_code)


def _districts(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(re.sub(rf"^{_LEVEL}\s*", "", fold(name)) for name in names)


def _by_code(asked: Asked) -> list[tuple[Unit, str]]:
    """The units of that code; where a name stands beside the code both must mean the same unit."""
    found = [(unit, "code") for unit in _units() if unit.code == asked.code and _in_epoch(unit, asked.epoch)]
    if not asked.name or not found:
        return found
    return [(unit, why) for unit, why in found if _names(unit, asked)] or found + _by_name(asked)


def _means_two(found: list[tuple[Unit, str]]) -> bool:
    """A code that was one commune and is another now means nothing until its epoch is known."""
    return len({unit.names[0] for unit, _ in found if unit.epoch in ("new", "old")}) > 1


def _in_epoch(unit: Unit, epoch: Epoch | None) -> bool:
    return epoch is None or (unit.epoch == "new") == (epoch == "new")


def _by_name(asked: Asked) -> list[tuple[Unit, str]]:
    """The units of that name in the epoch asked for, those of the stated type and district first and alone."""
    found = [(unit, why) for unit in _named(asked) if (why := _names(unit, asked)) and _lies_in(unit, asked)]
    typed = [(unit, why) for unit, why in found if unit.type == asked.type]
    told = [(unit, why) for unit, why in typed or found if _in_epoch(unit, asked.epoch)]
    if asked.type and not (typed and told) and len({unit.new_code for unit, _ in found}) == 1:
        told = [(unit, "other type") for unit, _ in found if _in_epoch(unit, asked.epoch)]
    written = [(unit, why) for unit, why in told if why in ("name", "other spelling")]
    return written if written and fold(asked.name) != asked.name else told


def _names(unit: Unit, asked: Asked) -> str:
    """Why this text can be this unit's name, or "" when it cannot."""
    for name in (asked.name, asked.raw):
        if name in unit.names:
            return "name" if name == unit.names[0] else "other spelling"
    if any(agrees(name, known) for name in (asked.name, asked.raw) for known in unit.names):
        return "without diacritics"
    return "other spelling" if any(loose(asked.name) == loose(known) for known in unit.names) else ""


def _lies_in(unit: Unit, asked: Asked) -> bool:
    """In every district and province named beside it; today's province narrows nothing, an unknown place excludes."""
    today = fold(definitions().province.name)
    narrow = [p for p in asked.provinces if p != today or asked.epoch == "old"]
    at_home = all(district in unit.districts for district in asked.districts)
    return not asked.unknown and at_home and all(p in (unit.old_province, *unit.districts) for p in narrow)


def _elsewhere(asked: Asked) -> tuple[Candidate, ...]:
    """Units of that name, but of another type or epoch, or in another place than the one named beside it."""
    named = [unit for unit in _named(asked) if _names(unit, asked)]
    return tuple(unit.candidate(_not_quite(unit, asked)) for unit in named)


def _not_quite(unit: Unit, asked: Asked) -> str:
    if not _lies_in(unit, asked):
        return "in another place"
    return "other type" if _in_epoch(unit, asked.epoch) else "of another epoch"


def _alike(asked: Asked) -> tuple[Candidate, ...]:
    known = [unit for unit in _units() if _in_epoch(unit, asked.epoch)]
    return tuple(known[i].candidate("similar") for i in _similar(asked.name, [unit.names[0] for unit in known]))


_folded = lru_cache(maxsize=65536)(fold)


def _similar(text: str, names: Sequence[str]) -> list[int]:
    """Where names like this text stand in the list, the likest first."""
    keys = [_folded(name) for name in names]
    found = process.extract(fold(text), keys, scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=OFFERED)
    return [index for _, _, index in found]


# ---- ethnic groups and villages ------------------------------------------------------------------------------------


def match_ethnic(text: str) -> Match:
    """The official ethnic group a name or an official number means; `code` is the group's id."""
    bare = re.sub(r"^(?:dân tộc|dan toc|người|nguoi|dt\.?)\s+", "", clean(text))
    named = [(g.id, g.name, (g.name, *g.aliases)) for g in ethnic_groups()]
    number = re.fullmatch(r"0?(\d{1,2})", bare)
    if number:
        return _told([(g.id, g.name, "number") for g in ethnic_groups() if g.number == int(number[1])])
    return _match_listed(bare, named, lambda name: re.sub(r"[\s'-]", "", clean(name)))


def match_village(text: str, villages: Iterable[tuple[str, str, Iterable[str]]]) -> Match:
    """The village of one commune, given as (id, name, aliases), that a text means; `code` is the village's id."""
    return _match_listed(text, [(i, name, (name, *aliases)) for i, name, aliases in villages], _village_key)


def _village_key(text: str) -> str:
    """ "Thôn 5", "Tổ 05" and "TDP số năm" -> "5"; "Chu Lìn II" -> "chu lìn 2"."""
    words = normalise(text, village=True).split()
    if words:
        number = WORDS.get(words[-1]) if len(words) == 1 else None
        last = number or ROMAN.get(words[-1], words[-1])
        words[-1] = (last.lstrip("0") or "0") if last.isdigit() else last
    return " ".join(words)


def _match_listed(text: str, listed: Sequence[tuple[str, str, tuple[str, ...]]], key: Callable[[str], str]) -> Match:
    """By the whole text, then by its key, then by the key without diacritics; the first that fits anything decides."""
    levels: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("name", clean), ("other spelling", key), ("without diacritics", lambda name: fold(key(name))))  # fmt: skip
    for why, level in levels:
        asked = level(text)
        fits = [(i, name, why) for i, name, names in listed if asked and any(level(n) == asked for n in names)]
        if why == "without diacritics":
            fits = [fit for fit in fits if fold(key(text)) == key(text)]
        if fits:
            return _told(fits, official=why == "name" and clean(fits[0][1]) == asked)
    near = _similar(key(text), [key(name) for _, name, _ in listed])
    return Match("none", None, tuple(Candidate(listed[i][0], listed[i][1], "", "similar", listed[i][0]) for i in near))


def _told(fits: list[tuple[str, str, str]], official: bool = True) -> Match:
    candidates = tuple(Candidate(i, name, "", why, i) for i, name, why in fits)
    if len({i for i, _, _ in fits}) != 1:
        return Match("ambiguous" if fits else "none", None, candidates)
    return Match("exact" if official else "alias", fits[0][0], candidates)
