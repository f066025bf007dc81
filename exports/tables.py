"""Frames, and lists that wait in etl -> the tables people see: the same on the page and in every download."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import polars as pl

from definitions import format
from definitions.load import definitions
from definitions.reference import communes
from definitions.text import text
from etl import proposals
from exports import words
from exports.workbook import Column, Kind

RIGHT = {"count", "number", "score", "share", "points", "date", "month", "moment"}
SENTENCE = 80  # characters of a cell with its marks: what is longer needs room


@dataclass(frozen=True)
class Table:
    """A frame with the columns to show of it, in order; shares stay shares, only their printing differs."""

    name: str
    title: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]


def column(id: str, key: str, format: Kind, lang: str, link: str = "") -> Column:
    return Column(id, text(f"column.{key}", lang), "", format, link)


def columns(lang: str, *specs: tuple[str, str, Kind] | tuple[str, str, Kind, str]) -> tuple[Column, ...]:
    return tuple(column(spec[0], spec[1], spec[2], lang, *spec[3:]) for spec in specs)


def printed(value: object, kind: str, lang: str) -> str:
    """One cell as Vietnamese office people write it; a missing value is a dash, never blank and never 0."""
    return _writer(kind, lang)(value)


@cache
def _writer(kind: str, lang: str) -> Callable[[Any], str]:
    writers: dict[str, Callable[[Any], str]] = {
        "count": lambda v: format.integer(v, lang),
        "number": lambda v: words.rate(v, lang),
        "score": lambda v: format.decimal(v, 2, lang),
        "share": lambda v: format.percent(v, 1, lang),
        "points": lambda v: format.points(v, lang).partition(" ")[0],
        "date": format.day,
        "month": format.month,
        "moment": format.moment,
    }
    write = writers.get(kind, str)
    return lambda value: format.NONE if value is None or value == "" else write(value)


def html(table: Table, lang: str = "vi", limit: int = 200, address: Callable[[str], str] | None = None) -> str:
    """The table as HTML in its own scrolling frame; beyond `limit` rows it says how many more the download has."""
    shown = table.frame.head(limit)
    cells = [_cells(column, shown, lang, address) for column in table.columns]
    heads = "".join(_head(column, of) for column, of in zip(table.columns, cells, strict=True))
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    more = len(table.frame) - limit
    rest = f"<p class='more'>{escape(text('table.more', lang, n=format.integer(more, lang)))}</p>" if more > 0 else ""
    return (
        f'<div class="cts-table" tabindex="0" role="region" aria-label="{escape(table.title)}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{rest}"
    )


def _head(column: Column, cells: list[str]) -> str:
    """The head of a column; on a phone sentences get room beside the screen, or a row of them would fill it."""
    is_long = not column.link and len(max(cells, key=len, default="")) > SENTENCE
    side = _side(column).replace("txt", "txt long") if is_long else _side(column)
    return f"<th{side}>{escape(column.head)}</th>"


def _side(column: Column) -> str:
    """Figures are the rule and need no class: a browser weighs every attribute of thousands of cells."""
    return "" if column.format in RIGHT else ' class="txt"'


def _cells(column: Column, frame: pl.DataFrame, lang: str, address: Callable[[str], str] | None) -> list[str]:
    """A column's cells from top to bottom."""
    write, side = _writer(column.format, lang), _side(column)
    shown = [escape(write(value)) for value in frame[column.id].to_list()]
    if column.link and address:
        shown = [
            f'<a href="{escape(address(id))}" target="_self">{name}</a>' if id else name
            for id, name in zip(frame[column.link].to_list(), shown, strict=True)
        ]
    return [f"<td{side}>{name}</td>" for name in shown]


def said(frame: pl.DataFrame, id: str, say: Callable[[dict], str]) -> pl.DataFrame:
    """The frame with a column in words, computed row by row."""
    return frame.with_columns(pl.Series(id, [say(row) for row in frame.iter_rows(named=True)], dtype=pl.String))


def standing(frame: pl.DataFrame, target: str, lang: str, name: str = "standing") -> Table:
    """metrics.targets.status (or about_to_miss) as a table."""
    of = definitions().targets[target]
    unit = text(f"unit.{of.unit}", lang)
    shown = said(frame, "verdict_word", lambda row: words.verdict(row["verdict"], lang))
    shown = said(shown, "trust_word", lambda row: words.trust(row, lang))
    shown = said(shown, "reason_word", lambda row: words.reason(row["reason"], lang))
    heads = [
        column("full_name", "commune", "text", lang, "unit"),
        column("verdict_word", "verdict", "text", lang),
        column("share", "figure", "share", lang),
        column("goal", "goal", "share", lang),
        Column("numerator", text("column.reached_of", lang, unit=unit), "", "count"),
        Column("denominator", text("column.whole_of", lang, unit=unit), "", "count"),
        Column("left", text("column.left_of", lang, unit=unit), "", "count"),
        Column("per_week_data", text("column.per_week_of", lang, unit=unit), "", "number"),
        Column("pace_per_week", text("column.pace_of", lang, unit=unit), "", "number"),
        column("change_month", "change", "points", lang),
        column("projected", "projected", "share", lang),
        column("reach_date", "reach_date", "date", lang),
        column("month", "month", "month", lang),
        column("trust_word", "trust", "text", lang),
        column("reason_word", "note", "text", lang),
    ]
    return Table(name, words.label(of, lang), shown, tuple(heads))


def path(frame: pl.DataFrame, target: str, lang: str, name: str = "trajectory") -> Table:
    """metrics.targets.trajectory as a table."""
    shown = said(frame, "kind_word", lambda row: text(f"kind.{row['kind']}", lang))
    unit = text(f"unit.{definitions().targets[target].unit}", lang)
    heads = (
        column("month", "month", "month", lang),
        column("kind_word", "kind", "text", lang),
        column("share", "figure", "share", lang),
        Column("numerator", text("column.reached_of", lang, unit=unit), "", "count"),
        Column("denominator", text("column.whole_of", lang, unit=unit), "", "count"),
        column("linear", "linear", "share", lang),
        column("logit", "logit", "share", lang),
        column("needed", "needed", "share", lang),
    )
    return Table(name, words.label(definitions().targets[target], lang), shown, heads)


def villages(
    frame: pl.DataFrame, lang: str, name: str = "villages", with_commune: bool = True, title: str = ""
) -> Table:
    """metrics.groups.villages as a table, with what each village lacks."""
    shown = said(frame, "lacks", lambda row: ", ".join(lacking(row, lang)) or text("commune.village_state_ok", lang))
    heads = columns(
        lang,
        ("commune_name", "commune", "text", "commune"),
        ("village_name", "village", "text"),
        ("lacks", "missing", "text"),
        ("households", "households", "count"),
        ("households_any", "households_any", "count"),
        ("households_three", "households_three", "count"),
        ("households_all", "households_all", "count"),
        ("households_skilled", "households_skilled", "count"),
        ("group_members", "members", "count"),
        ("members_trained", "trained", "count"),
        ("households_helped", "helped", "count"),
        ("source_month", "month", "month"),
    )
    return Table(name, title or text("commune.villages", lang), shown, heads if with_commune else heads[1:])


def lacking(row: dict, lang: str) -> list[str]:
    """What a village lacks, in words: group, activity, this month's report."""
    states = []
    if not row["is_formed"]:
        states.append("group" if row["is_formed"] is False else "untold")
    elif row["activity"] != "active":
        states.append("active" if row["activity"] == "inactive" else "unknown")
    if not row["is_reported"]:
        states.append("report")
    found = [text(f"commune.village_state_{state}", lang) for state in states]
    if row["carried"]:
        found.append(text("commune.village_state_carried", lang, month=format.month(row["source_month"])))
    return found


def todo(frame: pl.DataFrame, target: str, lang: str, name: str = "last-mile") -> Table:
    """metrics.lastmile villages as a table."""
    unit = text(f"unit.{definitions().targets[target].unit}", lang)
    heads = (
        column("village_name", "village", "text", lang),
        Column("reached", text("column.reached_of", lang, unit=unit), "", "count"),
        Column("whole", text("column.whole_of", lang, unit=unit), "", "count"),
        Column("to_reach", text("column.to_reach_of", lang, unit=unit), "", "count"),
        Column("per_week", text("column.per_week_of", lang, unit=unit), "", "number"),
    )
    return Table(name, text("commune.todo", lang), frame, heads)


def round_states(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.rounds.communes as a table."""
    shown = said(frame, "state_word", lambda row: words.round_state(row, lang))
    heads = columns(
        lang,
        ("full_name", "commune", "text", "commune"),
        ("state_word", "state", "text"),
        ("received_at", "received", "moment"),
        ("days_late", "days_late", "count"),
        ("villages_usable", "villages_usable", "count"),
        ("villages_expected", "villages_expected", "count"),
        ("letters", "letters", "count"),
    )
    return Table("round", text("rounds.list", lang), shown, heads)


def rates(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.rounds.rates as a table."""
    heads = columns(
        lang,
        ("month", "month", "month"),
        ("expected", "expected_reports", "count"),
        ("submitted", "submitted", "count"),
        ("on_time", "on_time", "count"),
        ("usable", "usable", "count"),
    )
    return Table("rates", text("rounds.rates", lang), frame, heads)


def deliveries(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.deliveries.deliveries as a table."""

    def state(row: dict) -> str:
        verdict = "withdrawn" if row["withdrawn"] else row["verdict"]
        return words.file_state(verdict, row["rows_held"], row["rows_waiting"], lang)

    def note(row: dict) -> str:
        if row["withdrawn"]:
            return text("deliveries.was_withdrawn", lang, reason=row["withdrawn"])
        refused = row["refusal"] and {"sheet": "", "row": None, "column": None, "code": row["refusal_code"]}
        if refused:
            return words.letter(refused | {"message": row["refusal"]}, lang)
        return text("deliveries.old_name", lang, unit=row["old_name"]) if row["old_name"] else ""

    heads = (
        *columns(
            lang,
            ("file", "file", "text"),
            ("commune_name", "commune", "text", "commune"),
            ("month", "month", "month"),
            ("revision", "revision", "count"),
            ("received_at", "received", "moment"),
            ("sender", "sender", "text"),
            ("state", "verdict_file", "text"),
        ),
        *(
            Column(f"rows_{kind}", text(f"deliveries.{kind}", lang), "", "count")
            for kind in ("stored", "held", "ignored")
        ),
        column("note", "note", "text", lang),
    )
    return Table("deliveries", text("deliveries.list", lang), said(said(frame, "state", state), "note", note), heads)


def answers(taken: Iterable[dict], lang: str) -> Table:
    """What became of files just handed in (etl.acts.take_in), one row each, with what is said about them in brief."""
    rows = [
        {"file": one["file"], "state": answer_state(one, lang), **one["rows"]}
        | {"note": " ".join(words.letters(one["letters"], lang))}
        for one in taken
    ]
    heads = (
        *columns(lang, ("file", "file", "text"), ("state", "verdict_file", "text")),
        *(Column(kind, text(f"deliveries.{kind}", lang), "", "count") for kind in ("stored", "held", "ignored")),
        column("note", "note", "text", lang),
    )
    return Table("answers", text("deliveries.upload", lang), pl.DataFrame(rows), heads)


def answer_state(answer: dict, lang: str) -> str:
    waiting = sum(letter["code"] == "village_list_not_adopted" for letter in answer["letters"])
    return words.file_state(answer["verdict"], answer["rows"]["held"], waiting, lang)


def first_lists(waiting: Iterable[proposals.Proposal], lang: str) -> Table:
    """Communes' first lists of villages, one row each, to be looked at before many are confirmed at once."""
    named = {unit.code: unit.full_name for unit in communes()}
    rows = [
        {
            "commune": named[one.commune],
            "villages": len(one.entries),
            "households": sum(entry["households"] or 0 for entry in one.entries),
            "names": ", ".join(entry["name"] for entry in one.entries),
            "file": one.file,
        }
        for one in waiting
    ]
    heads = columns(
        lang,
        ("commune", "commune", "text"),
        ("villages", "villages", "count"),
        ("households", "households", "count"),
        ("names", "names", "text"),
        ("file", "file", "text"),
    )
    return Table("first-lists", text("waiting.many", lang, n=len(rows)), pl.DataFrame(rows), heads)


def proposal(one: proposals.Proposal, lang: str) -> Table:
    """One commune's first list of villages, or the changes it reports: what confirming it would write."""
    rows = [change._asdict() for change in proposals.changes(one)]
    frame = pl.DataFrame(rows, schema_overrides={"now": pl.List(pl.String), "since": pl.Date, "households": pl.Int64})
    frame = said(frame, "what", lambda row: text(f"proposal.{row['kind']}", lang))
    frame = said(frame, "then", lambda row: ", ".join(row["now"]))
    first = columns(
        lang, ("village", "village_id", "text"), ("name", "village", "text"), ("households", "households", "count")
    )
    later = columns(
        lang,
        ("what", "kind", "text"),
        ("then", "now", "text"),
        ("since", "from_month", "month"),
        ("decision", "decision", "text"),
    )
    heads = first if one.is_first else (*first[:2], *later[:3], first[2], later[3])
    return Table("proposal", text("waiting.choose", lang), frame, heads)


def letters(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.deliveries.letters as a table; the sentences are the commune's and Vietnamese, others get them brief."""
    brief = said(frame, "what", lambda row: text(f"letter.{row['code']}", lang))
    brief = said(brief, "message", lambda row: words.letter(row, lang))
    heads = columns(
        lang,
        ("sheet", "sheet", "text"),
        ("row", "row", "count"),
        ("column", "column", "text"),
        ("found", "found", "text"),
        ("expected", "expected", "text"),
        ("message", "message", "text"),
        ("what", "problem", "text"),
    )
    left_out = {"what"} if lang == "vi" else {"expected", "message"}
    shown = tuple(head for head in heads if head.id not in left_out)
    return Table("letters", text("deliveries.letters", lang), brief, shown)


def cells(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.deliveries.cells as a table: where each part of a figure was read."""

    def note(row: dict) -> str:
        return text("commune.cell_unchanged", lang) if row["unchanged"] and row["value"] is None else ""

    heads = columns(
        lang,
        ("name", "village", "text"),
        ("value", "value", "count"),
        ("note", "note", "text"),
        ("file", "file", "text"),
        ("sheet", "sheet", "text"),
        ("row", "row", "count"),
        ("column", "column", "text"),
        ("received_at", "received", "moment"),
    )
    return Table("cells", text("commune.cells", lang), said(frame, "note", note), heads)


def questions(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.deliveries.questions as a table."""
    heads = columns(
        lang,
        ("commune_name", "commune", "text", "commune"),
        ("name", "village", "text"),
        ("month", "month", "month"),
        ("said", "message", "text"),
        ("sheet", "sheet", "text"),
        ("row", "row", "count"),
    )
    asked = said(frame, "said", lambda row: words.question(row, lang))
    return Table("questions", text("commune.questions", lang), asked, heads)


def platforms(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.platforms.platforms as a table."""
    shown = said(frame, "name", lambda row: words.label(definitions().platforms[row["platform"]], lang))
    heads = (
        column("name", "platform", "text", lang),
        column("commune", "commune_share", "share", lang),
        column("cluster", "cluster_share", "share", lang),
        column("province", "province_share", "share", lang),
    )
    return Table("platforms", text("definitions.platforms", lang), shown, heads)


def wordings(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.targets.wording_changes as a table: a verdict and a share per wording."""
    heads = [column("name", "commune", "text", lang, "unit")]
    for id, wording in definitions().access.wordings.items():
        verdicts = [words.verdict(verdict, lang) for verdict in frame[id]]
        frame = frame.with_columns(pl.Series(f"{id}_word", verdicts, dtype=pl.String))
        label = words.label(wording, lang)
        heads += [Column(f"{id}_word", label, "", "text"), Column(f"{id}_share", f"{label} (%)", "", "share")]
    return Table("wordings", text("definitions.access", lang), frame, tuple(heads))


def printed_figures(frame: pl.DataFrame, lang: str) -> Table:
    """metrics.printed.printed as a table."""
    heads = columns(
        lang,
        ("where", "place", "text"),
        (f"label_{lang}" if f"label_{lang}" in frame.columns else "label_en", "indicator", "text"),
        ("words", "value", "text"),
        ("dated", "date", "text"),
        ("source", "source", "text"),
        ("doubt", "note", "text"),
    )
    shown = said(said(frame, "words", lambda row: printed_value(row, lang)), "doubt", lambda row: doubt(row, lang))
    shown = said(shown, "dated", lambda row: printed_date(row["date"], lang))
    shown = said(shown, "where", lambda row: words.printed_place(row["place"], lang))
    return Table("printed", text("definitions.printed", lang), shown, heads)


def printed_value(row: dict, lang: str) -> str:
    """A printed figure as its source gave it: "hơn 3.000 tổ", "30-50 người"."""

    def number(value: float) -> str:
        return format.integer(value, lang) if value == int(value) else format.decimal(value, 2, lang)

    ends = [row["value"]] if row["value"] is not None else [row["value_low"], row["value_high"]]
    figure, unit = "–".join(number(end) for end in ends), text(f"printed.unit_{_id(row['unit'])}", lang)
    return text(f"printed.{row['qualifier']}", lang, figure=f"{figure}{'' if unit == '%' else ' '}{unit}")


def printed_date(written: str, lang: str) -> str:
    """The date of a printed figure, as exact as its source: a day, a month, a quarter, a year, "before 2019"."""
    if written.startswith("before "):
        return text("printed.before", lang, year=written.removeprefix("before "))
    year, _, rest = written.partition("-")
    if rest.startswith("Q"):
        return text("printed.quarter", lang, quarter=rest[1:], year=year)
    return "/".join(reversed(written.split("-")))


def _id(unit: str) -> str:
    return "percent" if unit == "%" else unit


def doubt(row: dict, lang: str) -> str:
    """That a figure was derived, is doubtful or contradicted by another source."""
    marks = [text("printed.derived", lang)] * bool(row["derived"])
    marks += [text(f"printed.status_{row['status']}", lang)] if row["status"] != "ok" else []
    return ", ".join(marks)
