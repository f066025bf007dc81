-- What readers do not see stands with its reason for those who see exact counts, and the reverse.
select month, unit, dimension, category, measure, 'no reason' as fault from protected_cell
anti join protected_reason using (month, unit, dimension, category, measure)
where state = 'hidden'
union all
select month, unit, dimension, category, measure, 'not hidden' from protected_reason
anti join (from protected_cell where state = 'hidden') using (month, unit, dimension, category, measure)
