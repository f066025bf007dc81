-- One row per commune and month whose monthly form counts feedback: received, passed on, answered on the spot.
-- Before the merger the old units are added up; where one of them has not told there is no sum.
with parts as (select commune, count(*) as parts from given_old_unit group by commune)
select commune, month, sum(value) filter (measure = 'feedback_received') as received,
    sum(value) filter (measure = 'feedback_forwarded') as forwarded,
    sum(value) filter (measure = 'feedback_answered') as answered
from commune_flow
join given_delivery as given using (commune, sha256, month)
left join parts using (commune)
group by commune, month
having received is not null and (month >= (select value::date from given_meta where key = 'epoch')
    or not bool_and(coalesce(starts_with(given.written, 'old:'), false)) or count(distinct given.written) = any_value(parts))
