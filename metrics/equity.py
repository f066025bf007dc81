"""Gaps between groups: the measures of equity, a gap split, and what is known where nobody counted the groups."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from definitions.load import definitions
from methods.bounds import duncan_davis
from methods.decomposition import kitagawa
from methods.equity import MEASURES, OF_ORDERED_GROUPS, REFERRED, Measure, equity
from metrics.slice import ALL, UNKNOWN, NoSuchSlice, Slice, group_order, names, places, span
from metrics.slices import Scope, rows
from warehouse.version import Version

AMONG = ("ethnic", "priority", "commune")
OTHER = "other"
EARLIEST = "2000-01"
# Ethnic groups with fewer households count together as "other": one family's yes or no is no level of a group.
LEAST = {"province": 100}
LEAST_ELSEWHERE = 20
# Priority groups overlap: nothing may be added up over them, so no mean and no weights.
OF_OVERLAPPING = ("d", "r", "mdbu")
OF_GROUPS = tuple(measure for measure in MEASURES if measure not in OF_ORDERED_GROUPS)
SCHEMA = {
    "measure": pl.String, "estimate": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "reason": pl.String,
    "groups": pl.Int64, "missing": pl.Int64,
}  # fmt: skip
SIDES = ("estimate", "lower", "upper", "reason")


@lru_cache(maxsize=64)
def levels(
    version: Version,
    indicator: str,
    among: str,
    unit: str,
    since: str = "",
    until: str = "",
    scope: Scope = "protected",
) -> pl.DataFrame:
    """One row per group and month of a unit: group (id), month, numerator, denominator, share in [0, 1], state.

    among: "ethnic" or "priority" (its households by group) or "commune" (the communes in it). Households of which
    nobody knows the group are no group and left out; ethnic groups that never had `least` households are one, "other".
    NoSuchSlice says what cannot be cut.
    """
    if among == "ethnic" and scope != "exact":
        return _protected(version, indicator, unit, since, until)
    of = Slice((indicator,), level_of(unit), among, since, until, units=(unit,))
    if among == "commune":
        of = Slice((indicator,), "commune", "none", since, until, within=unit)
    group = pl.col("unit" if among == "commune" else "category").alias("group")
    told = rows(version, of, scope).select(group, "month", "numerator", "denominator", "share", "state")
    told = told.filter(pl.col("group") != UNKNOWN)
    return _pooled(told, LEAST.get(of.level, LEAST_ELSEWHERE)) if among == "ethnic" else told


def _pooled(told: pl.DataFrame, least: int, per: tuple[str, ...] = ("month",)) -> pl.DataFrame:
    """The groups of at least so many households in some month, and the others added up, last."""
    large = told.group_by("group", *per[1:]).agg(pl.col("denominator").max() >= least).filter("denominator")
    key = ["group", *per[1:]]
    kept = told.join(large, on=key, how="semi", maintain_order="left")
    rest = told.join(large, on=key, how="anti", maintain_order="left").filter(pl.col("state") == "")
    sums = rest.group_by(*per, maintain_order=True).agg(pl.col("numerator", "denominator").sum())
    other = sums.with_columns(group=pl.lit(OTHER), state=pl.lit(""), share=pl.col("numerator") / pl.col("denominator"))
    return pl.concat([kept, other.select(kept.columns)])


def _protected(version: Version, indicator: str, unit: str, since: str, until: str) -> pl.DataFrame:
    """The same from the protected figures: the whole province only, its small groups together as "other"."""
    if level_of(unit) != "province":
        raise NoSuchSlice("equity_protected", unit)
    of = Slice((indicator,), by="ethnic", since=since, until=until)
    return _protected_groups(version, of.ids[0]).filter(pl.col("month").is_between(*span(version, of)))


@lru_cache(maxsize=32)
def _protected_groups(version: Version, indicator: str) -> pl.DataFrame:
    """The protected figures of the province's groups in every month."""
    known = definitions().indicators[indicator]
    told = version.query(
        """select whole.category as "group", whole.month, part.value::bigint as numerator,
                  whole.value::bigint as denominator
           from protected_group as whole
           left join protected_group as part
               on part.month = whole.month and part.category = whole.category and part.measure = ?
           where whole.measure = ? and whole.value is not null and whole.category <> ?""",
        [known.numerator, known.denominator, UNKNOWN],
    )
    order = pl.Enum([*group_order(), OTHER])
    told = told.sort(pl.col("group").cast(order), "month")
    state = pl.when(pl.col("numerator").is_null()).then(pl.lit("protected")).otherwise(pl.lit(""))
    return told.with_columns(share=pl.col("numerator") / pl.col("denominator"), state=state)


def level_of(unit: str) -> str:
    """The level a unit's id belongs to."""
    kind, colon, _ = unit.partition(":")
    return kind if colon else "commune" if len(unit) == 5 else "province"


@lru_cache(maxsize=64)
def measures(
    version: Version, indicator: str, among: str, unit: str, since: str = "", until: str = "",
    reference: str = "", scope: Scope = "protected",
) -> pl.DataFrame:  # fmt: skip
    """One row per month and measure: estimate, bounds (null: a full count has none), reason, groups, missing.

    Levels are in per cent. reference: a group's id; without one the unit's average. Formulas: methods/equity.py.
    """
    told = levels(version, indicator, among, unit, since, until, scope)
    return _measured(told, "month", reference, OF_OVERLAPPING if among == "priority" else OF_GROUPS)


@lru_cache(maxsize=64)
def side_by_side(
    version: Version, indicator: str, among: str, unit: str, month: str, scope: Scope = "protected"
) -> pl.DataFrame:
    """One row per place and group: place (name), group (id), share, average (of all the place's households).

    The unit first, then the clusters of the province or the communes of a cluster; one group's level stands only where
    at least LEAST_ELSEWHERE of its households live (and, for readers of the protected figures, where it is not hidden).
    """
    whole = levels(version, indicator, among, unit, month, month, scope).with_columns(unit=pl.lit(unit))
    inside = {"province": "cluster", "cluster": "commune"}.get(level_of(unit))
    if among != "commune" and inside:
        within = unit if inside == "commune" else ""
        told = rows(version, Slice((indicator,), inside, among, month, month, within), scope)
        parts = told.rename({"category": "group"}).filter(~pl.col("group").is_in([UNKNOWN, ALL]))
        parts = parts.filter(
            pl.col("group").is_in(whole["group"].implode()) & (pl.col("denominator") >= LEAST_ELSEWHERE)
        )
        whole = pl.concat([whole, parts.select(whole.columns)])
    average = _averages(version, indicator, {level_of(unit), inside or level_of(unit)}, month)
    return whole.select(
        pl.col("unit").replace_strict(names(version)).alias("place"), "group", "share",
        pl.col("unit").replace_strict(average, return_dtype=pl.Float64).alias("average"),
    )  # fmt: skip


def _averages(version: Version, indicator: str, levels: set[str], month: str) -> dict[str, float | None]:
    """The share of all households in every unit of these levels."""
    of = Slice((indicator,), since=month, until=month)
    told = version.query(
        f"""select unit, numerator / nullif(denominator, 0) from slice_month
            where dimension = 'none' and level in ({places(tuple(levels))}) and indicator = ?
                and month between ? and ?""",
        [*sorted(levels), of.ids[0], *span(version, of)],
    )
    return dict(told.iter_rows())


@lru_cache(maxsize=64)
def by_commune(
    version: Version, indicator: str, month: str, measure: str, scope: Scope = "protected", reference: str = ""
) -> pl.DataFrame:
    """One row per commune in one month: unit, name, share of all its households, a measure over its ethnic groups."""
    told = rows(version, Slice((indicator,), "commune", "ethnic", month, month), scope)
    told = told.filter(~pl.col("category").is_in([UNKNOWN, ALL])).rename({"category": "group"})
    parts = told.select("group", "month", "unit", "numerator", "denominator", "share", "state")
    found = _measured(_pooled(parts, LEAST_ELSEWHERE, ("month", "unit")), "unit", reference, (measure,)).drop("measure")
    whole = rows(version, Slice((indicator,), "commune", since=month, until=month), scope)
    joined = whole.select("unit", "name", "share").join(found, on="unit", how="left", maintain_order="left")
    return joined.with_columns(pl.col("reason").fill_null("no_group"))


def _measured(told: pl.DataFrame, across: str, reference: str, asked: tuple[str, ...]) -> pl.DataFrame:
    """One row per value of `across` and measure, over the groups of told."""
    (groups, group), (columns, column) = _numbered(told["group"]), _numbered(told[across])
    shape = (len(groups), len(columns))
    level, size = np.full(shape, np.nan), np.full(shape, np.nan)
    nobody = pl.when(pl.col("state") == "no_households").then(0.0).otherwise(pl.col("denominator"))
    of_level, of_size = told.select(share=pl.col("share") * 100, size=nobody.cast(pl.Float64))
    level[group, column], size[group, column] = of_level.to_numpy(), of_size.to_numpy()
    chosen = np.array([group == reference for group in groups])
    # A group nobody reported is missing, and its size is not known either; its weight is none.
    found = equity(level, np.where(np.isnan(level) & ~(size == 0), np.nan, size), reference=chosen)
    exists, known = (size != 0).sum(axis=0), (~np.isnan(level)).sum(axis=0)
    wanted = {name: of for name, of in found.items() if name in asked}
    if reference:
        wanted |= _without_reference(wanted, ~(~np.isnan(level) & chosen[:, None]).any(axis=0))
    units, times = len(columns), len(wanted)
    whole = pl.DataFrame(
        {
            across: columns * times,
            "measure": [name for name in wanted for _ in range(units)],
            **{side: np.concatenate([getattr(of, side) for of in wanted.values()]) for side in SIDES},
            "groups": np.tile(exists, times),
            "missing": np.tile(exists - known, times),
        },
        schema_overrides=SCHEMA | {across: told[across].dtype},
    )
    return whole.with_columns(pl.col("estimate", "lower", "upper").fill_nan(None)).select(across, *SCHEMA)


def _without_reference(found: dict[str, Measure], is_gone: NDArray[np.bool_]) -> dict[str, Measure]:
    """Measures against a reference are refused where it has no level; the mean would stand in for it unasked."""

    def refused(of: Measure) -> Measure:
        estimate, lower, upper = (np.where(is_gone, np.nan, side) for side in (of.estimate, of.lower, of.upper))
        return Measure(estimate, lower, upper, np.where(is_gone & (of.reason == ""), "reference_missing", of.reason))

    return {name: refused(of) for name, of in found.items() if name in REFERRED}


def _numbered(values: pl.Series) -> tuple[list, list[int]]:
    """The different values in the order they come, and the place of each value among them."""
    place = {value: n for n, value in enumerate(dict.fromkeys(values))}
    return list(place), [place[value] for value in values]


@dataclass(frozen=True)
class Gap:
    """The gap of group a over group b: rates and parts in [0, 1]; communes: one row per commune with somebody of both.

    communes: unit, name, size_a, rate_a, size_b, rate_b, composition, within (they add up to the parts), and
    composition_from_mean, by which the communes that carry most of the composition are named.
    """

    rate_a: float
    rate_b: float
    composition: float
    within: float
    communes: pl.DataFrame
    left_out: int  # communes where a group lives and its rate is not known

    @property
    def gap(self) -> float:
        return self.rate_a - self.rate_b


def split(version: Version, indicator: str, a: str, b: str, month: str, scope: Scope = "protected") -> Gap:
    """The gap between two ethnic groups (or all households, "all") by commune of residence. Kitagawa 1955."""
    asked = Slice((indicator,), "commune", "ethnic", month, month, categories=(a, b))
    told = rows(version, asked, scope).with_columns(
        size=pl.when(pl.col("state") == "no_households").then(0).otherwise("denominator")
    )
    sides = [told.filter(pl.col("category") == group).select("unit", "name", "size", "share") for group in (a, b)]
    both = sides[0].rename({"size": "size_a", "share": "rate_a"}).join(
        sides[1].select("unit", size_b="size", rate_b="share"), on="unit", maintain_order="left"
    )  # fmt: skip
    numbers = [both[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in
               ("size_a", "rate_a", "size_b", "rate_b")]  # fmt: skip
    found = kitagawa(*numbers)
    by_place = {"composition": found.composition_by_place, "within": found.within_by_place}
    by_place["composition_from_mean"] = found.composition_from_mean
    frame = both.with_columns(pl.Series(name, values[:, 0]) for name, values in by_place.items()).fill_nan(None)
    rate_a, rate_b, composition, within = (
        float(of[0]) for of in (found.rate_a, found.rate_b, found.composition, found.within)
    )
    return Gap(rate_a, rate_b, composition, within, frame, int(found.left_out.sum()))


def bounds(version: Version, indicator: str, group: str, month: str, scope: Scope = "protected") -> pl.DataFrame:
    """One row per commune that sent no split by ethnic group for a month though its own share is known.

    unit, name, coverage (of all its households), group_share (of the group, by its last split), share_month, lower and
    upper end of the group's own coverage, reason ("" or why there is no interval). Duncan and Davis 1953.
    """
    asked = Slice((indicator,), "commune", "ethnic", EARLIEST, month, categories=(group, ALL))
    told = rows(version, asked, scope)
    last = date(int(month[:4]), int(month[5:]), 1)
    silent = told.filter((pl.col("month") == last) & (pl.col("category") == ALL) & (pl.col("state") == "not_reported"))
    whole = rows(version, Slice((indicator,), "commune", since=month, until=month), scope)
    known = whole.filter(pl.col("share").is_not_null()).select("unit", "name", coverage="share")
    earlier = told.filter((pl.col("month") < last) & (pl.col("category") == ALL) & pl.col("denominator").is_not_null())
    newest = earlier.sort("month").group_by("unit").last().select("unit", share_month="month", whole="denominator")
    of_group = told.filter(pl.col("category") == group).select("unit", "month", size=pl.col("denominator").fill_null(0))
    frame = (
        known.join(silent.select("unit"), on="unit", how="semi")
        .join(newest, on="unit", how="left", maintain_order="left")
        .join(of_group, left_on=["unit", "share_month"], right_on=["unit", "month"], how="left", maintain_order="left")
        .with_columns(group_share=pl.col("size") / pl.col("whole"))
    )
    p, w = (frame[name].fill_null(float("nan")).to_numpy() for name in ("coverage", "group_share"))
    lower, upper, reason = duncan_davis(p, w)
    ends = {"lower": lower, "upper": upper, "reason": reason}
    return (
        frame.drop("whole", "size")
        .with_columns(pl.Series(name, values) for name, values in ends.items())
        .with_columns(pl.col("lower", "upper", "group_share").fill_nan(None))
    )
