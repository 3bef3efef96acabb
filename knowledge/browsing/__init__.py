"""Looking through the store without a question: `filters` narrows, `lists` walks, `stats` counts, `history` and
`diff` tell what changed, `vocabulary` and `neighbours` what is near.
"""
