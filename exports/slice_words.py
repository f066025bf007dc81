"""Slices in words: what is counted, of whom, when, and what the whole of it says."""

from dataclasses import replace
from datetime import date
from functools import cache, lru_cache

import polars as pl

from definitions import asked, format
from definitions.load import ACCESS, VILLAGES, definitions
from definitions.reference import ethnic_groups
from definitions.text import text
from exports import words
from exports.glossary import formula
from metrics.slice import ALL, UNKNOWN, Slice, span
from metrics.slices import Scope, rows
from warehouse.version import Version


def indicator(id: str, lang: str) -> str:
    """The name of an indicator; "access" stands for the one of the wording chosen."""
    return text("slices.access", lang) if id == ACCESS else words.label(definitions().indicators[id], lang)


@cache
def ethnic_names() -> dict[str, str]:
    return {group.id: group.name for group in ethnic_groups()}


def category(id: str, lang: str) -> str:
    """The name of a group of households or of a platform; "" where households are not told apart."""
    if id in ("", ALL, UNKNOWN):
        return text(f"slices.{id}", lang) if id else ""
    if id in ethnic_names():
        return ethnic_names()[id]
    known = definitions().priority_groups.get(id) or definitions().platforms[id]
    return words.label(known, lang)


def out_of(of: Slice, id: str, lang: str, shown: str = "share") -> str:
    """The unit of a cell and what it is out of: "% tổng số hộ"."""
    whole = "group" if of.by in asked.GROUPS else "households"
    whole = VILLAGES if definitions().indicators[id].denominator == VILLAGES else whole
    return text(f"slices.{'out_of' if shown == 'share' else 'counts'}_{whole}", lang)


def counted_in(id: str, lang: str) -> str:
    """The unit counted, as a word: hộ, thôn."""
    return text("unit.village" if definitions().indicators[id].denominator == VILLAGES else "unit.household", lang)


@lru_cache(maxsize=256)
def sentence(version: Version, of: Slice, scope: Scope, lang: str) -> str:
    """The answer of a slice in a sentence, "" where nothing is known yet."""
    told, province = rows(version, of, scope), rows(version, replace(of, level="province", within="", units=()), scope)
    if told.is_empty() or province.is_empty():
        return ""
    last = province.filter(pl.col("month") == pl.col("month").max())
    whole = last.filter(pl.col("category").is_in(["", ALL]))
    return answer((last if whole.is_empty() else whole).row(0, named=True), told, of, lang)


def title(version: Version, of: Slice, lang: str, of_whom: str = "") -> str:
    """What a table or drawing shows, of whom, when."""
    what = " · ".join(indicator(id, lang) for id in of.ids[:2])
    return ", ".join(part for part in (what, of_whom, months(*span(version, of))) if part)


def answer(province: dict, told: pl.DataFrame, of: Slice, lang: str) -> str:
    """What the province says of an indicator in the last month, and how many of the units listed have a figure."""
    facts = {"indicator": indicator(province["indicator"], lang), "month": format.month(province["month"])}
    if province["share"] is None:
        said = text("slices.answer_none", lang, **facts, why=text(f"reason_empty.{province['state']}", lang))
    else:
        counts = {name: format.integer(province[key], lang) for name, key in (("n", "numerator"), ("N", "denominator"))}
        unit, share = counted_in(province["indicator"], lang), words.share(province["share"], None, lang)
        said = text("slices.answer", lang, **facts, **counts, unit=unit, p=share)
    by = [] if of.by == "none" else [text("slices.answer_by", lang, by=text(f"slices.by_{of.by}", lang).lower())]
    return ", ".join([said, *by]) + "; " + coverage(told, of, lang) + "."


def coverage(told: pl.DataFrame, of: Slice, lang: str) -> str:
    """How many of the units listed have a figure in the last month, and why the others have none."""
    last = told.filter(pl.col("month") == told["month"].max())
    has = last.group_by("unit").agg(is_known=pl.col("share").is_not_null().any(), why=pl.col("state").sort().last())
    counts = {"known": has.filter("is_known").height, "all": has.height}
    said = [
        text(
            "slices.counted",
            lang,
            level=level(of, lang).lower(),
            **{k: format.integer(v, lang) for k, v in counts.items()},
        )
    ]
    for why in ("not_reported", "not_asked"):
        n = has.filter(~pl.col("is_known") & (pl.col("why") == why)).height
        said += [text(f"slices.counted_{why}", lang, n=format.integer(n, lang))] if n else []
    return ", ".join(said)


def what(of: Slice, category_id: str, id: str, lang: str) -> str:
    """What a cell counts: the indicator, and the group where households are told apart."""
    group = category(category_id, lang) if of.by in asked.GROUPS else ""
    return ", ".join(part for part in (indicator(id, lang), group) if part)


def level(of: Slice, lang: str) -> str:
    return text(f"slices.level_{of.level}", lang)


def months(since: date, until: date) -> str:
    return format.month(until) if since == until else f"{format.month(since)}–{format.month(until)}"


def filters(of: Slice, span: tuple[date, date], names: dict[str, str], lang: str) -> str:
    """The choices of a slice as one line, for the notes of what is taken away."""
    said = [level(of, lang), text(f"slices.by_{of.by}", lang), months(*span)]
    said += [f"{text('slices.within', lang)}: {names.get(of.within, of.within)}"] if of.within else []
    said += [f"{text('slices.units_of', lang)}: {text(f'slices.units_{of.units_of}', lang)}"]
    said += [", ".join(category(id, lang) for id in of.categories)] if of.categories else []
    return " · ".join([*said, *wording(of, lang)])


def wording(of: Slice, lang: str) -> list[str]:
    """Which wording of access a slice counts by, where it counts access: the one chosen, else the one in force."""
    access = definitions().access
    if of.wording in ("", access.in_force) or ACCESS not in of.indicators:
        return [words.access_note(lang)] if any(id.startswith(ACCESS) for id in of.ids) else []
    return [f"{text('slices.wording', lang)}: {words.label(access.wordings[of.wording], lang)}"]


def definitions_of(of: Slice, lang: str) -> tuple[tuple[str, str], ...]:
    """(name, how computed) of each indicator, and what each reason for an empty cell means."""
    found = []
    for id in of.ids:
        known = definitions().indicators[id]
        computed = formula(known.numerator, known.denominator, lang)
        found.append((words.label(known, lang), f"{computed}. {known.why.said(lang)} {known.source.said(lang)}"))
    return tuple(found)


def shared(communes: pl.DataFrame, lang: str) -> str:
    """That the communes of two old districts are shared out, with one as example (metrics.slice.shared_communes)."""
    first = communes.row(0, named=True)
    example = {"name": first["name"], "share": words.goal(first["share"], lang), "district": first["district"]}
    n = format.integer(communes["name"].n_unique(), lang)
    return text("slices.shared", lang, n=n, example=text("slices.shared_example", lang, **example))


def left_out(hidden: pl.DataFrame, lang: str) -> str:
    """The groups that are not shown, with the households they have together (their rows of the province) where all of
    these are known: the sum of some would be another number."""
    names = [category(id, lang) for id in hidden["category"].unique(maintain_order=True)]
    said = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    one = hidden.filter(pl.col("indicator") == pl.col("indicator").first())  # the same households stand by each
    if not one["state"].is_in(["", "no_households"]).all():
        return text("slices.groups_left_out_hidden", lang, n=len(names), names=said)
    households = format.integer(float(one["denominator"].sum()), lang)
    return text("slices.groups_left_out", lang, n=len(names), households=households, names=said)
