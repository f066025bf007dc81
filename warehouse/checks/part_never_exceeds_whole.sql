-- Every count of a village is at most the count it is a part of.
select village, month, sheet, row from village_month
where households_any > households or households_three > households_any or households_all > households_any
    or households_skilled > households or members_trained > group_members
