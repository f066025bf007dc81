-- No case is answered, passed on, told of or closed before it was received, nor told of before it was answered.
select commune, case_id, received, forwarded, answered, told, closed from feedback_case
where least(forwarded, answered, told, closed) < received or forwarded > answered or answered > told
