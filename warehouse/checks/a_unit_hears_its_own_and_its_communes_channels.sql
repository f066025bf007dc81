-- What a unit's channels count together is the sum of them one by one, and no channel is left out or counted twice.
with summed as (
    select unit.unit, metric, month, count(*) as channels, sum(value / case kind when 'flow' then days else 1 end) as value
    from channel_month
    join channel using (channel)
    join unit on unit.unit = channel.unit
        or exists (from unit_commune where unit_commune.unit = unit.unit and commune = channel.unit)
    where is_measurable and metric <> 'posts' and days > 0
    group by unit.unit, metric, month
)
select unit, metric, month, summed.value, told.value as told, summed.channels, told.channels as told_channels
from summed
full join voice_month as told using (unit, metric, month)
where summed.channels is distinct from told.channels
    or abs(summed.value - told.value) > 1e-6 * greatest(abs(summed.value), 1)
