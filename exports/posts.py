"""How posts did -> sentences, tables and drawings."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import polars as pl

from charts import bars
from definitions import format
from definitions.text import text
from exports import tables
from exports.tables import Table
from metrics import posts
from warehouse.version import Version

KINDS = ("photo", "video", "reel", "link", "text", "story", "article")


@dataclass(frozen=True)
class Asked:
    """A channel and so many months up to a day (0: of all time), for a reader of a language."""

    version: Version
    channel: str
    months: int
    day: date
    lang: str

    @cached_property
    def found(self) -> pl.DataFrame:
        """Rows of metrics.posts.scored."""
        return posts.within(posts.scored(self.version, self.channel), self.day, self.months)

    @property
    def name(self) -> str:
        return posts.labels(self.version, self.lang)[self.channel]

    @property
    def platform(self) -> str:
        return str(posts.by_id(self.version)[self.channel]["platform"])

    @property
    def when(self) -> str:
        return say(f"months_{self.months or 'all'}", self.lang)


@lru_cache(maxsize=256)
def pattern(of: Asked, by: str) -> pl.DataFrame:
    """Rows of metrics.posts.pattern."""
    return posts.pattern(of.found, by)


def say(id: str, lang: str, **values: object) -> str:
    return text(f"posts.{id}", lang, **values)


def kind(id: str | None, lang: str) -> str:
    """The word for a kind of post; the platform's own where we have none."""
    return say(f"kind_{id}", lang) if id in KINDS else id or format.NONE


def score(value: float | None, lang: str) -> str:
    """ "2,4×", "−1,8×"; nothing is said of what is not known."""
    if value is None:
        return format.NONE
    sign = "−" if value < 0 else ""
    return f"{sign}{format.decimal(abs(value), 1, lang)}×"


def value(by: str, of: int | str, lang: str) -> str:
    """The words for a kind, an hour ("19h") or a weekday."""
    if by == "kind":
        return kind(str(of), lang)
    return say("at_hour", lang, n=of, next=int(of) + 1) if by == "hour" else say(f"weekday_{of}", lang)


def counted(platform: str, lang: str) -> str:
    return say("counted_views" if platform == "zalo_oa" else "counted_interactions", lang)


# ---- sentences -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def answer(of: Asked) -> str:
    """How many posts, how many did better than usual, and what works; or that there is none to judge."""
    found, lang = of.found, of.lang
    known = found.filter(pl.col("score").is_not_null())
    about = {"channel": of.name, "span": of.when.lower(), "posts": format.integer(len(found), lang)}
    if found.is_empty() or known.is_empty():
        return say("answer_none" if found.is_empty() else "answer_no_score", lang, **about)
    above = known.filter(pl.col("score") >= 1).height
    about |= {"scored": format.integer(len(known), lang), "above": format.integer(above, lang)}
    works = [f"{say(f'best_{by}', lang)} {value(by, best['value'], lang)} ({score(best['median'], lang)})"
             for by in posts.PATTERNS if (best := posts.best(pattern(of, by)))]  # fmt: skip
    return say("answer", lang, **about, works="; ".join(works) or say("works_none", lang))


def notes(found: pl.DataFrame, lang: str) -> list[str]:
    """What a careful reader has to know beside the answer."""
    pooled = found.filter(pl.col("is_pooled") & pl.col("score").is_not_null()).height
    without = found.filter(pl.col("score").is_null()).height
    counts = {"pooled": pooled, "without": without}
    return [say("rule", lang)] + [say(id, lang, n=format.integer(n, lang)) for id, n in counts.items() if n]


# ---- tables --------------------------------------------------------------------------------------------------------


def benchmark(found: pl.DataFrame, lang: str) -> pl.Expr:
    """Whose posts a post is held against, or why it has no score."""
    why = {reason: say(f"reason_{reason}", lang) for reason in found["reason"].unique() if reason}
    whose = pl.when("is_pooled").then(pl.lit(say("of_cluster", lang))).otherwise(pl.lit(say("of_page", lang)))
    return pl.col("reason").replace_strict(why, default=whose)


def posts_table(found: pl.DataFrame, platform: str, lang: str) -> Table:
    kinds = {id: kind(id, lang) for id in found["kind"].drop_nulls().unique()}
    age = pl.when(pl.col("age_days") < posts.MATURE).then("age_days")
    # What a file names as an address is only followed where it is one of the web.
    link = pl.when(pl.col("url").str.starts_with("https://")).then("url")
    word = pl.col("kind").replace_strict(kinds, default=None)
    shown = found.with_columns(kind_word=word, young=age, link=link, benchmark=benchmark(found, lang))
    figure = tables.Column("counted", counted(platform, lang), "", "count")
    heads = (
        *tables.columns(lang, ("published_at", "published", "moment"), ("title", "title", "text", "link")),
        *tables.columns(lang, ("kind_word", "post_kind", "text")),
        figure,
        *tables.columns(
            lang,
            ("expected", "expected_count", "number"),
            ("n", "benchmark_n", "count"),
            ("score", "score", "number"),
            ("benchmark", "benchmark", "text"),
            ("young", "post_age", "count"),
            ("url", "url", "text"),
        ),
    )
    return Table("posts", say("list", lang), shown, heads)


def pattern_table(of: Asked, by: str) -> Table:
    shown = tables.said(pattern(of, by), "name", lambda row: value(by, row["value"], of.lang))
    heads = (
        tables.column("name", f"post_{by}", "text", of.lang),
        *tables.columns(of.lang, ("n", "scored_posts", "count"), ("median", "median_score", "number")),
    )
    return Table(f"posts-{by}", say(by, of.lang), shown, heads)


# ---- drawings, each kept for the next reader of the same view -------------------------------------------------------


@lru_cache(maxsize=256)
def drawing(of: Asked, by: str, width: float) -> str:
    """Bars of how many times the usual, held against the usual; "" where no two can be compared."""
    known = pattern(of, by).filter(pl.col("median").is_not_null())
    if len(known) < 2:
        return ""
    rows = tables.said(known, "name", lambda row: f"{value(by, row['value'], of.lang)} ({row['n']})")
    rows = rows.with_columns(value=pl.Series([posts.times(median) for median in rows["median"]]))

    def show(times: float, lang: str) -> str:
        return f"{format.decimal(times, 2, lang)}×"

    line = (say("usual", of.lang), 1.0)
    return bars.svg(rows, title="", desc=say(by, of.lang), line=line, show=show, width=width, lang=of.lang)
