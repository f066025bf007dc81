-- A stock figure is at most two rounds old, and a flow is never carried.
select village, month, source_month, carried from village_month
where carried not between 0 and 2 or source_month > month
    or (households_helped is not null and not is_reported)
