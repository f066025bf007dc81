-- One row per channel and month it is known of how many posts it published, none among them.
-- A month without a post is told only where one delivery lists posts from before and from after it: what nobody exported
-- is not zero. days: those up to the last measurement. unit: whose the posts were, null: more than one's, or nobody's.
with listed as (
    select channel, sha256, date_trunc('month', min(published_at)) as first, date_trunc('month', max(published_at)) as last
    from post_measurement
    group by channel, sha256
),
asked as (
    select distinct channel, unnest(generate_series(first, last, interval 1 month))::date as month
    from listed
),
measured as (
    select channel, any_value(platform) as platform, max(measured_at)::date as last
    from post_measurement
    group by channel
),
published as (
    select channel, date_trunc('month', day)::date as month, count(*) as posts,
        case when count(distinct coalesce(unit, '')) = 1 then min(unit) end as unit
    from post
    where day is not null
    group by channel, month
)
select asked.channel, platform, month, coalesce(posts, 0) as posts, least(last, last_day(month)) - month + 1 as days,
    case when posts > 0 then published.unit else owner.unit end as unit
from asked
join measured using (channel)
left join published using (channel, month)
left join channel_owner as owner
    on owner.channel = asked.channel and month >= owner.since and (owner.until is null or month < owner.until)
