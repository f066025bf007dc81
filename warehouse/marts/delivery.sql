-- One row per delivery, the refused and the withdrawn included; refusal is a code, refused_because its sentence.
with told as (
    select sha256, min_by(message, (sheet, row, "column", code)) as refused_because
    from letter
    where severity = 'refused'
    group by sha256
)
select sha256, source, file, sender, way, received_at, commune, unit.full_name as commune_name, month, revision, verdict,
    rows_stored, rows_held, rows_ignored, withdrawn, refusal, refused_because
from given_delivery
left join unit on unit.unit = given_delivery.commune
left join told using (sha256)
order by received_at desc, sha256
