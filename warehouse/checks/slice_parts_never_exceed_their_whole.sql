-- No slice counts more households reached than there are, and its ethnic groups add up to all.
select indicator, dimension, category, unit, month, numerator, denominator from slice_month
where numerator > denominator or numerator < 0 or denominator_shared > denominator or villages_known > villages_expected
union all
select whole.indicator, whole.dimension, '', whole.unit, whole.month, whole.numerator, sum(part.numerator)
from slice_month as whole
left join slice_month as part on part.dimension = 'ethnic' and part.category <> '' and part.level = whole.level
    and part.unit = whole.unit and part.indicator = whole.indicator and part.month = whole.month
where whole.dimension = 'ethnic' and whole.category = '' and whole.level <> 'district'
group by whole.indicator, whole.dimension, whole.unit, whole.month, whole.numerator, whole.denominator
having (whole.numerator, whole.denominator) is distinct from (sum(part.numerator)::bigint, sum(part.denominator)::bigint)
