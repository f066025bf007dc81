"""What a scoring round says -> tables: standings, sheets, certificates, checks, history; the same in every download."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import polars as pl

from definitions import format
from etl.store import Record
from exports import award_words as told
from exports import words
from exports.award_round import Acts, Round, in_order, with_weights
from exports.award_words import Shown
from exports.tables import Table
from exports.workbook import Column, Kind
from metrics import award_sheet, awards
from metrics.award_certificates import Certificates
from metrics.award_sheet import Line

KEPT = 256  # views, each for the next reader of the same


def heads(lang: str, *specs: tuple[str, str, Kind] | tuple[str, str, Kind, str]) -> list[Column]:
    return [Column(spec[0], told.say(f"head_{spec[1]}", lang), "", spec[2], *spec[3:]) for spec in specs]


@lru_cache(maxsize=KEPT)
def standings(at: Shown, cluster: str) -> Table:
    """One row per commune with its points by group; cluster "": of all clusters. Passed or failed where no points."""
    frame = in_order(at.of.scored)
    frame = frame.filter(pl.col("cluster") == cluster) if cluster else frame
    if at.of.rules.kind == "pass_fail":
        return passed(at, frame, cluster)
    frame = _named(at, frame).with_columns(
        grade_word=pl.Series([told.grade(at.of.rules, id, at.lang) for id in frame["grade"]], dtype=pl.String),
        award_word=pl.Series([told.award(at.of.rules, id, at.lang) for id in frame["award"]], dtype=pl.String),
        remark=pl.Series(
            [told.remark(at.of.rules, row, at.lang) for row in frame.iter_rows(named=True)], dtype=pl.String
        ),
    )
    groups = by_group(at.of, "points")
    frame = frame.join(groups, on="commune", how="left", maintain_order="left")
    of_groups = [
        Column(one.id, f"{words.label(one, at.lang)} (/{told.points(one.points, at.lang)})", "", "score")
        for one in at.of.rules.groups if one.id in groups.columns
    ]  # fmt: skip
    columns = [
        *heads(at.lang, ("cluster_name", "cluster", "text"), ("place", "place", "count"),
               ("name", "commune", "text", "link"), ("points", "points", "score"), ("grade_word", "grade", "text"),
               ("award_word", "award", "text")),
        *of_groups,
        *heads(at.lang, ("bonus", "bonus", "score"), ("deduction", "deduction", "score"),
               ("maximum", "maximum", "score"), ("remark", "remark", "text")),
    ]  # fmt: skip
    return Table(
        _file("xep-hang", cluster),
        at.of.rules.title.said(at.lang),
        frame,
        tuple(columns if not cluster else columns[1:]),
    )


@lru_cache(maxsize=KEPT)
def by_group(of: Round, value: str) -> pl.DataFrame:
    """One row per commune, a column for each group of criteria: its points, or the maximum of what applies."""
    return award_sheet.by_group(of.rules, of.scored).pivot("group", index="commune", values=value)


def passed(at: Shown, frame: pl.DataFrame, cluster: str) -> Table:
    """Of a sheet that is passed or failed: the verdict and which criteria are not met."""
    lines = at.of.scored.lines.partition_by("commune", as_dict=True)
    of_commune = {key[0]: part for key, part in lines.items()}
    shown = _named(at, frame).with_columns(
        verdict=pl.Series([told.say(f"verdict_{_verdict(one)}", at.lang) for one in frame["passed"]], dtype=pl.String),
        failed=pl.Series(
            [told.failed(at.of.rules, of_commune[id], at.lang) for id in frame["commune"]], dtype=pl.String
        ),
        missing=pl.Series(
            [told.missing(at.of.rules, of_commune[id], at.lang) for id in frame["commune"]], dtype=pl.String
        ),
    )
    columns = heads(
        at.lang, ("name", "commune", "text", "link"), ("verdict", "verdict", "text"), ("failed", "failed", "text"),
        ("extended_met", "extended_met", "count"), ("extended", "extended", "count"), ("missing", "missing", "text"),
        ("cluster_name", "cluster", "text"),
    )  # fmt: skip
    columns = columns[:-1] if cluster else columns
    return Table(_file("dat-chuan", cluster), at.of.rules.title.said(at.lang), shown, tuple(columns))


def _file(name: str, cluster: str) -> str:
    """Tables of different clusters may stand on one page."""
    return f"{name}-{cluster.partition(':')[2] or 'tat-ca'}".replace("_", "-")


def _verdict(passed: bool | None) -> str:
    return "open" if passed is None else "passed" if passed else "not_passed"


def _named(at: Shown, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        name=pl.col("commune").replace_strict(at.names, default=pl.col("commune"), return_dtype=pl.String),
        cluster_name=pl.col("cluster").replace_strict(at.names, default=pl.lit(""), return_dtype=pl.String),
        link=pl.Series([at.link(id) for id in frame["commune"]], dtype=pl.String),
    )


@lru_cache(maxsize=KEPT)
def proposals(at: Shown) -> Table:
    """One row per commune proposed for an award, by cluster and place."""
    frame = standings(at, "").frame.filter(pl.col("award") != "")
    columns = heads(
        at.lang, ("cluster_name", "cluster", "text"), ("award_word", "award", "text"),
        ("name", "commune", "text", "link"),
        ("place", "place", "count"), ("points", "points", "score"), ("grade_word", "grade", "text"),
        ("remark", "remark", "text"),
    )  # fmt: skip
    return Table("de-nghi-khen-thuong", told.say("proposals", at.lang), frame, tuple(columns))


@lru_cache(maxsize=KEPT)
def open_sheets(at: Shown) -> Table:
    """One row per commune without a place, with what is missing."""
    frame = _named(at, at.of.scored.standings.filter("is_open"))
    parts = {key[0]: part for key, part in at.of.scored.lines.partition_by("commune", as_dict=True).items()}
    lacking = [told.missing(at.of.rules, parts[id], at.lang) for id in frame["commune"]]
    frame = frame.with_columns(missing=pl.Series(lacking, dtype=pl.String))
    columns = heads(at.lang, ("name", "commune", "text", "link"), ("cluster_name", "cluster", "text"),
                    ("missing", "missing", "text"))  # fmt: skip
    return Table("phieu-de-mo", told.say("open", at.lang), frame, tuple(columns))


# ---- one commune -----------------------------------------------------------------------------------------------------


def sheet(at: Shown, lines: Sequence[Line], sources: Mapping[str, str]) -> Table:
    """One row per criterion. sources: criterion -> the page its figure comes from ("" for points given by people)."""
    rows = [_row(at, one, sources) for one in lines]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    columns = heads(
        at.lang, ("group", "group", "text"), ("label", "criterion", "text", "link"), ("maximum", "maximum", "score"),
        ("points", "points", "score"), ("basis", "basis", "text"), ("more", "more", "text"),
    )  # fmt: skip
    return Table("phieu-diem", at.of.rules.title.said(at.lang), frame, tuple(columns))


def _row(at: Shown, one: Line, sources: Mapping[str, str]) -> dict:
    group = next((words.label(g, at.lang) for g in at.of.rules.groups if g.id == one.rule.group), "")
    is_in = one.line["state"] != "not_applicable"
    given = at.of.stages.get((str(one.line["commune"]), one.rule.id), {})
    basis = told.steps(given, at.lang) if given else told.basis(one, at.names, at.lang)
    return {
        "group": group or told.say(f"kind_{one.rule.kind}", at.lang), "label": words.label(one.rule, at.lang),
        "maximum": one.rule.points if is_in else None, "points": one.line["points"] if is_in else None,
        "basis": basis, "more": told.more(one, at.lang), "link": sources.get(one.rule.id) or None,
    }  # fmt: skip


# ---- how firm a place is ---------------------------------------------------------------------------------------------


def certificate(at: Shown, made: Certificates, cluster: str) -> Table:
    """One row per commune with a place in a cluster: where it lies in 90 % of the draws, whom it beats whatever the
    weights, and with whom it is as good as level across a medal's line.
    """
    frame = made.places.filter(pl.col("cluster") == cluster).sort("place") if cluster else made.places
    shown = _named(at, frame).with_columns(
        beats_n=pl.col("beats").list.len(),
        beaten_n=pl.col("beaten_by").list.len(),
        tie=pl.col("tie_with").replace_strict(at.names, default=pl.lit(""), return_dtype=pl.String),
    )
    columns = heads(
        at.lang, ("place", "place", "count"), ("name", "commune", "text", "link"), ("low", "low", "count"),
        ("high", "high", "count"), ("beats_n", "beats", "count"), ("beaten_n", "beaten", "count"),
        ("tie", "tie_with", "text"),
    )  # fmt: skip
    return Table("phu-luc-thu-hang", told.say("annex", at.lang), shown, tuple(columns))


def ranges(at: Shown, made: Certificates, commune: str) -> Table:
    """One row per criterion: between which points of it, the others unchanged, the commune's medal stays."""
    frame = made.ranges.filter(pl.col("commune") == commune)
    shown = frame.with_columns(
        label=pl.Series([told.label(at.of.rules, id, at.lang) for id in frame["criterion"]], dtype=pl.String),
        from_=pl.col("low"),
        no_end=pl.when(pl.col("high").is_null()).then(pl.lit(told.say("no_limit", at.lang))),
    )
    ends = [told.points(high, at.lang) if high is not None else told.say("no_limit", at.lang) for high in frame["high"]]
    shown = shown.with_columns(end=pl.Series(ends, dtype=pl.String))
    columns = heads(at.lang, ("label", "criterion", "text"), ("points", "weight", "score"),
                    ("low", "stays_from", "score"), ("end", "stays_to", "text"))  # fmt: skip
    return Table("khoang-trong-so", told.say("ranges", at.lang), shown, tuple(columns))


# ---- other weights ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=KEPT)
def tried(at: Shown, weights: tuple[tuple[str, float], ...]) -> Table:
    """The round under other weights: criterion and points of those that differ."""
    return moved(at, with_weights(at.of, dict(weights)).standings)


def moved(at: Shown, tried: pl.DataFrame) -> Table:
    """One row per commune whose place, grade or award another weighting changes. tried: its standings."""
    before = at.of.scored.standings.select("commune", *(pl.col(name).alias(f"{name}_before") for name in MOVING))
    joined = tried.select("commune", "cluster", *MOVING).join(before, on="commune", maintain_order="left")
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in ("place", "grade", "award")]
    frame = _named(at, joined.filter(pl.any_horizontal(differs)))
    for name, call in (("award", told.award), ("grade", told.grade)):
        pairs = frame.select(f"{name}_before", name).iter_rows()
        said = ["" if old == new else told.change(call(at.of.rules, old, at.lang), call(at.of.rules, new, at.lang))
                for old, new in pairs]  # fmt: skip
        frame = frame.with_columns(pl.Series(f"{name}_change", said, dtype=pl.String))
    is_medal = pl.col("award") != pl.col("award_before")
    frame = frame.sort(~is_medal, (pl.col("place") - pl.col("place_before")).abs() * -1, "cluster", maintain_order=True)
    columns = heads(
        at.lang, ("name", "commune", "text", "link"), ("cluster_name", "cluster", "text"),
        ("place_before", "place_before", "count"), ("place", "place_now", "count"),
        ("points_before", "points_before", "score"), ("points", "points_now", "score"),
        ("award_change", "award", "text"), ("grade_change", "grade", "text"),
    )  # fmt: skip
    return Table("thu-trong-so", told.say("moved", at.lang), frame, tuple(columns))


MOVING = ("place", "points", "grade", "award")


@lru_cache(maxsize=KEPT)
def deciding(at: Shown) -> Table:
    """One row per criterion: its points, and how much of the difference between communes it makes (null: nobody has a
    whole sheet yet).
    """
    shares, rules = dict(awards.deciding(at.of.scored).iter_rows()), at.of.rules
    rows = [
        {"label": words.label(one, at.lang), "weight": one.points, "share": shares.get(one.id)}
        for one in rules.criteria if one.id not in at.of.scored.unmeasured
    ]  # fmt: skip
    kinds = {"label": pl.String, "weight": pl.Float64, "share": pl.Float64}
    frame = pl.DataFrame(rows, schema=kinds).sort("share", descending=True, nulls_last=True, maintain_order=True)
    columns = heads(at.lang, ("label", "criterion", "text"), ("weight", "weight", "score"),
                    ("share", "decides", "share"))  # fmt: skip
    return Table("tieu-chi-quyet-dinh", told.say("deciding", at.lang), frame, tuple(columns))


# ---- checks ----------------------------------------------------------------------------------------------------------


def questions(at: Shown, asked: pl.DataFrame) -> Table:
    """One row per question: commune, criterion ("" for its figures as a whole), what is asked. asked: commune, code,
    criterion, evidence.
    """
    frame = _named(at, asked.with_columns(cluster=pl.lit("")))
    said = [told.question(row["code"], row["evidence"], at.lang) for row in frame.iter_rows(named=True)]
    about = [told.label(at.of.rules, id, at.lang) if id else told.say("figures", at.lang) for id in frame["criterion"]]
    frame = frame.with_columns(said=pl.Series(said, dtype=pl.String), about=pl.Series(about, dtype=pl.String))
    columns = heads(
        at.lang, ("name", "commune", "text", "link"), ("about", "about", "text"), ("said", "question", "text")
    )
    return Table("cau-hoi", told.say("questions", at.lang), frame, tuple(columns))


def samples(at: Shown) -> Table:
    """One row per commune visited: verified of visited, the share, its interval, what that did to the points."""
    claimed = told.listed(at.of.rules, [rule.id for rule in at.of.rules.criteria if rule.verified], at.lang)
    rows = [
        {
            "commune": id,
            "cluster": "",
            **one._asdict(),
            "verdict": told.say("verdict_check" if one.is_passed else "verdict_no_check", at.lang),
            "effect": told.say("effect_none" if one.is_passed else "effect", at.lang, criteria=claimed),
        }
        for id, one in at.of.samples.items()
    ]
    frame = _named(at, pl.DataFrame(rows, infer_schema_length=None)) if rows else pl.DataFrame()
    columns = heads(
        at.lang, ("name", "commune", "text", "link"), ("verified", "verified", "count"),
        ("visited", "visited", "count"),
        ("share", "share", "share"), ("low", "share_low", "share"), ("high", "share_high", "share"),
        ("verdict", "verdict", "text"), ("effect", "effect", "text"),
    )  # fmt: skip
    return Table("kiem-tra-mau", told.say("samples", at.lang), frame, tuple(columns))


@lru_cache(maxsize=KEPT)
def history(at: Shown, acts: Acts) -> Table:
    """One row per thing somebody did on the sheet, the latest first: when, who, what, why."""
    rows = [_act(at, event) for event in reversed(acts.known)]
    columns = heads(at.lang, ("at", "when", "moment"), ("by", "by", "text"), ("act", "act", "text"),
                    ("name", "commune", "text"), ("what", "what", "text"), ("why", "why", "text"))  # fmt: skip
    return Table("nhat-ky", told.say("history", at.lang), pl.DataFrame(rows, infer_schema_length=None), tuple(columns))


def _act(at: Shown, event: Record) -> dict:
    kind = event["event"]
    stage = told.say(f"stage_{event['stage']}", at.lang) if kind == "award_points" else ""
    decision = event["decision"] if kind == "award_appeal" else ""
    act = told.say(f"act_{kind}_{decision}" if decision else f"act_{kind}", at.lang, stage=stage)
    said = ("reason", "explanation", "evidence") if kind == "award_appeal" else WHY
    why = "; ".join(filter(None, [event.get(key, "") for key in said]))
    moment = datetime.fromisoformat(event["at"]).replace(tzinfo=None)
    name = at.names.get(event.get("commune", ""), "")
    return {"at": moment, "by": event.get("by", ""), "act": act, "name": name, "what": _what(at, event), "why": why}


WHY = ("reason", "explanation", "evidence", "decision")


def _what(at: Shown, event: Record) -> str:
    """What an act put on the sheet."""
    match event["event"]:
        case "award_points":
            return f"{_criterion(at, event)}: {told.points(event['points'], at.lang)}"
        case "award_appeal" if event["points"] is not None:
            return f"{_criterion(at, event)}: {told.points(event['points'], at.lang)}"
        case "award_appeal":
            return f"{_criterion(at, event)}: {format.decimal(event['figure'], 4, at.lang)}"
        case "award_sample":
            return told.say("visited", at.lang, n=event["verified"], N=event["visited"])
        case "award_drawn":
            return told.say("drawn", at.lang, n=len(event["lines"]))
        case "award_entered":
            return told.say("brought", at.lang, n=len(event["given"]), samples=len(event["sampled"]))
        case "award_withdrawn":
            return told.withdrawn(event, at.lang)
    return ""


def _criterion(at: Shown, event: Record) -> str:
    id = event["criterion"]
    return told.label(at.of.rules, id, at.lang) if any(one.id == id for one in at.of.rules.criteria) else id
