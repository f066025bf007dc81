-- One row per delivery, the refused and the withdrawn included; refusal is a code, refused_because its sentence.
-- has_breakdown: the file counts groups of households.
-- old_name: the unit of before the merger its cover names.
-- rows_waiting of rows_held only wait for their commune's list of villages.
with told as (
    select sha256,
        min_by(message, (sheet, row, "column", code)) filter (severity = 'refused') as refused_because,
        count(*) filter (code = 'village_list_not_adopted') as rows_waiting
    from letter
    group by sha256
)
select sha256, source, file, sender, way, received_at, commune, unit.full_name as commune_name, month, revision, verdict,
    rows_stored, rows_held, rows_ignored, coalesce(rows_waiting, 0)::bigint as rows_waiting, withdrawn, refusal,
    refused_because, has_breakdown, old_name
from given_delivery
left join unit on unit.unit = given_delivery.commune
left join (select old_unit as written, commune, full_name as old_name from given_old_unit) using (written, commune)
left join told using (sha256)
order by received_at desc, sha256
