"""Where something belongs within a context, and who sees it there. See docs/decisions/0161.

`paths`: what is sent, as clauses. `regions`: the places that a caller is let to. `sets`: the rows that clauses are kept
in. `visibility`: which of those a reader sees.
"""
