-- One row per feedback case: what the newest delivery that lists it says; deliveries: how many list it.
-- Its commune's name and place in the alphabet and its file's name stand with it: cases are asked without a join.
with listed as (
    select *, row_number() over (partition by commune, case_id order by received_at desc, sha256 desc) as age,
        count(*) over (partition by commune, case_id) as deliveries
    from given_feedback
)
select listed.commune, full_name, sort, case_id, date_trunc('month', received)::date as month, channel, village, topic,
    desk, received, forwarded, due, answered, told, closed, agrees, deliveries, sha256, parse_filename(file) as file,
    sheet, "row"
from listed
left join unit on unit.unit = listed.commune
left join (select sha256, file from given_delivery) as delivery using (sha256)
where age = 1
order by listed.commune, received, case_id
