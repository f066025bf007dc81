-- One row per unit, form sheet, month and delivery that speaks of it; is_whole where none of its rows was held back.
-- part: the old unit whose own sheet it is, before the merger; '' the whole commune.
select cell.unit, cell.form_sheet, cell.month, cell.sha256, any_value(cell.lacking) = '' as is_whole,
    any_value(cell.lacking) as lacking, any_value(cell.sheet) as sheet, min(cell.row) as row,
    any_value(delivery.revision) as revision, any_value(delivery.received_at) as received_at,
    case when cell.form_sheet = 'commune' and starts_with(any_value(given.written), 'old:')
        and cell.month < (select value::date from given_meta where key = 'epoch')
        then any_value(given.written) else '' end as part
from given_cell as cell
join delivery using (sha256)
join given_delivery as given using (sha256)
where delivery.withdrawn is null
group by cell.unit, cell.form_sheet, cell.month, cell.sha256
