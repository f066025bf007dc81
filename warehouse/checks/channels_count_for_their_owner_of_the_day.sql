-- Nobody is told what a channel did while it was another's.
with told as (
    select channel, day, unit from channel_day group by all
    union
    select channel, day, unit from post
)
select told.channel, told.day, told.unit, owner.unit as owner
from told
left join channel_owner as owner
    on owner.channel = told.channel and told.day >= owner.since and told.day < coalesce(owner.until, date '9999-12-31')
where told.unit is distinct from owner.unit
