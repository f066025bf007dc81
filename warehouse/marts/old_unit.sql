-- One row per unit of before the merger and commune of today it went to; its names say that it is gone.
select old_unit, commune, district, name || ' (cũ)' as name, full_name || ' (cũ)' as full_name, sort::integer as sort
from given_old_unit
order by sort
