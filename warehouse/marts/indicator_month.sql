-- One row per indicator, unit and month; share over villages with a value, floor against all households (villages).
select indicator, unit, month, numerator, denominator,
    numerator / nullif(denominator, 0) as share, change,
    villages_known, villages_expected, households_known, households_reference,
    case when communes_unlisted = 0 then least(
        numerator / nullif(denominator, 0),
        numerator / nullif(case when counts_villages then villages_expected else households_reference end, 0)
    ) end as floor,
    villages_carried, communes_unlisted,
    count(*) filter (villages_own > 0) over until_now as rounds,
    max(month) filter (villages_own > 0) over until_now as last_reported
from unit_indicator
window until_now as (partition by indicator, unit order by month)
order by indicator, unit, month
