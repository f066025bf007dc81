-- One row per post and day it was measured: how it stood then.
select channel, post, measured_at::date as measured_on, age_days, interactions, views
from post_measurement
where has_figures
qualify row_number() over (
    partition by channel, post, measured_at::date order by measured_at desc, received_at desc, sha256 desc, "row" desc
) = 1
order by channel, post, measured_on
