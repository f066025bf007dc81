"""What became of what people said: stages, times at each desk, what is stuck, and where nobody says anything."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl

from definitions.channels import channels
from methods import ontime, survival
from metrics import units
from metrics.published import facts
from warehouse.version import Version

STAGES = ("received", "forwarded", "answered", "told", "agreed")
AGES = (7, 15, 30, 60)  # days; the last class is open
LONG_DAYS = 30  # a case without a due day is stuck after so many days
SILENT_MONTHS = 3
STATES = ("feedback", "no_feedback", "no_channel", "no_report")
COMMUNE, AGENCY = "commune", "agency"


def overdue(version: Version, unit: str, day: date) -> int:
    """How many cases of a unit were open beyond their due day at the end of a day."""
    found = version.query(
        """select count(*) as n from feedback_case join unit_commune using (commune)
           where unit = ? and received <= ? and due < ?
               and (coalesce(answered, closed) is null or coalesce(answered, closed) > ?)""",
        [unit, day, day, day],
    )
    return found.item()


def months(version: Version) -> list[date]:
    """The months with a case list or a counted form, latest first."""
    found = version.query("select distinct month from feedback_month where source <> '' order by month desc")
    return found["month"].to_list()


@lru_cache(maxsize=64)
def cases(version: Version, unit: str, since: date, until: date, day: date) -> pl.DataFrame:
    """One row per case of a unit received in the months from since to until, as it stands on a day.

    settled: the day of the answer (closed, where it never was); timing: methods.ontime.state; lies: "commune" or
    "agency" while somebody has to act, "" when it is done; own_days: with the commune, before it was passed on and
    until the citizen was told; agency_days: from passed on to answered; age and overdue_days: of open cases, else null.
    """
    found = version.query(
        """select commune, full_name, sort, case_id, month, channel, topic, desk, received, forwarded, due, answered,
               told, closed, agrees, file, sheet, "row"
           from feedback_case where month between ? and ? and received <= ?
               and commune in (select commune from unit_commune where unit = ?)""",
        [since, until, day, unit],
    )
    # Sorted here, because DuckDB takes twice as long.
    return with_times(found.sort("received", "sort", "case_id"), day)


def with_times(found: pl.DataFrame, day: date) -> pl.DataFrame:
    settled, finished = pl.coalesce("answered", "closed"), pl.coalesce("told", "closed")
    left, now = pl.coalesce("forwarded", "answered", "closed", pl.lit(day)), pl.lit(day)
    telling = pl.when(settled.is_not_null()).then(_days(pl.coalesce(finished, now), settled).clip(0)).otherwise(0)
    away = pl.when(pl.col("forwarded").is_not_null()).then(_days(pl.coalesce(settled, now), pl.col("forwarded")))
    is_open = settled.is_null()
    lies = (
        pl.when(is_open & pl.col("forwarded").is_not_null()).then(pl.lit(AGENCY))
        .when(is_open | finished.is_null()).then(pl.lit(COMMUNE)).otherwise(pl.lit(""))
    )  # fmt: skip
    found = found.with_columns(settled=settled)
    timing = ontime.state(found["due"].to_numpy(), found["settled"].to_numpy(), day)
    found = found.with_columns(
        timing=pl.Series(timing.tolist(), dtype=pl.String),
        lies=lies,
        own_days=_days(left, pl.col("received")) + telling,
        agency_days=away.otherwise(0),
        age=pl.when(is_open).then(_days(now, pl.col("received"))),
    )
    return found.with_columns(
        overdue_days=pl.when(pl.col("timing") == "overdue").then(_days(now, pl.col("due"))),
        is_own_late=pl.col("timing").is_in(["late", "overdue"])
        & (_days(left, pl.col("received")) > _days(pl.col("due"), pl.col("received"))),
    )


def _days(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    return (later - earlier).dt.total_days()


def funnel(found: pl.DataFrame) -> dict[str, int]:
    """How many cases came how far, and how many people did not agree."""
    reached = {stage: found[stage].count() for stage in STAGES[:-1]}
    return reached | {"agreed": int(found["agrees"].sum() or 0), "not_agreed": int((~found["agrees"]).sum() or 0)}


@lru_cache(maxsize=64)
def counted(version: Version, unit: str, since: date, until: date) -> dict[str, int]:
    """What communes without a case list counted on the monthly form: received, forwarded, answered, communes."""
    row = version.query(
        """select coalesce(sum(received), 0)::bigint as received, coalesce(sum(forwarded), 0)::bigint as forwarded,
                  coalesce(sum(answered), 0)::bigint as answered, count(distinct commune) as communes
           from feedback_month join unit_commune using (commune)
           where source = 'form' and unit = ? and month between ? and ?""",
        [unit, since, until],
    )
    return row.row(0, named=True)


class Timing(NamedTuple):
    """Cases by how they kept their due day; own_late: late for waiting with the commune; rate: None of none."""

    on_time: int
    late: int
    overdue: int
    not_due: int
    without_due: int
    own_late: int
    rate: float | None


def on_time(found: pl.DataFrame) -> Timing:
    """The cases of a frame together; the rate counts those open and overdue (methods.ontime)."""
    of = ontime.on_time(found["timing"].to_numpy(), np.zeros(len(found), np.int64), 1)
    counts = [int(n[0]) for n in (of.on_time, of.late, of.overdue, of.not_due, of.without_due)]
    rate = None if np.isnan(of.rate[0]) else float(of.rate[0])
    good, late, overdue, not_due, without = counts
    return Timing(good, late, overdue, not_due, without, int(found["is_own_late"].sum()), rate)


@lru_cache(maxsize=64)
def times_of(version: Version, unit: str, since: date, until: date, day: date) -> pl.DataFrame:
    """`times` of the cases of a unit and its months."""
    return times(cases(version, unit, since, until, day), day)


def times(found: pl.DataFrame, day: date) -> pl.DataFrame:
    """Median days, open cases counted: whole (received to answered), own (until it left the commune's desk), each desk
    (passed on to answered), telling (answered to told): part, n, done, median, lower, upper, reason.
    """
    passed = found.filter(pl.col("forwarded").is_not_null())
    spans = {"whole": (found, "received", "settled")}
    leaving = found.with_columns(left=pl.coalesce("forwarded", "settled"))
    spans |= {"own": (leaving, "received", "left")}
    desks = passed["desk"].drop_nulls().unique().sort().to_list()
    spans |= {f"desk:{desk}": (passed.filter(pl.col("desk") == desk), "forwarded", "settled") for desk in desks}
    answered = found.filter(pl.col("answered").is_not_null()).with_columns(over=pl.coalesce("told", "closed"))
    spans |= {"telling": (answered, "answered", "over")}
    rows = [(part, *_median(rows, begin, end, day)) for part, (rows, begin, end) in spans.items()]
    columns = {"part": pl.String, "n": pl.Int64, "done": pl.Int64}
    columns |= dict.fromkeys(("median", "lower", "upper"), pl.Float64) | {"reason": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row")


def _median(found: pl.DataFrame, begin: str, end: str, day: date) -> tuple:
    begun, ended = (found[name].to_numpy().astype("datetime64[D]") for name in (begin, end))
    median = survival.median(*survival.lasting(begun, ended, np.datetime64(day, "D")))
    bounds = (None if np.isnan(days) else days for days in (median.median, median.lower, median.upper))
    return (median.n, median.done, *bounds, median.reason)


def ageing(found: pl.DataFrame) -> pl.DataFrame:
    """Cases not answered yet by days since receipt: up_to (null: longer), commune, agency (where they lie)."""
    waiting = found.filter(pl.col("age").is_not_null())
    place = np.searchsorted(AGES, waiting["age"].to_numpy(), side="left")  # an age of 7 is still in the first class
    counts = {at: np.bincount(place[(waiting["lies"] == at).to_numpy()], minlength=len(AGES) + 1)
              for at in (COMMUNE, AGENCY)}  # fmt: skip
    return pl.DataFrame({"up_to": [*AGES, None]} | counts, schema_overrides={"up_to": pl.Int64})


def stuck(found: pl.DataFrame) -> pl.DataFrame:
    """The cases open beyond their due day, or without one for more than 30 days, the longest first."""
    is_long = pl.col("due").is_null() & (pl.col("age") > LONG_DAYS)
    held = found.filter((pl.col("timing") == "overdue") | is_long)
    here = pl.when(pl.col("lies") == AGENCY).then("agency_days").otherwise("own_days")
    order = pl.coalesce("overdue_days", "age")
    return held.with_columns(here_days=here).sort(order, descending=True, maintain_order=True)


def topics(found: pl.DataFrame) -> pl.DataFrame:
    """Cases by month and topic: month, topic, n, whole (all of the month that name a topic)."""
    named = found.filter(pl.col("topic").is_not_null())
    counts = named.group_by("month", "topic").agg(n=pl.len())
    whole = named.group_by("month").agg(whole=pl.len())
    return counts.join(whole, on="month").sort("month", "topic")


def communes(found: pl.DataFrame) -> pl.DataFrame:
    """One row per commune with a case list: received, on_time, late, overdue and where these lie, own_late, rate, own
    median days; the most overdue cases with the commune first.
    """
    ids = found["commune"].unique(maintain_order=True).to_list()
    at = {id: place for place, id in enumerate(ids)}
    counts = ontime.on_time(found["timing"].to_numpy(), np.array([at[id] for id in found["commune"]], int), len(ids))
    is_overdue = pl.col("timing") == "overdue"
    table = found.group_by("commune", maintain_order=True).agg(
        pl.col("full_name").first(),
        received=pl.len(),
        overdue_commune=(is_overdue & (pl.col("lies") == COMMUNE)).sum(),
        overdue_agency=(is_overdue & (pl.col("lies") == AGENCY)).sum(),
        own_late=pl.col("is_own_late").sum(),
        own_days=pl.col("own_days").median(),
        agency_days=pl.col("agency_days").filter(pl.col("forwarded").is_not_null()).median(),
    )
    parts = {name: pl.Series(getattr(counts, name)) for name in ("on_time", "late", "overdue", "rate")}
    table = table.with_columns(**parts).with_columns(pl.col("rate").fill_nan(None))
    return table.sort(["overdue_commune", "own_late"], descending=True, maintain_order=True)


def silence(version: Version, unit: str, until: date) -> pl.DataFrame:
    """One row per commune: unit, full_name, received in the three months up to until (null: no report), state.

    feedback: somebody said something; no_feedback: a channel is open and nothing came; no_channel: nothing came and no
    channel is open; no_report: neither a case list nor a form tells of any of the months.
    """
    open_ = has_channel(str(facts(version)["origin"]), until)
    told = version.query(
        """select commune as unit, sum(received)::bigint as received
           from feedback_month where source <> '' and month between ? and ? group by commune""",
        [first_silent(until), until],
    )
    asked = units.communes_of(version, unit).select("unit", "full_name")
    found = asked.join(told, on="unit", how="left", maintain_order="left")
    state = (
        pl.when(pl.col("received").is_null()).then(pl.lit("no_report"))
        .when(pl.col("received") > 0).then(pl.lit("feedback"))
        .when(pl.col("unit").is_in(list(open_))).then(pl.lit("no_feedback")).otherwise(pl.lit("no_channel"))
    )  # fmt: skip
    return found.with_columns(state=state)


def first_silent(until: date) -> date:
    """The first of the months the map of silence looks at."""
    return before(until, SILENT_MONTHS - 1)


def before(month: date, months: int = 1) -> date:
    """The month so many months before."""
    index = month.year * 12 + month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


@lru_cache(maxsize=8)
def has_channel(origin: str, month: date) -> frozenset[str]:
    """The units that own a channel which was open in a month."""
    found = set()
    for channel in channels("demo" if origin == "demo" else "real").values():
        owners = [owner.unit for owner in channel.owners if owner.since.replace(day=1) <= month]
        if owners and (channel.until is None or channel.until > month):
            found.add(owners[-1])
    return frozenset(found)
