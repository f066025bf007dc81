"""Turns text typed with TCVN3 (.Vn...) and VNI fonts into Unicode, by the font it stands in, never by guessing."""

import re
import unicodedata

from viparse.normalize.encodings import get_charmap
from viparse.normalize.tables import build_charmap, convert

_TCVN3 = re.compile(r"^\.vn", re.IGNORECASE)
_VNI = re.compile(r"^vni[-\s]", re.IGNORECASE)
_LEGACY = re.compile(rb"""["'](?:\.vn|vni[- ])""", re.IGNORECASE)

_VNI_CHARMAP = get_charmap("vni")
_TCVN3_CHARMAP = get_charmap("tcvn3")
assert _VNI_CHARMAP and _TCVN3_CHARMAP
# viparse leaves these two out because its corpus has neither; VNI's own keyboard table has them (a or A + hook mark).
_VNI_FULL = build_charmap("vni", [*_VNI_CHARMAP.pairs, *(
    pair for pair in (("aú", "ẳ"), ("AÚ", "Ẳ")) if pair[0] not in dict(_VNI_CHARMAP.pairs)
)])  # fmt: skip


def is_legacy(font: str) -> bool:
    return bool(_TCVN3.match(font) or _VNI.match(font))


def names_legacy_font(xml: bytes) -> bool:
    """True where a part of the workbook names such a font at all."""
    return bool(_LEGACY.search(xml))


def to_unicode(text: str, font: str) -> str:
    """The text as it looked in that font, NFC; the .Vn...H fonts draw capitals."""
    if _TCVN3.match(font):
        text = convert(text, _TCVN3_CHARMAP)
        return text.upper() if font.rstrip("0123456789 ").endswith("H") else text
    if _VNI.match(font):
        return convert(text, _VNI_FULL)
    return unicodedata.normalize("NFC", text)
