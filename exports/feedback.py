"""What became of feedback -> sentences, tables and drawings."""

from datetime import date

import polars as pl

from definitions import format
from definitions.feedback import feedback as defined
from definitions.text import text
from exports import measures as spoken
from exports import tables
from exports.tables import Table
from metrics import feedback
from metrics.feedback import AGENCY, COMMUNE

Counts = dict[str, int]


def say(id: str, lang: str, **values: object) -> str:
    return text(f"feedback.{id}", lang, **values)


def span(since: date, until: date, lang: str) -> str:
    return say("span", lang, since=format.month(since), until=format.month(until))


def topic(id: str | None, lang: str) -> str:
    return defined().topics[id].label.said(lang) if id else format.NONE


def days(value: float | None, lang: str) -> str:
    """ "6 ngày", "17,5 ngày"."""
    if value is None:
        return format.NONE
    return say("days", lang, n=format.decimal(value, 0 if value == int(value) else 1, lang))


# ---- sentences -----------------------------------------------------------------------------------------------------


def answer(place: str, when: str, found: pl.DataFrame, counted: Counts, times: pl.DataFrame, lang: str) -> str:
    """The page's answer; where there is no case list what the forms count, or that nobody told."""
    about: dict[str, object] = {"place": place, "span": when}
    if found.is_empty():
        told = {name: format.integer(counted[name], lang) for name in counted}
        return say("answer_counted" if counted["communes"] else "answer_none", lang, **about, **told)
    stages, on_time = feedback.funnel(found), feedback.on_time(found)
    whole = times.row(0, named=True)
    median = say("median_open", lang) if whole["median"] is None else days(whole["median"], lang)
    about |= {name: format.integer(stages[name], lang) for name in ("received", "answered")}
    about |= {"answered_share": format.percent(stages["answered"] / stages["received"], 1, lang), "median": median}
    if on_time.rate is None:
        return say("answer_no_rate", lang, **about)
    rate, overdue = format.percent(on_time.rate, 1, lang), format.integer(on_time.overdue, lang)
    return say("answer", lang, **about, rate=rate, overdue=overdue)


def notes(found: pl.DataFrame, counted: Counts, lang: str) -> list[str]:
    """What a careful reader has to know beside the answer."""
    if found.is_empty():
        return []
    on_time = feedback.on_time(found)
    late = format.integer(on_time.late + on_time.overdue, lang)
    told = [say("own", lang, late=late, own_late=format.integer(on_time.own_late, lang))]
    if counted["communes"]:
        told.append(say("counted_too", lang, **{name: format.integer(counted[name], lang) for name in counted}))
    return told


def silence_answer(found: pl.DataFrame, lang: str) -> str:
    states = found["state"].to_list()
    counts = {state: format.integer(states.count(state), lang) for state in feedback.STATES}
    return say("silence_answer", lang, **counts)


def silence_of(row: dict, lang: str) -> str:
    """What is known of one commune of metrics.feedback.silence."""
    said = say(f"silence_{row['state']}", lang, n=format.integer(row["received"], lang))
    return f"{row['full_name']}: {said}."


def part(id: str, lang: str) -> str:
    """The words of a stretch of metrics.feedback.times."""
    kind, _, desk = id.partition(":")
    return say(f"part_{kind}", lang, desk=defined().desks[desk].label.said(lang) if desk else "")


def lies(row: dict, lang: str) -> str:
    if row["lies"] == AGENCY and row["desk"]:
        return defined().desks[row["desk"]].label.said(lang)
    return say(f"lies_{row['lies']}", lang)


def up_to(row: dict, lang: str) -> str:
    """The words of a class of ages: "0–7 ngày", "trên 60 ngày"."""
    if row["up_to"] is None:
        return say("age_over", lang, low=feedback.AGES[-1])
    place = feedback.AGES.index(row["up_to"])
    low = feedback.AGES[place - 1] + 1 if place else 0
    return say("age_to", lang, low=low, high=row["up_to"])


# ---- tables --------------------------------------------------------------------------------------------------------


def funnel_table(found: pl.DataFrame, lang: str) -> Table:
    stages = feedback.funnel(found)
    rows = [(say(stage, lang), n, n / (stages["received"] or 1)) for stage, n in stages.items()]
    frame = pl.DataFrame(rows, schema=["stage", "n", "share"], orient="row")
    heads = tables.columns(lang, ("stage", "stage", "text"), ("n", "cases", "count"), ("share", "cases_share", "share"))
    return Table("feedback-funnel", say("funnel", lang), frame, heads)


def on_time_table(found: pl.DataFrame, lang: str) -> Table:
    told = feedback.on_time(found)
    kinds = {"on_time": "on_time_cases", "late": "late", "overdue": "overdue"}
    kinds |= {"not_due": "not_due", "without_due": "without_due"}
    rows: list[tuple[str, int | None, float | None]]
    rows = [(say(key, lang), getattr(told, name), None) for name, key in kinds.items()]
    rows.append((say("rate", lang), None, told.rate))
    frame = pl.DataFrame(rows, schema={"stage": pl.String, "n": pl.Int64, "share": pl.Float64}, orient="row")
    heads = tables.columns(
        lang, ("stage", "stage", "text"), ("n", "cases", "count"), ("share", "on_time_rate", "share")
    )
    return Table("feedback-on-time", say("on_time", lang), frame, heads)


def times_table(times: pl.DataFrame, lang: str) -> Table:
    shown = tables.said(times, "part_word", lambda row: part(row["part"], lang))
    shown = tables.said(shown, "why", lambda row: spoken.reason(row["reason"], lang) if row["reason"] else "")
    heads = tables.columns(
        lang,
        ("part_word", "part", "text"),
        ("n", "cases", "count"),
        ("done", "done_cases", "count"),
        ("median", "median_days", "number"),
        ("lower", "from_days", "number"),
        ("upper", "to_days", "number"),
        ("why", "why", "text"),
    )
    return Table("feedback-times", say("times", lang), shown, heads)


def ageing_table(ages: pl.DataFrame, lang: str) -> Table:
    shown = tables.said(ages, "age", lambda row: up_to(row, lang))
    heads = tables.columns(lang, ("age", "age", "text"))
    heads += tuple(tables.Column(id, say(f"lies_{id}", lang), "", "count") for id in (COMMUNE, AGENCY))
    return Table("feedback-ageing", say("ageing", lang), shown, heads)


def stuck_table(stuck: pl.DataFrame, lang: str) -> Table:
    topics = {id: topic(id, lang) for id in defined().topics}
    desks = {id: of.label.said(lang) for id, of in defined().desks.items()}
    places = {id: say(f"lies_{id}", lang) for id in (COMMUNE, AGENCY)}
    desk = pl.when(pl.col("lies") == AGENCY).then(pl.col("desk").replace_strict(desks, default=None))
    # There may be thousands: no row is looked at by itself.
    shown = stuck.with_columns(
        topic_word=pl.col("topic").replace_strict(topics, default=None),
        lies_word=pl.coalesce(desk, pl.col("lies").replace_strict(places, default=None)),
    )
    heads = tables.columns(
        lang,
        ("full_name", "commune", "text", "commune"),
        ("overdue_days", "overdue_days", "count"),
        ("lies_word", "lies", "text"),
        ("here_days", "here_days", "count"),
        ("topic_word", "topic", "text"),
        ("received", "received_on", "date"),
        ("due", "due", "date"),
        ("case_id", "case", "text"),
        ("file", "file", "text"),
        ("sheet", "sheet", "text"),
        ("row", "row", "count"),
    )
    return Table("feedback-stuck", say("stuck", lang), shown, heads)


def topics_table(topics: pl.DataFrame, lang: str) -> Table:
    shown = tables.said(topics, "topic_word", lambda row: topic(row["topic"], lang))
    shown = shown.with_columns(share=pl.col("n") / pl.col("whole"))
    heads = tables.columns(
        lang,
        ("month", "month", "month"),
        ("topic_word", "topic", "text"),
        ("n", "cases", "count"),
        ("share", "topic_share", "share"),
    )
    return Table("feedback-topics", say("topics", lang), shown, heads)


def commune_table(communes: pl.DataFrame, lang: str) -> Table:
    heads = tables.columns(
        lang,
        ("full_name", "commune", "text", "commune"),
        ("received", "cases", "count"),
        ("rate", "on_time_rate", "share"),
        ("late", "late_cases", "count"),
        ("own_late", "own_late", "count"),
        ("overdue_commune", "overdue_commune", "count"),
        ("overdue_agency", "overdue_agency", "count"),
        ("own_days", "own_days", "number"),
        ("agency_days", "agency_days", "number"),
    )
    return Table("feedback-communes", say("communes", lang), communes, heads)


def silence_table(found: pl.DataFrame, lang: str) -> Table:
    shown = tables.said(found, "state_word", lambda row: say(f"mark_{row['state']}", lang))
    heads = tables.columns(
        lang,
        ("full_name", "commune", "text", "unit"),
        ("state_word", "feedback_state", "text"),
        ("received", "feedback_received", "count"),
    )
    return Table("feedback-silence", say("silence_table", lang), shown, heads)
