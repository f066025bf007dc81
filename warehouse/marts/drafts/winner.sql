-- One row per unit, form sheet and month: the delivery that counts, the highest (revision, received_at, sha256).
select cell.unit, cell.form_sheet, cell.month,
    arg_max(delivery.sha256, (delivery.revision, delivery.received_at, delivery.sha256)) as sha256
from (select distinct unit, form_sheet, month, sha256 from given_cell) as cell
join delivery using (sha256)
where delivery.withdrawn is null
group by all
