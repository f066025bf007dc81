-- One row per old unit and month before the merger: its villages, and whether its first breakdown is still owed.
with listed as (
    select source.commune, source.month, coalesce(placed.old_unit, '') as written, count(*) as villages
    from village_source as source
    left join village_old_unit as placed using (village)
    group by all
),
begun as (select commune, min(month) as first_month from breakdown_month group by commune)
select part.old_unit, month.month,
    coalesce(sum((villages + places - place) // places), 0)::bigint as villages_expected,
    bool_or(first_month is null or month.month < first_month) as owes_first
from old_unit_part as part
cross join month
left join listed on listed.commune = part.commune and listed.written = part.written and listed.month = month.month
left join begun on begun.commune = part.commune
where month.month < (select value::date from given_meta where key = 'epoch')
group by part.old_unit, month.month
