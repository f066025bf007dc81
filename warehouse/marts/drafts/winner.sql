-- One row per unit, form sheet and month: the delivery that counts, the highest (is_whole, revision, received_at, sha256).
select unit, form_sheet, month, arg_max(sha256, (is_whole, revision, received_at, sha256)) as sha256
from statement
group by unit, form_sheet, month
