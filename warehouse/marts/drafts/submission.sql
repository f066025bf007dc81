-- One row per commune and month with a workbook that was not refused: the first to arrive.
select commune, month, arg_min(sha256, (received_at, sha256)) as sha256, min(received_at) as received_at
from delivery
where source = 'commune_workbook' and refusal is null and withdrawn is null and commune is not null and month is not null
group by commune, month
