-- One row per village and month in which it exists: households by the registry, else by its last report.
select source.village, source.month, coalesce(village.households_reference, figure.value) as households
from village_source as source
join village using (village)
asof left join (
    select village, month, value from village_figure where measure = 'households' and value is not null
) as figure on figure.village = source.village and source.month >= figure.month
