-- Every post stands once among the scores, and its score follows from its figure and its benchmark by the four rules.
with held as (
    select channel, post, expected, n, score, reason, post.channel is null or scored.channel is null as is_alone,
        case platform when 'zalo_oa' then views else interactions end as actual
    from post
    full join post_score as scored using (channel, post)
),
judged as (
    select *, case when n < 10 or actual is null then null
        when expected < 10 then actual / 10
        when actual = 0 then -2 * expected
        when actual >= expected then actual / expected
        else -expected / actual end as told
    from held
)
select channel, post, actual, expected, n, score, told, reason
from judged
where is_alone or (score is null) <> (told is null) or (score is null) <> (reason <> '')
    or abs(score - told) > 1e-9 * greatest(abs(told), 1)
union all
select channel, post, null, null, count(*), null, null, 'twice'
from post_score
group by channel, post
having count(*) > 1
