-- One row per village that a report of before the merger speaks of: the unit written on the last such report.
select observation.unit as village, arg_max(delivery.written, (observation.month, delivery.received_at, sha256)) as old_unit
from observation
join given_delivery as delivery using (sha256)
join village on village.village = observation.unit
where observation.month < (select value::date from given_meta where key = 'epoch') and starts_with(delivery.written, 'old:')
group by observation.unit
order by village
