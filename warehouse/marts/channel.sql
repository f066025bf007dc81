-- One row per channel.
-- unit: who owns it today; last_day: the last day with any value, null: there never was one. is_measurable: false for a
-- page whose last count of followers or likes is below 100, or of which Facebook tells nothing because it has fewer likes:
-- not zero, not known. posts: how many we know of, the last of last_post.
with told as (
    select channel, max(day) as last_day
    from channel_day
    group by channel
),
posted as (
    select channel, count(*) as posts, max(day) as last_post
    from post
    group by channel
),
counted as (
    select channel, arg_max_null(value, (day, measured_at, metric, received_at, sha256, "row")) as size
    from given_reading
    join (select sha256, source from given_delivery) as delivery using (sha256)
    where metric in ('fb_followers', 'fb_likes') and (value is not null or source = 'facebook')
    group by channel
)
select channel.channel, channel.platform, account, label_vi, label_en, channel.unit, unit.full_name as unit_name,
    cluster, since, until, last_day, coalesce(posts, 0) as posts, last_post,
    channel.platform <> 'facebook' or counted.channel is null or coalesce(size, 0) >= 100 as is_measurable
from given_channel as channel
left join unit using (unit)
left join told using (channel)
left join posted using (channel)
left join counted using (channel)
order by channel.platform, channel.unit, channel.channel
