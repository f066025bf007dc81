"""What people do on award sheets, as events: adopt, give points stage by stage, enter a sample's results, publish."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from definitions.award_forms import STAGES as STAGE_NAMES
from definitions.award_rules import Criterion, Manual, Sheet
from definitions.load import definitions
from definitions.reference import communes
from etl import store
from etl.store import Record, Root
from methods.award_points import Ruling
from methods.sample_check import Checked, Line, checked

STAGES = tuple(STAGE_NAMES)
ADOPTED, GIVEN, SAMPLED, PUBLISHED = "award_sheet", "award_points", "award_sample", "award_published"
DRAWN, ENTERED, APPEALED, FROZEN = "award_drawn", "award_entered", "award_appeal", "award_frozen"
KINDS = (ADOPTED, GIVEN, SAMPLED, DRAWN, ENTERED, APPEALED, FROZEN, PUBLISHED)
WITHDRAWN = "award_withdrawn"  # a file that brought something was taken out: told by `acts`, kept as a "withdraw"
DECISIONS = ("", "accepted", "rejected")  # "": entered, not decided yet


class NotAllowed(Exception):
    """What was asked cannot be recorded; code is the sentence's id, the rest fills it."""

    def __init__(self, code: str, **said: object):
        self.code, self.said = code, said
        super().__init__(f"{code}: {said}")


class Given(NamedTuple):
    """One stage's points for a commune and criterion, with what they rest on."""

    points: float
    reason: str
    explanation: str
    evidence: str
    by: str
    at: str


class Appeal(NamedTuple):
    """What a commune asks for, points or a figure in place of its line's, and what was decided ("": nothing yet)."""

    commune: str
    criterion: str
    points: float | None
    figure: float | None
    reason: str
    evidence: str
    decision: str
    by: str
    at: str


Stages = dict[str, Given]  # each stage's own latest value
History = dict[tuple[str, str], Stages]  # by (commune, criterion)


def adopt(root: Root, sheet: Sheet, decision: str, by: str, reason: str = "") -> str:
    """Take a sheet into use: from now on it is frozen as it is. The same one again changes nothing; gives its hash.

    What applies to whom is fixed before the period begins: after the day the sheet names it takes a reason, which is
    printed wherever the decision is.
    """
    standing = adopted(root, sheet.id)
    if standing and standing["rules_sha256"] != digest(sheet):
        raise NotAllowed("sheet_in_use", sheet=sheet.id)
    if not decision.strip():
        raise NotAllowed("no_decision", sheet=sheet.id)
    if not standing:
        if store.now().date() > sheet.applicability_fixed and not reason.strip():
            raise NotAllowed("adopted_late", fixed=sheet.applicability_fixed, first=sheet.period.first)
        rules = {"rules": sheet.model_dump(mode="json", by_alias=True), "rules_sha256": digest(sheet)}
        _record(
            root,
            {"event": ADOPTED, "sheet": sheet.id, "decision": decision.strip(), "reason": reason.strip(), "by": by}
            | rules,
        )
    return digest(sheet)


def digest(sheet: Sheet) -> str:
    """The hash of a sheet's rules, whatever its file looks like."""
    # Sheets adopted before this key was known keep their hash.
    later = {"previous_cut_off"} if sheet.previous_cut_off is None else None
    return store.sha_of(store.as_json(sheet.model_dump(mode="json", by_alias=True, exclude=later)))


def adopted(root: Root, sheet: str) -> Record | None:
    """How and when a sheet was taken into use; None before that."""
    return next((event for event in store.events(root, ADOPTED) if event["sheet"] == sheet), None)


def give(
    root: Root, sheet: Sheet, commune: str, criterion: str, stage: str, points: float, *, by: str,
    reason: str = "", explanation: str = "", evidence: str = "",
) -> None:  # fmt: skip
    """Record one stage's points. NotAllowed where the rules of stages.

    The sheet is adopted and unchanged since, and not published; the criterion is a manual one that applies; points are
    halves between 0 and its maximum; a commune brings explanation and evidence; no stage goes back behind a later one;
    points other than those of the stage before, or of the same stage, need a reason.
    """
    check_open(root, sheet)
    act = {"points": points, "reason": reason, "explanation": explanation, "evidence": evidence}
    where = {"commune": commune, "criterion": criterion, "stage": stage}
    said = allowed(sheet, history(root, sheet.id), where | act)
    _record(root, {"event": GIVEN, "sheet": sheet.id, "by": by} | said)


def allowed(sheet: Sheet, so_far: Mapping[tuple[str, str], Stages], act: Mapping[str, Any]) -> Record:
    """One stage's points as they are kept (commune, criterion, stage, points, reason, explanation, evidence).

    NotAllowed where the rules of stages; whether the sheet is open is asked apart.
    """
    commune, criterion, stage, points = (act[name] for name in ("commune", "criterion", "stage", "points"))
    said = {name: str(act[name] or "").strip() for name in ("reason", "explanation", "evidence")}
    rule = _rule(sheet, commune, criterion)
    _check_points(rule, points)
    if stage not in STAGES:
        raise NotAllowed("no_such_stage", stage=stage)
    given = so_far.get((commune, criterion), {})
    later = [one for one in STAGES[STAGES.index(stage) + 1 :] if one in given]
    if later:
        raise NotAllowed("later_stage_spoke", stage=STAGE_NAMES[later[0]])
    if stage == STAGES[0] and not (said["explanation"] and said["evidence"]):
        raise NotAllowed("no_evidence", criterion=criterion)
    before = latest(given)
    if before and before.points != points and not said["reason"]:
        raise NotAllowed("no_reason", was=before.points)
    return {"commune": commune, "criterion": criterion, "stage": stage, "points": float(points)} | said


def enter(root: Root, sheet: str, sha: str, brought: Record, by: str) -> None:
    """Record at once what a file brought: given (points allowed), sampled (results of visits), letters on the rest."""
    _record(root, {"event": ENTERED, "sheet": sheet, "sha256": sha, "by": by} | brought)


def entered(root: Root, as_of: date | None = None) -> list[Record]:
    """What files brought, oldest first; one sent again after more became allowed stands there more than once."""
    return store.events(root, ENTERED, as_of)


def draw(root: Root, sheet: Sheet, commune: str, seed: int, lines: Sequence[Line], claimed: Mapping[str, int]) -> None:
    """Record a list of households to visit, so that the visits of another list are known; the same again is no act."""
    check_open(root, sheet)
    said = {"sheet": sheet.id, "commune": commune, "seed": seed, "lines": [list(one) for one in lines]}
    said |= {"claimed": dict(claimed)}
    if not any(all(event[key] == of for key, of in said.items()) for event in store.events(root, DRAWN)):
        _record(root, {"event": DRAWN} | said)


def drawn(root: Root, sheet: str, commune: str, seed: int) -> list[Line]:
    """The latest list drawn for a commune with that seed; [] where there is none."""
    of = {"sheet": sheet, "commune": commune, "seed": seed}
    told = [one for one in store.events(root, DRAWN) if all(one[key] == value for key, value in of.items())]
    return [Line(*line) for line in told[-1]["lines"]] if told else []


def sampled(
    root: Root, sheet: Sheet, commune: str, verified: int, visited: int, *, seed: int, by: str, evidence: str
) -> None:
    """Record what the visits of a commune's sample list found; a later result replaces it, both are kept.

    The seed names the list. NotAllowed where the sheet is not in use or published, or the evidence is missing;
    ValueError for impossible counts.
    """
    check_open(root, sheet)
    said = found(commune, verified, visited, seed, evidence)
    _record(root, {"event": SAMPLED, "sheet": sheet.id, "by": by} | said)


def found(commune: str, verified: int, visited: int, seed: int, evidence: str) -> Record:
    """The result of a commune's visits as it is kept; NotAllowed without evidence, ValueError for impossible counts."""
    checked(verified, visited)
    if not evidence.strip():
        raise NotAllowed("no_minutes", commune=commune)
    return {"commune": commune, "verified": verified, "visited": visited, "seed": seed, "evidence": evidence.strip()}


def samples(root: Root, sheet: str) -> dict[str, Checked]:
    """By commune what the latest sample check says."""
    told = _acts(root, sheet, SAMPLED, "sampled")
    return {event["commune"]: checked(event["verified"], event["visited"]) for event in told}


def appeal(root: Root, sheet: Sheet, asked: Appeal) -> None:
    """Keep an appeal, or its decision; `at` is the moment of the act.

    NotAllowed where the sheet is not open, the line is none of the commune's, the points or the figure cannot be, the
    papers are missing, it was decided so already, or the sheet takes no corrections after its cut-off.
    """
    check_open(root, sheet)
    _check_asked(sheet, asked)
    if asked.decision not in DECISIONS:
        raise NotAllowed("no_such_decision", decision=asked.decision)
    if not (asked.reason.strip() and asked.evidence.strip()):
        raise NotAllowed("appeal_no_papers")
    is_late = store.local(asked.at).date() > sheet.cut_off
    if asked.decision == "accepted" and sheet.corrections == "never" and is_late:
        raise NotAllowed("no_corrections", sheet=sheet.id)
    standing = [one for one in appeals(root, sheet.id) if one[:4] == asked[:4]]
    if standing and standing[-1].decision == asked.decision:
        raise NotAllowed("already_so")
    store.record_event(root, {"event": APPEALED, "sheet": sheet.id} | asked._asdict())


def _check_asked(sheet: Sheet, asked: Appeal) -> None:
    rule = _applied(sheet, asked.commune, asked.criterion)
    if (asked.points is None) == (asked.figure is None) or (
        asked.figure is not None and isinstance(rule.score, Manual)
    ):
        raise NotAllowed("points_or_figure")
    if asked.points is not None and isinstance(rule.score, Manual):
        _check_points(rule, asked.points)
    elif asked.points is not None and not 0 <= asked.points <= rule.points:
        raise NotAllowed("beyond", points=asked.points, most=rule.points)


def appeals(root: Root, sheet: str) -> list[Appeal]:
    """Every appeal and every decision on one, oldest first; nothing is taken away."""
    told = [event for event in store.events(root, APPEALED) if event["sheet"] == sheet]
    return [Appeal(*(event[field] for field in Appeal._fields)) for event in told]


def rulings(asked: Sequence[Appeal]) -> dict[tuple[str, str], Ruling]:
    """(commune, criterion) -> what the accepted appeal decided last puts there; one rejected later no longer counts."""
    decided = {one[:4]: one for one in asked if one.decision}  # by commune, criterion, points and figure
    accepted = sorted(
        (one for one in decided.values() if one.decision == "accepted"), key=lambda one: store.local(one.at)
    )
    return {(one.commune, one.criterion): Ruling(one.points, one.figure) for one in accepted}


def acts(root: Root, sheet: str) -> list[Record]:
    """All that people did on a sheet, one by one or with a file, oldest first; files taken out as WITHDRAWN."""
    found = [event for kind in KINDS for event in store.events(root, kind) if event["sheet"] == sheet]
    return sorted(found + withdrawals(root, sheet), key=lambda event: store.local(event["at"]))


def withdrawals(root: Root, sheet: str) -> list[Record]:
    """Files taken out that had brought something to a sheet: who, why, given and sampled (how many), counts.

    counts: the sheet had been published before, so what the file brought stays.
    """
    brought = [event for event in entered(root) if event["sheet"] == sheet]
    published = _published_at(root, sheet)
    found = []
    for event in store.events(root, "withdraw"):
        own = [one for one in brought if one["sha256"] == event["sha256"]]
        many = {part: sum(len(one[part]) for one in own) for part in ("given", "sampled")}
        if any(many.values()):
            is_late = published is not None and published < store.local(event["at"])
            found.append(event | many | {"event": WITHDRAWN, "sheet": sheet, "counts": is_late})
    return found


def freeze(root: Root, sheet: Sheet, points: bytes, bundle: str) -> None:
    """Record that a round was frozen: its canonical points, and the hash of the bundle; the same again is no act."""
    standing = frozen(root, sheet.id)
    if not standing or standing["points"] != points.decode():
        said = {"points": points.decode(), "points_sha256": store.sha_of(points), "bundle_sha256": bundle}
        _record(root, {"event": FROZEN, "sheet": sheet.id, "by": ""} | said)


def frozen(root: Root, sheet: str) -> Record | None:
    """What was frozen last: points (canonical CSV), points_sha256, bundle_sha256, at; None before that."""
    told = [event for event in store.events(root, FROZEN) if event["sheet"] == sheet]
    return told[-1] if told else None


def publish(root: Root, sheet: Sheet, points: bytes, by: str) -> None:
    """The standing committee's word: from now on nothing changes. NotAllowed where the points are not those frozen."""
    check_open(root, sheet)
    standing = frozen(root, sheet.id)
    if not standing:
        raise NotAllowed("not_frozen", sheet=sheet.id)
    if standing["points"] != points.decode():
        raise NotAllowed("not_as_frozen", sheet=sheet.id)
    _record(root, {"event": PUBLISHED, "sheet": sheet.id, "by": by})


def is_published(root: Root, sheet: str) -> bool:
    return _published_at(root, sheet) is not None


def _published_at(root: Root, sheet: str) -> datetime | None:
    return next((store.local(event["at"]) for event in store.events(root, PUBLISHED) if event["sheet"] == sheet), None)


def history(root: Root, sheet: str) -> History:
    """By (commune, criterion) each stage's own latest value, in the order of the stages."""
    found: History = {}
    for event in _acts(root, sheet, GIVEN, "given"):
        value = Given(*(event[field] for field in Given._fields))
        found.setdefault((event["commune"], event["criterion"]), {})[event["stage"]] = value
    return {key: {stage: of[stage] for stage in STAGES if stage in of} for key, of in found.items()}


def _acts(root: Root, sheet: str, kind: str, part: str) -> list[Record]:
    """Acts of a kind on a sheet, done one by one or brought together by a file, in the order they were done.

    What a file brought that was taken out before the sheet was published counts no more.
    """
    single = [event for event in store.events(root, kind) if event["sheet"] == sheet]
    gone = {event["sha256"] for event in withdrawals(root, sheet) if not event["counts"]}
    files = [event for event in entered(root) if event["sheet"] == sheet and event["sha256"] not in gone]
    brought = [one | {"by": event["by"], "at": event["at"]} for event in files for one in event[part]]
    return sorted(single + brought, key=lambda one: store.local(one["at"]))


def points(root: Root, sheet: str) -> dict[tuple[str, str], float]:
    """(commune, criterion) -> the points that count: those of the latest stage that spoke."""
    last = {key: latest(stages) for key, stages in history(root, sheet).items()}
    return {key: given.points for key, given in last.items() if given}


def latest(stages: Mapping[str, Given]) -> Given | None:
    """The value of the latest stage that spoke."""
    return next((stages[stage] for stage in reversed(STAGES) if stage in stages), None)


def check_open(root: Root, sheet: Sheet) -> None:
    """NotAllowed where a sheet is not in use, has changed since, or is published."""
    standing = adopted(root, sheet.id)
    if not standing:
        raise NotAllowed("not_adopted", sheet=sheet.id)
    if standing["rules_sha256"] != digest(sheet):
        raise NotAllowed("sheet_in_use", sheet=sheet.id)
    if is_published(root, sheet.id):
        raise NotAllowed("published", sheet=sheet.id)


def _rule(sheet: Sheet, commune: str, criterion: str) -> Criterion:
    rule = next((one for one in sheet.criteria if one.id == criterion), None)
    if rule is None or not isinstance(rule.score, Manual):
        raise NotAllowed("not_manual", criterion=criterion)
    return _applied(sheet, commune, criterion)


def _applied(sheet: Sheet, commune: str, criterion: str) -> Criterion:
    """A criterion that applies to a commune."""
    if commune not in {unit.code for unit in communes()}:
        raise NotAllowed("no_such_commune", commune=commune)
    rule = next((one for one in sheet.criteria if one.id == criterion), None)
    if rule is None:
        raise NotAllowed("no_such_criterion", criterion=criterion)
    barred = {commune, *(f"cluster:{c.id}" for c in definitions().clusters if commune in c.communes)}
    if barred & set(rule.not_for):
        raise NotAllowed("not_applicable", criterion=criterion)
    return rule


def _check_points(rule: Criterion, points: float) -> None:
    if not 0 <= points <= rule.points or points * 2 % 1:
        raise NotAllowed("not_in_halves", points=points, most=rule.points)


def _record(root: Root, event: Record) -> None:
    store.record_event(root, event | {"at": store.stamp(store.now())})
