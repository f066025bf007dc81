-- One row per village and month ticked as unchanged before the village ever told a figure: nothing stands for the tick.
select village_row.village, village_row.month, 'unchanged_from_nothing' as code, '' as measure,
    null::bigint as value, null::double as reference, false as is_breakdown
from village_row
join village_figure as figure using (village, month)
where village_row.is_unchanged
group by village_row.village, village_row.month
having count(figure.value) = 0
