-- One row per indicator, dimension, category, unit and month with a figure: the sums of its communes, or of their parts.
select figure.indicator, figure.dimension, figure.category, part.level, part.unit, figure.month,
    sum(round(numerator * high) - round(numerator * low))::bigint as numerator,
    sum(round(denominator * high) - round(denominator * low))::bigint as denominator,
    sum(round(denominator * high) - round(denominator * low)) filter (high - low < 1)::bigint as denominator_shared,
    sum(round(villages_known * high) - round(villages_known * low))::bigint as villages_known,
    sum(round(villages_carried * high) - round(villages_carried * low))::bigint as villages_carried
from slice_figure as figure
join given_slice_part as part using (commune)
group by all
