-- One row per village and month in which it exists: the month its stock figures come from, at most two rounds back.
with grid as (
    select village.village, village.commune, month.month, month."index"
    from village
    join month on month.month >= village.valid_from
        and (village.valid_to is null or month.month <= village.valid_to)
),
stated as (
    select village_row.*, month."index"
    from village_row
    join month using (month)
    where has_stock or is_unchanged
)
select grid.village, grid.commune, grid.month,
    own.village is not null as is_reported,
    case when grid."index" - stated."index" <= 2 then stated.month end as source_month,
    case when grid."index" - stated."index" <= 2 then (grid."index" - stated."index")::integer end as carried,
    case when grid."index" - stated."index" <= 2 then stated.sha256 end as sha256,
    case when grid."index" - stated."index" <= 2 then stated.sheet end as sheet,
    case when grid."index" - stated."index" <= 2 then stated.row end as row
from grid
left join village_row as own on own.village = grid.village and own.month = grid.month
asof left join stated on stated.village = grid.village and grid.month >= stated.month
