-- One row per indicator, dimension, unit of before the merger and month of that time, as slice_month has today's units.
-- Level commune: the old units; district: their districts, which add them up.
with size as (
    select level, unit, month, sum(villages_expected)::bigint as villages_expected, bool_or(owes_first) as owes_first
    from old_unit_size
    join old_unit_level using (old_unit)
    group by all
),
figure as (
    select indicator, dimension, category, level, unit, month, sum(numerator)::bigint as numerator,
        sum(denominator)::bigint as denominator, coalesce(sum(denominator_shared), 0)::bigint as denominator_shared,
        sum(villages_known)::bigint as villages_known, sum(villages_carried)::bigint as villages_carried
    from old_unit_sum
    join old_unit_level using (old_unit)
    group by all
),
asked as (select indicator, unnest(['none', 'ethnic', 'priority']) as dimension from given_slice_indicator)
select asked.dimension, size.level, asked.indicator, size.month, size.unit, '' as category, numerator, denominator,
    coalesce(denominator_shared, 0) as denominator_shared,
    case when numerator is not null or (asked.dimension = 'priority' and villages_known > 0) then ''
        when due.is_due or (due.is_due is not null and size.owes_first) then 'not_reported'
        else 'not_asked' end as state,
    coalesce(villages_known, 0) as villages_known, villages_expected, coalesce(villages_carried, 0) as villages_carried
from asked
cross join size
left join given_slice_asked as due on due.indicator = asked.indicator and due.dimension = asked.dimension
    and due.month = size.month
left join figure on figure.indicator = asked.indicator and figure.dimension = asked.dimension and figure.category = ''
    and figure.level = size.level and figure.unit = size.unit and figure.month = size.month
union all
select dimension, level, indicator, month, unit, category, numerator, denominator, denominator_shared, '',
    villages_known, villages_expected, villages_carried
from figure
join size using (level, unit, month)
where category <> ''
order by dimension, level, indicator, month, unit, category
