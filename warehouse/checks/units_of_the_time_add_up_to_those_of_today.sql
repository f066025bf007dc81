-- Before the merger the old units, and their districts, add up to the province as it is counted today.
select today.indicator, today.dimension, today.category, today.month, level.level, today.numerator,
    sum(old.numerator) as numerator_then
from slice_month as today
cross join (values ('commune'), ('district')) as level (level)
left join slice_old_month as old on old.level = level.level and old.indicator = today.indicator
    and old.dimension = today.dimension and old.category = today.category and old.month = today.month
where today.level = 'province' and today.month < (select value::date from given_meta where key = 'epoch')
group by all
having (today.numerator, any_value(today.denominator))
    is distinct from (sum(old.numerator)::bigint, sum(old.denominator)::bigint)
union all
select indicator, dimension, category, month, unit, numerator, denominator from slice_old_month
where numerator > denominator or numerator < 0 or denominator_shared > denominator or villages_known > villages_expected
