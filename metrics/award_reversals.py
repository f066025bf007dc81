"""Figures that fell after an award's cut-off: a question to the commune, never a penalty."""

import json
from datetime import date

import polars as pl

from definitions.load import access_indicator, definitions
from methods.award_questions import reversal
from methods.months import last_full_month
from warehouse.version import Version

ASKED = dict.fromkeys(("commune", "code", "evidence"), pl.String)


def reversals(version: Version, cut_off: date) -> pl.DataFrame:
    """One row per commune whose households with access fell since the cut-off, in the villages that reported both up to
    it and since: commune, code, evidence (JSON).
    """
    last = last_full_month(cut_off)
    month = date(last // 12, last % 12 + 1, 1)
    since = _last_reported(version, "month > ?", month, "now")
    if since.is_empty():
        return pl.DataFrame(schema=ASKED)
    until = _last_reported(version, "month <= ?", month, "at_award")
    rows = until.join(since, on=["commune", "village"], how="full", coalesce=True).sort("commune", "village")
    by_commune = rows.fill_null(float("nan")).group_by("commune", maintain_order=True)
    asked = [
        (commune, reversal(part["at_award"].to_numpy(), part["now"].to_numpy())) for (commune,), part in by_commune
    ]
    told = [(commune, one.code, json.dumps(one.evidence, sort_keys=True)) for commune, one in asked if one]
    return pl.DataFrame(told, schema=ASKED, orient="row")


def _last_reported(version: Version, when: str, month: date, name: str) -> pl.DataFrame:
    """One row per village that reported in these months: commune, village and, by that name, the last it reported."""
    counted = definitions().indicators[access_indicator()].numerator
    return version.query(
        f"""select commune, village, arg_max({counted}, month)::double as {name}
            from village_month where {when} and is_reported and {counted} is not null group by commune, village""",
        [month],
    )
