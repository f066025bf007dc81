-- One row per indicator, dimension, category, commune and month: sums over its villages; category '' is all households.
-- The ethnic groups with "unknown" are all households; priority groups overlap, so of them only "reported" is known.
select indicator, 'none' as dimension, '' as category, commune, month, numerator::bigint as numerator,
    (case when counts_villages then villages_expected else whole_known end)::bigint as denominator,
    villages_known, villages_carried
from commune_indicator
union all
select indicator, 'none', '', commune, month, sum(numerator)::bigint, sum(denominator)::bigint, count(distinct village), 0
from group_figure
where dimension = 'ethnic' and not is_monthly
group by indicator, commune, month
union all
select indicator, dimension, '', commune, month,
    case when dimension = 'ethnic' then sum(numerator) end::bigint,
    case when dimension = 'ethnic' then sum(denominator) end::bigint, count(distinct village), 0
from group_figure
group by indicator, dimension, commune, month
union all
select indicator, dimension, category, commune, month,
    sum(numerator)::bigint, sum(denominator)::bigint, count(distinct village), 0
from group_figure
group by indicator, dimension, category, commune, month
