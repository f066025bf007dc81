"""What a scoring round says -> sentences: where it stands, how each criterion came about, what one point more takes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil
from urllib.parse import urlencode

import polars as pl

from definitions import format
from definitions.award_rules import (
    Count,
    Criterion,
    Goalposts,
    Improvement,
    Lateness,
    Leader,
    Manual,
    Sheet,
    Steps,
    YesNo,
    sheets,
)
from definitions.load import definitions
from definitions.text import text
from etl import store
from etl.award_stages import Given, digest
from etl.forms import DEMO
from etl.store import Record
from exports import words
from exports.award_round import Round, is_final, points_hash, since_frozen
from methods.sample_check import PASS, SIZE, Checked
from metrics import award_reversals, awards, units
from metrics.award_certificates import Certificates
from metrics.award_sheet import Counted, Line
from warehouse.version import Version

Names = Mapping[str, str]
TOLD = 5  # changes that are named one by one


@dataclass(frozen=True)
class Shown:
    """A round as one reader looks at it; day: "" or the day the address asks for."""

    of: Round
    day: str
    lang: str

    @property
    def names(self) -> Names:
        return named(self.of.version, self.lang)

    def link(self, commune: str) -> str:
        """Where a commune's sheet stands."""
        asked = {"sheet": self.of.rules.id, "unit": commune, "day": self.day, "lang": self.lang}
        return f"scoresheet?{urlencode({key: value for key, value in asked.items() if value})}"


@lru_cache(maxsize=8)
def named(version: Version, lang: str) -> Names:
    """Communes and clusters by their ids; a cluster has a name in each language."""
    clusters = {f"cluster:{of.id}": words.label(of, lang) for of in definitions().clusters}
    return units.names(version) | clusters


def say(id: str, lang: str, **values: object) -> str:
    return text(f"award_page.{id}", lang, **values)


def points(value: float | None, lang: str) -> str:
    """7.5 -> "7,5", 81.4967 -> "81,50": halves and whole points without idle decimals."""
    if value is None:
        return format.NONE
    digits = 2 if round(value * 2, 4) % 1 else 1 if round(value, 4) % 1 else 0
    return format.decimal(value, digits, lang)


def label(rules: Sheet, criterion: str, lang: str) -> str:
    return words.label(rules.criterion(criterion), lang)


def listed(rules: Sheet, criteria: list[str], lang: str) -> str:
    return "; ".join(label(rules, id, lang) for id in criteria)


def grade(rules: Sheet, id: str | None, lang: str) -> str:
    return next((words.label(one, lang) for one in rules.grades if one.id == id), "")


def award(rules: Sheet, id: str, lang: str) -> str:
    return next((words.label(one, lang) for one in rules.awards if one.id == id), "")


# ---- the standings -------------------------------------------------------------------------------------------------


def state(of: Round, day: date, lang: str) -> str:
    """Draft, in use or published, up to which day it is scored, and by which decision."""
    about = {"title": of.rules.title.said(lang), "day": format.day(of.rules.cut_off)}
    if of.state == "draft":
        return say("state_draft", lang, **about)
    if of.state == "adopted" and day <= final_day(of):
        return say("state_running", lang, **about, end=format.day(final_day(of)))
    about["day"] = format.day(final_day(of))
    said = "published" if of.state == "published" else "closed"
    return say(f"state_{said}" if is_final(of) else f"state_{said}_not_final", lang, **about)


def made_from(at: Shown, why_draft: str) -> str:
    """Whether the papers of a page are drafts and why, or the closed round's and from what."""
    if why_draft:
        return say("drafts_only", at.lang, why=why_draft)
    return say("finals", at.lang, day=format.day(at.of.rules.cut_off), hash=points_hash(at.of))


def final_day(of: Round) -> date:
    """The cut-off the council adopted; a draft's own day."""
    if of.adopted:
        return Sheet.model_validate(of.adopted["rules"]).cut_off
    return of.rules.cut_off


def answer(of: Round, day: date, lang: str) -> str:
    """Where the round stands: who has a place, who is proposed, whose sheet is open; passed and failed."""
    found, said = of.scored.standings, state(of, day, lang)
    about: dict[str, object] = {"n": len(found), "open": int(found["is_open"].sum())}
    if of.rules.kind == "pass_fail":
        passed = int(found["passed"].fill_null(False).sum())
        return f"{said} {say('answer_passed', lang, passed=passed, **about)}"
    proposed = [(award(of.rules, one.id, lang), int((found["award"] == one.id).sum())) for one in of.rules.awards]
    named = ", ".join(say("award_count", lang, n=n, name=name) for name, n in proposed)
    ranked = int(found["place"].is_not_null().sum())
    tied = int(found["is_tied"].sum())
    told = say("answer_ranked" if ranked else "answer_nobody", lang, ranked=ranked, proposed=named, **about)
    return " ".join([said, told, *([say("answer_tied", lang, n=tied)] if tied else [])])


def notes(of: Round, lang: str) -> list[str]:
    """The decision, what cannot be measured yet and what that does to the maximum."""
    found = [say("decision", lang, decision=of.adopted["decision"])] if of.adopted else [say("provisional", lang)]
    found += [late] if (late := adopted_late(of, lang)) else []
    if of.adopted and of.rules.id in sheets() and of.adopted["rules_sha256"] != _digest(sheets()[of.rules.id]):
        found.append(say("file_differs", lang))
    found.append(counted_days(of, lang))
    if apart := since_frozen(of):
        found.append(say("apart", lang, n=len(apart), changes="; ".join(changed(of, apart[:TOLD], lang))))
    if of.scored.unmeasured:
        named = listed(of.rules, of.scored.unmeasured, lang)
        found.append(say("unmeasured", lang, criteria=named))
    if of.rules.kind == "points":
        left = [one.points for one in of.rules.criteria if one.kind == "points" and one.id not in of.scored.unmeasured]
        about = {"maximum": points(sum(left), lang), "total": points(of.rules.total, lang)}
        found.append(say("scaled" if sum(left) != of.rules.total else "unscaled", lang, **about))
    return found


def adopted_late(of: Round, lang: str) -> str:
    """That what applies to whom was fixed only after the day the sheet names, why, and to whom a criterion does not
    apply; "" for a sheet adopted in time.
    """
    if of.adopted is None or (at := store.local(of.adopted["at"]).date()) <= of.rules.applicability_fixed:
        return ""
    names = named(of.version, lang)
    spared = [f"{label(of.rules, one.id, lang)}: {', '.join(names.get(id, id) for id in one.not_for)}"
              for one in of.rules.criteria if one.not_for]  # fmt: skip
    about = {"at": format.day(at), "fixed": format.day(of.rules.applicability_fixed)}
    told = say("adopted_late", lang, **about, reason=of.adopted.get("reason") or format.NONE)
    return f"{told}; {say('spared', lang, listed='; '.join(spared))}" if spared else told


def changed(of: Round, apart: Sequence[tuple[str, str, str]], lang: str) -> list[str]:
    """Xã A, Văn bản ký số: 4,5 → 3 for each line of `since_frozen`."""
    names, found = named(of.version, lang), []
    for where, before, now in apart:
        commune, _, criterion = where.partition(" ")
        what = label(of.rules, criterion, lang) if criterion else say(f"whole_{of.rules.kind}", lang)
        both = change(*(_frozen_points(one, lang) for one in (before, now)))
        found.append(f"{names.get(commune, commune)}, {what}: {both}")
    return found


def _frozen_points(said: str, lang: str) -> str:
    """ "scored,4.5000" of the canonical table -> "4,5"; "" where there are none."""
    value = said.partition(",")[2]
    return points(float(value), lang) if value else ""


def counted_days(of: Round, lang: str) -> str:
    """From which day to which what happens counts in the round, and that nothing later is lost."""
    last = min(of.rules.period.last, final_day(of))
    return say("counted_days", lang, first=format.day(of.rules.counted_from), last=format.day(last))


@lru_cache(maxsize=32)
def _digest(rules: Sheet) -> str:
    return digest(rules)


def remark(rules: Sheet, row: Mapping, lang: str) -> str:
    """What a council has to know of a row of the standings: capped, barred, tied, scored from a smaller maximum."""
    found = []
    for limit in rules.limits:
        if limit.criterion in (row["capped_by"] or "").split():
            found.append(limit.label.said(lang))
    if row["is_tied"]:
        found.append(say("tied", lang))
    return "; ".join(found)


def missing(rules: Sheet, lines: pl.DataFrame, lang: str) -> str:
    """What keeps a commune's sheet open: criterion and reason."""
    held = lines.filter(pl.col("state") == "open").select("criterion", "reason").iter_rows()
    return "; ".join(f"{label(rules, id, lang)} ({reason(why, lang)})" for id, why in held)


def failed(rules: Sheet, lines: pl.DataFrame, lang: str) -> str:
    """The criteria of a pass or fail sheet that a commune does not meet."""
    short = lines.filter((pl.col("share") < 1) & pl.col("state").is_in(["scored", "zero"]))["criterion"].to_list()
    return listed(rules, short, lang)


# ---- one commune -----------------------------------------------------------------------------------------------------


def standing(at: Shown, commune: str) -> dict:
    """The commune's row of the standings."""
    return at.of.scored.standings.row(by_predicate=pl.col("commune") == commune, named=True)


def sheet_answer(at: Shown, row: Mapping, day: date) -> str:
    """What the commune's sheet comes to, and where that leaves it in its cluster."""
    rules, lang = at.of.rules, at.lang
    about: dict[str, object] = {"name": at.names[row["commune"]], "cluster": at.names.get(row["cluster"], "")}
    said = state(at.of, day, lang)
    if rules.kind == "pass_fail":
        verdict = "open" if row["passed"] is None else "passed" if row["passed"] else "not_passed"
        about |= {"verdict": say(f"verdict_{verdict}", lang), "met": row["extended_met"], "extended": row["extended"]}
        return f"{say('sheet_passed', lang, **about)} {said}"
    if row["place"] is None:
        mine = at.of.scored.lines.filter(pl.col("commune") == row["commune"])
        return f"{say('sheet_open', lang, **about, missing=missing(rules, mine, lang))} {said}"
    mates = at.of.scored.standings.filter((pl.col("cluster") == row["cluster"]) & pl.col("place").is_not_null())
    about |= {"points": points(row["points"], lang), "place": row["place"], "of": len(mates)}
    about |= {"grade": grade(rules, row["grade"], lang)}
    proposed = say("sheet_award", lang, award=award(rules, row["award"], lang)) if row["award"] else ""
    why = remark(rules, row, lang)
    return " ".join(filter(None, [say("sheet_ranked", lang, **about), proposed, f"{why}." if why else "", said]))


def sums(rules: Sheet, row: Mapping, lang: str) -> str:
    """How the total came about: earned of what applies, out of the sheet's total, bonus and deduction."""
    if rules.kind == "pass_fail" or row["base"] is None:
        return ""
    about = {key: points(row[key], lang) for key in ("earned", "maximum", "base", "bonus", "deduction")}
    return say("sums", lang, **about, total=points(rules.total, lang))


def worth(rules: Sheet, row: Mapping, lang: str) -> str:
    """What a point of a criterion is worth in the total, where not everything applies."""
    if rules.kind == "pass_fail" or not row["maximum"]:
        return ""
    return say("worth", lang, points=points(rules.total / row["maximum"], lang))


def certificate(at: Shown, made: Certificates, commune: str) -> str:
    """Between which places a commune lies, and whom it beats whatever the weights."""
    found = made.places.filter(pl.col("commune") == commune)
    if found.is_empty():
        return say("no_certificate", at.lang)
    row = found.row(0, named=True)
    about = {"place": row["place"], "low": row["low"], "high": row["high"]}
    about |= {"beats": len(row["beats"]), "beaten": len(row["beaten_by"])}
    said = say("certificate", at.lang, **about)
    tie = at.names.get(row["tie_with"], "")
    return f"{said} {say('certificate_tie', at.lang, name=tie)}" if tie else said


def source(one: Criterion) -> tuple[str, str]:
    """Where a criterion's figure comes from: family and id."""
    if isinstance(one.score, Manual):
        return "manual", ""
    family, _, id = one.score.figure.partition(":")
    return family, id


# ---- other weights ---------------------------------------------------------------------------------------------------


def tried(at: Shown, weights_tried: Mapping[str, float], moved: pl.DataFrame) -> str:
    """What other weights do: who moves, whose award changes."""
    if not weights_tried:
        return say("tried_nothing", at.lang)
    medals = int((moved["award"] != moved["award_before"]).sum())
    places = int(moved["place"].ne_missing(moved["place_before"]).sum())
    said = weights(at.of.rules, weights_tried, at.lang)
    return say("tried", at.lang, weights=said, places=places, medals=medals)


def weights(rules: Sheet, tried: Mapping[str, float], lang: str) -> str:
    """Access 12 → 20; ..."""
    return "; ".join(
        f"{label(rules, id, lang)} {points(rules.criterion(id).points, lang)} → {points(value, lang)}"
        for id, value in tried.items()
    )


def withdrawn(event: Record, lang: str) -> str:
    """What taking a file out did to what it had brought."""
    stays = "stay" if event["counts"] else "gone"
    return say(f"withdrawn_{stays}", lang, n=event["given"], samples=event["sampled"])


def change(before: str, now: str) -> str:
    return f"{before or format.NONE} → {now or format.NONE}"


def weight_label(rules: Sheet, criterion: str, lang: str) -> str:
    return f"{label(rules, criterion, lang)} ({points(rules.criterion(criterion).points, lang)})"


def reason(why: str, lang: str) -> str:
    return text(f"award_reason.{why or 'unknown'}", lang)


# ---- one criterion of one commune -----------------------------------------------------------------------------------


def of_maximum(row: Mapping, one: Line, lang: str) -> str:
    """7,5/10; what is taken off with its sign; "–/10" where the sheet is open."""
    if one.rule.kind == "deduction":
        return f"{'−' if row['points'] else ''}{points(row['points'], lang)}"
    return f"{points(row['points'], lang)}/{points(row['maximum'], lang)}"


def basis(one: Line, names: Names, lang: str) -> str:
    """The figure and how it became points; or why there are none, and what that does to the sheet."""
    state, why = str(one.line["state"]), str(one.line["reason"])
    if state == "not_applicable":
        return say("not_measured" if why == "not_measured" else "not_applicable", lang)
    if state != "scored":
        return f"{say('no_figure', lang, reason=reason(why, lang))} {say(f'counts_{state}', lang)}"
    parts = [figure(one, lang), rule(one, names, lang)]
    if one.verified < 1:
        parts.append(say("scaled_by_check", lang, share=format.percent(one.verified, 1, lang)))
    return " ".join(filter(None, parts))


def figure(one: Line, lang: str) -> str:
    """46,2% (1.234/2.670 hộ, tháng 10/2026)."""
    value = one.line["figure"]
    if isinstance(one.rule.score, Manual) or not isinstance(value, float):
        return ""
    is_of_voices = one.rule.score.figure.startswith(("feedback:", "engagement:"))
    if one.counted is None and not is_of_voices:
        return ""
    if one.counted is None or isinstance(one.rule.score, Count | Lateness):
        about = {"n": format.integer(round(value), lang), "share": format.percent(value, 1, lang)}
        return say(one.rule.score.figure.replace(":", "_"), lang, **about)
    return counted(one.counted, one.rule, lang)


def counted(of: Counted, rule: Criterion, lang: str) -> str:
    about = {"share": format.percent(of.share, 1, lang), "n": format.integer(of.numerator, lang)}
    about |= {"N": format.integer(of.whole, lang)}
    if of.month is None and not isinstance(rule.score, Manual):
        return say(rule.score.figure.replace(":", "_"), lang, **about)
    return say(f"of_{of.unit}", lang, **about, month=format.month(of.month))


def rule(one: Line, names: Names, lang: str) -> str:
    """How the figure became points, in the words of the scoring function."""

    def share(value: float | None) -> str:
        return format.percent(value, 1, lang)

    score, base = one.rule.score, one.line["base"]
    match score:
        case Goalposts() if one.due is not None:
            about = {"start": share(one.start), "due": share(one.due), "gone": share(_float(one.line["figure"]))}
            return say("path", lang, **about)
        case Goalposts(low=low, high=high):
            return say("goalposts", lang, low=share(low), high=share(high))
        case Steps(steps=steps):
            told = [say("step", lang, least=share(least), points=points(given, lang)) for least, given in steps]
            return say("steps", lang, steps=", ".join(told))
        case YesNo(at_least=least):
            return say("yes_no", lang, least=share(least))
        case Count(each=each):
            return say("each", lang, points=points(each, lang))
        case Lateness(each=each):
            return say("lateness", lang, points=points(each, lang))
        case Leader(target=target):
            led = {"name": names.get(one.leader, format.NONE), "best": share(one.best), "target": share(target)}
            return say("leader" if target else "leader_alone", lang, **led)
        case Improvement(goal=goal):
            return say("improvement", lang, base=share(_float(base)), goal=share(goal), closed=share(one.share))
        case Manual():
            return say("manual", lang)


def _float(value: object) -> float | None:
    return value if isinstance(value, float) else None


def more(one: Line, lang: str) -> str:
    """What one point more, or the rest to the maximum, would take; "" where it cannot be told."""
    if one.line["state"] != "scored":
        return ""
    if one.raised is None:
        return say("nothing_off" if one.rule.kind == "deduction" else "nothing_left", lang)
    gain = say("gain", lang, points=points(one.raised.gain, lang))
    if one.aim is not None and one.counted is not None:
        about = {"aim": format.percent(_up(one.aim), 1, lang), "n": format.integer(one.more, lang)}
        return f"{gain}: {say(f'more_{one.counted.unit}', lang, **about)}"
    further = one.raised.figure - (_float(one.line["figure"]) or 0)
    if isinstance(one.rule.score, Lateness):
        return f"{gain}: {say('more_late', lang, n=format.decimal(-further, 0, lang))}"
    if isinstance(one.rule.score, Count):
        return f"{gain}: {say('more_count', lang, n=format.integer(ceil(round(further, 6)), lang))}"
    if not isinstance(one.rule.score, Manual):
        return f"{gain}: {say('more_share', lang, aim=format.percent(_up(one.raised.figure), 1, lang))}"
    return f"{gain}: {say('more_manual', lang)}"


def _up(share: float) -> float:
    """Rounded up to a tenth of a per cent: what is printed must be enough."""
    return -(-round(share * 1000, 6) // 1) / 1000


def steps(given: Mapping[str, Given], lang: str) -> str:
    """xã tự chấm 5 · chuyên viên thẩm định 4,5 (lý do)."""
    told = []
    for stage, one in given.items():
        why = "; ".join(filter(None, [one.reason, one.explanation, one.evidence]))
        told.append(
            f"{text(f'award_page.stage_{stage}', lang)} {points(one.points, lang)}" + (f" ({why})" if why else "")
        )
    return " · ".join(told)


# ---- checks ----------------------------------------------------------------------------------------------------------


def question(code: str, evidence: str, lang: str) -> str:
    """One question with its evidence, never a penalty."""
    told: dict = json.loads(evidence)
    return say(f"question_{code}", lang, **{key: _spoken(key, value, lang) for key, value in told.items()})


SHARES = ("cut_off", "usual_share")


def _spoken(key: str, value: float, lang: str) -> str:
    if key in SHARES:
        return format.percent(value, 0 if value == round(value, 2) else 1, lang)
    digits = 4 if key == "chance" else 0 if value == int(value) else 1
    return format.decimal(value, digits, lang)


def check(of: Checked, lang: str) -> str:
    """11/19 hộ xác minh được: 57,9% (khoảng 36,3%–76,9%), không đạt."""
    about: dict[str, object] = {"n": of.verified, "N": of.visited, "share": format.percent(of.share, 1, lang)}
    about |= {"low": format.percent(of.low, 1, lang), "high": format.percent(of.high, 1, lang)}
    return say("check_passed" if of.is_passed else "check_failed", lang, **about, least=PASS, size=SIZE)


@lru_cache(maxsize=16)
def asked(of: Round) -> pl.DataFrame:
    """One row per question to a commune of a round: commune, code, criterion ("" for its figures), evidence."""
    own = awards.questions(of.version, of.rules.cut_off).with_columns(criterion=pl.lit(""))
    crowded = awards.crowding(of.scored, of.rules).with_columns(code=pl.lit("bunching"))
    fallen = award_reversals.reversals(of.version, of.rules.cut_off).with_columns(criterion=pl.lit(""))
    columns = ("commune", "code", "criterion", "evidence")
    return pl.concat([own.select(columns), crowded.select(columns), fallen.select(columns)])


def checks_answer(at: Shown, asked: pl.DataFrame, acts: int) -> str:
    """How many questions, sample checks and acts there are."""
    failed = sum(not one.is_passed for one in at.of.samples.values())
    about = {"questions": len(asked), "communes": asked["commune"].n_unique(), "samples": len(at.of.samples)}
    said = {key: format.integer(value, at.lang) for key, value in (about | {"failed": failed, "acts": acts}).items()}
    return say("checks_answer", at.lang, **said, day=format.day(at.of.rules.cut_off))


def message(at: Shown, asked: pl.DataFrame, commune: str) -> str:
    """The questions to one commune as a letter; to communes always in Vietnamese."""
    rows = asked.filter(pl.col("commune") == commune).iter_rows(named=True)
    said = [f"{n}. {asked_of(at.of.rules, row)}" for n, row in enumerate(rows, 1)]
    head = say("message_head", "vi", name=at.names[commune], title=at.of.rules.title.vi)
    is_demo = at.of.version.manifest["origin"] == "demo"
    return "\n".join([*([DEMO] if is_demo else []), head, *said, say("message_foot", "vi")])


def asked_of(rules: Sheet | None, row: Mapping) -> str:
    """A question with the criterion it is about, if it is about one."""
    asked = question(row["code"], row["evidence"], "vi")
    return f"“{label(rules, row['criterion'], 'vi')}”: {asked}" if rules and row["criterion"] else asked
