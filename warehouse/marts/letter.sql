-- One row per thing a delivery was told: cells held back, questions of the reader, refusals.
-- is_breakdown: about a sheet that counts groups of households, so that it may quote what the protected figures hide.
select sha256, commune, month, sheet, row, "column", code, severity, found, expected, message, is_breakdown
from given_letter
order by sha256, sheet, row, "column", code, message
