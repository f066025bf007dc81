-- One row per unit and count of households of the breakdown: its share of them, each commune by its own last quarter.
-- The ethnic groups with "unknown" are added up; a commune's month is its last, a larger unit's the last of any commune.
with quarter as (
    select commune, max(month) as month from breakdown_month where dimension = 'ethnic' group by commune
),
total as (
    select unit, measure, sum(value) as value, max(month) as month
    from breakdown_month
    join quarter using (commune, month)
    join unit_commune using (commune)
    where dimension = 'ethnic'
    group by unit, measure
)
select part.unit, part.measure, part.month, part.value::bigint as value, whole.value::bigint as households,
    part.value / whole.value as share
from total as part
join total as whole on whole.unit = part.unit and whole.measure = 'households'
order by part.unit, part.measure
