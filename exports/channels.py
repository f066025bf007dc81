"""How the channels do -> sentences and tables."""

import polars as pl

from charts import scatter
from definitions import format
from definitions.text import text
from exports import tables
from exports.tables import Table
from methods.association import Association
from metrics.channels import Trend


def say(id: str, lang: str, **values: object) -> str:
    return text(f"channels.{id}", lang, **values)


def trend(what: str, of: Trend, lang: str) -> str:
    """Whether a figure rises or falls by month since its last break, and how sure that is; or that it is too early."""
    n = format.integer(of.n, lang)
    if of.reason or of.since is None:
        return say("trend_too_few", lang, what=what, n=n)
    bounds = (of.slope, of.lower, of.upper)
    slope, lower, upper = (format.decimal(value, 1, lang) for value in bounds)
    about = {"what": what, "since": format.month(of.since), "n": n, "p": chance(of.p, lang)}
    return say(f"trend_{of.direction}", lang, **about, slope=slope.lstrip("-"), lower=lower, upper=upper)


def chance(p: float | None, lang: str) -> str:
    """0.0004 -> "< 0,001": a chance is never printed as 0."""
    return f"< {format.decimal(0.001, 3, lang)}" if p is not None and p < 0.001 else f"= {format.decimal(p, 3, lang)}"


def together(of: Association, lang: str) -> str:
    """What growth of channels and change of coverage have to do with each other, and what that does not mean."""
    n = format.integer(of.n, lang)
    if of.reason:
        return say(f"together_{of.reason}", lang, n=n, rho=format.decimal(of.rho, 2, lang))
    direction = "more" if of.lower > 0 else "less" if of.upper < 0 else "unclear"
    rho, lower, upper = (format.decimal(value, 2, lang) for value in (of.rho, of.lower, of.upper))
    return say(f"together_{direction}", lang, n=n, rho=rho, lower=lower, upper=upper)


def months_table(found: pl.DataFrame, title: str, lang: str) -> Table:
    """Rows of metrics.channels.months."""
    known = found.with_columns(coverage=pl.format("{}/{}", "days", "days_in_month"))
    specs = tables.columns(
        lang, ("month", "month", "month"), ("value", "channel_value", "number"), ("per_post", "per_post", "number"),
        ("per_1000", "per_1000", "number"), ("change", "channel_change", "share"), ("coverage", "days_known", "text"),
    )  # fmt: skip
    return Table("channel-months", title, known, specs)


def leaderboard_table(found: pl.DataFrame, title: str, lang: str) -> Table:
    """Rows of metrics.channels.leaderboard; a page too small to measure says so."""
    small = pl.when(~pl.col("is_measurable")).then(pl.lit(say("not_measurable", lang))).otherwise(pl.lit(""))
    specs = tables.columns(
        lang, ("place", "channel_place", "count"), ("label", "channel", "text"), ("unit_name", "channel_owner", "text"),
        ("value", "channel_value", "number"), ("per_1000", "per_1000", "number"), ("state", "channel_state", "text"),
    )  # fmt: skip
    return Table("channel-leaderboard", title, labelled(found, lang).with_columns(state=small), specs)


def dead_table(found: pl.DataFrame, lang: str) -> Table:
    """Rows of metrics.channels.dead."""
    specs = tables.columns(
        lang, ("label", "channel", "text"), ("unit_name", "channel_owner", "text"),
        ("last", "channel_last", "date"), ("days", "channel_silent", "count"),
    )  # fmt: skip
    return Table("channel-dead", say("dead", lang), labelled(found, lang), specs)


def together_table(found: pl.DataFrame, lang: str) -> Table:
    """Rows of metrics.channels.together."""
    specs = tables.columns(
        lang, ("full_name", "channel_owner", "text"), ("growth", "channel_growth", "share"),
        ("change", "coverage_change", "points"),
    )  # fmt: skip
    return Table("channel-together", say("together", lang), found, specs)


def together_drawing(found: pl.DataFrame, unit: str, width: float, lang: str) -> str:
    """Each commune's growth of its channel against its change of coverage, the chosen unit named."""
    points = found.select(name="full_name", x="growth", y="change", is_named=pl.col("unit") == unit)
    return scatter.svg(
        points, across=text("column.channel_growth", lang), up=say("coverage_axis", lang), title="",
        desc=say("together", lang), show_up=lambda value, lang: format.decimal(value * 100, 1, lang),
        width=width, lang=lang,
    )  # fmt: skip


def labelled(found: pl.DataFrame, lang: str) -> pl.DataFrame:
    return found.with_columns(label=pl.col("label_vi" if lang == "vi" else "label_en"))
