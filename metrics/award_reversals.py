"""Figures that fell after an award's cut-off: a question to the commune, never a penalty."""

import json
from datetime import date

import polars as pl

from definitions.load import access_indicator, definitions
from methods.award_questions import reversal
from methods.months import last_full_month
from warehouse.version import Version


def reversals(version: Version, cut_off: date) -> pl.DataFrame:
    """One row per commune whose households with access fell since the cut-off, in the villages that reported both up to
    it and since: commune, code, evidence (JSON).
    """
    counted = definitions().indicators[access_indicator()].numerator
    last = last_full_month(cut_off)
    rows = version.query(
        f"""select commune, village,
                arg_max({counted}, month) filter (month <= $1)::double as at_award,
                arg_max({counted}, month) filter (month > $1)::double as now
            from village_month where is_reported and {counted} is not null
            group by commune, village order by commune, village""",
        [date(last // 12, last % 12 + 1, 1)],
    )
    by_commune = rows.fill_null(float("nan")).group_by("commune", maintain_order=True)
    asked = [
        (commune, reversal(part["at_award"].to_numpy(), part["now"].to_numpy())) for (commune,), part in by_commune
    ]
    told = [(commune, one.code, json.dumps(one.evidence, sort_keys=True)) for commune, one in asked if one]
    return pl.DataFrame(told, schema=dict.fromkeys(("commune", "code", "evidence"), pl.String), orient="row")
