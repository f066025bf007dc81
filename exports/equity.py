"""Gaps between groups -> the sentences, tables and drawings of a page."""

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from charts import equiplot, measure, scatter, waterfall
from charts.waterfall import Step
from definitions import format
from definitions.load import definitions
from definitions.reference import ethnic_groups
from definitions.text import text
from exports import measures, words
from exports.tables import Table, columns, said
from exports.workbook import Column
from metrics import equity
from metrics.equity import LEAST, OTHER, Gap
from metrics.slice import ALL, Slice, categories, months
from metrics.slices import Scope
from warehouse.version import Version


def group_names(lang: str) -> dict[str, str]:
    """id -> name of every group that is not a commune, ethnic ones in official order."""
    named = {group.id: group.name for group in ethnic_groups()}
    named |= {id: words.label(of, lang) for id, of in definitions().priority_groups.items()}
    return named | {OTHER: text("equity.other", lang), ALL: text("equity.all", lang)}


@dataclass(frozen=True)
class Told:
    """What is told of the gaps in one place and month: in a sentence, measure by measure, the measures computed, and
    the groups with a level, one of which may be the reference."""

    sentence: str
    table: Table
    measures: tuple[str, ...]
    groups: tuple[str, ...]


@lru_cache(maxsize=256)
def told(
    version: Version, indicator: str, among: str, unit: str, month: str, scope: Scope, lang: str, reference: str = ""
) -> Told:
    """metrics.equity's answers of one month in words; NoSuchSlice says what cannot be cut."""
    levels = equity.levels(version, indicator, among, unit, month, month, scope)
    found = equity.measures(version, indicator, among, unit, month, month, reference, scope)
    computed = tuple(found.filter(pl.col("reason") == "")["measure"])
    groups = tuple(levels.filter(pl.col("share").is_not_null())["group"])
    sentence = answer(levels, found, indicator, said_month(month), lang)
    return Told(sentence, measure_table(found, bool(reference), lang), computed, groups)


def last_month(version: Version, indicator: str) -> str:
    """The last month in which groups were asked about, written 2026-09; "" where they never were."""
    known = months(version, Slice((indicator,), by="ethnic"))
    return f"{known[-1]:%Y-%m}" if known else ""


def said_month(month: str) -> str:
    return f"{month[5:]}/{month[:4]}"


def answer(levels: pl.DataFrame, found: pl.DataFrame, indicator: str, month: str, lang: str) -> str:
    """How far apart the levels of the groups are, and what all would gain; no group is named, none is judged."""
    label = words.label(definitions().indicators[indicator], lang)
    known: list[float] = levels["share"].drop_nulls().to_list()
    if not known:
        return text("equity.none", lang, label=label, month=month)
    facts = {"n": format.integer(len(known), lang), "low": format.percent(min(known), 1, lang)}
    said = text("equity.answer", lang, label=label, month=month, high=format.percent(max(known), 1, lang), **facts)
    gain = found.filter(pl.col("measure") == "par").to_dicts()
    if gain and gain[0]["estimate"] is not None:
        said = f"{said} {measures.sentence('par', gain[0]['estimate'], lang=lang)}"
    return said


def measure_table(found: pl.DataFrame, has_reference: bool, lang: str) -> Table:
    """metrics.equity.measures of one month: each measure with its value and what it says, or why there is none."""

    def sentence(row: dict) -> str:
        if row["reason"]:
            return measures.reason(row["reason"], lang)
        return measures.sentence(row["measure"], row["estimate"], has_reference=has_reference, lang=lang)

    shown = said(found, "name", lambda row: f"{measures.name(row['measure'], lang)} ({row['measure']})")
    shown = said(shown, "value", lambda row: measures.number(row["measure"], row["estimate"], lang=lang))
    heads = columns(
        lang, ("name", "measure", "text"), ("value", "value", "text"), ("sentence", "meaning", "text"),
    )  # fmt: skip
    return Table("equity", text("equity.measures", lang), said(shown, "sentence", sentence), heads)


def level_table(told: pl.DataFrame, names: dict[str, str], lang: str) -> Table:
    """metrics.equity.levels of one month: group by group what is reached out of what."""
    shown = said(told, "name", lambda row: names.get(row["group"], row["group"]))
    heads = columns(
        lang, ("name", "group", "text"), ("share", "figure", "share"), ("numerator", "reached", "count"),
        ("denominator", "whole", "count"),
    )  # fmt: skip
    return Table("levels", text("equity.levels", lang), shown, heads)


def gap_table(gap: Gap, a: str, b: str, lang: str) -> Table:
    """The communes of a gap, those that carry most of it first; their parts add up to it."""
    part = pl.col("composition_from_mean") + pl.col("within")
    frame = gap.communes.filter(pl.col("within").is_not_null()).with_columns(part=part)
    frame = frame.sort(pl.col("part").abs(), descending=True, maintain_order=True)
    heads = (
        *columns(lang, ("name", "commune", "text", "unit")),
        Column("size_a", text("equity.households_of", lang, group=a), "", "count"),
        Column("rate_a", text("equity.level_of", lang, group=a), "", "share"),
        Column("size_b", text("equity.households_of", lang, group=b), "", "count"),
        Column("rate_b", text("equity.level_of", lang, group=b), "", "share"),
        Column("part", text("equity.gap_part", lang), "", "points"),
        Column("composition_from_mean", text("equity.composition", lang), "", "points"),
        Column("within", text("equity.within", lang), "", "points"),
    )
    return Table("gap", text("equity.gap_communes", lang), frame, heads)


def gap_drawing(gap: Gap, a: str, b: str, lang: str, width: float = 560) -> str:
    """From the level of group b to the level of group a."""
    steps = [
        Step(b, gap.rate_b, True),
        Step(text("equity.composition", lang), gap.composition),
        Step(text("equity.within", lang), gap.within),
        Step(a, gap.rate_a, True),
    ]
    return waterfall.svg(steps, title=text("equity.gap_title", lang, a=a, b=b), width=width, lang=lang)


def bounds_table(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.equity.bounds: an interval for each commune that sent no split, never a point."""

    def sentence(row: dict) -> str:
        if row["reason"]:
            return text(f"equity.bounds_{row['reason']}", lang)
        return f"{format.percent(row['lower'], 1, lang)} – {format.percent(row['upper'], 1, lang)}"

    shown = said(frame, "interval", sentence)
    heads = columns(
        lang,
        ("name", "commune", "text", "unit"),
        ("coverage", "figure", "share"),
        ("group_share", "group_share", "share"),
        ("share_month", "share_month", "month"),
        ("interval", "interval", "text"),
    )
    return Table("bounds", text("equity.bounds", lang), shown, heads)


def plot(frame: pl.DataFrame, names: dict[str, str], title: str, lang: str, width: float = 640) -> str:
    """metrics.equity.side_by_side: the largest place's first groups told apart, communes all alike."""
    named = frame.with_columns(group=pl.col("group").replace(names))
    groups = [group for group in frame["group"].unique(maintain_order=True) if not group.isdigit()]
    apart = [names.get(group, group) for group in groups][: equiplot.SHAPES]
    return equiplot.svg(named, groups=apart, title=title, lang=lang, width=width)


def ethnic_names(version: Version, lang: str) -> dict[str, str]:
    """The ethnic groups with at least LEAST households in the province, in official order."""
    found = categories(version, "ethnic", LEAST["province"])
    return {id: name for id, name in group_names(lang).items() if id in found}


def split_sentence(gap: Gap, lang: str) -> str:
    """What Kitagawa's split says, and how many communes it leaves out."""
    said = measures.split(gap.gap, gap.composition, gap.within, lang=lang)
    left_out = text("equity.left_out", lang, n=format.integer(gap.left_out, lang))
    return f"{said} {left_out}" if gap.left_out else said


def over_time(found: pl.DataFrame, province: pl.DataFrame | None, id: str, lang: str, width: float) -> str:
    """One measure over the months with a breakdown, and the province's beside that of a place in it."""
    frame = found.filter(pl.col("measure") == id).select("month", value="estimate")
    if province is not None:
        beside = province.filter(pl.col("measure") == id).select("month", province="estimate")
        frame = frame.join(beside, on="month", how="full", coalesce=True)
    title = text("equity.over_time", lang, measure=measures.name(id, lang))
    return measure.svg(
        frame, title=title, show=lambda value: measures.number(id, value, lang=lang), lang=lang, width=width
    )


def benchmark(frame: pl.DataFrame, id: str, unit: str, lang: str, width: float = 560) -> str:
    """metrics.equity.by_commune: level against gap, the chosen commune named, else the three farthest apart."""
    named = frame.sort("estimate", descending=True, nulls_last=True)["unit"].head(3).to_list()
    named = [unit] if unit in frame["unit"].to_list() else named
    drawn = frame.select(
        "name", pl.col("share").alias("x"), pl.col("estimate").alias("y"), is_named=pl.col("unit").is_in(named)
    )
    return scatter.svg(
        drawn, across=text("equity.level_axis", lang), up=measures.name(id, lang), title=text("equity.benchmark", lang),
        lang=lang, width=width,
    )  # fmt: skip
