"""How the channels do -> sentences and tables."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import polars as pl

from charts import days, levels, scatter
from definitions import format
from definitions.channels import channel_metrics
from definitions.load import definitions
from definitions.text import text
from exports import tables, words
from exports.tables import Table
from exports.workbook import Kind
from methods.association import Association
from metrics import channels
from metrics.channels import Trend
from metrics.feedback import before
from warehouse.version import Version


@dataclass(frozen=True)
class Asked:
    """A channel by its id, a metric of its platform, and the months looked at."""

    version: Version
    id: str
    metric: str
    since: date
    until: date  # the last full month
    day: date
    lang: str

    @property
    def channel(self) -> dict:
        """The row of metrics.channels.channels."""
        return channels.by_id(self.version)[self.id]

    @property
    def unit(self) -> str:
        return str(self.channel["unit"])

    @property
    def name(self) -> str:
        return str(self.channel[f"label_{self.lang}"])

    @property
    def what(self) -> str:
        return metric(self.metric, self.lang)

    @cached_property
    def months(self) -> pl.DataFrame:
        """Rows of metrics.channels.months from since to until."""
        found = channels.months(self.version, self.id, self.metric)
        return found.filter(pl.col("month").is_between(self.since, self.until))

    @cached_property
    def broken(self) -> pl.DataFrame:
        return channels.breaks(self.version, self.id, self.metric)

    @property
    def compared(self) -> date:
        """The month channels are put beside each other in: the last full one, of a figure no longer told its last."""
        ends = self.broken.filter((pl.col("code") != "since") & (pl.col("day") <= self.until))["day"].to_list()
        return before(ends[-1].replace(day=1)) if ends else self.until

    @cached_property
    def days(self) -> pl.DataFrame:
        return channels.days(self.version, self.id, self.metric, self.since, self.day)

    @property
    def odd(self) -> pl.DataFrame:
        return channels.odd_days(self.version, self.id, self.metric, self.since, self.day)

    @cached_property
    def last(self) -> dict | None:
        """The last month with every day, else the last with any."""
        whole = self.months.filter("is_whole")
        rows = (whole if len(whole) else self.months).tail(1).rows(named=True)
        return rows[0] if rows else None

    @property
    def breaks(self) -> list[date]:
        return self.broken["day"].to_list()


def metric(id: str, lang: str) -> str:
    """The platform's figure by its name; of posts ours."""
    return say("metric_posts", lang) if id == "posts" else words.label(channel_metrics()[id], lang)


def is_stock(metric: str) -> bool:
    return metric != "posts" and channel_metrics()[metric].kind == "stock"


def kind(metric: str) -> Kind:
    """How a table prints a metric: people are a mean a day, times are minutes, the rest are counted."""
    is_counted = metric == "posts" or (channel_metrics()[metric].kind != "people" and metric not in channels.TIMES)
    return "count" if is_counted else "number"


# ---- sentences -----------------------------------------------------------------------------------------------------


def say(id: str, lang: str, **values: object) -> str:
    return text(f"channels.{id}", lang, **values)


def within(label: str) -> str:
    """A label as it stands within a sentence: "Page followers" -> "page followers", "Zalo OA" stays."""
    return label if label[:2].isupper() or label.startswith("Zalo") else label[:1].lower() + label[1:]


@lru_cache(maxsize=256)
def answer(of: Asked) -> str:
    """The last month's figure, how it moved, per post and per 1,000 households; or that it is not known, never zero."""
    lang, about = of.lang, {"channel": of.name, "what": within(of.what)}
    if not of.channel["is_measurable"]:
        return say("answer_small", lang, **about)
    if of.last is None:
        when = {"since": format.month(of.since), "until": format.month(of.until)}
        return say("answer_none", lang, **about, **when)
    rows = (("change", of.last["change"], lambda share: signed_share(share, lang)),
            ("per_post", of.last["per_post"], lambda value: words.rate(value, lang)),
            ("per_1000", of.last["per_1000"], lambda value: words.rate(value, lang)))  # fmt: skip
    more = "".join(say(f"answer_{id}", lang, value=show(value)) for id, value, show in rows if value is not None)
    is_partly = of.last["kind"] != "stock" and of.last["days"] < of.last["days_in_month"]
    partly = say("answer_partly", lang, days=of.last["days"], all=of.last["days_in_month"]) if is_partly else ""
    value = tables.printed(of.last["value"], kind(of.metric), lang)
    mean = say("answer_mean", lang) if of.last["kind"] == "people" else ""
    return say("answer", lang, **about, month=format.month(of.last["month"]), value=value + mean + partly, more=more)


def signed_share(share: float, lang: str) -> str:
    """0.021 -> "+2,1%"."""
    printed = format.percent(abs(share), 1, lang)
    return printed if not share else f"{'+' if share > 0 else '−'}{printed}"


def notes(of: Asked, dead: pl.DataFrame) -> list[str]:
    """What the figure counts, since when it is no longer told, and whether the channel is silent."""
    lang = of.lang
    counted = (
        say("definition_posts", lang) if of.metric == "posts" else channel_metrics()[of.metric].definition.said(lang)
    )
    told = [counted, *(broke(row, lang) for row in of.broken.iter_rows(named=True))]
    silent = dead.filter(pl.col("channel") == of.id).rows(named=True)
    told += [say("is_dead", lang, days=row["days"], last=format.day(row["last"])) for row in silent]
    return told


def broke(row: dict, lang: str) -> str:
    """When the platform began or ended a metric, and what it counts instead."""
    instead = say("instead", lang, what=within(metric(row["successor"], lang))) if row["successor"] else ""
    return say(f"broke_{row['code']}", lang, day=format.day(row["day"])) + instead


def without_days(of: Asked) -> str:
    """Why days are not drawn, "" where they are."""
    if of.metric in channels.BY_MONTH:
        return say("no_days", of.lang)
    is_few = of.days["value"].count() < channels.FEWEST_DAYS
    return say("few_days", of.lang, n=channels.FEWEST_DAYS) if is_few else ""


def standing(board: pl.DataFrame, of: Asked) -> str:
    """The channel's place among those with a figure, or why it has none."""
    placed = board.filter(pl.col("place").is_not_null())
    own = placed.filter(pl.col("channel") == of.id)["place"].to_list()
    n = format.integer(len(placed), of.lang)
    if len(board) < 2:
        return say("board_alone", of.lang)
    if not own:
        return say("board_without", of.lang, channel=of.name, n=n)
    id = "board_time" if of.metric in channels.TIMES else "board_place"
    return say(id, of.lang, channel=of.name, place=own[0], n=n)


@lru_cache(maxsize=256)
def trend(of: Asked) -> str:
    """Whether the months asked for rise or fall."""
    return trended(of.what, channels.trend(of.months, of.breaks), of.lang)


def trended(what: str, of: Trend, lang: str) -> str:
    """Whether a figure rises or falls by month since its last break, and how sure that is; or that it is too early."""
    n = format.integer(of.n, lang)
    if of.reason or of.since is None:
        return say("trend_too_few", lang, what=within(what), n=n)
    bounds = (of.slope, of.lower, of.upper)
    slope, lower, upper = (format.decimal(value, 1, lang) for value in bounds)
    about = {"what": within(what), "since": format.month(of.since), "until": format.month(of.until), "n": n}
    about["p"] = chance(of.p, lang)
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


# ---- tables --------------------------------------------------------------------------------------------------------


def value(id: str, metric_: str, lang: str) -> tables.Column:
    """The column of a metric's figure under its own name."""
    return tables.Column(id, metric(metric_, lang), "", kind(metric_))


def months_table(found: pl.DataFrame, metric_: str, title: str, lang: str) -> Table:
    """Rows of metrics.channels.months, the latest first."""
    known = found.with_columns(coverage=pl.format("{}/{}", "days", "days_in_month")).reverse()
    rates = ("per_post", "per_1000")
    specs = tables.columns(
        lang, *((id, id, "number") for id in rates if found[id].null_count() < len(found)),
        ("change", "channel_change", "share"), ("coverage", "days_known", "text"),
    )  # fmt: skip
    heads = (tables.column("month", "month", "month", lang), value("value", metric_, lang), *specs)
    return Table("channel-months", title, known, heads)


def days_table(found: pl.DataFrame, title: str, lang: str) -> Table:
    """Rows of metrics.channels.days, the latest first; the odd ones say so."""
    is_odd = pl.when(pl.col("flag") != "").then(pl.lit(say("odd", lang)))
    specs = tables.columns(
        lang, ("day", "date", "date"), ("value", "channel_value", "number"), ("without_week", "without_week", "number"),
        ("expected", "expected_count", "number"), ("z", "channel_z", "number"), ("state", "channel_state", "text"),
    )  # fmt: skip
    return Table("channel-days", title, found.with_columns(state=is_odd).reverse(), specs)


def odd_table(found: pl.DataFrame, lang: str) -> Table:
    """Rows of metrics.channels.odd_days."""
    specs = tables.columns(
        lang, ("day", "date", "date"), ("value", "channel_value", "number"), ("expected", "expected_count", "number"),
        ("posts", "day_posts", "count"), ("title", "top_post", "text", "link"),
    )  # fmt: skip
    link = pl.when(pl.col("url").str.starts_with("https://")).then("url")
    return Table("channel-odd-days", say("odd_days", lang), found.with_columns(link=link), specs)


def leaderboard_table(found: pl.DataFrame, metric_: str, title: str, lang: str) -> Table:
    """Rows of metrics.channels.leaderboard; a page too small to measure says so, and so does one without a figure."""
    small = pl.when(~pl.col("is_measurable")).then(pl.lit(say("not_measurable", lang)))
    state = small.when(pl.col("value").is_null()).then(pl.lit(say("no_figure", lang))).otherwise(pl.lit(""))
    rates = () if metric_ in channels.TIMES else tables.columns(lang, ("per_1000", "per_1000", "number"))
    heads = (
        *tables.columns(lang, ("place", "channel_place", "count"), ("label", "channel", "text")),
        *(value("value", metric_, lang), *rates),
        *tables.columns(lang, ("state", "channel_state", "text")),
    )
    return Table("channel-leaderboard", title, labelled(found, lang).with_columns(state=state), heads)


def late_table(found: pl.DataFrame, title: str, lang: str) -> Table:
    """Rows of metrics.channels.late; times in hours."""
    link = pl.when(pl.col("unit") != definitions().province.code).then("unit")  # the province has no commune's page
    hours = found.with_columns(*((pl.col(id) / 60).alias(id) for id in ("facebook", "zalo_oa")), link=link)
    specs = tables.columns(
        lang, ("unit_name", "channel_owner", "text", "link"), ("facebook", "hours_facebook", "number"),
        ("zalo_oa", "hours_zalo_oa", "number"), ("overdue_commune", "overdue_commune", "count"),
        ("rate", "on_time_rate", "share"), ("received", "feedback_received", "count"),
    )  # fmt: skip
    return Table("channel-late", title, hours, specs)


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


# ---- drawings, each kept for the next reader of the same view -------------------------------------------------------


@lru_cache(maxsize=256)
def months_drawing(of: Asked, width: float) -> str:
    found = of.months.select("month", "value", "is_whole")
    return levels.svg(found, of.breaks, title="", desc=of.what, width=width, lang=of.lang)


@lru_cache(maxsize=256)
def days_drawing(of: Asked, is_without_week: bool, width: float) -> str:
    return days.svg(of.days, is_without_week=is_without_week, title="", desc=of.what, width=width, lang=of.lang)


@dataclass(frozen=True)
class Together:
    """Growth of followers on a platform beside the change of an indicator, over some months; unit: the one named."""

    version: Version
    platform: str
    indicator: str
    since: date
    until: date
    unit: str
    lang: str

    @property
    def found(self) -> pl.DataFrame:
        return channels.together(self.version, self.platform, self.indicator, self.since, self.until)


@lru_cache(maxsize=64)
def together_said(of: Together) -> str:
    return together(channels.going_together(of.found), of.lang)


@lru_cache(maxsize=64)
def together_drawing(of: Together, width: float) -> str:
    """Each commune's growth of its channel against its change of coverage, the chosen unit named."""
    points = of.found.select(name="full_name", x="growth", y="change", is_named=pl.col("unit") == of.unit)
    return scatter.svg(
        points, across=text("column.channel_growth", of.lang), up=say("coverage_axis", of.lang), title="",
        desc=say("together", of.lang), show_up=lambda value, lang: format.decimal(value * 100, 1, lang),
        width=width, lang=of.lang,
    )  # fmt: skip


def labelled(found: pl.DataFrame, lang: str) -> pl.DataFrame:
    return found.with_columns(label=pl.col("label_vi" if lang == "vi" else "label_en"))
