"""What became of feedback as drawings, each kept for the next reader of the same view."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import polars as pl

from charts import bars, lines, silencemap, stacked
from definitions import format
from definitions.feedback import feedback as defined
from exports import tables
from exports.drawings import boundaries, tiles
from exports.feedback import answer, notes, say, silence_answer, span, topic, up_to
from metrics import feedback, units
from metrics.feedback import AGENCY, COMMUNE
from warehouse.version import Version

FEW_CASES = 20  # a month; below it shares of topics jump with every case
BARS_WIDE, TILE_WIDE = 560.0, 72.0


@dataclass(frozen=True)
class Asked:
    """A place, its months and the day they are judged on, for a reader of a language."""

    version: Version
    unit: str
    since: date
    until: date
    day: date
    lang: str

    @cached_property
    def cases(self) -> pl.DataFrame:
        return feedback.cases(self.version, self.unit, self.since, self.until, self.day)

    @cached_property
    def stages(self) -> dict[str, int]:
        return feedback.funnel(self.cases)

    @cached_property
    def timing(self) -> feedback.Timing:
        return feedback.on_time(self.cases)

    @cached_property
    def ages(self) -> pl.DataFrame:
        return feedback.ageing(self.cases)

    @cached_property
    def topics(self) -> pl.DataFrame:
        return feedback.topics(self.cases)

    @cached_property
    def silence(self) -> pl.DataFrame:
        return feedback.silence(self.version, self.unit, self.until)

    @property
    def counted(self) -> dict[str, int]:
        """What communes without a list counted on the monthly form."""
        return feedback.counted(self.version, self.unit, self.since, self.until)

    @property
    def times(self) -> pl.DataFrame:
        return feedback.times_of(self.version, self.unit, self.since, self.until, self.day)

    @property
    def when(self) -> str:
        return span(self.since, self.until, self.lang)


@lru_cache(maxsize=256)
def answered(of: Asked) -> tuple[str, list[str]]:
    """The page's answer and its small print, kept like the drawings."""
    name = units.by_id(of.version)[of.unit]["full_name"]
    said = answer(name, of.when, of.cases, of.counted, of.times, of.lang)
    return said, notes(of.cases, of.counted, of.lang)


@lru_cache(maxsize=256)
def drawing(kind: str, of: Asked, width: float = 480) -> str:
    """The drawing of a kind: funnel, on_time, ageing, topics, silence (of the three months up to `until`)."""
    return DRAWN[kind](of, width)


def funnel(of: Asked, width: float) -> str:
    stages = of.stages
    rows = [{"name": say(stage, of.lang), "value": float(stages[stage])} for stage in feedback.STAGES]

    def show(value: float, lang: str) -> str:
        share = f" ({format.percent(value / stages['received'], 0, lang)})" if value < stages["received"] else ""
        return format.integer(value, lang) + share

    desc = say("funnel", of.lang)
    return bars.svg(pl.DataFrame(rows), title="", desc=desc, show=show, width=width, lang=of.lang)


def on_time(of: Asked, width: float) -> str:
    told = of.timing
    kinds = {"on_time": "on_time_cases", "late": "late", "overdue": "overdue", "not_due": "not_due"}
    rows = [{"name": say(key, of.lang), "value": float(getattr(told, name))} for name, key in kinds.items()]
    return counted(pl.DataFrame(rows), say("on_time", of.lang), width, of.lang)


def counted(rows: pl.DataFrame, desc: str, width: float, lang: str) -> str:
    """Bars with whole numbers."""
    return bars.svg(rows, title="", desc=desc, show=format.integer, width=width, lang=lang)


def ageing(of: Asked, width: float) -> str:
    ages = tables.said(of.ages, "name", lambda row: up_to(row, of.lang))
    parts = {id: say(f"lies_{id}", of.lang) for id in (COMMUNE, AGENCY)}
    return stacked.svg(ages, parts, title="", desc=say("ageing", of.lang), width=width, lang=of.lang)


def topics(of: Asked, width: float) -> str:
    """Each topic's share of the cases of a month; where months have few cases, how many each topic has in all."""
    found, desc = of.topics, say("topics", of.lang)
    months = found["month"].unique().sort()
    if found["n"].sum() < FEW_CASES * len(months):
        counts = found.group_by("topic", maintain_order=True).agg(value=pl.col("n").sum().cast(pl.Float64))
        counts = counts.sort("value", descending=True, maintain_order=True)
        rows = tables.said(counts, "name", lambda row: topic(row["topic"], of.lang))
        return counted(rows, desc, min(width, BARS_WIDE), of.lang)
    return lines.svg(shares(found, months, of.lang), title="", desc=desc, width=width, lang=of.lang)


def shares(found: pl.DataFrame, months: pl.Series, lang: str) -> pl.DataFrame:
    """The topics of every month as charts.lines reads them, the largest of the last month first."""
    grid = pl.DataFrame({"month": months}).join(pl.DataFrame({"topic": list(defined().topics)}), how="cross")
    told = grid.join(found, on=["month", "topic"], how="left", maintain_order="left")
    told = told.with_columns(pl.col("whole").max().over("month"), pl.col("n").fill_null(0))
    last = told.filter(pl.col("month") == months.max()).sort("n", descending=True, maintain_order=True)["topic"]
    told = told.with_columns(
        series=pl.col("topic"),
        label=pl.Series([topic(id, lang) for id in told["topic"]], dtype=pl.String),
        share=pl.col("n") / pl.col("whole"), numerator=pl.col("n"), denominator=pl.col("whole"),
        state=pl.lit(""), is_imputed=pl.lit(False), is_named=pl.lit(True),
    )  # fmt: skip
    order = {id: place for place, id in enumerate(last)}
    return told.sort(pl.col("topic").replace_strict(order, return_dtype=pl.Int64), "month")


def silence(of: Asked, width: float) -> str:
    found = of.silence
    href = [f"communes?unit={unit}&lang={of.lang}" for unit in found["unit"]]
    rows = found.rename({"full_name": "label"}).with_columns(href=pl.Series(href, dtype=pl.String))
    shown = tiles().filter(pl.col("code").is_in(found["unit"].to_list()))
    columns = shown["col"].to_list()
    # A few tiles are drawn no larger than on the whole map.
    wide = min(width, TILE_WIDE * (max(columns) - min(columns) + 2))
    desc = silence_answer(found, of.lang)
    return silencemap.svg(rows, shown, title="", desc=desc, width=wide, lang=of.lang, boundaries=boundaries())


DRAWN: dict[str, Callable[[Asked, float], str]] = {
    "funnel": funnel, "on_time": on_time, "ageing": ageing, "topics": topics, "silence": silence,
}  # fmt: skip
