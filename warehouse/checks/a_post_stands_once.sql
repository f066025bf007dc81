-- A post stands once, and once for each day it was measured.
select channel, post, null::date as measured_on, count(*) as times from post group by all having count(*) > 1
union all
select channel, post, measured_on, count(*) from post_reading group by all having count(*) > 1
