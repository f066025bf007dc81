"""What people do on the demonstration's score sheet: take it into use, give points by stages, check two samples."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from definitions.award_rules import Criterion, Manual, sheets
from etl import store
from etl.award_stages import ADOPTED, GIVEN, SAMPLED, digest
from etl.demo.plan import dice
from etl.store import Record, Root

SHEET, HELD = "2026", "awards.json"
SPECIALIST = "MTTQ Lào Cai (minh hoạ)"
BEGUN = datetime(2025, 12, 29, 9, tzinfo=store.zone())
SENT = datetime(2026, 10, 20, 8, tzinfo=store.zone())  # the first commune scores itself
LOOKED_AT = datetime(2026, 11, 2, 8, tzinfo=store.zone())
CHECKED = ((11, "01/BB-MTTQ"), (16, "02/BB-MTTQ"))  # verified of 19: one fails, one passes
SELF_SCORED, APPRAISED, CUT, INITIATIVE = 0.92, 0.7, 0.25, 0.3  # shares of communes


def hold(root: Root, communes: Mapping[str, str], seed: int) -> None:
    """Keep every act in the demo root, once; half-kept ones are gone on with, since each is kept under its hash."""
    done = root.path / HELD
    if done.exists():
        return
    for act in acts(communes, seed):
        store.record_event(root, act)
    store.create_once(done, json.dumps({"sheet": SHEET, "seed": seed}).encode())


def acts(communes: Mapping[str, str], seed: int) -> Iterator[Record]:
    """The events, as etl/award_stages.py records them; communes: code -> full name."""
    sheet = sheets()[SHEET]
    rules = {"rules": sheet.model_dump(mode="json", by_alias=True), "rules_sha256": digest(sheet)}
    decision = "118/QĐ-MTTQ (minh hoạ)"
    yield _dated(
        {"event": ADOPTED, "sheet": SHEET, "decision": decision, "reason": "", "by": SPECIALIST} | rules, BEGUN
    )
    for commune, name in communes.items():
        chance = dice(seed, "awards", commune)
        if chance.random() < SELF_SCORED:
            for one in (one for one in sheet.criteria if isinstance(one.score, Manual)):
                yield from _given(commune, name, one, chance)
    yield from _checked(list(communes), seed)


def _given(commune: str, name: str, one: Criterion, chance: np.random.Generator) -> Iterator[Record]:
    """The commune's own points, and a specialist's, who counts again and takes some off."""
    if one.kind == "bonus" and chance.random() > INITIATIVE:
        return
    mean, papers = 0.35 if one.kind == "bonus" else 0.82, int(chance.integers(20, 90))
    share = float(np.clip(chance.normal(mean, 0.12), 0, 1))
    own = max(0.5, round(2 * one.points * share) / 2)
    about = {"event": GIVEN, "sheet": SHEET, "commune": commune, "criterion": one.id}
    paper = {"explanation": f"{round(share * papers)}/{papers} (minh hoạ)",
             "evidence": f"{int(chance.integers(10, 200))}/BC-MTTQ (minh hoạ)"}  # fmt: skip
    sent = _moment(SENT, 10, chance)
    said = {"stage": "commune", "points": own, "reason": "", "by": f"MTTQ {name} (minh hoạ)"}
    yield _dated(about | said | paper, sent)
    if chance.random() >= APPRAISED:
        return
    is_cut = chance.random() < CUT and own > 1
    reason = f"{round(share * papers) - 2}/{papers} (minh hoạ)" if is_cut else ""
    said = {"stage": "specialist", "points": own - 0.5 * is_cut, "reason": reason, "by": SPECIALIST}
    seen = _moment(LOOKED_AT, 3, chance)
    yield _dated(about | said | dict.fromkeys(paper, ""), seen)


def _checked(communes: Sequence[str], seed: int) -> Iterator[Record]:
    """Two communes drawn by lot."""
    drawn = dice(seed, "award samples").permutation(len(communes))[: len(CHECKED)]
    for (verified, paper), place in zip(CHECKED, drawn, strict=False):
        said = {"verified": verified, "visited": 19, "seed": seed, "evidence": f"{paper} (minh hoạ)"}
        about = {"event": SAMPLED, "sheet": SHEET, "commune": communes[place], "by": SPECIALIST}
        yield _dated(about | said, LOOKED_AT + timedelta(minutes=10 * verified))


def _moment(since: datetime, days: int, chance: np.random.Generator) -> datetime:
    """Some minute of the office hours of one of the days."""
    return since + timedelta(days=int(chance.integers(0, days)), minutes=int(chance.integers(0, 8 * 60)))


def _dated(act: Record, at: datetime) -> Record:
    return act | {"at": store.stamp(at)}
