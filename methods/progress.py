"""Status of every unit against its target: verdict, projections, gap and pace."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methods import trend
from methods.months import last_full_month, month_ends, month_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]
Days = NDArray[np.datetime64]

VERDICTS = (
    "achieved",
    "achieved_at_risk",
    "on_track",
    "acceleration_needed",
    "limited",
    "stalled",
    "not_assessable",
    "met_at_deadline",
    "not_met_at_deadline",
    "open_at_deadline",
)
REASONS = (
    "",
    "no_goal",
    "no_value",
    "last_round_old",
    "too_few_rounds",
    "too_few_linked_rounds",
    "base_at_or_above_goal",
    "floor_below_goal",
    "floor_unknown",
    "no_month_left",
    "waiting_for_last_round",
    "value_carried",
)
MIN_ROUNDS = 3
MAX_AGE = 2
ON_TRACK, ACCELERATION_NEEDED, LIMITED = 0.95, 0.60, 0.10
# Differences below this are rounding of floating point, not figures: F = 0.95 exactly is on track.
_EPS = 1e-9
_NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Progress:
    """One entry per unit in every array; NaN, NaT, -1 and "" mean "not computable", and `reason` says why.

    Shares lie in [0, 1]; fields ending in _points are percentage points; `month` fields are month indices.
    After the deadline the value is the one settled for the deadline's month and pace and projections are not computed.
    """

    verdict: Texts  # one of VERDICTS
    reason: Texts  # one of REASONS
    share: Floats  # p of the value judged
    numerator: Floats  # n, households (or villages) reached
    denominator: Floats  # N, all of them
    month: Ints  # month of the value judged, -1 when there is none
    rounds: Ints  # months with a value, up to that month
    rounds_old: Ints  # rounds since that month, -1 when there is none
    base: Floats  # p0
    base_month: Ints  # month of p0, -1 when not known
    base_provisional: Bools  # p0 is the first round, no decision froze it
    goal: Floats  # T
    met_at: Floats  # the share at which T counts as met
    floor: Floats  # n / reference households
    slope_points: Floats  # S, points per month
    linear: Floats  # linear projection at the deadline
    logit: Floats  # projection on the logit at the deadline
    projected: Floats  # p_hat, the lower of the two
    progress_share: Floats  # F = (p_hat - p0) / (T - p0)
    pace_ratio: Floats  # R = S / ((T - p) / months left)
    months_left: Floats  # from the month of the value to the deadline's month
    gap_points: Floats  # T - p, for the rank by gap; negative when above the goal
    left: Floats  # households still to reach, a whole number
    per_week_from_data: Floats  # left / weeks from the data date to the deadline
    per_week_from_today: Floats  # left / weeks from today to the deadline
    data_date: Days  # the date the value stands for
    pace_per_week: Floats  # households per week over the last two reported months
    change_month_points: Floats  # against the month before
    change_year_points: Floats  # against the same month a year ago
    meets_on: Days  # the day the slower projection meets the goal
    after_deadline_points: Floats  # growth after the deadline, marked as such
    path_months: Ints  # (k,) months of the two paths below
    path_linear: Floats  # (units, k), NaN outside [month, deadline]
    path_logit: Floats


@dataclass(frozen=True)
class _Case:
    n: Floats
    whole: Floats
    share: Floats
    change: Floats | None
    dead: Bools
    first_month: int
    goal: Floats
    bar: Floats
    deadline: Days
    deadline_month: Ints
    after: Bools
    today: np.datetime64
    round_now: int
    base: Floats
    base_month: Ints
    reference: Floats
    settled: Bools | None
    data_date: Days


@dataclass(frozen=True)
class _Standing:
    column: Ints
    month: Ints
    age: Ints
    rounds: Ints
    n: Floats
    whole: Floats
    share: Floats
    series: Floats
    base: Floats
    base_month: Ints
    provisional: Bools
    floor: Floats
    left: Floats
    months_left: Floats
    reached: Bools
    floor_ok: Bools


@dataclass(frozen=True)
class _Outlook:
    assessable: Bools
    points: Ints
    slope: Floats
    slope_logit: Floats
    linear: Floats
    logit: Floats
    projected: Floats
    progress_share: Floats
    pace_ratio: Floats


def assess(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    first_month: int,
    goal: ArrayLike,
    deadline: ArrayLike | date,
    today: date,
    change: ArrayLike | None = None,
    dead: ArrayLike | None = None,
    base: ArrayLike | None = None,
    base_month: ArrayLike | None = None,
    reference: ArrayLike | None = None,
    finite: ArrayLike = False,
    met_at: ArrayLike = 0.99,
    settled: ArrayLike | None = None,
    data_date: ArrayLike | date | None = None,
    round_now: int | None = None,
) -> Progress:
    """Status of each unit against its target.

    numerator, denominator: (units, months) counts n and N; NaN = no value, which is never zero. A pair that is no
        share (N <= 0, n < 0, n > N) counts as no value. Columns are consecutive months from `first_month`.
    goal, deadline, base, base_month, finite, met_at, settled, data_date: one for all or one per unit.
        goal and base are shares in [0, 1] (ValueError otherwise); base NaN: the first round, marked provisional.
        met_at: where a goal of 100 % counts as met (UN one-point rule); ignored for finite counts and other goals.
        settled: the deadline's round is closed; by default, where its month has a value. data_date: the month's end.
        change: (units, months) change of the share against the month before over villages present in both; None: the
        slope uses the share as reported. dead: (months,) months left out of the slope.
    reference: reference denominators, (units,) or (units, months); the floor is n / reference. None: N itself.
    round_now: month of the latest round due, by default the last month ended by `today`.
    Counts are compared exactly, never as floating shares.
    """
    case = _case(
        numerator, denominator, first_month, goal, deadline, today, change, dead,
        base, base_month, reference, finite, met_at, settled, data_date, round_now,
    )  # fmt: skip
    now = _standing(case)
    return _report(case, now, _outlook(case, now))


def households_left(numerator: ArrayLike, denominator: ArrayLike, goal: ArrayLike) -> Floats:
    """Households still to reach: max(0, T*N - n rounded up), exact for goals to six and counts to three decimals.

    NaN where a part is missing. 0.07 * 100 = 7.000000000000001 in floating point would ask for an eighth household.
    """
    n, whole, share = np.broadcast_arrays(
        np.asarray(numerator, float), np.asarray(denominator, float), np.asarray(goal, float)
    )
    known = ~(np.isnan(n) | np.isnan(whole) | np.isnan(share))
    n_thousandths, whole_thousandths = _whole(n, known, 1e3), _whole(whole, known, 1e3)
    short = _whole(share, known, 1e6) * whole_thousandths - n_thousandths * 10**6
    return np.where(known, np.maximum(-(-short // 10**9), 0), np.nan)


def _whole(values: Floats, known: Bools, scale: float) -> Ints:
    return np.rint(np.where(known, values, 0.0) * scale).astype(np.int64)


def _case(
    numerator: ArrayLike, denominator: ArrayLike, first_month: int, goal: ArrayLike, deadline: ArrayLike | date,
    today: date, change: ArrayLike | None, dead: ArrayLike | None, base: ArrayLike | None, base_month: ArrayLike | None,
    reference: ArrayLike | None, finite: ArrayLike, met_at: ArrayLike, settled: ArrayLike | None,
    data_date: ArrayLike | date | None, round_now: int | None,
) -> _Case:  # fmt: skip
    n, whole = np.asarray(numerator, float), np.asarray(denominator, float)
    if n.ndim != 2 or n.shape != whole.shape:
        raise ValueError(f"numerator {n.shape} and denominator {whole.shape} must both be (units, months)")
    units, months = n.shape
    is_share = (whole > 0) & (n >= 0) & (n <= whole)
    goals = _share(goal, units, "goal")
    is_finite = np.broadcast_to(np.asarray(finite, bool), units)
    bar = np.where((goals >= 1) & ~is_finite, np.broadcast_to(np.asarray(met_at, float), units), goals)
    deadlines = _days(deadline, units)
    if np.isnat(deadlines).any():
        raise ValueError("every unit needs a deadline")
    day = np.datetime64(today, "D")
    return _Case(
        n=np.where(is_share, n, np.nan),
        whole=np.where(is_share, whole, np.nan),
        share=np.where(is_share, n, np.nan) / np.where(is_share, whole, 1.0),
        change=None if change is None else np.broadcast_to(np.asarray(change, float), n.shape),
        dead=np.broadcast_to(np.asarray(False if dead is None else dead, bool), months),
        first_month=first_month,
        goal=goals,
        bar=bar,
        deadline=deadlines,
        deadline_month=month_of(deadlines),
        after=day > deadlines,
        today=day,
        round_now=last_full_month(today) if round_now is None else round_now,
        base=_share(np.nan if base is None else base, units, "base"),
        base_month=np.broadcast_to(np.asarray(-1 if base_month is None else base_month, np.int64), units),
        reference=_reference(reference, whole),
        settled=None if settled is None else np.broadcast_to(np.asarray(settled, bool), units),
        data_date=_days(np.datetime64("NaT") if data_date is None else data_date, units),
    )


def _share(values: ArrayLike, units: int, name: str) -> Floats:
    shares = np.broadcast_to(np.asarray(values, float), units)
    if ((shares < 0) | (shares > 1)).any():
        raise ValueError(f"{name} is a share between 0 and 1, not a percentage")
    return shares


def _days(values: ArrayLike | date, units: int) -> Days:
    return np.broadcast_to(np.asarray(values, "datetime64[D]"), units)


def _reference(reference: ArrayLike | None, whole: Floats) -> Floats:
    if reference is None:
        return whole
    table = np.asarray(reference, float)
    return np.broadcast_to(table[:, None] if table.ndim == 1 else table, whole.shape)


def _standing(case: _Case) -> _Standing:
    """The value judged: the last one, or after the deadline the last one up to the deadline's month."""
    months = case.first_month + np.arange(case.share.shape[1])
    has_value = ~np.isnan(case.share)
    counted = has_value & ~(case.after[:, None] & (months > case.deadline_month[:, None]))
    column = _last(counted)
    month = np.where(column >= 0, case.first_month + column, -1)
    n, whole = trend.value_at(case.n, column), trend.value_at(case.whole, column)
    reference = trend.value_at(case.reference, column)
    base, base_month, provisional = _base(case, has_value)
    return _Standing(
        column=column,
        month=month,
        age=np.where(case.after, case.deadline_month, case.round_now) - month,
        rounds=counted.sum(axis=1),
        n=n,
        whole=whole,
        share=trend.value_at(case.share, column),
        series=trend.linked_series(case.share, case.change, column),
        base=base,
        base_month=base_month,
        provisional=provisional,
        floor=np.where(reference > 0, n, np.nan) / np.where(reference > 0, reference, 1.0),
        left=households_left(n, whole, case.goal),
        months_left=np.where(column >= 0, case.deadline_month - month, np.nan),
        reached=households_left(n, whole, case.bar) == 0,
        floor_ok=(households_left(n, reference, case.bar) == 0) & (reference > 0),
    )


def _last(mask: Bools) -> Ints:
    """Column of the last True per row, -1 where there is none."""
    if mask.shape[1] == 0:
        return np.full(mask.shape[0], -1, np.int64)
    return np.where(mask.any(axis=1), mask.shape[1] - 1 - np.argmax(mask[:, ::-1], axis=1), -1)


def _base(case: _Case, has_value: Bools) -> tuple[Floats, Ints, Bools]:
    """p0 as decided; without a decision the first round, marked provisional."""
    first = np.full(len(case.base), -1, np.int64)
    if has_value.shape[1]:
        first = np.where(has_value.any(axis=1), np.argmax(has_value, axis=1), -1)
    decided = ~np.isnan(case.base)
    base = np.where(decided, case.base, trend.value_at(case.share, first))
    month = np.where(decided, case.base_month, np.where(first >= 0, case.first_month + first, -1))
    return base, month, ~decided & (first >= 0)


def _outlook(case: _Case, now: _Standing) -> _Outlook:
    """S, the two projections to the deadline, F and R; NaN where the unit is not assessable."""
    weights = trend.fit_weights(now.series, now.column, case.dead)
    points = (weights > 0).sum(axis=1)
    enough = (now.rounds >= MIN_ROUNDS) & (points >= MIN_ROUNDS)
    assessable = ~case.after & (now.column >= 0) & (now.age <= MAX_AGE) & enough & ~np.isnan(case.goal)
    slope = np.where(assessable, trend.weighted_slope(now.series, weights), np.nan)
    on_logit = trend.logit(now.series, now.whole[:, None])
    slope_logit = np.where(assessable, trend.weighted_slope(on_logit, weights), np.nan)
    linear = trend.project_linear(now.share, slope, now.months_left)
    logit = trend.project_logit(now.share, slope_logit, now.whole, now.months_left)
    projected = np.minimum(linear, logit)
    to_climb = np.where(case.goal > now.base, case.goal - now.base, np.nan)
    gap = np.where(now.left > 0, case.goal - now.share, np.nan)
    months = np.where(now.months_left > 0, now.months_left, np.nan)
    return _Outlook(
        assessable=assessable,
        points=points,
        slope=slope,
        slope_logit=slope_logit,
        linear=linear,
        logit=logit,
        projected=projected,
        progress_share=(projected - now.base) / to_climb,
        pace_ratio=slope / (gap / months),
    )


def _final(case: _Case, now: _Standing) -> Bools:
    """After the deadline: the value is settled (its round is closed and it is at most two rounds older)."""
    settled = (now.age == 0) if case.settled is None else case.settled
    return case.after & settled & (now.column >= 0) & (now.age <= MAX_AGE)


def _verdict(case: _Case, now: _Standing, outlook: _Outlook) -> tuple[Texts, Texts]:
    final, met = _final(case, now), now.reached & now.floor_ok
    share = outlook.progress_share
    falls_below = (outlook.slope < 0) & (outlook.projected < case.bar - _EPS)
    no_climb = now.base >= case.goal
    steps = [
        (np.isnan(case.goal), "not_assessable"),
        (case.after & ~final, "open_at_deadline"),
        (case.after & met, "met_at_deadline"),
        (case.after, "not_met_at_deadline"),
        (~outlook.assessable, "not_assessable"),
        (met & falls_below, "achieved_at_risk"),
        (met, "achieved"),
        # The share is there but too few households are known: on track, unless the share itself falls below.
        (no_climb & now.reached & (outlook.projected >= case.bar - _EPS), "on_track"),
        (no_climb, "stalled"),
        (share >= ON_TRACK - _EPS, "on_track"),
        (share >= ACCELERATION_NEEDED - _EPS, "acceleration_needed"),
        (share >= LIMITED - _EPS, "limited"),
    ]
    verdict = np.select([condition for condition, _ in steps], [word for _, word in steps], "stalled")
    return verdict, _reason(case, now, outlook, final, met)


def _reason(case: _Case, now: _Standing, outlook: _Outlook, final: Bools, met: Bools) -> Texts:
    stale = (now.column < 0) | (now.age > MAX_AGE)
    open_ = case.after & ~final
    judged = final | outlook.assessable
    steps = [
        (np.isnan(case.goal), "no_goal"),
        (now.column < 0, "no_value"),
        (open_ & ~stale, "waiting_for_last_round"),
        (stale, "last_round_old"),
        (~judged & (now.rounds < MIN_ROUNDS), "too_few_rounds"),
        (~judged, "too_few_linked_rounds"),
        (now.reached & np.isnan(now.floor), "floor_unknown"),
        (now.reached & ~met, "floor_below_goal"),
        (final & (now.age > 0), "value_carried"),
        (~case.after & ~met & (now.base >= case.goal), "base_at_or_above_goal"),
        (~case.after & ~met & (now.months_left <= 0), "no_month_left"),
    ]
    return np.select([condition for condition, _ in steps], [word for _, word in steps], "")


def _report(case: _Case, now: _Standing, outlook: _Outlook) -> Progress:
    verdict, reason = _verdict(case, now, outlook)
    data_date = _data_date(case, now)
    return Progress(
        verdict=verdict,
        reason=reason,
        share=now.share,
        numerator=now.n,
        denominator=now.whole,
        month=now.month,
        rounds=now.rounds,
        rounds_old=np.where(now.column >= 0, now.age, -1),
        base=now.base,
        base_month=now.base_month,
        base_provisional=now.provisional,
        goal=case.goal,
        met_at=case.bar,
        floor=now.floor,
        slope_points=100 * outlook.slope,
        linear=outlook.linear,
        logit=outlook.logit,
        projected=outlook.projected,
        progress_share=outlook.progress_share,
        pace_ratio=outlook.pace_ratio,
        months_left=now.months_left,
        gap_points=100 * (case.goal - now.share),
        left=now.left,
        per_week_from_data=_per_week(now.left, data_date, case),
        per_week_from_today=_per_week(now.left, np.broadcast_to(case.today, now.left.shape), case),
        data_date=data_date,
        pace_per_week=np.where(case.after, np.nan, pace_per_week(now.series, now.column, now.whole, case.first_month)),
        change_month_points=100 * (now.share - trend.value_at(now.series, now.column - 1)),
        change_year_points=100 * (now.share - trend.value_at(now.series, now.column - 12)),
        meets_on=_meets_on(case, now, outlook),
        after_deadline_points=_after_deadline(case, now),
        **_paths(case, now, outlook),
    )


def _data_date(case: _Case, now: _Standing) -> Days:
    """The date given, else the last day of the value's month; NaT without a value."""
    value_day = month_ends(np.maximum(now.month, 0))
    return np.where(now.column >= 0, np.where(np.isnat(case.data_date), value_day, case.data_date), _NAT)


def _per_week(left: Floats, since: Days, case: _Case) -> Floats:
    """Households per week from the day `since` to the deadline; NaN when no day is left or the deadline has passed."""
    days = np.where(np.isnat(since), -1, (case.deadline - since).astype(np.int64))
    possible = (days > 0) & ~case.after
    return np.where(possible, left, np.nan) / np.where(possible, days / 7.0, 1.0)


def pace_per_week(series: Floats, column: Ints, whole: Floats, first_month: int) -> Floats:
    """Households per week gained over the last two reported months: (p - p two values before) * N / weeks between.

    The weeks are those between the ends of the months. NaN with fewer than three linked values.
    """
    known = ~np.isnan(series) & (np.arange(series.shape[1]) <= column[:, None])
    from_the_end = np.flip(np.cumsum(np.flip(known, axis=1), axis=1), axis=1)
    start = _last(known & (from_the_end == 3))
    gained = (trend.value_at(series, column) - trend.value_at(series, start)) * whole
    weeks = (month_ends(first_month + column) - month_ends(first_month + start)).astype(float) / 7.0
    return np.where(start >= 0, gained, np.nan) / np.where(start >= 0, weeks, 1.0)


def _meets_on(case: _Case, now: _Standing, outlook: _Outlook) -> Days:
    """The later of the two days on which the projections meet the goal; NaT when met already, never or after 2100."""
    linear = trend.months_until(case.bar - now.share, outlook.slope)
    height = trend.logit(case.bar, now.whole) - trend.logit(now.share, now.whole)
    months = np.maximum(linear, trend.months_until(height, outlook.slope_logit))
    waiting = outlook.assessable & ~now.reached
    return trend.day_of(np.where(waiting, now.month + months, np.nan))


def _after_deadline(case: _Case, now: _Standing) -> Floats:
    """Growth in points since the settled value, from months after the deadline; NaN when there are none."""
    latest = _last(~np.isnan(case.share))
    growth = 100 * (trend.value_at(case.share, latest) - now.share)
    return np.where(case.after & (latest > now.column), growth, np.nan)


def _paths(case: _Case, now: _Standing, outlook: _Outlook) -> dict[str, Any]:
    """Both projections month by month, from the last value to the deadline, for the band."""
    drawn = outlook.assessable & (now.months_left > 0)
    span = (now.month[drawn].min(), case.deadline_month[drawn].max() + 1) if drawn.any() else (0, 0)
    months = np.arange(*span)
    ahead = (months - now.month[:, None]).astype(float)
    inside = drawn[:, None] & (ahead >= 0) & (months <= case.deadline_month[:, None])
    share, whole = now.share[:, None], now.whole[:, None]
    linear = trend.project_linear(share, outlook.slope[:, None], ahead)
    logit = trend.project_logit(share, outlook.slope_logit[:, None], whole, ahead)
    paths = {"path_linear": np.where(inside, linear, np.nan), "path_logit": np.where(inside, logit, np.nan)}
    return {"path_months": months, **paths}
