-- One row per unit: the province, its clusters and its communes.
select unit, level, name, full_name, sort::integer as sort
from given_unit
order by sort, unit
