-- One row per hidden count and why it is hidden: for those who see exact counts, never for readers.
select month, unit, dimension, category, measure, state, reason
from given_protected_reason
order by month, unit, dimension, category, measure
