-- Every unit of a mart is a unit, every village a village of the registry in a known commune.
select 'indicator_month' as mart, unit from indicator_month where unit not in (select unit from unit)
union all
select 'observation', unit from observation
where unit not in (select unit from unit) and unit not in (select village from village)
union all
select 'village', village from village where commune not in (select unit from unit where level = 'commune')
union all
select 'delivery', commune from delivery where commune is not null and commune not in (select unit from unit)
