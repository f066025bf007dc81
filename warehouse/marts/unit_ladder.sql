-- One row per unit and month: of its villages, how many reported, how many groups are formed, trained, active or not.
select unit, month, count(*) as villages,
    count(*) filter (is_reported) as reported,
    count(*) filter (is_formed) as formed,
    count(*) filter (is_trained) as trained,
    count(*) filter (activity = 'active') as active,
    count(*) filter (activity = 'inactive') as inactive,
    count(*) filter (activity = 'unknown') as unknown
from village_month
join unit_commune using (commune)
group by unit, month
order by month, unit
