-- One row per unit, form sheet and month: the delivery that counts, the highest (is_whole, revision, received_at, sha256).
-- Of a commune sheet before the merger one for each old unit, unless the commune of today speaks for all of them.
select unit, form_sheet, month, arg_max(sha256, (is_whole, revision, received_at, sha256)) as sha256
from statement
group by unit, form_sheet, month, part
qualify part = '' or not bool_or(part = '') over (partition by unit, form_sheet, month)
