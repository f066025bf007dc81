-- One row per village and month whose figures, the month's flow too, equal those of the two months before without a tick.
with said as (
    select observation.unit as village, observation.month,
        list(struct_pack(m := observation.measure, v := observation.value) order by observation.measure) as figures
    from observation
    join village_row on village_row.village = observation.unit and village_row.month = observation.month
    join given_measure as measure using (measure)
    where observation.form_sheet = 'villages' and not village_row.is_unchanged and village_row.has_stock
    group by observation.unit, observation.month
)
select now.village, now.month, 'copied_forward' as code, '' as measure, null::bigint as value, 3.0::double as reference,
    false as is_breakdown
from said as now
join said as before on before.village = now.village and before.month = now.month - interval 1 month
join said as first on first.village = now.village and first.month = now.month - interval 2 month
where now.figures = before.figures and before.figures = first.figures
