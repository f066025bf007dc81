-- One row per post and time it was measured: its figures as they stood then.
-- interactions: null where a part is unknown.
with told as (
    select channel, any_value(platform) as platform, post, measured_at, received_at, sha256, "row",
        count(value) > 0 as has_figures,
        max(value) filter (metric in ('post_views', 'article_views'))::bigint as views,
        max(value) filter (metric = 'post_viewers')::bigint as viewers,
        max(value) filter (metric = 'post_impressions')::bigint as impressions,
        max(value) filter (metric = 'post_reach')::bigint as reach,
        max(value) filter (metric = 'post_interactions')::bigint as summed,
        max(value) filter (metric = 'post_reactions')::bigint as reactions,
        max(value) filter (metric = 'post_comments')::bigint as comments,
        max(value) filter (metric in ('post_shares', 'article_shares'))::bigint as shares,
        max(value) filter (metric = 'post_clicks')::bigint as clicks
    from given_reading
    where post <> ''
    group by channel, post, measured_at, received_at, sha256, "row"
),
said as (
    select channel, post, arg_max(published_at, (measured_at, received_at, sha256, "row")) as published_at
    from given_reading
    join given_post_moment on metric = 'text:published_at' and written = text
    group by channel, post
)
select told.* exclude (summed), published_at, coalesce(summed, reactions + comments + shares) as interactions,
    floor(epoch(measured_at - published_at) / 86400)::integer as age_days
from told
left join said using (channel, post)
