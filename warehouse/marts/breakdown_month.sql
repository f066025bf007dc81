-- One row per commune, quarterly month, dimension, category and measure; priority groups overlap: never add them up.
select village.commune, observation.month, observation.dimension, observation.category, observation.measure,
    sum(observation.value)::bigint as value
from observation
join village on village.village = observation.unit
where observation.form_sheet = 'breakdown' and observation.value is not null
group by all
order by all
