-- A month of a flow is the sum of the days its owner had the channel, of people their mean; posts are those published.
select month.channel, month.month, month.metric, value, told
from channel_month as month
left join (
    select channel, date_trunc('month', day)::date as month, metric, unit, sum(value) as total, avg(value) as mean,
        count(*) as days
    from channel_day
    group by all
) as of_unit using (channel, month, metric, unit),
lateral (select case kind when 'flow' then total when 'people' then mean end as told)
where metric <> 'posts' and kind <> 'stock' and unit is not null
    and (told is null or abs(told - value) > 1e-6 * greatest(abs(value), 1) or of_unit.days <> month.days)
union all
select channel, month, 'posts', sum(value), sum(posts)
from (
    select channel, month, value, 0 as posts from channel_month where metric = 'posts'
    union all
    select channel, date_trunc('month', day)::date, 0, 1 from post where day is not null
)
group by channel, month
having sum(value) <> sum(posts)
