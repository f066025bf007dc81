-- One row per village that has ended and village of today its figures go to; cuts: how their part of a count is found.
-- In turn a cut q takes round(n * q), a cut -q what that leaves; no cut: all of it.
select village, heir, cuts
from given_village_heir
order by village, heir
