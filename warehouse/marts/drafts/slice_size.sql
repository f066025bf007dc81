-- One row per unit and month: its registered villages, and whether a commune of it still owes its first breakdown.
-- The form asks for the first one in any month.
with listed as (select commune, month, count(*) as villages from village_source group by commune, month),
begun as (select commune, min(month) as first_month from breakdown_month group by commune)
select part.level, part.unit, month.month,
    coalesce(sum((villages + places - place) // places), 0)::bigint as villages_expected,
    bool_or(first_month is null or month.month < first_month) as owes_first
from given_slice_part as part
cross join month
left join listed on listed.commune = part.commune and listed.month = month.month
left join begun on begun.commune = part.commune
group by part.level, part.unit, month.month
