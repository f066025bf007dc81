-- A village stands once in a month, in one commune, and never beside the village it was merged into.
select village, month, count(*) as times from village_month group by village, month having count(*) > 1
union all
select old.village, old.month, 2 from village_month as old
join village on village.village = old.village
join village_month as heir on heir.month = old.month and list_contains(string_split(village.successors, ' '), heir.village)
