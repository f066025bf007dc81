-- One row per improbable figure, stored and counted, and per sheet that changed nothing: the question put to the commune.
-- is_breakdown: about counts of groups of households; so is every question whose draft does not say otherwise.
with asked as (
    from question_falls union all by name from question_jump union all by name from question_copied
    union all by name from question_ethnic union all by name from question_reference
    union all by name from question_breakdown union all by name from question_earlier_sending
    union all by name from question_above_village union all by name from question_unchanged
),
place as (
    select unit, month, measure, any_value(sha256) as sha256, any_value(sheet) as sheet,
        min(row) as row, any_value("column") as "column"
    from observation
    where dimension = 'none'
    group by unit, month, measure
)
select unit.unit as commune, unit.full_name as commune_name, asked.month, asked.village as unit,
    coalesce(village.name, unit.full_name) as name,
    asked.code, asked.measure, asked.value, asked.reference,
    replace(replace(replace(replace(wording.template, '{village}', coalesce(village.name, unit.full_name)),
        '{measure}', case when asked.code in ('falls', 'jump', 'above_village') then ', ' || measure.label else '' end),
        '{value}', coalesce(asked.value::varchar, '')),
        '{reference}', coalesce(printf('%.0f', asked.reference), '')) as message,
    coalesce(asked.sha256, place.sha256, own.sha256) as sha256, coalesce(asked.sheet, place.sheet, own.sheet) as sheet,
    coalesce(asked.row, place.row, own.row) as row,
    case when asked.sheet is null then place."column" end as "column",
    coalesce(asked.is_breakdown, true) as is_breakdown
from asked
left join village using (village)
join unit on unit.unit = coalesce(village.commune, asked.village)
join given_question as wording using (code)
left join given_measure as measure using (measure)
left join place on place.unit = asked.village and place.month = asked.month and place.measure = asked.measure
left join village_row as own on own.village = asked.village and own.month = asked.month
order by asked.month desc, commune, unit, code, asked.measure, sha256, sheet
