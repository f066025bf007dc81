-- One row per village, month it reported and stock measure; "no change" stands for the figure last reported.
with written as (
    select village_row.village, village_row.month, measure.measure, measure."of", observation.value,
        village_row.is_unchanged,
        lag(observation.value ignore nulls) over history as last_value
    from village_row
    cross join (select * from given_measure where kind = 'stock' and form_sheet = 'villages') as measure
    left join observation on observation.form_sheet = 'villages' and observation.unit = village_row.village
        and observation.month = village_row.month and observation.measure = measure.measure
    window history as (partition by village_row.village, measure.measure order by village_row.month)
),
resolved as (
    select village, month, measure, "of",
        case when is_unchanged then coalesce(value, last_value) else value end as value
    from written
)
-- Figures beside a "no change" can contradict the older ones: a part above its whole is no figure.
select part.village, part.month, part.measure,
    case when part.value > whole.value then null else part.value end as value
from resolved as part
left join resolved as whole
    on whole.village = part.village and whole.month = part.month and whole.measure = part."of"
