-- Every unit with protected figures shows its totals, and a larger unit's are the sums of its communes'.
select cell.month, cell.unit, cell.measure from protected_cell as cell
where cell.dimension = 'ethnic' and not exists (
    from protected_cell as total
    where total.dimension = 'none' and total.state = 'visible'
        and (total.month, total.unit, total.measure) = (cell.month, cell.unit, cell.measure))
union all
select total.month, total.unit, total.measure from protected_cell as total
join unit using (unit)
where total.dimension = 'none' and unit.level <> 'commune' and not exists (
    select 1 from protected_cell as part
    join unit_commune on unit_commune.commune = part.unit
    where unit_commune.unit = total.unit and part.unit <> total.unit
        and (part.dimension, part.month, part.measure) = ('none', total.month, total.measure)
    having sum(part.value) = total.value)
