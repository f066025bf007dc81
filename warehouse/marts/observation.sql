-- One row per measure, unit, month, dimension and category: what the winning delivery says.
select cell.measure, cell.unit, cell.month, cell.dimension, cell.category, cell.value, cell.text,
    cell.unchanged, cell.form_sheet, cell.sha256, cell.sheet, cell.row, cell."column"
from given_cell as cell
join winner using (unit, form_sheet, month, sha256)
order by cell.form_sheet, cell.month, cell.unit, cell.row, cell."column", cell.measure
