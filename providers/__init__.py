"""Context providers: registered, called on schedule, watched.

Read `models`, then `runs` (what becomes of a planned sync), `registry` and `fields` (how a provider is saved),
`outbound` (the one door to the outside).
"""
