-- One row per commune that has lists of old units only, and none yet of one most of which went to it.
select old.commune
from given_old_unit as old
left join given_registry as listed on listed.commune = old.commune and listed.part = old.old_unit
where share > 0.5 and listed.part is null
    and old.commune in (select commune from given_registry group by commune having bool_and(part <> ''))
group by old.commune
