"""One scoring round as its pages and papers see it: the sheet, what people gave stage by stage, and the points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from definitions.award_rules import Sheet
from etl import award_stages
from etl.award_stages import Appeal, Given
from etl.store import Record, Root
from methods.sample_check import Checked, scale
from metrics import awards
from metrics.awards import Scored
from warehouse.version import Version

State = Literal["draft", "adopted", "published"]


@dataclass(frozen=True, eq=False)
class Round:
    """A sheet scored from one version.

    rules: with the cut-off that was scored (a draft's is the day looked at). state: draft until the sheet is adopted,
    published after the standing committee's word. adopted: its event, with the decision. stages: by (commune,
    criterion) each stage's own points. samples: by commune what the visits found. appeals: every appeal and decision.
    """

    rules: Sheet
    version: Version
    state: State
    adopted: Record | None
    stages: Mapping[tuple[str, str], Mapping[str, Given]]
    samples: Mapping[str, Checked]
    scored: Scored
    appeals: tuple[Appeal, ...] = ()


def scored_round(root: Root, version: Version, rules: Sheet, day: date | None = None) -> Round:
    """The round of a sheet; day: score it as if the cut-off were then (a draft on past data)."""
    adopted = award_stages.adopted(root, rules.id)
    state: State = "published" if award_stages.is_published(root, rules.id) else "adopted" if adopted else "draft"
    seen = awards.as_of(rules, day) if day and day < rules.cut_off else rules
    samples, asked = award_stages.samples(root, rules.id), tuple(award_stages.appeals(root, rules.id))
    stages = award_stages.history(root, rules.id)
    scored = _scored(version, seen, stages, samples, asked, is_draft=not adopted)
    return Round(seen, version, state, adopted, stages, samples, scored, asked)


def with_appeal(of: Round, appeal: Appeal) -> Scored:
    """The round as it would stand were an appeal accepted."""
    asked = (*of.appeals, appeal._replace(decision="accepted"))
    return _scored(of.version, of.rules, of.stages, of.samples, asked, is_draft=of.state == "draft")


def _scored(
    version: Version, rules: Sheet, stages: Mapping[tuple[str, str], Mapping[str, Given]],
    samples: Mapping[str, Checked], appeals: Sequence[Appeal], is_draft: bool,
) -> Scored:  # fmt: skip
    last = {key: award_stages.latest(of) for key, of in stages.items()}
    points = {key: given.points for key, given in last.items() if given}
    verified = {commune: scale(check) for commune, check in samples.items()}
    ruled = award_stages.rulings(appeals)
    return awards.scored(version, rules, points, is_draft=is_draft, verified=verified, rulings=ruled)
