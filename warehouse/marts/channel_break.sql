-- One row per break in what a platform counts; channel is null where it is of every channel.
-- code: since (the platform begins to give the metric on that day), until (it no longer does), retired (our own calls were
-- refused from that day on). successor: what it counts in its place.
with told as (
    select metric, since as day, 'since' as code from given_channel_metric where since is not null
    union all
    select metric, until, 'until' from given_channel_metric where until is not null
    union all
    select metric, day, 'retired' from given_retired_metric
)
select platform, null::varchar as channel, metric, told.day, code,
    case when code <> 'since' then successor end as successor
from told
join given_channel_metric using (metric)
order by platform, metric, told.day, code
