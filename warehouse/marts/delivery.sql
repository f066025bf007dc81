-- One row per delivery, the refused and the withdrawn included.
select sha256, source, file, sender, way, received_at, commune, month, revision, verdict,
    rows_stored, rows_held, rows_ignored, withdrawn, refusal
from given_delivery
order by received_at, sha256
