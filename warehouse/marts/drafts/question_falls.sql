-- One row per village, month and cumulative measure that is lower than when it was last reported.
with reported as (
    select village, month, measure, value from village_figure
    union all
    select unit, month, measure, value from observation where measure = 'group_formed'
),
followed as (
    select *, lag(value) over (partition by village, measure order by month) as before
    from reported
    where value is not null and measure in (select measure from given_measure where is_cumulative)
)
select village, month, 'falls' as code, measure, value, before::double as reference, false as is_breakdown
from followed
where value < before
