-- A village stands once in a month, and never beside a village it became.
with became as (
    select village, unnest(string_split(successors, ' ')) as heir from village where successors <> ''
)
select village, month, count(*) as times from village_month group by village, month having count(*) > 1
union all
select old.village, old.month, 2 from became
join village_month as old on old.village = became.village
join village_month as new on new.village = became.heir and new.month = old.month
