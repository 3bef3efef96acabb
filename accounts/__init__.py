"""Who is asking, and what they may do.

Read `models` first, then `access` (who is a request from), `keys`, `stages` and `limits` (what an analyzer may see),
`throttle` and `sign_in_limits` (how often), `users` and `audit` (who did what).
"""
