"""Composite scores and the firmness of places on an analyst's own table: one row per unit, one column per indicator."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from methods import composite, ranks
from methods.columns import Columns, named, numbers, plain, texts
from methods.composite import Floats, mean_shift, places

NORMALISATIONS = ("goalposts", "minmax", "zscore", "rank", "from_reference", "over_reference", "none")
AGGREGATIONS: dict[str, Callable[..., Floats]] = {
    "arithmetic": composite.arithmetic,
    "geometric": composite.geometric,
    "harmonic": composite.harmonic,
}
REASONS = ("", "no_value", "not_computable")


@dataclass(frozen=True)
class _Asked:
    """A table as it is to be scored."""

    units: list[str]
    indicators: list[str]
    values: Floats  # turned so that more is better
    weights: Floats
    posts: tuple[Floats, Floats]
    reference: int | None
    less_is_better: NDArray[np.bool_]


def composite_table(
    columns: Columns, *, normalise: str = "minmax", aggregate: str = "arithmetic", weights: Sequence[str] = (),
    lower: Sequence[str] = (), goalposts: Sequence[str] = (), reference: str = "", skip_missing: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Score and place of every unit, and how places shift under every other normalisation and aggregation.

    Input columns: unit (name) and one per indicator (empty: not known). weights: "indicator=2"; without any all weigh
    the same. lower: indicators of which less is better. goalposts: "indicator=0:100", for the normalisation of that
    name, which is tried only with them. reference: a unit, likewise. A unit with a missing value has no score, unless
    skip_missing leaves the value out of both sums. An indicator that tells no units apart (all equal) is left out and
    named. mean_shift: the mean of |place - place| against the choice asked for, over the units both rank.
    ValueError, naming row and column, for what cannot be read.
    """
    asked = _asked(columns, weights, lower, goalposts, reference)
    if normalise not in _possible(asked) or aggregate not in AGGREGATIONS:
        raise ValueError(_refusal(normalise, aggregate, asked))
    found = {
        (scale, how): _scored(asked, scale, how, skip_missing) for scale in _possible(asked) for how in AGGREGATIONS
    }
    score, left_out, scaled = found[normalise, aggregate]
    mine = places(score)
    variants = [
        {"normalise": scale, "aggregate": how, "mean_shift": _number(mean_shift(mine, places(other))),
         "places": _places(places(other))}
        for (scale, how), (other, _, _) in found.items()
    ]  # fmt: skip
    return {
        "normalise": normalise,
        "aggregate": aggregate,
        "weights": dict(zip(asked.indicators, plain(asked.weights), strict=True)),
        "left_out": left_out,
        "rows": _rows(asked, score, mine, scaled, skip_missing),
        "variants": variants,
    }


def ranks_table(
    columns: Columns, *, weights: Sequence[str] = (), lower: Sequence[str] = (), goalposts: Sequence[str] = (),
    draws: int = ranks.DRAWS, seed: int = ranks.SEED, sway: float = ranks.SWAY,
) -> dict[str, Any]:  # fmt: skip
    """How firm each place is: the interval over draws, the range of each weight, and whom it beats without weights.

    Input as for `composite`. Where every indicator has goalposts these give the scores, else min-max. weight_ranges:
    between which weights, the others unchanged, the unit keeps its place (high null: no weight is too much).
    beats, beaten_by: the units above or below which it stands whatever the weights. ValueError for what cannot be read.
    """
    asked = _asked(columns, weights, lower, goalposts, "")
    scaled = _scale(asked, "goalposts" if "goalposts" in _possible(asked) else "minmax")
    told = np.asarray(~np.isnan(scaled).all(axis=0))
    s = np.where(np.isnan(asked.values).any(axis=1, keepdims=True), np.nan, scaled)[:, told]
    w = asked.weights[told]
    if draws < 1 or not 0 <= sway < 1 or not told.any():
        raise ValueError("at least 1 draw, a sway from 0 to below 1, and an indicator that tells units apart")
    score, within = composite.arithmetic(s, w), ranks.intervals(s, w, draws=draws, seed=seed, sway=sway)
    place, above = places(score), ranks.dominance(s)
    known = [name for name, has in zip(asked.indicators, told, strict=True) if has]
    rows = []
    for i, unit in enumerate(asked.units):
        row: dict[str, Any] = {"unit": unit, "score": _number(score[i])}
        if place[i]:
            row |= {"place": int(place[i]), "low": int(within.low[i]), "high": int(within.high[i])}
            row |= {"weight_ranges": {name: _stay(ranks.weight_range(s, w, i, j)) for j, name in enumerate(known)}}
            row |= {"beats": _names(asked, above[i]), "beaten_by": _names(asked, above[:, i]), "reason": ""}
        else:
            row |= dict.fromkeys(("place", "low", "high", "weight_ranges", "beats", "beaten_by")) | {
                "reason": "no_value"
            }
        rows.append(row)
    left_out = [name for name in asked.indicators if name not in known]
    return {"draws": draws, "seed": seed, "sway": sway, "left_out": left_out, "rows": rows}


# ---- reading -------------------------------------------------------------------------------------------------------


def _asked(
    columns: Columns, weights: Sequence[str], lower: Sequence[str], goalposts: Sequence[str], reference: str
) -> _Asked:
    table = named(columns, ("unit",))
    units = texts(table, "unit")
    for i, unit in enumerate(units):
        if unit in units[:i]:
            raise ValueError(f"row {i + 1}: unit: {unit} stands there twice")
    indicators = [name for name in table if name != "unit"]
    if not indicators:
        raise ValueError("missing column: at least one indicator beside unit")
    values = np.column_stack([numbers(table, name, len(units)) for name in indicators])
    weighed = _options(weights, indicators, "weights", 1)
    w = np.array([weighed.get(name, (0.0 if weighed else 1.0,))[0] for name in indicators])
    if (w < 0).any() or not w.sum():
        raise ValueError("weights: none below 0, and not all of them 0")
    posts = _options(goalposts, indicators, "goalposts", 2)
    ends = np.array([posts.get(name, (np.nan, np.nan)) for name in indicators])
    for name in lower:
        if name not in indicators:
            raise ValueError(f"lower: {name} is no column; there are {', '.join(indicators)}")
    turned = np.array([-1.0 if name in lower else 1.0 for name in indicators])
    low, high = np.where(turned < 0, -ends[:, 1], ends[:, 0]), np.where(turned < 0, -ends[:, 0], ends[:, 1])
    if reference and reference not in units:
        raise ValueError(f"reference: {reference} is no unit of the table")
    row = units.index(reference) if reference else None
    return _Asked(units, indicators, values * turned + 0.0, w, (low, high), row, turned < 0)


def _options(given: Sequence[str], indicators: Sequence[str], what: str, figures: int) -> dict[str, tuple[float, ...]]:
    """ "indicator=1" or "indicator=0:100" as figures by indicator."""
    found = {}
    for text in given:
        name, _, said = text.rpartition("=")
        try:
            numbers_said = tuple(float(part) for part in said.split(":"))
        except ValueError:
            numbers_said = ()
        if name not in indicators or len(numbers_said) != figures or not np.isfinite(numbers_said).all():
            form = "indicator=2" if figures == 1 else "indicator=0:100"
            raise ValueError(f"{what}: {text} is not written {form}, of a column among {', '.join(indicators)}")
        found[name] = numbers_said
    return found


def _refusal(normalise: str, aggregate: str, asked: _Asked) -> str:
    if aggregate not in AGGREGATIONS:
        return f"aggregate: {aggregate} is none of {', '.join(AGGREGATIONS)}"
    return f"normalise: {normalise} is none of {', '.join(_possible(asked))}; goalposts and reference need theirs given"


# ---- scoring -------------------------------------------------------------------------------------------------------


def _possible(asked: _Asked) -> list[str]:
    """The normalisations this table can have."""
    without = set() if not np.isnan(asked.posts[0]).any() else {"goalposts"}
    without |= {"from_reference", "over_reference"} if asked.reference is None else set()
    return [name for name in NORMALISATIONS if name not in without]


def _scale(asked: _Asked, normalise: str) -> Floats:
    row = asked.reference or 0
    scales: Mapping[str, Callable[[], Floats]] = {
        "goalposts": lambda: composite.goalposts(asked.values, *asked.posts),
        "minmax": lambda: composite.minmax(asked.values),
        "zscore": lambda: composite.zscore(asked.values),
        "rank": lambda: composite.rank_score(asked.values),
        "from_reference": lambda: composite.from_reference(asked.values, row),
        "over_reference": lambda: _over_reference(asked, row),
        "none": lambda: asked.values,
    }
    return scales[normalise]()


def _over_reference(asked: _Asked, row: int) -> Floats:
    """Times the reference; where less is better, how many times less."""
    times = composite.over_reference(asked.values, row)
    return np.where(asked.less_is_better, 1.0 / np.where(times == 0, np.nan, times), times)


def _scored(asked: _Asked, normalise: str, aggregate: str, skip_missing: bool) -> tuple[Floats, list[str], Floats]:
    """Scores, the indicators left out because they tell nothing, and the scale."""
    scaled = _scale(asked, normalise)
    told = np.asarray(~np.isnan(scaled).all(axis=0))
    score = AGGREGATIONS[aggregate](scaled[:, told], asked.weights[told])
    if not skip_missing:
        score = np.where(_lacks(asked), np.nan, score)
    return score, [name for name, has in zip(asked.indicators, told, strict=True) if not has], scaled


def _lacks(asked: _Asked) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(asked.values[:, asked.weights > 0]).any(axis=1))


def _rows(asked: _Asked, score: Floats, mine: NDArray[Any], scaled: Floats, skip_missing: bool) -> list[dict[str, Any]]:
    lacks = np.isnan(asked.values).all(axis=1) if skip_missing else _lacks(asked)
    reason = np.select([lacks, np.isnan(score)], ["no_value", "not_computable"], "")
    return [
        {"unit": unit, "score": _number(score[i]), "place": int(mine[i]) or None, "reason": str(reason[i]),
         "normalised": dict(zip(asked.indicators, plain(scaled[i]), strict=True))}
        for i, unit in enumerate(asked.units)
    ]  # fmt: skip


def _places(found: NDArray[Any]) -> list[int | None]:
    return [int(place) or None for place in found]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _stay(stay: ranks.Stay) -> list[float | None]:
    return [stay.low, None if np.isinf(stay.high) else stay.high]


def _names(asked: _Asked, chosen: NDArray[np.bool_]) -> list[str]:
    return [unit for unit, is_chosen in zip(asked.units, chosen, strict=True) if is_chosen]
