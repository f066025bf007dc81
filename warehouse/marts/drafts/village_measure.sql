-- One row per village, month and measure with a value: its own, carried, the group's last statement, or the month's flow.
select source.village, source.month, figure.measure, figure.value
from village_source as source
join village_figure as figure on figure.village = source.village and figure.month = source.source_month
where figure.value is not null
union all
select source.village, source.month, said.measure, said.value
from village_source as source
asof join (
    select unit, month, measure, value from observation
    where measure = 'group_formed' and value is not null
) as said on said.unit = source.village and source.month >= said.month
union all
select observation.unit, observation.month, observation.measure, observation.value
from observation
join given_measure as measure using (measure)
where observation.form_sheet = 'villages' and measure.kind = 'flow' and observation.value is not null
