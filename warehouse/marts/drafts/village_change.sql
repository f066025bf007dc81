-- One row per indicator, village and month with a value in this month and the month before.
select now.indicator, now.village, now.commune, now.month,
    now.part, now.whole, before.part as part_before, before.whole as whole_before
from village_indicator as now
join village_indicator as before on before.indicator = now.indicator and before.village = now.village
    and before.month = now.month - interval 1 month
where now.is_known and before.is_known
