-- One row per village of the registry, those that no longer exist included; valid_to is its last month.
select village, commune, name, valid_from, valid_to, successors, households_reference
from given_registry
order by village
