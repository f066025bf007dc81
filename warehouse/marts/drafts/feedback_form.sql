-- One row per commune and month whose monthly form counts feedback: received, passed on, answered on the spot.
select commune, month, max(value) filter (measure = 'feedback_received') as received,
    max(value) filter (measure = 'feedback_forwarded') as forwarded,
    max(value) filter (measure = 'feedback_answered') as answered
from commune_flow
group by commune, month
having received is not null
