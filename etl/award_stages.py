"""What people do on award sheets, as events: adopt, give points stage by stage, enter a sample's results, publish."""

from typing import NamedTuple

from definitions.award_rules import Criterion, Manual, Sheet
from definitions.load import definitions
from etl import store
from etl.store import Record, Root
from methods.sample_check import Checked, checked

STAGES = ("commune", "specialist", "board", "council", "standing_committee")
ADOPTED, GIVEN, SAMPLED, PUBLISHED = "award_sheet", "award_points", "award_sample", "award_published"


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


def adopt(root: Root, sheet: Sheet, decision: str, by: str) -> str:
    """Take a sheet into use: from now on it is frozen as it is. The same one again changes nothing; gives its hash."""
    standing = adopted(root, sheet.id)
    if standing and standing["rules_sha256"] != digest(sheet):
        raise NotAllowed("sheet_in_use", sheet=sheet.id)
    if not decision.strip():
        raise NotAllowed("no_decision", sheet=sheet.id)
    if not standing:
        rules = {"rules": sheet.model_dump(mode="json", by_alias=True), "rules_sha256": digest(sheet)}
        _record(root, {"event": ADOPTED, "sheet": sheet.id, "decision": decision.strip(), "by": by} | rules)
    return digest(sheet)


def digest(sheet: Sheet) -> str:
    """The hash of a sheet's rules, whatever its file looks like."""
    return store.sha_of(store.as_json(sheet.model_dump(mode="json", by_alias=True)))


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
    _check_open(root, sheet)
    rule = _rule(sheet, commune, criterion)
    _check_points(rule, points)
    if stage not in STAGES:
        raise NotAllowed("no_such_stage", stage=stage)
    so_far = history(root, sheet.id).get((commune, criterion), {})
    later = [one for one in STAGES[STAGES.index(stage) + 1 :] if one in so_far]
    if later:
        raise NotAllowed("later_stage_spoke", stage=later[0])
    if stage == STAGES[0] and not (explanation.strip() and evidence.strip()):
        raise NotAllowed("no_evidence", criterion=criterion)
    before = _latest(so_far)
    if before and before.points != points and not reason.strip():
        raise NotAllowed("no_reason", was=before.points)
    said = {"reason": reason.strip(), "explanation": explanation.strip(), "evidence": evidence.strip()}
    where = {"sheet": sheet.id, "commune": commune, "criterion": criterion, "stage": stage}
    _record(root, {"event": GIVEN, "points": points, "by": by} | where | said)


def sampled(
    root: Root, sheet: Sheet, commune: str, verified: int, visited: int, *, seed: int, by: str, evidence: str
) -> None:
    """Record what the visits of a commune's sample list found; a later result replaces it, both are kept.

    The seed names the list. NotAllowed where the sheet is not in use or published, or the evidence is missing;
    ValueError for impossible counts.
    """
    _check_open(root, sheet)
    checked(verified, visited)
    if not evidence.strip():
        raise NotAllowed("no_evidence", commune=commune)
    said = {"verified": verified, "visited": visited, "seed": seed, "evidence": evidence.strip(), "by": by}
    _record(root, {"event": SAMPLED, "sheet": sheet.id, "commune": commune} | said)


def samples(root: Root, sheet: str) -> dict[str, Checked]:
    """By commune what the latest sample check says."""
    told = [event for event in store.events(root, SAMPLED) if event["sheet"] == sheet]
    return {event["commune"]: checked(event["verified"], event["visited"]) for event in told}


def publish(root: Root, sheet: Sheet, by: str) -> None:
    """The standing committee's word: from now on nothing changes."""
    _check_open(root, sheet)
    _record(root, {"event": PUBLISHED, "sheet": sheet.id, "by": by})


def is_published(root: Root, sheet: str) -> bool:
    return any(event["sheet"] == sheet for event in store.events(root, PUBLISHED))


def history(root: Root, sheet: str) -> dict[tuple[str, str], dict[str, Given]]:
    """By (commune, criterion) each stage's own latest value, in the order of the stages."""
    found: dict[tuple[str, str], dict[str, Given]] = {}
    for event in store.events(root, GIVEN):
        if event["sheet"] == sheet:
            value = Given(*(event[field] for field in Given._fields))
            found.setdefault((event["commune"], event["criterion"]), {})[event["stage"]] = value
    return {key: {stage: of[stage] for stage in STAGES if stage in of} for key, of in found.items()}


def points(root: Root, sheet: str) -> dict[tuple[str, str], float]:
    """(commune, criterion) -> the points that count: those of the latest stage that spoke."""
    latest = {key: _latest(stages) for key, stages in history(root, sheet).items()}
    return {key: given.points for key, given in latest.items() if given}


def _latest(stages: dict[str, Given]) -> Given | None:
    return next((stages[stage] for stage in reversed(STAGES) if stage in stages), None)


def _check_open(root: Root, sheet: Sheet) -> None:
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
    barred = {commune, *(f"cluster:{c.id}" for c in definitions().clusters if commune in c.communes)}
    if barred & set(rule.not_for):
        raise NotAllowed("not_applicable", criterion=criterion)
    return rule


def _check_points(rule: Criterion, points: float) -> None:
    if not 0 <= points <= rule.points or points * 2 % 1:
        raise NotAllowed("not_in_halves", points=points, most=rule.points)


def _record(root: Root, event: Record) -> None:
    store.record_event(root, event | {"at": store.stamp(store.now())})
