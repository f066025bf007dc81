-- One row per post: what its channel usually gets of that kind at that age (expected, of n posts; is_pooled: of its
-- cluster's), how it did against that (score), and why it has none (reason).
select channel, post, expected, n, is_pooled, score, reason from given_post_score order by channel, post
