-- Every indicator has one row per unit and month, units that never sent anything included.
with wanted as (
    select indicator.indicator, unit.unit, month.month
    from (select distinct indicator from indicator_month) as indicator
    cross join unit
    cross join month
)
select indicator, unit, month, count(found.unit) as times
from wanted
left join indicator_month as found using (indicator, unit, month)
group by indicator, unit, month having count(found.unit) <> 1
