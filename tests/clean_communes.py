"""A thousand communes that count honestly, with all that honest counting does: what a question must leave alone."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from definitions.load import access_indicator, definitions
from warehouse import db
from warehouse.publish import FILE
from warehouse.version import Version

Counts = NDArray[np.float64]  # villages x months, NaN where a village did not report
MONTHS = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(10, 25)]  # November 2025 to January 2027
CUT_OFF = date(2026, 12, 10)
LAST = MONTHS.index(date(2026, 11, 1))  # the last round over at the cut-off; two more come after it
# What the province does of its usual work in a month: little around Tết, much before the year is closed.
SEASON = np.array([1, 1, 0.9, 0.4, 0.9, 1, 1, 0.9, 0.8, 0.8, 1, 1.2, 1.4, 1.2, 0.9])


@dataclass(frozen=True)
class Commune:
    """What a commune's villages report, and how many households each has."""

    counts: Counts
    households: NDArray[np.int64]

    def reported(self, month: int) -> bool:
        return not bool(np.isnan(self.counts[:, month]).all())

    def with_counts(self, month: int, told: NDArray[np.float64]) -> "Commune":
        """The same commune with other figures in one month."""
        counts = self.counts.copy()
        counts[:, month] = told
        return Commune(counts, self.households)


def thousand(seed: int) -> list[Commune]:
    chance = np.random.default_rng(seed)
    return [_commune(chance) for _ in range(1000)]


def _commune(chance: np.random.Generator) -> Commune:
    """An S-curve that may have begun long ago, begin late or be over, and how people count along it."""
    villages = int(chance.integers(6, 56))
    sizes = np.clip(chance.lognormal(4.75, 0.4, villages), 15, 400).astype(np.int64)
    ceiling = np.clip(chance.uniform(0.4, 0.97) + chance.normal(0, 0.05, villages), 0.1, 1)[:, None]
    middle = chance.uniform(-8, 18) + chance.normal(0, 1.5, villages)[:, None]
    curve = ceiling / (1 + np.exp(-chance.uniform(0.1, 0.45) * (np.arange(-1, len(MONTHS)) - middle)))
    # Work goes up and down from month to month, in the whole commune and in each village; some hold one campaign.
    work = SEASON * chance.gamma(6, 1 / 6, len(MONTHS)) * chance.gamma(8, 1 / 8, (villages, len(MONTHS)))
    if chance.random() < 0.3:
        work[:, chance.integers(len(MONTHS))] *= 2
    hazard = np.clip(np.diff(curve, axis=1) / (1 - curve[:, :-1]) * work, 0, 0.9)
    has = chance.binomial(sizes, curve[:, 0])
    true = np.empty((villages, len(MONTHS)))
    for month in range(len(MONTHS)):
        has = has + chance.binomial(sizes - has, hazard[:, month]) - chance.binomial(has, 0.002)
        true[:, month] = has
    return Commune(_reported(true, sizes, chance), sizes)


def _reported(true: Counts, sizes: NDArray[np.int64], chance: np.random.Generator) -> Counts:
    """What is counted: miscounts stand until a recount corrects them, some of a month is counted in the next.

    A village in 30 sends last month's figure in good faith, one in 40 nothing, and one commune in 30 has no report.
    """
    told, wrong, before = np.empty_like(true), chance.normal(0, 0.02, len(true)), true[:, 0]
    for month in range(true.shape[1]):
        is_recount = chance.random(len(true)) < 0.05
        wrong = np.where(is_recount, chance.normal(0, 0.02, len(true)), wrong)
        late = np.where(chance.random(len(true)) < 0.2, chance.uniform(0, 0.6, len(true)), 0.0)
        counted = true[:, month] - late * (true[:, month] - (true[:, month - 1] if month else true[:, month]))
        counted = np.clip(np.rint(counted * (1 + wrong)), 0, sizes)
        # Nobody takes a household off the list before a recount says so.
        counted = np.where(is_recount, counted, np.maximum(counted, before if month else 0))
        before = told[:, month] = np.where((chance.random(len(true)) < 1 / 30) & (month > 0), before, counted)
    told[chance.random(told.shape) < 1 / 40] = np.nan
    told[:, chance.random(told.shape[1]) < 1 / 30] = np.nan
    return told


def published(folder: Path, communes: list[Commune]) -> Version:
    """Those of a version's marts that questions are asked of: the communes are called 0 to 999."""
    frames, counted = [], definitions().indicators[access_indicator()].numerator
    for code, commune in enumerate(communes):
        villages, months = commune.counts.shape
        frames.append(pl.DataFrame({
            "commune": [str(code)] * (villages * months),
            "village": np.repeat([f"{code}-{n:03}" for n in range(villages)], months),
            "month": MONTHS * villages, counted: commune.counts.ravel(),
            "households": np.repeat(commune.households, months),
        }))  # fmt: skip
    is_told = pl.col(counted).is_not_nan()
    whole = pl.concat(frames).with_columns(pl.col(counted).fill_nan(None).cast(pl.Int64), is_reported=is_told)
    draft = db.draft(folder / FILE)
    for name, rows in (
        ("village_month", whole),
        ("meta", pl.DataFrame({"key": ["first_month"], "value": ["2025-11"]})),
    ):
        db.keep(draft, "made", rows)
        draft.execute(f"create table {name} as select * from made; drop table made")
    draft.close()
    return Version(folder.name, folder, {})
