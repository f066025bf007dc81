-- One row per village and month in which it exists: counts (stock ones `carried` rounds old), rung, where they were read.
select figure.village, village.name as village_name, figure.commune, unit.full_name as commune_name, unit.sort, figure.month,
    figure.is_reported, figure.source_month, figure.carried,
    figure.households, figure.households_any, figure.households_three, figure.households_all, figure.households_skilled,
    figure.group_members, figure.members_trained, figure.households_helped, figure.group_formed,
    village.households_reference, ladder.is_formed, ladder.is_trained, ladder.activity,
    figure.sha256, figure.sheet, figure.row
from village_count as figure
join village using (village)
join village_ladder as ladder using (village, month)
join unit on unit.unit = figure.commune
order by figure.month, unit.sort, figure.village
