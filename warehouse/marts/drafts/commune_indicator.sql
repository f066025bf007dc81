-- One row per indicator, commune and month: sums over its villages, which every larger unit adds up.
with change as (
    select indicator, commune, month, sum(part) as part, sum(whole) as whole,
        sum(part_before) as part_before, sum(whole_before) as whole_before
    from village_change
    group by all
)
select own.indicator, own.commune, own.month, any_value(own.counts_villages) as counts_villages,
    sum(own.part) as numerator, sum(own.whole) as whole_known, count(*) as villages_expected,
    count(*) filter (own.is_known) as villages_known,
    count(*) filter (own.is_known and own.is_carried) as villages_carried,
    count(*) filter (own.is_known and own.is_own) as villages_own,
    coalesce(sum(size.households) filter (own.is_known), 0) as households_known,
    sum(size.households) as households_reference,
    count(*) filter (size.households is null) as villages_without_size,
    any_value(change.part) as part, any_value(change.whole) as whole,
    any_value(change.part_before) as part_before, any_value(change.whole_before) as whole_before
from village_indicator as own
join village_size as size using (village, month)
left join change using (indicator, commune, month)
group by own.indicator, own.commune, own.month
