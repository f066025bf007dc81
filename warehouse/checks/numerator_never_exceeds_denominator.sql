-- No share is below 0 or above 1, and no floor lies above its share.
select indicator, unit, month, numerator, denominator from indicator_month
where numerator > denominator or numerator < 0 or denominator < 0 or floor > share
    or villages_known > villages_expected or villages_carried > villages_known or households_known > households_reference
