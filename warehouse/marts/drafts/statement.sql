-- One row per unit, form sheet, month and delivery that speaks of it; is_whole where none of its rows was held back.
select cell.unit, cell.form_sheet, cell.month, cell.sha256, any_value(cell.lacking) = '' as is_whole,
    any_value(cell.lacking) as lacking, any_value(cell.sheet) as sheet, min(cell.row) as row,
    any_value(delivery.revision) as revision, any_value(delivery.received_at) as received_at
from given_cell as cell
join delivery using (sha256)
where delivery.withdrawn is null
group by cell.unit, cell.form_sheet, cell.month, cell.sha256
