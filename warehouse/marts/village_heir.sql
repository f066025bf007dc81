-- One row per village that has ended and village of today its figures go to: the stretch of them, 0 to 1 for all.
select village, heir, low, high
from given_village_heir
order by village, low
