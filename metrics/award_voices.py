"""Figures of feedback and of posts as award criteria score them, and what the silence of a commune is called."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from methods import ontime
from methods.composite import Floats
from metrics.feedback import has_channel
from metrics.published import facts
from warehouse.version import Version

NOT_MEASURED = ("no_report", "no_channel", "no_feedback", "no_list", "no_case")


def figures(version: Version, what: str, first: date, cut_off: date, ids: Sequence[str]) -> tuple[Floats, list[str]]:
    """Per commune the figure over a scoring period, NaN where there is none, and why ("" where there is).

    Both by the cases judged from the first day to the cut-off: on the day they are due where they are settled by then,
    else on the day after, so that each counts in one round. on_time: settled on time / (settled + still open and
    overdue), methods.ontime. answered: the share answered by the cut-off; a case without a due day is judged when it
    comes, a month without a case list counts by the monthly form, in the round in which it ends. channel: 1 where the
    commune owns a channel open at the cut-off, else 0, by the province's own register.
    """
    if what == "channel":
        open_ = has_channel(str(facts(version)["origin"]), cut_off.replace(day=1))
        return np.array([float(id in open_) for id in ids]), [""] * len(ids)
    found = _on_time(version, first, cut_off) if what == "on_time" else _answered(version, first, cut_off)
    silent = why_silent(version, first, cut_off)
    values = np.array([found.get(id, np.nan) for id in ids], float)
    return values, ["" if known else silent[id] for known, id in zip(~np.isnan(values), ids, strict=True)]


def _on_time(version: Version, first: date, cut_off: date) -> dict[str, float]:
    cases = version.query(
        """select commune, due, coalesce(answered, closed) as settled from feedback_case
           where case when coalesce(answered, closed) <= due then due else due + 1 end between $1 and $2
               and received <= $2 order by commune, case_id""",
        [first, cut_off],
    )
    communes = cases["commune"].unique(maintain_order=True).to_list()
    place = {commune: number for number, commune in enumerate(communes)}
    states = ontime.state(cases["due"].to_numpy(), cases["settled"].to_numpy(), cut_off)
    groups = np.array([place[commune] for commune in cases["commune"]], np.int64)
    rate = ontime.on_time(states, groups, len(communes)).rate
    return dict(zip(communes, rate.tolist(), strict=True))


def _answered(version: Version, first: date, cut_off: date) -> dict[str, float]:
    rows = version.query(
        """with counted as (
               select commune, count(*) filter (answered <= $2) as answered, count(*) as asked from feedback_case
               where case when due is null then received when least(answered, closed) <= due then due else due + 1 end
                   between $1 and $2 and received <= $2 group by commune
               union all
               select commune, sum(answered), sum(received) from feedback_month
               where source = 'form' and last_day(month) between $1 and $2 group by commune)
           select commune, case when sum(asked) > 0 then least(1, sum(answered) / sum(asked)) end as share
           from counted group by commune""",
        [first, cut_off],
    )
    return {commune: float("nan") if share is None else float(share) for commune, share in rows.iter_rows()}


def posts(version: Version, what: str, first: date, cut_off: date, ids: Sequence[str]) -> tuple[Floats, list[str]]:
    """Per commune over a scoring period, NaN where nothing of its channels is known, and why ("" where it is).

    posts: those published on channels it owned on that day, whatever the platform. interactions: of its posts on
    Facebook, which counts actions; Zalo counts people, and the two are never one sum.
    """
    rows = version.query(
        """select unit, count(*)::double as posts,
               sum(interactions) filter (platform = 'facebook')::double as interactions
           from post where day between ? and ? group by unit""",
        [first, cut_off],
    )
    known = version.query(
        "select distinct unit from channel_month where metric = 'posts' and month between ? and ?",
        [first.replace(day=1), cut_off],
    )["unit"].drop_nulls()
    found = dict(rows.select("unit", what).iter_rows())
    if what == "posts":
        found = dict.fromkeys(known.to_list(), 0.0) | found
    open_ = has_channel(str(facts(version)["origin"]), cut_off.replace(day=1))
    values = np.array([np.nan if found.get(id) is None else found[id] for id in ids], float)
    why = ["no_post_figures" if id in open_ else "no_channel" for id in ids]
    return values, ["" if is_known else one for is_known, one in zip(~np.isnan(values), why, strict=True)]


@lru_cache(maxsize=16)
def why_silent(version: Version, first: date, cut_off: date) -> dict[str, str]:
    """Per commune why no answers can be measured over the period; silence is no merit, and none of it is a 0.

    no_report: neither case list nor form; no_channel, no_feedback: nothing came, without and with an open channel;
    no_list: feedback is counted by the form alone; no_case: cases came, none of them due.
    """
    rows = version.query(
        """select commune, sum(received) filter (source <> '') as received, count(*) filter (source = 'cases') as listed
           from feedback_month where month between ? and ? group by commune""",
        [first.replace(day=1), cut_off],
    )
    open_ = has_channel(str(facts(version)["origin"]), cut_off.replace(day=1))
    state = (
        pl.when(pl.col("received").is_null()).then(pl.lit("no_report"))
        .when((pl.col("received") == 0) & pl.col("commune").is_in(list(open_))).then(pl.lit("no_feedback"))
        .when(pl.col("received") == 0).then(pl.lit("no_channel"))
        .when(pl.col("listed") == 0).then(pl.lit("no_list")).otherwise(pl.lit("no_case"))
    )  # fmt: skip
    told = dict(rows.select("commune", state).iter_rows())
    known = version.query("select unit from unit where level = 'commune'")["unit"]
    return {commune: told.get(commune, "no_report") for commune in known}
