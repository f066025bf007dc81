-- One row per village, month and measure of which a part on another sheet is above the village's own figure.
-- Parts: the sum of its ethnic groups, its largest priority group, the women among the group's members.
with part as (
    select unit as village, month, measure, measure as whole, sum(value)::bigint as value,
        any_value(sha256) as sha256, any_value(sheet) as sheet, min(row) as row
    from observation
    where form_sheet = 'breakdown' and dimension = 'ethnic' and measure <> 'households'  -- asked by question_ethnic
    group by unit, month, measure
    union all
    select unit, month, measure, measure, max(value), arg_max(sha256, value), arg_max(sheet, value), arg_max(row, value)
    from observation
    where form_sheet = 'breakdown' and dimension = 'priority'
    group by unit, month, measure
    union all
    select unit, month, measure, 'group_members', value, null, null, null
    from observation
    where form_sheet = 'groups' and measure <> 'group_formed'
)
select part.village, part.month, 'above_village' as code, part.measure, max(part.value) as value,
    figure.value::double as reference, arg_max(part.sha256, part.value) as sha256,
    arg_max(part.sheet, part.value) as sheet, arg_max(part.row, part.value) as row,
    part.whole <> 'group_members' as is_breakdown
from part
join village_figure as figure on figure.village = part.village and figure.month = part.month
    and figure.measure = part.whole
where part.value > figure.value
group by part.village, part.month, part.measure, part.whole, figure.value
