-- One row per village and month whose households lie more than 10 % away from the registry's.
select figure.village, figure.month, 'households_reference' as code, figure.measure,
    figure.value, village.households_reference::double as reference
from village_figure as figure
join village using (village)
where figure.measure = 'households'
    and abs(figure.value - village.households_reference) > 0.1 * village.households_reference
