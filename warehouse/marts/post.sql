-- One row per post: its texts as last told, its figures as last measured, all at one time. A blank is null, never 0.
with newest as (
    select *
    from post_measurement
    qualify row_number() over (
        partition by channel, post
        order by has_figures desc, measured_at desc, received_at desc, sha256 desc, "row" desc
    ) = 1
),
said as (
    select channel, post,
        arg_max(text, (measured_at, received_at, sha256, "row")) filter (metric = 'text:title') as title,
        arg_max(text, (measured_at, received_at, sha256, "row")) filter (metric = 'text:kind') as kind,
        arg_max(text, (measured_at, received_at, sha256, "row")) filter (metric = 'text:url') as url
    from given_reading
    where post <> '' and text <> ''
    group by channel, post
)
select newest.channel, platform, owner.unit, newest.post, published_at, published_at::date as day,
    isodow(published_at)::integer as weekday, hour(published_at)::integer as hour, kind, said.title, title_key, url,
    views, viewers, impressions, reach, reactions, comments, shares, clicks, interactions, measured_at, age_days, sha256, "row"
from newest
left join said using (channel, post)
left join given_post_title as key on key.title = said.title
left join channel_owner as owner on owner.channel = newest.channel and published_at::date >= owner.since
    and (owner.until is null or published_at::date < owner.until)
order by newest.channel, published_at, newest.post
