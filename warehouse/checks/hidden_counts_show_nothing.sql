-- A hidden count has no value, a visible one has, and each stands once.
select month, unit, dimension, category, measure, count(*) as times from protected_cell
group by all having count(*) > 1
union all
select month, unit, dimension, category, measure, 1 from protected_cell
where (state = 'hidden') <> (value is null) or state not in ('visible', 'hidden')
