"""One scoring round as its pages and papers see it: the sheet, what people gave stage by stage, and the points."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import polars as pl

from definitions.award_rules import Sheet
from definitions.load import definitions
from etl import award_bundle, award_stages, store
from etl.award_stages import Appeal, Given
from etl.build import build
from etl.store import Record, Root
from methods.sample_check import Checked, scale
from metrics import awards
from metrics.award_certificates import Certificates, certificates
from metrics.awards import Scored
from metrics.published import facts
from warehouse.publish import CheckFailed
from warehouse.version import Version, open_version

log = logging.getLogger(__name__)

State = Literal["draft", "adopted", "published"]


@dataclass(frozen=True, eq=False)
class Round:
    """A sheet scored from one version.

    rules: with the cut-off that was scored (the day looked at, before the sheet's own; a draft's period ends with it).
    state: draft until the sheet is adopted,
    published after the standing committee's word. adopted: its event, with the decision. stages: by (commune,
    criterion) each stage's own points. samples: by commune what the visits found. appeals: every appeal and decision.
    frozen: what was frozen last, with its points.
    """

    rules: Sheet
    version: Version
    state: State
    adopted: Record | None
    stages: Mapping[tuple[str, str], Mapping[str, Given]]
    samples: Mapping[str, Checked]
    scored: Scored
    appeals: tuple[Appeal, ...] = ()
    frozen: Record | None = None

    @property
    def verified(self) -> dict[str, float]:
        """By commune what the points of verified criteria are multiplied by."""
        return {commune: scale(check) for commune, check in self.samples.items()}


def scored_round(root: Root, version: Version, rules: Sheet, day: date | None = None) -> Round:
    """The round of a sheet; day: score it as it stands then, before the cut-off.

    A draft's period is moved so that it ends with the day; that of a sheet in use begins where the council said.
    """
    adopted = award_stages.adopted(root, rules.id)
    state: State = "published" if award_stages.is_published(root, rules.id) else "adopted" if adopted else "draft"
    seen = rules
    if day and day < rules.cut_off:
        seen = awards.so_far(rules, day) if adopted else awards.as_of(rules, day)
    samples, asked = award_stages.samples(root, rules.id), tuple(award_stages.appeals(root, rules.id))
    stages = award_stages.history(root, rules.id)
    scored = _scored(version, seen, stages, samples, asked, is_draft=not adopted)
    frozen = award_stages.frozen(root, rules.id)
    return Round(seen, version, state, adopted, stages, samples, scored, asked, frozen)


def with_weights(of: Round, weights: Mapping[str, float]) -> Scored:
    """The round as it would stand had its criteria other points: scored anew, nothing is kept."""
    rules = awards.reweighted(of.rules, weights)
    return _scored(of.version, rules, of.stages, of.samples, of.appeals, is_draft=of.state == "draft")


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


def rules_in_use(root: Root, rules: Sheet) -> Sheet:
    """A sheet as it was adopted, whatever became of its file since; the file's before that."""
    adopted = award_stages.adopted(root, rules.id)
    return Sheet.model_validate(adopted["rules"]) if adopted else rules


def known_round(root: Root, version: Version, rules: Sheet, day: date) -> Round:
    """`scored_round` of the rules in use, kept until a person acts or another version is published.

    After the cut-off of a sheet in use: from what was known at its end, as its papers are.
    """
    return _known(root, scored_from(root, version, rules.id, day), rules, day, store.acts(root))


def scored_from(root: Root, version: Version, sheet: str, day: date) -> Version:
    """What a round is scored from: the given version; after the cut-off of a sheet in use what was known at its end.

    That one is made where there is none yet, which takes as long as publishing; where it cannot be made the given
    version stands in, and `is_final` tells.
    """
    final = cut_off_in_use(root, sheet)
    if final is None or day <= final or facts(version)["as_of"]:
        return version
    try:
        return _known_at(root, version, final)
    except (CheckFailed, OSError) as fault:
        log.error("Not known as of %s: %s", final, fault)
        return version


def cut_off_in_use(root: Root, sheet: str) -> date | None:
    """The cut-off as it was adopted; None before."""
    acts = known_acts(root, sheet).known
    adopted = next((act for act in acts if act["event"] == award_stages.ADOPTED), None)
    return date.fromisoformat(adopted["rules"]["cut_off"]) if adopted else None


@lru_cache(maxsize=16)
def _known_at(root: Root, current: Version, day: date) -> Version:
    """What was known at the end of a day; looked for once for each version that is published."""
    return open_version(root.published, build(root, day))


def is_final(of: Round) -> bool:
    """Whether this is the round itself: adopted rules, scored at their cut-off from what was known at its end."""
    if of.adopted is None or of.adopted["rules_sha256"] != award_stages.digest(of.rules):
        return False
    return bool(of.version.manifest.get("as_of") == of.rules.cut_off.isoformat())


@lru_cache(maxsize=32)
def _known(root: Root, version: Version, rules: Sheet, day: date, acts: int) -> Round:
    return scored_round(root, version, rules_in_use(root, rules), day)


@lru_cache(maxsize=8)
def known_certificates(of: Round) -> Certificates:
    """The certificates of a round that `known_round` gave, made once."""
    return certificates(of.scored, of.rules, verified=of.verified, ruled=award_stages.rulings(of.appeals))


@lru_cache(maxsize=32)
def since_frozen(of: Round) -> list[tuple[str, str, str]]:
    """What of a closed round is not as it was frozen: (commune and criterion, state and points then, those now)."""
    if of.frozen is None or not is_final(of):
        return []
    return award_bundle.differences(of.frozen["points"].encode(), awards.canonical(of.scored))


@lru_cache(maxsize=32)
def points_hash(of: Round) -> str:
    """SHA-256 of the round's points as `freeze` and `replay` print it."""
    return store.sha_of(awards.canonical(of.scored))


@dataclass(frozen=True, eq=False)
class Acts:
    """All that people did on a sheet, oldest first."""

    known: tuple[Record, ...]


def known_acts(root: Root, sheet: str) -> Acts:
    """The acts on a sheet, kept until somebody acts."""
    return _acts(root, sheet, store.acts(root))


def in_use(root: Root, sheets: Iterable[str]) -> list[str]:
    """Those of the sheets that were adopted."""
    done = {sheet: known_acts(root, sheet).known for sheet in sheets}
    return [sheet for sheet, acts in done.items() if any(act["event"] == award_stages.ADOPTED for act in acts)]


@lru_cache(maxsize=32)
def _acts(root: Root, sheet: str, acts: int) -> Acts:
    return Acts(tuple(award_stages.acts(root, sheet)))


def in_order(found: Scored) -> pl.DataFrame:
    """The standings by cluster as declared, and inside each by place; those without a place last."""
    clusters = {f"cluster:{of.id}": n for n, of in enumerate(definitions().clusters)}
    order = pl.col("cluster").replace_strict(clusters, default=len(clusters), return_dtype=pl.Int64)
    place = [pl.col("place").fill_null(len(found.standings) + 1)] if "place" in found.standings.columns else []
    return found.standings.sort(order, *place, maintain_order=True)
