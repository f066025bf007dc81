-- One row per indicator, unit and month, units that never sent anything included: share over villages with a value.
-- The floor is the share of all households (villages); carried: every village's value comes from an earlier month.
select indicator.indicator, unit.unit, unit.level, unit.name, unit.full_name, unit.sort, month.month, month.is_dead,
    numerator, denominator, numerator / nullif(denominator, 0) as share, change,
    villages_known, villages_expected, households_known, households_reference,
    case when communes_unlisted = 0 then least(
        numerator / nullif(denominator, 0),
        numerator / nullif(case when counts_villages then villages_expected else households_reference end, 0)
    ) end as floor,
    villages_carried, communes_unlisted,
    coalesce(villages_known > 0 and villages_carried = villages_known, false) as is_carried,
    count(*) filter (villages_own > 0) over until_now as rounds,
    max(month.month) filter (villages_own > 0) over until_now as last_reported
from (select indicator from given_indicator) as indicator
cross join unit
cross join month
left join unit_indicator as known on known.indicator = indicator.indicator and known.unit = unit.unit
    and known.month = month.month
window until_now as (partition by indicator.indicator, unit.unit order by month.month)
order by indicator.indicator, unit.sort, unit.unit, month.month
