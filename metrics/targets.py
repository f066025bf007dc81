"""Where each unit stands against a target, whether it will arrive, and what is needed."""

from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from definitions.load import VILLAGES, definitions, goal, is_dead, late_after, target_indicator
from methods.months import month_from_text, month_index
from methods.progress import Progress, assess
from methods.trust import trust
from warehouse.version import Version

TO_UNIT = {"household": "households_reference", "village": "villages_expected"}


def status(
    version: Version, target: str, today: date, level: str | None = None, unit: str | None = None
) -> pl.DataFrame:
    """One row per unit: the figure, its goal, verdict, projections, what is left and the trust in it.

    level: province, cluster or commune (None: all); unit: only this one. today: the day the need per week is counted
    from and the rounds' age is told by. Shares in [0, 1], changes and slope in shares (0.013 is 1.3 points),
    paces in households (villages) per week. Formulas: methods/progress.py. KeyError for a target that is not defined.
    """
    frame = _standing(version, target, today)[0]
    if level:
        frame = frame.filter(pl.col("level") == level)
    return frame.filter(pl.col("unit") == unit) if unit else frame


def trajectory(version: Version, target: str, unit: str, today: date) -> pl.DataFrame:
    """One row per month of a unit, from the first value to the deadline:

    month, kind (reported; carried where every village's value is carried; projected), share (null where none),
    numerator, denominator, villages_known, villages_carried, linear and logit (the projections, null before the last
    value), needed (the straight path from the last value to the goal).
    """
    frame, progress, months = _standing(version, target, today)
    row = frame["unit"].to_list().index(unit)
    past = history(version, target_indicator(target)).filter(pl.col("unit") == unit)
    past = past.select(
        "month", "share", "numerator", "denominator", "villages_known", "villages_carried", "is_carried"
    ).sort("month")
    past = past.with_columns(kind=pl.when("is_carried").then(pl.lit("carried")).otherwise(pl.lit("reported")))
    past = past.drop("is_carried")
    deadline = month_index(definitions().targets[target].deadline)
    last = int(progress.month[row])
    reached_in_full = definitions().targets[target].finite and progress.left[row] == 0
    if last < 0 or last >= deadline or reached_in_full:
        return past.with_columns(*(pl.lit(None, pl.Float64).alias(c) for c in ("linear", "logit", "needed")))
    ahead = np.arange(last, deadline + 1)
    paths = pl.DataFrame(
        {
            "month": [date(int(m) // 12, int(m) % 12 + 1, 1) for m in ahead],
            "linear": _path(progress.path_linear, progress.path_months, row, ahead),
            "logit": _path(progress.path_logit, progress.path_months, row, ahead),
            "needed": np.linspace(progress.share[row], progress.met_at[row], len(ahead))
            if progress.left[row] > 0
            else np.full(len(ahead), np.nan),
        }
    ).with_columns(pl.col("linear", "logit", "needed").fill_nan(None))
    joined = past.join(paths, on="month", how="full", coalesce=True).sort("month")
    return joined.with_columns(pl.col("kind").fill_null("projected"))


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
    units = version.query("select unit, level, name, full_name, sort from unit order by sort, unit")
    months = past["month"].unique().sort().to_list() or [today.replace(day=1)]  # nothing received yet: one empty month
    progress = _assess(past, units["unit"].to_list(), months, target, today)
    frame = units.hstack(_columns(progress, target, units["unit"].to_list()))
    return _with_trust(version, frame.join(_coverage(past), on=["unit", "month"], how="left")), progress, months


@lru_cache(maxsize=16)
def history(version: Version, indicator: str) -> pl.DataFrame:
    """One row per unit and month of an indicator, all levels, those that never sent anything included (null figures).

    is_carried: no village has a value of its own, all are the ones of earlier rounds.
    """
    return version.query(
        """select unit, level, name, full_name, sort, month, numerator, denominator, share, change, villages_known,
                  villages_expected, households_known, households_reference, floor, villages_carried,
                  communes_unlisted, is_dead,
                  coalesce(villages_known > 0 and villages_carried = villages_known, false) as is_carried
           from unit cross join month
           left join (select * from indicator_month where indicator = ?) using (unit, month)
           order by sort, unit, month""",
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


def _path(path: np.ndarray, path_months: np.ndarray, row: int, ahead: np.ndarray) -> np.ndarray:
    values = dict(zip(path_months.tolist(), path[row].tolist(), strict=True)) if path.size else {}
    return np.array([values.get(int(month), np.nan) for month in ahead])


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
        """select unit, month, avg(is_submitted::int) as arrived,
                  sum(villages_usable)::double / nullif(sum(villages_expected), 0) as usable
           from round join unit_commune using (commune) group by all"""
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
