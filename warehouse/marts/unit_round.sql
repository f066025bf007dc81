-- One row per unit and month of a round: how many communes were to send, sent, sent on time, sent what can be used.
select unit, level, month, count(*) as expected,
    count(*) filter (is_submitted) as submitted,
    count(*) filter (is_on_time) as on_time,
    count(*) filter (is_usable) as usable,
    submitted / expected as submitted_share, on_time / expected as on_time_share, usable / expected as usable_share,
    sum(villages_usable) / nullif(sum(villages_expected), 0) as villages_usable_share
from round
join unit_commune using (commune)
join unit using (unit)
group by unit, level, month
order by unit, month
