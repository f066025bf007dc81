-- One row per unit a slice can list: the province, old districts, clusters, area classes, communes.
select unit, level, name, full_name, sort::integer as sort
from given_slice_unit
order by sort
