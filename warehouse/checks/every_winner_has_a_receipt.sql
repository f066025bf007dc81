-- Every figure that counts comes from an acknowledged delivery that was neither refused nor withdrawn.
select observation.sha256, observation.sheet, observation.row from observation
left join delivery using (sha256)
where delivery.sha256 is null or delivery.withdrawn is not null or delivery.refusal is not null
