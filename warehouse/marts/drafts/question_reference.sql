-- One row per village and month whose households lie more than 10 % away from the registry's; asked once per figure.
with told as (
    select village, month, measure, value, lag(value) over (partition by village order by month) as before
    from village_figure
    where measure = 'households' and value is not null
)
select told.village, told.month, 'households_reference' as code, told.measure,
    told.value, village.households_reference::double as reference, false as is_breakdown
from told
join village using (village)
where abs(told.value - village.households_reference) > 0.1 * village.households_reference
    and told.value is distinct from told.before
