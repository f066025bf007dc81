-- One row per commune and month from the first with data to the last that is due or has data; state: what applies first.
-- How many villages are expected and usable is null where the commune has no list of villages in that month.
with expected as (
    select unit.unit as commune, unit.full_name, unit.sort, calendar.month, calendar.due, calendar.late_after,
        nullif(count(village.village), 0) as villages_expected,
        case when count(village.village) > 0 then count(usable.village) end as villages_usable
    from unit
    join given_calendar as calendar on unit.level = 'commune'
    left join village on village.commune = unit.unit and calendar.month >= village.valid_from
        and (village.valid_to is null or calendar.month <= village.valid_to)
    left join usable_village as usable on usable.village = village.village and usable.month = calendar.month
    group by all
),
told as (
    select sha256, count(*) as letters from letter where severity in ('held', 'refused') group by sha256
),
judged as (
    select expected.*, submission.sha256, submission.received_at, coalesce(told.letters, 0) as letters,
        submission.sha256 is not null as is_submitted,
        submission.received_at::date <= expected.late_after as is_on_time,
        submission.sha256 is not null and coalesce(villages_usable = villages_expected, false) as is_usable
    from expected
    left join submission using (commune, month)
    left join told on told.sha256 = submission.sha256
)
select commune, full_name, sort, month, due, late_after,
    case when not is_submitted then 'missing' when not is_usable then 'not_usable'
        when not is_on_time then 'late' else 'ok' end as state,
    is_submitted, received_at, is_on_time,
    case when is_submitted then greatest(0, received_at::date - late_after) end::integer as days_late,
    villages_expected, villages_usable, villages_usable / villages_expected as usable_share, is_usable,
    letters, sha256
from judged
order by month, list_position(['missing', 'not_usable', 'late', 'ok'], state), sort, commune
