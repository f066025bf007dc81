-- One row per village and month with a row of its own in which every figure asked for is there.
select village_row.village, village_row.month
from village_row
join given_measure as measure on measure.form_sheet = 'villages'
left join village_figure as figure on figure.village = village_row.village and figure.month = village_row.month
    and figure.measure = measure.measure
left join observation as flow on flow.form_sheet = 'villages' and flow.unit = village_row.village
    and flow.month = village_row.month and flow.measure = measure.measure and measure.kind = 'flow'
group by village_row.village, village_row.month
having count(*) = count(coalesce(figure.value, flow.value))
