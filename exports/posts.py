"""How posts did -> sentences, tables and drawings."""

from collections.abc import Callable
from functools import partial

import polars as pl

from charts import bars
from definitions import format
from definitions.text import text
from exports import tables
from exports.tables import Table
from metrics import posts

KINDS = ("photo", "video", "reel", "link", "text", "story", "article")


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


def answer(name: str, when: str, found: pl.DataFrame, lang: str) -> str:
    """How many posts, how many did better than usual, and what works; or that there is none to judge."""
    known = found.filter(pl.col("score").is_not_null())
    about = {"channel": name, "span": when, "posts": format.integer(len(found), lang)}
    if found.is_empty() or known.is_empty():
        return say("answer_none" if found.is_empty() else "answer_no_score", lang, **about)
    above = known.filter(pl.col("score") >= 1).height
    about |= {"scored": format.integer(len(known), lang), "above": format.integer(above, lang)}
    works = [f"{say(f'best_{by}', lang)} {value(by, best['value'], lang)} ({score(best['median'], lang)})"
             for by in posts.PATTERNS if (best := posts.best(found, by))]  # fmt: skip
    return say("answer", lang, **about, works="; ".join(works) or say("works_none", lang))


def notes(found: pl.DataFrame, lang: str) -> list[str]:
    """What a careful reader has to know beside the answer."""
    pooled = found.filter(pl.col("is_pooled") & pl.col("score").is_not_null()).height
    without = found.filter(pl.col("score").is_null()).height
    counts = {"pooled": pooled, "without": without}
    return [say("rule", lang)] + [say(id, lang, n=format.integer(n, lang)) for id, n in counts.items() if n]


# ---- tables --------------------------------------------------------------------------------------------------------


def benchmark(row: dict, lang: str) -> str:
    """Whose posts a post is held against, or why it has no score."""
    if row["reason"]:
        return say(f"reason_{row['reason']}", lang)
    return say("of_cluster" if row["is_pooled"] else "of_page", lang)


def posts_table(found: pl.DataFrame, platform: str, lang: str) -> Table:
    kinds = {id: kind(id, lang) for id in found["kind"].drop_nulls().unique()}
    age = pl.when(pl.col("age_days") < posts.MATURE).then("age_days")
    # What a file names as an address is only followed where it is one of the web.
    link = pl.when(pl.col("url").str.starts_with("https://")).then("url")
    shown = found.with_columns(kind_word=pl.col("kind").replace_strict(kinds, default=None), young=age, link=link)
    shown = tables.said(shown, "benchmark", lambda row: benchmark(row, lang))
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


def pattern_table(found: pl.DataFrame, by: str, lang: str) -> Table:
    shown = tables.said(posts.pattern(found, by), "name", lambda row: value(by, row["value"], lang))
    heads = (
        tables.column("name", f"post_{by}", "text", lang),
        *tables.columns(lang, ("n", "scored_posts", "count"), ("median", "median_score", "number")),
    )
    return Table(f"posts-{by}", say(by, lang), shown, heads)


# ---- drawings ------------------------------------------------------------------------------------------------------


def pattern(found: pl.DataFrame, by: str, lang: str) -> Callable[[float], str] | None:
    """The drawing of the medians at a width; None where no two can be compared."""
    known = posts.pattern(found, by).filter(pl.col("median").is_not_null())
    if len(known) < 2:
        return None
    rows = tables.said(known, "name", lambda row: f"{value(by, row['value'], lang)} ({row['n']})")
    return partial(drawn, rows.with_columns(value=pl.col("median").map_elements(posts.times, pl.Float64)), by, lang)


def drawn(rows: pl.DataFrame, by: str, lang: str, width: float) -> str:
    """Bars of how many times the usual, held against the usual."""

    def show(times: float, lang: str) -> str:
        return f"{format.decimal(times, 2, lang)}×"

    line = (say("usual", lang), 1.0)
    return bars.svg(rows, title="", desc=say(by, lang), line=line, show=show, width=width, lang=lang)
