-- One row per month, unit, group and measure as readers of the protected figures get it; a hidden count is null.
-- The state says no more than hidden: which counts are hidden for their own sake would narrow them to 1-4.
select month, unit, dimension, category, measure, value, state
from given_protected_cell
order by month, unit, dimension, category, measure
