"""What is known, for whoever asks: each read names its context, and shows what the reader's scopes let them see.

Read on in this order: `time_filter` (what was believed when, what was so when), `shapes` (rows as they are told),
`state`, `profile`, `entities` (one with its dated chains), `questions` (what a question names), `finding` (the tiers of
a query), `prompting` (a block for a prompt), `sessions`, `traces`.
"""
