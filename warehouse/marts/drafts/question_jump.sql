-- One row per village, month and measure whose change stands out among the village's own (methods/rounds.py: outliers).
with change as (
    select village, month, measure, value,
        value - lag(value) over (partition by village, measure order by month) as step,
        max(value) filter (measure = 'households') over (partition by village, month) as households
    from village_figure
    where value is not null
),
history as (
    select *, list(step) filter (step is not null) over (
        partition by village, measure order by month rows unbounded preceding
    ) as steps
    from change
),
middle as (
    select *, list_median(steps) as median,
        list_median(list_transform(steps, lambda x: abs(x - list_median(steps)))) as mad
    from history
    where step is not null and len(steps) >= 3
)
select village, month, 'jump' as code, measure, value, (value - step + median)::double as reference
from middle
where case when mad > 0 then 0.6745 * abs(step - median) / mad > 3.5
    else abs(step - median) > greatest(2, 0.02 * coalesce(households, 0)) end
