-- The province's counts are the sums of its communes'.
with communes as (
    select indicator, month, sum(numerator) as numerator, sum(denominator) as denominator,
        sum(villages_known) as villages_known, sum(villages_expected) as villages_expected
    from indicator_month
    where level = 'commune'
    group by indicator, month
)
select province.indicator, province.month, province.numerator, communes.numerator as sum_of_communes
from indicator_month as province
left join communes using (indicator, month)
where province.level = 'province' and (
    (province.numerator, province.denominator, province.villages_known, province.villages_expected)
    is distinct from
    (communes.numerator, communes.denominator, communes.villages_known, communes.villages_expected)
)
