-- One row per indicator, dimension, category, village and month with a figure; never by ethnic group.
select 'none' as dimension, indicator, month, village, '' as category, commune,
    part::bigint as numerator, whole::bigint as denominator, is_carried
from village_indicator
where is_known
union all
select 'none', indicator, month, village, '', commune, sum(numerator)::bigint, sum(denominator)::bigint, false
from group_figure
where dimension = 'ethnic' and not is_monthly
group by indicator, month, village, commune
union all
select 'priority', indicator, month, village, category, commune, numerator, denominator, false
from group_figure
where dimension = 'priority'
order by dimension, indicator, month, village, category
