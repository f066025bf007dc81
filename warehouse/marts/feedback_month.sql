-- One row per commune and month: feedback of its case list or, where that says nothing of the month, of the monthly form.
-- source: cases, form or '' (neither); a form tells no more than received, answered on the spot and passed on.
with listing as (
    select commune, date_trunc('month', min(received))::date as first, date_trunc('month', max(received_at))::date as last
    from given_feedback
    group by commune
),
asked as (
    select unit.unit as commune, months.month
    from unit
    cross join (select month from month union select month from feedback_case) as months
    where unit.level = 'commune'
),
listed as (
    select commune, month, count(*) as received, count(forwarded) as forwarded, count(answered) as answered,
        count(told) as told, count(*) filter (agrees) as agreed, count(*) filter (not agrees) as not_agreed
    from feedback_case
    group by commune, month
),
told as (
    select asked.commune, asked.month, asked.month between listing.first and listing.last as is_listed, listed, form
    from asked
    left join listing using (commune)
    left join listed using (commune, month)
    left join feedback_form as form using (commune, month)
)
select commune, month, case when is_listed then 'cases' when form.received is not null then 'form' else '' end as source,
    case when is_listed then coalesce(listed.received, 0) else form.received end::bigint as received,
    case when is_listed then coalesce(listed.forwarded, 0) when form.received is not null then form.forwarded end::bigint
        as forwarded,
    case when is_listed then coalesce(listed.answered, 0) when form.received is not null then form.answered end::bigint
        as answered,
    case when is_listed then coalesce(listed.told, 0) end::bigint as told,
    case when is_listed then coalesce(listed.agreed, 0) end::bigint as agreed,
    case when is_listed then coalesce(listed.not_agreed, 0) end::bigint as not_agreed
from told
order by commune, month
