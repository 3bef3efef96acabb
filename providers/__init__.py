"""Context providers: registered, called on schedule, watched.

Read `models`, then `runs` (what becomes of a planned sync), `fields`, `assign` and `registry` (how a provider is
saved), `outbound` (the one door to the outside).
"""
