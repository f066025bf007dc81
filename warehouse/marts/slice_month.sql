-- One row per indicator, dimension, unit and month (category '': all households), and per category with a figure there.
-- state says why there is no figure: not_reported, or not_asked where the form does not ask for it.
with asked as (select indicator, unnest(['none', 'ethnic', 'priority']) as dimension from given_slice_indicator),
whole as (
    select asked.indicator, asked.dimension, '' as category, unit.level, unit.unit, month.month,
        figure.numerator, figure.denominator, figure.denominator_shared, figure.villages_known, figure.villages_carried,
        case when figure.numerator is not null or (asked.dimension = 'priority' and figure.villages_known > 0) then ''
            when due.is_due or (due.is_due is not null and size.owes_first) then 'not_reported'
            else 'not_asked' end as state,
        size.villages_expected
    from asked
    cross join given_slice_unit as unit
    cross join month
    join slice_size as size on size.level = unit.level and size.unit = unit.unit and size.month = month.month
    left join given_slice_asked as due on due.indicator = asked.indicator and due.dimension = asked.dimension
        and due.month = month.month
    left join slice_sum as figure on figure.indicator = asked.indicator and figure.dimension = asked.dimension
        and figure.category = '' and figure.level = unit.level and figure.unit = unit.unit
        and figure.month = month.month
)
select dimension, level, indicator, month, unit, category, numerator, denominator,
    coalesce(denominator_shared, 0) as denominator_shared, state, coalesce(villages_known, 0) as villages_known,
    villages_expected, coalesce(villages_carried, 0) as villages_carried
from whole
union all
select dimension, level, indicator, month, unit, category, numerator, denominator, coalesce(denominator_shared, 0), '',
    villages_known, size.villages_expected, villages_carried
from slice_sum
join slice_size as size using (level, unit, month)
where category <> ''
order by dimension, level, indicator, month, unit, category
