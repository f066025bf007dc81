-- One row per thing a delivery was told: cells held back, questions of the reader, refusals.
select sha256, commune, month, sheet, row, "column", code, severity, found, expected, message
from given_letter
order by sha256, sheet, row, "column", code, message
