"""Measures of equity -> one sentence each, with its number, for a reader who has not met them."""

from definitions.format import decimal, is_number, percent
from definitions.text import text
from methods.equity import IMPACT, OF_ANY_GROUPS

# How the number of a measure is said; the others have the unit of the levels.
TIMES = ("r", "rii")
PER_CENT = ("idisw", "idisu", "cov", "paf")
PER_MILLE = ("ti", "mld")
INDEX = ("rci",)
SQUARED = ("bgv",)


def name(id: str, lang: str = "vi") -> str:
    return text(f"measure_name.{id}", lang)


def reason(id: str, lang: str = "vi") -> str:
    """Why a method gives nothing."""
    return text(f"method_reason.{id}", lang)


def number(id: str, value: float | None, scale: float = 100.0, lang: str = "vi") -> str:
    """The value with its unit: "7,4 điểm", "1,31 lần", "8,6%"; shares and per cent are said in points."""
    if id in TIMES:
        return f"{signed(value, 2, lang)} {text('unit.times', lang)}"
    if id in INDEX:
        return signed(value, 3, lang)
    if id in PER_CENT:
        return signed(value, 1, lang) + "%"
    if id in PER_MILLE:
        return f"{signed(value, 1, lang)}‰"
    return level(value, scale, lang, "²" if id in SQUARED else "")


def level(value: float | None, scale: float, lang: str = "vi", power: str = "") -> str:
    """A difference of levels: points where the scale is 1 or 100, else in the indicator's own unit."""
    if scale not in (1.0, 100.0):
        return signed(value, 2, lang)
    points = value * (100 / scale) ** (2 if power else 1) if is_number(value) else value
    return f"{signed(points, 1, lang)} {text('unit.points', lang)}{power}"


def signed(value: float | None, digits: int, lang: str) -> str:
    return decimal(value, digits, lang).replace("-", "−")


def sentence(
    id: str,
    value: float | None,
    *,
    scale: float = 100.0,
    is_favourable: bool = True,
    is_ordered: bool = False,
    has_reference: bool = False,
    lang: str = "vi",
) -> str:
    """What the value of a measure says, in one sentence with the number in it.

    scale: the whole of the levels; is_favourable: a high level is good; has_reference: a group was chosen as reference.
    """
    kind, adverse = "", "" if is_favourable else "_adverse"
    if id in OF_ANY_GROUPS and (is_ordered or has_reference):
        kind = f"{'_ordered' if is_ordered else '_reference'}{adverse}"
    elif id in IMPACT:
        kind, value = adverse, abs(value) if is_number(value) else value
    best = "most_advantaged" if is_ordered else "highest" if is_favourable else "lowest"
    values = {"value": number(id, value, scale, lang), "best": text(f"measure.{best}", lang)}
    return text(f"measure.{id}{kind}", lang, **values)


def split(gap: float, composition: float, within: float, scale: float = 1.0, lang: str = "vi") -> str:
    """What Kitagawa's split says."""
    parts = {"gap": gap, "composition": composition, "within": within}
    return text("measure.kitagawa", lang, **{part: level(value, scale, lang) for part, value in parts.items()})


def interval(id: str, lower: float, upper: float, lang: str = "vi") -> str:
    """What an interval of shares says: "bounds" of a group's coverage, or "wilson" of a sample."""
    return text(f"measure.{id}", lang, lower=percent(lower, 1, lang), upper=percent(upper, 1, lang))
