-- One row per fact about this version.
select key, value from given_meta
union all
select 'first_month', strftime(min(month), '%Y-%m') from month
union all
select 'last_month', strftime(max(month), '%Y-%m') from month
order by key
