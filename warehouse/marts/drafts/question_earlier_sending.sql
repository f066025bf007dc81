-- One row per file and sheet that came after the file that counts but says an earlier sending, so that it changes nothing.
select min(late.unit) as village, late.month, 'earlier_sending' as code, '' as measure,
    any_value(late.revision) as value, max(counted.revision)::double as reference,
    late.sha256, any_value(late.sheet) as sheet, min(late.row) as row, false as is_breakdown
from statement as late
join winner using (unit, form_sheet, month)
join statement as counted on counted.unit = late.unit and counted.form_sheet = late.form_sheet
    and counted.month = late.month and counted.sha256 = winner.sha256
where late.revision < counted.revision and late.received_at > counted.received_at
group by late.sha256, late.form_sheet, late.month
