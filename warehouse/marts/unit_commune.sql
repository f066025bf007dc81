-- One row per unit and commune in it; a commune lies in itself, in its cluster and in the province.
select unit, commune
from given_unit_commune
order by unit, commune
