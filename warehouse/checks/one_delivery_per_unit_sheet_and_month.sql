-- A unit's sheet of one month comes from one delivery, each figure once.
select unit, form_sheet, month, '' as measure, count(distinct sha256) as times from observation
group by unit, form_sheet, month having count(distinct sha256) > 1
union all
select unit, form_sheet, month, measure, count(*) from observation
group by unit, form_sheet, month, measure, dimension, category having count(*) > 1
