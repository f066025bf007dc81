-- One row per commune, source and day another source than the report counts its households: what was received last says.
select commune, source, day, arg_max(households, (received_at, sha256, "row")) as households,
    arg_max(document, (received_at, sha256, "row")) as document, arg_max(sha256, (received_at, sha256, "row")) as sha256
from given_household_count
group by commune, source, day
order by commune, source, day
