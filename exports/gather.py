"""Answers of metrics -> the papers we hand on."""

from datetime import date
from functools import lru_cache

import polars as pl

from definitions.format import integer, month, percent, points
from definitions.load import definitions
from definitions.text import text
from exports import drawings, tables, words
from exports.papers import Answer, Bulletin, CommuneSheet, Edition, Named, Task
from metrics import changes, groups, lastmile, rounds, targets, units
from warehouse.version import Version


def province() -> str:
    return definitions().province.code


def nearest(today: date) -> str:
    """The target people ask for first: of those nearest their deadline the one counted in households."""
    open_ = {id: t for id, t in definitions().targets.items() if t.deadline >= today} or definitions().targets
    return min(open_, key=lambda id: (open_[id].deadline, open_[id].unit != "household"))


def answered(version: Version, target: str, today: date, unit: str, lang: str, width: float = 360) -> Answer:
    """One target's answer for a unit, with its drawing."""
    row = targets.row(version, target, today, unit)
    return Answer(
        label=words.label(definitions().targets[target], lang),
        figure=words.share(row["share"], row["goal"], lang),
        goal=words.goal(row["goal"], lang),
        verdict=row["verdict"],
        sentence=words.answer(row, lang),
        left=words.left(row, lang),
        trust=words.trust(row, lang),
        chart=drawings.path(version, target, unit, today, lang, width)[0],
    )


@lru_cache(maxsize=32)
def change_sentences(version: Version, target: str, today: date, lang: str = "vi") -> list[str]:
    """What changed since the month before, in four to six sentences whose every number is computed."""
    row = targets.row(version, target, today, province())
    label = words.label(definitions().targets[target], lang)
    said = []
    if row["change_month"] is not None:
        before = words.share(row["share"] - row["change_month"], row["goal"], lang)
        now, moved = words.share(row["share"], row["goal"], lang), points(row["change_month"], lang)
        said.append(text("change.province", lang, label=label, before=before, now=now, points=moved))
    communes = changes.moved_most(version, target, today)
    said += _falls(communes, lang) + _crossings(version, target, today, row, lang)
    behind = len(changes.about_to_miss(version, target, today))
    if behind or len(communes):
        said.append(text("change.behind", lang, n=integer(behind, lang)))
    return [*said, *_reports(version, lang)]


def _falls(communes: pl.DataFrame, lang: str) -> list[str]:
    fell = communes.filter(pl.col("change_month") < 0)
    if communes.is_empty():
        return []
    if fell.is_empty():
        return [text("change.fell_none", lang)]
    worst = fell.row(-1, named=True)
    facts = {"name": words.inside(worst["full_name"], lang), "points": points(worst["change_month"], lang)}
    return [text("change.fell", lang, n=integer(len(fell), lang), **facts)]


def _crossings(version: Version, target: str, today: date, row: dict, lang: str) -> list[str]:
    said = []
    for id, names in zip(("rose_to_goal", "fell_below_goal"), changes.crossed(version, target, today), strict=True):
        if names:
            facts = {"n": integer(len(names), lang), "goal": words.goal(row["goal"], lang)}
            listed = words.listed([words.inside(name, lang) for name in names], lang, 3)
            said.append(text(f"change.{id}", lang, names=listed, **facts))
    return said


def _reports(version: Version, lang: str) -> list[str]:
    last = rounds.rates(version).tail(1).row(0, named=True)
    facts = {"month": month(last["month"]), "n": integer(last["expected"], lang)}
    if last["on_time"] == last["expected"]:
        return [text("change.reports_all", lang, **facts)]
    counts = {"late": last["submitted"] - last["on_time"], "missing": last["expected"] - last["submitted"]}
    said = [text(f"change.reports_{id}", lang, n=integer(n, lang)) for id, n in counts.items() if n]
    return [text("change.reports", lang, counts=", ".join(said), month=facts["month"])]


def bulletin(version: Version, today: date, edition: Edition) -> Bulletin:
    """ "Thông tin nhanh" of the province: three answers, five to call, five to praise, what changed."""
    lang, target, name = edition.lang, nearest(today), definitions().province.name
    answers = tuple(answered(version, id, today, province(), lang) for id in definitions().targets)
    calls = changes.about_to_miss(version, target, today).head(5)
    praises = changes.moved_most(version, target, today).filter(pl.col("change_month") > 0).head(5)
    return Bulletin(
        edition=edition,
        organisation=(text("export.front_above", lang), text("export.front", lang, name=name.upper())),
        place=name,
        answers=answers,
        calls=tuple(Named(r["full_name"], r["verdict"], words.left(r, lang)) for r in calls.iter_rows(named=True)),
        praises=tuple(Named(r["full_name"], r["verdict"], words.gain(r, lang)) for r in praises.iter_rows(named=True)),
        changes=tuple(change_sentences(version, target, today, lang)),
        paragraphs=tuple(text("export.paragraph", lang, label=a.label, answer=a.sentence) for a in answers),
    )


def commune_sheet(version: Version, unit: str, target: str, today: date, edition: Edition) -> CommuneSheet:
    """One commune's page; `target` is the one its last-mile list works for."""
    lang, facts = edition.lang, units.facts(version, unit)
    row = targets.row(version, target, today, unit)
    work = lastmile.lastmile(version, target, unit, today)
    last = groups.villages(version, None, unit)
    lacking = [(r["village_name"], tables.lacking(r, lang)) for r in last.iter_rows(named=True)]
    notes = {name: ", ".join(states) for name, states in lacking}
    return CommuneSheet(
        edition=edition,
        name=facts["full_name"],
        cluster=words.cluster(unit, lang),
        households=facts["households"],
        villages=facts["villages"],
        last_report=row["month"],
        trust=text(f"trust.{row['trust']}", lang),
        trust_reason=text(f"trust.{row['trust_reason']}", lang) if row["trust_reason"] else "",
        answers=tuple(answered(version, id, today, unit, lang) for id in definitions().targets),
        lead=" ".join(words.todo(work, row, lang)),
        tasks=tuple(_task(r, notes) for r in work.villages.iter_rows(named=True)),
        missing=tuple(f"{name}: {', '.join(states)}" for name, states in lacking if states),
        ladder=drawings.rungs(version, unit, lang, 360),
        platforms=drawings.platform_dots(version, unit, lang, 360)[0],
    )


def _task(row: dict, notes: dict[str, str]) -> Task:
    per_week = None if row["per_week"] is None else max(1, round(row["per_week"]))
    return Task(row["village_name"], row["to_reach"], per_week, notes.get(row["village_name"], ""))


def commune_facts(version: Version, unit: str, row: dict, lang: str) -> str:
    """The line under a commune's name: cluster, villages, households, last report."""
    facts = units.facts(version, unit)
    last = month(row["month"]) if row["month"] else text("commune.no_report", lang)
    counts = {"villages": integer(facts["villages"], lang), "households": integer(facts["households"], lang)}
    covered = percent(row["covered"], 1, lang)
    return text("commune.facts", lang, cluster=words.cluster(unit, lang), month=last, covered=covered, **counts)
