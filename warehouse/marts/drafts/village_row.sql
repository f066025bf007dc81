-- One row per village and month that sent a village row.
select observation.unit as village, observation.month,
    bool_or(observation.unchanged) as is_unchanged,
    bool_or(observation.value is not null and measure.kind = 'stock') as has_stock,
    any_value(sha256) as sha256, any_value(sheet) as sheet, min(row) as row
from observation
left join given_measure as measure using (measure)
where observation.form_sheet = 'villages'
group by observation.unit, observation.month
having bool_or(observation.unchanged) or bool_or(observation.value is not null)
