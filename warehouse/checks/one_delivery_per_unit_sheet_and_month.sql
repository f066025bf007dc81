-- A unit's sheet of one month comes from one delivery, each figure once; a commune's before the merger one per old unit.
with told as (
    select observation.*, case when form_sheet = 'commune' then given.written end as part
    from observation
    join given_delivery as given using (sha256)
)
select unit, form_sheet, month, '' as measure, count(distinct sha256) as times from told
group by unit, form_sheet, month, part having count(distinct sha256) > 1
union all
select unit, form_sheet, month, measure, count(*) from told
group by unit, form_sheet, month, measure, dimension, category, part having count(*) > 1
