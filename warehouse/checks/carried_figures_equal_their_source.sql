-- A carried figure is the very figure of the month it comes from.
select late.village, late.month, late.source_month from village_month as late
join village_month as source on source.village = late.village and source.month = late.source_month
where (late.households, late.households_any, late.households_three, late.households_all, late.households_skilled,
        late.group_members, late.members_trained)
    is distinct from
    (source.households, source.households_any, source.households_three, source.households_all, source.households_skilled,
        source.group_members, source.members_trained)
