-- One row per measure, unit, month, dimension and category: what the winning delivery says, and in which commune.
select cell.measure, cell.unit, coalesce(village.commune, cell.unit) as commune, cell.month, cell.dimension, cell.category,
    cell.value, cell.text, cell.unchanged, cell.form_sheet, cell.sha256, cell.sheet, cell.row, cell."column"
from given_cell as cell
join winner using (unit, form_sheet, month, sha256)
left join village on village.village = cell.unit
order by cell.form_sheet, coalesce(village.commune, cell.unit), cell.month, cell.unit, cell.row, cell."column", cell.measure
