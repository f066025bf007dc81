"""The files received and what became of each row."""

from datetime import date

import polars as pl

from warehouse.version import Version


def deliveries(version: Version, commune: str | None = None, month: date | None = None) -> pl.DataFrame:
    """One row per delivery, latest first."""
    return version.query(
        """select d.* exclude (refusal), u.full_name as commune_name, d.refusal as refusal_code,
                  (select any_value(message) from letter l
                   where l.sha256 = d.sha256 and severity = 'refused') as refusal,
                  (select count(*) from letter l
                   where l.sha256 = d.sha256 and code = 'village_list_not_adopted')::bigint as rows_waiting
           from delivery d left join unit u on u.unit = d.commune
           where (? is null or d.commune = ?) and (? is null or d.month = ?) order by received_at desc, sha256""",
        [commune, commune, month, month],
    )


def letters(version: Version, sha256: str | None = None) -> pl.DataFrame:
    """One row per letter or question, of one delivery or of all, in the order of sheet and row."""
    return version.query(
        """select sha256, commune, month, sheet, row, "column", code, severity, found, expected, message from letter
           where ? is null or sha256 = ?
           union all
           select sha256, commune, month, sheet, row, "column", code, 'question', value::varchar, '', message
           from question
           where ? is null or sha256 = ? order by sha256, sheet, row, "column" """,
        [sha256] * 4,
    )


def cells(version: Version, measure: str, commune: str, month: date) -> pl.DataFrame:
    """One row per workbook cell behind a commune's count: village, value, file, sheet, row, column."""
    return version.query(
        """select o.unit, coalesce(v.name, u.full_name) as name, o.value, o.category, d.file, d.received_at, o.sha256,
                  o.sheet, o.row, o."column"
           from observation o join delivery d using (sha256) left join village v on v.village = o.unit
           left join unit u on u.unit = o.unit
           where o.measure = ? and o.month = ? and coalesce(v.commune, o.unit) = ? order by o.unit, o.category""",
        [measure, month, commune],
    )


def questions(version: Version, commune: str | None = None, month: date | None = None) -> pl.DataFrame:
    """One row per improbable figure that was stored with a question."""
    return version.query(
        """select q.*, coalesce(v.name, u.full_name) as name, u.full_name as commune_name from question q
           left join village v on v.village = q.unit left join unit u on u.unit = q.commune
           where (? is null or q.commune = ?) and (? is null or q.month = ?)
           order by q.month desc, q.commune, q.unit""",
        [commune, commune, month, month],
    )


def totals(version: Version) -> dict:
    """files, latest (moment of the last receipt), held (rows to be made clear), waiting (rows that wait for their
    commune's list of villages), refused (files).
    """
    return version.query(
        """select count(*)::bigint as files, max(received_at) as latest,
                  coalesce(sum(rows_held) filter (withdrawn is null), 0)::bigint - any_value(waiting) as held,
                  any_value(waiting) as waiting, count(*) filter (verdict = 'refused')::bigint as refused
           from delivery
           cross join (select count(*)::bigint as waiting from letter join delivery using (sha256)
                       where code = 'village_list_not_adopted' and withdrawn is null)"""
    ).row(0, named=True)
