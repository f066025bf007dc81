-- One row per month, ethnic group (the small and the hidden ones as "other") and measure, for the whole province.
select month, category, measure, value
from given_protected_group
order by month, category, measure
