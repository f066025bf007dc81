-- One row per village and month: formed, trained (with a group only), active in the last three months ('' without one).
with recent as (
    select village, commune, month, group_formed = 1 as is_formed, members_trained > 0 as is_trained,
        max(households_helped) over last_three as most,
        count(households_helped) over last_three as answers
    from village_count
    window last_three as (
        partition by village order by month range between interval 2 months preceding and current row
    )
)
select village, commune, month, is_formed,
    case when is_formed then is_trained end as is_trained,
    case when is_formed is not true then ''
        when most > 0 then 'active'
        when answers = 3 then 'inactive'
        else 'unknown' end as activity
from recent
order by village, month
