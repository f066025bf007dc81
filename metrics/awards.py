"""Award scores of the communes: published figures as of the cut-off, points, grades, places in the cluster, awards."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from definitions.award_rules import LATER, ROUNDS, Criterion, Improvement, Manual, Measured, Sheet, Steps, YesNo
from definitions.load import access_indicator, definitions, is_dead, target_indicator
from methods import award_points
from methods.award_points import Ruling
from methods.award_questions import bunching, of_commune
from methods.award_standings import NOISE, limits_met, standings
from methods.composite import Floats
from methods.months import last_full_month, month_from_text, month_index
from metrics import award_voices, targets
from metrics.published import facts
from metrics.units import units
from warehouse.version import Version

OLDEST = 2  # rounds a figure may be old at the cut-off
Given = Mapping[tuple[str, str], float]  # (commune, criterion) -> points that people gave
Rulings = Mapping[tuple[str, str], Ruling]  # the same -> what an accepted appeal puts there
LINES = {
    "commune": pl.String, "cluster": pl.String, "criterion": pl.String, "group": pl.String, "kind": pl.String,
    "maximum": pl.Float64, "figure": pl.Float64, "base": pl.Float64, "state": pl.String, "reason": pl.String,
    "share": pl.Float64, "points": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """lines: one row per commune and criterion. standings: one row per commune. unmeasured: criteria out for all."""

    lines: pl.DataFrame
    standings: pl.DataFrame
    unmeasured: list[str]


@dataclass(frozen=True)
class _Figures:
    """Per commune the figure of a criterion, the one before the period, and why there is none ("" where there is)."""

    value: Floats
    base: Floats
    reason: list[str]


def scored(
    version: Version, sheet: Sheet, given: Given | None = None, *, is_draft: bool = False,
    verified: Mapping[str, float] | None = None, rulings: Rulings | None = None,
) -> Scored:  # fmt: skip
    """Every commune's sheet, from the figures of a version built as of the cut-off.

    lines: state is scored, missing (0 points where the criteria file says so, else the sheet stays open), or
    not_applicable (out of points and maximum). standings: earned, maximum, base, bonus, deduction, points (null: the
    sheet is open), place in the cluster, grade, capped_by, award, is_tied (a tie at an award's line, for the council).
    A criterion nobody can measure yet, and in a draft a manual one nobody gave points for, is out for all and named.
    verified: share of a commune's claims a sample check found true; it scales what the criteria file says.
    rulings: a figure is scored like any other (a new leader moves the others), points stand as they are.
    Points have 4 decimals. Formulas: methods/award_points.py.
    """
    listed = communes(version)
    ids, clusters = listed["unit"].to_list(), listed["cluster"].to_list()
    out = [one.id for one in sheet.criteria if _is_out(one, given or {}, is_draft)]
    ruled = rulings or {}
    known = {one.id: _corrected(_figures(version, sheet, one, ids, given or {}), one.id, ids, ruled)
             for one in sheet.criteria}  # fmt: skip
    columns = [
        _column(sheet, one, known[one.id], ids, clusters, one.id in out, verified or {}, ruled)
        for one in sheet.criteria
    ]
    joined = {name: np.concatenate([one[name] for one in columns]) if kind == pl.Float64
              else [value for one in columns for value in one[name]] for name, kind in LINES.items()}  # fmt: skip
    lines = pl.DataFrame(joined, schema=LINES).with_columns(pl.col(pl.Float64).fill_nan(None))
    return Scored(lines, _standings(sheet, lines, ids, clusters), out)


def as_of(sheet: Sheet, day: date) -> Sheet:
    """The rules as if the cut-off were a day in the past: the period keeps its length and ends with that month."""
    moved = month_index(day) - month_index(sheet.period.last)
    first = month_index(sheet.period.first) + moved
    period = sheet.period.model_copy(update={"first": date(first // 12, first % 12 + 1, 1), "last": day})
    before = sheet.previous_cut_off and sheet.previous_cut_off + (period.first - sheet.period.first)
    return sheet.model_copy(update={"period": period, "cut_off": day, "previous_cut_off": before})


def so_far(sheet: Sheet, day: date) -> Sheet:
    """The rules of a sheet in use as they stand on a day before its cut-off: from the period's own start until then."""
    return sheet.model_copy(update={"cut_off": min(day, sheet.cut_off)})


def reweighted(sheet: Sheet, weights: Mapping[str, float]) -> Sheet:
    """The rules with other points of criteria; the sheet's total stays, so that only their proportions count.

    weights: criterion -> points; those not named keep theirs.
    """
    tried = tuple(one.model_copy(update={"points": weights.get(one.id, one.points)}) for one in sheet.criteria)
    return sheet.model_copy(update={"criteria": tried})


@lru_cache(maxsize=8)
def communes(version: Version) -> pl.DataFrame:
    """unit and cluster ("" without one) of every commune, in official order."""
    frame = units(version).filter(pl.col("level") == "commune").sort("sort", "unit")
    return frame.select("unit", pl.col("cluster").fill_null(""))


# ---- figures -------------------------------------------------------------------------------------------------------


def _is_out(criterion: Criterion, given: Given, is_draft: bool) -> bool:
    if isinstance(criterion.score, Manual):
        return is_draft and not any(id == criterion.id for _, id in given)
    return criterion.score.figure in LATER


def _figures(version: Version, sheet: Sheet, criterion: Criterion, ids: list[str], given: Given) -> _Figures:
    if isinstance(criterion.score, Manual):
        points = np.array([given.get((id, criterion.id), np.nan) for id in ids], float)
        return _Figures(points, np.full(len(ids), np.nan), ["not_given" if np.isnan(one) else "" for one in points])
    return _measured(version, sheet.model_copy(update=dict.fromkeys(OF_POINTS, ())), criterion.score)


# What of a sheet no figure depends on, so that other points of criteria measure nothing anew.
OF_POINTS = ("groups", "criteria", "limits", "grades", "awards", "tie_breakers")


@lru_cache(maxsize=256)
def _measured(version: Version, sheet: Sheet, score: Measured) -> _Figures:
    """The figures of one scoring function over a sheet's period, in the order of `communes`."""
    ids = communes(version)["unit"].to_list()
    nothing = np.full(len(ids), np.nan)
    family, _, id = score.figure.partition(":")
    if score.figure in LATER:
        return _Figures(nothing, nothing, ["not_measured"] * len(ids))
    if family == "rounds":
        return _rounds(version, sheet, id, ids)
    if family in ("feedback", "engagement"):
        return _Figures(*_voices(version, sheet, family, id, ids))
    if family == "target":
        return _target(version, sheet, id, ids)
    return _indicator(version, sheet, id, ids, isinstance(score, Improvement))


def _corrected(found: _Figures, criterion: str, ids: list[str], ruled: Rulings) -> _Figures:
    """The figures with those that accepted appeals put in their place."""
    figures = [_or_nan(ruled[key].figure) if (key := (id, criterion)) in ruled else np.nan for id in ids]
    is_new = ~np.isnan(np.array(figures, float))
    reason = ["" if new else why for new, why in zip(is_new, found.reason, strict=True)]
    return _Figures(np.where(is_new, figures, found.value), found.base, reason)


def _rounds(version: Version, sheet: Sheet, what: str, ids: list[str]) -> _Figures:
    """Over the rounds whose time was up at the cut-off: a share of them, or how many late or missing."""
    found = counted_rounds(version, sheet)
    shared = pl.col(what).cast(pl.Float64) / (1 if what in ("late", "missing") else pl.col("due"))
    values = dict(found.select("commune", shared).iter_rows())
    x = np.array([values.get(id, np.nan) for id in ids], float)
    return _Figures(x, x * np.nan, ["no_round" if np.isnan(one) else "" for one in x])


def counted_rounds(version: Version, sheet: Sheet) -> pl.DataFrame:
    """`round_counts` of a sheet."""
    return round_counts(version, sheet.period.first, sheet.period.last, sheet.cut_off, sheet.previous_cut_off)


@lru_cache(maxsize=64)
def round_counts(version: Version, first: date, last: date, cut_off: date, previous: date | None) -> pl.DataFrame:
    """One row per commune: its rounds from first to last whose time was up at the cut-off (due), and how many of them
    were submitted, on_time, usable, late (sent after their time) and missing.

    previous: the cut-off of the round before; earlier months whose time was not up by then count here.
    """
    return version.query(
        """select commune, count(*) as due, count(*) filter (is_submitted) as submitted,
                  count(*) filter (is_submitted and is_on_time) as on_time, count(*) filter (is_usable) as usable,
                  count(*) filter (is_submitted and not is_on_time) as late,
                  count(*) filter (not is_submitted) as missing
           from round
           where month <= $2 and late_after < $3 and (month >= $1 or late_after >= $4) group by commune""",
        [first, last, cut_off, previous or date.max],
    )


def _voices(
    version: Version, sheet: Sheet, family: str, what: str, ids: list[str]
) -> tuple[Floats, Floats, list[str]]:  # fmt: skip
    measure = award_voices.figures if family == "feedback" else award_voices.posts
    found, reasons = measure(version, what, sheet.counted_from, sheet.counted_to, ids)
    return found, found * np.nan, reasons


def _indicator(version: Version, sheet: Sheet, indicator: str, ids: list[str], needs_base: bool) -> _Figures:
    """The floor of the last round at the cut-off that the commune reported itself, and that before the period.

    A village silent in that round counts with its last figure while that is two rounds old at most; after that nobody
    in it counts as reached, and its households stay below the line. No floor without a confirmed list of villages.
    """
    value, months = _last(version, indicator, sheet.cut_off, ids)
    base, _ = _last(version, indicator, sheet.period.first, ids)
    age = last_full_month(sheet.cut_off) - months
    reasons = [_why(x, old) for x, old in zip(value, age, strict=True)]
    value = np.where(np.array([reason != "" for reason in reasons]), np.nan, value)
    if needs_base:
        reasons = [one or ("no_base" if np.isnan(x) else "") for one, x in zip(reasons, base, strict=True)]
    return _Figures(value, base, reasons)


def _why(value: float, age: float) -> str:
    return "no_value" if np.isnan(value) else "too_old" if age > OLDEST else ""


def _last(version: Version, indicator: str, until: date, ids: list[str]) -> tuple[Floats, Floats]:
    """The last floor a commune reported itself in a month over by a day, and the month as a number; NaN without one."""
    last = {unit: (floor, month_index(month)) for unit, month, floor in
            reported(version, indicator, until).select("unit", "month", "floor").iter_rows()}  # fmt: skip
    found = np.array([last.get(id, (np.nan, np.nan)) for id in ids], float).reshape(-1, 2)
    return found[:, 0], found[:, 1]


@lru_cache(maxsize=64)
def reported(version: Version, indicator: str, until: date) -> pl.DataFrame:
    """Per commune the row of `targets.history` of the last month over by a day that it reported itself."""
    latest = _month_of(last_full_month(until))
    rows = targets.history(version, indicator).filter(
        (pl.col("level") == "commune") & ~pl.col("is_carried") & pl.col("floor").is_not_null()
        & (pl.col("month") <= latest)
    )  # fmt: skip
    return rows.sort("month").unique("unit", keep="last", maintain_order=True)


def _target(version: Version, sheet: Sheet, target: str, ids: list[str]) -> _Figures:
    """How much of the path due at the cut-off was gone, never of the way to the final goal.

    The path starts at the commune's baseline; one that begins only within the period shows no path (no_base).
    """
    rows = {r["unit"]: r for r in targets.status(version, target, sheet.cut_off, "commune").iter_rows(named=True)}
    now = _indicator(version, sheet, target_indicator(target), ids, False)
    start = np.array([_or_nan(rows[id]["baseline"]) for id in ids])
    begun = np.array([month_index(m) if (m := rows[id]["baseline_month"]) else np.nan for id in ids], float)
    has_base = ~np.isnan(start) & (begun <= month_index(sheet.period.first))
    goal = np.array([min(rows[id]["goal"], rows[id]["met_at"]) for id in ids], float)
    deadline, month = month_index(definitions().targets[target].deadline), last_full_month(sheet.cut_off)
    due = award_points.path_due(np.where(has_base, start, np.nan), begun, goal, deadline, month)
    reasons = [one or ("" if has else "no_base") for one, has in zip(now.reason, has_base, strict=True)]
    return _Figures(award_points.on_path(now.value, start, due), due, reasons)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


# ---- lines ---------------------------------------------------------------------------------------------------------


def _column(
    sheet: Sheet, one: Criterion, found: _Figures, ids: list[str], clusters: list[str], is_out: bool,
    verified: Mapping[str, float], ruled: Rulings,
) -> dict[str, Any]:  # fmt: skip
    """The rows of one criterion, column by column as LINES has them."""
    named = zip(ids, clusters, strict=True)
    barred = np.array([is_out or id in one.not_for or cluster in one.not_for for id, cluster in named])
    # One to whom it does not apply leads nobody.
    share = award_points.shares(one, np.where(barred, np.nan, found.value), found.base, clusters)
    if one.verified:
        share = share * np.array([verified.get(id, 1.0) for id in ids])
    decided = np.array([_or_nan(ruled[key].points) if (key := (id, one.id)) in ruled else np.nan for id in ids])
    share = np.where(np.isnan(decided), share, np.minimum(decided / (one.points or 1.0), 1.0))
    is_missing = np.isnan(share) & ~barred
    is_open = is_missing & (sheet.missing_for(one) == "open")
    # A missing figure that counts 0 meets the caps and vetoes as 0 does: silence never pays.
    share = np.where(is_missing & ~is_open, 0.0, np.where(barred, np.nan, share))
    points = award_points.rounded(share * one.points)
    state = np.select([barred, is_open, is_missing], ["not_applicable", "open", "zero"], "scored")
    reasons = zip(barred, ~np.isnan(decided), found.reason, strict=True)
    reason = ["not_measured" if is_out else "" if out or known else why for out, known, why in reasons]
    return {
        "commune": ids, "cluster": clusters, "criterion": [one.id] * len(ids), "group": [one.group] * len(ids),
        "kind": [one.kind] * len(ids), "maximum": np.full(len(ids), one.points), "figure": found.value,
        "base": found.base, "state": state.tolist(), "reason": reason, "share": share, "points": points,
    }  # fmt: skip


# ---- standings -----------------------------------------------------------------------------------------------------


def _standings(sheet: Sheet, lines: pl.DataFrame, ids: list[str], clusters: list[str]) -> pl.DataFrame:
    points, share = _table(lines, "points", ids, sheet), _table(lines, "share", ids, sheet)
    state = lines["state"].to_numpy().reshape(len(sheet.criteria), len(ids)).T
    applies, is_open = state != "not_applicable", (state == "open").any(axis=1)
    if sheet.kind == "pass_fail":
        return _passed(sheet, share, applies, is_open, ids, clusters)
    sums = award_points.totals(sheet, np.nan_to_num(points), applies, is_open)
    order = [[one.id for one in sheet.criteria].index(id) for id in sheet.tie_breakers]
    ties, met = np.nan_to_num(points[:, order]), limits_met(sheet, share)
    columns = {"commune": ids, "cluster": clusters} | {name: getattr(sums, name) for name in TOTALS}
    frame = pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))
    capped = [" ".join(one.criterion for one, is_met in zip(sheet.limits, row, strict=True) if is_met) for row in met]
    return frame.with_columns(
        capped_by=pl.Series(capped, dtype=pl.String), is_open=pl.Series(is_open),
        **_placed(sheet, sums.points, ties, met, clusters),
    ).select(*columns, "place", "grade", "capped_by", "award", "is_tied", "is_open")  # fmt: skip


def _placed(
    sheet: Sheet, totals: Floats, ties: Floats, met: NDArray[np.bool_], clusters: Sequence[str]
) -> dict[str, pl.Series]:
    """place, grade (both null: open sheet), award ("" without) and is_tied, cluster by cluster."""
    place, grade = np.zeros(len(totals), np.int64), np.full(len(totals), -1)
    award, tied = np.full(len(totals), -1), np.zeros(len(totals), bool)
    within = np.asarray(clusters)
    for cluster in set(clusters):
        rows = np.flatnonzero((within == cluster) & ~np.isnan(totals))
        own = standings(
            sheet, int((within == cluster).sum()), totals[None, rows], [one[None, rows] for one in ties.T],
            met[None, rows],
        )  # fmt: skip
        place[rows], grade[rows], award[rows], tied[rows] = (part[0] for part in own)
    grades, awards = [one.id for one in sheet.grades], [one.id for one in sheet.awards]
    return {
        "place": pl.Series([int(n) or None for n in place], dtype=pl.Int64),
        "grade": pl.Series([None if n < 0 else grades[n] for n in grade], dtype=pl.String),
        "award": pl.Series(["" if n < 0 else awards[n] for n in award], dtype=pl.String), "is_tied": pl.Series(tied),
    }  # fmt: skip


TOTALS = ("earned", "maximum", "base", "bonus", "deduction", "points")


def _table(lines: pl.DataFrame, column: str, ids: list[str], sheet: Sheet) -> Floats:
    """A column of the lines as communes x criteria, NaN where null."""
    return lines[column].cast(pl.Float64).fill_null(float("nan")).to_numpy().reshape(len(sheet.criteria), len(ids)).T


def _passed(
    sheet: Sheet, share: Floats, applies: np.ndarray, is_open: np.ndarray, ids: list[str], clusters: list[str]
) -> pl.DataFrame:
    """All compulsory criteria that apply, and the share asked for of the extended ones that apply."""
    kinds = np.array([one.kind for one in sheet.criteria])
    met = (np.nan_to_num(share) >= 1.0 - NOISE) & applies
    compulsory, extended = kinds == "compulsory", kinds == "extended"
    failed = (applies & ~met)[:, compulsory].sum(axis=1)
    asked = applies[:, extended].sum(axis=1)
    passed = (failed == 0) & (met[:, extended].sum(axis=1) >= sheet.extended_share * asked - 1e-9)
    return pl.DataFrame({
        "commune": ids, "cluster": clusters, "compulsory_failed": failed, "extended_met": met[:, extended].sum(axis=1),
        "extended": asked, "passed": [None if hole else bool(one) for one, hole in zip(passed, is_open, strict=True)],
        "is_open": is_open,
    })  # fmt: skip


# ---- a draft on past data ------------------------------------------------------------------------------------------


def deciding(found: Scored) -> pl.DataFrame:
    """One row per criterion that tells communes apart: its share of the variance of the points (they add up to 1).

    Covariance of a criterion's points with their sum, over the variance of the sum, communes with a whole sheet only.
    """
    whole = found.standings.filter(~pl.col("is_open"))["commune"]
    rows = found.lines.filter(pl.col("commune").is_in(whole.implode()) & (pl.col("state") != "not_applicable"))
    signed = rows.with_columns(points=pl.when(pl.col("kind") == "deduction").then(-1).otherwise(1) * pl.col("points"))
    table = signed.pivot("criterion", index="commune", values="points").drop("commune").fill_null(0.0)
    values = table.to_numpy()
    total = values.sum(axis=1)
    variance = ((total - total.mean()) ** 2).sum() if len(total) else 0.0
    if not variance:
        return pl.DataFrame(schema={"criterion": pl.String, "share": pl.Float64})
    shares = ((values - values.mean(axis=0)) * (total - total.mean())[:, None]).sum(axis=0) / variance
    return pl.DataFrame({"criterion": table.columns, "share": shares}).sort("share", descending=True)


def gains(new: Scored, old: Scored) -> pl.DataFrame:
    """One row per commune both sheets rank: place before and now in its cluster, and how many places it gains."""
    before = old.standings.select("commune", place_before="place")
    joined = new.standings.select("commune", "cluster", "place").join(before, on="commune", maintain_order="left")
    return joined.drop_nulls().with_columns(gain=pl.col("place_before") - pl.col("place"))


def moves(before: Scored, after: Scored) -> pl.DataFrame:
    """One row per commune whose standing differs: commune, cluster, and each of points, place, grade, award, is_tied,
    is_open (of a sheet passed or failed: passed) as _before and _after.
    """
    told = ("points", "place", "grade", "award", "is_tied", "passed", "is_open")
    columns = [name for name in told if name in after.standings.columns]
    old = before.standings.select("commune", *(pl.col(name).alias(f"{name}_before") for name in columns))
    new = after.standings.select("commune", "cluster", *(pl.col(name).alias(f"{name}_after") for name in columns))
    joined = new.join(old, on="commune", maintain_order="left")
    changed = [pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in columns]
    return joined.filter(pl.any_horizontal(changed))


def canonical(found: Scored) -> bytes:
    """The points as canonical CSV: one line per commune and criterion, 4 decimals, empty where there are none.

    Then one per commune with its total, or whether it passed (1 or 0).
    """
    rows = found.lines.select("commune", "criterion", "state", "points").sort("commune", "criterion")
    id, column = ("total", "points") if "points" in found.standings.columns else ("passed", "passed")
    sums = found.standings.select(
        "commune", criterion=pl.lit(""), state=pl.lit(id), points=pl.col(column).cast(pl.Float64)
    )
    return pl.concat([rows, sums.sort("commune")]).write_csv(float_precision=award_points.DECIMALS).encode()


# ---- questions -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def questions(version: Version, cut_off: date) -> pl.DataFrame:
    """One row per question to a commune about its figures up to the cut-off: commune, code, evidence (JSON).

    Of the households its villages count as having access, in the wording in force; never a penalty. A month declared
    dead is passed over: in it nobody goes from house to house.
    Formulas: methods/award_questions.py.
    """
    first, latest = facts(version)["first_month"], last_full_month(cut_off)
    months = range(month_from_text(first), latest + 1) if first else range(0)
    parts = [village_counts(version, month) for month in map(_month_of, months) if not is_dead(month)]
    if not parts:
        return pl.DataFrame(schema={"commune": pl.String, "code": pl.String, "evidence": pl.String})
    rows = pl.concat(parts).sort("commune", "village", "month")
    found = []
    for (commune,), part in rows.group_by("commune", maintain_order=True):
        own = part.with_columns(counted=pl.when("is_reported").then(pl.col("counted")).cast(pl.Float64))
        table = own.pivot("month", index="village", values="counted", sort_columns=True).drop("village")
        sizes = own.group_by("village", maintain_order=True).agg(pl.col("households").max().fill_null(0))["households"]
        asked = of_commune(table.cast(pl.Float64).fill_null(float("nan")).to_numpy(), sizes.cast(pl.Float64).to_numpy())
        found += [(commune, one.code, json.dumps(one.evidence, sort_keys=True)) for one in asked]
    return pl.DataFrame(found, schema={"commune": pl.String, "code": pl.String, "evidence": pl.String}, orient="row")


@lru_cache(maxsize=64)
def village_counts(version: Version, month: date) -> pl.DataFrame:
    """One row per village in a month: commune, village, month, counted (households with access, in the wording in
    force), households, is_reported.
    """
    counted = definitions().indicators[access_indicator()].numerator
    return version.query(
        f"""select commune, village, month, {counted} as counted, households, is_reported
            from village_month where month = ?""",
        [month],
    )


def crowding(found: Scored, sheet: Sheet) -> pl.DataFrame:
    """One row per commune just above a line of a criterion where far more stand than just below: commune, criterion,
    evidence (JSON). Lines: the steps and thresholds of the sheet. A question, never a penalty.
    """
    rows = []
    for one in sheet.criteria:
        part = found.lines.filter((pl.col("criterion") == one.id) & (pl.col("state") == "scored"))
        figures = part["figure"].to_numpy().astype(float)
        for line in _lines_of(one):
            asked = zip(part["commune"], bunching(figures, line), strict=True)
            rows += [(unit, one.id, json.dumps(q.evidence, sort_keys=True)) for unit, q in asked if q]
    names = ("commune", "criterion", "evidence")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _lines_of(one: Criterion) -> list[float]:
    """Where a little more brings much; a line at 1 has nothing above it.

    A share of a year's few reports or of a commune's villages moves by leaps wider than what counts as just above:
    nobody can be just below, and half of the villages is a figure that many communes have.
    """
    if not isinstance(one.score, Manual) and _moves_by_leaps(one.score.figure):
        return []
    if isinstance(one.score, Steps):
        return [least for least, _ in one.score.steps if least < 1]
    return [one.score.at_least] if isinstance(one.score, YesNo) and one.score.at_least < 1 else []


def _moves_by_leaps(figure: str) -> bool:
    family, _, id = figure.partition(":")
    return figure in ROUNDS or (family == "indicator" and definitions().indicators[id].denominator == "villages")


def claims(version: Version, commune: str, cut_off: date) -> dict[str, int]:
    """By village the households claimed in the last month over at the cut-off that the commune reported; {} without."""
    counted = definitions().indicators[access_indicator()].numerator
    rows = version.query(
        f"""select village, {counted} as claimed from village_month
            where commune = ? and is_reported and month = (
                select max(month) from village_month where commune = ? and is_reported and month <= ?)""",
        [commune, commune, _month_of(last_full_month(cut_off))],
    )
    return {village: claimed or 0 for village, claimed in rows.iter_rows()}


def _month_of(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)
