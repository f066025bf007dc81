"""Where each unit stands against a target, whether it will arrive, and what is needed."""

from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from definitions.load import VILLAGES, definitions, goal, is_dead, late_after, target_indicator
from methods.months import month_from_text, month_index
from methods.progress import Progress, assess
from methods.trust import trust
from metrics.units import units as all_units
from warehouse.version import Version

TRAJECTORY = {
    "month": pl.Date, "share": pl.Float64, "numerator": pl.Int64, "denominator": pl.Int64,
    "villages_known": pl.Int64, "villages_carried": pl.Int64, "kind": pl.String,
    "linear": pl.Float64, "logit": pl.Float64, "needed": pl.Float64,
}  # fmt: skip
TO_UNIT = {"household": "households_reference", "village": "villages_expected"}


def status(
    version: Version, target: str, today: date, level: str | None = None, unit: str | None = None
) -> pl.DataFrame:
    """One row per unit: the figure, its goal, verdict, projections, what is left and the trust in it.

    level: province, cluster or commune (None: all); unit: only this one. today: the day the need per week is counted
    from and the rounds' age is told by. Shares in [0, 1], changes and slope in shares (0.013 is 1.3 points),
    paces in households (villages) per week. Formulas: methods/progress.py. KeyError for a target that is not defined.
    """
    frame = _of_level(version, target, today, level) if level else _standing(version, target, today)[0]
    return frame.filter(pl.col("unit") == unit) if unit else frame


def row(version: Version, target: str, today: date, unit: str) -> dict:
    """The row of one unit. KeyError for a unit nobody knows."""
    return _rows(version, target, today)[unit]


@lru_cache(maxsize=64)
def _of_level(version: Version, target: str, today: date, level: str) -> pl.DataFrame:
    return _standing(version, target, today)[0].filter(pl.col("level") == level)


@lru_cache(maxsize=64)
def _rows(version: Version, target: str, today: date) -> dict[str, dict]:
    return {row["unit"]: row for row in _standing(version, target, today)[0].iter_rows(named=True)}


@lru_cache(maxsize=1024)
def trajectory(version: Version, target: str, unit: str, today: date) -> pl.DataFrame:
    """One row per month of a unit, from the first value to the deadline:

    month, kind (reported; carried where every village's value is carried; projected), share (null where none),
    numerator, denominator, villages_known, villages_carried, linear and logit (the projections, null before the last
    value), needed (the straight path from the last value to the goal).
    """
    frame, progress, _ = _standing(version, target, today)
    place = frame["unit"].to_list().index(unit)
    past = _past(version, target_indicator(target)).get(unit, [])
    deadline = month_index(definitions().targets[target].deadline)
    last = int(progress.month[place])
    reached_in_full = definitions().targets[target].finite and progress.left[place] == 0
    ahead = np.arange(last, deadline + 1) if 0 <= last < deadline and not reached_in_full else np.arange(0)
    is_needed = progress.left[place] > 0
    steps = zip(
        (date(int(month) // 12, int(month) % 12 + 1, 1) for month in ahead),
        _path(progress.path_linear, progress.path_months, place, ahead),
        _path(progress.path_logit, progress.path_months, place, ahead),
        np.linspace(progress.share[place], progress.met_at[place], len(ahead)).tolist(),
        strict=True,
    )
    rows: dict[date, dict] = {row["month"]: row for row in past}
    for month, linear, logit, needed in steps:
        ends = {"linear": linear, "logit": logit, "needed": needed if is_needed else None}
        rows[month] = rows.get(month, {"month": month, "kind": "projected"}) | ends
    columns = {name: [rows[month].get(name) for month in sorted(rows)] for name in TRAJECTORY}
    return pl.DataFrame(columns, schema=TRAJECTORY)


@lru_cache(maxsize=16)
def _past(version: Version, indicator: str) -> dict[str, list[dict]]:
    """By unit the rows of its trajectory that are no projection."""
    found: dict[str, list[dict]] = {}
    for row in history(version, indicator).iter_rows(named=True):
        kind = "carried" if row["is_carried"] else "reported"
        found.setdefault(row["unit"], []).append(row | {"kind": kind})
    return found


def of_access() -> list[str]:
    """The targets counted by the wording of access in force."""
    return [id for id, of in definitions().targets.items() if of.indicator == "access"]


@lru_cache(maxsize=16)
def wording_changes(version: Version, target: str, today: date) -> pl.DataFrame:
    """One row per commune whose verdict on an access target differs between the wordings: verdicts and shares."""
    access = definitions().access
    frames = [
        _judged(version, target, wording.indicator, today)[0]
        .filter(pl.col("level") == "commune")
        .select("unit", "name", pl.col("verdict").alias(id), pl.col("share").alias(f"{id}_share"))
        for id, wording in access.wordings.items()
    ]
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.join(frame.drop("name"), on="unit")
    ids = list(access.wordings)
    return joined.filter(pl.any_horizontal(pl.col(id) != pl.col(access.in_force) for id in ids))


@lru_cache(maxsize=32)
def goal_sums(version: Version, target: str, today: date) -> tuple[int, int]:
    """What the communes' goals add up to and what the province's goal asks, both in households (or villages)."""
    communes = status(version, target, today, "commune")
    whole = _reference(version, target).join(communes, on="unit").filter(pl.col("whole") > 0)
    asked = whole["whole"] * definitions().targets[target].goal
    return round(float((whole["whole"] * whole["goal"]).sum())), round(float(asked.sum()))


def _standing(version: Version, target: str, today: date) -> tuple[pl.DataFrame, Progress, list[date]]:
    return _judged(version, target, target_indicator(target), today)


@lru_cache(maxsize=64)
def _judged(version: Version, target: str, indicator: str, today: date) -> tuple[pl.DataFrame, Progress, list[date]]:
    past = history(version, indicator)
    listed = all_units(version).select("unit", "level", "name", "full_name", "sort")
    months = past["month"].unique().sort().to_list() or [today.replace(day=1)]  # nothing received yet: one empty month
    progress = _assess(past, listed["unit"].to_list(), months, target, today)
    frame = listed.hstack(_columns(progress, target, listed["unit"].to_list()))
    return _with_trust(version, frame.join(_coverage(past), on=["unit", "month"], how="left")), progress, months


@lru_cache(maxsize=16)
def history(version: Version, indicator: str) -> pl.DataFrame:
    """One row per unit and month of an indicator, all levels, those that never sent anything included (null figures).

    is_carried: no village has a value of its own, all are the ones of earlier rounds.
    """
    return version.query(
        """select unit, level, month, numerator, denominator, share, floor, change, villages_known, villages_expected,
                  villages_carried, households_known, households_reference, communes_unlisted, is_carried
           from indicator_month where indicator = ?""",
        [indicator],
    )


def rejudged(past: pl.DataFrame, target: str, today: date) -> pl.DataFrame:
    """unit, verdict, numerator, denominator, share of a history (rows as those of `history`) that was changed."""
    units = past["unit"].unique(maintain_order=True).to_list()
    progress = _assess(past, units, past["month"].unique().sort().to_list(), target, today)
    figures = ("verdict", "numerator", "denominator", "share")
    frame = pl.DataFrame({"unit": units} | {name: getattr(progress, name) for name in figures})
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _reference(version: Version, target: str) -> pl.DataFrame:
    """The whole a goal is a share of, per commune, in the last month: unit, whole."""
    column = TO_UNIT[definitions().targets[target].unit]
    return (
        history(version, target_indicator(target))
        .filter((pl.col("level") == "commune") & (pl.col("month") == pl.col("month").max()))
        .select("unit", pl.col(column).alias("whole"))
    )


def _assess(past: pl.DataFrame, units: list[str], months: list[date], target: str, today: date) -> Progress:
    promised = definitions().targets[target]
    # A month in which nobody of a unit reported is no round of it: its figure stays the one of its last own round.
    carried = matrix(past, units, months, "is_carried") == 1
    table = {c: matrix(past, units, months, c) for c in ("numerator", "denominator", "change")}
    table |= {c: np.where(carried, np.nan, table[c]) for c in ("numerator", "denominator")}
    size = pl.when(pl.col("communes_unlisted") == 0).then(pl.col(TO_UNIT[promised.unit]))
    whole = matrix(past.with_columns(size=size), units, months, "size")
    goals = [goal(target, unit, promised.deadline)[0] for unit in units]
    frozen = {b.unit: b for b in definitions().baselines if b.target == target}
    return assess(
        table["numerator"],
        table["denominator"],
        first_month=month_index(months[0]),
        goal=goals,
        deadline=np.datetime64(promised.deadline),
        today=today,
        change=table["change"],
        dead=[is_dead(month) for month in months],
        base=[frozen[u].value if u in frozen else np.nan for u in units],
        base_month=[month_from_text(frozen[u].month) if u in frozen else -1 for u in units],
        reference=whole,
        finite=promised.finite,
        met_at=promised.met_at or promised.goal,
        settled=_settled(past, units, promised.deadline, today),
    )


def _settled(past: pl.DataFrame, units: list[str], deadline: date, today: date) -> np.ndarray:
    """Whether the deadline's round is over for each unit: its time is up, or every village of it has reported."""
    month = deadline.replace(day=1)
    is_whole = (pl.col("villages_known") == pl.col("villages_expected")) & (pl.col("villages_carried") == 0)
    complete = past.filter((pl.col("month") == month) & is_whole)["unit"].to_list()
    return np.array([today > late_after(month) or unit in complete for unit in units])


def matrix(history: pl.DataFrame, units: list[str], months: list[date], column: str) -> np.ndarray:
    """A column of a history as (units, months), NaN where there is no row or no value."""
    table = np.full((len(units), len(months)), np.nan)
    rows = history["unit"].replace_strict(units, range(len(units)), return_dtype=pl.Int64).to_numpy()
    places = history["month"].replace_strict(months, range(len(months)), return_dtype=pl.Int64).to_numpy()
    table[rows, places] = history[column].cast(pl.Float64).to_numpy()
    return table


# Column of the frame -> field of methods.progress.Progress; those of POINTS become shares.
FIGURES = {
    "numerator": "numerator", "denominator": "denominator", "share": "share", "baseline": "base", "goal": "goal",
    "met_at": "met_at", "verdict": "verdict", "reason": "reason", "F": "progress_share", "R": "pace_ratio",
    "projected_linear": "linear", "projected_logit": "logit", "projected": "projected", "left": "left",
    "per_week_data": "per_week_from_data", "per_week_today": "per_week_from_today", "pace_per_week": "pace_per_week",
    "data_date": "data_date", "reach_date": "meets_on", "rounds": "rounds", "rounds_old": "rounds_old",
    "floor": "floor",
}  # fmt: skip
POINTS = {
    "slope": "slope_points", "change_month": "change_month_points", "change_year": "change_year_points",
    "after_deadline": "after_deadline_points",
}  # fmt: skip


def _columns(progress: Progress, target: str, units: list[str]) -> pl.DataFrame:
    promised = definitions().targets[target]
    frozen = {b.unit: b.decision for b in definitions().baselines if b.target == target}
    frame = pl.DataFrame(
        {name: getattr(progress, field) for name, field in FIGURES.items()}
        | {name: getattr(progress, field) / 100 for name, field in POINTS.items()}
        | {"month": _months(progress.month), "baseline_month": _months(progress.base_month)}
        | {"baseline_source": [frozen.get(unit, "") for unit in units]}
        | {"goal_source": [goal(target, unit, promised.deadline)[1] for unit in units]},
        schema_overrides={"month": pl.Date, "baseline_month": pl.Date, "data_date": pl.Date, "reach_date": pl.Date},
    ).with_columns(target=pl.lit(target), deadline=pl.lit(promised.deadline))
    whole = [pl.col(c).fill_nan(None).cast(pl.Int64) for c in ("numerator", "denominator", "left")]
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None)).with_columns(whole)


def _months(indices: np.ndarray) -> list[date | None]:
    return [date(int(index) // 12, int(index) % 12 + 1, 1) if index >= 0 else None for index in indices]


def _path(path: np.ndarray, path_months: np.ndarray, row: int, ahead: np.ndarray) -> list[float | None]:
    values = dict(zip(path_months.tolist(), path[row].tolist(), strict=True)) if path.size else {}
    return [None if np.isnan(share) else share for share in (values.get(int(month), np.nan) for month in ahead)]


def _coverage(past: pl.DataFrame) -> pl.DataFrame:
    return past.select(
        "unit",
        "month",
        "villages_known",
        "villages_expected",
        "villages_carried",
        "communes_unlisted",
        covered=(pl.col("households_known") / pl.col("households_reference")).fill_nan(None),
    )


def _with_trust(version: Version, frame: pl.DataFrame) -> pl.DataFrame:
    arrived = version.query(
        "select unit, month, submitted_share as arrived, villages_usable_share as usable from unit_round"
    )
    frame = frame.join(arrived, on=["unit", "month"], how="left")
    grade, reason = trust(
        frame["arrived"].fill_null(0.0).to_numpy(),
        frame["usable"].fill_null(0.0).to_numpy(),
        frame["rounds_old"].to_numpy(),
    )
    return frame.with_columns(trust=pl.Series(grade), trust_reason=pl.Series(reason))


def is_counted_in_villages(target: str) -> bool:
    return definitions().indicators[target_indicator(target)].denominator == VILLAGES
