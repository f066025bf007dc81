-- What a unit's channels count together is what those of its communes and its own do, none left out or counted twice.
with own as (
    select channel.unit, metric, month, count(*) as channels, sum(value / case kind when 'flow' then days else 1 end) as value
    from channel_month
    join channel using (channel)
    where is_measurable and metric <> 'posts' and days > 0
    group by channel.unit, metric, month
),
summed as (
    select unit, metric, month, sum(channels) as channels, sum(value) as value
    from (
        select unit_commune.unit, metric, month, channels, value from own join unit_commune on commune = own.unit
        union all
        select unit, metric, month, channels, value from own where unit not in (select commune from unit_commune)
    )
    group by unit, metric, month
)
select unit, metric, month, summed.value, told.value as told, summed.channels, told.channels as told_channels
from summed
full join voice_month as told using (unit, metric, month)
where summed.channels is distinct from told.channels
    or abs(summed.value - told.value) > 1e-6 * greatest(abs(summed.value), 1)
