-- One row per feedback case: what the newest delivery that lists it says; deliveries: how many list it.
with listed as (
    select *, row_number() over (partition by commune, case_id order by received_at desc, sha256 desc) as age,
        count(*) over (partition by commune, case_id) as deliveries
    from given_feedback
)
select commune, case_id, date_trunc('month', received)::date as month, channel, village, topic, desk, received, forwarded,
    due, answered, told, closed, agrees, deliveries, sha256, sheet, "row"
from listed
where age = 1
order by commune, received, case_id
