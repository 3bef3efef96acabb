"""Looking through the store without a question: `filters` narrows, `lists` and `pages` walk, `stats` counts, `history`
and `diff` tell what changed, `vocabulary` and `neighbours` what is near.
"""
