"""How Vietnamese names are written, compared, searched and put in order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from vi_textmatch import normalize

TYPES = {
    "xã": "xa",
    "xa": "xa",
    "x": "xa",
    "phường": "phuong",
    "phuong": "phuong",
    "p": "phuong",
    "thị trấn": "thi_tran",
    "thi tran": "thi_tran",
    "tt": "thi_tran",
}
_COMMUNE_PREFIX = re.compile(r"^(?:(xã|xa|phường|phuong|thị trấn|thi tran|tt)(?:[\s.:]+)|(x|p)\.\s*)(?=\S)")
_FARM_PREFIX = re.compile(r"^(?:nông trường|nong truong|n\.?\s?t\.?)\s+")
_VILLAGE_PREFIX = re.compile(
    r"^(?:thôn|thon|tổ dân phố|to dan pho|tdp|khu dân cư|khu dan cu|kdc)(?:[\s.:]+(?:số\s+|so\s+)?|(?=\d))(?=\S)"
)
_SHORT_VILLAGE_PREFIX = re.compile(r"^(?:bản|ban|tổ|to|khu phố|khu pho)[\s.:]+(?:số\s+|so\s+)?(?=\S)")
WORDS = {"một": "1", "hai": "2", "ba": "3", "bốn": "4", "năm": "5", "sáu": "6", "bảy": "7", "tám": "8", "chín": "9"}
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng


def unit_type(text: str) -> str:
    """The type of commune a text begins with (xa, phuong, thi_tran), or ""."""
    prefix = _COMMUNE_PREFIX.match(clean(text))
    return TYPES[prefix[1] or prefix[2]] if prefix else ""


def clean(text: str) -> str:
    """NFC, lower case, one style of tone placement, single blanks, plain apostrophes, joined hyphens as blanks."""
    text = re.sub(r"[\u2019\u2018`´]", "'", normalize(str(text)))
    return re.sub(r"(?<=\w)[-\u2010-\u2013_](?=\w)", " ", text).strip(" .,;:*")


@lru_cache(maxsize=65536)
def normalise(text: str, village: bool = False) -> str:
    """The bare name: `clean`, without Xã, X., Phường, P., Thị trấn, TT., Thôn, Tổ dân phố, TDP.

    Communes are named Bản Lầu or Bản Hồ: "Bản" and "Tổ" go only when the text names a village.
    """
    bare = _FARM_PREFIX.sub("", _COMMUNE_PREFIX.sub("", clean(text)))
    bare = _VILLAGE_PREFIX.sub("", bare)
    return _SHORT_VILLAGE_PREFIX.sub("", bare) if village else bare


def fold(text: str) -> str:
    """A search key without diacritics: lower case, đ as d, composed or decomposed alike."""
    parts = unicodedata.normalize("NFD", clean(text).replace("đ", "d"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def sort_key(text: str) -> tuple[Any, ...]:
    """Vietnamese alphabetical order (a ă â b c d đ e ê ...; tones decide last; numbers by value), a key for sorted."""
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    for token in re.findall(r"\d+|\D", clean(text)):
        if token.isdigit():
            letters.append((1, int(token)))
            continue
        marks = unicodedata.normalize("NFD", token)
        tone = next((_TONES[m] for m in marks if m in _TONES), 0)
        letter = unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES))
        letters.append((2, _ALPHABET.index(letter)) if letter in _ALPHABET else (0, ord(letter[0])))
        tones.append(tone)
    return tuple(letters), tuple(tones), text


def search(text: str, items: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The (id, name) items a search box should list, best first; with diacritics only names that carry them or none.

    Whole name, beginning of the name, beginning of a word, inside the name; ties in alphabetical order.
    """
    asked, found = clean(text), []
    for item in items:
        rank = _rank(asked, normalise(item[1]), clean(item[1]))
        if rank is not None:
            found.append((rank, sort_key(normalise(item[1])), item))
    return [item for _, _, item in sorted(found)]


def _rank(asked: str, bare: str, whole: str) -> int | None:
    keys: tuple[Callable[[str], str], ...] = (str, fold)
    for offset, key in enumerate(keys):
        if offset and fold(asked) != asked:
            return None
        for name in (key(bare), key(whole)):
            if name == asked:
                return offset
            if name.startswith(asked):
                return 2 + offset
            if f" {asked}" in f" {name}":
                return 4 + offset
            if asked in name:
                return 6 + offset
    return None


def agrees(asked: str, name: str) -> bool:
    """Every word is written as in the name, or without any of its diacritics."""
    words, full = asked.split(), name.split()
    return len(words) == len(full) and all(a in (b, fold(b)) for a, b in zip(words, full, strict=True))


def loose(text: str) -> str:
    """One spelling for y and i where a word may be written with either (Tỷ, Tỉ; Quy, Qui)."""
    marks = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub(r"(?<=[hklmstvg])y|(?<=qu)y", "i", marks))
