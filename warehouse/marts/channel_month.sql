-- One row per channel, month and metric, posts published among them (posts).
-- value: the last of a stock, the sum of a flow, of people the mean a day. days: how many have a value, of posts how many
-- are known of. unit: who owned it on the days counted, null: more than one did, or nobody we know of.
with counted as (
    select channel, platform, date_trunc('month', day)::date as month, metric, kind, count(*) as days,
        case kind when 'stock' then arg_max(value, day) when 'flow' then sum(value) else avg(value) end as value,
        case when kind = 'stock' then arg_max_null(unit, day)
            when count(distinct coalesce(unit, '')) = 1 then min(unit) end as unit
    from channel_day
    join (select metric, kind from given_channel_metric) as metric using (metric)
    group by channel, platform, month, metric, kind
),
posts as (
    select channel, platform, month, 'posts' as metric, 'flow' as kind, days, posts::double as value, unit
    from posts_month
)
select channel, platform, unit, month, metric, kind, value, days::integer as days,
    day(last_day(month))::integer as days_in_month
from (from counted union all by name from posts)
order by metric, month, channel
