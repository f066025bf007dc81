-- One row per indicator, dimension, category, commune, old unit written on its reports ('' none) and month before the merger.
-- As in slice_figure: sums over villages; category '' is all households.
with grouped as (
    select indicator, is_monthly, dimension, category, village, commune, month, numerator, denominator
    from group_figure
    where month < (select value::date from given_meta where key = 'epoch')
),
told as (
    select indicator, 'none' as dimension, '' as category, village, commune, month, counts_villages,
        part as numerator, whole as denominator, is_known, is_carried
    from village_indicator
    where month < (select value::date from given_meta where key = 'epoch')
    union all
    select indicator, 'none', '', village, commune, month, false, numerator, denominator, true, false
    from grouped
    where dimension = 'ethnic' and not is_monthly
    union all
    select indicator, dimension, '', village, commune, month, false,
        case when dimension = 'ethnic' then numerator end, case when dimension = 'ethnic' then denominator end, true, false
    from grouped
    union all
    select indicator, dimension, category, village, commune, month, false, numerator, denominator, true, false
    from grouped
)
select told.indicator, told.dimension, told.category, told.commune, coalesce(placed.old_unit, '') as written, told.month,
    sum(told.numerator)::bigint as numerator,
    (case when any_value(told.counts_villages) then count(*) else sum(told.denominator) end)::bigint as denominator,
    count(distinct told.village) filter (told.is_known) as villages_known,
    count(distinct told.village) filter (told.is_known and told.is_carried) as villages_carried
from told
left join village_old_unit as placed using (village)
group by all
