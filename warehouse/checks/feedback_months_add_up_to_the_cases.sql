-- The months of the case lists hold every case once, and no stage more than were received.
select month, sum(received) as received, any_value(cases.received_cases) as cases
from feedback_month
left join (select month, count(*) as received_cases from feedback_case group by month) as cases using (month)
where source = 'cases'
group by month
having sum(received) <> coalesce(any_value(cases.received_cases), 0)
    or max(greatest(forwarded, answered, agreed + not_agreed) - received) > 0
