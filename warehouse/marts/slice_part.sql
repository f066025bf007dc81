-- One row per unit and commune in it: the stretch of the commune's figures that counts for the unit, 0 to 1 for all.
select level, unit, commune, low, high
from given_slice_part
order by level, unit, commune
