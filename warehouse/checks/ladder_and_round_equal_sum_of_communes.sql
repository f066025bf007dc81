-- The province's villages, groups and reports are the sums of its communes'.
with counted as (
    select 'unit_ladder' as mart, month, level, sum(unit_ladder.villages) as whole, sum(reported) as reported,
        sum(formed) as first, sum(trained) as second, sum(active) as third
    from unit_ladder
    join unit using (unit)
    group by month, level
    union all
    select 'unit_round', month, level, sum(expected), sum(submitted), sum(on_time), sum(usable), 0
    from unit_round
    group by month, level
)
select province.mart, province.month, province.whole, communes.whole as sum_of_communes
from counted as province
left join counted as communes on communes.mart = province.mart and communes.month = province.month
    and communes.level = 'commune'
where province.level = 'province'
    and (province.whole, province.reported, province.first, province.second, province.third)
    is distinct from (communes.whole, communes.reported, communes.first, communes.second, communes.third)
