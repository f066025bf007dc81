-- One row per village and month with a jump (methods/rounds.py: jumps), in the measure furthest from what was usual.
-- What another question asks of the same figure is not asked again.
with report as (
    select village, month, measure, value,
        lag(value) over reports as before,
        date_diff('month', lag(month) over reports, month) as elapsed,
        max(value) filter (measure = 'households') over (partition by village, month) as households
    from village_figure
    where value is not null
    window reports as (partition by village, measure order by month)
),
history as (
    select *, (value - before) / elapsed as pace, list((value - before) / elapsed) filter (before is not null) over (
            partition by village, measure order by month rows unbounded preceding
        ) as paces
    from report
),
usual as (
    select *, list_median(paces) as median, before + list_median(paces) * elapsed as reference,
        list_median(list_transform(paces, lambda x: abs(x - list_median(paces)))) as mad,
        greatest(5, 0.05 * households) as least
    from history
    where before > 0 and len(paces) >= 3
)
select village, month, 'jump' as code, measure, value, reference, false as is_breakdown
from usual
anti join (
    select village, month, measure from question_reference union all select village, month, measure from question_falls
) as asked using (village, month, measure)
where abs(value - before) > least and abs(value - reference) > least
    and case when mad > 0 then 0.6745 * abs(pace - median) / mad > 3.5 else pace <> median end
qualify row_number() over (partition by village, month order by abs(value - reference) desc, measure) = 1
