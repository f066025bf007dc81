-- One row per indicator, dimension, category, village and month of the breakdown in which both its counts stand.
select pair.indicator, pair.is_monthly, part.dimension, part.category, village.commune, part.unit as village, part.month,
    part.value as numerator, whole.value as denominator
from given_slice_indicator as pair
join observation as part on part.measure = pair.numerator and part.form_sheet = 'breakdown'
join observation as whole on whole.measure = pair.denominator and whole.form_sheet = 'breakdown'
    and whole.unit = part.unit and whole.month = part.month
    and whole.dimension = part.dimension and whole.category = part.category
join village on village.village = part.unit
where part.value is not null and whole.value is not null
