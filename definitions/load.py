"""Reads and validates definitions/*.toml: what we measure and promise, as data."""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

FOLDER = Path(__file__).parent
Model = TypeVar("Model", bound=BaseModel)
ACCESS = "access"  # the indicator that follows the wording in force
VILLAGES = "villages"  # the denominator that counts the registry's villages


class DefinitionError(Exception):
    """A fault in a definition file, said to its maintainer: file, block, key and what is wrong."""

    def __init__(self, file: str, block: str, key: str, message: str):
        self.file, self.block, self.key = file, block, key
        super().__init__(f"{file} [{block}] {key}: {message}")


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Label(Frozen):
    """Words in Vietnamese and English, and in any further language a block brings."""

    model_config = ConfigDict(frozen=True, extra="allow")

    vi: str
    en: str

    def said(self, lang: str) -> str:
        """The words in a language; in English where a block has none of its own."""
        return str(getattr(self, lang, self.en))


def _in_all_languages(said: object) -> object:
    return {"vi": said, "en": said} if isinstance(said, str) else said


# Words that may be the same in every language: an address, the title of a decree.
Said = Annotated[Label, BeforeValidator(_in_all_languages)]


class Measure(Frozen):
    """A thing counted; `of` names the measure it is a part of, `platform` the platform it belongs to.

    both_of: the two measures it counts the overlap of.
    """

    kind: Literal["stock", "flow"]
    unit: Literal["household", "village", "person", "class", "case"]
    label: Label
    of: str = ""
    platform: str = ""
    both_of: tuple[str, ...] = ()


class Indicator(Frozen):
    """A ratio of two measures (`denominator` may be "villages": those of the registry).

    printed: the indicators of data/reference/printed_figures.csv that say the same in per cent.
    """

    numerator: str
    denominator: str
    better: Literal["higher", "lower"]
    label: Label
    why: Label
    source: Said
    printed: tuple[str, ...] = ()


class Legal(Frozen):
    document: Said
    clause: str
    number: str
    date: str
    source: str


class Target(Frozen):
    """What is promised by when; goal and met_at are shares, `finite` counts (villages) are met only in full."""

    indicator: str
    deadline: date
    goal: float = Field(gt=0, le=1)
    met_at: float | None = Field(default=None, gt=0, le=1)
    finite: bool
    unit: Literal["household", "village"]
    label: Label
    wording: Label
    sentence: Label
    legal: Legal


class Goal(Frozen):
    """A goal of its own for one unit, from one quarter on; document is the plan's annex and page."""

    target: str
    unit: str
    quarter: str = Field(pattern=r"^\d{4}-Q[1-4]$")
    value: float = Field(gt=0, le=1)
    document: str = Field(min_length=1)


class Baseline(Frozen):
    target: str
    unit: str
    value: float = Field(ge=0, le=1)
    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    decision: str = Field(min_length=1)


class Platform(Frozen):
    """In operation from `since` (inclusive) until `until` (exclusive)."""

    label: Label
    since: date
    until: date | None = None
    source: Said


class Wording(Frozen):
    indicator: str
    at_least: int | Literal["all"]
    label: Label


class Access(Frozen):
    in_force: str
    document: str
    date: str
    wordings: dict[str, Wording]

    @property
    def provisional(self) -> bool:
        """True until a document number and date say which wording counts."""
        return not (self.document and self.date)


class PriorityGroup(Frozen):
    label: Label
    aliases: tuple[str, ...] = ()


class Holiday(Frozen):
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    name: Said


class Calendar(Frozen):
    timezone: str
    due_day: int = Field(ge=1, le=28)
    grace_days: int = Field(ge=0)
    dead_months: tuple[str, ...] = ()
    holiday: tuple[Holiday, ...] = ()


class Cluster(Frozen):
    id: str
    label: Label
    communes: tuple[str, ...]


class Column(Frozen):
    """One column of a sheet; id is a measure, or a key column, or "text:<name>"."""

    id: str
    kind: Literal["count", "yes_no", "tick", "text", "date", "category", "village_id", "village_name"]
    header: str
    group: str = ""
    aliases: tuple[str, ...] = ()
    explain: Label
    choices: tuple[str, ...] = ()


class Sheet(Frozen):
    id: str
    name: str
    grain: Literal["village", "commune"]
    rhythm: Literal["month", "quarter", "change"]
    aliases: tuple[str, ...] = ()
    title: Label
    columns: tuple[Column, ...]


class Form(Frozen):
    id: str
    title: Label
    unit_kind: Literal["commune"]


class Cover(Frozen):
    name: str
    commune: tuple[str, ...]
    commune_code: tuple[str, ...]
    month: tuple[str, ...]
    revision: tuple[str, ...]
    origin: tuple[str, ...]
    form_version: tuple[str, ...]


class Forms(Frozen):
    form: Form
    cover: Cover
    sheets: dict[str, Sheet]


class Verdict(Frozen):
    label: Label
    sign: str
    tint: str = Field(pattern=r"^#[0-9A-F]{6}$")
    hatched: bool = False


class OldProvince(Frozen):
    code: str
    name: str


class Front(Frozen):
    """Who issues the papers, as it names itself; marks end their numbers; grounds are laws it always cites."""

    body: str
    level: str
    organ: str
    council: str
    mark: str
    council_mark: str
    seat: str
    grounds: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.body} {self.level}"


class Province(Frozen):
    """The province this installation serves; a code means nothing without its epoch."""

    code: str
    name: str
    epoch: date
    resolution: str
    codes_by: str
    area_km2: float
    population: int
    old_provinces: tuple[OldProvince, ...]
    front: Front


class Definitions(Frozen):
    measures: dict[str, Measure]
    indicators: dict[str, Indicator]
    targets: dict[str, Target]
    goals: tuple[Goal, ...]
    baselines: tuple[Baseline, ...]
    platforms: dict[str, Platform]
    access: Access
    forms: Forms
    calendar: Calendar
    priority_groups: dict[str, PriorityGroup]
    clusters: tuple[Cluster, ...]
    verdicts: dict[str, Verdict]
    province: Province


def read(file: str, folder: Path) -> dict:
    """The content of one TOML file; DefinitionError where it is missing or not TOML."""
    try:
        return tomllib.loads((folder / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DefinitionError(file, "", "", "the file is missing") from None
    except tomllib.TOMLDecodeError as fault:
        raise DefinitionError(file, "", "", f"not valid TOML: {fault}") from None


def parse(model: type[Model], content: object, file: str, block: str) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise DefinitionError(file, block, ".".join(str(part) for part in first["loc"]), first["msg"]) from None


def blocks(model: type[Model], file: str, folder: Path) -> dict[str, Model]:
    """One model per [block] of a file, by the block's id."""
    return {block: parse(model, content, file, block) for block, content in read(file, folder).items()}


def rows(model: type[Model], file: str, block: str, folder: Path) -> tuple[Model, ...]:
    """One model per [[block]] of a file, in order."""
    listed = read(file, folder).get(block, [])
    return tuple(parse(model, content, file, f"{block} {number}") for number, content in enumerate(listed, 1))


def forms(folder: Path) -> Forms:
    content = read("forms.toml", folder)
    sheets = {id: {"id": id} | sheet for id, sheet in content.get("sheets", {}).items()}
    return parse(Forms, content | {"sheets": sheets}, "forms.toml", "")


def load(folder: Path = FOLDER) -> Definitions:
    """All definitions of a folder, each file valid in itself and all of them together."""
    loaded = Definitions(
        measures=blocks(Measure, "measures.toml", folder),
        indicators=blocks(Indicator, "indicators.toml", folder),
        targets=blocks(Target, "targets.toml", folder),
        goals=rows(Goal, "goals.toml", "goal", folder),
        baselines=rows(Baseline, "baselines.toml", "baseline", folder),
        platforms=blocks(Platform, "platforms.toml", folder),
        access=parse(Access, read("access.toml", folder), "access.toml", ""),
        forms=forms(folder),
        calendar=parse(Calendar, read("calendar.toml", folder), "calendar.toml", ""),
        priority_groups=blocks(PriorityGroup, "priority_groups.toml", folder),
        clusters=rows(Cluster, "clusters.toml", "cluster", folder),
        verdicts=blocks(Verdict, "verdicts.toml", folder),
        province=parse(Province, read("province.toml", folder), "province.toml", ""),
    )
    for file, block, key, name, known in references(loaded):
        if name not in known:
            raise DefinitionError(file, block, key, f'"{name}" is not known; known are {", ".join(sorted(known))}')
    clustered = [commune for cluster in loaded.clusters for commune in cluster.communes]
    for commune in clustered:
        if clustered.count(commune) > 1:
            raise DefinitionError("clusters.toml", "cluster", "communes", f"{commune} stands in two clusters")
    return loaded


def references(loaded: Definitions) -> list[tuple[str, str, str, str, set[str]]]:
    """Every name one block uses of another: (file, block, key, name, names known)."""
    measures, indicators, targets = set(loaded.measures), set(loaded.indicators), set(loaded.targets)
    named = [("measures.toml", id, "of", m.of, measures | {""}) for id, m in loaded.measures.items()]
    named += [
        ("measures.toml", id, "platform", m.platform, set(loaded.platforms) | {""}) for id, m in loaded.measures.items()
    ]
    named += [("measures.toml", id, "both_of", of, measures) for id, m in loaded.measures.items() for of in m.both_of]
    for id, indicator in loaded.indicators.items():
        named.append(("indicators.toml", id, "numerator", indicator.numerator, measures))
        named.append(("indicators.toml", id, "denominator", indicator.denominator, measures | {VILLAGES}))
    named += [("targets.toml", id, "indicator", t.indicator, indicators | {ACCESS}) for id, t in loaded.targets.items()]
    named += [("goals.toml", f"goal {n}", "target", g.target, targets) for n, g in enumerate(loaded.goals, 1)]
    named += [
        ("baselines.toml", f"baseline {n}", "target", b.target, targets) for n, b in enumerate(loaded.baselines, 1)
    ]
    named.append(("access.toml", "", "in_force", loaded.access.in_force, set(loaded.access.wordings)))
    named += [
        ("access.toml", f"wordings.{id}", "indicator", w.indicator, indicators)
        for id, w in loaded.access.wordings.items()
    ]
    for id, sheet in loaded.forms.sheets.items():
        for column in sheet.columns:
            if column.kind in ("count", "yes_no"):
                named.append(("forms.toml", f"sheets.{id}.columns", "id", column.id, measures))
    return named


@cache
def definitions() -> Definitions:
    """The definitions in force, read once per process."""
    return load()


def access_indicator() -> str:
    """The indicator of the access wording in force."""
    access = definitions().access
    return access.wordings[access.in_force].indicator


def target_indicator(target: str) -> str:
    """The indicator a target is measured by; "access" follows the wording in force."""
    indicator = definitions().targets[target].indicator
    return access_indicator() if indicator == ACCESS else indicator


def platforms_in_force(month: date) -> tuple[str, ...]:
    """Ids of the platforms in operation at the start of the month."""
    return tuple(
        id
        for id, platform in definitions().platforms.items()
        if platform.since <= month and (platform.until is None or month < platform.until)
    )


@cache
def sheet_columns(sheet: str, month: date) -> tuple[Column, ...]:
    """The columns a sheet asks for in a month: those of platforms out of operation are left out."""
    measures, running = definitions().measures, platforms_in_force(month)

    def asked(column: Column) -> bool:
        platform = measures[column.id].platform if column.id in measures else ""
        return not platform or platform in running

    return tuple(column for column in definitions().forms.sheets[sheet].columns if asked(column))


def goal(target: str, unit: str, month: date) -> tuple[float, str]:
    """The goal of a unit in a month and the plan's document it stands in ("" for the province's own goal)."""
    quarter = f"{month.year}-Q{(month.month + 2) // 3}"
    own = [g for g in definitions().goals if (g.target, g.unit) == (target, unit) and g.quarter <= quarter]
    latest = max(own, key=lambda g: g.quarter, default=None)
    return (latest.value, latest.document) if latest else (definitions().targets[target].goal, "")


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and not any(h.first <= day <= h.last for h in definitions().calendar.holiday)


def due_date(month: date) -> date:
    """The day a month's report is due: due_day of the next month, moved on to the next working day."""
    due = (month.replace(day=28) + timedelta(days=4)).replace(day=definitions().calendar.due_day)
    while not is_working_day(due):
        due += timedelta(days=1)
    return due


def late_after(month: date) -> date:
    """The last day on which a month's report still counts as on time."""
    return due_date(month) + timedelta(days=definitions().calendar.grace_days)


def is_dead(month: date) -> bool:
    return f"{month:%Y-%m}" in definitions().calendar.dead_months


def rounds_around(today: date) -> list[date]:
    """The months whose report can be asked for on a day: the month just ended, the running one, then four before."""
    months = [today.replace(day=1)]
    while len(months) < 6:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return [months[1], months[0], *months[2:]]
