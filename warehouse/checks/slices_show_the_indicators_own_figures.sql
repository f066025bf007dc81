-- A slice by nothing shows the very figures of the indicator, and its old districts add up to the province.
select slice.indicator, slice.unit, slice.month, slice.numerator, known.numerator as expected
from slice_month as slice
join unit on unit.unit = slice.unit
join indicator_month as known on known.indicator = slice.indicator and known.unit = slice.unit and known.month = slice.month
where slice.dimension = 'none'
    and (slice.numerator, slice.denominator) is distinct from (known.numerator, known.denominator)
union all
select province.indicator, province.category, province.month, province.numerator, sum(district.numerator)
from slice_month as province
left join slice_month as district on district.level = 'district' and district.dimension = province.dimension
    and district.indicator = province.indicator and district.month = province.month
    and district.category = province.category
where province.level = 'province'
group by province.indicator, province.category, province.month, province.dimension, province.numerator, province.denominator
having (province.numerator, province.denominator)
    is distinct from (sum(district.numerator)::bigint, sum(district.denominator)::bigint)
