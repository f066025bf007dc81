-- One row per unit, metric and month: what the measurable channels that it and its communes keep today count together.
-- value: their sum, of a flow that of a day; change: of those also measured in the month before, null: none was;
-- channels: how many stand in the value. Summed in their order, as the last digit of parts of days depends on it.
with kept as (
    select unit, channel from channel where is_measurable
    union
    select unit_commune.unit, channel
    from channel
    join unit_commune on unit_commune.commune = channel.unit
    where is_measurable
),
told as (
    select channel, metric, month, case kind when 'flow' then value / days else value end as figure
    from channel_month
    where metric <> 'posts' and days > 0
)
select unit, now.metric, now.month, sum(now.figure order by now.channel) as value,
    sum(now.figure - before.figure order by now.channel) as change, count(*) as channels
from kept
join told as now using (channel)
left join told as before on before.channel = now.channel and before.metric = now.metric
    and before.month = now.month - interval 1 month
group by unit, now.metric, now.month
order by unit, metric, month
