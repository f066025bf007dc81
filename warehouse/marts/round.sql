-- One row per commune and month from the first with data to the last that is due or has data.
with expected as (
    select unit.unit as commune, calendar.month, calendar.late_after,
        count(village.village) as villages_expected,
        count(usable.village) as villages_usable
    from unit
    join given_calendar as calendar on unit.level = 'commune'
    left join village on village.commune = unit.unit and calendar.month >= village.valid_from
        and (village.valid_to is null or calendar.month <= village.valid_to)
    left join usable_village as usable on usable.village = village.village and usable.month = calendar.month
    group by all
)
select expected.commune, expected.month, submission.sha256 is not null as is_submitted, submission.received_at,
    submission.received_at::date <= expected.late_after as is_on_time,
    case when submission.sha256 is not null
        then greatest(0, submission.received_at::date - expected.late_after) end::integer as days_late,
    villages_expected, villages_usable, villages_usable / nullif(villages_expected, 0) as usable_share,
    submission.sha256 is not null and villages_expected > 0 and villages_usable = villages_expected as is_usable,
    submission.sha256
from expected
left join submission using (commune, month)
order by expected.commune, expected.month
