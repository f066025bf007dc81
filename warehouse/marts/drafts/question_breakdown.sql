-- One row per village and month whose breakdown is an earlier file's because the latest is not whole, or is not whole itself.
with latest as (
    select unit, form_sheet, month, arg_max(sha256, (revision, received_at, sha256)) as sha256
    from statement
    where form_sheet = 'breakdown'
    group by unit, form_sheet, month
)
select latest.unit as village, latest.month, statement.sha256, statement.sheet, statement.row,
    case when winner.sha256 = statement.sha256 then 'breakdown_part' else 'breakdown_kept' end as code, '' as measure,
    null::bigint as value, null::double as reference
from latest
join statement using (unit, form_sheet, month, sha256)
join winner using (unit, form_sheet, month)
where lacking = 'own' or winner.sha256 <> statement.sha256
