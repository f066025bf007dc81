-- One row per unit, commune in it and part of the commune's figures that counts for it: the place-th of so many, or all.
select level, unit, commune, place, places
from given_slice_part
order by level, unit, commune, place
