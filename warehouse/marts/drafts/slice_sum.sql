-- One row per indicator, dimension, category, unit and month with a figure: the sums of its communes, or of their parts.
-- The place-th of k parts of a count n is (n + k - place) // k: they add up to n, and no part outgrows its whole.
select figure.indicator, figure.dimension, figure.category, part.level, part.unit, figure.month,
    sum((numerator + places - place) // places)::bigint as numerator,
    sum((denominator + places - place) // places)::bigint as denominator,
    sum((denominator + places - place) // places) filter (places > 1)::bigint as denominator_shared,
    sum((villages_known + places - place) // places)::bigint as villages_known,
    sum((villages_carried + places - place) // places)::bigint as villages_carried
from slice_figure as figure
join given_slice_part as part using (commune)
group by all
