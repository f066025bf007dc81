-- One row per channel, day and metric that has a value: the one measured last. A blank is no value and takes none away.
-- unit: who owned the channel on that day, null: nobody we know of.
with newest as (
    select channel, platform, day, metric, value, measured_at, sha256, "row"
    from given_reading
    where post = '' and value is not null
    qualify row_number() over (
        partition by channel, metric, day order by measured_at desc, received_at desc, sha256 desc, "row" desc
    ) = 1
)
select newest.channel, platform, owner.unit, day, metric, value, measured_at, sha256, "row"
from newest
left join channel_owner as owner
    on owner.channel = newest.channel and day >= owner.since and (owner.until is null or day < owner.until)
order by newest.channel, metric, day
