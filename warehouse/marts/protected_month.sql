-- One row per month with protected figures: which revision of them, since when, how many communes wait to get in.
select month, revision, recorded_on, communes, waiting
from given_protected_month
order by month
