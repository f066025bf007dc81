-- One row per commune, month and measure of the commune sheet; before the merger one for each old unit that sent it.
select unit as commune, month, measure, value, sha256, sheet, row
from observation
where form_sheet = 'commune' and value is not null
order by commune, month, measure, sha256
