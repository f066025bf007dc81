-- One row per indicator, unit and month: sums of its communes; villages are out of all registered in them.
-- A commune whose villages nobody has registered yet, or not those of all its old units, leaves the size of its unit unknown.
with size as (select unit, count(*) as communes from unit_commune group by unit)
select indicator, unit, month, any_value(counts_villages) as counts_villages,
    sum(numerator)::bigint as numerator,
    (case when any_value(counts_villages) then sum(villages_expected) else sum(whole_known) end)::bigint as denominator,
    sum(villages_known)::bigint as villages_known, sum(villages_expected)::bigint as villages_expected,
    sum(villages_carried)::bigint as villages_carried, sum(villages_own)::bigint as villages_own,
    sum(households_known)::bigint as households_known,
    (any_value(communes) - count(*) + count(partly.commune))::bigint as communes_unlisted,
    (case when sum(villages_without_size) = 0 and any_value(communes) = count(*) - count(partly.commune)
        then sum(households_reference) end)::bigint as households_reference,
    sum(part) / nullif(sum(whole), 0) - sum(part_before) / nullif(sum(whole_before), 0) as change
from commune_indicator
join unit_commune using (commune)
join size using (unit)
left join commune_partly_listed as partly using (commune)
group by indicator, unit, month
