"""One point more: raising a figure by what is told brings it, or the rest to the maximum, and nothing less does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.award_rules import (
    Count,
    Criterion,
    Goalposts,
    Improvement,
    Lateness,
    Leader,
    Manual,
    Steps,
    YesNo,
)
from definitions.load import Label
from methods.award_points import raised, shares

LABEL = Label(vi="x", en="x")
SHARE = st.floats(-0.2, 1.2)
SMOOTH = {
    "goalposts": Goalposts(how="goalposts", figure="indicator:x", low=0.2, high=0.9),
    "turned": Goalposts(how="goalposts", figure="indicator:x", low=0.9, high=0.1),
    "count": Count(how="count", figure="engagement:posts", each=0.5),
    "improvement": Improvement(how="improvement", figure="indicator:x", goal=0.9),
    "leader": Leader(how="leader", figure="indicator:x", target=0.2),
    "leader_alone": Leader(how="leader", figure="indicator:x"),
    "lateness": Lateness(how="lateness", figure="rounds:late", each=0.5),
    "manual": Manual(how="manual"),
}
COUNTED = ("count", "lateness", "manual")
LEAPS = {
    "steps": Steps(how="steps", figure="rounds:submitted", steps=((0.5, 0.5), (0.8, 2.0), (0.9, 2.5), (1.0, 4.0))),
    "yes_no": YesNo(how="yes_no", figure="indicator:x", at_least=0.7),
}


def criterion(how: str, points: float = 4.0) -> Criterion:
    kind = "deduction" if how == "lateness" else "points"
    return Criterion(id="x", label=LABEL, kind=kind, points=points, score=(SMOOTH | LEAPS)[how])  # type: ignore[arg-type]


def points_at(one: Criterion, figure: float, base: float, best: float, verified: float) -> float:
    """Points as they are scored, a deduction as what is taken off."""
    share = shares(one, [figure, best], [base, np.nan], ["c", "c"])[0]
    return float((-1 if one.kind == "deduction" else 1) * share * one.points * verified)


def most(one: Criterion, verified: float) -> float:
    return 0.0 if one.kind == "deduction" else one.points * verified


@pytest.mark.parametrize("how", SMOOTH)
@given(x=SHARE, base=st.floats(0, 1), best=st.floats(0, 1), points=st.sampled_from([0.5, 1, 4, 10]),
       verified=st.sampled_from([1.0, 0.6]))  # fmt: skip
def test_the_figure_told_brings_one_point_or_the_rest(
    how: str, x: float, base: float, best: float, points: float, verified: float
) -> None:
    one, x = criterion(how, points), x * 12 if how in COUNTED else x
    before = points_at(one, x, base, best, verified)
    told = raised(one, x, base, best, verified)
    rest = most(one, verified) - before
    if told is None:
        assert rest < 1e-4
        return
    after = points_at(one, told.figure, base, best, verified)
    assert after - before == pytest.approx(told.gain, abs=1e-9)
    leaps = (how.startswith("leader") and best <= (0.2 if how == "leader" else 0.0)) or (
        how == "improvement" and base >= 0.9
    )
    if not leaps:
        assert told.gain == pytest.approx(min(1.0, rest), abs=1e-6)
    assert told.gain <= rest + 1e-9


@pytest.mark.parametrize("how", LEAPS)
@given(x=SHARE, verified=st.sampled_from([1.0, 0.6]))
def test_where_points_leap_the_nearest_leap_of_a_point_is_told(how: str, x: float, verified: float) -> None:
    one = criterion(how)
    before = points_at(one, x, np.nan, np.nan, verified)
    told = raised(one, x, verified=verified)
    if told is None:
        assert before == pytest.approx(most(one, verified))
        return
    assert points_at(one, told.figure, np.nan, np.nan, verified) - before == pytest.approx(told.gain)
    just_below = points_at(one, np.nextafter(told.figure, -1), np.nan, np.nan, verified)
    assert told.gain >= 1 or told.figure == one.score.steps[-1][0]  # type: ignore[union-attr]
    assert just_below - before < 1


def test_by_hand() -> None:
    def told(*asked: object, **more: float) -> tuple[float, float] | None:
        found = raised(*asked, **more)  # type: ignore[arg-type]
        return found and (found.figure, found.gain)

    # 4 points from 20 to 90 %: one more is a quarter of 70 points.
    assert told(criterion("goalposts"), 0.2) == pytest.approx((0.375, 1.0))
    assert told(criterion("goalposts"), 0.9) is None
    assert told(criterion("goalposts"), np.nan) is None
    # Half marks at 20 %; the leader at 60 %: from 2 points at the target to 3 is half the way to the leader.
    assert told(criterion("leader"), 0.2, best=0.6) == pytest.approx((0.4, 1.0))
    # Four late reports cost 2 points, two of them one.
    assert told(criterion("lateness"), 4) == pytest.approx((2.0, 1.0))
    assert told(criterion("lateness"), 0) is None
    # From 2.0 the step to 2.5 is half a point: the next that brings one is the last.
    assert told(criterion("steps"), 0.8) == pytest.approx((1.0, 2.0))
    # A failed check left 60 %: a point is 1 of 2.4.
    assert told(criterion("goalposts"), 0.2, verified=0.6) == pytest.approx((0.2 + 0.7 / 2.4, 1.0))
