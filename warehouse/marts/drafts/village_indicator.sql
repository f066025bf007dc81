-- One row per indicator, village and month in which it exists; part and whole are null where it has no value.
with paired as (
    select indicator.indicator, source.village, source.commune, source.month, source.is_reported, source.carried,
        indicator.denominator = 'villages' as counts_villages,
        part.value as part,
        case when indicator.denominator = 'villages' then 1 else whole.value end as whole
    from village_source as source
    cross join given_indicator as indicator
    left join village_measure as part on part.village = source.village and part.month = source.month
        and part.measure = indicator.numerator
    left join village_measure as whole on whole.village = source.village and whole.month = source.month
        and whole.measure = indicator.denominator
)
select indicator, village, commune, month, counts_villages,
    part is not null and whole is not null as is_known,
    case when whole is not null then part end as part,
    case when part is not null then whole end as whole,
    case when counts_villages then not is_reported else carried > 0 end as is_carried,
    is_reported and coalesce(counts_villages or carried = 0, false) as is_own
from paired
