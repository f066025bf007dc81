-- One row per unit of before the merger and unit it counts for: itself (level commune), its district.
select distinct 'commune' as level, old_unit, old_unit as unit from given_old_unit
union all
select distinct 'district', old_unit, district from given_old_unit
