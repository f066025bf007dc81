-- One row per month from the first to the last with data.
select month, "index"::integer as "index", is_dead, due, late_after
from given_calendar
where month between
    (select min(month) from given_cell) and (select max(month) from given_cell)
order by month
