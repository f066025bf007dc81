-- One row per figure found in print; shown beside our series, never added to them.
select * from given_printed_figure
order by id
