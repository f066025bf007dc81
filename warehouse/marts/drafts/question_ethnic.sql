-- One row per village and month whose ethnic rows do not add up to the households of its village row.
with ethnic as (
    select unit as village, month, sum(value)::bigint as value
    from observation
    where form_sheet = 'breakdown' and dimension = 'ethnic' and measure = 'households' and value is not null
    group by unit, month
)
select ethnic.village, ethnic.month, 'ethnic_sum' as code, 'households' as measure,
    ethnic.value, figure.value::double as reference
from ethnic
join village_figure as figure on figure.village = ethnic.village and figure.month = ethnic.month
    and figure.measure = 'households'
where ethnic.value <> figure.value
