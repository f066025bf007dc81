-- One row per unit: the province, its clusters and its communes, each with its villages and households of the last month.
with listed as (
    select commune, count(*) as villages, sum(households_reference) as households
    from village
    where valid_to is null or valid_to >= (select max(month) from month)
    group by commune
),
size as (
    select unit, coalesce(sum(villages), 0)::bigint as villages, sum(households)::bigint as households
    from unit_commune
    left join listed using (commune)
    group by unit
),
cluster as (
    select commune, unit as cluster, full_name as cluster_name
    from unit_commune
    join given_unit using (unit)
    where level = 'cluster'
)
select unit, level, name, full_name, sort::integer as sort, cluster, cluster_name, villages, households
from given_unit
join size using (unit)
left join cluster on cluster.commune = given_unit.unit
order by sort, unit
