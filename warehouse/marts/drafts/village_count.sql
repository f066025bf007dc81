-- One row per village and month in which it exists: its counts side by side, and how many rounds old the stock ones are.
with wide as (
    pivot village_measure on measure in (
        households, households_any, households_three, households_all, households_skilled,
        group_members, members_trained, households_helped, group_formed
    ) using any_value(value) group by village, month
)
select source.village, source.commune, source.month, source.is_reported, source.source_month, source.carried,
    wide.households, wide.households_any, wide.households_three, wide.households_all, wide.households_skilled,
    wide.group_members, wide.members_trained, wide.households_helped, wide.group_formed,
    village.households_reference, source.sha256, source.sheet, source.row
from village_source as source
join village using (village)
left join wide on wide.village = source.village and wide.month = source.month
order by source.village, source.month
