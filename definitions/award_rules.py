"""Reads and validates definitions/awards/*.toml: how communes are scored, graded and rewarded in a year."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from definitions import reference
from definitions.load import FOLDER, DefinitionError, Definitions, Frozen, Label, Said, definitions, parse, read

AWARDS = FOLDER / "awards"
# Families of published figures; "target:ID", "indicator:ID", the others as written.
ROUNDS = ("rounds:submitted", "rounds:on_time", "rounds:usable", "rounds:late", "rounds:missing")
VOICES = (
    "feedback:on_time", "feedback:answered", "feedback:channel", "engagement:posts", "engagement:interactions",
)  # fmt: skip
# Declared already, measured as soon as a platform tells it.
LATER = ("engagement:answer_time",)


class Goalposts(Frozen):
    """All points from `high` on, none up to `low`, in proportion between; low > high: less is better."""

    how: Literal["goalposts"]
    figure: str
    low: float
    high: float


class Steps(Frozen):
    """The points of the highest step reached: [least figure, points]; none below the first."""

    how: Literal["steps"]
    figure: str
    steps: tuple[tuple[float, float], ...]


class YesNo(Frozen):
    """All points where the figure is at least so much."""

    how: Literal["yes_no"]
    figure: str
    at_least: float


class Count(Frozen):
    """So many points for each, up to the criterion's."""

    how: Literal["count"]
    figure: str
    each: float = Field(gt=0)


class Leader(Frozen):
    """Half the points at the target (in proportion below), the rest in proportion to the cluster's leader beyond it.

    Without a target all points in proportion to the leader.
    """

    how: Literal["leader"]
    figure: str
    target: float = Field(default=0.0, ge=0)


class Improvement(Frozen):
    """Share of the gap closed in the period: (x_t - x_0)/(goal - x_0); a commune at the goal has all points."""

    how: Literal["improvement"]
    figure: str
    goal: float


class Lateness(Frozen):
    """So many points off for each late (or missing) report, up to the criterion's."""

    how: Literal["lateness"]
    figure: str
    each: float = Field(gt=0)


class Manual(Frozen):
    """Given by people, with an explanation and a reference to the evidence."""

    how: Literal["manual"]


Measured = Goalposts | Steps | YesNo | Count | Leader | Improvement | Lateness
Score = Annotated[Measured | Manual, Field(discriminator="how")]


class Group(Frozen):
    id: str
    label: Label
    points: float = Field(gt=0)


class Criterion(Frozen):
    """One line of the sheet. kind: points of a group, bonus or deduction apart; compulsory and extended are passed.

    missing: what no figure means, where it differs from the sheet's. not_for: communes and clusters ("cluster:ID") to
    whom it does not apply, fixed before the period. verified: scaled by the verified share of a sample check.
    """

    id: str
    label: Label
    group: str = ""
    kind: Literal["points", "bonus", "deduction", "compulsory", "extended"] = "points"
    points: float = Field(gt=0)
    score: Score
    missing: Literal["zero", "open", ""] = ""
    not_for: tuple[str, ...] = ()
    verified: bool = False


class Limit(Frozen):
    """A criterion below a share of its points caps the grade; without a grade it is a veto: no award at all."""

    criterion: str
    below: float = Field(gt=0, le=1)
    at_most: str = ""
    label: Label


class Grade(Frozen):
    """From so many points on; quota: the largest share of a cluster's communes that may have it."""

    id: str
    label: Label
    least: float = Field(ge=0)
    quota: float | None = Field(default=None, gt=0, le=1)


class Legal(Frozen):
    document: Said
    number: str
    date: str


class Award(Frozen):
    """So many in each cluster (rounded down from a share where below 1), for a grade or better."""

    id: str
    label: Label
    in_cluster: float = Field(gt=0)
    grade: str
    authority: Label
    legal: Legal


class Period(Frozen):
    first: date = Field(alias="from")
    last: date = Field(alias="to")


class Sheet(Frozen):
    """One year's rules. corrections: what was received after the cut-off counts never, or only through an appeal.

    previous_cut_off: of the round before; what fell due or was posted since counts here (decision 0024).
    """

    id: str
    title: Label
    kind: Literal["points", "pass_fail"]
    total: float = Field(default=0.0, ge=0)
    bonus: float = Field(default=0.0, ge=0)
    period: Period
    applicability_fixed: date
    cut_off: date
    previous_cut_off: date | None = None
    corrections: Literal["never", "appeal"]
    missing: Literal["zero", "open"]
    extended_share: float = Field(default=0.0, ge=0, le=1)
    tie_breakers: tuple[str, ...] = ()
    legal: Legal
    groups: tuple[Group, ...] = ()
    criteria: tuple[Criterion, ...]
    limits: tuple[Limit, ...] = ()
    grades: tuple[Grade, ...] = ()
    awards: tuple[Award, ...] = ()

    @property
    def counted_from(self) -> date:
        """The first day whose cases, posts and feedback count: no day between two rounds is in neither."""
        return min(self.period.first, (self.previous_cut_off or date.max - timedelta(1)) + timedelta(1))

    @property
    def counted_to(self) -> date:
        return min(self.period.last, self.cut_off)

    def criterion(self, id: str) -> Criterion:
        return next(one for one in self.criteria if one.id == id)

    def missing_for(self, criterion: Criterion) -> str:
        return criterion.missing or self.missing


def load_sheet(path: Path, known: Definitions | None = None) -> Sheet:
    """The rules of one file, whole and sound; DefinitionError with a sentence otherwise."""
    sheet = parse(Sheet, {"id": path.stem} | read(path.name, path.parent), path.name, "")
    for block, key, sentence in faults(sheet, known or definitions()):
        raise DefinitionError(path.name, block, key, sentence)
    return sheet


def faults(sheet: Sheet, known: Definitions) -> Iterator[tuple[str, str, str]]:
    """(block, key, sentence) of everything that cannot be."""
    yield from _names(sheet, known)
    yield from _sums(sheet)
    yield from _scores(sheet, known)
    yield from _order(sheet)


@cache
def sheets() -> dict[str, Sheet]:
    """All sheets by id; a year's follows on the cut-off of the year before, where there is one."""
    found = {path.stem: load_sheet(path) for path in sorted(AWARDS.glob("*.toml"))}
    for before, sheet in ((found.get(str(int(id) - 1)), found[id]) for id in found if id.isdigit()):
        check_follows(sheet, before)
    return found


def check_follows(sheet: Sheet, before: Sheet | None) -> None:
    """DefinitionError where days after the cut-off of the round before would count in no round, or in two."""
    if before and sheet.previous_cut_off != before.cut_off:
        sentence = f"the round of {before.id} was cut off on {before.cut_off}; what came after counts here or nowhere"
        raise DefinitionError(f"{sheet.id}.toml", "", "previous_cut_off", sentence)


def _names(sheet: Sheet, known: Definitions) -> Iterator[tuple[str, str, str]]:
    criteria, groups, grades = ([one.id for one in many] for many in (sheet.criteria, sheet.groups, sheet.grades))
    for what, ids in (("criteria", criteria), ("groups", groups), ("grades", grades)):
        for twice in sorted({id for id in ids if ids.count(id) > 1}):
            yield what, "id", f"{twice} stands there twice"
    used = [("tie_breakers", "", id, criteria) for id in sheet.tie_breakers]
    used += [("limits", "criterion", limit.criterion, criteria) for limit in sheet.limits]
    used += [("limits", "at_most", limit.at_most, grades) for limit in sheet.limits if limit.at_most]
    used += [("awards", "grade", award.grade, grades) for award in sheet.awards]
    used += [(f"criterion {one.id}", "group", one.group, groups) for one in sheet.criteria if one.kind == "points"]
    units = {commune.code for commune in reference.communes()} | {f"cluster:{one.id}" for one in known.clusters}
    used += [(f"criterion {one.id}", "not_for", id, sorted(units)) for one in sheet.criteria for id in one.not_for]
    for block, key, id, among in used:
        if id not in among:
            some = f"; known are {', '.join(among)}" if len(among) < 50 else ""
            yield block, key, f'"{id}" is not known{some}'


def _sums(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    if sheet.kind == "pass_fail":
        for one in sheet.criteria:
            if one.kind not in ("compulsory", "extended"):
                yield f"criterion {one.id}", "kind", f"{one.kind} stands on a sheet that is passed or failed"
        return
    for one in sheet.criteria:
        if one.kind in ("compulsory", "extended"):
            yield f"criterion {one.id}", "kind", f"{one.kind} stands on a sheet of points"
        if one.points * 2 % 1:
            yield f"criterion {one.id}", "points", f"{one.points:g} is not in halves"
    for group in sheet.groups:
        maxima = sum(one.points for one in sheet.criteria if one.kind == "points" and one.group == group.id)
        if maxima > group.points:
            yield "groups", "points", f"group {group.id}: maxima add up to {maxima:g}, the group has {group.points:g}"
    whole = sum(group.points for group in sheet.groups)
    if whole != sheet.total:
        yield "", "total", f"the groups add up to {whole:g}, the sheet has {sheet.total:g}"
    extra = sum(one.points for one in sheet.criteria if one.kind == "bonus")
    if extra < sheet.bonus:
        yield "", "bonus", f"bonus criteria add up to {extra:g}, the sheet promises {sheet.bonus:g}"


def _scores(sheet: Sheet, known: Definitions) -> Iterator[tuple[str, str, str]]:
    figures = {f"target:{id}" for id in known.targets} | {f"indicator:{id}" for id in known.indicators}
    figures |= {*ROUNDS, *VOICES, *LATER}
    for one in sheet.criteria:
        block, score = f"criterion {one.id}", one.score
        if not isinstance(score, Manual) and score.figure not in figures:
            yield block, "score.figure", f'"{score.figure}" is not known; known are {", ".join(sorted(figures))}'
        if isinstance(score, Goalposts) and score.low == score.high:
            yield block, "score", "both goalposts are the same"
        if isinstance(score, Steps):
            rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(score.steps))
            if not score.steps or not rising or score.steps[-1][1] > one.points:
                yield block, "score.steps", f"steps rise, and the last gives at most {one.points:g}"
        if isinstance(score, Lateness) != (one.kind == "deduction"):
            yield block, "score.how", "lateness is a deduction, and a deduction is for lateness"
        if isinstance(score, Improvement) and not score.figure.startswith("indicator:"):
            yield block, "score.figure", "an improvement is one of an indicator"


def _order(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    if sheet.period.first > sheet.period.last:
        yield "period", "from", "the period ends before it begins"
    if sheet.applicability_fixed >= sheet.period.first:
        yield "", "applicability_fixed", "what applies to whom is fixed before the period begins"
    if sheet.cut_off < sheet.period.first:
        yield "", "cut_off", "the cut-off lies before the period"
    if sheet.previous_cut_off and sheet.previous_cut_off >= sheet.cut_off:
        yield "", "previous_cut_off", "the round before was cut off before this one"
    for better, worse in pairwise(sheet.grades):
        if better.least <= worse.least:
            yield "grades", "least", f"{better.id} stands before {worse.id}, so it asks for more"
