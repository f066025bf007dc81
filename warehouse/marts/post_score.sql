-- One row per post: how often the expected it got, the expected, and of how many posts that is (etl/post_scores.py).
-- is_pooled: those of its cluster; reason: why there is no score.
select channel, post, expected, n, is_pooled, score, reason from given_post_score order by channel, post
