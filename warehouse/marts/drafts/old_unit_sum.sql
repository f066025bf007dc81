-- One row per indicator, dimension, category, old unit and month before the merger with a figure.
-- The place-th of k parts of a count n is (n + k - place) // k: they add up to n, and no part outgrows its whole.
select indicator, dimension, category, part.old_unit, month,
    sum((numerator + places - place) // places)::bigint as numerator,
    sum((denominator + places - place) // places)::bigint as denominator,
    sum((denominator + places - place) // places) filter (is_imputed)::bigint as denominator_shared,
    sum((villages_known + places - place) // places)::bigint as villages_known,
    sum((villages_carried + places - place) // places)::bigint as villages_carried
from old_unit_figure as figure
join old_unit_part as part using (commune, written)
group by all
