-- No month is missing between the first and the last, and each stands once.
select month, "index" from (select *, lag("index") over (order by month) as before from month)
where before is not null and "index" <> before + 1
