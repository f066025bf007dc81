-- One row per commune, old unit written on its reports ('' none) and old unit that gets the place-th of so many parts.
-- Villages no report of the time placed are shared out among the old units that sent none, among all where all did.
with placed as (
    select distinct village.commune, village_old_unit.old_unit from village_old_unit join village using (village)
),
listed as (
    select old.commune, old.old_unit, placed.old_unit is null as is_silent,
        bool_and(placed.old_unit is not null) over (partition by old.commune) as is_nobody_silent,
        count(*) over (partition by old.commune) > 1 as is_imputed
    from given_old_unit as old
    left join placed on placed.commune = old.commune and placed.old_unit = old.old_unit
)
select commune, old_unit as written, old_unit, 1 as place, 1 as places, false as is_imputed
from listed
union all
select commune, '', old_unit, (row_number() over shared)::integer, (count(*) over (partition by commune))::integer, is_imputed
from listed
where is_silent or is_nobody_silent
window shared as (partition by commune order by old_unit)
order by commune, written, old_unit
