"""Figures that fell after an award's cut-off: a question to the commune, never a penalty."""

import json
from datetime import date

import polars as pl

from definitions.load import access_indicator
from methods.award_questions import reversal
from methods.months import last_full_month
from warehouse.version import Version


def reversals(version: Version, cut_off: date) -> pl.DataFrame:
    """One row per commune whose households with access, in its last full report since, fell against its last full one
    at the cut-off: commune, code, evidence (JSON). A report is full when every village reported.
    """
    last = last_full_month(cut_off)
    month = date(last // 12, last % 12 + 1, 1)
    rows = version.query(
        """with whole as (
                select unit, month, numerator::double as counted from indicator_month
                where indicator = $2 and level = 'commune' and villages_known = villages_expected
                    and villages_carried = 0)
            select unit as commune, arg_max(counted, month) filter (month <= $1) as at_award,
                arg_max(counted, month) filter (month > $1) as now
            from whole group by unit order by unit""",
        [month, access_indicator()],
    )
    asked = [(commune, reversal(then, now)) for commune, then, now in rows.drop_nulls().iter_rows()]
    told = [(commune, one.code, json.dumps(one.evidence, sort_keys=True)) for commune, one in asked if one]
    return pl.DataFrame(told, schema=dict.fromkeys(("commune", "code", "evidence"), pl.String), orient="row")
